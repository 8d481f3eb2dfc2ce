import { type Effect, issueSlot, releaseSlot } from "../flow/effect.ts";
import type { PullKnown } from "../flow/facts.ts";
import { canonical, closes, digestOf, type Entry, opens } from "../flow/ledger.ts";
import type { ComponentMemory, PullMemory } from "../flow/memory.ts";
import type { Branch, Instant, Json } from "../flow/names.ts";
import type { StandingOf } from "../flow/standing.ts";
import { type Nudge, subjectKey } from "../flow/subject.ts";
import { fixIssue, withdrawnLine, withdrawnTitle } from "../report/rollback.ts";
import { earlier, unlessThere } from "./answer.ts";

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
  standing.find((one): one is StandingOf<"rollback"> => one.kind === "rollback" && one.number === subject.number);

/**
 * A rollback that is merged, however that came: the releases since then are withdrawn, which their GitHub Releases say, and an
 * issue holds the next one.
 */
export function withdrawing(known: PullKnown, pull: PullMemory, component: ComponentMemory): Withdrawing {
  const rollback = rollbackOn(known);
  if (rollback === undefined || pull.mergeCommit === null) return NOTHING_WITHDRAWN;
  const { subject, rollback: there, standing } = known;
  const about = subjectKey(subject);
  const stage = component.config.policy.stages.at(-1) as Branch;
  const now: StandingOf<"rollback"> = {
    ...rollback,
    commit: pull.mergeCommit,
    issue: there.issue?.written?.id ?? rollback.issue,
  };
  const ends = standing.filter(
    (one) => one.kind === "release" && one.number !== subject.number && rollback.withdraws.includes(one.version),
  );
  const writes = [fixing(known, now, component, stage), ...retitled(known, now, component)];
  const effects = writes.flatMap((write) => write.effects);
  const isNews = canonical(now as unknown as Json) !== canonical(rollback as unknown as Json) || ends.length > 0;
  return {
    entries: [
      ...(isNews ? [{ ...opens(about, now), actor: "app" }] : []),
      ...ends.map(({ key }) => closes(about, "app", key, `withdrawn by #${subject.number}`)),
      ...(effects.length > 0
        ? [{ what: "reported", actor: "app", about, says: { withdraws: effects.map(({ slot }) => slot) } } as const]
        : []),
    ],
    effects,
    nudges: isNews ? [{ priority: "bulk", openPulls: { repository: subject.repository, base: stage } }] : [],
    lookAgainAt: writes.map(({ retryAt }) => retryAt).reduce(earlier, null),
  };
}

/** The issue, made once: people close it. */
function fixing(
  { subject, rollback, now }: PullKnown,
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
  return unlessThere(effect, rollback.issue, now);
}

/** The GitHub Releases that are there of them, drafts as drafts. */
function retitled(
  { subject, rollback, now }: PullKnown,
  { withdraws, version: to }: StandingOf<"rollback">,
  { name }: ComponentMemory,
) {
  return rollback.releases.flatMap(({ standing, slot }) => {
    if (!slot?.written || !withdraws.includes(standing.version)) return [];
    const { version, number, notes } = standing;
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
      title: withdrawnTitle(version),
      mark,
      body: `${line}\n\n${notes}\n\n${mark}`,
      draft: !slot.written.completed,
      over: slot.written.id,
    };
    return [unlessThere(effect, slot, now)];
  });
}
