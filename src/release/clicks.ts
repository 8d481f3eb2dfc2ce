import { type Sha, sha } from "../flow/names.ts";
import type { Label, StickyEdit } from "../flow/request.ts";
import { parseLabels, ranges } from "./labels.ts";

/** What the comment that shows a run-book says of itself, in its first two lines. */
export type Marks = {
  /** Of the comment, from 1. */
  readonly revision: number;
  /** The run-book that its labels count by. */
  readonly blob: Sha;
  /** The boxes that were written ticked. */
  readonly done: readonly Label[];
};

/** GitHub takes 65,536 characters, and each may be two here. What is longer is not taken to pieces. */
const LONGEST = 2 * 65_536;

const FIRST = /^<!-- flowgate:execution revision=([1-9]\d{0,8}) -->$/;
const SECOND = /^<!-- flowgate:run-book ([\da-f]{40}) done=([SP\d,-]*) -->$/;
/** A box as we write it: of the label that follows it. Each part of a line is tried in one place only. */
const BOX = /^( *- \[)([ xX])(\] \*\*([SP][1-9]\d{0,3})\*\*(?: .*)?)$/;

/** The first lines of the comment. */
export const marksLines = ({ revision, blob, done }: Marks): string =>
  `<!-- flowgate:execution revision=${revision} -->\n<!-- flowgate:run-book ${blob} done=${ranges(done).join(",")} -->`;

/**
 * What somebody's edit of the comment that shows a run-book did: which boxes were clicked, and whether anything else was
 * changed. Ends of lines and white space before them do not count. A click is told only where the edit itself set the box:
 *
 * - `to` shows the revision that `from` shows: each box that differs.
 * - `to` shows another one, since a page was saved that was opened before we wrote: each box that is not as it was written
 *   in that revision, and that does not look the same in `from`. Whatever else a page of then says, nobody did now.
 * - A label that stands twice is nobody's box: who copied a line ticked nothing.
 *
 * Labels count by the blob that is returned. The marks are text that anybody can write: whether that revision was ever
 * written is for the caller to know. Takes time in proportion to both texts.
 *
 * @param from the comment before, as GitHub tells it. @param to the comment after.
 */
export function clicksIn(from: string, to: string): StickyEdit {
  const [was, is] = [read(from), read(to)];
  const { marks } = is;
  // A revision has one blob and one list: where the two disagree, somebody wrote marks.
  const forged = marks !== null && marks.revision === was.marks?.revision && is.head !== was.head;
  if (marks === null || forged) return { revision: null, blob: null, clicks: [], other: "edited" };

  const same = marks.revision === was.marks?.revision;
  // Labels of different run-books say nothing of each other.
  const comparable = was.marks === null || was.marks.blob === marks.blob;
  const written = new Set(marks.done);
  const clicks = [...is.boxes].flatMap(([label, ticked]) => {
    const before = comparable ? was.boxes.get(label) : undefined;
    const shown = written.has(label);
    const isClick = same ? before === !ticked : ticked !== shown && before !== ticked;
    return isClick ? [{ label, ticked, shown }] : [];
  });
  return {
    revision: marks.revision,
    blob: marks.blob,
    clicks,
    other: same && was.rest === is.rest ? "no" : "edited",
  };
}

type Reading = {
  readonly marks: Marks | null;
  /** The lines that the marks stand in. */
  readonly head: string;
  readonly boxes: ReadonlyMap<Label, boolean>;
  /** Everything but what stands in the boxes. */
  readonly rest: string;
};

function read(text: string): Reading {
  if (text.length > LONGEST) return { marks: null, head: "", boxes: new Map(), rest: text };
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trimEnd());
  while (lines.at(-1) === "") lines.pop();
  const boxes = new Map<Label, boolean>();
  const twice = new Set<Label>();
  const rest = lines.map((line) => {
    const [, before, box, after, name] = BOX.exec(line) ?? [];
    if (before === undefined || after === undefined) return line;
    const label = name as Label;
    if (boxes.has(label)) twice.add(label);
    boxes.set(label, box !== " ");
    return `${before} ${after}`;
  });
  for (const label of twice) boxes.delete(label);
  const [first = "", second = ""] = lines;
  return { marks: marksIn(first, second), head: `${first}\n${second}`, boxes, rest: rest.join("\n") };
}

function marksIn(first: string, second: string): Marks | null {
  const revision = FIRST.exec(first)?.[1];
  const [, blob, list] = SECOND.exec(second) ?? [];
  if (revision === undefined || blob === undefined || list === undefined) return null;
  const done = parseLabels(list === "" ? [] : list.split(","));
  return "wrong" in done ? null : { revision: Number(revision), blob: sha(blob), done: done.labels };
}
