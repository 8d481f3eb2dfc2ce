import { Writable } from "node:stream";
import { run } from "../../src/cli.ts";

/** Runs the command line as a process would, and gives its exit code and all that it wrote. */
export async function runs(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<{ readonly code: number; readonly text: string }> {
  const parts: Buffer[] = [];
  const out = new Writable({
    write(part: Buffer, _encoding, done) {
      parts.push(part);
      done();
    },
  });
  const code = await run(words, out, { PATH: process.env["PATH"], ...env });
  return { code, text: Buffer.concat(parts).toString("utf8") };
}
