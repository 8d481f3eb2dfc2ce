import { check } from "./cli/check.ts";

const USAGE = `Usage: flowgate check DIR

check DIR   Reads the config and the run-books in a folder, as Flowgate would, and says what is wrong on which line.
`;

/**
 * Runs what somebody asked for on the command line.
 *
 * @returns 0 where it is well, 1 where something is wrong, 2 where the command was not understood.
 */
export async function run(
  words: readonly string[],
  out: { readonly write: (text: string) => unknown },
): Promise<number> {
  const [command, folder, more] = words;
  if (command !== "check" || folder === undefined || more !== undefined) {
    out.write(USAGE);
    return command === "help" || command === "--help" ? 0 : 2;
  }
  const { lines, isWell } = await check(folder);
  out.write(`${lines.join("\n")}\n`);
  return isWell ? 0 : 1;
}

if (import.meta.main) process.exitCode = await run(process.argv.slice(2), process.stdout);
