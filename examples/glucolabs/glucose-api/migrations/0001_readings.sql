create table reading (
  person_id bigint not null,
  measured_at timestamptz not null,
  mgdl smallint not null check (mgdl between 10 and 1000),
  device text not null,
  primary key (person_id, measured_at, device)
);
