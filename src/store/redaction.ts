import { type LedgerEntry, redacts } from "../flow/ledger.ts";
import type { Instant } from "../flow/names.ts";
import type { Connection, Database } from "./database.ts";
import { append, entryOf, headOf } from "./ledger.ts";

/** Somebody asks to have the text of an entry taken out. */
export type Redaction = {
  readonly chain: string;
  readonly sequence: number;
  /** In one sentence without a full stop. It stays. */
  readonly because: string;
  /** Who asks, as the ledger names them. */
  readonly by: string;
};
/** What came of it, in words. */
export type Redacted = { readonly done: string } | { readonly not: string };

const TAKEN_OUT = "redacted";

/**
 * Takes the text out of an entry of the ledger: an entry of its own says so first, and the digest stays, so that the chain is as
 * whole as it was. What was copied from it into other tables goes too.
 */
export async function redact(
  on: Connection,
  kind: Database["kind"],
  { chain, sequence, because, by }: Redaction,
  now: Instant,
): Promise<Redacted> {
  const place = `entry ${sequence} of chain ${chain}`;
  const find = () =>
    on
      .selectFrom("ledger_entry")
      .selectAll()
      .where("chain", "=", chain)
      .where("sequence", "=", sequence)
      .executeTakeFirst();
  if ((await find()) === undefined) return { not: `There is no ${place}.` };
  // Held from here on: of two who ask at once the second finds it done.
  await headOf(on, kind, chain);
  const row = await find();
  const entry = row && entryOf(row);
  if (!entry || entry.says === null) return { not: `The text of ${place} was taken out before.` };
  if (entry.what === "redacted")
    return { not: `What ${place} says stays: it is how one knows that the text of another one was taken out.` };
  const inUse = await stillUsed(on, entry);
  if (inUse !== null) return { not: inUse };

  await append(on, kind, chain, [redacts(by, entry, because)], now);
  await on
    .updateTable("ledger_entry")
    .set({ says: "null" })
    .where("chain", "=", chain)
    .where("sequence", "=", sequence)
    .execute();
  await forget(on, entry);
  const { sequence: last } = await headOf(on, kind, chain);
  return {
    done: `The text of ${place} was taken out; entry ${last} says so, and the chain is whole. What stands on GitHub still stands there, and what was exported or backed up before holds it too.`,
  };
}

/** Why the text is needed yet; null: it is not. */
async function stillUsed(on: Connection, entry: LedgerEntry): Promise<string | null> {
  const stands = await on
    .selectFrom("standing")
    .select("key")
    .where("opened_by", "=", entry.hash)
    .where("closed_by", "is", null)
    .executeTakeFirst();
  if (stands !== undefined)
    return `What entry ${entry.sequence} opened still stands (${stands.key}): its text can be taken out once that is closed.`;
  const asked = await requestOf(on, entry);
  return asked === undefined || asked.replied_at !== null
    ? null
    : `What entry ${entry.sequence} answers is not answered on GitHub yet: its text can be taken out once it is.`;
}

const requestOf = (on: Connection, { says }: LedgerEntry) =>
  on
    .selectFrom("request")
    .selectAll()
    .where("id", "=", typeof says["request"] === "string" ? says["request"] : "")
    .executeTakeFirst();

/** What was copied from an entry. */
async function forget(on: Connection, entry: LedgerEntry): Promise<void> {
  const opened = await on
    .selectFrom("standing")
    .select(["key", "standing"])
    .where("opened_by", "=", entry.hash)
    .execute();
  for (const { key, standing } of opened) {
    const known = JSON.parse(standing) as { readonly [key: string]: unknown };
    const without = {
      because: TAKEN_OUT,
      ...blank(known, "note", null),
      ...blank(known, "url", null),
      ...blank(known, "fields", {}),
    };
    await on
      .updateTable("standing")
      .set({ standing: JSON.stringify({ ...known, ...without }) })
      .where("key", "=", key)
      .execute();
  }
  await on.updateTable("standing").set({ closed_because: TAKEN_OUT }).where("closed_by", "=", entry.hash).execute();
  const asked = await requestOf(on, entry);
  if (asked !== undefined) {
    const request = { ...(JSON.parse(asked.request) as object), body: "" };
    await on
      .updateTable("request")
      .set({ request: JSON.stringify(request), answer: JSON.stringify({ came: "done", body: null }) })
      .where("id", "=", asked.id)
      .execute();
  }
  // The effects of a decision name the last of its entries, which all have one time.
  const decided = on
    .selectFrom("ledger_entry")
    .select("hash")
    .where("chain", "=", entry.chain)
    .where("about", "=", entry.about)
    .where("at", "=", entry.at)
    .where("sequence", ">=", entry.sequence);
  await on.deleteFrom("effect").where("entry", "in", decided).where("settled_at", "is not", null).execute();
}

const blank = (known: { readonly [key: string]: unknown }, name: string, value: unknown) =>
  name in known ? { [name]: value } : {};
