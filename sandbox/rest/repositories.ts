import { branchesOf, renameBranch } from "../branches.ts";
import { type Repository, type Role, roles } from "../model.ts";
import {
  presentAccount,
  presentFullAccount,
  presentFullOrganisation,
  presentFullTeam,
  presentTeam,
} from "../present/accounts.ts";
import { presentCommit } from "../present/commits.ts";
import { presentFullRepository, presentRepository, repositoryUrl } from "../present/repositories.ts";
import { branchAt, refsOf, resolveCommit } from "../refs.ts";
import { changeSettings, deleteRepository, forkRepository, setRole } from "../repositories.ts";
import { atLeast, covers, inTeam, isOwner, oldWordFor, roleOf } from "../rights.ts";
import { rulesFor } from "../rules.ts";
import { requiredChecks } from "../status-rules.ts";
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

async function presentBranch(call: Call, name: string, full: boolean): Promise<unknown> {
  const { github, repository } = call;
  const sha = branchAt(github, repository.id, name) ?? "";
  const api = repositoryUrl(github, repository);
  const rules = rulesFor(github, repository, `refs/heads/${name}`);
  const contexts = requiredChecks(rules.map(({ rule }) => rule)).map((check) => check.context);
  const url = `${api}/branches/${encodeURIComponent(name)}`;
  const commit = full ? await github.git.commit(repository.id, sha) : undefined;
  return {
    name,
    commit: commit ? presentCommit(github, repository, commit) : { sha, url: `${api}/commits/${sha}` },
    protected: rules.length > 0,
    protection: {
      enabled: rules.length > 0,
      required_status_checks: { enforcement_level: contexts.length > 0 ? "everyone" : "off", contexts, checks: [] },
    },
    protection_url: `${url}/protection`,
    ...(full ? { _links: { self: url, html: `${github.url}/${github.nameOf(repository)}/tree/${name}` } } : {}),
  };
}

async function getBranch(call: Call): Promise<Answer> {
  const { github, repository, params } = call;
  const name = params["branch"] ?? "";
  if (branchAt(github, repository.id, name)) return ok(await presentBranch(call, name, true));
  const renamed = repository.formerBranches[name];
  if (renamed && branchAt(github, repository.id, renamed)) {
    const url = `${repositoryUrl(github, repository)}/branches/${encodeURIComponent(renamed)}`;
    const body = { message: "Moved Permanently", url, documentation_url: "https://docs.github.com/rest" };
    return { status: 301, body, headers: { location: url } };
  }
  return refusal({ status: 404, message: "Branch not found" });
}

async function patchRepository(call: Call): Promise<Answer> {
  const input = read(call.body, {
    name: "string?",
    default_branch: "string?",
    private: "boolean?",
    archived: "boolean?",
    allow_merge_commit: "boolean?",
    allow_squash_merge: "boolean?",
    allow_rebase_merge: "boolean?",
    delete_branch_on_merge: "boolean?",
  });
  if (!input.done) return refusal(input.refusal);
  const given = input.value;
  const changed = await changeSettings(call.github, call.by, call.repository, {
    name: given.name,
    defaultBranch: given.default_branch,
    private: given.private,
    archived: given.archived,
    allowMergeCommit: given.allow_merge_commit,
    allowSquashMerge: given.allow_squash_merge,
    allowRebaseMerge: given.allow_rebase_merge,
    deleteBranchOnMerge: given.delete_branch_on_merge,
  });
  return answerOf(changed, (repository) => ok(presentFullRepository(call.github, repository, call.by)));
}

function permission(call: Call): Answer {
  const { github, repository } = call;
  const account = github.account(call.params["username"] ?? "");
  if (!account || account.type === "Organization")
    return refusal({ status: 404, message: `${call.params["username"]} is not a user` });
  const role = roleOf(github, account.id, repository);
  return ok({
    permission: oldWordFor(role),
    role_name: role,
    user: {
      ...presentAccount(github, account),
      role_name: role,
      permissions: {
        admin: atLeast(role, "admin"),
        maintain: atLeast(role, "maintain"),
        push: atLeast(role, "write"),
        triage: atLeast(role, "triage"),
        pull: atLeast(role, "read"),
      },
    },
  });
}

/** The old names of roles that may still be sent. */
const oldNames: Readonly<Record<string, Role>> = { pull: "read", push: "write" };

function addCollaborator(call: Call): Answer {
  const input = read(call.body, { permission: "string?" });
  if (!input.done) return refusal(input.refusal);
  const wanted = input.value.permission ?? "write";
  const role = oldNames[wanted] ?? roles.find((one) => one === wanted);
  if (!role || role === "none") return refusal({ status: 422, message: `Invalid permission ${wanted}` });
  return answerOf(setRole(call.github, call.by, call.repository, call.params["username"] ?? "", role), () => noContent);
}

function collaborators(call: Call): Promise<Answer> {
  const { github, repository } = call;
  const people = github.state.accounts
    .all()
    .filter((one) => one.type === "User")
    .map((account) => ({ account, role: roleOf(github, account.id, repository) }))
    .filter(({ account, role }) => atLeast(role, repository.private ? "read" : "triage") && account.appId === null);
  return listed(call, people, ({ account, role }) => ({
    ...presentAccount(github, account),
    role_name: role,
    permissions: {
      admin: atLeast(role, "admin"),
      maintain: atLeast(role, "maintain"),
      push: atLeast(role, "write"),
      triage: atLeast(role, "triage"),
      pull: atLeast(role, "read"),
    },
  }));
}

function seen(call: Call, list: readonly Repository[]): readonly Repository[] {
  const { github, by } = call;
  return list.filter((one) =>
    by.installation ? covers(github, by, one) : roleOf(github, by.account.id, one) !== "none",
  );
}

