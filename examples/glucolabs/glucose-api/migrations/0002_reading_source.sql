alter table reading add column source text not null default 'meter';
create index reading_by_source on reading (source, measured_at);
