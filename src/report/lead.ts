import type { Phase } from "../flow/config.ts";
import type { Sha } from "../flow/names.ts";
import type { Walk } from "../flow/standing.ts";
import { count, listed, minute } from "../flow/words.ts";
import { STATE_WORDS } from "../release/execution.ts";
import { ranges } from "../release/labels.ts";
import {
  countIn,
  hasBox,
  isLeaf,
  keptIn,
  openIn,
  type Progress,
  REHEARSED,
  type Step,
  skippedIn,
  toRedo,
} from "../release/progress.ts";
import { codeInLine, cutTo, inLine } from "./markdown.ts";

/** Of the item that is next; its whole text stands below. */
const LONGEST_TEXT = 200;
/** More labels, or names, than this are counted. */
const MOST_NAMED = 8;

const NAMES: { readonly [walk in Walk]: string } = { rehearsal: "Rehearsal", production: "Production" };

/** What is next, in the first walk that has something left to do. */
export type Next = { readonly progress: Progress; readonly step: Step };

/** What somebody can do comes first, then what waits for another person, then what failed; and what may wait comes last. */
export function nextOf(walks: readonly Progress[]): Next | null {
  for (const progress of walks) {
    const open = openIn(progress, REHEARSED);
    for (const state of ["open", "skip-asked", "failed"]) {
      const step = open.find(({ came }) => (came?.state ?? "open") === state);
      if (step !== undefined) return { progress, step };
    }
  }
  for (const progress of walks) {
    const [step] = progress.walk === "production" ? openIn(progress, ["monitor"]) : [];
    if (step !== undefined) return { progress, step };
  }
  return null;
}

/** The first paragraphs: where it stands and what is next, how that is done, and what became of it when things changed. */
export function leadOf({
  walks,
  blob,
}: {
  readonly walks: readonly Progress[];
  readonly blob: Sha;
}): readonly string[] {
  if (walks.every(({ steps }) => steps.length === 0))
    return ["The run-book has no items, so there is nothing to tick."];
  const next = nextOf(walks);
  const leaves = walks.flatMap(({ steps }) => steps.filter(isLeaf));
  const skipped = walks.flatMap(skippedIn);
  const failed = leaves.filter(({ came }) => came?.state === "failed");
  const counts = [
    ...(skipped.length === 0 ? [] : [`${count(skipped.length, "item")} skipped (${labels(skipped)}).`]),
    ...(failed.length === 0 ? [] : [`❌ ${count(failed.length, "item")} failed (${labels(failed)}).`]),
    ...walks.map(doneOf),
  ];
  const first = `**${counts.join(" ")}** ${next === null ? "Nothing is left to do." : nextLine(next)}`;
  const changed = [...walks.flatMap((progress) => changesOf(progress, blob))];
  return [first, ...(next === null ? [] : [howTo(next)]), ...(changed.length === 0 ? [] : [changed.join(" ")])];
}

function doneOf(progress: Progress): string {
  const { cleared, of } = countIn(progress);
  return `${NAMES[progress.walk]}: ${cleared} of ${of} done.`;
}

function nextLine({ progress: { walk }, step: { item, label } }: Next): string {
  const moment = walk === "rehearsal" ? "" : MOMENTS[item.phase];
  return `Next${moment}: **${label}** ${inLine(cutTo(item.text, LONGEST_TEXT))}`;
}

const MOMENTS: { readonly [phase in Phase]: string } = {
  before: ", before the merge",
  deploy: ", after the merge",
  test: ", after the merge",
  rollback: "",
  monitor: ", and nothing waits for it",
};

function howTo({ progress, step }: Next): string {
  const { label, came } = step;
  const command = (words: string) => codeInLine(`/${words}`);
  if (came?.state === "skip-asked")
    return `It waits for somebody else: ${command(`confirm ${label}`)} in a new comment skips it.`;
  if (came?.state === "failed") {
    const back = progress.walk === "production" ? `, ${command("rollback")} takes the release back` : "";
    return `It failed: ${command(`done ${label}`)} in a new comment once it is repaired${back}.`;
  }
  const others = `${command(`skip ${label} because …`)} and ${command(`fail ${label} because …`)} say that it was not done`;
  return hasBox(step)
    ? `Tick the box of what you did, or write ${command(`done ${label}`)} in a new comment; ${others}.`
    : `Write ${command(`done ${label} note="…"`)} in a new comment with what came out; ${others}.`;
}

/** What was kept, what is to be done again, and what is not there any more. */
function changesOf(progress: Progress, blob: Sha): readonly string[] {
  const { walk, gone } = progress;
  const kept = walk === "production" ? keptIn(progress, { blob }) : [];
  const again = (why: Step["again"]) => toRedo(progress).filter((step) => step.again === why);
  const [changed, moved] = [again("run-book"), again("head")];
  return [
    ...(kept.length === 0
      ? []
      : [
          `The run-book changed, and ${count(kept.length, "item")} of production ${isOrAre(kept.length)} kept (${labels(kept)}).`,
        ]),
    ...(changed.length === 0 ? [] : [`To do again, since the run-book changed: ${labels(changed)}.`]),
    ...(moved.length === 0 ? [] : [`To do again, since staging moved: ${labels(moved)}.`]),
    ...(gone.length === 0
      ? []
      : [
          `${count(gone.length, "item")} that people dealt with ${isOrAre(gone.length)} no longer in the run-book${namesOf(gone)}.`,
        ]),
  ];
}

const isOrAre = (n: number) => (n === 1 ? "is" : "are");

/** Who dealt with what; an item without an id of its own is known by a digest, which tells nobody anything. */
function namesOf(gone: Progress["gone"]): string {
  const named = gone.filter(({ item }) => !item.startsWith("~")).slice(0, MOST_NAMED);
  const words = named.map(({ item, came: { state, by, at } }) => {
    const who = by === null ? "" : ` by ${inLine(by.login)}`;
    return `${codeInLine(item)} (${STATE_WORDS[state]}${who}, ${minute(at)})`;
  });
  return words.length === 0 ? "" : `, such as ${listed(words)}`;
}

/** In few words: `S1-S4, P2`. */
function labels(steps: readonly Step[]): string {
  const all = ranges(steps.map(({ label }) => label));
  const shown = all.slice(0, MOST_NAMED).join(", ");
  return all.length > MOST_NAMED ? `${shown} and more` : shown;
}
