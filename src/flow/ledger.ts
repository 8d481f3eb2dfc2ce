import { createHash } from "node:crypto";
import type { Ended } from "./ended.ts";
import type { Hash, Instant, Json } from "./names.ts";
import type { Standing } from "./standing.ts";

/** What entries are about. */
export const KINDS = [
  "baseline",
  "config",
  "judged",
  "done",
  "refused",
  "ruleset",
  "redelivered",
  "push",
  "touched",
  "opened",
  "closed",
  "reported",
  "answered",
  "promoting",
  "product",
  "redacted",
] as const;

/** What one entry says. `what` names the kind, `says` holds its content, all in plain JSON. */
export type Entry = {
  readonly what: (typeof KINDS)[number];
  /** Who caused it: a login, `app`, or `cli:` and whoever ran the command line, as the machine knows them. */
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
/**
 * What of this key stands no longer, and why, in one sentence without a full stop.
 *
 * @param ended how, where more follows from it than that it is over; left out: nothing does.
 */
export const closes = (about: string, actor: string, key: string, because: string, ended?: Ended): Entry => ({
  what: "closed",
  actor,
  about,
  says: { key, because, ...(ended && { ended }) },
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

/** An entry whose text was taken out later: its digest stands for what it said. */
export type Withheld = Omit<LedgerEntry, "says"> & { readonly says: null };
/** What is left of it in an export. What else is known of it cannot be proven by its digest, so it is in the entry that took the text out. */
export type Sealed = Pick<Withheld, "chain" | "sequence" | "says" | "digest" | "previous" | "hash">;

/**
 * The text of an entry is taken out. What is kept of it is written down once more, since its digest proves none of it
 * from then on: among it the key of what it opened or closed.
 *
 * @param because in one sentence without a full stop; it cannot be taken out again.
 */
export function redacts(actor: string, entry: LedgerEntry, because: string): Entry {
  const { sequence, digest, says } = entry;
  const key = says["key"] ?? null;
  return {
    what: "redacted",
    actor,
    about: redactionOf(sequence),
    says: { entry: sequence, digest, kept: keptOf(entry), key, because },
  };
}
/** What an entry is about that takes the text of another one out; the database lets go of no text without it. */
export const redactionOf = (sequence: number): string => `entry:${sequence}`;
const keptOf = ({ at, what, actor, about }: LedgerEntry | Withheld) => ({ at, what, actor, about });

/** What chains are called, such as `repository:42`. */
export const CHAIN_NAME = /^[a-z][a-z-]*:\d{1,20}$/;

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

/** All of an entry but the hashes, in the bytes that its digest is of. */
export function bodyOf(
  entry: Pick<LedgerEntry, "chain" | "sequence" | "at" | "what" | "actor" | "about" | "says">,
): string {
  const { chain, sequence, at, what, actor, about, says } = entry;
  return canonical({ chain, sequence, at, what, actor, about, says });
}

/** The digest of an entry's body, so that its text can be shown or withheld and still be proven. */
export const entryDigest = (entry: Parameters<typeof bodyOf>[0]): Hash => digestOf(bodyOf(entry));

/** `sha256(previous ‖ digest)`: one hash a place, so that a gap can be shown by digests alone. */
export const chainHash = (previous: Hash, digest: Hash): Hash => digestOf(previous + digest);

/** How far a chain was read, and found whole. */
export type ChainRead = {
  /** Of the last entry; 0: of none. */
  readonly sequence: number;
  readonly hash: Hash;
  /** Entries without their text, by number: a later one must say so. */
  readonly unexplained: ReadonlyMap<number, Withheld | Sealed>;
};
export const UNREAD: ChainRead = { sequence: 0, hash: GENESIS, unexplained: new Map() };

/** Reads the next entry of a chain. @returns how far it is whole by now, or what is wrong with this entry, in one sentence. */
export function readOn(
  { sequence, hash, unexplained }: ChainRead,
  entry: LedgerEntry | Withheld | Sealed,
): ChainRead | { readonly flaw: string } {
  const place = placeOf(entry);
  if (entry.sequence !== sequence + 1)
    return { flaw: `${place} stands where entry ${sequence + 1} should: one is missing or out of order.` };
  if (isWhole(entry) && entryDigest(entry) !== entry.digest)
    return { flaw: `${place} was changed: its content does not have its digest.` };
  if (entry.previous !== hash) return { flaw: `${place} does not follow the entry before it.` };
  if (chainHash(hash, entry.digest) !== entry.hash)
    return { flaw: `${place} has a hash that does not follow from its content.` };
  const read = { sequence: entry.sequence, hash: entry.hash };
  if (!isWhole(entry)) return { ...read, unexplained: new Map([...unexplained, [entry.sequence, entry]]) };
  if (entry.what !== "redacted") return { ...read, unexplained };
  const redacted = unexplained.get(entry.says["entry"] as number);
  if (redacted === undefined) return { ...read, unexplained };
  if (!redactedBy(redacted, entry))
    return { flaw: `${placeOf(redacted)} was changed: it is not what entry ${entry.sequence} says was redacted.` };
  return { ...read, unexplained: new Map([...unexplained].filter(([other]) => other !== redacted.sequence)) };
}

/** What is wrong with a chain that was read to its end; null: nothing. */
export function flawAtEnd({ unexplained }: ChainRead): string | null {
  for (const entry of unexplained.values())
    return `${placeOf(entry)} has lost its text, and no entry says that it was redacted.`;
  return null;
}

const isWhole = (entry: LedgerEntry | Withheld | Sealed): entry is LedgerEntry => entry.says !== null;
const placeOf = ({ sequence, chain }: Sealed | LedgerEntry) => `Entry ${sequence} of chain ${chain}`;

function redactedBy(entry: Withheld | Sealed, { says }: LedgerEntry): boolean {
  if (says["digest"] !== entry.digest) return false;
  return !("at" in entry) || canonical(says["kept"] ?? null) === canonical(keptOf(entry));
}

/**
 * Checks a chain from its first entry on.
 *
 * @returns null when it is whole, else what is wrong with which entry, in one sentence.
 */
export function flawIn(entries: readonly (LedgerEntry | Withheld | Sealed)[]): string | null {
  let read = UNREAD;
  for (const entry of entries) {
    const next = readOn(read, entry);
    if ("flaw" in next) return next.flaw;
    read = next;
  }
  return flawAtEnd(read);
}
