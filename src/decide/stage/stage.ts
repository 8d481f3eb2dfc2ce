import type { Answer, Decision } from "../../flow/decision.ts";
import type { StageKnown } from "../../flow/facts.ts";
import type { House } from "../../flow/house.ts";
import { decided, earlier } from "../answer.ts";
import { arrivedOtherwise } from "../pull/closed-back-merge.ts";
import { settleArrivals } from "./arrivals.ts";
import { type BackMerging, backMerging } from "./back-merging.ts";
import { decideEnforcement } from "./enforcement.ts";

/** A stage: how it came to be where it is, what it is owed, and the ruleset by which GitHub itself refuses what Flowgate refuses. */
export function decideStage(known: StageKnown, house: House): Answer {
  const { memory, component } = known;
  if (memory === null || component === null || component.stages === null)
    return decided({ because: "The repository was not looked at yet." });
  const arrivals = settleArrivals({ ...known, memory, component });
  if ("lacks" in arrivals) return arrivals;
  const arrived = arrivedOtherwise({ ...known, component, memory: arrivals.memory });
  if ("lacks" in arrived) return arrived;
  const backMerges = backMerging({ ...known, component, memory: arrivals.memory });
  if ("lacks" in backMerges) return backMerges;
  const enforcement = decideEnforcement({ ...known, component, memory: backMerges.memory }, house);
  return "lacks" in enforcement
    ? enforcement
    : { decided: all({ arrivals, arrived, backMerges }, enforcement.decided) };
}

/** The arrivals are settled first; the ruleset's decision is made on the memory that they and the back-merges leave. */
function all({ arrivals, arrived, backMerges }: Parts, enforcement: Decision): Decision {
  return {
    ...enforcement,
    because: arrivals.because ?? enforcement.because,
    ...((arrivals.changed || backMerges.changed) && { memory: enforcement.memory ?? backMerges.memory }),
    entries: [...arrivals.entries, ...arrived.entries, ...backMerges.entries, ...enforcement.entries],
    effects: [...arrivals.effects, ...backMerges.effects, ...enforcement.effects],
    news: {
      ...enforcement.news,
      nudges: [...arrivals.nudges, ...arrived.nudges, ...enforcement.news.nudges],
      forget: [...arrivals.forget, ...enforcement.news.forget],
    },
    lookAgainAt: [arrivals, arrived, backMerges, enforcement].map((part) => part.lookAgainAt).reduce(earlier, null),
  };
}

type Settled<Came> = Exclude<Came, { readonly lacks: unknown }>;
type Parts = {
  readonly arrivals: Settled<ReturnType<typeof settleArrivals>>;
  readonly arrived: Settled<ReturnType<typeof arrivedOtherwise>>;
  readonly backMerges: BackMerging;
};
