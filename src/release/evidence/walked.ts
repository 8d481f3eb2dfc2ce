import type { Came } from "../execution.ts";
import type { Progress, Step } from "../progress.ts";
import type { Did, Walked, WalkedItem } from "./record.ts";

/** How far a walk through a run-book is, as evidence keeps it: what was skipped, or asked to be, comes first. */
export function walkedFrom({ walk, steps, gone }: Progress): Walked {
  const items = steps.map(itemOf);
  const isSkipped = ({ state }: WalkedItem) => state === "skipped" || state === "skip-asked";
  return {
    walk,
    items: [...items.filter(isSkipped), ...items.filter((item) => !isSkipped(item))],
    gone: gone.map(({ item, came }) => ({ item, ...did(came) })),
  };
}

function itemOf(step: Step): WalkedItem {
  const { phase, text, optional } = step.item;
  return { label: step.label, phase, text, optional, ...stateOf(step) };
}

function stateOf({ item, came, below, cleared }: Step): Did {
  if (item.notApplicable !== null) return { ...UNTOUCHED, state: "not-applicable", because: item.notApplicable };
  if (came !== null) return did(came);
  if (below !== null && cleared) return { ...UNTOUCHED, state: "done", because: "all that stands below it is settled" };
  return UNTOUCHED;
}

const UNTOUCHED: Did = {
  state: "open",
  by: null,
  at: null,
  because: null,
  note: null,
  url: null,
  confirmedBy: null,
};
const did = ({ state, by, at, because, note, url, confirmedBy }: Came): Did => ({
  state,
  by,
  at,
  because,
  note,
  url,
  confirmedBy,
});
