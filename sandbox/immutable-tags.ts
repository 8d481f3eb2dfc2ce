import type { Github } from "./github.ts";
import type { Repository } from "./model.ts";
import type { RefChange } from "./refs.ts";

/** Whether the name is spent: an immutable release has or had it. */
export function isSpent(github: Github, repositoryId: number, tagName: string): boolean {
  return github.state.repositories.get(repositoryId)?.immutableTags?.includes(tagName) ?? false;
}

/**
 * Why a tag of an immutable release stays where it is while there is that release, and is never made again, in GitHub's
 * words; null for every other ref. Nobody bypasses this.
 */
export function immutableViolation(
  github: Github,
  repository: Repository,
  { ref, before, after }: RefChange,
): string | null {
  if (!ref.startsWith("refs/tags/")) return null;
  const tagName = ref.slice("refs/tags/".length);
  if (before === null) {
    return isSpent(github, repository.id, tagName) ? "Cannot create ref due to creations being restricted." : null;
  }
  const locked = github.find.releasesOf(repository.id).some((one) => one.immutable && one.tagName === tagName);
  if (!locked) return null;
  return after === null ? "Cannot delete this tag" : "Cannot update this protected ref.";
}
