import { z } from "zod";
import {
  bodyOf,
  CHAIN_NAME,
  type ChainRead,
  canonical,
  flawAtEnd,
  KINDS,
  type LedgerEntry,
  readOn,
  type Sealed,
  UNREAD,
  type Withheld,
} from "./ledger.ts";
import { type Hash, type Instant, type Json, parseInstant } from "./names.ts";

/**
 * One entry as a line of JSON, with its newline. `body` is a text: the very bytes that `digest` is the SHA-256 of, so that
 * whoever checks it need not know how to write JSON the same way; null where its text was redacted.
 */
export function lineOf(entry: LedgerEntry | Withheld): string {
  const { chain, sequence, digest, previous, hash } = entry;
  const body = entry.says === null ? null : bodyOf(entry);
  return `${canonical({ body, chain, digest, hash, previous, sequence })}\n`;
}

/** No entry is longer. */
const LONGEST_LINE = 16 * 1024 * 1024;
/** Nothing that we write is nested deeper. */
const DEEPEST = 200;

const hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((text) => text as Hash);
const place = { chain: z.string().regex(CHAIN_NAME), sequence: z.int().positive() };
const lineShape = z.strictObject({ ...place, body: z.string().nullable(), digest: hash, previous: hash, hash });
const bodyShape = z.strictObject({
  ...place,
  at: z
    .string()
    .refine((text) => parseInstant(text) === text)
    .transform((text) => text as Instant),
  what: z.enum(KINDS),
  actor: z.string(),
  about: z.string(),
  says: z.record(z.string(), z.custom<Json>()),
});

/** An entry in a line with its newline, if the line is just as we write it; else null. */
export function entryIn(line: Uint8Array): LedgerEntry | Sealed | null {
  const text = textOf(line);
  const read = text === null ? null : lineShape.safeParse(parsed(text)).data;
  if (!read || text !== `${canonical(read)}\n`) return null;
  const { body, ...rest } = read;
  if (body === null) return { ...rest, says: null };
  const entry = isShallow(body) ? bodyShape.safeParse(parsed(body)).data : undefined;
  if (entry === undefined || entry.chain !== rest.chain || entry.sequence !== rest.sequence) return null;
  return body === bodyOf(entry) ? { ...entry, ...rest } : null;
}

function textOf(line: Uint8Array): string | null {
  if (line.length > LONGEST_LINE) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(line);
  } catch {
    return null;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether JSON is nested no deeper than what we write: what goes through it calls itself for each level. */
function isShallow(json: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < json.length; at++) {
    const sign = json[at];
    if (quoted && sign === "\\") at += 1;
    else if (sign === '"') quoted = !quoted;
    else if (!quoted && (sign === "[" || sign === "{")) depth += 1;
    else if (!quoted && (sign === "]" || sign === "}")) depth -= 1;
    if (depth > DEEPEST) return false;
  }
  return true;
}

/**
 * Reads an export, which may hold several chains in any order, and checks each from its first entry on.
 *
 * @param lines each with its newline. @param seen is told each entry that was found in its place.
 * @returns how far each chain goes, by its name, or the first thing that is wrong, in one sentence.
 */
export function readExport(
  lines: Iterable<Uint8Array>,
  seen: (entry: LedgerEntry | Sealed) => void = () => {},
): { readonly chains: ReadonlyMap<string, ChainRead> } | { readonly flaw: string } {
  const chains = new Map<string, ChainRead>();
  let count = 0;
  for (const line of lines) {
    count += 1;
    const entry = entryIn(line);
    if (entry === null)
      return { flaw: `Line ${count} is no entry as Flowgate writes it: it was changed, or is not whole.` };
    const read = readOn(chains.get(entry.chain) ?? UNREAD, entry);
    if ("flaw" in read) return read;
    chains.set(entry.chain, read);
    seen(entry);
  }
  if (count === 0) return { flaw: "There is no entry in it." };
  for (const read of chains.values()) {
    const flaw = flawAtEnd(read);
    if (flaw !== null) return { flaw };
  }
  return { chains };
}
