import type { Actor } from "./actor.ts";
import { announceNow } from "./events.ts";
import { markMerged } from "./following.ts";
import type { Github } from "./github.ts";
import { afterPush } from "./landing.ts";
import { mergeCommit } from "./merge.ts";
import type { MergeGroup, MergeMethod, Repository, Rule } from "./model.ts";
import { done, notFound, type Outcome, refused } from "./outcome.ts";
import { presentSimpleCommit } from "./present/commits.ts";
import { announcePull } from "./pull-events.ts";
import { branchAt, moveRefs, refAt } from "./refs.ts";
import { requireRole } from "./rights.ts";
import { mergeViolations, rulesFor } from "./rules.ts";
import { requiredChecks, statusViolations } from "./status-rules.ts";

const queueViolation = "Changes must be made through the merge queue";

function rulesOf(github: Github, repository: Repository, base: string): readonly Rule[] {
  return rulesFor(github, repository, `refs/heads/${base}`).map(({ rule }) => rule);
}

function queueOf(github: Github, repository: Repository, base: string): readonly MergeGroup[] {
  return github.find.groupsOf(repository.id).filter((group) => group.baseRef === base);
}

/** Who put a group into the queue, as the one who acts for it. */
function adderOf(github: Github, group: MergeGroup): Actor {
  const account = github.state.accounts.get(group.addedById);
  if (!account) throw new Error(`merge group ${group.id} was added by nobody`);
  return { account, installation: null, permissions: null, repositoryIds: null };
}

async function announceGroup(
  github: Github,
  by: Actor,
  repository: Repository,
  group: MergeGroup,
  action: "checks_requested" | "destroyed",
  reason?: "merged" | "invalidated" | "dequeued",
): Promise<void> {
  const commit = await github.git.commit(repository.id, group.headSha);
  announceNow(github, by, repository, { event: "merge_group", action }, () => ({
    ...(reason === undefined ? {} : { reason }),
    merge_group: {
      head_sha: group.headSha,
      head_ref: `refs/heads/${group.headRef}`,
      base_sha: group.baseSha,
      base_ref: `refs/heads/${group.baseRef}`,
      head_commit: commit ? presentSimpleCommit(commit) : null,
    },
  }));
}

/** "Merge when ready" on a branch with a merge queue: builds the group and asks for its checks. */
export async function enqueue(
  github: Github,
  by: Actor,
  repository: Repository,
  number: number,
): Promise<Outcome<MergeGroup>> {
  const queued = await github.exclusively<Outcome<MergeGroup>>(repository.id, async () => {
    const allowed = requireRole(github, by, repository, "write");
    if (!allowed.done) return allowed;
    const pull = github.find.pull(repository.id, number);
    if (!pull) return notFound;
    const rule = rulesOf(github, repository, pull.base.ref).find((one) => one.type === "merge_queue");
    if (!rule) return refused(422, `Branch ${pull.base.ref} has no merge queue`);
    if (pull.state === "closed" || pull.draft) return refused(422, "Pull request is not in a state to be queued");
    const queue = queueOf(github, repository, pull.base.ref);
    if (queue.some((group) => group.pullNumber === number)) return refused(422, "Pull request is already in the queue");
    const method = String(rule.parameters?.["merge_method"] ?? "MERGE").toLowerCase() as MergeMethod;
    const violations = await mergeViolations(github, by, repository, pull, method);
    const open = violations.filter((violation) => violation !== queueViolation);
    if (open.length > 0) return refused(422, open.join("\n\n"));
    const tip = queue.at(-1)?.headSha ?? branchAt(github, repository.id, pull.base.ref) ?? pull.base.sha;
    const headSha = await mergeCommit(github, by, repository, pull, tip, { method });
    if (headSha === null) return refused(422, "Pull request has merge conflicts");
    const group = github.state.groups.put({
      id: github.state.nextId(),
      repositoryId: repository.id,
      baseRef: pull.base.ref,
      baseSha: tip,
      headRef: `gh-readonly-queue/${pull.base.ref}/pr-${number}-${tip}`,
      headSha,
      pullNumber: number,
      pullHead: pull.head.sha,
      addedById: by.account.id,
      createdAt: github.time(),
    });
    await announcePull(github, by, pull, "enqueued");
    const change = { ref: `refs/heads/${group.headRef}`, before: null, after: headSha };
    await moveRefs(github, repository, [change]);
    await afterPush(github, by, repository, [change]);
    await announceGroup(github, by, repository, group, "checks_requested");
    return done(group);
  });
  if (queued.done) await settleQueues(github);
  return queued;
}

