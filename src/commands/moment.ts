import { after, parseDuration } from "../flow/duration.ts";
import { type Instant, later, parseInstant } from "../flow/names.ts";

const DAY_MS = 24 * 3_600_000;

/**
 * A time that somebody wrote: `4h` from now, `2026-11-25` for the end of that day in UTC, or RFC 3339 with its zone.
 *
 * @returns null where it is none of these.
 */
export function momentOf(text: string, now: Instant): Instant | null {
  const duration = parseDuration(text.toLowerCase());
  if (duration !== null) return after(now, duration);
  if (/^\d{4}-\d\d-\d\d$/.test(text)) {
    const start = parseInstant(`${text}T00:00:00Z`);
    // JavaScript takes the 31st of November for the 1st of December.
    return start?.startsWith(text) ? later(start, DAY_MS) : null;
  }
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i.test(text) ? parseInstant(text) : null;
}
