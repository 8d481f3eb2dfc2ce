import { isComponent, isEnforced } from "../../flow/component.ts";
import { closedBackMergeSlot, type Effect } from "../../flow/effect.ts";
import type { PullKnown, StageLookedAt, Want } from "../../flow/facts.ts";
import { closes, digestOf, type Entry, opens } from "../../flow/ledger.ts";
import { looking } from "../../flow/looking.ts";
import type { ComponentMemory, PullMemory } from "../../flow/memory.ts";
import type { Branch, Instant } from "../../flow/names.ts";
import type { StandingOf } from "../../flow/standing.ts";
import { type Nudge, subjectKey } from "../../flow/subject.ts";
import { closedBackMergeBecause, closedBackMergeComment } from "../../report/back-merge.ts";
import { unlessThere } from "../answer.ts";

type Closed = StandingOf<"closed-back-merge">;

/** What is said of a pull request of ours that was to bring something back and that somebody closed. */
type Telling = {
  readonly entries: readonly Entry[];
  /** Promotions out of its stage say what it is that they lack. */
  readonly nudges: readonly Nudge[];
  readonly effects: readonly Effect[];
  readonly lookAgainAt: Instant | null;
};
const NOTHING_TOLD: Telling = { entries: [], nudges: [], effects: [], lookAgainAt: null };

/** What stands of it. */
const standsOf = ({ standing, subject }: PullKnown): Closed | undefined =>
  standing.find((one): one is Closed => one.kind === "closed-back-merge" && one.number === subject.number);

/** It is open again, or merged: nobody has to do anything about it any more. */
export function wentOn(
  known: PullKnown,
  { base, merged }: PullMemory,
  component: ComponentMemory,
): Pick<Telling, "entries" | "nudges"> {
  const stands = standsOf(known);
  if (stands === undefined) return NOTHING_TOLD;
  const because = merged ? "it was merged after all" : "it was reopened";
  return {
    entries: [closes(subjectKey(known.subject), "app", stands.key, because)],
    nudges: promotionsOutOf(base, known, component),
  };
}

function promotionsOutOf(stage: Branch, { subject }: PullKnown, { config }: ComponentMemory): readonly Nudge[] {
  const { stages } = config.policy;
  const next = stages[stages.indexOf(stage) + 1];
  return next === undefined ? [] : [{ priority: "bulk", openPulls: { repository: subject.repository, base: next } }];
}

/**
 * Closed without a merge it leaves its stage without what it brings, and none is opened in its place: it says so once, and the
 * board as long as that is so.
 */
export function closedUnmerged(
  known: PullKnown,
  pull: PullMemory,
  component: ComponentMemory,
): Telling | { readonly lacks: readonly Want[] } {
  const { subject, backMerge, now } = known;
  const { policy } = component.config;
  const closed = backMerge?.closed;
  const place = policy.stages.indexOf(pull.base);
  const isEarlier = place >= 0 && place < policy.stages.length - 1;
  if (closed === undefined || !isEarlier || !isEnforced(policy) || !isComponent(component)) return NOTHING_TOLD;
  const look = looking(known.read);
  const lacked = look.at({ want: "compare", base: pull.base, head: closed.commit });
  const missing = look.missing();
  if (missing !== null) return "lacks" in missing ? missing : { ...NOTHING_TOLD, lookAgainAt: missing.retryAt };
  // Where it came otherwise since, its stage finds that.
  if (lacked?.ahead === 0) return NOTHING_TOLD;

  const { repository, number } = subject;
  const told = { number, into: pull.base, branch: pull.head.ref, waiting: closed.waiting };
  const mark = `<!-- flowgate:back-merge-closed ${number} -->`;
  const effect: Effect = {
    does: "set",
    thing: "comment",
    slot: closedBackMergeSlot(repository, number),
    // The first one stands, however often it is closed.
    fingerprint: digestOf(mark),
    repository,
    name: component.name,
    number,
    mark,
    body: `${closedBackMergeComment(told)}\n\n${mark}`,
  };
  const { effects, retryAt } = unlessThere(effect, closed.said, now);
  const standing: Closed = {
    kind: "closed-back-merge",
    key: `closed-back-merge:${repository}:${number}`,
    by: null,
    at: now,
    because: closedBackMergeBecause(told),
    repository,
    stage: pull.base,
    number,
    commit: closed.commit,
  };
  const about = subjectKey(subject);
  const says: Entry = {
    what: "promoting",
    actor: "app",
    about,
    says: { does: "says what waits because it is closed" },
  };
  const isNew = standsOf(known) === undefined;
  return {
    entries: [...(isNew ? [opens(about, standing)] : []), ...(effects.length > 0 ? [says] : [])],
    nudges: isNew ? promotionsOutOf(pull.base, known, component) : [],
    effects,
    lookAgainAt: retryAt,
  };
}

/** What of that came to the stage otherwise. */
type Arrived = {
  readonly entries: readonly Entry[];
  readonly nudges: readonly Nudge[];
  readonly lookAgainAt: Instant | null;
};

/** Whether what was closed came to the stage by another way; the stages before that wait for it are looked at again then. */
export function arrivedOtherwise(known: StageLookedAt): Arrived | { readonly lacks: readonly Want[] } {
  const { subject, component, closedBackMerges } = known;
  const { policy } = component.config;
  const look = looking(known.read);
  const place = policy.stages.indexOf(subject.branch);
  const isAsked = isEnforced(policy) && place >= 0;
  const over = closedBackMerges.flatMap((one): readonly Entry[] => {
    const close = (because: string) => [closes(subjectKey(subject), "app", one.key, because)];
    if (!isAsked) return close(`nothing is brought back into ${subject.branch} any more`);
    const lacked = look.at({ want: "compare", base: subject.branch, head: one.commit });
    return lacked?.ahead === 0 ? close(`${subject.branch} has what it was to bring`) : [];
  });
  const missing = look.missing();
  if (missing !== null && "lacks" in missing) return missing;
  const before = over.length === 0 ? [] : policy.stages.slice(0, Math.max(0, place));
  return {
    entries: over,
    nudges: before.map((branch) => ({
      priority: "bulk",
      subject: { kind: "stage", repository: subject.repository, branch },
    })),
    lookAgainAt: missing?.retryAt ?? null,
  };
}
