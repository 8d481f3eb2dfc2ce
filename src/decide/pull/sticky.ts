import type { OnPull } from "../../commands/command.ts";
import { mayDeploy } from "../../commands/deploying.ts";
import { mayDo, pullOf, standingOf, type Walked, walked } from "../../commands/items.ts";
import { type Entry, opens } from "../../flow/ledger.ts";
import type { Sha } from "../../flow/names.ts";
import type { Heard, Label, StickyEdit } from "../../flow/request.ts";
import type { RunBook } from "../../flow/run-book.ts";
import type { Execution, StandingOf } from "../../flow/standing.ts";
import { clicked, stateFrom } from "../../release/execution.ts";
import { named } from "../../release/labels.ts";
import { isTask } from "../../release/progress.ts";
import { isLeft, undoneOf } from "../undoing.ts";

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
  const { now } = asked;
  const execution = executionOn(asked);
  if (execution === undefined || sticky === undefined) return { entries: [], refused: [] };
  const about = pullOf(asked);
  const seen = seenIn(sticky, execution);
  const results = seen === null ? [] : clicksCame(sticky.clicks, seen, { ...asked, by, at });
  if (results === null) return null;
  const entries = results.flatMap((came) => ("what" in came ? [came] : []));
  const refused = results.flatMap((came) => ("what" in came ? [] : [came]));
  if (sticky.other === "no" && refused.length === 0 && seen !== null) return { entries, refused };
  const before = undoneOf(execution, now);
  const undone = [...before, now];
  const because = sticky.other === "deleted" ? `${by.login} deleted the comment` : `${by.login} changed the comment`;
  if (isLeft(undone) && !isLeft(before)) refused.push({ line: "comment", says: LEFT_ALONE });
  return { entries: [...entries, { ...opens(about, { ...execution, undone, because }), actor: by.login }], refused };
}

/** What somebody had before them: a revision, and the file that its labels are counted by. */
type Seen = { readonly revision: number; readonly path: string; readonly blob: Sha };

/** Null where we never wrote it: marks are text that anybody can write. */
function seenIn({ revision, blob }: StickyEdit, execution: Execution): Seen | null {
  const file = [execution, ...execution.before].find((one) => one.blob === blob);
  if (file === undefined || revision === null || revision > execution.revision) return null;
  return { revision, path: file.path, blob: file.blob };
}

type ClickCame = Entry | StickyCame["refused"][number];

function clicksCame(clicks: StickyEdit["clicks"], seen: Seen, asked: OnPull): readonly ClickCame[] | null {
  if (clicks.length === 0) return [];
  const today = walked(asked);
  const book = asked.look.at({ want: "run-book", path: seen.path, sha: seen.blob });
  if (today === null || book === null) return null;
  if ("came" in today) return clicks.map(({ label }) => takenBack(label, asked, today.says));
  const results = clicks.map((click) => clickCame(click, { seen, book, today }, asked));
  return results.includes(null) ? null : results.flatMap((came) => (came === null || came === "nothing" ? [] : [came]));
}

/** `nothing`: there never was such a box. Null while it is not known whether they may. */
function clickCame(
  { label, ticked, shown }: StickyEdit["clicks"][number],
  { seen, book, today }: { readonly seen: Seen; readonly book: RunBook; readonly today: Walked },
  asked: OnPull,
): ClickCame | "nothing" | null {
  const { by, at } = asked;
  const { walk, ordinal } = named(label);
  const item = book.items[ordinal - 1];
  if (item === undefined) return "nothing";
  const refused = (says: string) => takenBack(label, asked, says);
  const step = today.walks[walk].steps.find((one) => one.item.id === item.id);
  if (step === undefined || (walk === "rehearsal" && seen.blob !== today.blob)) return refused(OUTRUN);
  if (!isTask(step)) return "nothing";
  const may = mayDo(asked, step.item, walk);
  if (may === "unread") return null;
  if (may !== "yes") return refused(may.says);
  if (ticked && step.item.needsResult)
    return refused(`It asks for its result: write \`/done ${step.label} note="…"\`.`);
  const backed = ticked ? mayDeploy(asked, step, today.walks[walk]) : "yes";
  if (backed === "unread") return null;
  if (backed !== "yes") return refused(backed.says);
  const before = standingOf(asked, { step, walk, blob: seen.blob });
  // What is still open is done by the file that they saw.
  const isOpen = stateFrom(before).state === "open";
  const from = isOpen ? { ...before, blob: seen.blob, head: asked.pull.head } : before;
  const after = clicked(from, { by, at, ticked, shown, revision: seen.revision });
  return { ...opens(pullOf(asked), after), actor: by.login };
}

/** Above a reply to a click stands no comment of theirs, so it says whose it was and of what. */
const takenBack = (line: Label, { by }: OnPull, says: string): ClickCame => ({
  line,
  says: `${by.login}'s click on \`${line}\` is taken back. ${says}`,
});

const OUTRUN = "The run-book has changed since that was shown: tick it in the one that is shown now.";

const LEFT_ALONE =
  "The comment with the run-book was changed five times in ten minutes, so it is left as it is for now. What counts stands on the page of this pull request, where it can be ticked too, and `/done`, `/undo` and `/gates` work as ever.";

/** The walks of a pull request, as they were last shown. */
export const executionOn = ({
  standing,
  pull,
}: Pick<OnPull, "standing"> & { readonly pull: Pick<OnPull["pull"], "number"> }): StandingOf<"execution"> | undefined =>
  standing.find((one): one is StandingOf<"execution"> => one.kind === "execution" && one.number === pull.number);
