import type { Policy } from "../../flow/config.ts";
import { type Effect, reviewersSlot } from "../../flow/effect.ts";
import { closes, digestOf, type Entry, opens } from "../../flow/ledger.ts";
import { looking } from "../../flow/looking.ts";
import type { Branch } from "../../flow/names.ts";
import { noAccess, notAskedOf } from "../../flow/no-access.ts";
import { type Reviewers, reviewersFor } from "../../flow/roles.ts";
import type { StandingOf } from "../../flow/standing.ts";
import { subjectKey } from "../../flow/subject.ts";
import { type At, ended, goesOn, NOTHING_PROMOTED, type Promotion, type Step } from "./promotion.ts";

type Unasked = StandingOf<"unasked">;

/**
 * What was opened has those asked to review it whose approvals it needs, and then it is the answer.
 *
 * One team without access has GitHub ask nobody at all, so then the others are asked alone. The board says so while that is so,
 * and the answer once, where it was found: who promotes the next one cannot change it.
 */
export function withReviewers(
  at: At,
  { number, into, says }: { readonly number: number; readonly into: Branch; readonly says: string },
): Step {
  const { known, component, promotion } = at;
  const { subject, reviewers: slot, standing } = known;
  const { name } = component;
  const owner = name.split("/")[0] as string;
  const teamOf = (slug: string) => `@${owner}/${slug}`;
  const before = standing.filter((one): one is Unasked => one.kind === "unasked");
  const end = (told: readonly Entry[], stand: readonly Unasked[], refused: string | null = null): Step => {
    const found = stand.filter((one) => one.number === subject.number).map(({ team }) => team);
    const news = found.length === 0 ? [] : [notAskedOf(found, name)];
    const no = refused === null ? [] : [`Nobody could be asked to review it. ${refused}`];
    const last = ended(at, "done", [says, ...news, ...no].join(" "));
    return { ...last, entries: [...last.entries, ...told, onWord(promotion, number)] };
  };
  if (slot?.written && before.length === 0) return end([], before);

  const { policy } = component.config;
  const look = looking(known.read);
  const asked = reviewersFor(policy.approvals[into] ?? [], policy, { owner, but: promotion.request.by }, look);
  const missing = look.missing();
  if (missing !== null) return "lacks" in missing ? missing : { ...NOTHING_PROMOTED, lookAgainAt: missing.retryAt };
  const all = asked as Reviewers;
  const close = (because: (team: string) => string) => (one: Unasked) =>
    closes(subjectKey(subject), "app", one.key, because(one.team));
  const hasAccess = close((team) => `${team} has access to ${name} by now`);
  const gone = before
    .filter(({ team }) => !isNamed(team, policy))
    .map(close((team) => `no role names ${team} any more`));
  if (slot?.written) {
    // Had one of them no access, GitHub would have taken none.
    const isWhole = slot.written.fingerprint === fingerprintOf(number, all);
    const back = isWhole ? before.filter(({ team }) => all.teams.map(teamOf).includes(team)) : [];
    return end([...gone, ...back.map(hasAccess)], before);
  }
  if (isEmpty(all)) return end(gone, []);
  if (!slot?.refused) return asking(at, number, all);
  if (all.teams.length === 0) return end(gone, [], slot.refused.because);

  const access = looking(known.read);
  const teams = all.teams.map((slug) => ({ slug, has: access.at({ want: "team-access", team: teamOf(slug) }) }));
  const unread = access.missing();
  if (unread !== null && "lacks" in unread) return unread;
  const rest = { people: all.people, teams: teams.flatMap(({ slug, has }) => (has === false ? [] : [slug])) };
  const found = teams
    .filter(({ has }) => has === false)
    .map(({ slug }) => unasked(at, teamOf(slug)))
    .filter(({ key }) => !before.some((one) => one.key === key));
  const back = before.filter(({ team }) => teams.some(({ slug, has }) => has === true && teamOf(slug) === team));
  const told = [...gone, ...found.map((one) => opens(subjectKey(subject), one)), ...back.map(hasAccess)];
  const stand = [...before, ...found];
  if (rest.teams.length === all.teams.length || slot.refused.fingerprint === fingerprintOf(number, rest))
    return end(told, stand, slot.refused.because);
  return isEmpty(rest) ? end(told, stand) : asking(at, number, rest, told);
}

const isNamed = (team: string, { roles }: Policy): boolean =>
  Object.values(roles).some((named) => named?.some((one) => one.toLowerCase() === team.toLowerCase()));
const isEmpty = ({ people, teams }: Reviewers): boolean => people.length + teams.length === 0;
const fingerprintOf = (number: number, { people, teams }: Reviewers) =>
  digestOf([number, ...people, ...teams].join(" "));

function asking(
  { known, component, promotion }: At,
  number: number,
  reviewers: Reviewers,
  told: readonly Entry[] = [],
): Step {
  const { repository, number: own } = known.subject;
  const effect: Effect = {
    does: "set",
    thing: "reviewers",
    slot: reviewersSlot(repository, own),
    fingerprint: fingerprintOf(number, reviewers),
    repository,
    name: component.name,
    number,
    ...reviewers,
  };
  return {
    ...NOTHING_PROMOTED,
    effects: [effect],
    entries: [...told, goesOn(known, promotion, `asks for reviews of #${number}`)],
  };
}

const unasked = ({ known: { subject, now }, component: { name } }: At, team: string): Unasked => ({
  kind: "unasked",
  key: `unasked:${subject.repository}:${team}`,
  by: null,
  at: now,
  because: noAccess(team, name),
  repository: subject.repository,
  team,
  number: subject.number,
});

/** Whoever said `/promote` does not approve what we opened because of it. */
function onWord({ repository, request }: Promotion, number: number): Entry {
  const standing = {
    kind: "on-word",
    key: `on-word:${repository}:${number}`,
    by: request.by,
    at: request.at,
    because: "`/promote` had it opened",
    repository,
    number,
  } as const;
  return opens(subjectKey({ kind: "pull", repository, number }), standing);
}
