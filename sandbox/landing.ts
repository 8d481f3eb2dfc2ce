import { noteActivity } from "./activities.ts";
import type { Actor } from "./actor.ts";
import { requestSuites } from "./checks.ts";
import { announce, announceNow } from "./events.ts";
import { followBase, followHead } from "./following.ts";
import { commitsBetween, isAncestor } from "./git/history.ts";
import type { Github } from "./github.ts";
import type { Repository, Sha } from "./model.ts";
import { type Outcome, refused } from "./outcome.ts";
import { presentPushedCommit } from "./present/commits.ts";
import { moveRefs, peel, type RefChange, zero } from "./refs.ts";
import { followTag } from "./release-events.ts";
import { pushViolations, violationWords } from "./rules.ts";
import { workflowRefusal } from "./workflow-files.ts";

/**
 * Moves refs as somebody who pushes does: rules first, all or none, then webhooks, check suites and
 * pull requests follow. The caller holds the repository (see Github.exclusively) and has checked the right to push.
 * `status` is what a refusal by rules answers with.
 */
export async function pushRefs(
  github: Github,
  by: Actor,
  repository: Repository,
  changes: readonly RefChange[],
  status = 422,
): Promise<Outcome<null>> {
  const moved = await moveByRules(github, by, repository, changes, status);
  if (moved.done) await afterPush(github, by, repository, changes);
  return moved;
}

/** The same up to what follows, which is left to the caller (see afterPush). */
export async function moveByRules(
  github: Github,
  by: Actor,
  repository: Repository,
  changes: readonly RefChange[],
  status = 422,
): Promise<Outcome<null>> {
  for (const change of changes) {
    const workflow = await workflowRefusal(github, by, repository, change);
    if (workflow !== null) return refused(403, workflow);
    if (change.after === null && change.ref === `refs/heads/${repository.defaultBranch}`) {
      return refused(422, "Cannot delete the default branch");
    }
    const violations = await pushViolations(github, by, repository, change);
    if (violations.length > 0) return refused(status, violationWords(violations));
  }
  return moveRefs(github, repository, changes);
}

/** What follows when refs have moved: the activity log, webhooks, check suites, pull requests. */
export async function afterPush(
  github: Github,
  by: Actor,
  repository: Repository,
  changes: readonly RefChange[],
  merged: "pr_merge" | "merge_queue_merge" | null = null,
): Promise<void> {
  const at = github.time();
  const current = github.state.repositories.change(repository.id, { pushedAt: at, updatedAt: at });
  const silent = changes.filter((change) => change.ref.startsWith("refs/tags/")).length > 3;
  for (const change of changes) {
    const tag = change.ref.startsWith("refs/tags/");
    if (!tag && !change.ref.startsWith("refs/heads/")) continue;
    await noteActivity(github, by, current, change, merged);
    if (!(tag && silent)) await announceMove(github, by, current, change);
    if (tag && change.after === null) followTag(github, by, current, change.ref.slice("refs/tags/".length));
    if (tag) continue;
    const branch = change.ref.slice("refs/heads/".length);
    if (change.after !== null) {
      await requestSuites(github, by, current, { branch, before: change.before, after: change.after });
    }
    await followHead(github, by, current, branch, change);
    await followBase(github, by, current, branch, change);
  }
}

async function announceMove(github: Github, by: Actor, repository: Repository, change: RefChange): Promise<void> {
  const { ref, before, after } = change;
  const refType = ref.startsWith("refs/tags/") ? "tag" : "branch";
  const name = ref.slice(refType === "tag" ? "refs/tags/".length : "refs/heads/".length);
  const about = { ref: name, ref_type: refType, pusher_type: "user" };
  if (before === null) {
    announceNow(github, by, repository, { event: "create" }, () => ({
      ...about,
      master_branch: repository.defaultBranch,
      description: repository.description,
    }));
  }
  await announce(github, by, repository, { event: "push" }, () => pushPayload(github, by, repository, change));
  if (after === null) announceNow(github, by, repository, { event: "delete" }, () => about);
}

const pushedCommits = 2048;
/** The diff of a commit costs a start of git, so only this many commits name their paths. */
const commitsWithPaths = 20;

async function pushPayload(github: Github, by: Actor, repository: Repository, change: RefChange) {
  const { ref, before, after } = change;
  const html = `${github.url}/${github.nameOf(repository)}`;
  const commits = await pushed(github, repository, change);
  const last = commits.at(-1);
  return {
    ref,
    before: before ?? zero,
    after: after ?? zero,
    base_ref: null,
    created: before === null,
    deleted: after === null,
    forced: await isForced(github, repository, before, after),
    compare: `${html}/compare/${(before ?? zero).slice(0, 12)}...${(after ?? zero).slice(0, 12)}`,
    commits,
    head_commit: last ?? (await headCommit(github, repository, after)),
    pusher: { name: by.account.login, email: by.account.email || null },
  };
}

async function isForced(github: Github, repository: Repository, before: Sha | null, after: Sha | null) {
  if (before === null || after === null) return false;
  return !(await isAncestor(github.git, repository.id, before, after));
}

async function pushed(github: Github, repository: Repository, { ref, before, after }: RefChange) {
  if (after === null || before === null || ref.startsWith("refs/tags/")) return [];
  const shas = await commitsBetween(github.git, repository.id, before, after);
  const kept = shas.slice(-pushedCommits);
  const shown: Awaited<ReturnType<typeof presentPushedCommit>>[] = [];
  for (const [at, sha] of kept.entries()) {
    const commit = await github.git.commit(repository.id, sha);
    const withPaths = at >= kept.length - commitsWithPaths;
    if (commit) shown.push(await presentPushedCommit(github, repository, commit, withPaths));
  }
  return shown;
}

async function headCommit(github: Github, repository: Repository, after: Sha | null) {
  if (after === null) return null;
  const commit = await github.git.commit(repository.id, await peel(github, repository.id, after));
  return commit ? presentPushedCommit(github, repository, commit, true) : null;
}
