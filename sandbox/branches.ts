import type { Actor } from "./actor.ts";
import { announceNow } from "./events.ts";
import { writeFiles } from "./git/trees.ts";
import type { Github } from "./github.ts";
import { afterPush, pushRefs } from "./landing.ts";
import type { Pull, Repository, Sha } from "./model.ts";
import { done, invalid, notFound, type Outcome, refused } from "./outcome.ts";
import { announcePull } from "./pull-events.ts";
import { branchAt, isBranchName, moveRefs, refAt, refsOf, resolveCommit } from "./refs.ts";
import { requireRole } from "./rights.ts";

/** Branch names and heads, by name. */
export function branchesOf(
  github: Github,
  repositoryId: number,
): readonly { readonly name: string; readonly sha: Sha }[] {
  return Object.entries(refsOf(github, repositoryId))
    .filter(([ref]) => ref.startsWith("refs/heads/"))
    .map(([ref, sha]) => ({ name: ref.slice("refs/heads/".length), sha }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Who a commit made in the browser or by an App is by. */
export function signatureOf(github: Github, by: Actor) {
  const { account } = by;
  const email = account.email || `${account.id}+${account.login}@users.noreply.github.com`;
  return { name: account.name || account.login, email, date: github.time() };
}

/** Who GitHub signs as when it commits for somebody. */
export function webCommitter(github: Github) {
  return { name: "GitHub", email: "noreply@github.com", date: github.time() };
}

/** Done when `by` may write to branches and tags, as far as roles go. */
export function mayWrite(github: Github, by: Actor, repository: Repository): Outcome<null> {
  const allowed = requireRole(github, by, repository, "write");
  if (!allowed.done) return allowed;
  return repository.archived ? refused(403, "Repository was archived so is read-only.") : done(null);
}

/** Commits file changes onto a branch as the web editor does. `null` deletes a file. A new branch is cut from `from` first. */
export async function commitFiles(
  github: Github,
  by: Actor,
  repository: Repository,
  input: {
    readonly branch: string;
    readonly message: string;
    readonly files: Readonly<Record<string, string | Buffer | null>>;
    readonly from?: string;
  },
): Promise<Outcome<Sha>> {
  return github.exclusively(repository.id, async () => {
    const allowed = mayWrite(github, by, repository);
    if (!allowed.done) return allowed;
    const tip = branchAt(github, repository.id, input.branch);
    const start = tip ?? (await resolveCommit(github, repository.id, input.from ?? repository.defaultBranch));
    const empty = Object.keys(refsOf(github, repository.id)).length === 0;
    if (!isBranchName(input.branch)) return refused(422, `Branch name is invalid: ${input.branch}`);
    if ((!start || (!tip && input.from === undefined)) && !empty)
      return refused(404, `Branch ${input.branch} not found`);
    const parent = start ? await github.git.commit(repository.id, start) : undefined;
    const tree = await writeFiles(github.git, repository.id, parent?.tree ?? null, input.files);
    const sha = await github.git.writeCommit(repository.id, {
      tree,
      parents: start ? [start] : [],
      author: signatureOf(github, by),
      committer: by.installation ? signatureOf(github, by) : webCommitter(github),
      message: input.message,
    });
    const change = { ref: `refs/heads/${input.branch}`, before: tip ?? null, after: sha };
    const pushed = await pushRefs(github, by, repository, [change], 409);
    return pushed.done ? done(sha) : pushed;
  });
}

/** Makes a branch at another branch or commit. */
export async function createBranch(
  github: Github,
  by: Actor,
  repository: Repository,
  name: string,
  from: string,
): Promise<Outcome<Sha>> {
  return github.exclusively(repository.id, async () => {
    const allowed = mayWrite(github, by, repository);
    if (!allowed.done) return allowed;
    if (!isBranchName(name)) return refused(422, `${name} is not a valid ref name.`);
    const sha = await resolveCommit(github, repository.id, from);
    if (!sha) return refused(422, "Object does not exist");
    if (branchAt(github, repository.id, name)) return refused(422, "Reference already exists");
    const pushed = await pushRefs(github, by, repository, [{ ref: `refs/heads/${name}`, before: null, after: sha }]);
    return pushed.done ? done(sha) : pushed;
  });
}

/** Deletes a branch or a tag, by its whole name. Needs write. */
export async function deleteRef(
  github: Github,
  by: Actor,
  repository: Repository,
  ref: string,
): Promise<Outcome<null>> {
  return github.exclusively(repository.id, async () => {
    const allowed = mayWrite(github, by, repository);
    if (!allowed.done) return allowed;
    const before = refAt(github, repository.id, ref);
    if (!before) return refused(422, "Reference does not exist");
    return pushRefs(github, by, repository, [{ ref, before, after: null }]);
  });
}

export const deleteBranch = (github: Github, by: Actor, repository: Repository, name: string): Promise<Outcome<null>> =>
  deleteRef(github, by, repository, `refs/heads/${name}`);

/**
 * Renames a branch. The default branch and the bases of open pull requests follow; pull requests from it are
 * closed, as on GitHub. The default branch needs an admin, any other write.
 */
export async function renameBranch(
  github: Github,
  by: Actor,
  repository: Repository,
  from: string,
  to: string,
): Promise<Outcome<Sha>> {
  return github.exclusively(repository.id, async () => {
    const isDefault = repository.defaultBranch === from;
    const allowed = isDefault ? requireRole(github, by, repository, "admin") : mayWrite(github, by, repository);
    if (!allowed.done) return allowed;
    const sha = branchAt(github, repository.id, from);
    if (!sha) return notFound;
    if (!isBranchName(to) || branchAt(github, repository.id, to)) {
      return invalid({
        resource: "Branch",
        field: "new_name",
        code: branchAt(github, repository.id, to) ? "already_exists" : "invalid",
      });
    }
    const changes = [
      { ref: `refs/heads/${from}`, before: sha, after: null },
      { ref: `refs/heads/${to}`, before: null, after: sha },
    ];
    const moved = await moveRefs(github, repository, changes);
    if (!moved.done) return moved;
    if (isDefault) await github.git.run(repository.id, ["symbolic-ref", "HEAD", `refs/heads/${to}`]);
    const formerBranches = { ...repository.formerBranches, [from]: to };
    const current = github.state.repositories.change(repository.id, {
      formerBranches,
      ...(isDefault ? { defaultBranch: to } : {}),
    });
    for (const pull of github.find.pullsInto(repository.id, from)) await rebase(github, by, pull, to);
    await afterPush(github, by, current, [...changes].reverse());
    if (isDefault) {
      announceNow(github, by, current, { event: "repository", action: "edited" }, () => ({
        changes: { default_branch: { from } },
      }));
    }
    return done(sha);
  });
}

async function rebase(github: Github, by: Actor, pull: Pull, to: string): Promise<void> {
  if (pull.state !== "open") return;
  const changes = { base: { ref: { from: pull.base.ref }, sha: { from: pull.base.sha } } };
  const moved = github.state.pulls.change(pull.id, { base: { ...pull.base, ref: to }, updatedAt: github.time() });
  await announcePull(github, by, moved, "edited", { changes });
}
