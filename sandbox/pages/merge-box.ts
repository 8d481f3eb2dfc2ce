import { latestRuns, latestStatuses } from "../checks.ts";
import { mergeBlocked } from "../merge.ts";
import type { CheckRun, CommitStatus, MergeGroup, Rule } from "../model.ts";
import { rulesFor } from "../rules.ts";
import { requiredChecks } from "../status-rules.ts";
import { autoMerge } from "./auto-merge.ts";
import { checkActs, checkText } from "./check.ts";
import { type Html, html, webAddress } from "./html.ts";
import { act, guard } from "./layout.ts";
import { whyNot } from "./may.ts";
import type { PullVisit } from "./visit.ts";
import { ago, checkStanding, loginOf, methods, type Standing, shortSha, shown } from "./words.ts";

/** Whether it may be merged, in one sentence; the checks behind that; the buttons. */
export async function mergeBox(visit: PullVisit): Promise<Html> {
  const { github, pull } = visit;
  if (pull.merged) {
    const commit = pull.mergeCommitSha;
    const detail = html`${pull.mergedAt && ago(github, pull.mergedAt)}${
      commit && html` as <a href="/${visit.fullName}/commit/${commit}">${shortSha(commit)}</a>`
    }`;
    return box(visit, {
      tone: "green",
      sentence: `Merged by ${loginOf(github, pull.mergedById)}`,
      detail,
      buttons: null,
    });
  }
  if (pull.state === "closed")
    return box(visit, { tone: "grey", sentence: "Closed without a merge", detail: null, buttons: null });
  const reasons = await Promise.all(
    methods.map(({ method }) => mergeBlocked(github, visit.by, visit.repository, pull.number, { method })),
  );
  const blocked = reasons.every((reason) => reason !== null);
  const detail = blocked ? (reasons[0]?.replace(/\n+/g, "\n").trim() ?? null) : null;
  return box(visit, {
    tone: blocked ? "red" : "green",
    sentence: blocked ? "Merging is blocked" : "This branch can be merged",
    detail,
    buttons: html`${buttons(visit, reasons, blocked)}${await autoMerge(visit, detail)}`,
  });
}

type Box = {
  readonly tone: Standing["tone"];
  readonly sentence: string;
  readonly detail: Html | string | null;
  readonly buttons: Html | null;
};

function box(visit: PullVisit, { tone, sentence, detail, buttons: below }: Box): Html {
  return html`<section class="card plain verdict ${tone}" aria-labelledby="verdict"><div class="inner"><h2 id="verdict">${sentence}</h2>${
    detail && html`<p class="words">${detail}</p>`
  }</div>
${checks(visit)}${below}</section>`;
}

function checks(visit: PullVisit): Html {
  const { github, repository, pull } = visit;
  const runs = latestRuns(github, repository.id, pull.head.sha);
  const statuses = latestStatuses(github, repository.id, pull.head.sha);
  const reported = new Set([...runs.map((run) => run.name), ...statuses.map((status) => status.context)]);
  const required = requiredChecks(activeRules(visit)).map((check) => check.context);
  const expected = pull.state === "open" ? required.filter((name) => !reported.has(name)) : [];
  if (runs.length + statuses.length + expected.length === 0) {
    return html`<p class="inner quiet small"><span>No checks on ${shortSha(pull.head.sha)}.</span></p>`;
  }
  return html`<ul class="rows" aria-label="Checks">
${expected.map((name) => html`<li><div class="row"><strong class="amber"><span aria-hidden="true">●</span> expected</strong> <span>${name}</span>${requiredTag}</div><p class="small quiet">Waiting for status to be reported</p></li>`)}
${runs.map((run) => runRow(visit, run, required.includes(run.name)))}
${statuses.map((status) => statusRow(status, required.includes(status.context)))}</ul>`;
}

const requiredTag = html`<span class="tag">required</span>`;

function runRow(visit: PullVisit, run: CheckRun, required: boolean): Html {
  return html`<li><div class="row"><strong>${shown(checkStanding(run))}</strong> <a href="/${visit.fullName}/runs/${run.id}">${run.name}</a>${required && requiredTag}
<span class="end small quiet">${ago(visit.github, run.completedAt ?? run.startedAt)}</span></div>
${run.title && html`<p>${run.title}</p>`}
<details><summary class="small">What it says<span class="hidden"> (${run.name})</span></summary><div class="stack">${checkText(run, 3)}${checkActs(visit, run)}</div></details></li>`;
}

const statusStandings: Readonly<Record<CommitStatus["state"], Standing>> = {
  success: { sign: "✓", word: "success", tone: "green" },
  pending: { sign: "●", word: "pending", tone: "amber" },
  failure: { sign: "✗", word: "failure", tone: "red" },
  error: { sign: "✗", word: "error", tone: "red" },
};

function statusRow(status: CommitStatus, required: boolean): Html {
  const target = webAddress(status.targetUrl);
  return html`<li><div class="row"><strong>${shown(statusStandings[status.state])}</strong> ${target ? html`<a href="${target}">${status.context}</a>` : html`<span>${status.context}</span>`}${required && requiredTag}</div>
${status.description && html`<p>${status.description}</p>`}</li>`;
}

function buttons(visit: PullVisit, reasons: readonly (string | null)[], blocked: boolean): Html {
  const { pull, home } = visit;
  const why = whyNot(visit, "write");
  const queued = visit.github.find.groupsOf(visit.repository.id).find((group) => group.pullNumber === pull.number);
  if (queued || activeRules(visit).some((rule) => rule.type === "merge_queue")) return queue(visit, queued, why);
  const first = reasons.indexOf(null);
  return html`<form class="inner stack" method="post" action="${home}/merge" aria-label="Merge">${guard(visit)}<input type="hidden" name="sha" value="${pull.head.sha}">
<div class="row">${methods.map(
    ({ method, label }, index) =>
      html`<button type="submit" name="method" value="${method}" class="${index === first && "main"}"${why !== null && html` disabled`}>${label}</button>`,
  )}</div>
${why !== null && html`<p class="small quiet">${why}</p>`}
${!blocked && methods.map(({ label }, index) => reasons[index] && html`<p class="small quiet">${label}: ${reasons[index]}</p>`)}</form>`;
}

function queue(visit: PullVisit, group: MergeGroup | undefined, why: string | null): Html {
  return html`<div class="inner stack">${
    group
      ? html`<p>In the queue as ${shortSha(group.headSha)}, ${ago(visit.github, group.createdAt)}.</p>${act(visit, `${visit.home}/dequeue`, "Take it out of the queue", { why })}`
      : act(visit, `${visit.home}/enqueue`, "Merge when ready", { why, look: "main" })
  }</div>`;
}

function activeRules({ github, repository, pull }: PullVisit): readonly Rule[] {
  return rulesFor(github, repository, `refs/heads/${pull.base.ref}`).map((applied) => applied.rule);
}
