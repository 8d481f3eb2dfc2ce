import type { PullKnown } from "../../src/flow/facts.ts";
import { pullMemory } from "../builders.ts";
import { type Hub, judge } from "./hub.ts";
import { MERGED, OPEN, underWay } from "./under-way.ts";

export const INTO = `#12 is in development as ${MERGED.slice(0, 7)}. #9 takes it on to staging.`;
/** #12 is merged into development, and its `/promote` goes on. */
export const goesOn = (facts: Partial<PullKnown>, answers: Hub) =>
  judge(
    {
      memory: pullMemory({}, { state: "closed", merged: true, mergeCommit: MERGED }),
      standing: [underWay()],
      requests: OPEN,
      ...facts,
    },
    answers,
  );
