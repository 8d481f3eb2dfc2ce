import { isEnforced } from "../../flow/component.ts";
import { type Effect, issueSlot } from "../../flow/effect.ts";
import { answerTo, type StageLookedAt as Known, type KnownDeviation, type Want } from "../../flow/facts.ts";
import { canonical, closes, digestOf, type Entry, opens } from "../../flow/ledger.ts";
import type { StageMemory } from "../../flow/memory.ts";
import {
  type Branch,
  type Instant,
  type Json,
  later,
  type RepositoryId,
  type Sha,
  type Slot,
} from "../../flow/names.ts";
import {
  type Arrivals,
  EXPLAINED_WITHIN_MS,
  explanation,
  type Merge,
  NO_ARRIVALS,
  newest,
  type Push,
} from "../../flow/provenance.ts";
import { deviationKey, type StandingOf } from "../../flow/standing.ts";
import { type Nudge, subjectKey } from "../../flow/subject.ts";
import { issueOf, sentenceOf } from "../../report/deviation.ts";
import { earlier, unlessThere } from "../answer.ts";
import { type Closing, reverted } from "./reverted.ts";
import { settleTouched } from "./touched.ts";

/** What became of the pushes to a stage. */
type Settled = {
  readonly memory: StageMemory;
  /** Whether the memory is another than before. */
  readonly changed: boolean;
  /** What happened, in one sentence; null: nothing. */
  readonly because: string | null;
  readonly entries: readonly Entry[];
  readonly effects: readonly Effect[];
  readonly nudges: readonly Nudge[];
  readonly forget: readonly Slot[];
  readonly lookAgainAt: Instant | null;
};

/**
 * How a stage came to be where it is. A push is explained by the merge of a pull request that had passed; one that is
 * not within ten minutes, after GitHub was asked once more, is a deviation, and so is every force-push and deletion.
 * What a later commit took back is closed again. What was done by hand to releases is settled here too.
 *
 * Recorded while the component is enforced: where the branches are then is the baseline.
 */
export function settleArrivals(known: Known): Settled | { readonly lacks: readonly Want[] } {
  const { subject, memory, component } = known;
  const { policy } = component.config;
  const { arrivals } = memory;
  if (!isEnforced(policy) || !policy.stages.includes(subject.branch))
    return ended(known, arrivals.since === null ? arrivals : NO_ARRIVALS, []);
  if (arrivals.since === null) return begun(known);

  const pushes = arrivals.pushes.map((push) => settled(push, known));
  const lacks = pushes.flatMap((push) => ("lacks" in push ? push.lacks : []));
  if (lacks.length > 0) return { lacks };
  const came = pushes as readonly Exclude<Came, { readonly lacks: unknown }>[];
  const cleared = reverted(known);
  if ("lacks" in cleared) return cleared;

  const explained = came.flatMap((one) => ("explainedBy" in one ? [one.push.after] : []));
  const after: Arrivals = {
    ...arrivals,
    pushes: came.flatMap((one) => ("waits" in one ? [one.push] : [])),
    merges: newest([
      ...arrivals.merges.filter(({ commit }) => !explained.includes(commit)),
      ...came.flatMap((one) => ("waits" in one ? one.learned : [])),
    ]),
    trusted: newest([...arrivals.trusted, ...came.flatMap((one) => ("trusted" in one ? [one.push] : []))]),
    compared: cleared.compared,
  };
  const about = subjectKey(subject);
  const touched = settleTouched(known);
  const opened = [...came.flatMap((one) => ("deviation" in one ? [one.deviation] : [])), ...touched.opened];
  const told = came.flatMap((one): readonly Closing[] =>
    "explainedBy" in one ? openOf(known, one.push, `it came by ${numbered(one.explainedBy)} after all`) : [],
  );
  const entries = [
    ...came.flatMap((one) => ("explainedBy" in one || "trusted" in one ? [entryOf(about, one)] : [])),
    ...touched.entries,
    ...opened.map((standing) => opens(about, standing)),
  ];
  const lookAgainAt = came
    .flatMap((one) => ("waits" in one ? [one.waits] : []))
    .reduce<Instant | null>(earlier, cleared.retryAt);
  return ended(known, after, [...told, ...cleared.closed], { ...touched, opened, entries, lookAgainAt });
}

