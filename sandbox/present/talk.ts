import type { Github } from "../github.ts";
import type { Comment, Reaction, Repository, Review } from "../model.ts";
import { nodeId, presentAccountOf } from "./accounts.ts";
import { presentApp } from "./apps.ts";
import { associationOf, presentReactionCounts } from "./pulls.ts";
import { repositoryUrl } from "./repositories.ts";

/** A comment under a pull request. */
export function presentComment(github: Github, repository: Repository, comment: Comment) {
  const api = repositoryUrl(github, repository);
  const html = `${github.url}/${github.nameOf(repository)}/pull/${comment.number}`;
  const app = github.state.apps.get(comment.viaAppId ?? -1);
  return {
    url: `${api}/issues/comments/${comment.id}`,
    html_url: `${html}#issuecomment-${comment.id}`,
    issue_url: `${api}/issues/${comment.number}`,
    id: comment.id,
    node_id: nodeId("IC", comment.id),
    user: presentAccountOf(github, comment.authorId),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    body: comment.body,
    author_association: associationOf(github, comment.authorId, repository),
    reactions: presentReactionCounts(
      `${api}/issues/comments/${comment.id}/reactions`,
      github.find.reactionsOf(comment.id),
    ),
    performed_via_github_app: app ? presentApp(github, app) : null,
  };
}

/** A reaction. */
export function presentReaction(github: Github, reaction: Reaction) {
  return {
    id: reaction.id,
    node_id: nodeId("REA", reaction.id),
    user: presentAccountOf(github, reaction.userId),
    content: reaction.content,
    created_at: reaction.createdAt,
  };
}

/** A review. Webhooks write its state in lower case. */
export function presentReview(github: Github, repository: Repository, review: Review) {
  const api = `${repositoryUrl(github, repository)}/pulls/${review.number}`;
  const html = `${github.url}/${github.nameOf(repository)}/pull/${review.number}#pullrequestreview-${review.id}`;
  return {
    id: review.id,
    node_id: nodeId("PRR", review.id),
    user: presentAccountOf(github, review.userId),
    body: review.body,
    state: review.state as string,
    html_url: html,
    pull_request_url: api,
    author_association: associationOf(github, review.userId, repository),
    _links: { html: { href: html }, pull_request: { href: api } },
    submitted_at: review.submittedAt,
    commit_id: review.commitSha,
  };
}
