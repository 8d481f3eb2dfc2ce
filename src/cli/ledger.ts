import { createWriteStream, renameSync, rmSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CHAIN_NAME } from "../flow/ledger.ts";
import { readExport } from "../flow/ledger-export.ts";
import { count } from "../flow/words.ts";
import type { Asked } from "./ask.ts";
import { linesOf } from "./lines.ts";
import type { Told } from "./verify.ts";

/** A reason is a sentence; it stays in the ledger for good. */
const LONGEST_REASON = 500;

/** Verifies an export of the ledger by itself. */
export function verifyExport(file: string): Told {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return { problem: `There is no file ${file}.` };
  const read = readExport(linesOf(file));
  if ("flaw" in read) return { lines: [read.flaw], isWell: false };
  const chains = [...read.chains].map(
    ([name, { sequence, hash }]) => `${name}: ${count(sequence, "entry", "entries")}, up to the hash ${hash}.`,
  );
  return { lines: [...chains, "The export is whole."], isWell: true };
}

/** Verifies the ledger itself. */
export async function verifyLedger(ledger: Asked): Promise<Told> {
  const flaw = await ledger.flaw();
  return flaw === null ? { lines: ["The ledger is whole."], isWell: true } : { lines: [flaw], isWell: false };
}

/**
 * Writes the ledger as JSON Lines, of one component where one is named. A file is there whole or not at all, for its user alone.
 *
 * @param file null: to `out`, and nothing else is said.
 */
export async function exportLedger(
  ledger: Asked,
  component: string | null,
  file: string | null,
  out: Writable,
): Promise<Told> {
  const chain = component === null ? null : await ledger.chainOf(component);
  if (component !== null && chain === null) return unknownComponent(component);
  const lines = () => Readable.from(ledger.lines(chain));
  if (file === null) {
    await pipeline(lines(), out, { end: false });
    return { lines: [], isWell: true };
  }
  const unfinished = `${file}.new`;
  try {
    await pipeline(lines(), createWriteStream(unfinished, { mode: 0o600, flush: true }));
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  return { lines: [`The ledger was written to ${file}.`], isWell: true };
}

/**
 * Takes the text out of one entry.
 *
 * @param entry `CHAIN#NUMBER`, or `OWNER/NAME#NUMBER` of a component.
 */
export async function redactEntry(ledger: Asked, entry: string, because: string): Promise<Told> {
  const [, of = "", sequence = ""] = /^(.+)#([1-9]\d{0,14})$/.exec(entry) ?? [];
  const component = of.includes("/") ? of : null;
  if (component === null && !CHAIN_NAME.test(of))
    return { problem: `“${entry}” names no entry; write \`acme/api#12\` or \`repository:42#12\`.` };
  if (because.length > LONGEST_REASON)
    return {
      problem: `The reason is longer than ${LONGEST_REASON} characters; it stays in the ledger, so say it short.`,
    };
  const chain = component === null ? of : await ledger.chainOf(component);
  if (chain === null) return unknownComponent(of);
  const came = await ledger.redact({ chain, sequence: Number(sequence), because, by: whoAsks() });
  return "done" in came ? { lines: [came.done], isWell: true } : { lines: [came.not], isWell: false };
}

const unknownComponent = (name: string): Told => ({
  lines: [`No component ${name} is known here; it is called as on GitHub, owner/name.`],
  isWell: false,
});

/** As the machine knows them; a container may know no names. */
function whoAsks(): string {
  try {
    return `cli:${userInfo().username}`;
  } catch {
    return `cli:${process.getuid?.() ?? "unknown"}`;
  }
}
