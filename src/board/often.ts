import { between, type Instant } from "../flow/names.ts";

/** So many are remembered at once: who has more addresses than that is not stopped by counting them. */
const MOST_KEPT = 10_000;

/** Counts how often each comes. Every process counts for itself, and forgets it when it ends. */
export type Often = {
  /** Counts one more. @returns how many milliseconds to wait until it is let in again; 0: it is. */
  wait(who: string, now: Instant): number;
};

/** @param most so many are let in, within so many milliseconds from the first on. */
export function oftenIn(most: number, within: number, kept = MOST_KEPT): Often {
  /** The oldest first. */
  const counts = new Map<string, { readonly since: Instant; readonly count: number }>();
  return {
    wait(who, now) {
      for (const [other, { since }] of counts) {
        if (counts.size <= kept && between(since, now) < within) break;
        counts.delete(other);
      }
      const { since, count } = counts.get(who) ?? { since: now, count: 0 };
      counts.set(who, { since, count: count + 1 });
      return count < most ? 0 : within - between(since, now);
    },
  };
}
