import type { Instant } from "../flow/names.ts";
import type { Item } from "../flow/run-book.ts";
import type { Click, ItemState, StandingOf, Walk } from "../flow/standing.ts";

/** What is on record of an item in one walk. */
export type ItemStanding = StandingOf<"item">;
/** How far an item is when its clicks are counted, and whose act made it so. */
export type Came = Pick<ItemStanding, "state" | "by" | "at" | "because" | "note" | "url" | "confirmedBy">;

export const STATE_WORDS: { readonly [state in ItemState["state"]]: string } = {
  open: "open",
  done: "done",
  "skip-asked": "asked to be skipped",
  skipped: "skipped",
  failed: "failed",
};

/** An item that nobody touched yet. Clicks up to its time do not count. */
export function begun(
  of: Pick<ItemStanding, "key" | "repository" | "number" | "walk" | "item" | "blob" | "head" | "at">,
): ItemStanding {
  const nothing = { note: null, url: null, confirmedBy: null, clicks: [] };
  return { kind: "item", ...of, ...nothing, by: null, because: "nobody has done it yet", state: "open" };
}

/**
 * An item with one click more.
 *
 * Each delivery is added once, and a click only of somebody who may: both are for the caller to know. Equal clicks of
 * different deliveries are all kept, since a person can tick, untick and tick again within one second; `stateFrom` finds
 * out what they come to. Where there are too many to keep, the oldest are settled: what they came to stands, and those of
 * them that are heard only now no longer change it.
 */
export const clicked = (item: ItemStanding, click: Click): ItemStanding =>
  settled({ ...item, clicks: [...item.clicks, click] });

/** So many are kept, and when there are more so many at most stay. */
const MOST_CLICKS = 200;
const MOST_RECENT = 100;

/** Comes to the same as before: the clicks that stay are all of later revisions and of later seconds than those that go. */
function settled(item: ItemStanding): ItemStanding {
  if (item.clicks.length <= MOST_CLICKS) return item;
  const clicks = inOrder(item.clicks);
  let place = clicks.length - MOST_RECENT;
  while (place < clicks.length && !isParted(clicks.slice(0, place), clicks.slice(place))) place++;
  return { ...item, ...stateFrom({ ...item, clicks: clicks.slice(0, place) }), clicks: clicks.slice(place) };
}

function isParted(old: readonly Click[], recent: readonly Click[]): boolean {
  const [last, first] = [old.at(-1), recent[0]] as [Click, Click];
  const latest = old
    .map(({ at }) => at)
    .toSorted()
    .at(-1) as Instant;
  return last.revision < first.revision && recent.every(({ at }) => at > latest);
}

/**
 * What the last command and the clicks after it come to, in whatever order the clicks were heard. Those up to the second
 * of the command do not count: it had the last word on them.
 *
 * The first tick of an open item does it, and stands until the same person unticks it. No other click changes anything:
 * a second tick, an untick of what somebody else did, any click on what was skipped or failed.
 */
export function stateFrom(item: ItemStanding): Came {
  const { state, by, at, because, note, url, confirmedBy } = item;
  let came: Came = { state, by, at, because, note, url, confirmedBy };
  const nothing = { note: null, url: null, confirmedBy: null };
  for (const click of inOrder(item.clicks).filter((click) => click.at > at)) {
    const who = { by: click.by, at: click.at };
    if (click.ticked && came.state === "open")
      came = { ...nothing, ...who, state: "done", because: `${click.by.login} ticked its box` };
    else if (!click.ticked && came.state === "done" && came.by?.id === click.by.id)
      came = { ...nothing, ...who, state: "open", because: `${click.by.login} took the tick back` };
  }
  return came;
}

/**
 * Clicks on one box in the order they were made, as far as it can be known: by revision, then by second. Within both,
 * ticks and unticks alternate, since a click turns the box over. They begin with what there is more of, and where there
 * is as much of both with the opposite of what the box said before. Which of several people ticked first within a second
 * nothing tells: the one with the lower id, so that it is the same whenever it is asked.
 *
 * So equal clicks count as often as the other kind stands between them; what is left over stands at the end, where it
 * changes nothing until the click that is lacking is heard.
 */
export function inOrder(clicks: readonly Click[]): readonly Click[] {
  const sorted = clicks.toSorted(
    (a, b) => a.revision - b.revision || inTime(a.at, b.at) || a.by.id - b.by.id || Number(a.shown) - Number(b.shown),
  );
  const ordered: Click[] = [];
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    const { revision, at, shown } = sorted[from] as Click;
    while (sorted[to]?.revision === revision && sorted[to]?.at === at) to++;
    const last = ordered.at(-1);
    const before = last?.revision === revision ? last.ticked : shown;
    ordered.push(...alternating(sorted.slice(from, to), before));
  }
  return ordered;
}

function alternating(clicks: readonly Click[], before: boolean): readonly Click[] {
  const ticks = clicks.filter(({ ticked }) => ticked);
  const unticks = clicks.filter(({ ticked }) => !ticked);
  const tickFirst = ticks.length === unticks.length ? !before : ticks.length > unticks.length;
  const [first, second] = tickFirst ? [ticks, unticks] : [unticks, ticks];
  return first.flatMap((click, place) => [click, ...second.slice(place, place + 1)]);
}

const inTime = (a: Instant, b: Instant) => (a < b ? -1 : a > b ? 1 : 0);

/** Who does an item: its owner alone, else whoever may write, in production whoever has the role. */
export type Requirement =
  | { readonly kind: "owner"; readonly owner: string }
  | { readonly kind: "permission"; readonly permission: "write" }
  | { readonly kind: "role"; readonly role: "operations" };

/** Whom it takes to tick, undo, skip or fail an item. */
export function required({ owner }: Pick<Item, "owner">, walk: Walk): Requirement {
  if (owner !== null) return { kind: "owner", owner };
  return walk === "rehearsal" ? { kind: "permission", permission: "write" } : { kind: "role", role: "operations" };
}
