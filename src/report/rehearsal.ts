import type { Carried } from "../release/carried.ts";
import { carriedList } from "./carried.ts";
import { prose } from "./markdown.ts";

/** Of a comment, which has 65,536 characters, the longest part takes no more: the table of gates stands there too. */
export const LONGEST_PART = 30_000;

/** What a dry run shows below its sentences: what should be seen, then what is long, folded. */
export type Rehearsal = {
  /** Each in a sentence. */
  readonly remarks: readonly string[];
  /** The notes of that release, in Markdown of our own; null: it makes none. */
  readonly notes: { readonly tag: string; readonly text: string } | null;
  /** Null where that is not told by itself. */
  readonly carried: Carried | null;
};

/** @returns nothing where there is nothing to show. */
export function rehearsalShown({ remarks, notes, carried }: Rehearsal): string | null {
  const parts = [
    ...(remarks.length === 0 ? [] : [remarks.map((remark) => `- ${prose(remark)}`).join("\n")]),
    ...(notes === null ? [] : [foldedUp(`The notes of ${notes.tag}`, notes.text)]),
    ...(carried === null ? [] : [foldedUp("What it carries", carriedList(carried, LONGEST_PART))]),
  ];
  return parts.length === 0 ? null : parts.join("\n\n");
}

/** @param summary our own words. */
const foldedUp = (summary: string, text: string): string =>
  `<details><summary>${summary}</summary>\n\n${text}\n\n</details>`;
