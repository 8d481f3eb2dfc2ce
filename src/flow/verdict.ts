import type { Branch, Instant, Person, Sha } from "./names.ts";

/**
 * A gate's answer, worst first. `failed`: the change must change. `pending`: waits for a person or a clock.
 * `errored`: could not find out, which is never a yes. `overridden`: two people let it through for this one commit.
 */
export const OUTCOMES = ["failed", "errored", "pending", "overridden", "passed"] as const;
export type Outcome = (typeof OUTCOMES)[number];
/** What a gate answers by itself, and what all of them come to: there an override counts as passed. */
export type Whole = Exclude<Outcome, "overridden">;

/** What a pull request is, strictest first: among several on one commit the strictest decides. */
export const LANES = ["release", "hotfix", "promotion", "back-merge", "feature"] as const;
export type Lane = (typeof LANES)[number];

/** One gate's answer about one pull request. */
export type Finding = {
  readonly gate: string;
  readonly outcome: Outcome;
  /** One or two sentences for people: what is so, and what to do next. */
  readonly because: string;
  /** Who can clear it and how; null where there is nothing to clear. */
  readonly cure: string | null;
  /** One command to copy, where one helps. */
  readonly copy: string | null;
  /** What the answer rests on: commits, branches, pull requests, each in words. */
  readonly read: readonly string[];
  /** When the answer may change by itself. */
  readonly until: Instant | null;
  /** What is wrong on which line of a file of the head. */
  readonly annotations?: readonly Annotation[];
  /** How many items of the run-book people left out; where there are some. */
  readonly skipped?: number;
  /** There where Flowgate's own config changes: the blob it gets, null where the file is removed. */
  readonly changesConfig?: { readonly to: Sha | null };
  /** Why no two people let this through, in a sentence; left out: they may. */
  readonly firm?: string;
  /** Who let it through; there where it is `overridden`. */
  readonly override?: Concession;
  /** Whose approvals filled which roles, or rights where no role was asked for; there where that was asked and is so. */
  readonly filled?: readonly { readonly by: Person; readonly as: string }[];
};
/** On whose word a gate let something through, and why (QP-0008). */
export type Concession = { readonly by: Person; readonly confirmedBy: Person; readonly because: string };
/** Lines and columns from 1; without a column it is about the whole line. */
export type Annotation = {
  readonly path: string;
  readonly line: number;
  readonly column?: number;
  readonly message: string;
};

/** All gates' answers about one pull request, for one head commit and one base. */
export type Verdict = {
  readonly head: Sha;
  readonly base: Branch;
  /** Null: no lane allows it, or it could not be found out. */
  readonly lane: Lane | null;
  readonly outcome: Whole;
  readonly findings: readonly Finding[];
  /** The same commit had passed for the same base before: what was green is not any more. */
  readonly turnedBack?: true;
  /** Gates that have no question here, and why. */
  readonly notAsked?: readonly NotAsked[];
};
export type NotAsked = { readonly gate: string; readonly because: string };

/** What a verdict was let through by; of none it was by nothing. */
export const concessionsIn = (verdict: Verdict | null): readonly (Concession & { readonly gate: string })[] =>
  verdict?.findings.flatMap(({ gate, override }) => (override === undefined ? [] : [{ gate, ...override }])) ?? [];

/** Whether a gate holds nothing up. */
export const isClear = (outcome: Outcome): boolean => outcome === "passed" || outcome === "overridden";

/** A verdict, where it is of this head and this base; else null. */
export const verdictOn = (verdict: Verdict | null, head: Sha, base: Branch): Verdict | null =>
  verdict?.head === head && verdict.base === base ? verdict : null;

/** Whether a verdict had passed for this head and this base. */
export const isPassed = (verdict: Verdict | null, head: Sha, base: Branch): boolean =>
  verdictOn(verdict, head, base)?.outcome === "passed";

/** What Flowgate's own config becomes by a pull request whose gate let that through, at this head and into this base. */
export function configLetThrough(verdict: Verdict | null, head: Sha, base: Branch): Finding["changesConfig"] | null {
  if (verdict === null || verdict.head !== head || verdict.base !== base) return null;
  const passed = verdict.findings.find(({ outcome, changesConfig }) => isClear(outcome) && changesConfig !== undefined);
  return passed?.changesConfig ?? null;
}

/** The whole is as bad as its worst part; of nothing at all nothing is known. */
export function worst(outcomes: readonly Outcome[]): Whole {
  const found = OUTCOMES.find((outcome) => outcomes.includes(outcome)) ?? "errored";
  return found === "overridden" ? "passed" : found;
}

/** What holds it, in a sentence or two; only where it has not passed. */
export const openIn = ({ outcome, findings }: Verdict): string =>
  (findings.find((finding) => finding.outcome === outcome) as Finding).because;

/**
 * What one check on (head, base) says for all open pull requests that share them: the verdict of the strictest
 * lane, of the same lane the worst. One whose lane could not be found out may be the strictest, so it comes first.
 * Those that no lane allows come last and do not spoil it while another is allowed: merging either brings the same
 * commits.
 *
 * @param verdicts at least one, all of the same head and base.
 */
export function agreed<T extends Verdict>(verdicts: readonly [T, ...T[]]): T {
  const strictness = ({ lane, outcome }: Verdict) =>
    lane !== null ? LANES.indexOf(lane) : outcome === "errored" ? -1 : LANES.length;
  const badness = ({ outcome }: Verdict) => OUTCOMES.indexOf(outcome);
  return verdicts.reduce((best, next) =>
    (strictness(next) - strictness(best) || badness(next) - badness(best)) < 0 ? next : best,
  );
}
