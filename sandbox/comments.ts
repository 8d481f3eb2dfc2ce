import type { Actor } from "./actor.ts";
import type { Github } from "./github.ts";
import type { Comment, Pull, Reaction, Repository } from "./model.ts";
import type { Outcome } from "./outcome.ts";

/** Comments of a pull request, oldest first. */
export function commentsOf(
	github: Github,
	repositoryId: number,
	number: number,
): readonly Comment[] {
	throw new Error("not written yet");
}

/** Writes a comment. */
export function createComment(
	github: Github,
	by: Actor,
	repository: Repository,
	number: number,
	body: string,
): Outcome<Comment> {
	throw new Error("not written yet");
}

/** Changes a comment: its author and anyone with write may. */
export function editComment(
	github: Github,
	by: Actor,
	repository: Repository,
	commentId: number,
	body: string,
): Outcome<Comment> {
	throw new Error("not written yet");
}

/** Deletes a comment. */
export function deleteComment(
	github: Github,
	by: Actor,
	repository: Repository,
	commentId: number,
): Outcome<null> {
	throw new Error("not written yet");
}

/** Ticks or unticks the n-th task-list box (from 0) of a comment, or of the pull request's own text when `commentId` is null. */
export async function tickBox(
	github: Github,
	by: Actor,
	repository: Repository,
	number: number,
	commentId: number | null,
	box: number,
	checked: boolean,
): Promise<Outcome<Comment | Pull>> {
	throw new Error("not written yet");
}

/** Reacts to a comment, or to the pull request when `commentId` is null. `created` is false when it was there already. */
export function react(
	github: Github,
	by: Actor,
	repository: Repository,
	target: { number: number; commentId: number | null },
	content: string,
): Outcome<{ readonly reaction: Reaction; readonly created: boolean }> {
	throw new Error("not written yet");
}

/** Takes a reaction back. */
export function removeReaction(
	github: Github,
	by: Actor,
	repository: Repository,
	reactionId: number,
): Outcome<null> {
	throw new Error("not written yet");
}

/** Reactions of a comment, oldest first. */
export function reactionsOf(
	github: Github,
	commentId: number,
): readonly Reaction[] {
	throw new Error("not written yet");
}
