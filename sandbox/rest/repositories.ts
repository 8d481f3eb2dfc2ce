import { branchesOf, renameBranch } from "../branches.ts";
import type { Repository } from "../model.ts";
import { presentFullAccount, presentFullOrganisation } from "../present/accounts.ts";
import { presentCommit } from "../present/commits.ts";
import { presentFullRepository, presentRepository, repositoryUrl } from "../present/repositories.ts";
import { branchAt, resolveCommit } from "../refs.ts";
import { changeSettings, deleteRepository, forkRepository } from "../repositories.ts";
import { covers, roleOf } from "../rights.ts";
import { rulesFor } from "../rules.ts";
import { tagNames } from "../tags.ts";
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
import { presentRequiredChecks } from "./protection.ts";

const repo = "/repos/{owner}/{repo}";

async function presentBranch(call: Call, name: string, full: boolean): Promise<unknown> {
  const { github, repository } = call;
  const sha = branchAt(github, repository.id, name) ?? "";
  const api = repositoryUrl(github, repository);
  const protection = github.find.protection(repository.id, name);
  const checks = presentRequiredChecks(protection);
  const url = `${api}/branches/${encodeURIComponent(name)}`;
  const commit = full ? await github.git.commit(repository.id, sha) : undefined;
  return {
    name,
    commit: commit ? presentCommit(github, repository, commit) : { sha, url: `${api}/commits/${sha}` },
    // A ruleset makes a branch protected too, and does not show in its protection.
    protected: protection !== undefined || rulesFor(github, repository, `refs/heads/${name}`).length > 0,
    protection: {
      enabled: protection !== undefined,
      required_status_checks: {
        enforcement_level: checks.contexts.length === 0 ? "off" : protection?.enforceAdmins ? "everyone" : "non_admins",
        ...checks,
      },
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
    allow_auto_merge: "boolean?",
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
    allowAutoMerge: given.allow_auto_merge,
    deleteBranchOnMerge: given.delete_branch_on_merge,
  });
  return answerOf(changed, (repository) => ok(presentFullRepository(call.github, repository, call.by)));
}

function seen(call: Call, list: readonly Repository[]): readonly Repository[] {
  const { github, by } = call;
  return list.filter((one) =>
    by.installation ? covers(github, by, one) : roleOf(github, by.account.id, one) !== "none",
  );
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
    return listed(call, tagNames(github, repository.id), async (name) => {
      const sha = await resolveCommit(github, repository.id, `refs/tags/${name}`);
      const archive = (kind: string) => `${api}/${kind}/refs/tags/${name}`;
      return {
        name,
        zipball_url: archive("zipball"),
        tarball_url: archive("tarball"),
        commit: { sha, url: `${api}/commits/${sha}` },
        node_id: name,
      };
    });
  }),
  route("GET /orgs/{org}", [], ({ github, params }) => {
    const organisation = github.account(params["org"] ?? "");
    return organisation?.type === "Organization" ? ok(presentFullOrganisation(github, organisation)) : missing;
  }),
  route("GET /orgs/{org}/repos", metadata, (call) => {
    const owner = call.github.account(call.params["org"] ?? "");
    const list = seen(call, call.github.find.repositoriesOf(owner?.id ?? -1));
    return listed(call, list, (one) => presentRepository(call.github, one, call.by));
  }),
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
