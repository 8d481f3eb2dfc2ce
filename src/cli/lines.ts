import { closeSync, openSync, readSync } from "node:fs";

const PART = 64 * 1024;
/** A line that is longer is nothing of ours: it is given as far as it was read, and the rest is not looked at. */
const LONGEST = 32 * 1024 * 1024;

/** The lines of a file, each with its newline; a last one without it comes as it is. */
export function* linesOf(path: string): Generator<Uint8Array, void> {
  const file = openSync(path, "r");
  try {
    let begun: Buffer[] = [];
    let length = 0;
    for (;;) {
      const part = Buffer.alloc(PART);
      const read = readSync(file, part);
      if (read === 0) break;
      let from = 0;
      for (let end = part.indexOf(10); end !== -1 && end < read; end = part.indexOf(10, from)) {
        yield Buffer.concat([...begun, part.subarray(from, end + 1)]);
        from = end + 1;
        begun = [];
        length = 0;
      }
      begun.push(part.subarray(from, read));
      length += read - from;
      if (length > LONGEST) break;
    }
    if (length > 0) yield Buffer.concat(begun);
  } finally {
    closeSync(file);
  }
}
