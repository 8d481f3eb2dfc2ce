import { latestRuns, latestStatuses } from "../checks.ts";
import { mergeBlocked } from "../merge.ts";
import type { CheckRun, CommitStatus, MergeGroup, MergeMethod, Rule } from "../model.ts";
import { rulesFor } from "../rules.ts";
import { requiredChecks } from "../status-rules.ts";
import { checkActs, checkText } from "./check.ts";
import { type Html, html, webAddress } from "./html.ts";
import { act, guard } from "./layout.ts";
import { whyNot } from "./may.ts";
import type { PullVisit } from "./visit.ts";
import { ago, checkStanding, loginOf, type Standing, shortSha, shown } from "./words.ts";

const methods: readonly { readonly method: MergeMethod; readonly label: string }[] = [
  { method: "merge", label: "Create a merge commit" },
  { method: "squash", label: "Squash and merge" },
  { method: "rebase", label: "Rebase and merge" },
];

/** Whether it may be merged, in one sentence; the checks behind that; the buttons. */
export async function mergeBox(visit: PullVisit): Promise<Html> {
  const { github, pull } = visit;
  if (pull.merged) {
    return html`${verdict("green", `Merged by ${loginOf(github, pull.mergedById)}`, html`${pull.mergedAt && ago(github, pull.mergedAt)}${pull.mergeCommitSha && html` as <a href="/${visit.fullName}/commit/${pull.mergeCommitSha}">${shortSha(pull.mergeCommitSha)}</a>`}`)}${checks(visit)}`;
  }
  if (pull.state === "closed") return html`${verdict("grey", "Closed without a merge", null)}${checks(visit)}`;
  const reasons = await Promise.all(
    methods.map(({ method }) => mergeBlocked(github, visit.by, visit.repository, pull.number, method)),
  );
  const blocked = reasons.every((reason) => reason !== null) ? (reasons[0] ?? null) : null;
  return html`${blocked === null ? verdict("green", "This branch can be merged", null) : verdict("red", "Merging is blocked", blocked)}
${checks(visit)}
${buttons(visit, reasons)}`;
}

function verdict(tone: Standing["tone"], sentence: string, detail: Html | string | null): Html {
  return html`<section class="card verdict ${tone}" aria-labelledby="verdict"><h2 id="verdict">${sentence}</h2>${detail && html`<p>${detail}</p>`}</section>`;
}

function checks(visit: PullVisit): Html {
  const { github, repository, pull } = visit;
  const runs = latestRuns(github, repository.id, pull.head.sha);
  const statuses = latestStatuses(github, repository.id, pull.head.sha);
  const reported = new Set([...runs.map((run) => run.name), ...statuses.map((status) => status.context)]);
  const required = requiredChecks(activeRules(visit)).map((check) => check.context);
  const expected = pull.state === "open" ? required.filter((name) => !reported.has(name)) : [];
  if (runs.length + statuses.length + expected.length === 0)
    return html`<p class="quiet small">No checks on ${shortSha(pull.head.sha)}.</p>`;
  return html`<ul class="rows" aria-label="Checks">
${expected.map((name) => html`<li><div class="row"><strong class="amber"><span aria-hidden="true">●</span> expected</strong> <span>${name}</span><span class="tag">required</span></div><p class="small quiet">Waiting for status to be reported</p></li>`)}
${runs.map((run) => runRow(visit, run, required.includes(run.name)))}
${statuses.map((status) => statusRow(status, required.includes(status.context)))}</ul>`;
}

function runRow(visit: PullVisit, run: CheckRun, required: boolean): Html {
  return html`<li><div class="row"><strong>${shown(checkStanding(run))}</strong> <a href="/${visit.fullName}/runs/${run.id}">${run.name}</a>${required && html`<span class="tag">required</span>`}
<span class="end small quiet">${ago(visit.github, run.completedAt ?? run.startedAt)}</span></div>
${run.title && html`<p>${run.title}</p>`}
<details><summary class="small">What it says<span class="hidden"> (${run.name})</span></summary><div class="stack">${checkText(run)}${checkActs(visit, run)}</div></details></li>`;
}

const statusStandings: Readonly<Record<CommitStatus["state"], Standing>> = {
  success: { sign: "✓", word: "success", tone: "green" },
  pending: { sign: "●", word: "pending", tone: "amber" },
  failure: { sign: "✗", word: "failure", tone: "red" },
  error: { sign: "✗", word: "error", tone: "red" },
};

function statusRow(status: CommitStatus, required: boolean): Html {
  const target = webAddress(status.targetUrl);
  return html`<li><div class="row"><strong>${shown(statusStandings[status.state])}</strong> ${target ? html`<a href="${target}">${status.context}</a>` : html`<span>${status.context}</span>`}${required && html`<span class="tag">required</span>`}</div>
${status.description && html`<p>${status.description}</p>`}</li>`;
}

function buttons(visit: PullVisit, reasons: readonly (string | null)[]): Html {
  const { pull, home } = visit;
  const why = whyNot(visit, "write");
  const queued = visit.github.find.groupsOf(visit.repository.id).find((group) => group.pullNumber === pull.number);
  if (queued || activeRules(visit).some((rule) => rule.type === "merge_queue")) return queue(visit, queued, why);
  return html`<form class="card" method="post" action="${home}/merge" aria-label="Merge">${guard(visit)}<input type="hidden" name="sha" value="${pull.head.sha}">
<ul class="fields choices">${methods.map(({ method, label }, index) => {
    const reason = reasons[index] ?? null;
    return html`<li class="row"><button type="submit" name="method" value="${method}" class="${reason === null ? "main" : ""}"${why !== null && html` disabled`}>${label}</button> ${reason !== null && html`<span class="small quiet">${reason}</span>`}</li>`;
  })}</ul>
${why !== null && html`<p class="small quiet">${why}</p>`}</form>`;
}

function queue(visit: PullVisit, group: MergeGroup | undefined, why: string | null): Html {
  return html`<section class="card" aria-label="Merge queue">${
    group
      ? html`<p>In the queue as ${shortSha(group.headSha)}, ${ago(visit.github, group.createdAt)}.</p>${act(visit, `${visit.home}/dequeue`, "Take it out of the queue", { why })}`
      : act(visit, `${visit.home}/enqueue`, "Merge when ready", { why, look: "main" })
  }</section>`;
}

function activeRules({ github, repository, pull }: PullVisit): readonly Rule[] {
  return rulesFor(github, repository, `refs/heads/${pull.base.ref}`).map((applied) => applied.rule);
}
