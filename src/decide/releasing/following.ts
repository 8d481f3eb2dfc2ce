import { isEnforced } from "../../flow/component.ts";
import type { PullKnown } from "../../flow/facts.ts";
import type { Missing } from "../../flow/looking.ts";
import type { ComponentMemory } from "../../flow/memory.ts";
import { minute } from "../../flow/words.ts";
import { durationWords } from "../../release/attestation.ts";
import { type Follows, followsIn } from "../../report/owed.ts";
import type { At } from "../promoting/promotion.ts";
import type { Walks } from "../pull/execution.ts";
import { wouldOwe } from "./owing.ts";
import { hotfixOrRollback } from "./withdrawing.ts";

/** What follows a hotfix that made a release, in one sentence for whoever sent it out; null: it is none. */
export function followsOn(known: PullKnown, { config: { policy } }: ComponentMemory): string | null {
  if (known.verdict?.lane !== "hotfix") return null;
  const open = known.owed.all.flatMap(({ standing, closed }) => (closed === null ? [standing] : []));
  const [first] = open;
  const by =
    first === undefined ? "" : `until ${minute(first.due)}${first.issue === null ? "" : `, see #${first.issue}`}`;
  return followsIn({ ...whereFrom(known, policy), owes: open, by });
}

/**
 * What would follow a hotfix were it merged as it is; null: nothing, since nothing is enforced.
 *
 * @param walks through its run-book; null: it has none that can be walked.
 */
export function wouldFollow(
  { known, pull, component }: Pick<At, "known" | "pull" | "component">,
  walks: Walks | null,
): string | Missing | null {
  const { policy } = component.config;
  if (!isEnforced(policy)) return null;
  const would = wouldOwe({ known, pull, component }, walks);
  if (!("owes" in would)) return would;
  return followsIn({
    ...whereFrom(known, policy),
    owes: would.owes,
    by: `within ${durationWords(policy.hotfix.reviewWithin)}`,
  });
}

const whereFrom = (
  known: PullKnown,
  { stages }: { readonly stages: Follows["earlier"] },
): Pick<Follows, "is" | "earlier"> => ({
  is: hotfixOrRollback(known),
  earlier: stages.slice(0, -1),
});
