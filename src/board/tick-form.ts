import { isSha, parseInstant } from "../flow/names.ts";
import { PAGE_COMMANDS, type PageAct, type Sight } from "../flow/request.ts";
import { STATE_WORDS } from "../release/execution.ts";
import { labelIn } from "./walks.ts";

/** What somebody asks for by a form on the page of a pull request, and how many entries the page told of. */
export type Ticked = { readonly act: PageAct; readonly seen: number };

/** Reads what a form sent; null: none of ours sends that. What is typed is for the command to judge. */
export function tickedIn(form: string): Ticked | null {
  const fields = new URLSearchParams(form);
  const field = (name: string) => fields.get(name) ?? "";
  const command = PAGE_COMMANDS.find((known) => known === field("command"));
  const label = labelIn(field("item"));
  const saw = sightIn(field);
  if (command === undefined || label === null || saw === null || !/^\d{1,9}$/.test(field("seen"))) return null;
  const typed = (name: string, by: readonly PageAct["command"][]) =>
    by.includes(command) ? oneLine(field(name)) || null : null;
  const said = {
    note: typed("note", ["done"]),
    url: typed("url", ["done"]),
    because: typed("because", ["undo", "skip", "fail"]),
  };
  return { act: { command, label, ...said, saw }, seen: Number(field("seen")) };
}

function sightIn(field: (name: string) => string): Sight | null {
  const [blob, head] = [field("blob"), field("head")];
  const state = (Object.keys(STATE_WORDS) as Sight["state"][]).find((known) => known === field("state"));
  const since = parseInstant(field("since"));
  if (!isSha(blob) || !isSha(head) || state === undefined || (state !== "open" && since === null)) return null;
  return { blob, head, state, since: state === "open" ? null : since };
}

/** A command is one line. */
const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();
