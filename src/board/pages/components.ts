import { CONFIG_PATH } from "../../flow/config.ts";
import type { Branch } from "../../flow/names.ts";
import { OUTCOMES } from "../../flow/verdict.ts";
import { notEnforced } from "../answer.ts";
import { type Content, cut, type Html, html, prose } from "../html.ts";
import { isObserved, markOf, missingStages, standingOf } from "../standing.ts";
import type { ComponentView, OpenPull } from "../views.ts";
import { frame } from "./frame.ts";

/** So many pull requests are listed on the whole page, shared out evenly, and at most so many a component. */
const PULLS = 110;
const PULLS_EACH = 20;
const LONGEST_TITLE = 70;
/** So many repositories without a row are named. */
const NAMED = 30;

/** The first list: one row a component, with its open pull requests; what is no component stands below. */
export function componentsPage(views: readonly ComponentView[]): Html {
  const { components, incomplete, bare, unseen } = sorted(views);
  const each = Math.max(1, Math.min(PULLS_EACH, Math.floor(PULLS / Math.max(1, components.length))));
  const content = html`
<h1>${counted(components.length, "component")}</h1>
${summary(components)}
${components.length === 0 && html`<p>A repository appears here when the App is installed on it and it has all stage branches, by default <code>development</code>, <code>staging</code> and <code>master</code>.</p>`}
${components.length > 0 && table(components, each)}
${
  incomplete.length > 0 &&
  html`<section><h2>Incomplete, left alone</h2>
<ul>${incomplete.slice(0, NAMED).map((view) => html`<li id="${view.memory.name}"><b>${view.memory.name}</b> lacks ${missingStages(view.memory).join(", ")}.${problem(view)}</li>`)}</ul>
${more(incomplete.length)}
<p class="quiet">Somebody with write access makes these branches, or names the ones that are there under <code>stages</code> in <code>${CONFIG_PATH}</code>.</p></section>`
}
${named("Not looked at yet", unseen)}
${named("Without any stage branch, left alone", bare)}`;
  return frame("Board", "/index.json", content);
}

/** Components, and apart from them what is none: some stages, no stages, not looked at yet. */
export function sorted(views: readonly ComponentView[]): {
  readonly [group in "components" | "incomplete" | "bare" | "unseen"]: readonly ComponentView[];
} {
  const group = ({ memory }: ComponentView) => {
    if (memory.stages === null) return "unseen";
    const missing = missingStages(memory).length;
    if (missing === 0) return "components";
    return missing < memory.config.policy.stages.length ? "incomplete" : "bare";
  };
  const { components = [], incomplete = [], bare = [], unseen = [] } = Object.groupBy(views, group);
  return { components, incomplete, bare, unseen };
}

/** Pull requests as people want them: what is worst first, then the newest. */
export function ordered(
  view: ComponentView,
): readonly { readonly pull: OpenPull; readonly tone: string; readonly word: string }[] {
  const rank = (tone: string) =>
    OUTCOMES.some((outcome) => outcome === tone) ? OUTCOMES.findIndex((outcome) => outcome === tone) : OUTCOMES.length;
  return view.pulls
    .map((pull) => ({ pull, ...markOf(standingOf(view.memory, pull.memory, pull.verdict), isObserved(view.memory)) }))
    .sort((a, b) => rank(a.tone) - rank(b.tone) || b.pull.number - a.pull.number);
}

/** Why GitHub does not block merges into stages of a component, by reason; empty where it blocks all. */
export function openStages({
  memory,
  stages,
}: ComponentView): readonly { readonly because: string; readonly stages: readonly Branch[] }[] {
  const reasons = new Map<string, Branch[]>();
  for (const stage of memory.config.policy.stages) {
    const because = notEnforced(memory, stages.find(({ branch }) => branch === stage)?.memory ?? null, stage);
    if (because !== null) reasons.set(because, [...(reasons.get(because) ?? []), stage]);
  }
  return [...reasons].map(([because, stages]) => ({ because, stages }));
}

function summary(components: readonly ComponentView[]): Html | null {
  const open = components.filter((view) => openStages(view).length > 0).length;
  const broken = components.filter(({ memory }) => memory.config.problem !== null).length;
  const pulls = components.flatMap(ordered);
  const parts = [
    components.length > 0 && (open === 0 ? "all enforced" : `${open} not enforced`),
    broken > 0 && `${counted(broken, "config")} not in force`,
    `${counted(pulls.length, "open pull request")}`,
  ].filter((part) => part !== false);
  return html`<p class="counts">${parts.join(" · ")}${tally(pulls)}</p>`;
}

function tally(pulls: ReturnType<typeof ordered>): Content {
  const words = Object.entries(Object.groupBy(pulls, ({ word }) => word));
  return words.map(
    ([word, some]) => html` · <span class="word ${some?.[0]?.tone ?? "none"}">${word}</span> ${some?.length ?? 0}`,
  );
}

function table(components: readonly ComponentView[], each: number): Html {
  return html`<table class="board" role="table"><caption class="unseen">Components, one a row</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Component</th><th role="columnheader" scope="col">Stages</th><th role="columnheader" scope="col">Enforced</th><th role="columnheader" scope="col">Open pull requests</th></tr></thead>
<tbody role="rowgroup">
${components.map((view) => row(view, each))}</tbody></table>`;
}

function row(view: ComponentView, each: number): Html {
  const { memory } = view;
  return html`<tr role="row" id="${memory.name}"><th role="rowheader" scope="row">${memory.name}${!view.mayWork && html`<p class="bad">no access any more</p>`}${problem(view)}</th>
<td role="cell">${memory.config.policy.stages.join(" → ")}</td>
<td role="cell">${enforced(view)}</td>
<td role="cell">${pulls(view, each)}</td></tr>
`;
}

function enforced(view: ComponentView): Content {
  const reasons = openStages(view);
  const all = view.memory.config.policy.stages.length;
  if (reasons.length === 0) return html`<span class="word passed">✓ enforced</span>`;
  return html`<span class="word bad">✗ not enforced</span>${reasons.map(({ because, stages }) => html`<p>${stages.length < all && `${stages.join(", ")}: `}${prose(because)}</p>`)}`;
}

function pulls(view: ComponentView, each: number): Content {
  if (view.pulls.length === 0) return html`<span class="quiet">none</span>`;
  const all = ordered(view);
  return html`<ul>${all
    .slice(0, each)
    .map(
      ({ pull, tone, word }) =>
        html`<li><span class="word ${tone}">${word}</span> <a href="/${view.memory.name}/pull/${pull.number}">#${pull.number} <bdi>${cut(pull.memory.title, LONGEST_TITLE)}</bdi></a> <span class="quiet">into ${pull.memory.base}</span></li>`,
    )}</ul>${all.length > each && html`<p class="quiet">and ${all.length - each} more:${tally(all.slice(each))}</p>`}`;
}

const problem = ({ memory }: ComponentView): Html | false =>
  memory.config.problem !== null &&
  html`<p class="bad">The config is not in force: ${prose(memory.config.problem)}</p>`;

function named(title: string, views: readonly ComponentView[]): Html | null {
  if (views.length === 0) return null;
  return html`<section><h2>${title}</h2><p>${views
    .slice(0, NAMED)
    .map(({ memory }) => memory.name)
    .join(", ")}</p>${more(views.length)}</section>`;
}

const more = (length: number): Html | false => length > NAMED && html`<p class="quiet">and ${length - NAMED} more</p>`;
const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;
