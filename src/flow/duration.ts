import { type Instant, later, weekday } from "./names.ts";

/** How long something lasts: so many milliseconds, or so many working days. */
export type Duration = { readonly milliseconds: number } | { readonly workingDays: number };

const DAY = 86_400_000;
const UNITS: { readonly [unit: string]: number } = { s: 1_000, m: 60_000, h: 3_600_000, d: DAY, wd: DAY };
/** Nothing that Flowgate waits for takes longer than ten years. */
const LONGEST_MS = 3_650 * DAY;

/** `90s`, `30m`, `4h`, `5d` or `2wd`, as the config and commands write it; null where the text is none, or over ten years. */
export function parseDuration(text: string): Duration | null {
  const [, digits = "", unit = ""] = /^(\d{1,12})(s|m|h|d|wd)$/.exec(text) ?? [];
  const number = Number(digits);
  const milliseconds = number * (UNITS[unit] ?? Number.NaN);
  if (Number.isNaN(milliseconds)) return null;
  if (milliseconds > LONGEST_MS) return null;
  return unit === "wd" ? { workingDays: number } : { milliseconds };
}

/** The moment that is so long after another. Working days are Monday to Friday in UTC; the time of day stays. */
export function after(from: Instant, duration: Duration): Instant {
  if ("milliseconds" in duration) return later(from, duration.milliseconds);
  let at = from;
  for (let left = duration.workingDays; left > 0; left--) {
    do at = later(at, DAY);
    while (isWeekend(at));
  }
  return at;
}

const isWeekend = (at: Instant): boolean => [0, 6].includes(weekday(at));
