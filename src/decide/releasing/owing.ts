import { isEnforced } from "../../flow/component.ts";
import type { Need, Policy } from "../../flow/config.ts";
import { after } from "../../flow/duration.ts";
import { type Effect, issueSlot } from "../../flow/effect.ts";
import type { KnownOwed, PullKnown, Want } from "../../flow/facts.ts";
import type { House } from "../../flow/house.ts";
import { canonical, closes, digestOf, type Entry, opens } from "../../flow/ledger.ts";
import { type Look, looking, type Missing } from "../../flow/looking.ts";
import type { ComponentMemory, PullMemory } from "../../flow/memory.ts";
import type { Instant, Person } from "../../flow/names.ts";
import { owedKey, owedOf, owedWords, REVIEWERS } from "../../flow/owed.ts";
import { approvalsIn, barredFrom, filled, type Holders, holdersOf } from "../../flow/roles.ts";
import { type OwedThing, openedFor, type StandingOf } from "../../flow/standing.ts";
import { type Nudge, subjectKey } from "../../flow/subject.ts";
import { isPassed } from "../../flow/verdict.ts";
import { hotfixNeeds } from "../../gates/approvals.ts";
import { openIn, REHEARSED } from "../../release/progress.ts";
import { owedIssue } from "../../report/owed.ts";
import { earlier, unlessThere } from "../answer.ts";
import type { At } from "../promoting/promotion.ts";
import { type Walks, walksOn } from "../pull/execution.ts";
import { hotfixOrRollback } from "./withdrawing.ts";

/** What a merged hotfix owes, and what is written of that. */
type Owing = {
  readonly entries: readonly Entry[];
  readonly effects: readonly Effect[];
  readonly nudges: readonly Nudge[];
  readonly lookAgainAt: Instant | null;
};
const NOTHING_OWED: Owing = { entries: [], effects: [], nudges: [], lookAgainAt: null };

/**
 * A hotfix that went out as it had passed owes what a release would have had before: an approval each of engineering and
 * quality, as far as the config names them, and, but for a rollback, the rehearsal of its run-book. What it has already is not
 * owed; what it gets later settles that. One issue tells of it until nothing is owed any more. SPEC.md 7.
 */
export function owing(
  known: PullKnown,
  pull: PullMemory,
  component: ComponentMemory,
  house: House,
): Owing | { readonly lacks: readonly Want[] } {
  const { owed, now } = known;
  const { policy } = component.config;
  const isNew = lands(known, pull, component);
  if (!isNew && owed.all.length === 0) return NOTHING_OWED;
  const open = isNew
    ? owable(known, policy)
    : owed.all.flatMap(({ standing, closed }) => (closed === null ? [standing] : []));
  const look = looking(known.read);
  const given = approvalsFor(open, { known, pull, policy, look });
  const walks = open.some(({ what }) => what === "hotfix-rehearsal")
    ? walksOn(known, pull, component, house, null)
    : null;
  const missing = look.missing();
  const lacks = [missing, walks].flatMap((part) => (part !== null && "lacks" in part ? part.lacks : []));
  if (lacks.length > 0 || (walks !== null && "lacks" in walks)) return { lacks };

  const settled = (thing: OwedThing) => settledBy(thing, { given, walks, isNew });
  const all: KnownOwed["all"] = isNew
    ? open
        .filter((thing) => settled(thing) === null)
        .map((thing) => ({ standing: begun(thing, known, pull, policy), closed: null }))
    : owed.all.map(({ standing, closed }) => ({ standing, closed: closed ?? settled(standing) }));
  if (all.length === 0) return NOTHING_OWED;

  const moved = [...(isNew ? openings(all, known) : []), ...settlements(all, known), ...numbered(all, known)];
  const write = given === null ? NOT_WRITTEN : told(all, given, { known, pull, component });
  return {
    entries: [...moved, ...(write.effects.length > 0 ? [reported(known, write.effects)] : [])],
    effects: write.effects,
    // A release may be held by it, or not any more.
    nudges:
      moved.length === 0
        ? []
        : [{ priority: "bulk", openPulls: { repository: known.subject.repository, base: pull.base } }],
    lookAgainAt: [
      write.retryAt,
      ...[missing, walks].map((part) => (part !== null && "retryAt" in part ? part.retryAt : null)),
      // Once more before it holds anything: GitHub may not have told of an approval.
      ...all.map(({ standing: { due }, closed }) => (closed === null && due > now ? due : null)),
    ].reduce(earlier, null),
  };
}

