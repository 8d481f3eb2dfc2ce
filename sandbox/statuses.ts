import type { Actor } from "./actor.ts";
import { branchesOf, mayWrite } from "./branches.ts";
import { announce } from "./events.ts";
import type { Github } from "./github.ts";
import type { CommitStatus, Repository, Sha } from "./model.ts";
import { done, invalid, type Outcome, refused } from "./outcome.ts";
import { presentStatus } from "./present/checks.ts";
import { presentCommit } from "./present/commits.ts";
import { repositoryUrl } from "./present/repositories.ts";
import { rulesFor } from "./rules.ts";

export type StatusInput = {
  readonly state: string;
  readonly context?: string | undefined;
  readonly description?: string | null | undefined;
  readonly target_url?: string | null | undefined;
};

const states: readonly CommitStatus["state"][] = ["error", "failure", "pending", "success"];
const mostOfOneContext = 1000;

/** Sets a commit status; one of the same context before it stays, and counts no more. */
export async function setStatus(
  github: Github,
  by: Actor,
  repository: Repository,
  sha: Sha,
  input: StatusInput,
): Promise<Outcome<CommitStatus>> {
  const allowed = mayWrite(github, by, repository);
  if (!allowed.done) return allowed;
  const state = states.find((one) => one === input.state);
  if (!state)
    return invalid({
      resource: "Status",
      field: "state",
      code: "custom",
      message: "state is not included in the list",
    });
  const context = input.context ?? "default";
  const same = github.find
    .statusesAt(repository.id, sha)
    .filter((one) => one.context.toLowerCase() === context.toLowerCase());
  if (same.length >= mostOfOneContext) {
    return refused(422, "Validation Failed", ["This SHA and context has reached the maximum number of statuses."]);
  }
  const status = github.state.statuses.put({
    id: github.state.nextId(),
    repositoryId: repository.id,
    sha,
    context,
    state,
    description: input.description ?? null,
    targetUrl: input.target_url ?? null,
    creatorId: by.account.id,
    viaAppId: by.installation?.appId ?? null,
    createdAt: github.time(),
  });
  await announce(github, by, repository, { event: "status" }, () => payloadOf(github, repository, status));
  return done(status);
}

async function payloadOf(github: Github, repository: Repository, status: CommitStatus) {
  const { id, avatar_url, target_url, context, description, state, created_at, updated_at } = presentStatus(
    github,
    repository,
    status,
  );
  const commit = await github.git.commit(repository.id, status.sha);
  const url = `${repositoryUrl(github, repository)}/commits/${status.sha}`;
  return {
    id,
    sha: status.sha,
    name: github.nameOf(repository),
    avatar_url,
    target_url,
    context,
    description,
    state,
    commit: commit ? presentCommit(github, repository, commit) : null,
    branches: branchesOf(github, repository.id)
      .filter((branch) => branch.sha === status.sha)
      .map(({ name, sha }) => ({
        name,
        commit: { sha, url },
        protected: rulesFor(github, repository, `refs/heads/${name}`).length > 0,
      })),
    created_at,
    updated_at,
  };
}
