import type { Label } from "../flow/request.ts";
import type { Walk } from "../flow/standing.ts";

/** No run-book has more items. */
const MOST = 2_000;
const LETTERS = { rehearsal: "S", production: "P" } as const;

/** As people name an item: `S3` in the rehearsal in staging, `P3` in production. */
export const labelOf = (walk: Walk, ordinal: number): Label => `${LETTERS[walk]}${ordinal}`;
export const walkOf = (label: Label): Walk => (label[0] === "S" ? "rehearsal" : "production");
export const ordinalOf = (label: Label): number => Number(label.slice(1));

/**
 * The labels that words name: `P3`, `S1-S9`, `s1-9`; case does not count. Each once, in the order in which they are named.
 *
 * @returns `not` in a sentence where a word names none.
 */
export function labelsIn(words: readonly string[]): { readonly labels: readonly Label[] } | { readonly not: string } {
  const labels = new Set<Label>();
  for (const word of words) {
    const [, letter, first, , other, last] = /^([sp])([1-9]\d{0,8})(-([sp]?)([1-9]\d{0,8}))?$/i.exec(word) ?? [];
    if (letter === undefined) return { not: `“${word}” names no item; items are named \`S3\`, \`P3\` or \`P3-P7\`.` };
    if (other && other.toLowerCase() !== letter.toLowerCase())
      return { not: `“${word}” goes from one walk into the other; name the items of each by themselves.` };
    const [from, to] = [Number(first), Number(last ?? first)];
    if (to < from) return { not: `“${word}” runs backwards.` };
    if (to > MOST) return { not: `“${word}” goes beyond item ${MOST}, and no run-book has more.` };
    for (let n = from; n <= to; n++) labels.add(labelOf(letter.toLowerCase() === "s" ? "rehearsal" : "production", n));
  }
  return { labels: [...labels] };
}

/** Labels in few characters: `S1-S4,P2`, in order. */
export function rangesOf(labels: readonly Label[]): string {
  return (["rehearsal", "production"] as const)
    .flatMap((walk) => {
      const numbers = labels
        .filter((label) => walkOf(label) === walk)
        .map(ordinalOf)
        .sort((a, b) => a - b);
      const runs: [number, number][] = [];
      for (const n of numbers) {
        const run = runs.at(-1);
        if (run !== undefined && run[1] === n - 1) run[1] = n;
        else runs.push([n, n]);
      }
      return runs.map(([a, b]) => (a === b ? labelOf(walk, a) : `${labelOf(walk, a)}-${labelOf(walk, b)}`));
    })
    .join(",");
}

/** The other way round; null where it is no such text. */
export function unfolded(ranges: string): readonly Label[] | null {
  const named = labelsIn(ranges === "" ? [] : ranges.split(","));
  return "labels" in named ? named.labels : null;
}