/**
 * What a hotfix would owe were it merged with what it has.
 *
 * @param walks through its run-book; null: it has none that can be walked, and must have one first where the config asks for it.
 */
export function wouldOwe(
  { known, pull, component }: Pick<At, "known" | "pull" | "component">,
  walks: Walks | null,
): { readonly owes: readonly OwedThing[] } | Missing {
  const { policy } = component.config;
  const open = owable(known, policy);
  const look = looking(known.read);
  const given = approvalsFor(open, { known, pull, policy, look });
  const isLinkedFirst = walks === null && policy.runBook.required;
  const owes = open.filter(
    (thing) =>
      (isLinkedFirst && thing.what === "hotfix-rehearsal") || settledBy(thing, { given, walks, isNew: true }) === null,
  );
  return look.missing() ?? { owes };
}

/** What settles one thing that is owed, without a full stop; null: nothing does yet. */
function settledBy(
  thing: OwedThing,
  {
    given,
    walks,
    isNew,
  }: { readonly given: Given | null; readonly walks: Parameters<typeof rehearsed>[0]; readonly isNew: boolean },
): string | null {
  if (thing.what === "hotfix-rehearsal") return rehearsed(walks, isNew);
  const by = given?.get(thing.role)?.by;
  return by ? `${by.login} approved it` : null;
}

/** Whether it is only now that a hotfix is known to have gone out as it had passed: `landing` puts that on record with this. */
function lands({ standing, subject, verdict }: PullKnown, pull: PullMemory, { config: { policy } }: ComponentMemory) {
  return (
    verdict?.lane === "hotfix" &&
    pull.base === policy.stages.at(-1) &&
    isPassed(verdict, pull.head.sha, pull.base) &&
    isEnforced(policy) &&
    !standing.some((one) => one.kind === "landed" && one.number === subject.number)
  );
}

/** A rollback goes back to what was rehearsed for its own release, and staging runs later files than that. */
const owable = (known: PullKnown, { roles }: Policy): readonly OwedThing[] => [
  ...REVIEWERS.filter((role) => roles[role] !== null).map((role) => ({ what: "hotfix-review", role }) as const),
  ...(hotfixOrRollback(known) === "hotfix" ? [{ what: "hotfix-rehearsal" } as const] : []),
];

function begun(thing: OwedThing, known: PullKnown, pull: PullMemory, policy: Policy): StandingOf<"owed"> {
  const { repository, number } = known.subject;
  return {
    ...thing,
    kind: "owed",
    key: owedKey(repository, number, thing),
    by: null,
    at: pull.asOf,
    because: `#${number} went out as a ${hotfixOrRollback(known)} without ${owedWords([thing])}`,
    repository,
    number,
    due: after(pull.asOf, policy.hotfix.reviewWithin),
    issue: null,
  };
}

/** For each role that owes an approval who gave it, and who could. */
type Given = ReadonlyMap<Need, { readonly by: Person | null; readonly could: readonly Person[] }>;

/**
 * The approvals of the head that was merged. Whoever approved it so that it could be merged filled a role by that, and fills
 * another one only where the config allows that.
 *
 * @returns null while something was not read; `look` knows what.
 */
