import { lineOf } from "../flow/ledger-export.ts";
import type { Instant, RepositoryId } from "../flow/names.ts";
import { type Database, openDatabase } from "./database.ts";
import { chainOf, entriesAfter, entryOf } from "./ledger.ts";
import { ledgerFlaw } from "./ledger-check.ts";
import { migrate } from "./migrations.ts";
import { type Redacted, type Redaction, redact } from "./redaction.ts";
import { componentOf } from "./views.ts";

/** What may be asked of the whole ledger. */
export type Audit = {
  /** What is wrong with the ledger, in one sentence; null: every chain is whole. Rejects where the signal ends it. */
  flaw(signal?: AbortSignal): Promise<string | null>;
  /** Its entries as lines of JSON, each with its newline, chain after chain; of one chain where one is named. */
  lines(chain: string | null): AsyncIterable<string>;
  /** The chain of a component, by `owner/name`; null: it is not known. */
  chainOf(component: string): Promise<string | null>;
  redact(redaction: Redaction): Promise<Redacted>;
};

/** So many entries are read at once. */
const AT_ONCE = 50;

export function auditOf(database: Database, clock: { now(): Instant }): Audit {
  const { db, kind, write } = database;
  return {
    flaw: (signal) => ledgerFlaw(database, signal),
    async *lines(chain) {
      const chains = await db.selectFrom("chain").select("name").orderBy("name").execute();
      for (const { name } of chains.filter(({ name }) => chain === null || name === chain)) {
        for (let after = 0, more = true; more; ) {
          // In a turn of its own: what another one writes may yet be taken back.
          const rows = await write((on) => entriesAfter(on, name, after, AT_ONCE), "soon");
          for (const row of rows) yield lineOf(entryOf(row));
          after = rows.at(-1)?.sequence ?? after;
          more = rows.length === AT_ONCE;
        }
      }
    },
    async chainOf(component) {
      const found = await componentOf(db, component);
      return found === undefined ? null : chainOf(found.row.repository as RepositoryId);
    },
    async redact(redaction) {
      const came = await write((on) => redact(on, kind, redaction, clock.now()));
      if ("done" in came) await database.compact();
      return came;
    },
  };
}

/**
 * Opens the ledger while no server runs, and brings the database to the newest schema. Rejects with a sentence for people where
 * another process holds the embedded one.
 */
export async function openAudit(
  url: string | null,
  folder: string | null,
  clock: { now(): Instant },
): Promise<Audit & { stop(): Promise<void> }> {
  const database = openDatabase(url, folder);
  await migrate(database).catch(async (error: unknown) => {
    await database.stop();
    throw error;
  });
  return { ...auditOf(database, clock), stop: () => database.stop() };
}
