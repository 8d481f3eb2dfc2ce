import type { Actor } from "./actor.ts";
import { announceNow } from "./events.ts";
import type { Github } from "./github.ts";
import {
  type Comment,
  type Issue,
  type Pull,
  type Reaction,
  type ReactionContent,
  type Repository,
  reactionContents,
} from "./model.ts";
import { done, invalid, notFound, type Outcome } from "./outcome.ts";
import { presentToldIssue } from "./present/issues.ts";
import { presentIssue } from "./present/pulls.ts";
import { presentComment } from "./present/talk.ts";
import { editPull, longestBody } from "./pulls.ts";
import { requireRole } from "./rights.ts";
import { setBox } from "./task-list.ts";

/** Comments of a pull request or an issue, oldest first. */
export function commentsOf(github: Github, repositoryId: number, number: number): readonly Comment[] {
  return github.find.commentsOf(repositoryId, number);
}

function bodyRefusal(body: string): Outcome<never> | null {
  if (body.trim() === "") return invalid({ resource: "IssueComment", code: "missing_field", field: "body" });
  if (body.length <= longestBody) return null;
  const message = `Body is too long (maximum is ${longestBody} characters)`;
  return invalid({ resource: "IssueComment", code: "custom", field: "body", message });
}

function announceComment(
  github: Github,
  by: Actor,
  repository: Repository,
  comment: Comment,
  action: "created" | "edited" | "deleted",
  fields: Readonly<Record<string, unknown>> = {},
): void {
  const pull = github.find.pull(repository.id, comment.number);
  const issue = github.find.issue(repository.id, comment.number);
  if (!pull && !issue) return;
  announceNow(github, by, repository, { event: "issue_comment", action }, () => ({
    issue: pull ? presentIssue(github, pull) : presentToldIssue(github, repository, issue as Issue),
    comment: presentComment(github, repository, comment),
    ...fields,
  }));
}

/** Writes a comment. */
export function createComment(
  github: Github,
  by: Actor,
  repository: Repository,
  number: number,
  body: string,
): Outcome<Comment> {
  const allowed = requireRole(github, by, repository, "read");
  if (!allowed.done) return allowed;
  const pull = github.find.pull(repository.id, number);
  const issue = github.find.issue(repository.id, number);
  if (!pull && !issue) return notFound;
  const wrong = bodyRefusal(body);
  if (wrong) return wrong;
  const at = github.time();
  const comment = github.state.comments.put({
    id: github.state.nextId(),
    repositoryId: repository.id,
    number,
    body,
    authorId: by.account.id,
    viaAppId: by.installation?.appId ?? null,
    createdAt: at,
    updatedAt: at,
  });
  if (pull) github.state.pulls.change(pull.id, { updatedAt: at });
  if (issue) github.state.issues.change(issue.id, { updatedAt: at });
  announceComment(github, by, repository, comment, "created");
  return done(comment);
}

function ownOrWriter(github: Github, by: Actor, repository: Repository, commentId: number): Outcome<Comment> {
  const seen = requireRole(github, by, repository, "read");
  if (!seen.done) return seen;
  const comment = github.state.comments.get(commentId);
  if (!comment || comment.repositoryId !== repository.id) return notFound;
  if (comment.authorId === by.account.id) return done(comment);
  const allowed = requireRole(github, by, repository, "write");
  return allowed.done ? done(comment) : allowed;
}

/** Changes a comment: its author and anyone with write may. */
export function editComment(
  github: Github,
  by: Actor,
  repository: Repository,
  commentId: number,
  body: string,
): Outcome<Comment> {
  const found = ownOrWriter(github, by, repository, commentId);
  if (!found.done) return found;
  const wrong = bodyRefusal(body);
  if (wrong) return wrong;
  const before = found.value;
  const comment = github.state.comments.change(commentId, { body, updatedAt: github.time() });
  const changes = before.body === body ? {} : { body: { from: before.body } };
  announceComment(github, by, repository, comment, "edited", { changes });
  return done(comment);
}

/** Deletes a comment: its author and anyone with write may. */
export function deleteComment(github: Github, by: Actor, repository: Repository, commentId: number): Outcome<null> {
  const found = ownOrWriter(github, by, repository, commentId);
  if (!found.done) return found;
  announceComment(github, by, repository, found.value, "deleted");
  for (const reaction of github.find.reactionsOf(commentId)) github.state.reactions.remove(reaction.id);
  github.state.comments.remove(commentId);
  return done(null);
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
  const before =
    commentId === null ? github.find.pull(repository.id, number)?.body : github.state.comments.get(commentId)?.body;
  const body = setBox(before ?? "", box, checked);
  if (body === null) return notFound;
  if (commentId === null) return editPull(github, by, repository, number, { body });
  return editComment(github, by, repository, commentId, body);
}

/** Reacts to a comment, or to the pull request when `commentId` is null. `created` is false when it was there already. */
export function react(
  github: Github,
  by: Actor,
  repository: Repository,
  target: { readonly number: number; readonly commentId: number | null },
  content: string,
): Outcome<{ readonly reaction: Reaction; readonly created: boolean }> {
  const allowed = requireRole(github, by, repository, "read");
  if (!allowed.done) return allowed;
  if (!(reactionContents as readonly string[]).includes(content)) {
    return invalid({ resource: "Reaction", code: "invalid", field: "content" });
  }
  const comment = target.commentId === null ? null : github.state.comments.get(target.commentId);
  if (comment === undefined || (comment && comment.repositoryId !== repository.id)) return notFound;
  const number = comment ? comment.number : target.number;
  if (!github.find.pull(repository.id, number) && !github.find.issue(repository.id, number)) return notFound;
  const there = comment ? github.find.reactionsOf(comment.id) : github.find.reactionsOfPull(repository.id, number);
  const known = there.find((one) => one.userId === by.account.id && one.content === content);
  if (known) return done({ reaction: known, created: false });
  const reaction = github.state.reactions.put({
    id: github.state.nextId(),
    commentId: comment?.id ?? null,
    repositoryId: repository.id,
    number,
    userId: by.account.id,
    content: content as ReactionContent,
    createdAt: github.time(),
  });
  return done({ reaction, created: true });
}

/** Takes one's own reaction back; an admin may take back any. */
export function removeReaction(github: Github, by: Actor, repository: Repository, reactionId: number): Outcome<null> {
  const reaction = github.state.reactions.get(reactionId);
  if (!reaction || reaction.repositoryId !== repository.id) return notFound;
  if (reaction.userId !== by.account.id) {
    const allowed = requireRole(github, by, repository, "admin");
    if (!allowed.done) return allowed;
  }
  github.state.reactions.remove(reactionId);
  return done(null);
}

/** Reactions of a comment, oldest first. */
export function reactionsOf(github: Github, commentId: number): readonly Reaction[] {
  return github.find.reactionsOf(commentId);
}
