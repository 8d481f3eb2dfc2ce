import { branchesOf } from "../branches.ts";
import { commentsOf } from "../comments.ts";
import { changedFiles, commitsBetween, mergeBase } from "../git/history.ts";
import { pullOf } from "../pulls.ts";
import { hasAccess } from "../review-requests.ts";
import { reviewsOf } from "../reviews.ts";
import { grantedRole } from "../rights.ts";
import { commitList, fileChanges } from "./commits.ts";
import { conversation } from "./conversation.ts";
import { type Html, html } from "./html.ts";
import { act, guard, submit } from "./layout.ts";
import { whyNot } from "./may.ts";
import { mergeBox } from "./merge-box.ts";
import { headAndBase, trailOf } from "./repository.ts";
import { type Answer, type PullVisit, page, type RepositoryVisit } from "./visit.ts";
import { ago, count, loginOf, pullStanding, shortSha, shown } from "./words.ts";

/** The pull request NUMBER as a visit; null when there is none. */
export function visitPull(visit: RepositoryVisit, number: number): PullVisit | null {
  const pull = pullOf(visit.github, visit.repository.id, number);
  return pull ? { ...visit, pull, home: `/${visit.fullName}/pull/${number}` } : null;
}

/** The pull request: whether it may go, its checks, what was said, and everything one can do to it. */
export async function pullPage(visit: PullVisit): Promise<Answer> {
  const { github, repository, pull, home } = visit;
  const range = await rangeOf(visit);
  return page(
    `${pull.title} #${pull.number}`,
    [...trailOf(visit), { text: `#${pull.number}`, href: home }],
    html`<header class="title">
<h1>${pull.title} <span class="quiet">#${pull.number}</span></h1>
<p class="row"><strong>${shown(pullStanding(pull))}</strong> <span>${intent(visit)} ${headAndBase(visit, pull)}</span> <span class="small quiet">${shortSha(pull.head.sha)}, opened ${ago(github, pull.createdAt)}</span></p></header>
<div class="columns"><div class="stack">
<div data-live="merge" class="stack">${await mergeBox(visit)}</div>
<h2 class="apart">Conversation</h2>
<div data-live="conversation" class="stack">${conversation(visit, commentsOf(github, repository.id, pull.number), reviewsOf(github, repository.id, pull.number))}</div>
${speaking(visit)}
</div><aside class="stack" aria-label="About this pull request">
<section class="card" aria-labelledby="changes"><h2 id="changes">Changes</h2><p class="small"><a href="${home}/files">${count(range.commits.length, "commit")}, ${count(range.files.length, "changed file")}</a></p></section>
${reviewers(visit)}
${labels(visit)}
${editing(visit)}
</aside></div>`,
  );
}

/** Commits and changed files of the pull request. */
export async function filesPage(visit: PullVisit): Promise<Answer> {
  const { commits, files } = await rangeOf(visit);
  return page(
    `Changes of #${visit.pull.number}`,
    [...trailOf(visit), { text: `#${visit.pull.number}`, href: visit.home }],
    html`<header class="title"><h1>Changes of <a href="${visit.home}">${visit.pull.title}</a></h1></header>
<section class="stack" aria-labelledby="commits"><h2 id="commits">${count(commits.length, "commit")}</h2>${await commitList(visit, commits.slice(0, 100))}</section>
<section class="stack" aria-labelledby="files"><h2 id="files">${count(files.length, "changed file")}</h2>${fileChanges(files)}</section>`,
  );
}

async function rangeOf({ github, repository, pull }: PullVisit) {
  const base = await mergeBase(github.git, repository.id, pull.base.sha, pull.head.sha);
  const [commits, files] = await Promise.all([
    commitsBetween(github.git, repository.id, pull.base.sha, pull.head.sha),
    changedFiles(github.git, repository.id, base, pull.head.sha),
  ]);
  return { commits, files };
}

function intent({ github, pull }: PullVisit): Html {
  const author = html`<span class="person">${loginOf(github, pull.authorId)}</span>`;
  if (!pull.merged) return html`${author} ${pull.state === "open" ? "wants" : "wanted"} to merge`;
  if (pull.mergedById === pull.authorId) return html`${author} merged`;
  return html`<span class="person">${loginOf(github, pull.mergedById)}</span> merged, for ${author},`;
}

