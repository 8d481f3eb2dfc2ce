import { disableAutoMerge, enableAutoMerge } from "../auto-merge.ts";
import { createComment, deleteComment, editComment, tickBox } from "../comments.ts";
import { addLabels, removeLabel } from "../labels.ts";
import { mergePull } from "../merge.ts";
import { dequeue, enqueue } from "../merge-queue.ts";
import type { MergeMethod } from "../model.ts";
import { convertToDraft, editPull, readyForReview } from "../pulls.ts";
import { type Reviewers, requestReviews, withdrawRequests } from "../review-requests.ts";
import { dismissReview, submitReview } from "../reviews.ts";
import { type Answer, go, type PullVisit, type TalkVisit, unixLines } from "./visit.ts";

type Act = (visit: PullVisit) => Promise<Answer>;

/** What the forms of a pull request's page send. */
export const pullActs: Readonly<Record<string, Act>> = {
  async comment(visit) {
    return go(visit.home, createComment(...target(visit), text(visit, "body")), "Commented.");
  },
  async review(visit) {
    const event = visit.form.get("event") === "APPROVE" ? "APPROVE" : "REQUEST_CHANGES";
    const outcome = submitReview(...target(visit), { event, body: text(visit, "body") });
    return go(visit.home, outcome, event === "APPROVE" ? "Approved." : "Changes are requested.");
  },
  async request(visit) {
    return go(visit.home, await requestReviews(...target(visit), reviewerOf(visit)), "Asked for a review.");
  },
  async unrequest(visit) {
    return go(visit.home, await withdrawRequests(...target(visit), reviewerOf(visit)), "Asked no longer.");
  },
  tick: (visit) => tick(visit, visit.pull.number, null),
  async merge(visit) {
    const method = methodOf(visit.form.get("method"));
    const merged = await mergePull(...target(visit), { method, sha: visit.form.get("sha") ?? "" });
    return go(visit.home, merged, merged.done ? `${merged.value.message} as ${merged.value.sha.slice(0, 7)}.` : "");
  },
  async "enable-auto-merge"(visit) {
    const enabled = await enableAutoMerge(...target(visit), { method: methodOf(visit.form.get("method")) });
    return go(visit.home, enabled, "Auto-merge is enabled.");
  },
  async "disable-auto-merge"(visit) {
    return go(visit.home, await disableAutoMerge(...target(visit)), "Auto-merge is disabled.");
  },
  async enqueue(visit) {
    return go(visit.home, await enqueue(...target(visit)), "It is in the queue.");
  },
  async dequeue(visit) {
    return go(visit.home, await dequeue(...target(visit)), "It is out of the queue.");
  },
  async edit(visit) {
    const { pull } = visit;
    const [title, body, base] = [text(visit, "title"), text(visit, "body"), text(visit, "base")];
    const change = {
      ...(title !== pull.title ? { title } : {}),
      ...(unixLines(body) !== unixLines(pull.body ?? "") ? { body } : {}),
      ...(base !== pull.base.ref ? { base } : {}),
    };
    return go(visit.home, await editPull(...target(visit), change), "Saved.");
  },
  async state(visit) {
    const state = visit.form.get("state") === "open" ? "open" : "closed";
    return go(visit.home, await editPull(...target(visit), { state }), state === "open" ? "Reopened." : "Closed.");
  },
  async draft(visit) {
    if (visit.form.get("draft") === "yes")
      return go(visit.home, await convertToDraft(...target(visit)), "It is a draft.");
    return go(visit.home, await readyForReview(...target(visit)), "It is ready for review.");
  },
  async label(visit) {
    return go(visit.home, await addLabels(...target(visit), [text(visit, "name").trim()]), "Labelled.");
  },
  async unlabel(visit) {
    return go(visit.home, await removeLabel(...target(visit), text(visit, "name")), "The label is off.");
  },
};

/** What the forms below one comment send. */
export async function actOnComment(
  visit: TalkVisit,
  number: number,
  commentId: number,
  name: string,
): Promise<Answer | null> {
  const { github, by, repository } = visit;
  if (name === "tick") return tick(visit, number, commentId);
  if (name === "edit")
    return go(
      visit.home,
      editComment(github, by, repository, commentId, text(visit, "body")),
      "The comment is changed.",
    );
  if (name === "delete")
    return go(visit.home, deleteComment(github, by, repository, commentId), "The comment is deleted.");
  return null;
}

/** Dismisses a review with the reason given. */
export async function dismiss(visit: PullVisit, reviewId: number): Promise<Answer> {
  return go(visit.home, dismissReview(...target(visit), reviewId, text(visit, "message")), "The review is dismissed.");
}

async function tick(visit: TalkVisit, number: number, commentId: number | null): Promise<Answer> {
  const { github, by, repository } = visit;
  const [box, state] = text(visit, "box").split(" ");
  const on = state === "on";
  const back = commentId === null ? visit.home : `${visit.home}#issuecomment-${commentId}`;
  return go(
    back,
    await tickBox(github, by, repository, number, commentId, Number(box), on),
    on ? "Ticked." : "Unticked.",
  );
}

function target(visit: PullVisit) {
  return [visit.github, visit.by, visit.repository, visit.pull.number] as const;
}

function text(visit: TalkVisit, field: string): string {
  return visit.form.get(field) ?? "";
}

function methodOf(value: string | null): MergeMethod {
  return value === "squash" || value === "rebase" ? value : "merge";
}

/** The one the form names; a team by its slug after an at sign. */
function reviewerOf(visit: PullVisit): Reviewers {
  const name = text(visit, "name");
  return name.startsWith("@") ? { reviewers: [], teams: [name.slice(1)] } : { reviewers: [name], teams: [] };
}
