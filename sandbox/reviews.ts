import type { Actor } from "./actor.ts";
import { announceNow } from "./events.ts";
import type { Github } from "./github.ts";
import type { Repository, Review, ReviewState } from "./model.ts";
import { done, notFound, type Outcome, refused } from "./outcome.ts";
import { presentPull } from "./present/pulls.ts";
import { presentReview } from "./present/talk.ts";
import { inTeam, requireRole } from "./rights.ts";

/** Reviews of a pull request, oldest first. */
export function reviewsOf(github: Github, repositoryId: number, number: number): readonly Review[] {
  return github.find.reviewsOf(repositoryId, number);
}

export type ReviewEvent = "APPROVE" | "REQUEST_CHANGES" | "COMMENT";
const states: Readonly<Record<ReviewEvent, ReviewState>> = {
  APPROVE: "APPROVED",
  REQUEST_CHANGES: "CHANGES_REQUESTED",
  COMMENT: "COMMENTED",
};

function announceReview(
  github: Github,
  by: Actor,
  repository: Repository,
  review: Review,
  action: "submitted" | "dismissed" | "edited",
): void {
  const pull = github.find.pull(repository.id, review.number);
  if (!pull) return;
  const shown = presentReview(github, repository, review);
  announceNow(github, by, repository, { event: "pull_request_review", action }, () => ({
    review: { ...shown, state: shown.state.toLowerCase() },
    pull_request: presentPull(github, pull),
  }));
}

/** Approves, requests changes or comments, on the current head or `commitSha`. Nobody approves their own. */
export function submitReview(
  github: Github,
  by: Actor,
  repository: Repository,
  number: number,
  input: { readonly event: ReviewEvent; readonly body?: string | undefined; readonly commitSha?: string | undefined },
): Outcome<Review> {
  const allowed = requireRole(github, by, repository, "read");
  if (!allowed.done) return allowed;
  const pull = github.find.pull(repository.id, number);
  if (!pull) return notFound;
  const own = pull.authorId === by.account.id;
  if (own && input.event === "APPROVE") {
    return refused(422, "Unprocessable Entity", ["Can not approve your own pull request"]);
  }
  if (own && input.event === "REQUEST_CHANGES") {
    return refused(422, "Unprocessable Entity", ["Can not request changes on your own pull request"]);
  }
  if (input.event !== "APPROVE" && (input.body ?? "").trim() === "") {
    return refused(422, "Unprocessable Entity", ["You need to leave a comment indicating the requested changes."]);
  }
  const at = github.time();
  const review = github.state.reviews.put({
    id: github.state.nextId(),
    repositoryId: repository.id,
    number,
    userId: by.account.id,
    state: states[input.event],
    body: input.body ?? "",
    commitSha: input.commitSha ?? pull.head.sha,
    submittedAt: at,
  });
  // Whoever was asked is not asked any more, and neither is a team for which somebody of it answered.
  github.state.pulls.change(pull.id, {
    requestedReviewerIds: pull.requestedReviewerIds.filter((id) => id !== by.account.id),
    requestedTeamIds: (pull.requestedTeamIds ?? []).filter((id) => !inTeam(github, by.account.id, id)),
    updatedAt: at,
  });
  announceReview(github, by, repository, review, "submitted");
  return done(review);
}

/** Dismisses an approval or a request for changes, with a reason. */
export function dismissReview(
  github: Github,
  by: Actor,
  repository: Repository,
  number: number,
  reviewId: number,
  message: string,
): Outcome<Review> {
  const allowed = requireRole(github, by, repository, "write");
  if (!allowed.done) return allowed;
  const review = github.state.reviews.get(reviewId);
  if (!review || review.repositoryId !== repository.id || review.number !== number) return notFound;
  if (message.trim() === "") return refused(422, "message is required");
  if (review.state !== "APPROVED" && review.state !== "CHANGES_REQUESTED") {
    return refused(422, "Unprocessable Entity", ["Can not dismiss a dismissed or commented pull request review"]);
  }
  const dismissed = github.state.reviews.change(reviewId, { state: "DISMISSED" });
  announceReview(github, by, repository, dismissed, "dismissed");
  return done(dismissed);
}
