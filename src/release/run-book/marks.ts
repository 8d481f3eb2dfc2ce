import type { Finding } from "../../flow/run-book.ts";
import { failed, warning } from "./finding.ts";
import type { PlainText } from "./plain-text.ts";

/** What an item says of itself beside its text. */
export type Marks = {
  /** What is to be done, without the marks. */
  readonly text: string;
  /** The only one who may tick it, `@organisation/team` or `@login`. */
  readonly owner: string | null;
  readonly optional: boolean;
  /** Why it need not be done; null: it has to be. */
  readonly notApplicable: string | null;
  /** Whether whoever does it has to write down what came out. */
  readonly needsResult: boolean;
  readonly findings: readonly Finding[];
};

/** A reason is a sentence, however short. */
const SHORTEST_REASON = 10;

const OWNER = /\s*\(\s*owner\s*:\s*([^()]*?)\s*\)/i;
const NAME = /^@[A-Za-z\d][A-Za-z\d-]*(?:\/[A-Za-z\d][\w.-]*)?$/;
const RESULT_AT_END = /\s*\(\s*result\s*\)\s*[.:]?$/i;
const OPTIONAL_AT_START = /^(?:optional\s*:|\(\s*optional\s*\)\s*:?)\s*/i;
const NOT_APPLICABLE = /^\s*n\/a\s*:\s*/i;
const REASON = /(?:\s*[-–—;,(]{1,3})?\s*\breason\s*:\s*/i;

/**
 * Takes the marks out of an item's text: `(owner: @x)` anywhere, `(result)` at its end, `Optional:` and `N/A:` at its
 * beginning, or `~~item~~ N/A: reason`. What only contains such words is no mark, and what nearly is one is told.
 */
export function marksOf(plain: PlainText, line: number): Marks {
  const findings: Finding[] = [];
  const fail = (because: string) => findings.push(failed(line, because));
  const warn = (because: string) => findings.push(warning(line, because));

  let rest = plain;
  const named = OWNER.exec(rest.marks);
  if (named !== null) rest = without(rest, named);
  const owner = named?.[1] !== undefined && NAME.test(named[1]) ? named[1] : null;
  if ((named !== null && owner === null) || /\(\s*owner\b/i.test(rest.marks))
    fail("The owner is no one team or person; write `(owner: @organisation/team)` or `(owner: @login)` once.");

  const result = RESULT_AT_END.exec(rest.marks);
  if (result !== null) rest = without(rest, result);
  else if (/\(\s*result\s*\)/i.test(rest.marks)) warn("`(result)` counts at the end of an item only; move it there.");

  const optional = OPTIONAL_AT_START.exec(rest.marks);
  if (optional !== null) rest = without(rest, optional);
  else if (/\(\s*optional\s*\)/i.test(rest.marks))
    warn("`(optional)` counts at the beginning of an item only; move it there, or the item has to be done.");

  const { text, reason } = excused(rest);
  const isReason = reason !== null && [...reason].length >= SHORTEST_REASON;
  if (reason !== null && !isReason)
    fail(`\`N/A\` needs a reason of at least ${SHORTEST_REASON} characters; write \`N/A: … - reason: …\`.`);
  if (reason === null && rest.struck > 0 && rest.struck === rest.text.length)
    warn("This item is struck out and still has to be done; write `N/A: reason` after it.");
  if (reason === null && /^n\/a\b/i.test(rest.marks.slice(rest.struck).trimStart()))
    warn("`N/A` counts with a colon and a reason only, `N/A: … - reason: …`; the item has to be done.");
  if (text === "") fail("This item has no words; say what is to be done, or take it out.");

  return {
    text,
    owner,
    optional: optional !== null,
    notApplicable: isReason ? reason : null,
    needsResult: result !== null,
    findings,
  };
}

/** The text and, after `N/A:`, the reason: what follows `reason:`, or all of it. */
function excused(plain: PlainText): { readonly text: string; readonly reason: string | null } {
  const { text, marks, struck } = plain;
  const said = NOT_APPLICABLE.exec(marks.slice(struck));
  if (said === null) return { text: text.trim(), reason: null };
  const after = text.slice(struck + said[0].length).trim();
  if (struck > 0) return { text: text.slice(0, struck).trim(), reason: after.replace(/^reason\s*:\s*/i, "") };
  const parted = REASON.exec(marks.slice(said[0].length));
  if (parted === null || parted.index === 0) {
    const reason = after.replace(/^reason\s*:\s*/i, "");
    return { text: reason, reason };
  }
  return { text: after.slice(0, parted.index).trim(), reason: after.slice(parted.index + parted[0].length).trim() };
}

/** The same text without what was found in it. */
function without({ text, marks, struck }: PlainText, found: RegExpExecArray): PlainText {
  const { index, 0: whole } = found;
  const cut = (from: string) => from.slice(0, index) + from.slice(index + whole.length);
  return {
    text: cut(text),
    marks: cut(marks),
    struck: index < struck ? Math.max(index, struck - whole.length) : struck,
  };
}
