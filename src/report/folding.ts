import { sizeOf } from "../flow/words.ts";

/** A part of a text: in full first, then in ever fewer words. */
export type Part = readonly [string, ...string[]];

/** What an empty line between two parts adds to their sizes. */
const BETWEEN = 3;

/**
 * Parts with an empty line between them, shortened until they fit: each time the longest that can be, by one step. Of those
 * that are equally long it is the first.
 *
 * @param size of a part as it will be written.
 * @returns what is shortest where nothing fits.
 */
export function folded(parts: readonly Part[], room: number, size: (text: string) => number = sizeOf): string {
  const shown = parts.map((words) => ({ words, step: 0, size: size(words[0]) }));
  let all = shown.reduce((sum, { size }) => sum + size + BETWEEN, -BETWEEN);
  while (all > room) {
    let longest: (typeof shown)[number] | null = null;
    for (const one of shown)
      if (one.step < one.words.length - 1 && (longest === null || one.size > longest.size)) longest = one;
    if (longest === null) break;
    longest.step++;
    all -= longest.size;
    longest.size = size(longest.words[longest.step] as string);
    all += longest.size;
  }
  return shown.map(({ words, step }) => words[step]).join("\n\n");
}
