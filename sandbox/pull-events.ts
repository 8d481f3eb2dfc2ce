import type { Actor } from "./actor.ts";
import { announce } from "./events.ts";
import { changedFiles, commitsBetween, mergeBase, mergeTrees, mergeTried } from "./git/history.ts";
import type { Github } from "./github.ts";
import type { Pull } from "./model.ts";
import { type PullNumbers, presentFullPull } from "./present/pulls.ts";
import { branchAt } from "./refs.ts";
import { mergeViolations } from "./rules.ts";

/** The commits a pull request brings, oldest first. A merged one is counted from the base it was merged into. */
export async function commitsOf(github: Github, pull: Pull): Promise<readonly string[]> {
  const base = pull.merged ? pull.base.sha : (branchAt(github, pull.repositoryId, pull.base.ref) ?? pull.base.sha);
  return commitsBetween(github.git, pull.repositoryId, base, pull.head.sha);
}

/** The files a pull request changes, relative to where it left its base. */
export async function filesOf(github: Github, pull: Pull) {
  const base = pull.merged ? pull.base.sha : (branchAt(github, pull.repositoryId, pull.base.ref) ?? pull.base.sha);
  const fork = await mergeBase(github.git, pull.repositoryId, base, pull.head.sha);
  return changedFiles(github.git, pull.repositoryId, fork, pull.head.sha);
}

/** What a pull request weighs. Whether it merges is left open, as GitHub leaves it until somebody asks. */
export async function numbersOf(github: Github, pull: Pull): Promise<PullNumbers> {
  const [commits, files] = await Promise.all([commitsOf(github, pull), filesOf(github, pull)]);
  return {
    mergeable: null,
    mergeableState: "unknown",
    commits: commits.length,
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changedFiles: files.length,
  };
}

/** Whether head and base merge without conflict now. */
export async function mergesCleanly(github: Github, pull: Pull): Promise<boolean> {
  const base = branchAt(github, pull.repositoryId, pull.base.ref);
  return base !== undefined && (await mergeTrees(github.git, pull.repositoryId, base, pull.head.sha)) !== null;
}

/**
 * What a pull request weighs and whether it merges, for somebody who asks. Like GitHub it does not know at the first
 * time, finds it out then, and says so from the second on.
 */
export async function numbersAsked(github: Github, pull: Pull): Promise<PullNumbers> {
  const numbers = await numbersOf(github, pull);
  const id = pull.repositoryId;
  const base = branchAt(github, id, pull.base.ref);
  if (pull.state === "closed" || !base) return numbers;
  const known = mergeTried(github.git, id, base, pull.head.sha);
  const mergeable = (await mergeTrees(github.git, id, base, pull.head.sha)) !== null;
  return known ? { ...numbers, mergeable, mergeableState: await stateOf(github, pull, mergeable) } : numbers;
}

/** GitHub's word for how a pull request stands, to somebody who bypasses no rule. */
async function stateOf(github: Github, pull: Pull, mergeable: boolean): Promise<string> {
  const repository = github.state.repositories.get(pull.repositoryId);
  if (!mergeable) return "dirty";
  if (pull.draft || !repository) return "draft";
  return (await mergeViolations(github, null, repository, pull, "merge")).length > 0 ? "blocked" : "clean";
}

/** Sends `pull_request` with this action. */
export async function announcePull(
  github: Github,
  by: Actor,
  pull: Pull,
  action: string,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const repository = github.state.repositories.get(pull.repositoryId);
  if (!repository) return;
  await announce(github, by, repository, { event: "pull_request", action }, async () => ({
    number: pull.number,
    pull_request: presentFullPull(github, pull, await numbersOf(github, pull)),
    ...fields,
  }));
}
