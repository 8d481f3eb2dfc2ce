import { isSha, type Sha, sha } from "../flow/names.ts";
import type { Label, StickyEdit } from "../flow/request.ts";
import { rangesOf, unfolded } from "./labels.ts";

/** The comment as it was written: the first two lines are its marks. */
export const marksOf = (revision: number, blob: Sha, done: readonly Label[]): string =>
  `<!-- flowgate:execution revision=${revision} -->\n<!-- flowgate:run-book ${blob} done=${rangesOf(done)} -->`;

const MARKS =
  /^<!-- flowgate:execution revision=(\d{1,9}) -->\n<!-- flowgate:run-book ([0-9a-f]{40,64}) done=([SP\d,-]{0,20000}) -->$/;
/** A line with a box, as `report/execution.ts` writes it; GitHub writes `x`, people may write `X`. */
const BOX = /^- \[([ xX])\] \*\*([SP][1-9]\d{0,4})\*\* /;

/** A comment taken to pieces: which boxes are ticked, which were when it was written, and all else of it. */
type Read = {
  readonly revision: number;
  readonly blob: Sha;
  readonly written: ReadonlySet<Label>;
  readonly boxes: ReadonlyMap<Label, boolean>;
  readonly rest: string;
};

/** Null where its marks are not ours. */
function read(body: string): Read | null {
  // GitHub's editor sends CRLF, and drops blanks at the end.
  const lines = body.split(/\r\n|\n|\r/).map((line) => line.trimEnd());
  const [, revision, blob, done] = MARKS.exec(lines.slice(0, 2).join("\n")) ?? [];
  if (revision === undefined || blob === undefined || done === undefined || !isSha(blob)) return null;
  const written = unfolded(done);
  if (written === null) return null;
  const boxes = new Map<Label, boolean>();
  const rest = lines.map((line) => {
    const [, mark, label] = BOX.exec(line) ?? [];
    if (label === undefined) return line;
    boxes.set(label as Label, mark !== " ");
    return line.replace(/^- \[.\]/, "- [ ]");
  });
  return {
    revision: Number(revision),
    blob: sha(blob),
    written: new Set(written),
    boxes,
    rest: rest.join("\n").trim(),
  };
}

/**
 * What an edit of the comment that shows a run-book did to its boxes, and whether it changed anything else.
 *
 * Of one revision the two texts are held against each other. An older text that was saved over a newer one says of a box
 * only where that differs from how it was written then: whoever saves a stale page neither ticks nor unticks what others
 * did since.
 *
 * @param from the body before the edit. @param to the body after it.
 */
export function clicksIn(from: string, to: string): StickyEdit {
  const before = read(from);
  const after = read(to);
  if (after === null) return { revision: null, blob: null, clicks: [], other: "edited" };
  const isStale = before !== null && before.revision !== after.revision;
  const was = (label: Label): boolean =>
    before === null || isStale ? after.written.has(label) : (before.boxes.get(label) ?? false);
  const said = (label: Label, ticked: boolean): boolean =>
    isStale && before.boxes.get(label) === ticked && before.written.has(label) !== ticked;
  const clicks = [...after.boxes].flatMap(([label, ticked]) =>
    ticked === was(label) || said(label, ticked) ? [] : [{ label, ticked, shown: after.written.has(label) }],
  );
  const isSame = before !== null && !isStale && before.rest === after.rest && before.boxes.size === after.boxes.size;
  return { revision: after.revision, blob: after.blob, clicks, other: isSame ? "no" : "edited" };
}
