import type { Actor } from "./actor.ts";
import { announceOrganisation } from "./events.ts";
import type { Github } from "./github.ts";
import type { Account, Repository, Role, Team } from "./model.ts";
import { done, invalid, notFound, type Outcome, refused } from "./outcome.ts";
import { presentAccount, presentOrganisation, presentTeam } from "./present/accounts.ts";
import { presentRepository } from "./present/repositories.ts";
import { isOwner } from "./rights.ts";

/** The name of a team in addresses and mentions. */
export const slugOf = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, "-");

/** The people of a team and of all teams below it, each once. */
export function membersOf(github: Github, team: Team): readonly Account[] {
  const below = github.find.teamsOf(team.organisationId).filter((one) => one.parentId === team.id);
  const own = team.members.flatMap(({ userId }) => github.state.accounts.get(userId) ?? []);
  return [...new Set([...own, ...below.flatMap((child) => membersOf(github, child))])];
}

/** Whether somebody may see the teams of an organisation: its members, and Apps that it installed. */
export function seesTeams(github: Github, by: Actor, organisationId: number): boolean {
  if (by.installation) return by.installation.accountId === organisationId;
  return github.find.membershipsOf(organisationId).some((one) => one.userId === by.account.id);
}

function requireOwner(github: Github, by: Actor, organisationId: number): Outcome<null> {
  if (!seesTeams(github, by, organisationId)) return notFound;
  if (by.installation || isOwner(github, by.account.id, organisationId)) return done(null);
  return refused(403, "You must be an admin of this organization.");
}

/** Owners change any team, its maintainers their own. */
function requireMaintainer(github: Github, by: Actor, team: Team): Outcome<null> {
  const maintains = team.members.some((one) => one.userId === by.account.id && one.role === "maintainer");
  return maintains ? done(null) : requireOwner(github, by, team.organisationId);
}

/** Makes a team; `parentId` puts it below another. */
export function makeTeam(
  github: Github,
  by: Actor,
  organisation: Account,
  input: { readonly name: string; readonly parentId?: number | null | undefined },
): Outcome<Team> {
  const allowed = requireOwner(github, by, organisation.id);
  if (!allowed.done) return allowed;
  const slug = slugOf(input.name);
  const teams = github.find.teamsOf(organisation.id);
  if (teams.some((one) => one.slug === slug)) {
    return invalid({
      resource: "Team",
      code: "unprocessable",
      field: "data",
      message: "Name must be unique for this org",
    });
  }
  const parentId = input.parentId ?? null;
  if (parentId !== null && !teams.some((one) => one.id === parentId)) return notFound;
  const team = github.state.teams.put({
    id: github.state.nextId(),
    organisationId: organisation.id,
    name: input.name,
    slug,
    parentId,
    members: [],
  });
  tellOfTeam(github, by, team, "created");
  return done(team);
}

/** Deletes a team with the teams below it, and what it was given. */
export function deleteTeam(github: Github, by: Actor, team: Team): Outcome<null> {
  const allowed = requireOwner(github, by, team.organisationId);
  if (!allowed.done) return allowed;
  for (const child of github.find.teamsOf(team.organisationId)) {
    if (child.parentId === team.id) deleteTeam(github, by, child);
  }
  tellOfTeam(github, by, team, "deleted");
  for (const repository of github.find.repositoriesOf(team.organisationId)) {
    const teams = repository.teams.filter((one) => one.teamId !== team.id);
    if (teams.length < repository.teams.length) github.state.repositories.change(repository.id, { teams });
  }
  for (const pull of github.state.pulls.all()) {
    const requestedTeamIds = pull.requestedTeamIds?.filter((id) => id !== team.id);
    if (requestedTeamIds?.length !== pull.requestedTeamIds?.length)
      github.state.pulls.change(pull.id, { requestedTeamIds: requestedTeamIds ?? [] });
  }
  github.state.teams.remove(team.id);
  return done(null);
}

