import type { Policy } from "./config.ts";
import type { ListedPull } from "./facts.ts";
import { laneOf } from "./lane.ts";
import type { RepositoryId } from "./names.ts";

/** What the last merged pull requests would have met, had the lanes held then. */
export type Replay = {
  readonly judged: number;
  readonly refused: readonly { readonly number: number; readonly because: string }[];
  /** Those that cannot be told by their branches alone. */
  readonly open: readonly number[];
};

/** What pull requests would have met by their branches alone: reading all that they brought would cost too much. */
export function replay(repository: RepositoryId, merged: readonly ListedPull[], policy: Policy): Replay {
  const into = merged.filter(({ facts }) => policy.stages.includes(facts.base));
  const judged = into.map(({ number, facts }) => ({
    number,
    lane: laneOf({ ...facts, number, repository }, policy, new Map()),
  }));
  return {
    judged: judged.length,
    refused: judged.flatMap(({ number, lane }) =>
      "refused" in lane ? [{ number, because: lane.refused.because }] : [],
    ),
    open: judged.flatMap(({ number, lane }) => ("lacks" in lane ? [number] : [])),
  };
}

/**
 * Which of them another policy would have stopped: what this one lets in by its name, and the other does not. That such
 * a branch had only commits of a later stage, and so might have come as a back-merge, is left out.
 */
export function stoppedBy(
  repository: RepositoryId,
  merged: readonly ListedPull[],
  now: Policy,
  then: Policy,
): { readonly judged: number; readonly stopped: readonly number[] } {
  const before = replay(repository, merged, now);
  const after = replay(repository, merged, then);
  const refusedBefore = before.refused.map(({ number }) => number);
  const refused = after.refused.map(({ number }) => number);
  const doubtful = after.open.filter((number) => !before.open.includes(number));
  const stopped = [...refused, ...doubtful].filter((number) => !refusedBefore.includes(number));
  return { judged: after.judged, stopped: stopped.toSorted((a, b) => a - b) };
}
