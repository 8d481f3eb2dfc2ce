import type { Phase } from "../flow/config.ts";
import { canonical, digestOf } from "../flow/ledger.ts";
import type { Hash, Sha } from "../flow/names.ts";
import type { Label } from "../flow/request.ts";
import { type Item, isRequired, type RunBook } from "../flow/run-book.ts";
import type { Walk } from "../flow/standing.ts";
import { type Came, type ItemStanding, stateFrom } from "./execution.ts";
import { labelOf } from "./labels.ts";

/** How far one walk through a run-book is. */
export type Progress = {
  readonly walk: Walk;
  /** In the order of the document. */
  readonly steps: readonly Step[];
  /** Of production: what was done, or otherwise not open any more, and is no longer in the run-book. */
  readonly gone: readonly { readonly item: string; readonly came: Came }[];
};

/** An item of a run-book in one walk. */
export type Step = {
  readonly item: Item;
  readonly label: Label;
  /** What is known of it and counts; null: nothing. */
  readonly known: ItemStanding | null;
  /** What that comes to; null: nobody touched it. */
  readonly came: Came | null;
  /** How many of the required items right below it are cleared; null: none stand below it, so it is itself to be done. */
  readonly below: { readonly cleared: number; readonly of: number } | null;
  /** Whether nothing of it is left to do: it is done or skipped, or all that is required below it is. */
  readonly cleared: boolean;
  /** Why what was cleared is not any more; null: it never was, or still is. */
  readonly again: "run-book" | "head" | null;
};

/** The run-book and the head of the pull request as they are. */
export type Now = { readonly blob: Sha; readonly head: Sha };

/** What the rehearsal and the whole of production consist of. */
export const REHEARSED: readonly Phase[] = ["before", "deploy", "test"];

/**
 * How far a walk is by what is known of its items. In production an item is the same as long as its identity is; a
 * rehearsal is one of this run-book, and but for what is done *before*, of this head.
 *
 * @param items what is known of items of this pull request, in any order; those of the other walk do not count.
 */
export function progressOf(
  { items: asked }: Pick<RunBook, "items">,
  walk: Walk,
  items: readonly ItemStanding[],
  now: Now,
): Progress {
  const known = new Map(items.filter((one) => one.walk === walk).map((one) => [one.item, one]));
  const below = new Map<number, Item[]>();
  for (const item of asked) {
    if (item.parent === null) continue;
    const others = below.get(item.parent);
    if (others === undefined) below.set(item.parent, [item]);
    else others.push(item);
  }
  const steps = new Map<number, Step>();
  // An item stands above those below it, so from the end each parent finds its children.
  for (const item of asked.toReversed()) {
    const state = known.get(item.id);
    const old = state === undefined ? null : outdated(state, item, now);
    const counts = state !== undefined && old === null ? state : null;
    const came = counts && stateFrom(counts);
    const children = below.get(item.ordinal)?.filter(isRequired);
    const cleared = children?.filter(({ ordinal }) => steps.get(ordinal)?.cleared).length ?? 0;
    steps.set(item.ordinal, {
      item,
      label: labelOf(walk, item.ordinal),
      known: counts,
      came,
      below: children === undefined ? null : { cleared, of: children.length },
      cleared: children === undefined ? isCleared(came) : cleared === children.length,
      again: state !== undefined && isCleared(stateFrom(state)) ? old : null,
    });
  }
  const ids = new Set(asked.map(({ id }) => id));
  const gone = [...known.values()].flatMap((one) => {
    const came = stateFrom(one);
    return walk === "production" && !ids.has(one.item) && came.state !== "open" ? [{ item: one.item, came }] : [];
  });
  return { walk, steps: asked.map(({ ordinal }) => steps.get(ordinal) as Step), gone };
}

const isCleared = (came: Came | null) => came?.state === "done" || came?.state === "skipped";

