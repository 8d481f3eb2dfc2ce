import { requestAction, rerequestRun } from "../checks.ts";
import type { CheckRun } from "../model.ts";
import { type Html, html, webAddress } from "./html.ts";
import { act } from "./layout.ts";
import { renderMarkdown } from "./markdown.ts";
import { whyNot } from "./may.ts";
import { trailOf } from "./repository.ts";
import { type Answer, go, page, type RepositoryVisit } from "./visit.ts";
import { ago, checkStanding, count, shortSha, shown } from "./words.ts";

/** The check run with this id; null when this repository has none. */
export function runOf(visit: RepositoryVisit, id: number): CheckRun | null {
  const run = visit.github.state.runs.get(id);
  return run?.repositoryId === visit.repository.id ? run : null;
}

/** A check run in full. */
export function checkPage(visit: RepositoryVisit, run: CheckRun): Answer {
  const app = visit.github.state.apps.get(run.appId);
  const pulls = visit.github.find.pullsAt(run.repositoryId, run.headSha);
  return page(
    run.name,
    trailOf(visit),
    html`<header class="title"><h1>${run.title ?? run.name}</h1>
<p class="row"><strong>${shown(checkStanding(run))}</strong> <span>${run.name}</span> <span class="small quiet">by ${app?.name ?? "an App"} on ${shortSha(run.headSha)}, ${ago(visit.github, run.completedAt ?? run.startedAt)}</span></p>
<p class="row">${pulls.map((pull) => html`<a href="/${visit.fullName}/pull/${pull.number}">#${pull.number} ${pull.title}</a>`)}</p></header>
${checkText(run, 2)}
${run.annotations.length > 0 && annotations(run)}
${checkActs(visit, run)}`,
  );
}

/** "Re-run" and the run's own buttons. */
export async function actOnRun(visit: RepositoryVisit, run: CheckRun, name: string): Promise<Answer | null> {
  const back = visit.form.get("back") ?? `/${visit.fullName}/runs/${run.id}`;
  if (name === "rerequest")
    return go(
      back,
      rerequestRun(visit.github, visit.by, visit.repository, run.id),
      `The App is asked to run ${run.name} again.`,
    );
  if (name !== "action") return null;
  const identifier = visit.form.get("identifier") ?? "";
  return go(back, requestAction(visit.github, visit.by, visit.repository, run.id, identifier), "The App is told.");
}

/** What a check says: summary, text, and the link to its own page. */
export function checkText(run: CheckRun, headingLevel: 2 | 3): Html {
  const details = webAddress(run.detailsUrl);
  return html`${run.summary && html`<div class="markdown">${renderMarkdown(run.summary, headingLevel, null)}</div>`}
${run.text && html`<div class="markdown">${renderMarkdown(run.text, headingLevel, null)}</div>`}
${details && html`<p><a href="${details}">The App's page on this check</a></p>`}`;
}

/** Buttons beside a check. */
export function checkActs(visit: RepositoryVisit, run: CheckRun): Html {
  const why = whyNot(visit, "write");
  const home = `/${visit.fullName}/runs/${run.id}`;
  const back = visit.here;
  return html`<div class="row">${act(visit, `${home}/rerequest`, "Re-run", { look: "slim", why, fields: { back } })}
${run.status === "completed" && run.actions.map((action) => html`<span title="${action.description}">${act(visit, `${home}/action`, action.label, { look: "slim", why, fields: { back, identifier: action.identifier } })}</span>`)}</div>`;
}

function annotations(run: CheckRun): Html {
  return html`<section class="stack" aria-labelledby="annotations"><h2 id="annotations">${count(run.annotations.length, "annotation")}</h2>
<ul class="rows">${run.annotations.map(
    (one) =>
      html`<li><div><code>${one.path}:${one.start_line}</code> <span class="${one.annotation_level === "failure" ? "red" : "amber"}">${one.annotation_level}</span></div><p>${one.title && html`<strong>${one.title}</strong> `}${one.message}</p></li>`,
  )}</ul></section>`;
}
