import type { Actor } from "./actor.ts";
import { entryAt } from "./git/trees.ts";
import type { Github } from "./github.ts";
import type { Permissions, Repository, Sha } from "./model.ts";
import { peel, type RefChange, refsOf } from "./refs.ts";
import { lentBy } from "./rights.ts";

const folder = ".github/workflows";

/** What a token lets its bearer do; null: a person, who may do what their role may. */
function granted(github: Github, by: Actor, repository: Repository): Permissions | null {
  if (by.installation) return by.permissions ?? {};
  return by.via ? (lentBy(github, by.via, repository) ?? {}) : null;
}

/** Whether what `by` does may bring changes of workflow files. */
export function mayBringWorkflows(github: Github, by: Actor, repository: Repository): boolean {
  const permissions = granted(github, by, repository);
  return permissions === null || permissions["workflows"] === "write";
}

/** The workflow files of a commit, path to blob; none where there is no commit. */
async function workflowsAt(github: Github, repositoryId: number, sha: Sha | null): Promise<ReadonlyMap<string, Sha>> {
  const commit =
    sha === null ? undefined : await github.git.commit(repositoryId, await peel(github, repositoryId, sha));
  const entry = commit && (await entryAt(github.git, repositoryId, commit.tree, folder));
  const files = (entry && (await github.git.tree(repositoryId, entry.sha))) ?? [];
  return new Map(files.map((file) => [`${folder}/${file.name}`, file.sha]));
}

/** The first workflow file of a commit that none of the others has just so; null when there is none. */
export async function broughtWorkflow(
  github: Github,
  repositoryId: number,
  others: readonly Sha[],
  sha: Sha,
): Promise<string | null> {
  const files = await workflowsAt(github, repositoryId, sha);
  if (files.size === 0) return null;
  const known = await Promise.all(others.map((other) => workflowsAt(github, repositoryId, other)));
  return [...files].find(([path, blob]) => known.every((one) => one.get(path) !== blob))?.[0] ?? null;
}

/**
 * GitHub's words where a ref that moves would bring a workflow file from an App without that permission; null where it
 * would not, or may. A new ref brings only what is at the tip of no branch.
 */
export async function workflowRefusal(
  github: Github,
  by: Actor,
  repository: Repository,
  { before, after }: RefChange,
): Promise<string | null> {
  if (after === null || mayBringWorkflows(github, by, repository)) return null;
  const heads = Object.entries(refsOf(github, repository.id)).filter(([ref]) => ref.startsWith("refs/heads/"));
  const others = before === null ? heads.map(([, sha]) => sha) : [before];
  const path = await broughtWorkflow(github, repository.id, others, after);
  if (path === null) return null;
  return `refusing to allow a GitHub App to create or update workflow \`${path}\` without \`workflows\` permission`;
}
