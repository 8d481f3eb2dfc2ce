import {
  commentsOf,
  createComment,
  deleteComment,
  editComment,
  react,
  reactionsOf,
  removeReaction,
} from "../comments.ts";
import type { Comment } from "../model.ts";
import { presentComment, presentReaction, presentReview } from "../present/talk.ts";
import { dismissReview, type ReviewEvent, reviewsOf, submitReview } from "../reviews.ts";
import {
  type Answer,
  answerOf,
  type Call,
  created,
  listed,
  missing,
  noContent,
  numberOf,
  ok,
  type Route,
  refusal,
  route,
} from "./call.ts";
import { read } from "./input.ts";
import { numbered } from "./issues.ts";

const repo = "/repos/{owner}/{repo}";
const talkRead = [{ issues: "read" }, { pull_requests: "read" }] as const;
const talkWrite = [{ issues: "write" }, { pull_requests: "write" }] as const;

function commentOf(call: Call): Comment | undefined {
  const comment = call.github.state.comments.get(numberOf(call, "comment_id"));
  return comment?.repositoryId === call.repository.id ? comment : undefined;
}

async function comment(call: Call): Promise<Answer> {
  const input = read(call.body, { body: "string" });
  if (!input.done) return refusal(input.refusal);
  const made = await createComment(call.github, call.by, call.repository, numberOf(call, "number"), input.value.body);
  return answerOf(made, (value) => created(presentComment(call.github, call.repository, value)));
}

async function edit(call: Call): Promise<Answer> {
  const input = read(call.body, { body: "string" });
  if (!input.done) return refusal(input.refusal);
  const edited = await editComment(
    call.github,
    call.by,
    call.repository,
    numberOf(call, "comment_id"),
    input.value.body,
  );
  return answerOf(edited, (value) => ok(presentComment(call.github, call.repository, value)));
}

function reaction(call: Call, target: { readonly number: number; readonly commentId: number | null }): Answer {
  const input = read(call.body, { content: "string" });
  if (!input.done) return refusal(input.refusal);
  const reacted = react(call.github, call.by, call.repository, target, input.value.content);
  return answerOf(reacted, (value) => ({
    status: value.created ? 201 : 200,
    body: presentReaction(call.github, value.reaction),
  }));
}

function review(call: Call): Answer {
  const input = read(call.body, { event: "string?", body: "string|null?", commit_id: "string?" });
  if (!input.done) return refusal(input.refusal);
  const { event, body, commit_id } = input.value;
  const submitted = submitReview(call.github, call.by, call.repository, numberOf(call, "number"), {
    event: (event ?? "COMMENT") as ReviewEvent,
    body: body ?? undefined,
    commitSha: commit_id,
  });
  return answerOf(submitted, (value) => ok(presentReview(call.github, call.repository, value)));
}

export const talkRoutes: readonly Route[] = [
  route(`GET ${repo}/issues/{number}/comments`, talkRead, (call) => {
    const { github, repository } = call;
    if (!numbered(call)) return missing;
    return listed(call, commentsOf(github, repository.id, numberOf(call, "number")), (one) =>
      presentComment(github, repository, one),
    );
  }),
  route(`POST ${repo}/issues/{number}/comments`, talkWrite, comment),
  route(`GET ${repo}/issues/comments/{comment_id}`, talkRead, (call) => {
    const found = commentOf(call);
    return found ? ok(presentComment(call.github, call.repository, found)) : missing;
  }),
  route(`PATCH ${repo}/issues/comments/{comment_id}`, talkWrite, edit),
  route(`DELETE ${repo}/issues/comments/{comment_id}`, talkWrite, async (call) =>
    answerOf(await deleteComment(call.github, call.by, call.repository, numberOf(call, "comment_id")), () => noContent),
  ),
  route(`GET ${repo}/issues/comments/{comment_id}/reactions`, talkRead, (call) => {
    const found = commentOf(call);
    return found
      ? listed(call, reactionsOf(call.github, found.id), (one) => presentReaction(call.github, one))
      : missing;
  }),
  route(`POST ${repo}/issues/comments/{comment_id}/reactions`, { issues: "write" }, (call) => {
    const found = commentOf(call);
    return found ? reaction(call, { number: found.number, commentId: found.id }) : missing;
  }),
  route(`DELETE ${repo}/issues/comments/{comment_id}/reactions/{reaction_id}`, { issues: "write" }, (call) =>
    answerOf(removeReaction(call.github, call.by, call.repository, numberOf(call, "reaction_id")), () => noContent),
  ),
  route(`POST ${repo}/issues/{number}/reactions`, { issues: "write" }, (call) =>
    reaction(call, { number: numberOf(call, "number"), commentId: null }),
  ),
  route(`GET ${repo}/pulls/{number}/reviews`, { pull_requests: "read" }, (call) => {
    const { github, repository } = call;
    if (!github.find.pull(repository.id, numberOf(call, "number"))) return missing;
    return listed(call, reviewsOf(github, repository.id, numberOf(call, "number")), (one) =>
      presentReview(github, repository, one),
    );
  }),
  route(`POST ${repo}/pulls/{number}/reviews`, { pull_requests: "write" }, review),
  route(`PUT ${repo}/pulls/{number}/reviews/{review_id}/dismissals`, { pull_requests: "write" }, (call) => {
    const input = read(call.body, { message: "string" });
    if (!input.done) return refusal(input.refusal);
    const { github, by, repository } = call;
    const dismissed = dismissReview(
      github,
      by,
      repository,
      numberOf(call, "number"),
      numberOf(call, "review_id"),
      input.value.message,
    );
    return answerOf(dismissed, (value) => ok(presentReview(github, repository, value)));
  }),
];
