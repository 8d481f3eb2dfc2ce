import type { Actor } from "./actor.ts";
import type { Github } from "./github.ts";
import type { MergeGroup, Repository } from "./model.ts";
import type { Outcome } from "./outcome.ts";

/** "Merge when ready" on a branch with a merge queue: builds the group and asks for its checks. */
export async function enqueue(
	github: Github,
	by: Actor,
	repository: Repository,
	number: number,
): Promise<Outcome<MergeGroup>> {
	throw new Error("not written yet");
}

/** Takes a pull request out of the queue. */
export async function dequeue(
	github: Github,
	by: Actor,
	repository: Repository,
	number: number,
): Promise<Outcome<null>> {
	throw new Error("not written yet");
}
