import type { Priority } from "../flow/subject.ts";

const MINUTE = 60_000;
/** No slower than this, or a single write would never fit. */
const LEAST_POINTS = 30;
const LEAST_BURST = 10;

/** How fast one installation may call. All times are milliseconds of one monotonic clock. */
export type Pace = {
  /** @returns how long until `points` may be spent at once, in whole milliseconds; 0: now. */
  wait(points: number, priority: Priority, now: number): number;
  spend(points: number, now: number): void;
  /** Halves the rate, unless it was halved since `sentAt`: those calls were sent too fast together. */
  slowDown(sentAt: number, now: number): void;
  /** @returns points a minute, as learned by now. */
  limit(now: number): number;
};

/**
 * Points are let out evenly, after a burst of a sixth of a minute's, and never more than a minute's within any
 * minute: an even pace lets a person in at any moment, where a minute's points spent at once would close the door
 * for a minute. The last fifth of a burst is kept for persons, which costs the others no pace.
 *
 * GitHub does not publish all of its limits: each time it says that we are too fast the rate is halved, and then
 * climbs by a twentieth of the full rate a minute.
 *
 * @param points a minute, by the published limit.
 */
export function pace(points: number, start: number): Pace {
  let slowed = { at: start, to: points };
  let bucket = { at: start, points: Math.max(points / 6, LEAST_BURST) };
  /** What was spent in each second of the last minute. */
  let spent: { second: number; points: number }[] = [];

  const limit = (now: number) =>
    Math.max(LEAST_POINTS, Math.min(points, slowed.to + ((now - slowed.at) / MINUTE) * (points / 20)));
  const burst = (now: number) => Math.max(limit(now) / 6, LEAST_BURST);
  const inBucket = (now: number) => Math.min(burst(now), bucket.points + ((now - bucket.at) / MINUTE) * limit(now));

  function wait(cost: number, priority: Priority, now: number): number {
    const kept = priority === "person" ? 0 : burst(now) / 5;
    const lacking = cost + kept - inBucket(now);
    const forBucket = lacking <= 0 ? 0 : (lacking / limit(now)) * MINUTE;
    return Math.ceil(Math.max(forBucket, untilMinuteHasRoom(limit(now) - kept - cost, now)));
  }

  function untilMinuteHasRoom(room: number, now: number): number {
    spent = spent.filter(({ second }) => second + MINUTE + 1000 > now);
    let sum = spent.reduce((total, one) => total + one.points, 0);
    for (const one of spent) {
      if (sum <= room) break;
      sum -= one.points;
      if (sum <= room || one === spent.at(-1)) return one.second + MINUTE + 1000 - now;
    }
    return 0;
  }

  return {
    wait,
    spend: (cost, now) => {
      bucket = { at: now, points: inBucket(now) - cost };
      const second = Math.floor(now / 1000) * 1000;
      const last = spent.at(-1);
      if (last?.second === second) last.points += cost;
      else spent.push({ second, points: cost });
    },
    slowDown: (sentAt, now) => {
      if (sentAt < slowed.at) return;
      slowed = { at: now, to: limit(now) / 2 };
      bucket = { at: now, points: Math.min(bucket.points, burst(now)) };
    },
    limit,
  };
}
