import type { Actor } from "./actor.ts";
import type { Github } from "./github.ts";
import type { Repository, Review } from "./model.ts";
import type { Outcome } from "./outcome.ts";

/** Reviews of a pull request, oldest first. */
export function reviewsOf(
	github: Github,
	repositoryId: number,
	number: number,
): readonly Review[] {
	throw new Error("not written yet");
}

/** Approves, requests changes or comments, on the current head or `commitSha`. */
export function submitReview(
	github: Github,
	by: Actor,
	repository: Repository,
	number: number,
	input: {
		event: "APPROVE" | "REQUEST_CHANGES" | "COMMENT";
		body?: string;
		commitSha?: string;
	},
): Outcome<Review> {
	throw new Error("not written yet");
}

/** Dismisses a review with a reason. */
export function dismissReview(
	github: Github,
	by: Actor,
	repository: Repository,
	number: number,
	reviewId: number,
	message: string,
): Outcome<Review> {
	throw new Error("not written yet");
}
