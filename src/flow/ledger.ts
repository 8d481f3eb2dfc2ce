import { createHash } from "node:crypto";
import type { Hash, Instant, Json } from "./names.ts";
import type { Standing } from "./standing.ts";

/** What one entry says. `what` names the kind, `says` holds its content, all in plain JSON. */
export type Entry = {
  readonly what:
    | "baseline"
    | "config"
    | "judged"
    | "done"
    | "refused"
    | "ruleset"
    | "redelivered"
    | "push"
    | "opened"
    | "closed"
    | "reported"
    | "answered"
    | "promoting";
  /** Who caused it: a login, or `app`. */
  readonly actor: string;
  /** The subject's key, or the chain's own name. */
  readonly about: string;
  readonly says: { readonly [key: string]: Json };
};

/** What stands from now on. */
export const opens = (about: string, standing: Standing): Entry => ({
  what: "opened",
  actor: standing.by?.login ?? "app",
  about,
  says: standing as unknown as Entry["says"],
});
/** What of this key stands no longer, and why, in one sentence without a full stop. */
export const closes = (about: string, actor: string, key: string, because: string): Entry => ({
  what: "closed",
  actor,
  about,
  says: { key, because },
});

/** An entry in its place in a chain. */
export type LedgerEntry = Entry & {
  readonly chain: string;
  /** 1, 2, 3 … without a gap. */
  readonly sequence: number;
  readonly at: Instant;
  /** Of the entry's canonical JSON. */
  readonly digest: Hash;
  /** The hash of the entry before, 64 zeros for the first. */
  readonly previous: Hash;
  readonly hash: Hash;
};

export const GENESIS = "0".repeat(64) as Hash;

/** JSON with sorted keys and no white space: the same value always gives the same bytes. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const fields = Object.entries(value as { [key: string]: Json }).filter(([, field]) => field !== undefined);
    return `{${fields
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`)
      .join(",")}}`;
  }
  return JSON.stringify(value);
}

/** SHA-256 of text in UTF-8. */
export const digestOf = (text: string): Hash => createHash("sha256").update(text).digest("hex") as Hash;

/** The digest of an entry: all of it but the hashes, so that its text can be shown or withheld and still be proven. */
export function entryDigest(
  entry: Pick<LedgerEntry, "chain" | "sequence" | "at" | "what" | "actor" | "about" | "says">,
): Hash {
  const { chain, sequence, at, what, actor, about, says } = entry;
  return digestOf(canonical({ chain, sequence, at, what, actor, about, says }));
}

/** `sha256(previous ‖ digest)`: one hash a place, so that a gap can be shown by digests alone. */
export const chainHash = (previous: Hash, digest: Hash): Hash => digestOf(previous + digest);

/**
 * Checks a chain from its first entry on.
 *
 * @returns null when it is whole, else what is wrong with which entry, in one sentence.
 */
export function flawIn(entries: readonly LedgerEntry[]): string | null {
  let previous = GENESIS;
  for (const [index, entry] of entries.entries()) {
    const place = `Entry ${entry.sequence} of chain ${entry.chain}`;
    if (entry.sequence !== index + 1)
      return `${place} stands where entry ${index + 1} should: one is missing or out of order.`;
    if (entryDigest(entry) !== entry.digest) return `${place} was changed: its content does not have its digest.`;
    if (entry.previous !== previous) return `${place} does not follow the entry before it.`;
    if (chainHash(previous, entry.digest) !== entry.hash)
      return `${place} has a hash that does not follow from its content.`;
    previous = entry.hash;
  }
  return null;
}
