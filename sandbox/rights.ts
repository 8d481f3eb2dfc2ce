import type { Actor } from "./actor.ts";
import type { Github } from "./github.ts";
import { type App, type Permissions, type Repository, type Role, roles } from "./model.ts";
import { done, notFound, type Outcome, refused } from "./outcome.ts";

/** True when `role` may do all that `needed` may. */
export function atLeast(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

/** GitHub's four old words for a role. */
export function oldWordFor(role: Role): string {
  return { admin: "admin", maintain: "write", write: "write", triage: "read", read: "read", none: "none" }[role];
}

/** True when the account owns the organisation. */
export function isOwner(github: Github, accountId: number, organisationId: number): boolean {
  return github.find
    .membershipsOf(organisationId)
    .some((membership) => membership.userId === accountId && membership.role === "admin");
}

/** The strongest role a person has on a repository; a public one everybody may read. */
export function roleOf(github: Github, accountId: number, repository: Repository): Role {
  const granted = grantedRole(github, accountId, repository);
  return granted === "none" && !repository.private ? "read" : granted;
}

/** The strongest role a person was given on a repository, by themselves, a team or the organisation. */
export function grantedRole(github: Github, accountId: number, repository: Repository): Role {
  if (repository.ownerId === accountId || isOwner(github, accountId, repository.ownerId)) return "admin";
  const granted = repository.collaborators.filter((one) => one.userId === accountId).map((one) => one.role);
  for (const { teamId, role } of repository.teams) if (inTeam(github, accountId, teamId)) granted.push(role);
  const member = github.find.membershipsOf(repository.ownerId).some((one) => one.userId === accountId);
  if (member) granted.push("read");
  return granted.reduce((best, role) => (atLeast(role, best) ? role : best), "none" as Role);
}

/** True when the person is in the team or in a team below it. */
export function inTeam(github: Github, accountId: number, teamId: number): boolean {
  const team = github.state.teams.get(teamId);
  if (!team) return false;
  if (team.members.some((member) => member.userId === accountId)) return true;
  return github.find
    .teamsOf(team.organisationId)
    .some((child) => child.parentId === teamId && inTeam(github, accountId, child.id));
}

/** True when an installation reaches the repository. */
export function covers(github: Github, by: Actor, repository: Repository): boolean {
  if (!by.installation) return false;
  const installation = github.state.installations.get(by.installation.id);
  if (!installation || installation.accountId !== repository.ownerId) return false;
  if (by.repositoryIds !== null && !by.repositoryIds.includes(repository.id)) return false;
  return installation.repositorySelection === "all" || installation.repositoryIds.includes(repository.id);
}

/** What an App that acts for a person may do in the repository by itself; null where it is not installed. */
export function lentBy(github: Github, app: App, repository: Repository): Permissions | null {
  const installation = github.find
    .installationsOf(repository.ownerId)
    .find((one) => one.appId === app.id && one.suspendedAt === null);
  if (installation === undefined) return null;
  const reaches = installation.repositorySelection === "all" || installation.repositoryIds.includes(repository.id);
  return reaches ? installation.permissions : null;
}

/** Done when the person has at least this role; 404 when they may not even see it, else 403. Bots are judged by their token, in REST. */
export function requireRole(github: Github, by: Actor, repository: Repository, role: Role): Outcome<null> {
  const current = github.state.repositories.get(repository.id);
  if (!current) return notFound;
  if (by.installation) return covers(github, by, current) ? done(null) : notFound;
  const has = roleOf(github, by.account.id, current);
  if (atLeast(has, role)) return done(null);
  if (has === "none") return notFound;
  return refused(
    403,
    role === "admin" ? "Must have admin rights to Repository." : "Must have write access to this repository.",
  );
}

/** True when what `by` may do includes writing to branches of the repository. */
export function mayPush(github: Github, by: Actor, repository: Repository): boolean {
  if (by.installation) return covers(github, by, repository) && by.permissions?.["contents"] === "write";
  if (by.via && lentBy(github, by.via, repository)?.["contents"] !== "write") return false;
  return atLeast(roleOf(github, by.account.id, repository), "write");
}

/** Whether `by` may read the repository; null: somebody who did not say who they are. */
export function maySee(github: Github, by: Actor | null, repository: Repository): boolean {
  if (by === null) return !repository.private;
  if (by.via && repository.private && lentBy(github, by.via, repository) === null) return false;
  return by.installation ? covers(github, by, repository) : atLeast(roleOf(github, by.account.id, repository), "read");
}
