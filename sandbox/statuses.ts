import type { Actor } from "./actor.ts";
import { mayWrite } from "./branches.ts";
import { announce } from "./events.ts";
import type { Github } from "./github.ts";
import { settleQueues } from "./merge-queue.ts";
import type { CommitStatus, Repository } from "./model.ts";
import { done, type Outcome, refused } from "./outcome.ts";
import { presentStatus } from "./present/checks.ts";
import { presentCommit } from "./present/commits.ts";
import { repositoryUrl } from "./present/repositories.ts";
import { refsOf, resolveCommit } from "./refs.ts";

const states: readonly string[] = ["error", "failure", "pending", "success"];
/** GitHub takes no more statuses of one context on one commit. */
const mostOfAContext = 1_000;

/** Sets a status on a commit. Whoever may write may, under any name. */
export async function setStatus(
  github: Github,
  by: Actor,
  repository: Repository,
  commit: string,
  input: {
    readonly state: string;
    readonly context?: string | undefined;
    readonly description?: string | null | undefined;
    readonly targetUrl?: string | null | undefined;
  },
): Promise<Outcome<CommitStatus>> {
  const allowed = mayWrite(github, by, repository);
  if (!allowed.done) return allowed;
  if (!states.includes(input.state)) return refused(422, `Validation Failed: state ${input.state} is not included`);
  const sha = await resolveCommit(github, repository.id, commit);
  if (!sha) return refused(422, `No commit found for SHA: ${commit}`);
  const context = input.context ?? "default";
  const same = github.find.statusesAt(repository.id, sha).filter((one) => one.context === context);
  if (same.length >= mostOfAContext)
    return refused(422, "This SHA and context has reached the maximum number of statuses.");
  const status = github.state.statuses.put({
    id: github.state.nextId(),
    repositoryId: repository.id,
    sha,
    context,
    state: input.state as CommitStatus["state"],
    description: input.description ?? null,
    targetUrl: input.targetUrl ?? null,
    creatorId: by.account.id,
    viaAppId: by.installation?.appId ?? null,
    createdAt: github.time(),
  });
  await announceStatus(github, by, repository, status);
  await settleQueues(github);
  return done(status);
}

/** https://docs.github.com/webhooks/webhook-events-and-payloads#status */
async function announceStatus(github: Github, by: Actor, repository: Repository, status: CommitStatus): Promise<void> {
  const { sha } = status;
  const api = repositoryUrl(github, repository);
  await announce(github, by, repository, { event: "status" }, async () => {
    const { id, avatar_url, target_url, context, description, state, created_at, updated_at } = presentStatus(
      github,
      repository,
      status,
    );
    const commit = await github.git.commit(repository.id, sha);
    const branches = Object.entries(refsOf(github, repository.id))
      .filter(([ref, head]) => head === sha && ref.startsWith("refs/heads/"))
      .map(([ref]) => ({
        name: ref.slice("refs/heads/".length),
        commit: { sha, url: `${api}/commits/${sha}` },
        protected: false,
      }));
    return {
      id,
      sha,
      name: github.nameOf(repository),
      avatar_url,
      target_url,
      context,
      description,
      state,
      commit: commit ? presentCommit(github, repository, commit) : null,
      branches,
      created_at,
      updated_at,
    };
  });
}
