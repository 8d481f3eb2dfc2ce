import type { Item } from "../flow/run-book.ts";
import type { Walk } from "../flow/standing.ts";
import { minute } from "../flow/words.ts";
import { type Came, required } from "../release/execution.ts";
import { hasBox, type Step } from "../release/progress.ts";
import { codeInLine, cutTo, inLine } from "./markdown.ts";

/** The whole text is in the run-book; a line of a list is read at a glance. */
const LONGEST_TEXT = 500;
/** What people remarked, and where it can be seen. */
const LONGEST_REMARK = 300;

/**
 * One item as the comment shows it, on one line, beginning with the bullet. It has a box where a click on it can do or undo
 * something; everything else is told in words, with the command that helps.
 */
export function stepLine(step: Step, walk: Walk): string {
  const { item, label, came } = step;
  const box = hasBox(step) ? `[${came?.state === "done" ? "x" : " "}] ` : "";
  return `- ${box}**${label}** ${textOf(item)}${askedOf(item)}${standOf(step, walk)}`;
}

/** What is to be done, struck out where it need not be. */
function textOf({ text, notApplicable }: Item): string {
  const words = inLine(cutTo(text, LONGEST_TEXT));
  return notApplicable === null ? words : `~~${words}~~`;
}

function askedOf({ owner, optional, notApplicable }: Item): string {
  if (notApplicable !== null) return ` — N/A: ${remark(notApplicable)}`;
  return `${optional ? " *(optional)*" : ""}${owner === null ? "" : ` *(only ${remark(owner)})*`}`;
}

function standOf({ item, label, came, below }: Step, walk: Walk): string {
  if (below !== null) return below.of === 0 ? "" : ` — ${below.cleared} of ${below.of}`;
  switch (came?.state) {
    case "done":
      return ` — ${who(came)}${came.note === null ? "" : `: "${remark(came.note)}"`}${seen(came)}`;
    case "failed":
      return ` — ❌ failed: ${remark(came.because)} (${who(came)})${seen(came)}; ${codeInLine(`/done ${label}`)} once it is repaired`;
    case "skipped":
      return ` — skipped: ${remark(came.because)} (${who(came)}${came.confirmedBy === null ? "" : `, confirmed by ${inLine(came.confirmedBy.login)}`})`;
    case "skip-asked":
      return ` — to be skipped: ${remark(came.because)} (${who(came)}); waits for ${codeInLine(`/confirm ${label}`)} by ${another(item, walk)}`;
    default:
      return item.needsResult && item.notApplicable === null && item.phase !== "rollback"
        ? ` — what came out is to be written down: ${codeInLine(`/done ${label} note="…"`)}`
        : "";
  }
}

const remark = (text: string) => inLine(cutTo(text, LONGEST_REMARK));
const who = ({ by, at }: Came) => `${by === null ? "somebody" : inLine(by.login)}, ${minute(at)}`;
const seen = ({ url }: Came) => (url === null ? "" : ` ${codeInLine(cutTo(url, LONGEST_REMARK))}`);

/** Whom it takes beside the one who asked. */
function another({ owner }: Item, walk: Walk): string {
  const need = required({ owner }, walk);
  switch (need.kind) {
    case "owner":
      return `another one of ${remark(need.owner)}`;
    case "permission":
      return "another one who may write here";
    case "role":
      return `another one of ${need.role}`;
  }
}
