create table sensor_cursor (
  sensor_id text primary key,
  fetched_until timestamptz not null
);
