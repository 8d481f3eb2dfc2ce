import { configNote, missingStages } from "../../flow/component.ts";
import { CONFIG_PATH } from "../../flow/config.ts";
import type { Standing, StandingOf } from "../../flow/standing.ts";
import { listed, minute } from "../../flow/words.ts";
import { type Content, cut, type Html, html, prose } from "../html.ts";
import { enforcementOf, marked, sorted, tally } from "../listing.ts";
import type { Mark } from "../standing.ts";
import type { ComponentView } from "../views.ts";
import { frame, type Visitor } from "./frame.ts";

/** So many pull requests are listed on the whole page, shared out evenly, and at most so many a component. */
const PULLS = 100;
const PULLS_EACH = 20;
const LONGEST_TITLE = 60;
/** So much of what stands in a component's way is named. */
const NAMED_EACH = 5;
/** So many repositories without a row are named. */
const NAMED = 30;

/** The first list: one row a component, with its open pull requests; what is no component stands below. */
export function componentsPage(views: readonly ComponentView[], visitor: Visitor | null = null): Html {
  const { components, incomplete, bare, unseen } = sorted(views);
  const content = html`
<h1>${headline(components)}</h1>
${components.length === 0 ? [NOTHING_YET, visitor && ONLY_YOURS] : html`${counts(components)}${table(components)}`}
${incomplete.length > 0 && lacking(incomplete)}
${named("Not looked at yet", unseen)}
${named("Without any stage branch, left alone", bare)}`;
  return frame("Board", "/index.json", content, visitor);
}

const NOTHING_YET = html`<p>A repository appears here when the App is installed on it and it has all stage branches, by default <code>development</code>, <code>staging</code> and <code>master</code>.</p>`;

const ONLY_YOURS = html`<p>You see here what you may read on GitHub: a repository that is not there for you is not here either.</p>`;

function headline(components: readonly ComponentView[]): string {
  const all = components.length;
  const open = components.filter((view) => !enforcementOf(view).enforced).length;
  if (all === 0) return "No component yet.";
  const enforced = open === 0 ? "enforced" : open === all ? "not enforced" : `${open} of them not enforced`;
  return `${counted(all, "component")}, ${all > 1 && (open === 0 || open === all) ? "all " : ""}${enforced}.`;
}

function counts(components: readonly ComponentView[]): Html {
  const broken = components.filter(({ memory }) => memory.config.problem !== null).length;
  const pulls = components.flatMap(marked);
  const config = broken > 0 && html`<span class="word bad">✗ ${counted(broken, "config")} to mend</span> · `;
  return html`<p class="counts">${config}${counted(pulls.length, "open pull request")}${inNumbers(pulls)}</p>`;
}

const inNumbers = (pulls: readonly Mark[]): Content =>
  tally(pulls).map(({ tone, word, count }) => html` · ${mark({ tone, word: word.replace(" ", ` ${count} `) })}`);

function table(components: readonly ComponentView[]): Html {
  const each = Math.max(1, Math.min(PULLS_EACH, Math.floor(PULLS / components.length)));
  return html`<table class="board" role="table"><caption class="unseen">Components, one a row</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Component</th><th role="columnheader" scope="col">Stages</th><th role="columnheader" scope="col">Enforced</th><th role="columnheader" scope="col">Open pull requests</th></tr></thead>
<tbody role="rowgroup">
${components.map((view) => row(view, each))}</tbody></table>`;
}

function row(view: ComponentView, each: number): Html {
  const { name, config } = view.memory;
  return html`<tr role="row" id="${name}"><th role="rowheader" scope="row">${breakable(name)}${!view.mayWork && html`<p class="bad">✗ no access any more</p>`}${problem(view)}</th>
<td role="cell">${config.policy.stages.join(" → ")}${inTheWay(view)}</td>
<td role="cell">${enforcement(view)}</td>
<td role="cell">${pulls(view, each)}</td></tr>
`;
}

/** What stands in the way of the component, as it was said when it began. */
function inTheWay({ standing }: ComponentView): Content {
  // It holds nothing, so it hides nothing that does.
  const last = ({ kind }: Standing) => Number(kind === "unasked");
  const all = standing.toSorted((a, b) => last(a) - last(b));
  const shown = all.slice(0, NAMED_EACH).map((one) => {
    const { word, of } = wordsOf(one);
    return html`<p><span class="word ${toneOf(one)}">${word}</span> ${of}${of !== "" && ": "}${prose(one.because)}</p>`;
  });
  return [shown, standing.length > NAMED_EACH && html`<p class="quiet">and ${standing.length - NAMED_EACH} more</p>`];
}

