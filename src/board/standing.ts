import { gatedAs, missingStages } from "../flow/component.ts";
import type { Sibling } from "../flow/facts.ts";
import type { ComponentMemory, PullMemory } from "../flow/memory.ts";
import type { Branch } from "../flow/names.ts";
import { agreed, type Outcome, type Verdict, type Whole } from "../flow/verdict.ts";
import { WORDS } from "../report/check-run.ts";

/** Where a pull request stands by what is stored. Nothing is judged here. */
export type Standing =
  /** What its check shows: its own verdict, or that of another pull request that shares the check. */
  | { readonly is: "judged"; readonly shown: Verdict; readonly of: number | null }
  /** The last answer was for another head or base. */
  | { readonly is: "judged before"; readonly verdict: Verdict }
  | { readonly is: "merged" | "closed" | "not judged" | "not looked at" | "no stage" }
  | { readonly is: "incomplete"; readonly missing: readonly Branch[] };

/** @param siblings open pull requests with the same head commit and base, judged at them. */
export function standingOf(
  component: ComponentMemory,
  pull: PullMemory,
  verdict: Verdict | null,
  siblings: readonly Sibling[],
): Standing {
  if (pull.merged) return { is: "merged" };
  if (pull.state === "closed") return { is: "closed" };
  if (component.stages === null) return { is: "not looked at" };
  if (gatedAs(component, pull.base) === null) {
    const missing = missingStages(component);
    return missing.length > 0 ? { is: "incomplete", missing } : { is: "no stage" };
  }
  if (verdict === null) return { is: "not judged" };
  if (verdict.head !== pull.head.sha || verdict.base !== pull.base) return { is: "judged before", verdict };
  const of = (number: number | null, verdict: Verdict) => ({ ...verdict, number });
  const { number, ...shown } = agreed([
    of(null, verdict),
    ...siblings.map((sibling) => of(sibling.number, sibling.verdict)),
  ]);
  return { is: "judged", shown, of: number };
}

/** How a standing looks: a colour, and a sign with a word, since colour alone tells nobody anything. */
export type Mark = { readonly tone: Outcome | "none"; readonly word: string };

export function markOf(standing: Standing, observed: boolean): Mark {
  switch (standing.is) {
    case "judged":
      return { tone: standing.shown.outcome, word: (observed ? WOULD : WORDS)[standing.shown.outcome] };
    case "judged before":
    case "not judged":
    case "not looked at":
      return { tone: "pending", word: "… not judged yet" };
    case "merged":
      return { tone: "none", word: "● merged" };
    case "closed":
      return { tone: "none", word: "○ closed" };
    case "no stage":
    case "incomplete":
      return { tone: "none", word: "– no check" };
  }
}

const WOULD: { readonly [outcome in Whole]: string } = {
  failed: "✗ would refuse",
  errored: "? would wait",
  pending: "… would wait",
  passed: "✓ would pass",
};
