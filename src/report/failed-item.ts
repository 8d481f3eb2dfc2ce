import type { Label } from "../flow/request.ts";
import type { Item } from "../flow/run-book.ts";
import type { StandingOf } from "../flow/standing.ts";
import { minute } from "../flow/words.ts";
import { prose } from "./markdown.ts";

/** Of an item's text so much stands in a title. */
const LONGEST_TITLE = 120;

/** The issue about an item of a run-book that failed: open while it has. */
export function failedItem({
  label,
  item,
  standing,
  number,
  mark,
  failed,
}: {
  readonly label: Label;
  readonly item: Item;
  readonly standing: StandingOf<"item">;
  readonly number: number;
  readonly mark: string;
  readonly failed: boolean;
}): { readonly title: string; readonly body: string; readonly state: "open" | "closed" } {
  const text = item.text.length > LONGEST_TITLE ? `${item.text.slice(0, LONGEST_TITLE - 1)}…` : item.text;
  const who = prose(standing.by?.login ?? "somebody");
  const says = failed
    ? `${who} says at ${minute(standing.at)}: ${prose(standing.because)}\n\nThe release waits until the item is done after all: \`/done ${label}\` on #${number} says so. When it cannot be, the rollback section of the run-book tells what to do.`
    : `It did not fail after all, or was opened again: ${prose(standing.because)} (${minute(standing.at)}).`;
  return {
    title: `${label} of the run-book failed on #${number}: ${text}`,
    body: `**${label}** ${prose(item.text)}\n\n${says}\n\n${mark}`,
    state: failed ? "open" : "closed",
  };
}
