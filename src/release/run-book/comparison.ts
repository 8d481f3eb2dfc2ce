import type { Item } from "../../flow/run-book.ts";

/** How an item of the base asks for less, or for something else, than before. `now`: what stands for it; null: nothing does. */
export type Deviation = {
  readonly kind: "removed" | "reworded" | "moved" | "optional" | "not-applicable" | "owner" | "result";
  readonly was: Item;
  readonly now: Item | null;
};

/**
 * What a changed run-book no longer asks for as its base does: in the order of the base. Ticks in either file, order and
 * items that were added do not count.
 *
 * An item without an id that was changed is told from one that was removed by its place: in the same phase, after the same
 * kept item.
 */
export function deviations(base: readonly Item[], head: readonly Item[]): readonly Deviation[] {
  const now = new Map(head.map((item) => [item.id, item]));
  const then = new Map(base.map((item) => [item.id, item]));
  const candidates = new Map<string, Item[]>();
  eachPlace(head, then, (item, place) => {
    const there = candidates.get(place);
    if (there === undefined) candidates.set(place, [item]);
    else there.push(item);
  });
  const places = new Map<Item, string>();
  eachPlace(base, now, (item, place) => places.set(item, place));
  return base.flatMap((was) => {
    const same = now.get(was.id);
    const instead = same ?? candidates.get(places.get(was) as string)?.shift();
    return instead === undefined ? [{ kind: "removed", was, now: null } as const] : [...changed(was, instead)];
  });
}

/** Calls with each item that the other side lacks, and where it stands: its phase and the last item before it that both have. */
function eachPlace(
  items: readonly Item[],
  others: ReadonlyMap<string, Item>,
  tell: (item: Item, place: string) => void,
): void {
  const last = new Map<string, string>();
  for (const item of items) {
    if (others.has(item.id)) last.set(item.phase, item.id);
    else tell(item, `${item.phase} ${last.get(item.phase) ?? ""}`);
  }
}

/** What one item asks otherwise. */
function* changed(was: Item, now: Item): Generator<Deviation> {
  if (was.text !== now.text) yield { kind: "reworded", was, now };
  if (was.phase !== now.phase) yield { kind: "moved", was, now };
  if (!was.optional && now.optional) yield { kind: "optional", was, now };
  if (was.notApplicable === null && now.notApplicable !== null) yield { kind: "not-applicable", was, now };
  if (was.owner !== null && was.owner !== now.owner) yield { kind: "owner", was, now };
  if (was.needsResult && !now.needsResult) yield { kind: "result", was, now };
}
