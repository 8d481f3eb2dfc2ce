import { setImmediate } from "node:timers/promises";
import { type ChainRead, flawAtEnd, readOn, UNREAD } from "../flow/ledger.ts";
import type { Connection, Database } from "./database.ts";
import { entriesAfter, entryOf } from "./ledger.ts";

/** So many entries are read and hashed before others have their turn: some ten milliseconds. */
const AT_ONCE = 50;

/**
 * Verifies every chain from its first entry to its head, a part at a time, while others write on.
 *
 * @param signal ends it: then it rejects, since nothing is said of what was not read.
 * @returns null when all are whole, else the first flaw in words.
 */
export async function ledgerFlaw(database: Database, signal?: AbortSignal): Promise<string | null> {
  const { db } = database;
  const chains = await db
    .selectFrom("chain")
    .select("name")
    .union(db.selectFrom("ledger_entry").select("chain as name"))
    .orderBy("name")
    .execute();
  for (const { name } of chains) {
    const flaw = await chainFlaw(database, name, signal);
    if (flaw !== null) return flaw;
  }
  return null;
}

async function chainFlaw(
  { kind, write }: Database,
  name: string,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  let read = UNREAD;
  for (let more = true; more; ) {
    signal?.throwIfAborted();
    // In a turn of its own: what another one writes may yet be taken back.
    const next = await write((on) => readSome(on, name, read), "soon");
    if ("flaw" in next) return next.flaw;
    more = next.read.sequence > read.sequence;
    read = next.read;
    await setImmediate();
  }
  // Nobody adds to the chain while its end is read: its head and its end are of one moment.
  return write((on) => flawOfEnd(on, kind, name, read), "soon");
}

type Read = { readonly read: ChainRead } | { readonly flaw: string };

async function readSome(on: Connection, name: string, from: ChainRead, limit = AT_ONCE): Promise<Read> {
  const rows = await entriesAfter(on, name, from.sequence, limit);
  let read = from;
  for (const row of rows) {
    const next = readOn(read, entryOf(row));
    if ("flaw" in next) return next;
    read = next;
  }
  return { read };
}

async function flawOfEnd(
  on: Connection,
  kind: Database["kind"],
  name: string,
  read: ChainRead,
): Promise<string | null> {
  let query = on.selectFrom("chain").select(["sequence", "hash"]).where("name", "=", name);
  if (kind === "postgres") query = query.forUpdate();
  const head = await query.executeTakeFirst();
  const { count } = await on
    .selectFrom("ledger_entry")
    .select((row) => row.fn.countAll<number>().as("count"))
    .where("chain", "=", name)
    .executeTakeFirstOrThrow();
  const entries = Number(count);
  if (head === undefined) return `Chain ${name} has ${entries} entries and no head.`;
  const end = await readSome(on, name, read, entries);
  if ("flaw" in end) return end.flaw;
  if (entries !== head.sequence) return `Chain ${name} has ${entries} entries where its head says ${head.sequence}.`;
  if (end.read.hash !== head.hash) return `Chain ${name} ends with another hash than its head says.`;
  return flawAtEnd(end.read);
}
