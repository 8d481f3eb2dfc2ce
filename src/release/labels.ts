import type { Label } from "../flow/request.ts";
import type { Walk } from "../flow/standing.ts";

/** A run-book has no more items, so no label has a higher number. */
export const MOST_ITEMS = 2_000;
/** Of a command: all items of both walks. */
const MOST_LABELS = 2 * MOST_ITEMS;
/** Longer words are shown cut. */
const LONGEST_WORD = 40;

const LETTERS: { readonly [walk in Walk]: "S" | "P" } = { rehearsal: "S", production: "P" };

export const labelOf = (walk: Walk, ordinal: number): Label => `${LETTERS[walk]}${ordinal}`;

/** What a label names: an item of a run-book by its number, in one walk. */
export const named = (label: Label): { readonly walk: Walk; readonly ordinal: number } => ({
  walk: label.startsWith("S") ? "rehearsal" : "production",
  ordinal: Number(label.slice(1)),
});

/**
 * The items that words name, each once and in their order: `S1`, `S3-S9`, in any case. No words name none.
 *
 * @returns `wrong`: why the words name no items, in a sentence with the cure.
 */
export function parseLabels(
  words: readonly string[],
): { readonly labels: readonly Label[] } | { readonly wrong: string } {
  const labels = new Set<Label>();
  let many = 0;
  for (const word of words) {
    const range = rangeIn(word);
    if ("wrong" in range) return range;
    many += range.to - range.from + 1;
    if (many > MOST_LABELS) return { wrong: `These are more than ${MOST_LABELS} items; name each item once.` };
    for (let ordinal = range.from; ordinal <= range.to; ordinal++) labels.add(labelOf(range.walk, ordinal));
  }
  return { labels: [...labels] };
}

type Range = { readonly walk: Walk; readonly from: number; readonly to: number };

function rangeIn(word: string): Range | { readonly wrong: string } {
  const shown = `\`${word.length > LONGEST_WORD ? `${word.slice(0, LONGEST_WORD)}…` : word}\``;
  const [first = "", last = first, ...more] = word.toUpperCase().split("-", 3);
  const [from, to] = [labelIn(first), labelIn(last)];
  if (from === null || to === null || more.length > 0)
    return {
      wrong: `${shown} names no item; write \`S3\` for one of the rehearsal, \`P3\` for one in production, \`S3-S9\` for several.`,
    };
  if (from.walk !== to.walk) return { wrong: `${shown} begins in one walk and ends in another; name each apart.` };
  if (from.ordinal > to.ordinal) return { wrong: `${shown} runs backwards; write \`${last}-${first}\`.` };
  if (to.ordinal > MOST_ITEMS) return { wrong: `${shown} names no item: no run-book has more than ${MOST_ITEMS}.` };
  return { walk: from.walk, from: from.ordinal, to: to.ordinal };
}

/** Nine digits are more than any item has, and are still an exact number. */
function labelIn(text: string): ReturnType<typeof named> | null {
  return /^[SP][1-9]\d{0,8}$/.test(text) ? named(text as Label) : null;
}

/** The same labels in few words, such as `S1-S4` and `P2`; `parseLabels` reads them back. */
export function ranges(labels: readonly Label[]): readonly string[] {
  const found: { first: Label; last: Label }[] = [];
  for (const label of labels) {
    const { walk, ordinal } = named(label);
    const range = found.at(-1);
    if (range !== undefined && labelOf(walk, ordinal - 1) === range.last) range.last = label;
    else found.push({ first: label, last: label });
  }
  return found.map(({ first, last }) => (first === last ? first : `${first}-${last}`));
}
