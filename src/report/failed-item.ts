import type { Label } from "../flow/request.ts";
import type { Item } from "../flow/run-book.ts";
import { minute } from "../flow/words.ts";
import { type Came, STATE_WORDS } from "../release/execution.ts";
import { codeInLine, cutTo, inLine } from "./markdown.ts";

/** Of an item's text so much stands in a title. */
const LONGEST_TITLE = 120;

type Issue = { readonly title: string; readonly body: string; readonly state: "open" | "closed" };

/**
 * The issue about an item of a run-book that failed: open while it has.
 *
 * @param came how far it is now; null: nobody has done it yet as it is to be done now.
 */
export function failedItem({
  label,
  item,
  came,
  number,
  mark,
}: {
  readonly label: Label;
  readonly item: Item;
  readonly came: Came | null;
  readonly number: number;
  readonly mark: string;
}): Issue {
  const failed = came?.state === "failed";
  return {
    title: `${label} of the run-book failed on #${number}: ${cutTo(item.text, LONGEST_TITLE)}`,
    body: `**${label}** ${inLine(item.text)}\n\n${failed ? failing(came, label, number) : over(came)}\n\n${mark}`,
    state: failed ? "open" : "closed",
  };
}

/** The same once the run-book has no such item any more; what it said then is in the issue's history. */
export const goneItem = (came: Came, number: number, mark: string): Issue => ({
  title: `An item of the run-book failed on #${number}, and is no longer in it`,
  body: `${said(came)}\n\nThe run-book was changed and the item is no longer in it, so nothing waits for it any more.\n\n${mark}`,
  state: "closed",
});

const said = ({ by, at, because }: Came): string =>
  `${inLine(by?.login ?? "somebody")} says at ${minute(at)}: ${inLine(because)}`;

const failing = (came: Came, label: Label, number: number): string =>
  `${said(came)}\n\nThe release waits until the item is done after all: ${codeInLine(`/done ${label}`)} on #${number} says so. When it cannot be, the rollback section of the run-book tells what to do.`;

const over = (came: Came | null): string =>
  came === null
    ? "The run-book or staging has changed since, so it is to be done again."
    : `By now it is ${STATE_WORDS[came.state]}: ${inLine(came.because)} (${inLine(came.by?.login ?? "somebody")}, ${minute(came.at)}).`;
