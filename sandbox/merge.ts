import type { Actor } from "./actor.ts";
import type { Github } from "./github.ts";
import type { MergeMethod, Repository, Sha } from "./model.ts";
import type { Outcome } from "./outcome.ts";

/** Merges as the button does. `sha` guards against a head that moved. */
export async function mergePull(
	github: Github,
	by: Actor,
	repository: Repository,
	number: number,
	input: { method?: MergeMethod; sha?: Sha; title?: string; message?: string },
): Promise<Outcome<{ readonly sha: Sha; readonly message: string }>> {
	throw new Error("not written yet");
}

/** Whether `by` could merge now, as the merge box shows it: null when yes, else GitHub's reason. */
export async function mergeBlocked(
	github: Github,
	by: Actor,
	repository: Repository,
	number: number,
	method?: MergeMethod,
): Promise<string | null> {
	throw new Error("not written yet");
}
