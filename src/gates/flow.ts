import type { Policy } from "../flow/config.ts";
import type { Read, Want } from "../flow/facts.ts";
import { type Allowed, type Candidate, laneOf } from "../flow/lane.ts";
import type { Sha } from "../flow/names.ts";
import type { Standing } from "../flow/standing.ts";
import type { Finding } from "../flow/verdict.ts";

/**
 * Code moves only along the lanes: feature → first stage → … → last stage, and back.
 *
 * @returns the finding and the lane, or what is still to be read.
 */
export function flowGate(
  pull: Candidate,
  policy: Policy,
  read: Read,
  standing: readonly Standing[] = [],
): { readonly lacks: readonly Want[] } | { readonly finding: Finding; readonly lane: Allowed | null } {
  const answer = laneOf(pull, policy, read, rollbacksIn(standing));
  if ("lacks" in answer) return answer;
  if ("unknown" in answer) {
    return {
      lane: null,
      finding: {
        ...NOTHING_TO_CLEAR,
        outcome: "errored",
        because: `Could not find out what ${pull.head.ref} brings. ${answer.unknown}`,
        cure: "Nobody has to do anything: Flowgate asks GitHub again.",
        until: answer.retryAt,
      },
    };
  }
  if ("refused" in answer) {
    const firm = pull.head.repository === pull.repository ? {} : { firm: FORK };
    const refused = { ...NOTHING_TO_CLEAR, ...answer.refused, ...firm, outcome: "failed", read: answer.read } as const;
    return { lane: null, finding: refused };
  }
  const { read: facts, ...lane } = answer;
  return { lane, finding: { ...NOTHING_TO_CLEAR, outcome: "passed", because: lane.because, read: facts } };
}

const rollbacksIn = (standing: readonly Standing[]): readonly Sha[] =>
  standing.flatMap((one) => (one.kind === "rollback" && one.commit !== null ? [one.commit] : []));

const FORK = "Nobody lets a fork go where no lane leads.";

const NOTHING_TO_CLEAR = { gate: "flow", cure: null, copy: null, read: [], until: null } as const;
