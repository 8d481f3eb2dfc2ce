import type { Actor } from "./actor.ts";
import type { Github } from "./github.ts";
import type { Pull, Repository } from "./model.ts";
import type { Outcome } from "./outcome.ts";

/** The pull request NUMBER of the repository; undefined when there is none. */
export function pullOf(
	github: Github,
	repositoryId: number,
	number: number,
): Pull | undefined {
	throw new Error("not written yet");
}

/** Opens a pull request. `head` is BRANCH or OWNER:BRANCH (a fork in the same network). */
export async function openPull(
	github: Github,
	by: Actor,
	repository: Repository,
	input: {
		title: string;
		head: string;
		base: string;
		body?: string | null;
		draft?: boolean;
		headRepository?: string;
	},
): Promise<Outcome<Pull>> {
	throw new Error("not written yet");
}

/** Edits title or body, retargets to another base, closes or reopens. */
export async function editPull(
	github: Github,
	by: Actor,
	repository: Repository,
	number: number,
	change: {
		title?: string;
		body?: string | null;
		base?: string;
		state?: "open" | "closed";
	},
): Promise<Outcome<Pull>> {
	throw new Error("not written yet");
}

/** Marks a draft ready for review. */
export async function readyForReview(
	github: Github,
	by: Actor,
	repository: Repository,
	number: number,
): Promise<Outcome<Pull>> {
	throw new Error("not written yet");
}

/** Makes it a draft again. */
export async function convertToDraft(
	github: Github,
	by: Actor,
	repository: Repository,
	number: number,
): Promise<Outcome<Pull>> {
	throw new Error("not written yet");
}
