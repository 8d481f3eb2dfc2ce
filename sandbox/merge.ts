import type { Actor } from "./actor.ts";
import { signatureOf, webCommitter } from "./branches.ts";
import { markMerged } from "./following.ts";
import { mergeTrees, replay } from "./git/history.ts";
import type { Signature } from "./git/objects.ts";
import type { Github } from "./github.ts";
import { afterPush } from "./landing.ts";
import type { MergeMethod, Pull, Repository, Sha } from "./model.ts";
import { done, notFound, type Outcome, refused } from "./outcome.ts";
import { commitsOf } from "./pull-events.ts";
import { branchAt, moveRefs } from "./refs.ts";
import { requireRole } from "./rights.ts";
import { mergeRefusal, pushViolations } from "./rules.ts";
import { workflowRefusal } from "./workflow-files.ts";

export type MergeInput = {
  readonly method?: MergeMethod | undefined;
  readonly sha?: Sha | undefined;
  readonly title?: string | undefined;
  readonly message?: string | undefined;
  /** Given: all rules hold, also those that the one who merges may bypass. */
  readonly bypass?: false;
};

const switchedOff: Readonly<Record<MergeMethod, string>> = {
  merge: "Merge commits are not allowed on this repository.",
  squash: "Squash merges are not allowed on this repository.",
  rebase: "Rebase merges are not allowed on this repository.",
};

/** Why the repository's settings refuse this way of merging; null when they do not. */
export function methodSwitchedOff(repository: Repository, method: MergeMethod): string | null {
  const { allowMergeCommit, allowSquashMerge, allowRebaseMerge } = repository.merging;
  const allowed = { merge: allowMergeCommit, squash: allowSquashMerge, rebase: allowRebaseMerge }[method];
  return allowed ? null : switchedOff[method];
}

const notMergeable = refused(405, "Pull Request is not mergeable");
const baseModified = refused(405, "Base branch was modified. Review and try the merge again.");

/** Everything but conflicts that keeps `by` from merging. */
async function refusalOf(
  github: Github,
  by: Actor,
  repository: Repository,
  pull: Pull,
  input: MergeInput,
): Promise<Outcome<null>> {
  const method = input.method ?? "merge";
  if (repository.archived) return refused(403, "Repository was archived so is read-only.");
  if (pull.state === "closed") return notMergeable;
  if (input.sha !== undefined && input.sha !== pull.head.sha) {
    return refused(409, "Head branch was modified. Review and try the merge again.");
  }
  if (pull.draft) return refused(405, "Pull Request is still a draft");
  const off = methodSwitchedOff(repository, method);
  if (off !== null) return refused(405, off);
  const bound = input.bypass === false ? null : by;
  const words = await mergeRefusal(github, bound, repository, pull, method);
  return words === null ? done(null) : refused(405, words);
}

/** Merges as the button does. `sha` guards against a head that moved; a base that moves meanwhile is GitHub's to refuse. */
export async function mergePull(
  github: Github,
  by: Actor,
  repository: Repository,
  number: number,
  input: MergeInput,
): Promise<Outcome<{ readonly sha: Sha; readonly message: string }>> {
  const pull = github.find.pull(repository.id, number);
  const tip = pull && branchAt(github, repository.id, pull.base.ref);
  return github.exclusively(repository.id, () => mergeHeld(github, by, repository, number, input, tip));
}

/** The same for a caller who holds the repository (see Github.exclusively). `seen` is the base when the merge was asked for. */
export async function mergeHeld(
  github: Github,
  by: Actor,
  repository: Repository,
  number: number,
  input: MergeInput,
  seen?: Sha,
): Promise<Outcome<{ readonly sha: Sha; readonly message: string }>> {
  const allowed = requireRole(github, by, repository, "write");
  if (!allowed.done) return allowed;
  const current = github.state.repositories.get(repository.id);
  const pull = github.find.pull(repository.id, number);
  if (!pull || !current) return notFound;
  const may = await refusalOf(github, by, current, pull, input);
  if (!may.done) return may;
  const tip = branchAt(github, repository.id, pull.base.ref);
  if (seen !== undefined && tip !== seen) return baseModified;
  const sha = tip && (await mergeCommit(github, by, current, pull, tip, input));
  if (!tip || !sha) return notMergeable;
  const change = { ref: `refs/heads/${pull.base.ref}`, before: tip, after: sha };
  const workflow = await workflowRefusal(github, by, current, change);
  if (workflow !== null) return refused(403, workflow);
  const moved = await moveRefs(github, current, [change]);
  if (!moved.done) return baseModified;
  await markMerged(github, by, pull, sha);
  await afterPush(github, by, current, [change], "pr_merge");
  if (current.merging.deleteBranchOnMerge) await deleteHead(github, by, current, pull);
  return done({ sha, message: "Pull Request successfully merged" });
}

