import type { Github } from "./github.ts";
import type { Pull, Repository, Review, Rule } from "./model.ts";
import { atLeast, roleOf } from "./rights.ts";

/** The newest review of each person that says yes or no; a comment alone changes nothing. */
export function standingReviews(github: Github, pull: Pull): readonly Review[] {
  const newest = new Map<number, Review>();
  for (const review of github.find.reviewsOf(pull.repositoryId, pull.number)) {
    if (review.state !== "COMMENTED") newest.set(review.userId, review);
  }
  return [...newest.values()];
}

/** Why a pull_request rule's reviews hold a merge back, in GitHub's words. Only people with write count. */
export function reviewViolations(github: Github, repository: Repository, pull: Pull, rule: Rule): readonly string[] {
  const counting = standingReviews(github, pull).filter((review) => {
    const account = github.state.accounts.get(review.userId);
    return account?.type === "User" && atLeast(roleOf(github, review.userId, repository), "write");
  });
  const approvals = counting.filter((review) => review.state === "APPROVED").length;
  const required = Number(rule.parameters?.["required_approving_review_count"] ?? 0);
  const violations: string[] = [];
  if (required > 0 && counting.some((review) => review.state === "CHANGES_REQUESTED")) {
    violations.push("Changes have been requested by a reviewer with write access.");
  }
  if (approvals < required) {
    violations.push(
      required === 1
        ? "At least 1 approving review is required by reviewers with write access."
        : `At least ${required} approving reviews are required by reviewers with write access.`,
    );
  }
  return violations;
}

/** Whether a push to this head makes approvals stale. */
export function dismissesStale(rules: readonly Rule[]): boolean {
  return rules.some(
    (rule) => rule.type === "pull_request" && rule.parameters?.["dismiss_stale_reviews_on_push"] === true,
  );
}
