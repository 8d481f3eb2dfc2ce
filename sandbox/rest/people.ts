import { type Account, type Role, roles, type Team } from "../model.ts";
import { presentAccount, presentFullTeam, presentTeam } from "../present/accounts.ts";
import { setRole } from "../repositories.ts";
import { hasAccess } from "../review-requests.ts";
import { atLeast, grantedRole, inTeam, isOwner, roleOf } from "../rights.ts";
import {
  addTeamMember,
  deleteTeam,
  makeTeam,
  membersOf,
  removeFromOrganisation,
  removeTeamMember,
  seesTeams,
  setTeamRole,
} from "../teams.ts";
import {
  type Answer,
  answerOf,
  type Call,
  created,
  listed,
  metadata,
  missing,
  noContent,
  ok,
  type Route,
  refusal,
  route,
} from "./call.ts";
import { read } from "./input.ts";

const repo = "/repos/{owner}/{repo}";
const oneTeam = "/orgs/{org}/teams/{team_slug}";
const membersRead = { members: "read" } as const;
const membersWrite = { members: "write" } as const;

/** GitHub's four old words for a role. */
function legacy(role: Role): string {
  return { admin: "admin", maintain: "write", write: "write", triage: "read", read: "read", none: "none" }[role];
}

function presentCollaborator({ github }: Call, account: Account, role: Role) {
  return {
    ...presentAccount(github, account),
    role_name: role,
    permissions: {
      admin: atLeast(role, "admin"),
      maintain: atLeast(role, "maintain"),
      push: atLeast(role, "write"),
      triage: atLeast(role, "triage"),
      pull: atLeast(role, "read"),
    },
  };
}

function permission(call: Call): Answer {
  const { github, repository } = call;
  const account = github.account(call.params["username"] ?? "");
  if (!account || account.type === "Organization")
    return refusal({ status: 404, message: `${call.params["username"]} is not a user` });
  const role = roleOf(github, account.id, repository);
  return ok({ permission: legacy(role), role_name: role, user: presentCollaborator(call, account, role) });
}

/** The old names of roles that may still be sent. */
const oldNames: Readonly<Record<string, Role>> = { pull: "read", push: "write" };

const roleNamed = (name: string): Role | undefined =>
  oldNames[name] ?? roles.find((one) => one === name && one !== "none");

function addCollaborator(call: Call): Answer {
  const input = read(call.body, { permission: "string?" });
  if (!input.done) return refusal(input.refusal);
  const wanted = input.value.permission ?? "write";
  const role = roleNamed(wanted);
  if (!role) return refusal({ status: 422, message: `Invalid permission ${wanted}` });
  return answerOf(setRole(call.github, call.by, call.repository, call.params["username"] ?? "", role), () => noContent);
}

/** Whom somebody let into the repository: that anybody may read a public one makes nobody a collaborator. */
function collaborators(call: Call): Answer | Promise<Answer> {
  const { github, by, repository, query } = call;
  if (!by.installation && !atLeast(roleOf(github, by.account.id, repository), "write"))
    return refusal({ status: 403, message: "Must have push access to view repository collaborators." });
  const members = new Set(github.find.membershipsOf(repository.ownerId).map(({ userId }) => userId));
  const direct = new Set(repository.collaborators.map(({ userId }) => userId));
  const affiliation = query.get("affiliation") ?? "all";
  const people = github.state.accounts
    .all()
    .filter((one) => one.type === "User")
    .filter(({ id }) => affiliation === "all" || (direct.has(id) && (affiliation === "direct" || !members.has(id))))
    .map((account) => ({ account, role: grantedRole(github, account.id, repository) }))
    .filter(({ role }) => role !== "none");
  return listed(call, people, ({ account, role }) => presentCollaborator(call, account, role));
}

/** The organisation of the path, for those who may see its teams. */
function organisationOf({ github, by, params }: Call): Account | undefined {
  const account = github.account(params["org"] ?? "");
  return account?.type === "Organization" && seesTeams(github, by, account.id) ? account : undefined;
}

function teamOf(call: Call): Team | undefined {
  const organisation = organisationOf(call);
  const slug = (call.params["team_slug"] ?? "").toLowerCase();
  return organisation && call.github.find.teamsOf(organisation.id).find((one) => one.slug === slug);
}

/** Answers for the team of the path; 404 where there is none that the caller may see. */
const ofTeam = (answer: (call: Call, team: Team) => Answer | Promise<Answer>) => (call: Call) => {
  const team = teamOf(call);
  return team ? answer(call, team) : missing;
};

function membership(call: Call): Answer {
  const { github, params } = call;
  const account = github.account(params["username"] ?? "");
  const team = teamOf(call);
  if (!account || !team || !inTeam(github, account.id, team.id)) return missing;
  const direct = team.members.find((one) => one.userId === account.id);
  const role = isOwner(github, account.id, team.organisationId) ? "maintainer" : (direct?.role ?? "member");
  return ok({ url: call.address, role, state: "active" });
}

