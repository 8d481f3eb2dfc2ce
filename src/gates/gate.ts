import type { Policy } from "../flow/config.ts";
import type { MayAffect, Source } from "../flow/facts.ts";
import type { Allowed, Candidate } from "../flow/lane.ts";
import type { Look } from "../flow/looking.ts";
import type { ComponentMemory, PullFacts } from "../flow/memory.ts";
import type { Branch, Instant, Sha } from "../flow/names.ts";
import type { Standing } from "../flow/standing.ts";
import type { Finding, Whole } from "../flow/verdict.ts";

/** A pull request in an allowed lane, and all that a gate may look at. */
export type Case = {
  readonly pull: Candidate & Pick<PullFacts, "body" | "dataLabel">;
  readonly lane: Allowed;
  readonly policy: Policy;
  readonly component: ComponentMemory;
  /** Our own App's id: our checks are not among those that are waited for. */
  readonly app: number;
  /** Since when its checks are looked at on this head. */
  readonly checksSince: Instant | null;
  /** The stage before the base, and what moved it; null where the base is the first. */
  readonly source: Source | null;
  /** What holds it, its stage or its component, in whatever way. */
  readonly standing: readonly Standing[];
  /** Merged pull requests of the component whose label or body may say that they affect data. */
  readonly mayAffect: readonly MayAffect[];
  /** What pull requests that brought something back into the base were merged as. */
  readonly backMerges: readonly Sha[];
  /** Where GitHub's own pages are, without a slash at the end. */
  readonly web: string;
  readonly look: Look;
  readonly now: Instant;
};

/** What a gate found: an answer, or why it is not asked. What it looked up and did not get, the engine says. */
export type Found =
  | ({ readonly outcome: Whole } & Pick<Finding, "because"> &
      Partial<
        Pick<Finding, "cure" | "copy" | "until" | "annotations" | "skipped" | "changesConfig" | "firm" | "filled">
      >)
  | { readonly notAsked: string };

/** A pull request into a branch that is no stage has no lane. */
export type CaseWithoutLane = Omit<Case, "lane"> & { readonly lane: Allowed | null };

/** One question about a pull request, answered from facts and policy alone. The texts make the gate's page. */
export type Gate<Of = Case> = {
  readonly name: string;
  /** What it asks, in one sentence that ends in a full stop. */
  readonly asks: string;
  /** Why: the paragraph of the procedure it stands for. */
  readonly why: string;
  /** How to pass it. */
  readonly pass: string;
  /**
   * Null while something it looked for is not there: the engine then asks for it, or says that it is unknown.
   * It must look for everything that it could want before it gives up, so that all is read in one round.
   */
  readonly judge: (of: Of) => Found | null;
};

/** The commit that a stage is at. Of a component every stage has one. */
export function headOf({ stages }: ComponentMemory, stage: Branch): Sha {
  const head = stages?.[stage];
  if (!head) throw new Error(`${stage} is a stage of a component and has no head`);
  return head;
}
