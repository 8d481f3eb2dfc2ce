import type { Github } from "../github.ts";
import { type Answer, refusal } from "./call.ts";

const hour = 3_600_000;
const minute = 60_000;

type Window = { used: number; points: number; ends: number; minuteEnds: number };

/** Counts requests for each installation and person. */
export type RateLimits = {
  /** Refuses, or null when the request may go on. Counts it. */
  take(caller: string, method: string): Answer | null;
  /** Gives a request back: a 304 is free. */
  giveBack(caller: string): void;
  headers(caller: string): Readonly<Record<string, string>>;
  /** `GET /rate_limit`. */
  shown(caller: string): unknown;
};

/** Opens the counters; they follow the sandbox's clock and `github.limits`. */
export function rateLimits(github: Github): RateLimits {
  const windows = new Map<string, Window>();
  const windowOf = (caller: string) => {
    const now = github.clock.now().getTime();
    const known = windows.get(caller) ?? { used: 0, points: 0, ends: now + hour, minuteEnds: now + minute };
    if (known.ends <= now) Object.assign(known, { used: 0, ends: now + hour });
    if (known.minuteEnds <= now) Object.assign(known, { points: 0, minuteEnds: now + minute });
    windows.set(caller, known);
    return known;
  };
  const core = (caller: string) => {
    const { used, ends } = windowOf(caller);
    const limit = github.limits.hourly;
    return { limit, used, remaining: Math.max(0, limit - used), reset: Math.ceil(ends / 1000) };
  };
  return {
    take(caller, method) {
      const window = windowOf(caller);
      const { hourly, pointsPerMinute } = github.limits;
      if (window.used >= hourly) {
        return refusal({ status: 403, message: `API rate limit exceeded for ${caller}.` });
      }
      const cost = method === "GET" ? 1 : 5;
      if (pointsPerMinute !== null && window.points + cost > pointsPerMinute) {
        const wait = Math.ceil((window.minuteEnds - github.clock.now().getTime()) / 1000);
        return secondary(wait);
      }
      window.used += 1;
      window.points += cost;
      return null;
    },
    giveBack(caller) {
      windowOf(caller).used -= 1;
    },
    headers(caller) {
      const { limit, used, remaining, reset } = core(caller);
      return {
        "x-ratelimit-limit": String(limit),
        "x-ratelimit-remaining": String(remaining),
        "x-ratelimit-reset": String(reset),
        "x-ratelimit-used": String(used),
        "x-ratelimit-resource": "core",
      };
    },
    shown(caller) {
      return { resources: { core: core(caller) }, rate: core(caller) };
    },
  };
}

/** GitHub's answer to a caller that goes too fast. */
export function secondary(retryAfter: number | null): Answer {
  const message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
  return refusal({ status: 403, message }, retryAfter === null ? {} : { "retry-after": String(retryAfter) });
}