function approvalsFor(
  open: readonly OwedThing[],
  {
    known: { subject, verdict, standing },
    pull,
    policy,
    look,
  }: { readonly known: PullKnown; readonly pull: PullMemory; readonly policy: Policy; readonly look: Look },
): Given | null {
  const roles = open.flatMap((one) => (one.what === "hotfix-review" ? [one.role] : []));
  if (roles.length === 0) return new Map();
  const outcomes = new Map(verdict?.findings.map(({ gate, outcome }) => [gate, outcome]));
  const asked =
    outcomes.get("approvals") === "passed" ? hotfixNeeds(policy, pull.base, outcomes.get("flow") === "overridden") : [];
  // What was given before fills its role still.
  const reviewers = REVIEWERS.filter((role) => policy.roles[role] !== null || roles.includes(role));
  const needs: readonly Need[] = [...asked, ...reviewers.filter((role) => !asked.includes(role))];
  const reviews = look.at({ want: "reviews", number: subject.number });
  const barred = barredFrom(pull, policy, look, openedFor(standing, subject.number));
  const holders = needs.map((need) => holdersOf(need, policy, look));
  if (reviews === null || barred === null || look.missing() !== null) return null;

  const approved = new Set(
    approvalsIn(reviews, barred)
      .filter(({ commit }) => commit === pull.head.sha)
      .map(({ by }) => by.id),
  );
  const free = (holders as readonly Holders[]).map(({ people }) => people.filter(({ id }) => !barred.has(id)));
  const by = filled(
    free.map((people) => people.filter(({ id }) => approved.has(id))),
    policy,
  );
  return new Map(
    free.map((people, place) => [
      needs[place] as Need,
      { by: by[place] ?? null, could: people.filter(({ id }) => !approved.has(id)) },
    ]),
  );
}

/** That its rehearsal is done; null: it is not, or that could not be found out. One without a run-book has none to do. */
function rehearsed(walks: Walks | { readonly retryAt: Instant } | null, isNew: boolean): string | null {
  if (walks === null) return isNew ? "it has no run-book" : null;
  if ("retryAt" in walks || openIn(walks.rehearsal, REHEARSED).length > 0) return null;
  return "its run-book was walked through there";
}

const openings = (all: KnownOwed["all"], { subject }: PullKnown): readonly Entry[] =>
  all.map(({ standing }) => ({ ...opens(subjectKey(subject), standing), actor: "app" }));

const settlements = (all: KnownOwed["all"], { subject, owed }: PullKnown): readonly Entry[] =>
  all.flatMap(({ standing, closed }, place) =>
    closed !== null && owed.all[place]?.closed === null
      ? [closes(subjectKey(subject), "app", standing.key, closed)]
      : [],
  );

/** Once its issue is there, whoever is held by it is told its number. */
function numbered(all: KnownOwed["all"], { subject, owed }: PullKnown): readonly Entry[] {
  const issue = owed.slot?.written?.id ?? null;
  return all.flatMap(({ standing, closed }): readonly Entry[] =>
    closed !== null || issue === null || standing.issue === issue
      ? []
      : [{ ...opens(subjectKey(subject), { ...standing, issue }), actor: "app" }],
  );
}

const NOT_WRITTEN = { effects: [], retryAt: null } as const;

/** Its issue as it is to be. */
function told(
  all: KnownOwed["all"],
  given: Given,
  {
    known,
    pull,
    component,
  }: { readonly known: PullKnown; readonly pull: PullMemory; readonly component: ComponentMemory },
): { readonly effects: readonly Effect[]; readonly retryAt: Instant | null } {
  const { subject, owed, now } = known;
  const { repository, number } = subject;
  const written = owed.slot?.written ?? null;
  if (written === null && all.every(({ closed }) => closed !== null)) return NOT_WRITTEN;
  const [{ standing }] = all as readonly [KnownOwed["all"][number]];
  const content = owedIssue({
    number,
    is: hotfixOrRollback(known),
    base: pull.base,
    merged: standing.at,
    due: standing.due,
    now,
    severalRoles: component.config.policy.severalRoles,
    things: all.map(({ standing: thing, closed }) => ({
      thing,
      closed,
      could: (thing.what === "hotfix-review" && given.get(thing.role)?.could) || [],
    })),
    mark: `<!-- flowgate:owed ${owedOf(repository, number)} -->`,
  });
  const effect: Effect = {
    does: "set",
    thing: "issue",
    slot: issueSlot(repository, owedOf(repository, number)),
    fingerprint: digestOf(canonical(content)),
    repository,
    name: component.name,
    ...content,
    over: written,
  };
  return unlessThere(effect, owed.slot, now);
}

const reported = ({ subject }: PullKnown, effects: readonly Effect[]): Entry => ({
  what: "reported",
  actor: "app",
  about: subjectKey(subject),
  says: { issues: effects.map(({ slot }) => slot) },
});