/** Takes a pull request out of the queue. */
export async function dequeue(
  github: Github,
  by: Actor,
  repository: Repository,
  number: number,
): Promise<Outcome<null>> {
  return github.exclusively(repository.id, async () => {
    const allowed = requireRole(github, by, repository, "write");
    if (!allowed.done) return allowed;
    const group = github.find.groupsOf(repository.id).find((one) => one.pullNumber === number);
    if (!group) return notFound;
    await drop(github, by, repository, group, "MANUAL");
    return done(null);
  });
}

async function removeGroup(github: Github, by: Actor, repository: Repository, group: MergeGroup): Promise<void> {
  github.state.groups.remove(group.id);
  const ref = `refs/heads/${group.headRef}`;
  const before = refAt(github, repository.id, ref) ?? null;
  if (before === null) return;
  const change = { ref, before, after: null };
  const moved = await moveRefs(github, repository, [change]);
  if (moved.done) await afterPush(github, by, repository, [change]);
}

/** A group leaves unmerged; the groups built on it are not valid any more and leave with it. */
async function drop(
  github: Github,
  by: Actor,
  repository: Repository,
  group: MergeGroup,
  reason: string,
): Promise<void> {
  const behind = queueOf(github, repository, group.baseRef).filter((one) => one.id > group.id);
  for (const one of [group, ...behind]) {
    await removeGroup(github, by, repository, one);
    await announceGroup(github, by, repository, one, "destroyed", one === group ? "dequeued" : "invalidated");
    const pull = github.find.pull(repository.id, one.pullNumber);
    const why = one === group ? reason : "GIT_TREE_INVALID";
    if (pull) await announcePull(github, by, pull, "dequeued", { reason: why });
  }
}

/**
 * Goes through all merge queues: merges groups whose required checks passed, drops those whose checks failed or
 * came too late, or whose pull request moved. Called after anything that may have changed that.
 */
export async function settleQueues(github: Github): Promise<void> {
  for (const group of github.state.groups.all()) {
    const repository = github.state.repositories.get(group.repositoryId);
    if (!repository) github.state.groups.remove(group.id);
    else await github.exclusively(repository.id, () => settleGroup(github, repository, group));
  }
}

async function settleGroup(github: Github, repository: Repository, group: MergeGroup): Promise<void> {
  const first = queueOf(github, repository, group.baseRef)[0]?.id === group.id;
  if (!github.state.groups.get(group.id)) return;
  const by = adderOf(github, group);
  const pull = github.find.pull(repository.id, group.pullNumber);
  const stale = !pull || pull.state === "closed" || pull.head.sha !== group.pullHead || pull.base.ref !== group.baseRef;
  if (stale) return drop(github, by, repository, group, "UNKNOWN_REMOVAL_REASON");
  const rules = rulesOf(github, repository, group.baseRef);
  const violations = statusViolations(github, repository.id, group.headSha, requiredChecks(rules));
  if (violations.some((violation) => violation.includes("failing"))) {
    return drop(github, by, repository, group, "CI_FAILURE");
  }
  const queue = rules.find((rule) => rule.type === "merge_queue");
  const minutes = Number(queue?.parameters?.["check_response_timeout_minutes"] ?? 60);
  const late = github.clock.now().getTime() - Date.parse(group.createdAt) > minutes * 60_000;
  if (violations.length > 0) return late ? drop(github, by, repository, group, "CI_TIMEOUT") : undefined;
  if (!first) return;
  const tip = branchAt(github, repository.id, group.baseRef);
  if (tip !== group.baseSha) return drop(github, by, repository, group, "GIT_TREE_INVALID");
  const change = { ref: `refs/heads/${group.baseRef}`, before: tip, after: group.headSha };
  const moved = await moveRefs(github, repository, [change]);
  if (!moved.done) return;
  await announcePull(github, by, pull, "dequeued", { reason: "MERGE" });
  await markMerged(github, by, pull, group.headSha);
  await afterPush(github, by, repository, [change], "merge_queue_merge");
  await removeGroup(github, by, repository, group);
  await announceGroup(github, by, repository, group, "destroyed", "merged");
}
