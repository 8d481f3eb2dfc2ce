import { type Effect, issueSlot, releaseSlot } from "../../flow/effect.ts";
import { type KnownRelease, NO_ROLLBACK, type PullKnown, type RollbackKnown } from "../../flow/facts.ts";
import { canonical, closes, digestOf, type Entry, opens } from "../../flow/ledger.ts";
import type { ComponentMemory, PullMemory } from "../../flow/memory.ts";
import type { Branch, Instant, Json } from "../../flow/names.ts";
import { rollbackBy, type Standing, type StandingOf } from "../../flow/standing.ts";
import { type Nudge, subjectKey } from "../../flow/subject.ts";
import { isPassed } from "../../flow/verdict.ts";
import { withdrawsIn } from "../../release/withdraws.ts";
import { fixIssue, withdrawnLine, withdrawnTitle } from "../../report/rollback.ts";
import { earlier, unlessThere } from "../answer.ts";

/** What becomes of the releases that a merge withdraws. */
export type Withdrawing = {
  readonly entries: readonly Entry[];
  readonly effects: readonly Effect[];
  readonly nudges: readonly Nudge[];
  readonly lookAgainAt: Instant | null;
};
const NOTHING_WITHDRAWN: Withdrawing = { entries: [], effects: [], nudges: [], lookAgainAt: null };

/** The rollback that a pull request is, if it is one. */
export const rollbackOn = ({ standing, subject }: PullKnown): StandingOf<"rollback"> | undefined =>
  rollbackBy(standing, subject.number);
/** What a pull request in the lane of hotfixes is. */
export const hotfixOrRollback = (known: PullKnown): "hotfix" | "rollback" =>
  rollbackOn(known) === undefined ? "hotfix" : "rollback";

/**
 * What a merge withdraws. A rollback, however it was merged, withdraws the releases since then, and an issue holds the next one; a
 * hotfix that passed withdraws those that it names and that are not released yet. Their GitHub Releases say so.
 */
export function withdrawing(known: PullKnown, pull: PullMemory, component: ComponentMemory): Withdrawing {
  const rollback = rollbackOn(known);
  const withdraws = rollback?.withdraws ?? namedBy(known, pull, component);
  if (pull.mergeCommit === null || withdraws.length === 0) return NOTHING_WITHDRAWN;
  const { subject, standing } = known;
  const there = known.rollback ?? NO_ROLLBACK;
  const about = subjectKey(subject);
  const stage = stageOf(component);
  const now: StandingOf<"rollback"> | undefined = rollback && {
    ...rollback,
    commit: pull.mergeCommit,
    issue: there.issue?.written?.id ?? rollback.issue,
  };
  const ends = standing.filter(
    (one) => one.kind === "release" && one.number !== subject.number && withdraws.includes(one.version),
  );
  const writes = [
    ...(now === undefined ? [] : [fixing(known, there.issue, now, component, stage)]),
    ...retitled(known, { releases: there.releases, to: rollback?.version ?? null, withdraws, ends }, component),
  ];
  const effects = writes.flatMap((write) => write.effects);
  const isNews = canonical((now ?? null) as unknown as Json) !== canonical((rollback ?? null) as unknown as Json);
  return {
    entries: [
      ...(isNews && now !== undefined ? [{ ...opens(about, now), actor: "app" }] : []),
      ...ends.map(({ key }) =>
        closes(about, "app", key, `withdrawn by #${subject.number}`, { as: "withdrawn", by: subject.number }),
      ),
      ...(effects.length > 0
        ? [{ what: "reported", actor: "app", about, says: { withdraws: effects.map(({ slot }) => slot) } } as const]
        : []),
    ],
    effects,
    nudges:
      isNews || ends.length > 0
        ? [{ priority: "bulk", openPulls: { repository: subject.repository, base: stage } }]
        : [],
    lookAgainAt: writes.map(({ retryAt }) => retryAt).reduce(earlier, null),
  };
}

const stageOf = ({ config }: ComponentMemory): Branch => config.policy.stages.at(-1) as Branch;

/** Releases that a hotfix names which passed. */
function namedBy({ verdict, rollback }: PullKnown, pull: PullMemory, component: ComponentMemory): readonly string[] {
  const isHotfix =
    pull.base === stageOf(component) && verdict?.lane === "hotfix" && isPassed(verdict, pull.head.sha, pull.base);
  if (!isHotfix) return [];
  const named = withdrawsIn(pull.body);
  return (rollback ?? NO_ROLLBACK).releases.flatMap(({ standing: { version } }) =>
    named.some((one) => version === `v${one}`) ? [version] : [],
  );
}

/** The issue, made once: people close it. */
function fixing(
  { subject, now }: PullKnown,
  slot: RollbackKnown["issue"],
  of: StandingOf<"rollback">,
  { name }: ComponentMemory,
  stage: Branch,
) {
  const content = fixIssue(of, stage);
  const effect: Effect = {
    does: "set",
    thing: "issue",
    slot: issueSlot(subject.repository, of.key),
    fingerprint: digestOf(content.mark),
    repository: subject.repository,
    name,
    ...content,
    state: "open",
    over: null,
  };
  return unlessThere(effect, slot, now);
}

type Withdrawn = {
  readonly releases: readonly KnownRelease[];
  /** Of a rollback the release that it goes back to. */
  readonly to: string | null;
  readonly withdraws: readonly string[];
  /** What does not stand any more by it. */
  readonly ends: readonly Standing[];
};

/** The GitHub Releases that are there of what it withdrew, drafts as drafts. */
function retitled(
  { subject, now }: PullKnown,
  { releases, to, withdraws, ends }: Withdrawn,
  { name }: ComponentMemory,
) {
  const isOurs = ({ standing: { key, version }, ended }: KnownRelease) =>
    to === null
      ? (ended?.as === "withdrawn" && ended.by === subject.number) || ends.some((one) => one.key === key)
      : withdraws.includes(version);
  return releases.filter(isOurs).flatMap(({ standing, slot }) => {
    if (!slot?.written) return [];
    const { version, number, commit, notes } = standing;
    const line = withdrawnLine(subject.number, to);
    const mark = `<!-- flowgate:release ${number} -->`;
    const effect: Effect = {
      does: "set",
      thing: "release",
      slot: releaseSlot(subject.repository, number),
      fingerprint: digestOf(`${version} ${line}`),
      repository: subject.repository,
      name,
      tag: version,
      commit,
      title: withdrawnTitle(version),
      mark,
      body: `${line}\n\n${notes}\n\n${mark}`,
      draft: !slot.written.completed,
      over: slot.written.id,
    };
    return [unlessThere(effect, slot, now)];
  });
}
