import type { Actor } from "./actor.ts";
import type { Github } from "./github.ts";
import type { Account, Pull, Repository, Team } from "./model.ts";
import { done, notFound, type Outcome, refused } from "./outcome.ts";
import { presentAccount, presentTeam } from "./present/accounts.ts";
import { announcePull } from "./pull-events.ts";
import { grantedRole, requireRole } from "./rights.ts";

/** Whom a review is asked of, or no longer. Teams by their slug. */
export type Reviewers = { readonly reviewers: readonly string[]; readonly teams: readonly string[] };

type Asked = { readonly people: readonly Account[]; readonly teams: readonly Team[] };

/** Whether a team, or one above it, was let into the repository. */
export function hasAccess(github: Github, repository: Repository, team: Team): boolean {
  if (repository.teams.some(({ teamId, role }) => teamId === team.id && role !== "none")) return true;
  const above = github.state.teams.get(team.parentId ?? -1);
  return above !== undefined && hasAccess(github, repository, above);
}

/** Those named, as far as they may see the repository; null when one of them may not, or is nobody. */
function found(github: Github, repository: Repository, { reviewers, teams }: Reviewers): Asked | null {
  const people = reviewers.map((login) => github.account(login));
  const groups = teams.map((slug) => github.find.teamsOf(repository.ownerId).find((one) => one.slug === slug));
  const known = people.filter((one) => one?.type === "User" && grantedRole(github, one.id, repository) !== "none");
  const entitled = groups.filter((one) => one && hasAccess(github, repository, one));
  if (known.length < people.length || entitled.length < groups.length) return null;
  return { people: known.flatMap((one) => one ?? []), teams: entitled.flatMap((one) => one ?? []) };
}

/** The pull request for those who may ask for its review. */
function pullFor(github: Github, by: Actor, repository: Repository, number: number): Outcome<Pull> {
  const seen = requireRole(github, by, repository, "read");
  if (!seen.done) return seen;
  const pull = github.find.pull(repository.id, number);
  if (!pull) return notFound;
  const allowed = requireRole(github, by, repository, "triage");
  return allowed.done ? done(pull) : allowed;
}

/** Asks people and teams for a review; whoever was asked already is not told again. */
export async function requestReviews(
  github: Github,
  by: Actor,
  repository: Repository,
  number: number,
  asked: Reviewers,
): Promise<Outcome<Pull>> {
  return github.exclusively<Outcome<Pull>>(repository.id, async () => {
    const may = pullFor(github, by, repository, number);
    if (!may.done) return may;
    const known = found(github, repository, asked);
    if (!known) {
      const name = github.nameOf(repository);
      return refused(
        422,
        `Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the ${name} repository.`,
      );
    }
    if (known.people.some((one) => one.id === may.value.authorId)) {
      return refused(422, "Review cannot be requested from pull request author.");
    }
    let pull = may.value;
    for (const person of known.people) {
      if (pull.requestedReviewerIds.includes(person.id)) continue;
      const requestedReviewerIds = [...pull.requestedReviewerIds, person.id];
      pull = github.state.pulls.change(pull.id, { requestedReviewerIds, updatedAt: github.time() });
      const requested_reviewer = presentAccount(github, person);
      await announcePull(github, by, pull, "review_requested", { requested_reviewer });
    }
    for (const team of known.teams) {
      const before = pull.requestedTeamIds ?? [];
      if (before.includes(team.id)) continue;
      pull = github.state.pulls.change(pull.id, { requestedTeamIds: [...before, team.id], updatedAt: github.time() });
      await announcePull(github, by, pull, "review_requested", { requested_team: presentTeam(github, team) });
    }
    return done(pull);
  });
}

/** Asks them no longer; whoever was not asked is passed over. */
export async function withdrawRequests(
  github: Github,
  by: Actor,
  repository: Repository,
  number: number,
  { reviewers, teams }: Reviewers,
): Promise<Outcome<Pull>> {
  return github.exclusively<Outcome<Pull>>(repository.id, async () => {
    const may = pullFor(github, by, repository, number);
    if (!may.done) return may;
    let pull = may.value;
    for (const login of reviewers) {
      const person = github.account(login);
      if (!person || !pull.requestedReviewerIds.includes(person.id)) continue;
      const requestedReviewerIds = pull.requestedReviewerIds.filter((id) => id !== person.id);
      pull = github.state.pulls.change(pull.id, { requestedReviewerIds, updatedAt: github.time() });
      const requested_reviewer = presentAccount(github, person);
      await announcePull(github, by, pull, "review_request_removed", { requested_reviewer });
    }
    for (const slug of teams) {
      const team = github.find.teamsOf(repository.ownerId).find((one) => one.slug === slug);
      const before = pull.requestedTeamIds ?? [];
      if (!team || !before.includes(team.id)) continue;
      const requestedTeamIds = before.filter((id) => id !== team.id);
      pull = github.state.pulls.change(pull.id, { requestedTeamIds, updatedAt: github.time() });
      await announcePull(github, by, pull, "review_request_removed", { requested_team: presentTeam(github, team) });
    }
    return done(pull);
  });
}
