import { isComponent } from "../flow/component.ts";
import type { Right } from "../flow/facts.ts";
import type { Label } from "../flow/request.ts";
import { isRequired, type WalkedBook } from "../flow/run-book.ts";
import { required } from "../release/execution.ts";
import { named, parseLabels } from "../release/labels.ts";
import { isTask, type Progress, progressOf, type Run, runsOf, type Step } from "../release/progress.ts";
import { nextOf } from "../report/lead.ts";
import type { PullView } from "./views.ts";

/** So many items are shown at once: a page of all that a run-book may have would be read by nobody. */
const SHOWN = 100;

/** The run-book of a release or a hotfix and the walks through it, in their order, as its comment shows them. */
export type Walks = { readonly book: WalkedBook; readonly walks: readonly Progress[] };

/** Null where no run-book is walked, or not any more. */
export function walksOf({ walked, memory, component }: PullView): Walks | null {
  if (walked === null || memory.base !== component.config.policy.stages.at(-1)) return null;
  const { book, items } = walked;
  return { book, walks: book.walks.map((walk) => progressOf(book, walk, items, book)) };
}

/** Whether something can be done to its items: while it is open, and after its merge. */
export const isWalked = ({ memory, mayWork, component }: PullView): boolean =>
  mayWork && isComponent(component) && (memory.state === "open" || memory.merged);

/** An item of the walks; undefined: they have none of this label. */
export function stepNamed({ walks }: Walks, label: Label): Step | undefined {
  const { walk, ordinal } = named(label);
  return walks.find((progress) => progress.walk === walk)?.steps[ordinal - 1];
}

/** The one item that a text names; null: it names none, or several. */
export function labelIn(text: string | null): Label | null {
  const read = parseLabels(text === null ? [] : [text]);
  const [label, ...more] = "wrong" in read ? [] : read.labels;
  return more.length > 0 ? null : (label ?? null);
}

/**
 * The right that an item is not even asked for without, so that nobody can make work who may only look: whether the
 * person may is found out as for a command. A team may be let in to read alone.
 */
export function needsToAsk(step: Step | undefined, walk: Progress["walk"]): Right {
  if (step === undefined) return "write";
  const need = required(step.item, walk);
  return need.kind === "owner" && need.owner.includes("/") ? "read" : "write";
}

/** Items that stand together: of one phase, and not too many. */
export type Part = Run & {
  /** How many of those that have to be done are; those of the rollback do not. */
  readonly count: { readonly cleared: number; readonly of: number };
};

/** The parts of the walks, in order, and which of them are shown in full: all where they are few. */
export function partsOf({ walks }: Walks, at: Label | null): readonly (Part & { readonly isShown: boolean })[] {
  const parts = walks.flatMap(runsOf).flatMap(cut);
  const all = walks.flatMap(({ steps }) => steps).length <= SHOWN;
  const has = (label: Label | undefined) => parts.find(({ steps }) => steps.some((step) => step.label === label));
  const shown = has(at ?? undefined) ?? has(nextOf(walks)?.step.label) ?? parts[0];
  return parts.map((part) => ({ ...part, isShown: all || part === shown }));
}

function cut(run: Run): readonly Part[] {
  const parts: Part[] = [];
  for (let from = 0; from < run.steps.length; from += SHOWN) {
    const steps = run.steps.slice(from, from + SHOWN);
    const asked = steps.filter((step) => isTask(step) && isRequired(step.item));
    parts.push({ ...run, steps, count: { cleared: asked.filter(({ cleared }) => cleared).length, of: asked.length } });
  }
  return parts;
}
