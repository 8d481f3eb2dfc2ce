import { PLAIN_NAME, type Policy } from "../flow/config.ts";
import { after, type Duration } from "../flow/duration.ts";
import type { Spent } from "../flow/facts.ts";
import { between, type Hash, type Instant, later, parseInstant, type RepositoryId, type Sha } from "../flow/names.ts";
import type { Backup, Standing, StandingOf } from "../flow/standing.ts";
import type { Lane } from "../flow/verdict.ts";
import { count, listed, minute } from "../flow/words.ts";

export type Attested = StandingOf<"attestation">;
export type AttestedBackup = Extract<Attested, { readonly what: "backup" }>;
export type AttestedWaiver = Extract<Attested, { readonly what: "no-data-impact" | "no-data-transition" }>;

/** A backup as somebody wrote it down: by its id and when it was finished, or by the run that made it. */
export type Claim = Pick<Backup, "system" | "fields" | "restoreTested"> &
  (Pick<Backup, "id" | "finished"> | { readonly run: string });

/** A line to copy, as it is right. */
export const RIGHT_LINE = "/attest backup system=postgres-main id=snap-8f31 at=2026-11-22T09:40:00Z";

const KEYS = ["system", "id", "at", "run", "location", "size", "sha256", "restore-tested", "retain-until"] as const;
type Key = (typeof KEYS)[number];
type Fields = { readonly [key in Key]?: string };

/** Clocks differ by so much. */
const SKEW_MS = 5 * 60_000;
const DAY_MS = 24 * 3_600_000;

/**
 * What `/attest backup` says, of its words without quotes.
 *
 * @returns what is wrong in a sentence that names the field and shows a right one.
 */
export function backupIn(words: readonly string[], now: Instant): Claim | { readonly not: string } {
  const fields = fieldsIn(words);
  if ("not" in fields) return fields as { readonly not: string };
  for (const key of KEYS) {
    const text = fields[key];
    const flaw = text === undefined ? null : SHAPES[key](text, now);
    if (flaw !== null) return { not: `\`${key}\` ${flaw}` };
  }
  const { system, id, at, run, "restore-tested": restoreTested = null, ...rest } = fields as Fields;
  if (system === undefined) return { not: "It needs `system`." };
  const common = { system, restoreTested, fields: rest };
  if (run !== undefined) {
    return id === undefined && at === undefined
      ? { ...common, run }
      : { not: "`run` says by itself what was made and when: leave `id` and `at` out." };
  }
  if (id === undefined || at === undefined)
    return {
      not: `It needs ${id === undefined ? "`id`" : "`at`"}, or \`run\` with a link to the run that made it.`,
    };
  return { ...common, id, finished: parseInstant(at) as Instant };
}

function fieldsIn(words: readonly string[]): Fields | { readonly not: string } {
  const fields = new Map<string, string>();
  for (const word of words) {
    const [, name = "", value = ""] = /^([^=]*)=(.*)$/s.exec(word) ?? [];
    const key = name.toLowerCase();
    if (name === "")
      return {
        not: `“${shown(word)}” is no \`key=value\`; a value with blanks stands in quotes: \`location="rack 4"\`.`,
      };
    if (!(KEYS as readonly string[]).includes(key))
      return { not: `It does not know \`${shown(name)}\`, but ${listed(KEYS.map((one) => `\`${one}\``))}.` };
    if (fields.has(key)) return { not: `\`${key}\` stands there twice: write a line for each backup.` };
    fields.set(key, value);
  }
  return Object.fromEntries(fields);
}

const shown = (text: string) => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

const name = (text: string): string | null =>
  PLAIN_NAME.test(text)
    ? null
    : `is no name such as \`snap-8f31\`: letters and digits, with \`.\`, \`_\`, \`-\`, \`:\`, \`/\` and \`+\` between them, 128 at most.`;