/** From now on pushes are recorded; what came before is nobody's to accept any more. */
function begun(known: Known): Settled {
  const { subject, now, component, deviations } = known;
  const head = component.stages?.[subject.branch] ?? null;
  const before = deviations.filter(({ closed }) => closed === null);
  const entry: Entry = {
    what: "baseline",
    actor: "app",
    about: subjectKey(subject),
    says: { stage: subject.branch, head },
  };
  return ended(
    known,
    { ...NO_ARRIVALS, since: now, heads: head === null ? [] : [head], compared: head },
    before.map(({ standing: { key } }) => ({ key, because: "enforcement was switched on anew: this is the baseline" })),
    { ...NOTHING, entries: [entry] },
  );
}

type Came = { readonly push: Push } & (
  | { readonly explainedBy: readonly number[] }
  | { readonly trusted: true }
  /** Somebody accepted it before it was held to be a deviation. */
  | { readonly cleared: true }
  | { readonly deviation: StandingOf<"deviation"> }
  /** Until then it may still be explained, by merges that were learned of just now. */
  | { readonly waits: Instant; readonly learned: readonly Merge[] }
  | { readonly lacks: readonly Want[] }
);

function settled(push: Push, known: Known): Came {
  const { now, records, component, memory } = known;
  const explainedBy = explanation(push, records);
  if (explainedBy !== null) return { push, explainedBy };
  if (wasCleared(push, known)) return { push, cleared: true };
  const trusted = push.by?.bot === true ? push.by.login.replace(/\[bot\]$/, "") : null;
  if (push.how === "push" && trusted !== null && component.config.policy.provenance.trusted.includes(trusted))
    return { push, trusted: true };
  if (push.how !== "push" || push.after === null) return { push, deviation: deviationOf(push, known) };
  const over = later(push.at, EXPLAINED_WITHIN_MS);
  if (over > now) return { push, waits: over, learned: [] };
  if (memory.arrivals.merges.some(({ commit }) => commit === push.after))
    return { push, deviation: deviationOf(push, known) };
  return askedOnce(push, push.after, known);
}

/** Whether this very push was cleared already, and not another one to the same commit. */
const wasCleared = ({ before, after, at }: Push, { deviations }: Known): boolean =>
  deviations.some(
    ({ standing: { push }, closed }) =>
      closed !== null && push?.before === before && push.after === after && push.at === at,
  );

/** Whether GitHub knows of a merge that it did not tell us. */
function askedOnce(push: Push, after: Sha, known: Known): Came {
  const { now, read, subject } = known;
  const want = { want: "brought-by", commit: after } as const;
  const brought = answerTo(read, want);
  if (brought === undefined) return { push, lacks: [want] };
  if (!brought.known) return { push, waits: brought.retryAt, learned: [] };
  const wants = brought.value
    .filter(({ merged, base }) => merged && base === subject.branch)
    .map(({ number }) => ({ want: "pull", number }) as const);
  const pulls = wants.map((each) => answerTo(read, each));
  const lacks = wants.filter((_, place) => pulls[place] === undefined);
  if (lacks.length > 0) return { push, lacks };
  const unknown = pulls.find((pull) => pull?.known === false);
  if (unknown?.known === false) return { push, waits: unknown.retryAt, learned: [] };
  const learned = pulls.flatMap((pull) =>
    pull?.known === true && pull.value.mergedAs?.commit === after
      ? [{ number: pull.value.number, ...pull.value.mergedAs }]
      : [],
  );
  if (learned.length === 0) return { push, deviation: deviationOf(push, known) };
  return { push, waits: now, learned };
}

const deviationOf = (push: Push, { subject, memory, now }: Known): StandingOf<"deviation"> =>
  pastGates(push, {
    repository: subject.repository,
    stage: subject.branch,
    merged: memory.arrivals.merges.find(({ commit }) => commit === push.after)?.number ?? null,
    now,
  });

