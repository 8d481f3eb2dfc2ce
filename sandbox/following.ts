import type { Actor } from "./actor.ts";
import { withdrawAutoMerge } from "./auto-merge-request.ts";
import { announceNow } from "./events.ts";
import { commitsBetween, isAncestor } from "./git/history.ts";
import type { Github } from "./github.ts";
import type { Pull, Repository, Sha } from "./model.ts";
import { presentPull } from "./present/pulls.ts";
import { presentReview } from "./present/talk.ts";
import { announcePull } from "./pull-events.ts";
import { branchAt, moveRefs, type RefChange, refAt } from "./refs.ts";
import { dismissesStale } from "./review-rules.ts";
import { mayPush } from "./rights.ts";
import { rulesFor } from "./rules.ts";

/** Brings a commit of a fork into the base repository's objects. */
export async function bringCommit(github: Github, repository: Repository, from: Repository, sha: Sha): Promise<void> {
  if (from.id === repository.id) return;
  const options = ["--quiet", "--no-tags", "--no-write-fetch-head"];
  const fetched = await github.git.run(repository.id, ["fetch", ...options, github.git.folder(from.id), sha]);
  if (fetched.code !== 0) throw new Error(`git fetch of a fork failed: ${fetched.stderr}`);
}

/** Keeps a head commit in the base repository under refs/pull/N/head, also when its fork goes away. */
export async function keepHead(
  github: Github,
  repository: Repository,
  number: number,
  from: Repository,
  sha: Sha,
): Promise<void> {
  await bringCommit(github, repository, from, sha);
  const ref = `refs/pull/${number}/head`;
  const before = refAt(github, repository.id, ref) ?? null;
  if (before !== sha) await moveRefs(github, repository, [{ ref, before, after: sha }]);
}

/** Closes a pull request without merging it. */
export async function closePull(github: Github, by: Actor, pull: Pull): Promise<Pull> {
  const at = github.time();
  const closed = github.state.pulls.change(pull.id, { state: "closed", closedAt: at, updatedAt: at });
  await announcePull(github, by, closed, "closed");
  return withdrawAutoMerge(github, by, closed, "Pull request was closed");
}

/** Marks a pull request merged. */
export async function markMerged(github: Github, by: Actor, pull: Pull, mergeCommitSha: Sha): Promise<Pull> {
  const at = github.time();
  const merged = github.state.pulls.change(pull.id, {
    state: "closed",
    merged: true,
    mergedAt: at,
    closedAt: at,
    updatedAt: at,
    mergedById: by.account.id,
    mergeCommitSha,
  });
  await announcePull(github, by, merged, "closed");
  return merged;
}

/** Open pull requests follow their head branch: a push synchronizes them, a deletion closes them. */
export async function followHead(
  github: Github,
  by: Actor,
  repository: Repository,
  branch: string,
  { before, after }: RefChange,
): Promise<void> {
  for (const pull of github.find.pullsFrom(repository.id, branch)) {
    if (pull.state !== "open") continue;
    const base = github.state.repositories.get(pull.repositoryId);
    if (!base) continue;
    if (after === null) {
      await closePull(github, by, pull);
      continue;
    }
    await keepHead(github, base, pull.number, repository, after);
    const tip = branchAt(github, base.id, pull.base.ref) ?? pull.base.sha;
    const head = { ...pull.head, sha: after };
    const moved = github.state.pulls.change(pull.id, {
      head,
      base: { ...pull.base, sha: tip },
      updatedAt: github.time(),
    });
    const was = before ?? pull.head.sha;
    await announcePull(github, by, moved, "synchronize", { before: was, after });
    if (!mayPush(github, by, base)) {
      await withdrawAutoMerge(github, by, moved, "Head branch was pushed to by a user without write access");
    }
    dismissStaleReviews(github, by, base, moved);
    if (await isAncestor(github.git, base.id, after, tip)) await closePull(github, by, moved);
  }
}

function dismissStaleReviews(github: Github, by: Actor, repository: Repository, pull: Pull): void {
  const rules = rulesFor(github, repository, `refs/heads/${pull.base.ref}`).map(({ rule }) => rule);
  if (!dismissesStale(rules)) return;
  for (const review of github.find.reviewsOf(repository.id, pull.number)) {
    if (review.state !== "APPROVED") continue;
    const dismissed = github.state.reviews.change(review.id, { state: "DISMISSED" });
    announceNow(github, by, repository, { event: "pull_request_review", action: "dismissed" }, () => ({
      review: { ...presentReview(github, repository, dismissed), state: "dismissed" },
      pull_request: presentPull(github, pull),
    }));
  }
}

/** Open pull requests follow their base: one whose head is in it now is merged, a deleted base closes them. */
export async function followBase(
  github: Github,
  by: Actor,
  repository: Repository,
  branch: string,
  { before, after }: RefChange,
): Promise<void> {
  const open = github.find.pullsInto(repository.id, branch).filter((pull) => pull.state === "open");
  if (open.length === 0) return;
  if (after === null) {
    for (const pull of open) await closePull(github, by, pull);
    return;
  }
  const arrived = new Set(await commitsBetween(github.git, repository.id, before, after));
  for (const pull of open) if (arrived.has(pull.head.sha)) await markMerged(github, by, pull, after);
}
