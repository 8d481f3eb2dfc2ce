import type { Allowed } from "../flow/lane.ts";
import type { Branch } from "../flow/names.ts";
import { type Confirmed, isConfirmed, overrideOn, whyFirm } from "../flow/override.ts";
import type { Finding, Lane } from "../flow/verdict.ts";
import { minute } from "../flow/words.ts";
import type { Case } from "./gate.ts";

type Of = {
  readonly pull: Pick<Case["pull"], "repository" | "number" | "head" | "base">;
} & Pick<Case, "standing">;

/** What the gates found, where two people let one through for this very commit and base: nothing else changes an answer. */
export const overridden = (findings: readonly Finding[], of: Of): readonly Finding[] =>
  findings.map((finding) => {
    const let_ = whyFirm(finding) === null ? confirmedOn(finding.gate, of) : undefined;
    return let_ === undefined ? finding : letThrough(finding, let_);
  });

/**
 * The lane, where two people let through what no lane allows: then it is asked what is asked at least of what goes there. A
 * hotfix so takes the approvals of a release.
 */
export function laneLetThrough(
  flow: { readonly finding: Finding; readonly lane: Allowed | null },
  of: Of & Pick<Case, "policy">,
): { readonly finding: Finding; readonly lane: Allowed | null } {
  const [finding] = overridden([flow.finding], of) as readonly [Finding];
  if (finding.outcome !== "overridden") return flow;
  const lane: Allowed = { lane: laneInto(of.pull.base, of.policy), because: finding.because, letThrough: true };
  return { finding, lane };
}

function laneInto(base: Branch, { stages }: Case["policy"]): Lane {
  if (base === stages[0]) return "feature";
  return base === stages.at(-1) ? "hotfix" : "promotion";
}

function confirmedOn(gate: string, { standing, pull }: Of): Confirmed | undefined {
  const { repository, number, head, base } = pull;
  const found = overrideOn(standing, { repository, number, head: head.sha, base }, gate);
  return found !== undefined && isConfirmed(found) ? found : undefined;
}

function letThrough(finding: Finding, { by, because, confirmed }: Confirmed): Finding {
  return {
    ...finding,
    outcome: "overridden",
    because: `Overridden by ${by.login}, confirmed by ${confirmed.by.login}: ${because}. The gate itself says: ${finding.because}`,
    cure: `It is to be made good, and closed by ${minute(confirmed.due)}: its issue tells how.`,
    copy: null,
    override: { by, confirmedBy: confirmed.by, because },
  };
}