/** What a push is that came past the gates. @param merged the pull request by whose merge it came, though that had not passed; null: none. */
export function pastGates(
  push: Push,
  {
    repository,
    stage,
    merged,
    now,
  }: {
    readonly repository: RepositoryId;
    readonly stage: Branch;
    readonly merged: number | null;
    readonly now: Instant;
  },
): StandingOf<"deviation"> {
  return {
    kind: "deviation",
    key: deviationKey(repository, stage, push),
    by: push.by && { id: push.by.id, login: push.by.login },
    at: now,
    because: sentenceOf(push, stage, merged),
    repository,
    stage,
    push,
    ...(merged !== null && push.how === "push" && { merged }),
  };
}

const openOf = ({ deviations, subject }: Known, push: Push, because: string): readonly Closing[] =>
  deviations
    .filter(
      ({ standing, closed }) =>
        closed === null && standing.key === deviationKey(subject.repository, subject.branch, push),
    )
    .map(({ standing: { key } }) => ({ key, because }));

const NOTHING = { opened: [], entries: [], nudges: [], forget: [], lookAgainAt: null } as const;

/** What follows for the ledger, the issues, and those who wait for it. */
function ended(
  known: Known,
  arrivals: Arrivals,
  closed: readonly Closing[],
  {
    opened,
    entries,
    nudges,
    forget,
    lookAgainAt,
  }: {
    readonly opened: readonly StandingOf<"deviation">[];
    readonly entries: readonly Entry[];
    readonly nudges: readonly Nudge[];
    readonly forget: readonly Slot[];
    readonly lookAgainAt: Instant | null;
  } = NOTHING,
): Settled {
  const { subject, component, deviations } = known;
  const { touched, ...memory } = known.memory;
  const about = subjectKey(subject);
  const after: readonly KnownDeviation[] = [
    ...deviations
      .filter(({ standing }) => !opened.some(({ key }) => key === standing.key))
      .map((one) => ({ ...one, closed: closed.find(({ key }) => key === one.standing.key)?.because ?? one.closed })),
    ...opened.map((standing) => ({
      standing,
      closed: null,
      slot: deviations.find((one) => one.standing.key === standing.key)?.slot ?? null,
    })),
  ];
  const reports = after.map((deviation) => reported(deviation, known));
  const effects = reports.flatMap((report) => report.effects);
  const all = [
    ...entries,
    ...closed.map(({ key, because }) => closes(about, "app", key, because)),
    ...(effects.length > 0
      ? [{ what: "reported", actor: "app", about, says: { issues: effects.map(({ slot }) => slot) } } as const]
      : []),
  ];
  const next = component.config.policy.stages[component.config.policy.stages.indexOf(subject.branch) + 1];
  const changed = canonical(memory.arrivals as unknown as Json) !== canonical(arrivals as unknown as Json);
  return {
    memory: changed ? { ...memory, arrivals } : memory,
    changed: changed || touched !== undefined,
    because: opened[0] === undefined ? null : `${opened[0].because}.`,
    entries: all,
    effects,
    nudges: [
      ...nudges,
      ...(next !== undefined && (changed || closed.length > 0)
        ? [{ priority: "bulk", openPulls: { repository: subject.repository, base: next } } as const]
        : []),
    ],
    forget,
    lookAgainAt: reports.map(({ retryAt }) => retryAt).reduce(earlier, lookAgainAt),
  };
}

/** The issue that reports a deviation, as it is to be: open, or closed where it was once made. */
function reported(deviation: KnownDeviation, { subject, component, now }: Known): ReturnType<typeof unlessThere> {
  const { standing, closed, slot } = deviation;
  const written = slot?.written ?? null;
  if (closed !== null && written === null) return { effects: [], retryAt: null, refused: null };
  const content = issueOf(standing, closed);
  return unlessThere(
    {
      does: "set",
      thing: "issue",
      slot: issueSlot(subject.repository, standing.key),
      fingerprint: digestOf(canonical(content)),
      repository: subject.repository,
      name: component.name,
      ...content,
      over: written,
    },
    slot,
    now,
  );
}

const numbered = (numbers: readonly number[]) => numbers.map((number) => `#${number}`).join(", ");

function entryOf(
  about: string,
  came: { readonly push: Push } & ({ readonly explainedBy: readonly number[] } | { readonly trusted: true }),
): Entry {
  const { before, after, by } = came.push;
  return {
    what: "push",
    actor: by?.login ?? "app",
    about,
    says: { before, after, ...("trusted" in came ? { trusted: true } : { explainedBy: came.explainedBy }) },
  };
}