/** What is wrong with a value, behind its field's name; null: nothing. */
const SHAPES: { readonly [key in Key]: (text: string, now: Instant) => string | null } = {
  system: name,
  id: name,
  at(text, now) {
    const at = timeIn(text);
    if (at === null)
      return "is no time as RFC 3339 has it, with its zone: `2026-11-22T09:40:00Z` or `2026-11-22T10:40:00+01:00`.";
    return between(now, at) > SKEW_MS ? `lies in the future: it is ${minute(now)} by now.` : null;
  },
  run: (text) =>
    /^https:\/\/[^\s"<>`]{1,400}$/.test(text)
      ? null
      : "is no link to a run, such as `https://github.com/acme/ops/actions/runs/123456`.",
  location: (text) =>
    /^[^\p{C}\p{Zl}\p{Zp}`]{1,200}$/u.test(text) ? null : "is one line of 200 characters at most, such as `do:nyc3`.",
  size: (text) => (/^\d{1,9}(?:\.\d{1,3})? ?(?:[KMGTP]i?)?B$/.test(text) ? null : "is no size such as `12.4GiB`."),
  sha256: (text) => (/^[0-9a-f]{64}$/i.test(text) ? null : "is no SHA-256: 64 hexadecimal digits."),
  "restore-tested"(text, now) {
    const day = dayIn(text);
    if (day === null) return "is no day such as `2026-10-30`.";
    return day > now ? "lies in the future; days are meant in UTC." : null;
  },
  "retain-until"(text, now) {
    const day = dayIn(text);
    if (day === null) return "is no day such as `2027-02-28`.";
    return later(day, DAY_MS) <= now ? "is over already." : null;
  },
};

const TIME =
  /^((?:19|20)\d\d-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;

/** A time with its zone; null where it is none, or one that never was. */
function timeIn(text: string): Instant | null {
  const day = TIME.exec(text)?.[1];
  return day === undefined || dayIn(day) === null ? null : parseInstant(text.toUpperCase());
}

/** The beginning of a day in UTC. JavaScript takes the 31st of November for the 1st of December. */
function dayIn(text: string): Instant | null {
  if (!/^(?:19|20)\d\d-\d\d-\d\d$/.test(text)) return null;
  const start = parseInstant(`${text}T00:00:00Z`);
  return start?.startsWith(text) ? start : null;
}

/** A pull request, as far as it matters which attestations count for it. */
export type Standpoint = {
  readonly repository: RepositoryId;
  readonly number: number;
  readonly lane: Lane | null;
  /** The commits that it carries. */
  readonly commits: readonly { readonly sha: Sha }[];
};

/**
 * What was attested for this pull request: on it; for a release also on a promotion that it carries. What served one that is
 * merged counts for that one alone.
 */
export function attestedFor(standing: readonly Standing[], of: Standpoint): readonly Attested[] {
  const carried = new Set<Sha>(of.lane === "release" ? of.commits.map(({ sha }) => sha) : []);
  return standing.filter((one): one is Attested => {
    if (one.kind !== "attestation" || one.repository !== of.repository) return false;
    if (one.served !== undefined) return one.served === of.number;
    return one.number === of.number || (one.what !== "readiness" && carried.has(one.head));
  });
}

/** All that is attested and counts: for what is open, and for what is merged. */
export function attestedAnywhere(standing: readonly Standing[], spent: readonly Spent[]): readonly Attested[] {
  const here = standing.filter((one): one is Attested => one.kind === "attestation");
  const keys = new Set(here.map(({ key }) => key));
  return [
    ...here,
    ...spent.flatMap((one) => (one.closed === null && !keys.has(one.standing.key) ? [one.standing] : [])),
  ];
}

/** What a backup is held against today. */
export type Measure = {
  readonly policy: Policy["backup"];
  /** Of the data-affecting files as they are now. */
  readonly data: Hash;
  /** Whether something may be destroyed. */
  readonly destructive: boolean;
  readonly now: Instant;
};

/** Whether a backup counts, and until when; or why it does not, behind its name and "is" or "was". */
export type Standard =
  | { readonly until: Instant }
  | { readonly not: "made for other files" | "too old" | "never restored" | "restored too long ago" };

export function measured(backup: Pick<AttestedBackup, "finished" | "restoreTested" | "data">, by: Measure): Standard {
  const { policy, now } = by;
  if (backup.data !== by.data) return { not: "made for other files" };
  const aged = turnsAt(backup.finished, maxAge(by));
  if (aged <= now) return { not: "too old" };
  if (policy.restoreTest === null) return { until: aged };
  if (backup.restoreTested === null) return { not: "never restored" };
  const tested = turnsAt(dayIn(backup.restoreTested) as Instant, policy.restoreTest);
  if (tested <= now) return { not: "restored too long ago" };
  return { until: [aged, tested].toSorted()[0] as Instant };
}

export const maxAge = ({ policy, destructive }: Pick<Measure, "policy" | "destructive">): Duration =>
  destructive ? policy.maxAgeDestructive : policy.maxAge;

/** A check takes a while to turn: it does so before the age is reached, not after a merge was let through. */
const LEAD_MS = 60_000;

/** When what was so at a moment counts no longer, a little before it is as old as it may be. */
export function turnsAt(from: Instant, age: Duration): Instant {
  const end = after(from, age);
  return later(end, -Math.min(LEAD_MS, Math.floor(between(from, end) / 3)));
}

/** How long something lasts, as people say it: `3 s`, `90 min`, `26 h`, `3 days`. */
export function spanned(milliseconds: number): string {
  if (milliseconds < 60_000) return `${Math.round(milliseconds / 1_000)} s`;
  const hours = milliseconds / 3_600_000;
  if (hours < 2) return `${Math.round(milliseconds / 60_000)} min`;
  return hours < 72 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} days`;
}

export const durationWords = (duration: Duration): string =>
  "workingDays" in duration ? count(duration.workingDays, "working day") : spanned(duration.milliseconds);
