import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import type { Connection, Database } from "./database.ts";

/** Brings the database to the newest schema, or leaves it as it is. Safe to run by several at once. */
export async function migrate({ db, kind, write }: Database): Promise<void> {
  const migrations = {
    "0001-first": first(kind),
    "0002-sessions": sessions(kind),
    "0003-standing-and-requests": standing(kind),
    "0004-run-books": runBooks(kind),
    "0005-walked": walked(kind),
    "0006-redaction": redaction(kind),
    "0007-told": told(kind),
    "0008-ended": ended(kind),
  };
  const toLatest = async (on: Connection) => {
    const migrator = new Migrator({ db: on, provider: { getMigrations: async () => migrations } });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error;
  };
  // Kysely takes a lock and a transaction on PostgreSQL only.
  await (kind === "sqlite" ? write(toLatest) : toLatest(db));
}

const first = (kind: Database["kind"]): Migration => ({
  async up(db: Kysely<unknown>) {
    const { big, text } = typesOf(kind);
    const serial = kind === "sqlite" ? "integer primary key autoincrement" : "bigserial primary key";
    for (const statement of [
      `create table delivery (id ${text} primary key, event ${text} not null, received_at ${text} not null, done_at ${text}, body ${text})`,
      `create table installation (id ${big} primary key, account ${text} not null, may_work integer not null, paused_until ${text}, worker ${text}, worker_until ${big} not null)`,
      `create table subject (key ${text} primary key, kind ${text} not null, installation ${big} not null, repository ${big} not null, number ${big}, head ${text}, base ${text}, open integer not null, compared ${text} not null, may_work integer not null, memory ${text}, verdict ${text}, due_at ${text}, priority integer not null, nudges integer not null, lease_token ${text}, lease_until ${big} not null)`,
      `create index subject_due on subject (priority, due_at) where due_at is not null`,
      `create index subject_pulls on subject (repository, kind, open, head, base)`,
      `create index subject_installation on subject (installation)`,
      `create index subject_leased on subject (installation, priority) where lease_token is not null`,
      `create table slot (slot ${text} primary key, fingerprint ${text}, github_id ${big}, completed integer not null, written_at ${text}, refused_fingerprint ${text}, refused_because ${text}, refused_at ${text})`,
      `create table effect (id ${serial}, subject ${text} not null, slot ${text} not null, effect ${text} not null, entry ${text} not null, decided_at ${text} not null, settled_at ${text}, came ${text})`,
      `create index effect_unsettled on effect (subject) where settled_at is null`,
      `create index effect_slot on effect (slot) where settled_at is null`,
      `create table chain (name ${text} primary key, sequence integer not null, hash ${text} not null)`,
      `create table ledger_entry (chain ${text} not null, sequence integer not null, at ${text} not null, what ${text} not null, actor ${text} not null, about ${text} not null, says ${text} not null, digest ${text} not null, previous ${text} not null, hash ${text} not null, primary key (chain, sequence))`,
      `create index ledger_about on ledger_entry (about)`,
      `create table etag (url ${text} primary key, etag ${text} not null, body ${text} not null, at ${text} not null)`,
      `create table setting (key ${text} primary key, value ${text} not null)`,
      ...(kind === "sqlite" ? SQLITE_TRIGGERS : POSTGRES_TRIGGERS),
    ]) {
      await sql.raw(statement).execute(db);
    }
  },
});

/** Who is logged in to the board. */
const sessions = (kind: Database["kind"]): Migration => ({
  async up(db: Kysely<unknown>) {
    const { big, text } = typesOf(kind);
    await sql
      .raw(
        `create table session (id ${text} primary key, person ${big} not null, login ${text} not null, token ${text} not null, token_until ${text}, refresh ${text}, until ${text} not null, refreshing_until ${big} not null)`,
      )
      .execute(db);
  },
});

const typesOf = (kind: Database["kind"]) => ({
  big: kind === "sqlite" ? "integer" : "bigint",
  // The same order on both, whatever language a server is set to: ranges of slots and locks in order rest on it.
  text: kind === "sqlite" ? "text" : `text collate "C"`,
});

