import type { Github } from "./github.ts";
import type { Repository, Sha } from "./model.ts";
import { done, type Outcome, refused } from "./outcome.ts";

export const zero = "0".repeat(40);

/** A ref that moves: `before` null makes it, `after` null deletes it. `ref` is the full name. */
export type RefChange = { readonly ref: string; readonly before: Sha | null; readonly after: Sha | null };

/** All refs of a repository, full name to object. */
export function refsOf(github: Github, repositoryId: number): Readonly<Record<string, Sha>> {
  return github.state.refs.get(repositoryId)?.refs ?? {};
}

/** What a ref points to; undefined when there is none. */
export function refAt(github: Github, repositoryId: number, ref: string): Sha | undefined {
  const refs = refsOf(github, repositoryId);
  return Object.hasOwn(refs, ref) ? refs[ref] : undefined;
}

/** The head of a branch. */
export function branchAt(github: Github, repositoryId: number, branch: string): Sha | undefined {
  return refAt(github, repositoryId, `refs/heads/${branch}`);
}

/** Whether git takes this as a branch name. */
export function isBranchName(name: string): boolean {
  if (name === "" || name.length > 244 || name.startsWith("-") || name.endsWith(".") || name === "@") return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: git refuses control characters in ref names
  if (/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\//u.test(name)) return false;
  return name.split("/").every((part) => part !== "" && !part.startsWith(".") && !part.endsWith(".lock"));
}

/** Moves refs in git and in memory, all or none; 422 when one is not where it was thought to be. */
export async function moveRefs(
  github: Github,
  repository: Repository,
  changes: readonly RefChange[],
): Promise<Outcome<null>> {
  const lines = changes.map(({ ref, before, after }) =>
    after === null ? `delete ${ref}\0${before ?? ""}\0` : `update ${ref}\0${after}\0${before ?? zero}\0`,
  );
  const { code, stderr } = await github.git.run(repository.id, ["update-ref", "-z", "--stdin"], lines.join(""));
  if (code !== 0) {
    github.log(`git update-ref in ${github.nameOf(repository)}: ${stderr.trim()}`);
    return refused(422, "Reference update failed");
  }
  noteRefs(github, repository.id, changes);
  return done(null);
}

/** Writes into memory what git already has. */
export function noteRefs(github: Github, repositoryId: number, changes: readonly RefChange[]): void {
  const refs: Record<string, Sha> = { ...refsOf(github, repositoryId) };
  for (const { ref, after } of changes) {
    if (after === null) delete refs[ref];
    else refs[ref] = after;
  }
  github.state.refs.put({ id: repositoryId, refs });
}

/** What git has now, for starting up and after an import. */
export async function readRefs(github: Github, repositoryId: number): Promise<Readonly<Record<string, Sha>>> {
  const { stdout } = await github.git.run(repositoryId, ["for-each-ref", "--format=%(objectname) %(refname)"]);
  const lines = stdout.toString().split("\n").filter(Boolean);
  return Object.fromEntries(lines.map((line) => [line.slice(41), line.slice(0, 40)]));
}

/** The commit a branch, tag, full ref or SHA stands for; undefined when there is none. Short names prefer branches. */
export async function resolveCommit(github: Github, repositoryId: number, name: string): Promise<Sha | undefined> {
  const repository = github.state.repositories.get(repositoryId);
  if (name === "HEAD" && repository) return branchAt(github, repositoryId, repository.defaultBranch);
  const candidates = [`refs/heads/${name}`, `refs/tags/${name}`, name, `refs/${name}`];
  const found = candidates.map((ref) => refAt(github, repositoryId, ref)).find((sha) => sha !== undefined);
  if (found) return peel(github, repositoryId, found);
  if (/^[0-9a-f]{40}$/.test(name)) return (await github.git.commit(repositoryId, name)) ? name : undefined;
  if (!/^[0-9a-f]{7,39}$/.test(name)) return undefined;
  const { code, stdout } = await github.git.run(repositoryId, ["rev-parse", "--verify", "--quiet", `${name}^{commit}`]);
  return code === 0 ? stdout.toString().trim() : undefined;
}

/** The commit an object stands for: itself, or what a tag object leads to. */
export async function peel(github: Github, repositoryId: number, sha: Sha): Promise<Sha> {
  const object = await github.git.read(repositoryId, sha);
  if (object?.type !== "tag") return sha;
  const target = /^object ([0-9a-f]{40})/.exec(object.content.toString())?.[1];
  return target ? peel(github, repositoryId, target) : sha;
}
