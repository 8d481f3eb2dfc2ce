import type { Actor } from "./actor.ts";
import type { Github } from "./github.ts";
import type { Pull } from "./model.ts";
import { announcePull } from "./pull-events.ts";

/** Disables auto-merge where it is enabled, and says why. Answers the pull request as it is then. */
export async function withdrawAutoMerge(github: Github, by: Actor, pull: Pull, reason: string): Promise<Pull> {
  // The caller's copy may be older than what is kept.
  if (!github.state.pulls.get(pull.id)?.autoMerge) return pull;
  const disabled = github.state.pulls.change(pull.id, { autoMerge: null, updatedAt: github.time() });
  await announcePull(github, by, disabled, "auto_merge_disabled", { reason });
  return disabled;
}
