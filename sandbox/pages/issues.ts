import { commentsOf } from "../comments.ts";
import type { Issue } from "../model.ts";
import { commentCard, descriptionCard } from "./conversation.ts";
import { type Html, html } from "./html.ts";
import { act, guard, submit } from "./layout.ts";
import { whyNot } from "./may.ts";
import { trailOf } from "./repository.ts";
import { type Answer, type IssueVisit, page, type RepositoryVisit } from "./visit.ts";
import { ago, issueStanding, loginOf, shown } from "./words.ts";

/** The issue NUMBER as a visit; null when there is none. */
export function visitIssue(visit: RepositoryVisit, number: number): IssueVisit | null {
  const issue = visit.github.find.issue(visit.repository.id, number);
  return issue ? { ...visit, issue, home: `/${visit.fullName}/issues/${number}` } : null;
}

/** All issues, newest first, and a form for a new one. */
export function issuesPage(visit: RepositoryVisit): Answer {
  const issues = visit.github.find.issuesOf(visit.repository.id).toReversed();
  return page(
    `Issues of ${visit.fullName}`,
    trailOf(visit),
    html`<header class="title"><h1>Issues</h1></header>
<ul class="rows" data-live="issues">${issues.map((issue) => issueRow(visit, issue))}</ul>
${issues.length === 0 && html`<p class="quiet">None yet.</p>`}
<details class="card"><summary><strong>New issue</strong></summary>
<form class="fields" method="post" action="/${visit.fullName}/issues">${guard(visit)}
<label>Title <input name="title" required></label>
<label>Description <textarea name="body"></textarea></label>
<div class="row">${submit("Open the issue", whyNot(visit, "read"))}</div></form></details>`,
  );
}

/** One issue: what it says, what was said to it, and whether it is open. */
export function issuePage(visit: IssueVisit): Answer {
  const { github, repository, issue, home, by } = visit;
  const why = issue.authorId === by.account.id ? null : whyNot(visit, "triage");
  const open = issue.state === "open";
  return page(
    `${issue.title} #${issue.number}`,
    [...trailOf(visit), { text: "issues", href: `/${visit.fullName}/issues` }],
    html`<header class="title"><h1>${issue.title} <span class="quiet">#${issue.number}</span></h1>
<p class="row" data-live="standing"><strong>${shown(issueStanding(issue))}</strong> <span class="small quiet">${loginOf(github, issue.authorId)}, opened ${ago(github, issue.createdAt)}</span></p></header>
<div class="stack"><h2 class="apart">Conversation</h2><div data-live="conversation" class="stack">
${descriptionCard(visit, { ...issue, tick: null })}
${commentsOf(github, repository.id, issue.number).map((comment) => commentCard(visit, comment))}</div>
<form class="card fields" method="post" action="${home}/comment">${guard(visit)}
<label>Comment as ${by.account.login} <textarea name="body" maxlength="65536" required></textarea></label>
<div class="row">${submit("Comment", whyNot(visit, "read"), "main")}</div></form>
<div class="row">${act(visit, `${home}/state`, open ? "Close it" : "Reopen it", { why, fields: { state: open ? "closed" : "open" } })}</div></div>`,
  );
}

function issueRow({ github, fullName }: RepositoryVisit, issue: Issue): Html {
  return html`<li><div class="row"><a href="/${fullName}/issues/${issue.number}"><strong>${issue.title}</strong></a> <span class="quiet">#${issue.number}</span><span class="end small">${shown(issueStanding(issue))}</span></div>
<div class="small quiet">${loginOf(github, issue.authorId)}, ${ago(github, issue.createdAt)}</div></li>`;
}
