create table display_preference (
  person_id bigint primary key,
  unit text not null default 'mg/dL' check (unit in ('mg/dL', 'mmol/L')),
  low_mgdl smallint not null default 70,
  high_mgdl smallint not null default 180
);
