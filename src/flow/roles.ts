import { type Need, type Policy, ROLES, type Role } from "./config.ts";
import { type Collaborator, type Review, RIGHTS, type Right } from "./facts.ts";
import type { Look } from "./looking.ts";
import type { PullFacts } from "./memory.ts";
import type { Person } from "./names.ts";
import { listed } from "./words.ts";

/** So many people are named who could approve; a team of a hundred is not a sentence. */
const NAMED = 5;

/** The right that stands for a role which the config gives to nobody. */
const RIGHT_FOR: { readonly [need in Need]: Right } = {
  "release-manager": "maintain",
  operations: "maintain",
  maintainer: "maintain",
  quality: "write",
  engineering: "write",
  writer: "write",
};

/** Who holds a role today: read live, so that who left a team has left its role. */
export type Holders = {
  readonly people: readonly Person[];
  /** Teams that the config names and that are not there, or not visible to the App. */
  readonly strangers: readonly string[];
};

/**
 * Who holds what is needed.
 *
 * A login counts while its owner may at least read the repository; a role that the config gives to nobody is held by
 * whoever has the right that stands for it.
 *
 * @returns null while something was not read; `look` knows what.
 */
export function holdersOf(need: Need, { roles }: Policy, look: Look): Holders | null {
  const named = isRole(need) ? roles[need] : null;
  if (named === null) {
    const all = look.at({ want: "collaborators" });
    return all && { people: withRight(all, RIGHT_FOR[need]), strangers: [] };
  }
  const teams = named.filter(isTeam).map((team) => ({ team, members: look.at({ want: "team", team }) }));
  const all = named.every(isTeam) ? [] : look.at({ want: "collaborators" });
  if (all === null || look.missing() !== null) return null;
  return {
    people: onceEach([...teams.flatMap(({ members }) => members ?? []), ...namedAmong(all, named)]),
    strangers: teams.flatMap(({ team, members }) => (members === null ? [team] : [])),
  };
}

const isTeam = (name: string): boolean => name.includes("/");
const onceEach = (people: readonly Person[]): readonly Person[] => [
  ...new Map(people.map((person) => [person.id, person])).values(),
];
/** Those whose logins are named, while they may at least read. */
function namedAmong(all: readonly Collaborator[], named: readonly string[]): readonly Person[] {
  const logins = named.map((name) => name.replace(/^@/, "").toLowerCase());
  return withRight(all, "read").filter(({ login }) => logins.includes(login.toLowerCase()));
}

/** More are not asked to review: whom everybody asks, nobody answers. */
const MOST_REVIEWERS = 15;

/** Who is asked to review: people by their logins, teams by their slugs. */
export type Reviewers = { readonly people: readonly string[]; readonly teams: readonly string[] };

/**
 * Who is asked to review where that is needed. Teams that the config names are asked as teams; GitHub knows those of the
 * repository's owner only.
 *
 * @param but who is not asked. @returns null while something was not read; `look` knows what.
 */
export function reviewersFor(
  needs: readonly Need[],
  { roles }: Policy,
  { owner, but }: { readonly owner: string; readonly but: Person },
  look: Look,
): Reviewers | null {
  const asked = needs.map((need) => ({ need, named: isRole(need) ? roles[need] : null }));
  const all = asked.every(({ named }) => named?.every(isTeam)) ? [] : look.at({ want: "collaborators" });
  if (all === null) return null;
  const slugs = teamsAsked(needs, { roles }, owner);
  const people = onceEach(
    asked.flatMap(({ need, named }) => (named === null ? withRight(all, RIGHT_FOR[need]) : namedAmong(all, named))),
  ).filter(({ id }) => id !== but.id);
  const first = slugs.slice(0, MOST_REVIEWERS);
  return { teams: first, people: people.slice(0, MOST_REVIEWERS - first.length).map(({ login }) => login) };
}

/** The teams of the owner among whom the config names for it, by their slugs, each once. */
export function teamsAsked(needs: readonly Need[], { roles }: Pick<Policy, "roles">, owner: string): readonly string[] {
  const ours = `@${owner}/`.toLowerCase();
  const named = needs.flatMap((need) => (isRole(need) ? (roles[need] ?? []) : []));
  const teams = named.map((name) => name.toLowerCase()).filter((name) => name.startsWith(ours));
  return [...new Set(teams.map((name) => name.slice(ours.length)))];
}

export const withRight = (all: readonly Collaborator[], least: Right): readonly Person[] =>
  all.filter(({ right }) => RIGHTS.indexOf(right) >= RIGHTS.indexOf(least)).map(({ person }) => person);

/** Whether the config can name people for it; else the right on the repository tells who. */
export const isRole = (need: Need): need is Role => (ROLES as readonly string[]).includes(need);

/** How a need reads for people. */
export const NEED_WORDS: { readonly [need in Need]: string } = {
  "release-manager": "a release manager",
  operations: "operations",
  quality: "quality",
  engineering: "engineering",
  maintainer: "somebody with `maintain` or `admin`",
  writer: "somebody who may write",
};

/**
 * Who fills what: as many needs as can be filled, one need a person (a maximum matching).
 *
 * @param fits for each need the people who could fill it. @returns for each need the one who does, or null.
 */
export function matched(fits: readonly (readonly Person[])[]): readonly (Person | null)[] {
  const filled: (Person | null)[] = fits.map(() => null);
  /** Finds somebody for a need, moving others to another need where that helps. */
  const fill = (need: number, tried: Set<number>): boolean => {
    for (const person of fits[need] as readonly Person[]) {
      if (tried.has(person.id)) continue;
      tried.add(person.id);
      const holds = filled.findIndex((other) => other?.id === person.id);
      if (holds === -1 || fill(holds, tried)) {
        filled[need] = person;
        return true;
      }
    }
    return false;
  };
  fits.forEach((_, need) => {
    fill(need, new Set());
  });
  return filled;
}

/** Who fills what, where the config may let one person fill several. */
export const filled = (
  fits: readonly (readonly Person[])[],
  { severalRoles }: Pick<Policy, "severalRoles">,
): readonly (Person | null)[] => (severalRoles ? fits.map(([first]) => first ?? null) : matched(fits));

/**
 * Who may not approve a pull request: its author, on whose word we opened it and, where its head is no stage, whoever pushed to that.
 *
 * @returns null while something was not read; `look` knows what.
 */
export function barredFrom(
  { author, head }: Pick<PullFacts, "author" | "head">,
  { stages }: Pick<Policy, "stages">,
  look: Look,
  openedFor: readonly Person[],
): ReadonlySet<number> | null {
  const pushers = stages.includes(head.ref) ? [] : look.at({ want: "pushers", branch: head.ref });
  return pushers && new Set([author, ...openedFor, ...pushers].map(({ id }) => id));
}

/** Approvals by people who may give them, of whatever commit. */
export const approvalsIn = (reviews: readonly Review[], barred: ReadonlySet<number>): readonly Review[] =>
  lastWords(reviews).filter(({ by, state }) => state === "approved" && !by.bot && !barred.has(by.id));

/** The last word of each reviewer counts; a comment is no word for or against. */
export function lastWords(reviews: readonly Review[]): readonly Review[] {
  const last = new Map<number, Review>();
  for (const review of reviews) if (review.state !== "commented") last.set(review.by.id, review);
  return [...last.values()];
}

/** Who could be asked, the first of them by name. */
export function names(people: readonly Person[]): string {
  const shown = people.slice(0, NAMED).map(({ login }) => `@${login}`);
  return people.length > NAMED ? `${shown.join(", ")} or ${people.length - NAMED} others` : listed(shown, "or");
}
