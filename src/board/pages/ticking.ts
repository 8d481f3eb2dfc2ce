import type { Right } from "../../flow/facts.ts";
import type { PageAct, Sight } from "../../flow/request.ts";
import type { WalkedBook } from "../../flow/run-book.ts";
import type { Walk } from "../../flow/standing.ts";
import { isTask, type Step } from "../../release/progress.ts";
import { suffices } from "../acts.ts";
import { type Html, html } from "../html.ts";
import { type AskedOnPage, addressOf, type PullView } from "../views.ts";
import { needsToAsk } from "../walks.ts";
import { type Visitor, wordIn } from "./frame.ts";

/** Where items of a run-book are ticked, below the address of its page. */
export const TICK = "/run-book";

/** Who may do something about the items of a run-book, and what they did of late. */
export type Ticking = {
  readonly visitor: Visitor;
  /** On the repository. */
  readonly right: Right;
  readonly asked: readonly AskedOnPage[];
};
type Place = Ticking & { readonly view: PullView; readonly book: WalkedBook };
type Command = PageAct["command"];

/** Whether an item has something to press for them. */
export const mayAsk = (step: Step, walk: Walk, { right }: Ticking): boolean => suffices(right, needsToAsk(step, walk));

/** The form that the buttons in the lines belong to: each does one open item. It has no field to press Enter in. */
export const tickForm = (place: Place): Html =>
  html`<form id="tick" method="post" action="${addressOf(place.view)}${TICK}">${fields(place, "done", null)}</form>
`;

/** All that can be done to an item as it stands, each by a form of its own, so that Enter never presses another button. */
export function doing(place: Place, step: Step, walk: Walk): Html | null {
  if (!isTask(step)) return null;
  const needs = needsToAsk(step, walk);
  if (!suffices(place.right, needs))
    return html`<p class="quiet">To do something about it takes <code>${needs}</code> on the repository.</p>
`;
  const { came, item } = step;
  const form = (command: Command, inside: Html, button: string) =>
    html`<form class="do" method="post" action="${addressOf(place.view)}${TICK}">${fields(place, command, came)}<input type="hidden" name="item" value="${step.label}">${inside}<button type="submit">${button}</button></form>
`;
  const done = () =>
    form(
      "done",
      html`${line("note", item.needsResult ? "What came out" : "A remark", item.needsResult)}${LINK}`,
      "Done",
    );
  const skip = () => form("skip", line("because", "Why it need not be done", true), "Skip");
  const fail = () => form("fail", line("because", "What went wrong", true), "It failed");
  const undo = () => form("undo", html``, "Open it again");
  const confirm = () => came?.by?.login !== place.visitor.login && form("confirm", html``, "Agree that it is skipped");
  switch (came?.state ?? "open") {
    case "open":
      return html`${done()}${skip()}${fail()}`;
    case "failed":
      return html`${done()}${skip()}${undo()}`;
    case "done":
      return html`${undo()}${fail()}`;
    case "skip-asked":
      return html`${confirm()}${done()}${undo()}`;
    case "skipped":
      return undo();
  }
}

/** What a form carries beside what is typed: that it is ours, what it does, and what its page showed. */
function fields({ view, book, visitor }: Place, command: Command, came: Step["came"]): Html {
  const state: Sight["state"] = came?.state ?? "open";
  const hidden = {
    command,
    blob: book.blob,
    head: book.head,
    state,
    since: state === "open" ? "" : (came?.at ?? ""),
    seen: String(view.entriesInAll),
  };
  return html`${wordIn(visitor)}${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}`;
}

const line = (name: string, label: string, required: boolean): Html =>
  html`<label>${label}${!required && html` <span class="quiet">(if there is any)</span>`}<input name="${name}" maxlength="1000" autocomplete="off"${required && html` required`}></label>`;
const LINK = html`<label>Where it can be seen <span class="quiet">(if there is any)</span><input type="url" name="url" maxlength="1000" autocomplete="off" pattern="https://.*" placeholder="https://…" title="It begins with https://"></label>`;