function postTeam(call: Call): Answer {
  const organisation = organisationOf(call);
  if (!organisation) return missing;
  const input = read(call.body, { name: "string", parent_team_id: "integer|null?" });
  if (!input.done) return refusal(input.refusal);
  const { name, parent_team_id: parentId } = input.value;
  return answerOf(makeTeam(call.github, call.by, organisation, { name, parentId }), (team) =>
    created(presentFullTeam(call.github, team)),
  );
}

function putMembership(call: Call, team: Team): Answer {
  const input = read(call.body, { role: "string?" });
  if (!input.done) return refusal(input.refusal);
  const role = input.value.role === "maintainer" ? "maintainer" : "member";
  const added = addTeamMember(call.github, call.by, team, call.params["username"] ?? "", role);
  return answerOf(added, () => membership(call));
}

function putTeamRepository(call: Call, team: Team): Answer {
  const input = read(call.body, { permission: "string?" });
  if (!input.done) return refusal(input.refusal);
  const role = roleNamed(input.value.permission ?? "push");
  if (!role) return refusal({ status: 422, message: `Invalid permission ${input.value.permission}` });
  return answerOf(setTeamRole(call.github, call.by, team, call.repository, role), () => noContent);
}

/** https://docs.github.com/rest/collaborators/collaborators, https://docs.github.com/rest/teams */
export const peopleRoutes: readonly Route[] = [
  route(`GET ${repo}/collaborators`, metadata, collaborators),
  route(`GET ${repo}/collaborators/{username}`, metadata, (call) => {
    const account = call.github.account(call.params["username"] ?? "");
    return account && grantedRole(call.github, account.id, call.repository) !== "none" ? noContent : missing;
  }),
  route(`PUT ${repo}/collaborators/{username}`, { administration: "write" }, addCollaborator),
  route(`DELETE ${repo}/collaborators/{username}`, { administration: "write" }, (call) =>
    answerOf(setRole(call.github, call.by, call.repository, call.params["username"] ?? "", "none"), () => noContent),
  ),
  route(`GET ${repo}/collaborators/{username}/permission`, metadata, permission),
  route(`GET ${repo}/teams`, { administration: "read" }, (call) =>
    listed(call, call.repository.teams, ({ teamId }) => {
      const team = call.github.state.teams.get(teamId);
      return team ? presentTeam(call.github, team) : null;
    }),
  ),
  route("GET /orgs/{org}/teams", membersRead, (call) => {
    const organisation = organisationOf(call);
    if (!organisation) return missing;
    return listed(call, call.github.find.teamsOf(organisation.id), (team) => presentTeam(call.github, team));
  }),
  route("POST /orgs/{org}/teams", membersWrite, postTeam),
  route(
    `GET ${oneTeam}`,
    membersRead,
    ofTeam(({ github }, team) => ok(presentFullTeam(github, team))),
  ),
  route(
    `DELETE ${oneTeam}`,
    membersWrite,
    ofTeam(({ github, by }, team) => answerOf(deleteTeam(github, by, team), () => noContent)),
  ),
  route(
    `GET ${oneTeam}/members`,
    membersRead,
    ofTeam((call, team) => listed(call, membersOf(call.github, team), (one) => presentAccount(call.github, one))),
  ),
  route(`PUT ${oneTeam}/memberships/{username}`, membersWrite, ofTeam(putMembership)),
  route(
    `DELETE ${oneTeam}/memberships/{username}`,
    membersWrite,
    ofTeam(({ github, by, params }, team) =>
      answerOf(removeTeamMember(github, by, team, params["username"] ?? ""), () => noContent),
    ),
  ),
  route(
    `GET ${oneTeam}/repos/{owner}/{repo}`,
    membersRead,
    ofTeam(({ github, repository }, team) => (hasAccess(github, repository, team) ? noContent : missing)),
  ),
  route(`PUT ${oneTeam}/repos/{owner}/{repo}`, { administration: "write" }, ofTeam(putTeamRepository)),
  route(
    `DELETE ${oneTeam}/repos/{owner}/{repo}`,
    { administration: "write" },
    ofTeam(({ github, by, repository }, team) =>
      answerOf(setTeamRole(github, by, team, repository, "none"), () => noContent),
    ),
  ),
  route("DELETE /orgs/{org}/members/{username}", membersWrite, (call) => {
    const organisation = organisationOf(call);
    if (!organisation) return missing;
    const { github, by, params } = call;
    return answerOf(removeFromOrganisation(github, by, organisation, params["username"] ?? ""), () => noContent);
  }),
  route("GET /orgs/{org}/teams/{team_slug}/memberships/{username}", { members: "read" }, membership),
];