function speaking(visit: PullVisit): Html {
  const { pull, home, by } = visit;
  const own = pull.authorId === by.account.id;
  const approving = own ? "Nobody may approve their own." : whyNot(visit, "read");
  return html`<form class="card fields" method="post" action="${home}/comment" id="speak">${guard(visit)}
<label>Comment or review as ${by.account.login} <textarea name="body" maxlength="65536"></textarea></label>
<div class="row"><button type="submit" class="main">Comment</button>
<button type="submit" formaction="${home}/review" name="event" value="APPROVE"${approving !== null && html` disabled`}>Approve</button>
<button type="submit" formaction="${home}/review" name="event" value="REQUEST_CHANGES"${approving !== null && html` disabled`}>Request changes</button>
${approving !== null && html`<span class="small quiet">${approving}</span>`}</div></form>`;
}

/** Whose review is asked for, and a form to ask for one more. */
function reviewers(visit: PullVisit): Html {
  const { github, repository, pull, home } = visit;
  const why = whyNot(visit, "triage");
  const also = why === null ? null : "";
  const people = pull.requestedReviewerIds.map((id) => loginOf(github, id));
  const teams = (pull.requestedTeamIds ?? []).flatMap((id) => github.state.teams.get(id)?.slug ?? []);
  const asked = [...people, ...teams.map((slug) => `@${slug}`)];
  const members = github.state.accounts
    .all()
    .filter((one) => one.type === "User" && one.id !== pull.authorId)
    .filter((one) => grantedRole(github, one.id, repository) !== "none");
  const groups = github.find.teamsOf(repository.ownerId).filter((team) => hasAccess(github, repository, team));
  const choices = [...members.map(({ login }) => login), ...groups.map(({ slug }) => `@${slug}`)];
  const open = choices.filter((name) => !asked.includes(name));
  return html`<section class="card" aria-labelledby="reviewers"><h2 id="reviewers">Reviews asked for</h2>
${asked.length === 0 && html`<p class="small quiet">None.</p>`}
${asked.map((name) => html`<div class="row"><span class="person">${name}</span>${act(visit, `${home}/unrequest`, "Ask no longer", { look: "slim", why: also, fields: { name } })}</div>`)}
<form class="fields" method="post" action="${home}/request">${guard(visit)}<label>Ask <select name="name">${open.map((name) => html`<option>${name}</option>`)}</select></label><div class="row">${submit("Ask for a review", why)}</div></form></section>`;
}

function labels(visit: PullVisit): Html {
  const { github, pull, home } = visit;
  const why = whyNot(visit, "triage");
  return html`<section class="card" aria-labelledby="labels"><h2 id="labels">Labels</h2>
${pull.labelIds.length === 0 && html`<p class="small quiet">None.</p>`}
${pull.labelIds.map((id) => {
  const name = github.state.labels.get(id)?.name ?? "";
  return html`<div class="row"><span class="tag">${name}</span>${act(visit, `${home}/unlabel`, `Take off`, { look: "slim", why: why === null ? null : "", fields: { name } })}</div>`;
})}
<form class="fields" method="post" action="${home}/label">${guard(visit)}<label>New label <input name="name" required></label><div class="row">${submit("Add", why)}</div></form></section>`;
}

function editing(visit: PullVisit): Html {
  const { github, repository, pull, home, by } = visit;
  const why = pull.authorId === by.account.id ? null : whyNot(visit, "write");
  const state = pull.state === "open" ? "Close" : "Reopen";
  return html`<details class="card"><summary><strong>Edit</strong></summary>
<form class="fields" method="post" action="${home}/edit">${guard(visit)}
<label>Title <input name="title" value="${pull.title}" required></label>
<label>Base <select name="base">${branchesOf(github, repository.id).map(
    (branch) => html`<option${branch.name === pull.base.ref && html` selected`}>${branch.name}</option>`,
  )}</select></label>
<label>Description <textarea name="body">
${pull.body}</textarea></label>
<div class="row">${submit("Save", why)}</div></form>
<div class="row">${!pull.merged && act(visit, `${home}/state`, state, { why, look: "slim", fields: { state: pull.state === "open" ? "closed" : "open" } })}
${pull.state === "open" && act(visit, `${home}/draft`, pull.draft ? "Ready for review" : "Make it a draft", { why: why === null ? null : "", look: "slim", fields: { draft: pull.draft ? "no" : "yes" } })}</div></details>`;
}
