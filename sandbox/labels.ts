import type { Actor } from "./actor.ts";
import type { Github } from "./github.ts";
import type { Label, Repository } from "./model.ts";
import type { Outcome } from "./outcome.ts";

/** Adds labels by name; missing ones are created. Answers all labels the pull request has then. */
export function addLabels(
	github: Github,
	by: Actor,
	repository: Repository,
	number: number,
	names: readonly string[],
): Outcome<readonly Label[]> {
	throw new Error("not written yet");
}

/** Takes one label off. */
export function removeLabel(
	github: Github,
	by: Actor,
	repository: Repository,
	number: number,
	name: string,
): Outcome<readonly Label[]> {
	throw new Error("not written yet");
}
