import type { Writable } from "node:stream";
import { parseArgs } from "node:util";
import { type Asked, type Env, whomToAsk } from "./cli/ask.ts";
import { check } from "./cli/check.ts";
import { exportLedger, redactEntry, verifyExport, verifyLedger } from "./cli/ledger.ts";
import { type Told, verifyEvidence } from "./cli/verify.ts";

const USAGE = `Usage: flowgate COMMAND

check DIR
    Reads the config and the run-books in a folder, as Flowgate would, and says what is wrong on which line.

verify FILE [--key KEY] [--repo CLONE] [--ledger EXPORT]
    Checks the evidence of a release, offline: evidence.json, and what lies beside it. KEY is a file with the public key
    that it must be signed by, or that key's SHA-256; CLONE a clone of the repository; EXPORT a file of ledger export.

ledger verify [FILE]
    Verifies the ledger, or an export of it, from the first entry to the last.
ledger export [--component OWNER/NAME] [FILE]
    Writes the ledger as JSON Lines to FILE, or to the output.
ledger redact ENTRY because …
    Takes the text out of an entry, such as acme/api#12, for good. The ledger stays whole, and says that it was done.

The ledger is that of the server that runs on DATA_DIR, or else the database there or at DATABASE_URL.
It ends with 0 where all is well, 1 where something is wrong, and 2 where it could not be looked at.
`;

/**
 * Runs what somebody asked for on the command line.
 *
 * @returns 0 where it is well, 1 where something is wrong, 2 where the command was not understood or what it names not there.
 */
export async function run(words: readonly string[], out: Writable, env: Env = process.env): Promise<number> {
  const asked = commandIn(words);
  if (asked === null) {
    out.write(USAGE);
    return ["help", "--help"].includes(words[0] ?? "") ? 0 : 2;
  }
  const told = await asked(out, env);
  const lines = "problem" in told ? [told.problem] : told.lines;
  // What is shown may be of others' making, and a terminal obeys control characters.
  for (const line of lines) out.write(`${line.replace(/\p{Cc}/gu, "\uFFFD")}\n`);
  return "problem" in told ? 2 : told.isWell ? 0 : 1;
}

type Command = (out: Writable, env: Env) => Promise<Told>;

/** Null: it is not understood. */
function commandIn(words: readonly string[]): Command | null {
  const [first, ...rest] = words;
  if (first === "check") {
    const [folder, ...more] = rest;
    return folder === undefined || more.length > 0 ? null : () => check(folder);
  }
  if (first === "verify") {
    const read = options(rest, ["key", "repo", "ledger"]);
    const [file, ...more] = read?.files ?? [];
    if (!read || file === undefined || more.length > 0) return null;
    const { key = null, repo = null, ledger = null } = read.values;
    return orProblem((_, env) => verifyEvidence(file, { key, repo, ledger }, env));
  }
  return first === "ledger" ? ledgerCommandIn(rest) : null;
}

function ledgerCommandIn([second, ...rest]: readonly string[]): Command | null {
  if (second === "redact") {
    const [entry, because, ...why] = rest;
    const reason = why.join(" ").trim();
    if (entry === undefined || because !== "because" || reason === "") return null;
    return asking((ledger) => redactEntry(ledger, entry, reason));
  }
  const read = options(rest, second === "export" ? ["component"] : []);
  const [file = null, ...more] = read?.files ?? [];
  if (!read || more.length > 0) return null;
  const { component = null } = read.values;
  if (second === "export") return asking((ledger, out) => exportLedger(ledger, component, file, out));
  if (second !== "verify") return null;
  return file === null ? asking(verifyLedger) : orProblem(async () => verifyExport(file));
}

/** Asks whoever has the ledger, and lets go of it. */
const asking = (ask: (ledger: Asked, out: Writable) => Promise<Told>): Command =>
  orProblem(async (out, env) => {
    const ledger = await whomToAsk(env);
    try {
      return await ask(ledger, out);
    } finally {
      await ledger.stop();
    }
  });

/** What cannot be opened, read or reached is said in a sentence, and is not the same as something that is wrong. */
const orProblem =
  (command: Command): Command =>
  async (out, env) => {
    try {
      return await command(out, env);
    } catch (error) {
      // Whoever reads the output has seen enough, as `head` does.
      if ((error as NodeJS.ErrnoException).code === "EPIPE") return { lines: [], isWell: true };
      return { problem: (error as Error).message };
    }
  };

type Options = { readonly files: readonly string[]; readonly values: { readonly [name: string]: string | undefined } };

/** Words and `--name value`; null where a name is not known or has no value. */
function options(words: readonly string[], names: readonly string[]): Options | null {
  const known = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  try {
    const { positionals, values } = parseArgs({ args: [...words], options: known, allowPositionals: true });
    return { files: positionals, values };
  } catch {
    return null;
  }
}

if (import.meta.main) process.exitCode = await run(process.argv.slice(2), process.stdout);
