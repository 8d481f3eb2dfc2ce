import type { Answer, Decision } from "../flow/decision.ts";
import type { StageKnown } from "../flow/facts.ts";
import type { House } from "../flow/house.ts";
import { decided, earlier } from "./answer.ts";
import { settleArrivals } from "./arrivals.ts";
import { decideEnforcement } from "./enforcement.ts";

/** A stage: how it came to be where it is, and the ruleset by which GitHub itself refuses what Flowgate refuses. */
export function decideStage(known: StageKnown, house: House): Answer {
  const { memory, component } = known;
  if (memory === null || component === null || component.stages === null)
    return decided({ because: "The repository was not looked at yet." });
  const arrivals = settleArrivals({ ...known, memory, component });
  if ("lacks" in arrivals) return arrivals;
  const enforcement = decideEnforcement({ ...known, component, memory: arrivals.memory }, house);
  return "lacks" in enforcement ? enforcement : { decided: both(arrivals, enforcement.decided) };
}

/** The arrivals are settled first; the ruleset's decision is made on the memory that they leave. */
function both(arrivals: Settled, enforcement: Decision): Decision {
  return {
    ...enforcement,
    because: arrivals.because ?? enforcement.because,
    ...(arrivals.changed && { memory: enforcement.memory ?? arrivals.memory }),
    entries: [...arrivals.entries, ...enforcement.entries],
    effects: [...arrivals.effects, ...enforcement.effects],
    news: {
      ...enforcement.news,
      nudges: [...arrivals.nudges, ...enforcement.news.nudges],
      forget: [...arrivals.forget, ...enforcement.news.forget],
    },
    lookAgainAt: earlier(arrivals.lookAgainAt, enforcement.lookAgainAt),
  };
}

type Settled = Exclude<ReturnType<typeof settleArrivals>, { readonly lacks: unknown }>;
