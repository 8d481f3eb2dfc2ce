import { parse, postprocess, preprocess } from "micromark";
import { gfm } from "micromark-extension-gfm";
import type {} from "micromark-extension-gfm-task-list-item";

/** A task-list box: where the letter between its brackets is, and what it says. */
export type Box = { readonly at: number; readonly checked: boolean };

/** The task-list boxes of a Markdown text in order, as a reader of GitHub Flavored Markdown finds them. */
export function boxesOf(text: string): readonly Box[] {
  const found: Box[] = [];
  const events = postprocess(
    parse({ extensions: [gfm()] })
      .document()
      .write(preprocess()(text, "utf8", true)),
  );
  for (const [act, { type, start }] of events) {
    if (act !== "enter") continue;
    if (type === "taskListCheckValueChecked") found.push({ at: start.offset, checked: true });
    if (type === "taskListCheckValueUnchecked") found.push({ at: start.offset, checked: false });
  }
  return found;
}

/** The text with its n-th box (from 0) ticked or not; null when there is no such box. */
export function setBox(text: string, index: number, checked: boolean): string | null {
  const found = boxesOf(text)[index];
  if (found === undefined) return null;
  return `${text.slice(0, found.at)}${checked ? "x" : " "}${text.slice(found.at + 1)}`;
}
