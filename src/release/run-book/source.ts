import type { Finding } from "../../flow/run-book.ts";
import { failed } from "./finding.ts";

/** A run-book over so many bytes is refused unread: reading takes time with size. */
export const LARGEST = 256 * 1024;
/** https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: the first line of each pointer. */
const LFS_POINTER = "version https://git-lfs.github.com/spec/";

/**
 * The text of a file, or why its bytes are no text to read.
 *
 * @returns the text without a byte order mark; line ends stay as they are.
 */
export function textOf(bytes: Uint8Array): { readonly text: string } | { readonly unread: Finding } {
  if (bytes.length > LARGEST) {
    const size = `${Math.ceil(bytes.length / 1024)} KiB`;
    return unread(1, `The file has ${size} and is not read beyond 256 KiB; split it into run-books of its parts.`);
  }
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    return unread(1, "The file is UTF-16; save it as UTF-8.");
  const text = new TextDecoder().decode(bytes);
  if (text.startsWith(LFS_POINTER))
    return unread(1, "The file is a pointer of Git LFS and not the text; store run-books in git itself.");
  const nul = text.indexOf("\0");
  if (nul >= 0)
    return unread(lineAt(text, nul), "There is a NUL byte in this line; take it out, or save the file as UTF-8.");
  const wrong = firstWrong(bytes, text);
  if (wrong !== null) return unread(lineAt(text, wrong), "This line is not UTF-8; save the file as UTF-8.");
  return { text };
}

const unread = (line: number, because: string) => ({ unread: failed(line, because) });

const BOM = [0xef, 0xbb, 0xbf];

/** Where in the decoded text the bytes were replaced since they are not UTF-8; null: they all are. */
function firstWrong(bytes: Uint8Array, text: string): number | null {
  const start = BOM.every((byte, place) => bytes[place] === byte) ? BOM.length : 0;
  const again = new TextEncoder().encode(text);
  let place = 0;
  while (place < again.length && again[place] === bytes[start + place]) place++;
  if (place === again.length) return null;
  return new TextDecoder().decode(again.subarray(0, place)).length;
}

/** The number of the line, from 1, that holds the character at `offset`. Lines end with LF, CR or both. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split(/\r\n|\r|\n/).length;
}