function membership(call: Call): Answer {
  const { github, params } = call;
  const organisation = github.account(params["org"] ?? "");
  const account = github.account(params["username"] ?? "");
  const team = github.find.teamsOf(organisation?.id ?? -1).find((one) => one.slug === params["team_slug"]);
  if (!organisation || !account || !team || !inTeam(github, account.id, team.id)) return missing;
  const direct = team.members.find((one) => one.userId === account.id);
  const role = isOwner(github, account.id, organisation.id) ? "maintainer" : (direct?.role ?? "member");
  return ok({ url: `${call.address}`, role, state: "active" });
}

export const repositoryRoutes: readonly Route[] = [
  route(`GET ${repo}`, metadata, ({ github, repository, by }) => ok(presentFullRepository(github, repository, by))),
  route(`PATCH ${repo}`, { administration: "write" }, patchRepository),
  route(`DELETE ${repo}`, { administration: "write" }, async ({ github, by, repository }) =>
    answerOf(await deleteRepository(github, by, repository), () => noContent),
  ),
  route(`POST ${repo}/forks`, { administration: "write" }, async (call) => {
    const input = read(call.body, { name: "string?" });
    if (!input.done) return refusal(input.refusal);
    const forked = await forkRepository(call.github, call.by, call.repository, input.value.name);
    return answerOf(forked, (fork) => ({ status: 202, body: presentFullRepository(call.github, fork, call.by) }));
  }),
  route(`GET ${repo}/forks`, metadata, (call) =>
    listed(call, call.github.find.forksOf(call.repository.id), (one) => presentRepository(call.github, one, call.by)),
  ),
  route(`GET ${repo}/branches`, { contents: "read" }, (call) =>
    listed(call, branchesOf(call.github, call.repository.id), (branch) => presentBranch(call, branch.name, false)),
  ),
  route(`POST ${repo}/branches/{branch}/rename`, { contents: "write" }, async (call) => {
    const input = read(call.body, { new_name: "string" });
    if (!input.done) return refusal(input.refusal);
    const to = input.value.new_name;
    const renamed = await renameBranch(call.github, call.by, call.repository, call.params["branch"] ?? "", to);
    return renamed.done ? created(await presentBranch(call, to, true)) : refusal(renamed.refusal);
  }),
  route(`GET ${repo}/branches/{branch*}`, { contents: "read" }, getBranch),
  route(`GET ${repo}/tags`, { contents: "read" }, async (call) => {
    const { github, repository } = call;
    const api = repositoryUrl(github, repository);
    const tags = Object.keys(refsOf(github, repository.id)).filter((ref) => ref.startsWith("refs/tags/"));
    return listed(call, tags.sort().reverse(), async (ref) => {
      const sha = await resolveCommit(github, repository.id, ref);
      const name = ref.slice("refs/tags/".length);
      const archive = (kind: string) => `${api}/${kind}/${ref}`;
      return {
        name,
        zipball_url: archive("zipball"),
        tarball_url: archive("tarball"),
        commit: { sha, url: `${api}/commits/${sha}` },
        node_id: name,
      };
    });
  }),
  route(`GET ${repo}/collaborators`, metadata, collaborators),
  route(`GET ${repo}/collaborators/{username}`, metadata, (call) => {
    const account = call.github.account(call.params["username"] ?? "");
    const role = account ? roleOf(call.github, account.id, call.repository) : "none";
    return atLeast(role, "triage") ? noContent : missing;
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
  route("GET /orgs/{org}", [], ({ github, params }) => {
    const organisation = github.account(params["org"] ?? "");
    return organisation?.type === "Organization" ? ok(presentFullOrganisation(github, organisation)) : missing;
  }),
  route("GET /orgs/{org}/repos", metadata, (call) => {
    const owner = call.github.account(call.params["org"] ?? "");
    const list = seen(call, call.github.find.repositoriesOf(owner?.id ?? -1));
    return listed(call, list, (one) => presentRepository(call.github, one, call.by));
  }),
  route("GET /orgs/{org}/teams", { members: "read" }, (call) => {
    const owner = call.github.account(call.params["org"] ?? "");
    return listed(call, call.github.find.teamsOf(owner?.id ?? -1), (team) => presentTeam(call.github, team));
  }),
  route("GET /orgs/{org}/teams/{team_slug}", { members: "read" }, ({ github, params }) => {
    const owner = github.account(params["org"] ?? "");
    const team = github.find.teamsOf(owner?.id ?? -1).find((one) => one.slug === params["team_slug"]);
    return team ? ok(presentFullTeam(github, team)) : missing;
  }),
  route("GET /orgs/{org}/teams/{team_slug}/members", { members: "read" }, (call) => {
    const owner = call.github.account(call.params["org"] ?? "");
    const team = call.github.find.teamsOf(owner?.id ?? -1).find((one) => one.slug === call.params["team_slug"]);
    const people = (team?.members ?? []).flatMap(({ userId }) => call.github.state.accounts.get(userId) ?? []);
    return team ? listed(call, people, (one) => presentAccount(call.github, one)) : missing;
  }),
  route("GET /orgs/{org}/teams/{team_slug}/memberships/{username}", { members: "read" }, membership),
  route("GET /user", [], ({ github, by }) =>
    by.installation
      ? refusal({ status: 403, message: "Resource not accessible by integration" })
      : ok(presentFullAccount(github, by.account)),
  ),
  route("GET /users/{username}", [], ({ github, params }) => {
    const account = github.account(params["username"] ?? "");
    return account ? ok(presentFullAccount(github, account)) : missing;
  }),
];
