import { chainHash, type Entry, entryDigest, GENESIS, type LedgerEntry, type Withheld } from "../flow/ledger.ts";
import type { Hash, Instant, Place, RepositoryId } from "../flow/names.ts";
import type { Connection, Database } from "./database.ts";
import type { Tables } from "./schema.ts";
import { project } from "./standing.ts";

export const chainOf = (repository: RepositoryId): string => `repository:${repository}`;

/** Adds entries to a chain, in order, with what stands or ends by them. @returns the hash of the last one. */
export async function append(
  on: Connection,
  kind: Database["kind"],
  chain: string,
  entries: readonly Entry[],
  at: Instant,
): Promise<Hash> {
  let { sequence, hash } = await headOf(on, kind, chain);
  for (const entry of entries) {
    sequence += 1;
    const placed = { ...entry, chain, sequence, at };
    const digest = entryDigest(placed);
    const previous = hash;
    hash = chainHash(previous, digest);
    await on
      .insertInto("ledger_entry")
      .values({ ...placed, says: JSON.stringify(entry.says), digest, previous, hash })
      .execute();
    await project(on, { ...placed, hash });
  }
  await on.updateTable("chain").set({ sequence, hash }).where("name", "=", chain).execute();
  return hash;
}

/** The chain's last place, held until the transaction ends; a chain that is new begins here. */
export async function headOf(
  on: Connection,
  kind: Database["kind"],
  name: string,
): Promise<{ readonly sequence: number; readonly hash: Hash }> {
  let query = on.selectFrom("chain").select(["sequence", "hash"]).where("name", "=", name);
  if (kind === "postgres") query = query.forUpdate();
  const head = await query.executeTakeFirst();
  if (head !== undefined) return head as { sequence: number; hash: Hash };
  await on
    .insertInto("chain")
    .values({ name, sequence: 0, hash: GENESIS })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
  return (await query.executeTakeFirstOrThrow()) as { sequence: number; hash: Hash };
}

/** The place of a chain's last entry; of one without entries the place before the first. */
export async function lastPlace(on: Connection, chain: string): Promise<Place> {
  const head = await on.selectFrom("chain").select(["sequence", "hash"]).where("name", "=", chain).executeTakeFirst();
  return (head as Place | undefined) ?? { sequence: 0, hash: GENESIS };
}

/** @returns with `says` null where the text was redacted. */
export const entryOf = (row: Tables["ledger_entry"]): LedgerEntry | Withheld => ({
  ...(row as unknown as Omit<LedgerEntry, "says">),
  says: JSON.parse(row.says) as Entry["says"] | null,
});

/** Entries of a chain in their order, `limit` at most. */
export const entriesAfter = (
  on: Connection,
  chain: string,
  sequence: number,
  limit: number,
): Promise<readonly Tables["ledger_entry"][]> =>
  on
    .selectFrom("ledger_entry")
    .selectAll()
    .where("chain", "=", chain)
    .where("sequence", ">", sequence)
    .orderBy("sequence")
    .limit(limit)
    .execute();
