import type { Actor } from "./actor.ts";
import { isAncestor } from "./git/history.ts";
import type { Github } from "./github.ts";
import type { ActivityKind, Repository } from "./model.ts";
import type { RefChange } from "./refs.ts";

/** Writes down what somebody did to a branch. `merged` says that it came by a merge, which only the merge knows. */
export async function noteActivity(
  github: Github,
  by: Actor,
  repository: Repository,
  change: RefChange,
  merged: "pr_merge" | "merge_queue_merge" | null,
): Promise<void> {
  if (!change.ref.startsWith("refs/heads/")) return;
  github.state.activities.put({
    id: github.state.nextId(),
    repositoryId: repository.id,
    ...change,
    kind: merged ?? (await kindOf(github, repository, change)),
    actorId: by.account.id,
    at: github.time(),
  });
}

async function kindOf(github: Github, repository: Repository, { before, after }: RefChange): Promise<ActivityKind> {
  if (before === null) return "branch_creation";
  if (after === null) return "branch_deletion";
  return (await isAncestor(github.git, repository.id, before, after)) ? "push" : "force_push";
}
