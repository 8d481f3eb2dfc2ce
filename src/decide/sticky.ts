import type { OnPull } from "../commands/command.ts";
import { itemKey, mayDo } from "../commands/items.ts";
import { type Entry, opens } from "../flow/ledger.ts";
import { type Instant, later, type Sha } from "../flow/names.ts";
import type { Heard } from "../flow/request.ts";
import type { RunBook } from "../flow/run-book.ts";
import type { Execution, StandingOf } from "../flow/standing.ts";
import { subjectKey } from "../flow/subject.ts";
import { clicked, hasBox, progressOf } from "../release/execution.ts";
import { ordinalOf, walkOf } from "../release/labels.ts";

/** More edits than this in so long, and the comment is left as it is: nobody wins against a script. */
const MOST_UNDONE = 5;
const UNDONE_WITHIN_MS = 10 * 60_000;

/** What came of an edit of the comment that shows a run-book: what is refused, by label and in a sentence. */
export type StickyCame = {
  readonly entries: readonly Entry[];
  readonly refused: readonly { readonly line: string; readonly says: string }[];
};

/**
 * Clicks of somebody who may, as what they did; all else is recorded and undone when the comment is written again.
 *
 * @returns null while something is still to be read.
 */
export function stickyCame({ by, at, sticky }: Heard, asked: OnPull): StickyCame | null {
  const { standing, repository, pull, now } = asked;
  const execution = executionOn(asked);
  if (execution === undefined || sticky === undefined) return { entries: [], refused: [] };
  const book = bookOf(asked, execution, sticky.blob);
  if (book === null) return null;
  const refused: StickyCame["refused"][number][] = [];
  const about = subjectKey({ kind: "pull", repository, number: pull.number });
  const entries: Entry[] = [];
  for (const { label, ticked, shown } of sticky.clicks) {
    if (book === "unknown") break;
    const walk = walkOf(label);
    // What has a box is the same in every place.
    const step = progressOf(book, walk, [], { blob: execution.blob, head: pull.head }).steps[ordinalOf(label) - 1];
    if (step === undefined || !hasBox(step)) continue;
    const may = mayDo(asked, step, walk);
    if (may === "unread") return null;
    if (may !== "yes") refused.push({ line: label, says: may.says });
    else if (ticked && step.item.needsResult)
      refused.push({ line: label, says: `It asks for its result: write \`/done ${label} note="…"\`.` });
    else {
      const key = itemKey(repository, pull.number, walk, step.item.id);
      const before = standing.find((one): one is StandingOf<"item"> => one.key === key) ?? null;
      const fresh = {
        key,
        repository,
        number: pull.number,
        walk,
        item: step.item.id,
        blob: sticky.blob as Sha,
        head: pull.head,
      };
      const after = clicked(before, { by, at, ticked, shown, revision: sticky.revision as number }, fresh);
      if (after !== null) entries.push({ ...opens(about, after), actor: by.login });
    }
  }
  if (sticky.other === "no" && refused.length === 0 && book !== "unknown") return { entries, refused };
  const undone = [...undoneOf(execution, now), now];
  const because = sticky.other === "deleted" ? `${by.login} deleted the comment` : `${by.login} changed the comment`;
  if (isLeft(undone) && !isLeft(undoneOf(execution, now))) refused.push({ line: "comment", says: LEFT_ALONE });
  return { entries: [...entries, { ...opens(about, { ...execution, undone, because }), actor: by.login }], refused };
}

const LEFT_ALONE =
  "The comment with the run-book was changed five times in ten minutes, so it is left as it is for now. What counts stands on the page of this pull request, and `/done`, `/undo` and `/gates` work as ever.";

/** The walks of a pull request, as they were last shown. */
export const executionOn = ({
  standing,
  pull,
}: Pick<OnPull, "standing"> & { readonly pull: Pick<OnPull["pull"], "number"> }): StandingOf<"execution"> | undefined =>
  standing.find((one): one is StandingOf<"execution"> => one.kind === "execution" && one.number === pull.number);

/** When edits were undone, of those that still count. */
export const undoneOf = ({ undone }: Pick<Execution, "undone">, now: Instant): readonly Instant[] =>
  undone.filter((at) => later(at, UNDONE_WITHIN_MS) > now);
export const isLeft = (undone: readonly Instant[]): boolean => undone.length >= MOST_UNDONE;
/** When it is written again. */
export const leftUntil = ([first]: readonly Instant[]): Instant | null =>
  first === undefined ? null : later(first, UNDONE_WITHIN_MS);

/** The file that labels were counted by: today's, or one of those before. Of any other we wrote none. */
function bookOf({ look }: OnPull, execution: Execution, blob: Sha | null): RunBook | "unknown" | null {
  const files = [{ path: execution.path, blob: execution.blob }, ...execution.before];
  const file = files.find((one) => one.blob === blob);
  return file === undefined ? "unknown" : look.at({ want: "run-book", path: file.path, sha: file.blob });
}