/** Why what is known of an item does not count any more; null: it does. */
function outdated({ walk, blob, head }: ItemStanding, { phase }: Item, now: Now): Step["again"] {
  if (walk === "production") return null;
  if (blob !== now.blob) return "run-book";
  return phase === "before" || head === now.head ? null : "head";
}

/** Items that follow each other in one phase of one walk. */
export type Run = { readonly progress: Progress; readonly phase: Phase; readonly steps: readonly Step[] };

export function runsOf(progress: Progress): readonly Run[] {
  const runs: { progress: Progress; phase: Phase; steps: Step[] }[] = [];
  for (const step of progress.steps) {
    const last = runs.at(-1);
    if (last?.phase === step.item.phase) last.steps.push(step);
    else runs.push({ progress, phase: step.item.phase, steps: [step] });
  }
  return runs;
}

/** Whether it is something to do by itself: not the sum of what stands below it. */
export const isLeaf = ({ below }: Step): boolean => below === null;

/** Whether people say of it how far it is, by its box or by a command. */
export const isTask = ({ item, below }: Pick<Step, "item" | "below">): boolean =>
  below === null && item.phase !== "rollback" && item.notApplicable === null;

/** Whether a box stands for it: where a click can do or undo something. What needs a result is done by a command. */
export function hasBox(step: Step): boolean {
  const state = step.came?.state ?? "open";
  return isTask(step) && (state === "done" || (state === "open" && !step.item.needsResult));
}

/**
 * What is still to do in these phases: what is required and not cleared, and whatever somebody said failed, be it
 * required or not.
 */
export const openIn = ({ steps }: Progress, phases: readonly Phase[]): readonly Step[] =>
  steps.filter(
    (step) =>
      isLeaf(step) &&
      phases.includes(step.item.phase) &&
      ((isRequired(step.item) && !step.cleared) || step.came?.state === "failed"),
  );

/** What comes after the merge, and before the release is out. */
const VERIFIED: readonly Phase[] = ["deploy", "test"];

/** Whether that is done. A run-book without items asks nothing, and is never done. */
export const isVerified = (progress: Progress): boolean =>
  progress.steps.length > 0 && openIn(progress, VERIFIED).length === 0;

/** Whether the deployment has begun: the first of its items is done. */
export const isDeploying = ({ steps }: Progress): boolean =>
  steps.some(({ item, came }) => item.phase === "deploy" && came?.state === "done");

/** A digest of what was done of that, by whom and when: another one where any of it was undone and done again. */
export const digestOfVerified = ({ steps }: Progress): Hash =>
  digestOf(
    canonical(
      steps.flatMap((step) =>
        isLeaf(step) && isRequired(step.item) && VERIFIED.includes(step.item.phase)
          ? [{ item: step.item.id, came: step.came }]
          : [],
      ),
    ),
  );

/** How much of what a walk asks is cleared: *monitor* holds nothing, and *rollback* is for another day. */
export function countIn({ steps }: Pick<Progress, "steps">): { readonly cleared: number; readonly of: number } {
  const asked = steps.filter((step) => isLeaf(step) && isRequired(step.item) && REHEARSED.includes(step.item.phase));
  return { cleared: asked.filter(({ cleared }) => cleared).length, of: asked.length };
}

/** What was cleared and has to be done again, since the run-book changed or staging moved. */
export const toRedo = (progress: Progress): readonly Step[] =>
  openIn(progress, REHEARSED).filter(({ again }) => again !== null);

export const skippedIn = ({ steps }: Progress): readonly (Step & { readonly came: Came })[] =>
  steps.filter((step): step is Step & { readonly came: Came } => isLeaf(step) && step.came?.state === "skipped");

/** What was done by another version of the run-book and still counts. */
export const keptIn = ({ steps }: Progress, { blob }: Pick<Now, "blob">): readonly Step[] =>
  steps.filter((step) => isLeaf(step) && step.cleared && step.known !== null && step.known.blob !== blob);
