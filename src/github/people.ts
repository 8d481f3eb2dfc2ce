import type { Answers } from "../flow/facts.ts";
import type { Branch, Person } from "../flow/names.ts";
import { found, isAbsent, type Outcome } from "./failure.ts";
import * as shapes from "./parse-people.ts";
import type { Read } from "./read.ts";
import { absentOr, type Place, root } from "./repository.ts";

/**
 * The members of a team, with those of its child teams; null where there is no such team.
 *
 * @param team as `@organisation/team`.
 */
export async function membersOf(read: Read, place: Place, team: string): Promise<Outcome<Answers["team"]>> {
  const address = addressOf(team);
  if (address === null) return found(null);
  const outcome = await read.all(place, `${address}/members`, shapes.membersShape);
  return outcome.ok ? found(eachOnce(outcome.value)) : absentOr<Answers["team"]>(read, place, outcome, null);
}

/**
 * Whether a team may see the repository because it, or one above it, was let in. The list of a repository's teams has only
 * those that were let in themselves.
 * https://docs.github.com/rest/teams/teams#check-team-permissions-for-a-repository
 *
 * @param team as `@organisation/team`.
 */
export async function accessOf(read: Read, place: Place, team: string): Promise<Outcome<Answers["team-access"]>> {
  const address = addressOf(team);
  if (address === null) return found(false);
  const outcome = await read.status(place, `${address}${root(place)}`);
  return outcome.ok ? found(true) : absentOr<Answers["team-access"]>(read, place, outcome, false);
}

/** Null: that is no team's name. */
function addressOf(team: string): string | null {
  const [, organisation, slug] = /^@([^/]+)\/([^/]+)$/.exec(team) ?? [];
  return organisation === undefined || slug === undefined
    ? null
    : `/orgs/${encodeURIComponent(organisation)}/teams/${encodeURIComponent(slug)}`;
}

/** Everybody whom GitHub lets into the repository, by whatever way. */
export async function collaboratorsOf(read: Read, place: Place): Promise<Outcome<Answers["collaborators"]>> {
  const outcome = await read.all(place, `${root(place)}/collaborators?affiliation=all`, shapes.collaboratorsShape);
  if (!outcome.ok) return outcome;
  return found([...new Map(outcome.value.map((one) => [one.person.id, one])).values()]);
}

/**
 * Who ever pushed to a branch of this name, or merged into it, in a branch deleted since too.
 * https://docs.github.com/rest/repos/repos#list-repository-activities
 */
export async function pushersTo(read: Read, place: Place, branch: Branch): Promise<Outcome<Answers["pushers"]>> {
  const address = `${root(place)}/activity?ref=${encodeURIComponent(`refs/heads/${branch}`)}`;
  const outcome = await read.following(place, address, shapes.activitiesShape);
  return outcome.ok ? found(eachOnce(outcome.value.filter((person) => person !== null))) : outcome;
}

/**
 * The name that somebody gave; null where there is none, or where somebody else has their login by now.
 * https://docs.github.com/rest/users/users#get-a-user
 */
export async function userAt(
  read: Read,
  place: Place,
  { id, login }: { readonly id: number; readonly login: string },
): Promise<Outcome<Answers["user"]>> {
  const outcome = await read.one(place, `/users/${encodeURIComponent(login)}`, shapes.userShape);
  if (isAbsent(outcome)) return found({ name: null });
  return outcome.ok ? found({ name: outcome.value.id === id ? outcome.value.name : null }) : outcome;
}

const eachOnce = (people: readonly Person[]): readonly Person[] => [
  ...new Map(people.map((person) => [person.id, person])).values(),
];
