import { chainHash, type Entry, entryDigest, GENESIS, type LedgerEntry, type Withheld } from "../../src/flow/ledger.ts";
import { NOW } from "../builders.ts";

/** A chain with these entries. */
export function chained(chain: string, entries: readonly Entry[]): readonly LedgerEntry[] {
  const placed: LedgerEntry[] = [];
  for (const entry of entries) {
    const previous = placed.at(-1)?.hash ?? GENESIS;
    const body = { ...entry, chain, sequence: placed.length + 1, at: NOW };
    const digest = entryDigest(body);
    placed.push({ ...body, digest, previous, hash: chainHash(previous, digest) });
  }
  return placed;
}
export const entry = (because: string, more: Partial<Entry> = {}): Entry => ({
  what: "judged",
  actor: "app",
  about: "pull:42:31",
  says: { because, nested: { list: [1, null, "ü"] } },
  ...more,
});
export const withheld = (one: LedgerEntry): Withheld => ({ ...one, says: null });
