import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import type { Database } from "./database.ts";

/** Brings the database to the newest schema. Safe to run by several processes at once: Kysely takes a lock. */
export async function migrate({ db, kind }: Database): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ "0001-first": first(kind) }) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

const first = (kind: Database["kind"]): Migration => ({
  async up(db: Kysely<unknown>) {
    const big = kind === "sqlite" ? "integer" : "bigint";
    const serial = kind === "sqlite" ? "integer primary key autoincrement" : "bigserial primary key";
    for (const statement of [
      `create table delivery (id text primary key, event text not null, received_at text not null, done_at text, body text)`,
      `create table installation (id ${big} primary key, account text not null, may_work integer not null, paused_until text, worker text, worker_until ${big} not null)`,
      `create table subject (key text primary key, kind text not null, installation ${big} not null, repository ${big} not null, number ${big}, head text, base text, open integer not null, compared text not null, may_work integer not null, memory text, verdict text, due_at text, priority integer not null, nudges integer not null, lease_token text, lease_until ${big} not null)`,
      `create index subject_due on subject (due_at) where due_at is not null`,
      `create index subject_pulls on subject (repository, kind, open, head, base)`,
      `create index subject_installation on subject (installation)`,
      `create table slot (slot text primary key, fingerprint text, github_id ${big}, completed integer not null, refused_fingerprint text, refused_because text, refused_at text)`,
      `create table effect (id ${serial}, subject text not null, slot text not null, effect text not null, entry text not null, decided_at text not null, settled_at text, came text)`,
      `create index effect_unsettled on effect (subject) where settled_at is null`,
      `create index effect_slot on effect (slot) where settled_at is null`,
      `create table chain (name text primary key, sequence integer not null, hash text not null)`,
      `create table ledger_entry (chain text not null, sequence integer not null, at text not null, what text not null, actor text not null, about text not null, says text not null, digest text not null, previous text not null, hash text not null, primary key (chain, sequence))`,
      `create index ledger_about on ledger_entry (about)`,
      `create table etag (url text primary key, etag text not null, body text not null, at text not null)`,
      `create table setting (key text primary key, value text not null)`,
      ...(kind === "sqlite" ? SQLITE_TRIGGERS : POSTGRES_TRIGGERS),
    ]) {
      await sql.raw(statement).execute(db);
    }
  },
});

/** The ledger is only ever added to. */
const REFUSAL = "the ledger is append-only";
const SQLITE_TRIGGERS = ["update", "delete"].map(
  (act) => `create trigger ledger_no_${act} before ${act} on ledger_entry begin select raise(abort, '${REFUSAL}'); end`,
);
const POSTGRES_TRIGGERS = [
  `create function ledger_is_append_only() returns trigger language plpgsql as $$ begin raise exception '${REFUSAL}'; end $$`,
  `create trigger ledger_no_change before update or delete on ledger_entry for each row execute function ledger_is_append_only()`,
];
