import type { Phase } from "../flow/config.ts";
import type { Instant, Person, Sha } from "../flow/names.ts";
import { type Item, isRequired, type RunBook } from "../flow/run-book.ts";
import type { Click, ItemState, StandingOf, Walk } from "../flow/standing.ts";

/** Everything that is known of one item in one walk. */
export type Standing = StandingOf<"item">;

/** How far an item is. `children`: it is done when those below it are, and has no box of its own. */
export type Step = {
  readonly item: Item;
  readonly state: ItemState["state"] | "not needed";
  /** What stands of it; null: nobody did anything, or it was done for another commit. */
  readonly standing: Standing | null;
  readonly children: readonly Item[];
};

/** For which file and which commit a walk is walked. */
export type Place = { readonly blob: Sha; readonly head: Sha };

/** How far a run-book is in one walk. */
export type Progress = {
  readonly walk: Walk;
  /** In the order of the document. */
  readonly steps: readonly Step[];
  /** What was done, and counts no longer: the file or the commit is another one. */
  readonly again: readonly Item[];
};

/**
 * How far a walk is. In production an item counts as long as it says the same in the same phase. A rehearsal is of one file;
 * what comes after *before* is also of one commit, since it was tried there. SPEC 4.
 *
 * @param standing of this pull request, of both walks.
 */
export function progressOf(book: RunBook, walk: Walk, standing: readonly Standing[], { blob, head }: Place): Progress {
  const own = new Map(standing.flatMap((one) => (one.walk === walk ? [[one.item, one] as const] : [])));
  const counts = (one: Standing, phase: Phase) =>
    walk === "production" || (one.blob === blob && (phase === "before" || one.head === head));
  const below = new Map<number, Item[]>();
  for (const item of book.items)
    if (item.parent !== null) below.set(item.parent, [...(below.get(item.parent) ?? []), item]);
  const states = new Map<number, Step>();
  const again: Item[] = [];
  // Children come after their parents in the document.
  for (const item of book.items.toReversed()) {
    const found = own.get(item.id) ?? null;
    const standing = found !== null && counts(found, item.phase) ? found : null;
    if (found !== null && standing === null && found.state !== "open") again.push(item);
    const children = below.get(item.ordinal) ?? [];
    const isClear = ({ ordinal }: Item) => isCleared(states.get(ordinal) as Step);
    const state = !isNeeded(item)
      ? standing?.state === "done"
        ? "done"
        : "not needed"
      : children.length > 0
        ? children.every(isClear)
          ? "done"
          : "open"
        : (standing?.state ?? "open");
    states.set(item.ordinal, { item, state, standing, children });
  }
  return { walk, steps: book.items.map(({ ordinal }) => states.get(ordinal) as Step), again: again.reverse() };
}

/** A rollback is walked only when it is needed, so a good release leaves it as it is. */
const isNeeded = (item: Item): boolean => isRequired(item) && item.phase !== "rollback";

/** Whether nothing more is to be done for it. */
export const isCleared = ({ state }: Pick<Step, "state">): boolean =>
  state === "done" || state === "skipped" || state === "not needed";
/** Whether it has a box to tick. */
export const hasBox = ({ item, children }: Pick<Step, "item" | "children">): boolean =>
  children.length === 0 && item.notApplicable === null && item.phase !== "rollback";

/** What is still to be done in these phases, in the order of the document, without those that wait for others below them. */
export const openIn = ({ steps }: Progress, phases: readonly Phase[]): readonly Step[] =>
  steps.filter((step) => phases.includes(step.item.phase) && step.children.length === 0 && !isCleared(step));
export const skippedIn = ({ steps }: Progress): readonly Step[] => steps.filter(({ state }) => state === "skipped");
/** What a rehearsal needs, and what a release needs before it is merged and before it is published. */
export const REHEARSED: readonly Phase[] = ["before", "deploy", "test"];
export const BEFORE_MERGE: readonly Phase[] = ["before"];
export const BEFORE_PUBLISHING: readonly Phase[] = ["deploy", "test"];

/** Whom an item is for: the one whom it names, whoever may write, or operations. SPEC 4. */
export const whoseIs = ({ owner }: Item, walk: Walk): { readonly owner: string } | "write" | "operations" =>
  owner !== null ? { owner } : walk === "rehearsal" ? "write" : "operations";

/**
 * What all clicks on one box come to, in whichever order they were heard. They are ordered by the revision that they were
 * made on and the second; within one second of one revision they alternate, since a box that is ticked can only be unticked.
 *
 * @param first who had done it before. @returns who did it and when; null: it is not done. Nobody unticks what somebody
 * else did.
 */
export function doneBy(clicks: readonly Click[], first: Done | null): Done | null {
  let done = first;
  for (const { by, at, ticked } of inOrder(clicks)) {
    if (ticked) done ??= { by, at };
    else if (done?.by.id === by.id) done = null;
  }
  return done;
}
export type Done = { readonly by: Person; readonly at: Instant };

function inOrder(clicks: readonly Click[]): readonly Click[] {
  const sorted = clicks.toSorted((a, b) => a.revision - b.revision || compare(a.at, b.at) || a.by.id - b.by.id);
  let last: Click | null = null;
  return [...Map.groupBy(sorted, ({ revision, at }) => `${revision} ${at}`).values()].flatMap((group) => {
    const [{ revision, shown }] = group as [Click];
    const isTicked: boolean = last?.revision === revision ? last.ticked : shown;
    const ordered = alternating(group, !isTicked);
    last = ordered.at(-1) as Click;
    return ordered;
  });
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** One of each in turn; whoever unticks follows their own tick where there is one. */
function alternating(group: readonly Click[], ticksFirst: boolean): readonly Click[] {
  const rest = [...group];
  const ordered: Click[] = [];
  while (rest.length > 0) {
    const wanted = ordered.length % 2 === 0 ? ticksFirst : !ticksFirst;
    const by = ordered.at(-1)?.by.id;
    const own = rest.findIndex((click) => click.ticked === wanted && (wanted || click.by.id === by));
    const any = own >= 0 ? own : rest.findIndex(({ ticked }) => ticked === wanted);
    ordered.push(...rest.splice(Math.max(any, 0), 1));
  }
  return ordered;
}

/**
 * An item after one more click; null where that is not later than the last command about it.
 *
 * @param fresh what is known of it by itself.
 */
export function clicked(before: Standing | null, click: Click, fresh: Fresh): Standing | null {
  const command = before?.command ?? null;
  if (command !== null && click.at <= command.at) return null;
  const clicks = [...(before?.clicks ?? []), click];
  const done = doneBy(clicks, command?.state === "done" ? command : null);
  // What was failed or skipped is ticked when it was done after all, and unticking it says nothing.
  const said = done === command || (done === null && command?.state !== "done") ? command : null;
  const because = done === null ? `${click.by.login} unticked it` : `${done.by.login} ticked it`;
  const outcome = { state: done === null ? "open" : "done", note: null, url: null, confirmedBy: null } as const;
  const { by, at } = done ?? click;
  return { ...fresh, kind: "item", ...outcome, because, by, at, ...said, command, clicks };
}
export type Fresh = Pick<Standing, "key" | "repository" | "number" | "walk" | "item" | "blob" | "head">;