/** What stands by the ledger, and what people asked for. */
const standing = (kind: Database["kind"]): Migration => ({
  async up(db: Kysely<unknown>) {
    const { big, text } = typesOf(kind);
    for (const statement of [
      `create table standing (key ${text} primary key, kind ${text} not null, repository ${big}, installation ${big}, stage ${text}, standing ${text} not null, opened_by ${text} not null, closed_by ${text}, closed_at ${text}, closed_because ${text})`,
      `create index standing_repository on standing (repository, kind)`,
      `create index standing_open on standing (repository) where closed_by is null`,
      `create index standing_everywhere on standing (installation) where closed_by is null`,
      `create table request (id ${text} primary key, subject ${text} not null, at ${text} not null, request ${text} not null, answer ${text}, replied_at ${text})`,
      `create index request_open on request (subject) where replied_at is null`,
      `alter table subject add column cause ${text}`,
    ]) {
      await sql.raw(statement).execute(db);
    }
  },
});

/** What stands for one pull request alone, and which pull requests may say something of data. */
const runBooks = (kind: Database["kind"]): Migration => ({
  async up(db: Kysely<unknown>) {
    const { big } = typesOf(kind);
    for (const statement of [
      `alter table standing add column number ${big}`,
      `drop index standing_open`,
      `create index standing_open on standing (repository, number) where closed_by is null`,
      `alter table subject add column speaks integer not null default 0`,
      `create index subject_speaks on subject (repository) where speaks = 1`,
    ]) {
      await sql.raw(statement).execute(db);
    }
  },
});

/** What pages show of run-books. */
const walked = (kind: Database["kind"]): Migration => ({
  async up(db: Kysely<unknown>) {
    const { text } = typesOf(kind);
    await sql
      .raw(`create table walked (pull ${text} primary key, digest ${text} not null, book ${text} not null)`)
      .execute(db);
  },
});

/** The text of an entry may be taken out, and nothing else of it be changed, once a later entry says so. */
const redaction = (kind: Database["kind"]): Migration => ({
  async up(db: Kysely<unknown>) {
    const kept = ["chain", "sequence", "at", "what", "actor", "about", "digest", "previous", "hash"];
    const same = kept.map((column) => `new.${column} = old.${column}`).join(" and ");
    const told = `exists (select 1 from ledger_entry later where later.chain = old.chain and later.sequence > old.sequence and later.what = 'redacted' and later.about = 'entry:' || old.sequence)`;
    const allowed = `new.says = 'null' and old.says <> 'null' and old.what <> 'redacted' and ${same} and ${told}`;
    const statements =
      kind === "sqlite"
        ? ["drop trigger ledger_no_update", refuse("update", `update on ledger_entry when not (${allowed})`)]
        : [
            `create or replace function ledger_is_append_only() returns trigger language plpgsql as $$ begin if tg_op = 'UPDATE' then if ${allowed} then return new; end if; end if; raise exception '${REFUSAL}'; end $$`,
          ];
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
});

/** What GitHub said of what it was given. */
const told = (kind: Database["kind"]): Migration => ({
  async up(db: Kysely<unknown>) {
    await sql.raw(`alter table slot add column told ${typesOf(kind).text}`).execute(db);
  },
});

/** How what stood ended, beside the sentence that says so to people. */
const ended = (kind: Database["kind"]): Migration => ({
  async up(db: Kysely<unknown>) {
    await sql.raw(`alter table standing add column ended ${typesOf(kind).text}`).execute(db);
  },
});

/** The ledger is only ever added to. */
const REFUSAL = "the ledger is append-only";
const refuse = (name: string, when: string) =>
  `create trigger ledger_no_${name} before ${when} begin select raise(abort, '${REFUSAL}'); end`;
const SQLITE_TRIGGERS = [
  refuse("update", "update on ledger_entry"),
  refuse("delete", "delete on ledger_entry"),
  // `insert or replace` deletes without the trigger's knowledge.
  refuse(
    "replace",
    "insert on ledger_entry when exists (select 1 from ledger_entry where chain = new.chain and sequence = new.sequence)",
  ),
];
const POSTGRES_TRIGGERS = [
  `create function ledger_is_append_only() returns trigger language plpgsql as $$ begin raise exception '${REFUSAL}'; end $$`,
  `create trigger ledger_no_change before update or delete on ledger_entry for each row execute function ledger_is_append_only()`,
  `create trigger ledger_no_truncate before truncate on ledger_entry for each statement execute function ledger_is_append_only()`,
];