async function deleteHead(github: Github, by: Actor, repository: Repository, pull: Pull): Promise<void> {
  const sha = branchAt(github, repository.id, pull.head.ref);
  if (pull.head.repositoryId !== repository.id || !sha || pull.head.ref === repository.defaultBranch) return;
  const change = { ref: `refs/heads/${pull.head.ref}`, before: sha, after: null };
  if ((await pushViolations(github, by, repository, change)).length > 0) return;
  const moved = await moveRefs(github, repository, [change]);
  if (moved.done) await afterPush(github, by, repository, [change]);
}

/** The commit a merge would put at the tip of the base; null when it conflicts. */
export async function mergeCommit(
  github: Github,
  by: Actor,
  repository: Repository,
  pull: Pull,
  tip: Sha,
  input: MergeInput,
): Promise<Sha | null> {
  const { git } = github;
  const head = pull.head.sha;
  const committer = webCommitter(github);
  if (input.method === "rebase") {
    return replay(git, repository.id, await commitsOf(github, pull), tip, committer);
  }
  const tree = await mergeTrees(git, repository.id, tip, head);
  if (!tree) return null;
  const text = await mergeTexts(github, pull, input.method ?? "merge");
  const title = input.title ?? text.title;
  const message = input.message ?? text.message;
  const squash = input.method === "squash";
  return git.writeCommit(repository.id, {
    tree,
    parents: squash ? [tip] : [tip, head],
    author: squash ? authorOf(github, pull) : signatureOf(github, by),
    committer,
    message: message === "" ? title : `${title}\n\n${message}`,
  });
}

function authorOf(github: Github, pull: Pull): Signature {
  const account = github.state.accounts.get(pull.authorId);
  if (!account) return webCommitter(github);
  return signatureOf(github, { account, installation: null, permissions: null, repositoryIds: null });
}

/** What the commit of a merge says where nobody said it; nothing for a rebase, which makes no commit of its own. */
export async function mergeTexts(
  github: Github,
  pull: Pull,
  method: MergeMethod,
): Promise<{ readonly title: string; readonly message: string }> {
  if (method === "squash") return squashText(github, pull);
  if (method === "rebase") return { title: "", message: "" };
  return {
    title: `Merge pull request #${pull.number} from ${pull.head.owner}/${pull.head.ref}`,
    message: pull.title,
  };
}

async function squashText(github: Github, pull: Pull) {
  const shas = await commitsOf(github, pull);
  const messages = await Promise.all(
    shas.map(async (sha) => (await github.git.commit(pull.repositoryId, sha))?.message ?? ""),
  );
  const [only = ""] = messages;
  if (messages.length === 1) {
    const [title = "", ...rest] = only.split("\n");
    return { title: `${title} (#${pull.number})`, message: rest.join("\n").trim() };
  }
  return { title: `${pull.title} (#${pull.number})`, message: messages.map((message) => `* ${message}`).join("\n\n") };
}

/** Whether `by` could merge now, as the merge box shows it: null when yes, else GitHub's reason. */
export async function mergeBlocked(
  github: Github,
  by: Actor,
  repository: Repository,
  number: number,
  input: MergeInput = {},
): Promise<string | null> {
  const allowed = requireRole(github, by, repository, "write");
  if (!allowed.done) return allowed.refusal.message;
  const current = github.state.repositories.get(repository.id);
  const pull = github.find.pull(repository.id, number);
  if (!pull || !current) return "Not Found";
  const may = await refusalOf(github, by, current, pull, input);
  if (!may.done) return may.refusal.message;
  const tip = branchAt(github, repository.id, pull.base.ref);
  const tree = tip && (await mergeTrees(github.git, repository.id, tip, pull.head.sha));
  return tree ? null : "Pull Request is not mergeable";
}