/** Puts a member of the organisation into a team. */
export function addTeamMember(
  github: Github,
  by: Actor,
  team: Team,
  login: string,
  role: "member" | "maintainer",
): Outcome<Team> {
  const allowed = requireMaintainer(github, by, team);
  if (!allowed.done) return allowed;
  const account = github.account(login);
  if (account?.type !== "User") return notFound;
  // GitHub would invite them by mail.
  if (!github.find.membershipsOf(team.organisationId).some((one) => one.userId === account.id)) {
    return refused(422, `${login} is no member of the organization, and this GitHub sends no invitations.`);
  }
  const there = team.members.some((one) => one.userId === account.id);
  const others = team.members.filter((one) => one.userId !== account.id);
  const changed = github.state.teams.change(team.id, { members: [...others, { userId: account.id, role }] });
  if (!there) tellOfMember(github, by, changed, account, "added");
  return done(changed);
}

/** Takes somebody out of a team; anybody may leave. */
export function removeTeamMember(github: Github, by: Actor, team: Team, login: string): Outcome<null> {
  const account = github.account(login);
  const allowed = account?.id === by.account.id ? done(null) : requireMaintainer(github, by, team);
  if (!allowed.done) return allowed;
  if (!account || !team.members.some((one) => one.userId === account.id)) return notFound;
  const members = team.members.filter((one) => one.userId !== account.id);
  tellOfMember(github, by, github.state.teams.change(team.id, { members }), account, "removed");
  return done(null);
}

/** Takes somebody out of the organisation, and so out of all its teams and what they were given themselves. */
export function removeFromOrganisation(github: Github, by: Actor, organisation: Account, login: string): Outcome<null> {
  const allowed = requireOwner(github, by, organisation.id);
  if (!allowed.done) return allowed;
  const account = github.account(login);
  const membership = github.find.membershipsOf(organisation.id).find((one) => one.userId === account?.id);
  if (!account || !membership) return notFound;
  for (const team of github.find.teamsOf(organisation.id)) {
    if (team.members.some((one) => one.userId === account.id)) removeTeamMember(github, by, team, login);
  }
  for (const repository of github.find.repositoriesOf(organisation.id)) {
    const collaborators = repository.collaborators.filter((one) => one.userId !== account.id);
    if (collaborators.length < repository.collaborators.length)
      github.state.repositories.change(repository.id, { collaborators });
  }
  github.state.memberships.remove(membership.id);
  const organization_url = presentOrganisation(github, organisation).url;
  const shown = {
    url: `${organization_url}/memberships/${account.login}`,
    state: "active",
    role: membership.role,
    organization_url,
    user: presentAccount(github, account),
  };
  const news = { event: "organization", action: "member_removed" };
  announceOrganisation(github, by, organisation.id, news, { membership: shown });
  return done(null);
}

/** Gives a team a role on a repository; "none" takes it away. */
export function setTeamRole(github: Github, by: Actor, team: Team, repository: Repository, role: Role): Outcome<null> {
  const allowed = requireOwner(github, by, team.organisationId);
  if (!allowed.done) return allowed;
  if (repository.ownerId !== team.organisationId) return notFound;
  const there = repository.teams.some((one) => one.teamId === team.id);
  const others = repository.teams.filter((one) => one.teamId !== team.id);
  const teams = role === "none" ? others : [...others, { teamId: team.id, role }];
  const changed = github.state.repositories.change(repository.id, { teams });
  const shown = { repository: presentRepository(github, changed) };
  if (role === "none") {
    if (there) tellOfTeam(github, by, team, "removed_from_repository", shown);
  } else if (!there) tellOfTeam(github, by, team, "added_to_repository", shown);
  return done(null);
}

function tellOfTeam(github: Github, by: Actor, team: Team, action: string, fields: object = {}): void {
  const shown = { team: presentTeam(github, team), ...fields };
  announceOrganisation(github, by, team.organisationId, { event: "team", action }, shown);
}

function tellOfMember(github: Github, by: Actor, team: Team, member: Account, action: "added" | "removed"): void {
  const shown = { scope: "team", member: presentAccount(github, member), team: presentTeam(github, team) };
  announceOrganisation(github, by, team.organisationId, { event: "membership", action }, shown);
}