const toneOf = ({ kind }: Standing) => (kind === "deviation" || kind === "outage" ? "failed" : "pending");
/** A sign with a word that is never broken, and what it is about. */
function wordsOf(one: Standing): { readonly word: string; readonly of: string } {
  switch (one.kind) {
    case "freeze":
      return { word: "… frozen", of: `${one.stage}${one.until === null ? "" : ` until ${minute(one.until)}`}` };
    case "deviation":
      return one.touched === undefined
        ? { word: "✗ past its gates", of: one.stage }
        : { word: "✗ by hand", of: one.touched.tag };
    case "outage":
      return { word: `✗ ${one.severity} outage`, of: "" };
    case "release":
      return { word: one.verifying === undefined ? "… promoted" : "… in verification", of: one.version };
    case "rollback":
      return { word: "! rolled back", of: `${listed(one.withdraws)} to ${one.version}` };
    case "override":
      return { word: "! overridden", of: `${one.gate} on #${one.number}${toClose(one)}` };
    case "closed-back-merge":
      return { word: "… owed", of: one.stage };
    case "unasked":
      return { word: "! not asked", of: "" };
    default:
      return { word: "… owed", of: "" };
  }
}

const toClose = ({ confirmed }: StandingOf<"override">) =>
  confirmed === null ? "" : `, to be closed by ${minute(confirmed.due)}`;

function enforcement(view: ComponentView): Content {
  const { open, ...how } = enforcementOf(view);
  const all = view.memory.config.policy.stages.length;
  const reasons = open.map(
    ({ because, stages }) =>
      html`<p>${stages.length < all && `${stages.join(", ")}: `}${prose(because.replace(/^./u, (first) => first.toUpperCase()))}</p>`,
  );
  return [mark(how), view.mayWork && reasons];
}

function pulls(view: ComponentView, each: number): Content {
  if (view.pulls.length === 0) return html`<span class="quiet">none</span>`;
  const all = marked(view);
  const shown = all
    .slice(0, each)
    .map(
      ({ pull: { number, memory }, ...how }) =>
        html`<li>${mark(how)} <a href="/${view.memory.name}/pull/${number}">#${number} <bdi>${cut(memory.title, LONGEST_TITLE)}</bdi></a> <span class="quiet">into ${cut(memory.base, 40)}</span></li>`,
    );
  const rest = all.slice(each);
  return html`<ul>${shown}</ul>${rest.length > 0 && html`<p class="quiet">and ${rest.length} more${inNumbers(rest)}</p>`}`;
}

function lacking(incomplete: readonly ComponentView[]): Html {
  const rows = incomplete
    .slice(0, NAMED)
    .map(
      (view) =>
        html`<li id="${view.memory.name}"><b>${view.memory.name}</b> lacks ${missingStages(view.memory).join(", ")}.${problem(view)}</li>`,
    );
  return html`<section><h2>Incomplete, left alone</h2>
<ul>${rows}</ul>
${more(incomplete.length)}
<p class="quiet">Somebody with write access makes these branches, or names the ones that are there under <code>stages</code> in <code>${CONFIG_PATH}</code>.</p></section>`;
}

function named(title: string, views: readonly ComponentView[]): Html | null {
  if (views.length === 0) return null;
  const names = views.slice(0, NAMED).map(({ memory }) => memory.name);
  return html`<section><h2>${title}</h2>
<p>${names.join(", ")}</p>${more(views.length)}</section>`;
}

/** `owner/name`, which a narrow column breaks after the slash before it breaks a word. */
const breakable = (name: string): Content =>
  name.split("/").map((part, place) => (place === 0 ? part : html`/<wbr>${part}`));
const mark = ({ tone, word }: Mark): Html => html`<span class="word ${tone}">${word}</span>`;
const problem = ({ memory: { config } }: ComponentView): Content => {
  const note = configNote(config);
  return note !== null && html`<p class="bad">✗ ${prose(note)}</p>`;
};
const more = (length: number): Content => length > NAMED && html`<p class="quiet">and ${length - NAMED} more</p>`;
const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;
