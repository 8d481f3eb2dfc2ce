import { readExport } from "../../flow/ledger-export.ts";
import type { Hash, Place } from "../../flow/names.ts";
import { count } from "../../flow/words.ts";
import type { Evidence } from "../evidence/record.ts";
import { type Check, failed, ok, unknown } from "./check.ts";

const WHAT = "ledger";

/** Whether an export is whole, and has the entries that the evidence rests on. */
export function ledgerCheck({ ledger }: Evidence, lines: Iterable<Uint8Array> | null): Check {
  if (lines === null)
    return unknown(WHAT, "No export of the ledger was given, so what the evidence rests on was not looked at.");
  const { chain, merged, head } = ledger;
  const hashes = new Map<number, Hash>();
  let redacted = 0;
  const read = readExport(lines, (entry) => {
    if (entry.chain !== chain) return;
    if (entry.says === null) redacted += 1;
    if (entry.sequence === merged.sequence || entry.sequence === head.sequence) hashes.set(entry.sequence, entry.hash);
  });
  if ("flaw" in read) return failed(WHAT, `In the export of the ledger: ${read.flaw}`);
  const own = read.chains.get(chain);
  if (own === undefined)
    return failed(WHAT, `The export has no chain ${chain}: export the ledger of the component that was released.`);
  if (own.sequence < head.sequence)
    return failed(
      WHAT,
      `The export ends at entry ${own.sequence} of chain ${chain}, and the evidence rests on entry ${head.sequence}.`,
    );
  const differs = ({ sequence, hash }: Place) => hashes.get(sequence) !== hash;
  const other = [merged, head].find(differs);
  if (other !== undefined)
    return failed(WHAT, `Entry ${other.sequence} of chain ${chain} is not the one that the evidence was made from.`);
  const without =
    redacted === 0 ? "" : ` (the text of ${count(redacted, "entry", "entries")} was redacted, as later ones say)`;
  return ok(
    WHAT,
    `Chain ${chain} is whole up to entry ${own.sequence}${without}, and has the entries that the evidence rests on.`,
  );
}
