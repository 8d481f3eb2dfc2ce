import { reactionsOf } from "../comments.ts";
import type { Comment, Review } from "../model.ts";
import { type Html, html } from "./html.ts";
import { act, guard, submit } from "./layout.ts";
import { renderMarkdown } from "./markdown.ts";
import { whyNot } from "./may.ts";
import type { PullVisit, TalkVisit } from "./visit.ts";
import { ago, loginOf, type Standing, shortSha, shown } from "./words.ts";

const faces: Readonly<Record<string, string>> = {
  "+1": "👍",
  "-1": "👎",
  laugh: "😄",
  confused: "😕",
  heart: "❤️",
  hooray: "🎉",
  rocket: "🚀",
  eyes: "👀",
};

const reviewWords: Readonly<Record<Review["state"], Standing>> = {
  APPROVED: { sign: "✓", word: "approved", tone: "green" },
  CHANGES_REQUESTED: { sign: "✗", word: "requested changes", tone: "red" },
  COMMENTED: { sign: "○", word: "reviewed", tone: "grey" },
  DISMISSED: { sign: "○", word: "review was dismissed", tone: "grey" },
};

/** The description, then comments and reviews in the order they came. */
export function conversation(visit: PullVisit, comments: readonly Comment[], reviews: readonly Review[]): Html {
  const said = [
    ...comments.map((comment) => ({ at: comment.createdAt, id: comment.id, show: () => commentCard(visit, comment) })),
    ...reviews.map((review) => ({ at: review.submittedAt, id: review.id, show: () => reviewCard(visit, review) })),
  ].sort((one, other) => one.at.localeCompare(other.at) || one.id - other.id);
  const { pull, home } = visit;
  return html`${descriptionCard(visit, { ...pull, tick: `${home}/tick` })}${said.map((entry) => entry.show())}`;
}

/** What was written when it was opened. @param tick where a tick in it is sent; null: it is only read. */
export function descriptionCard(
  visit: TalkVisit,
  of: {
    readonly authorId: number;
    readonly createdAt: string;
    readonly body: string | null;
    readonly tick: string | null;
  },
): Html {
  const { github } = visit;
  return html`<article class="card plain talk"><header><h3 class="person">${loginOf(github, of.authorId)}</h3><span class="small quiet">opened it ${ago(github, of.createdAt)}</span></header>
${of.body ? body(visit, of.body, "description", of.authorId, of.tick) : html`<p class="inner quiet">No description.</p>`}</article>`;
}

/** One comment, with its reactions and what can be done to it. */
export function commentCard(visit: TalkVisit, comment: Comment): Html {
  const { github, home } = visit;
  const why = comment.authorId === visit.by.account.id ? null : whyNot(visit, "write");
  const reactions = reactionsOf(github, comment.id);
  const form = `comment-${comment.id}`;
  return html`<article class="card plain talk" id="issuecomment-${comment.id}"><header><h3 class="person">${loginOf(github, comment.authorId)}</h3>
<span class="small quiet">${ago(github, comment.createdAt)}${comment.updatedAt !== comment.createdAt && html` · edited ${ago(github, comment.updatedAt)}`}</span></header>
${body(visit, comment.body, form, comment.authorId, `${home}/comments/${comment.id}/tick`)}
<footer class="stack">${
    reactions.length > 0 &&
    html`<p class="row">${reactions.map(
      (reaction) =>
        html`<span class="tag"><span aria-hidden="true">${faces[reaction.content]}</span> <span class="hidden">${reaction.content} by</span> ${loginOf(github, reaction.userId)}</span>`,
    )}</p>`
  }
<details class="small"><summary>Edit or delete<span class="hidden"> this comment of ${loginOf(github, comment.authorId)}</span></summary>
<form class="fields" method="post" action="${home}/comments/${comment.id}/edit">${guard(visit)}
<label>Text <textarea name="body">
${comment.body}</textarea></label><div class="row">${submit("Save", why)}</div></form>
<p>${act(visit, `${home}/comments/${comment.id}/delete`, "Delete", { look: "danger slim", why: why === null ? null : "" })}</p></details></footer></article>`;
}

function reviewCard(visit: PullVisit, review: Review): Html {
  const { github, pull } = visit;
  return html`<article class="card plain talk" id="pullrequestreview-${review.id}"><header><h3 class="person">${loginOf(github, review.userId)}</h3> <strong>${shown(reviewWords[review.state])}</strong>
<span class="small quiet">${shortSha(review.commitSha)}${review.commitSha !== pull.head.sha && " (not the newest commit)"}, ${ago(github, review.submittedAt)}</span></header>
${review.body && html`<div class="markdown">${renderMarkdown(review.body, 4, null)}</div>`}
${(review.state === "APPROVED" || review.state === "CHANGES_REQUESTED") && dismissal(visit, review)}</article>`;
}

function dismissal(visit: PullVisit, review: Review): Html {
  return html`<footer><details class="small"><summary>Dismiss<span class="hidden"> the review of ${loginOf(visit.github, review.userId)}</span></summary>
<form class="fields" method="post" action="${visit.home}/reviews/${review.id}/dismiss">${guard(visit)}
<label>Why <input name="message" required></label><div class="row">${submit("Dismiss", whyNot(visit, "write"), "slim")}</div></form></details></footer>`;
}

/** Text with task boxes that its author, and whoever has write access, can tick. */
function body(visit: TalkVisit, text: string, form: string, authorId: number, action: string | null): Html {
  if (action === null) return html`<div class="markdown">${renderMarkdown(text, 4, null)}</div>`;
  const mayTick = authorId === visit.by.account.id || whyNot(visit, "write") === null;
  return html`<form id="${form}" method="post" action="${action}">${guard(visit)}</form>
<div class="markdown">${renderMarkdown(text, 4, mayTick ? form : null)}</div>`;
}
