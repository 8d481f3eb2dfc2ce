import { CONFIG_PATH } from "../../flow/config.ts";
import type { Instant, Sha } from "../../flow/names.ts";
import type { Finding, Verdict } from "../../flow/verdict.ts";
import { WORDS } from "../../report/check-run.ts";
import { type Answer, answerOf, type Cure, type Judged, worstFirst } from "../answer.ts";
import { cut, type Html, html, prose } from "../html.ts";
import { moment, since } from "../time.ts";
import { addressOf, type PullView, type Tried } from "../views.ts";
import { dryRun } from "./dry-run.ts";
import { frame, type Visitor, wordIn } from "./frame.ts";
import { history } from "./history.ts";
import { type Chosen, runBook, runBookLine } from "./run-book.ts";
import { commit, stageLine } from "./stage-line.ts";
import type { Ticking } from "./ticking.ts";

/** More facts of one gate are counted, not shown. */
const FACTS = 100;
/** A headline longer than this is set smaller, so that it does not fill the screen of a phone. */
const LONG = 90;

/** Who sees the page of a pull request. */
export type Reader = Ticking & {
  /** Whether they may have it judged afresh. */
  readonly mayRecheck: boolean;
  /** What they tried out last; null: there is nothing to try out, or they may not. */
  readonly dryRun: { readonly last: Tried | null } | null;
};

/**
 * Explains one pull request: the answer, what to do, its place on the line of stages, the gates, what happened.
 *
 * @param github where GitHub's own pages are; null: no links there.
 * @param reader null: pages are the same for everybody, and nobody acts on them.
 * @param chosen which item of a run-book is shown in full.
 */
export function pullPage(
  view: PullView,
  now: Instant,
  github: string | null,
  reader: Reader | null = null,
  chosen: Chosen = { item: null, from: null },
): Html {
  const { component, number } = view;
  const answer = answerOf(view);
  const { mark, sentence, clear, notes } = answer;
  const content = html`
${where(view, github)}
<p class="mark ${mark.tone}">${mark.word}</p>
<h1${sentence.length > LONG && html` class="long"`}>${prose(sentence)}</h1>
${clear.length > 0 && html`<section aria-label="What to do">${clear.map((cure) => todo(cure, clear.length > 1))}</section>`}
${notes.map((note) => html`<p class="note">${prose(note)}</p>`)}
${runBookLine(view)}${reader?.mayRecheck ? recheck(view, reader.visitor) : null}${reader?.dryRun ? dryRun(view, { ...reader.dryRun, visitor: reader.visitor, now }) : null}${stageLine(view, mark)}
${answer.explained && gates(view, answer, answer.explained, now)}
${runBook(view, { now, github, chosen }, reader)}${history(view, now)}`;
  return frame(
    `${mark.word} · ${component.name}#${number}`,
    `${addressOf(view)}.json`,
    content,
    reader === null ? null : reader.visitor,
  );
}

function recheck(view: PullView, visitor: Visitor): Html {
  const hint = view.inHand
    ? "Flowgate is at it. Load this page again in a moment."
    : "Reads everything afresh, judges it, and writes the check again.";
  return html`<form class="act" method="post" action="${addressOf(view)}/recheck">${wordIn(visitor)}<button type="submit">Re-check</button> <span class="quiet">${hint}</span></form>
`;
}

function where({ component, number, memory }: PullView, github: string | null): Html {
  const { author, title, draft } = memory;
  const name = `#${number}`;
  return html`<p class="where"><a href="/#${component.name}">${component.name}</a> ${github === null ? name : html`<a href="${github}/${component.name}/pull/${number}">${name} on GitHub</a>`} <bdi class="title">${title}</bdi> <span class="quiet">by ${author.login}${author.bot && " (bot)"}${draft && " · draft"}</span></p>`;
}

function todo({ gate, cure, copy }: Cure, several: boolean): Html {
  return html`<p class="todo">${several && html`<b>${gate}:</b> `}${prose(cure)}</p>
${
  copy !== null &&
  html`<pre class="copy">${copy}</pre>
`
}`;
}

function gates(
  view: PullView,
  answer: Answer,
  { verdict, judged }: NonNullable<Answer["explained"]>,
  now: Instant,
): Html {
  const { standing, sentence } = answer;
  const title = standing.is === "judged" ? "Gates" : "Gates, as last judged";
  return html`<section>
<h2>${title}</h2>
<p class="quiet">${commit(verdict.head)} into ${verdict.base}${verdict.lane !== null && `, lane ${verdict.lane}`}${judged !== null && html`, judged ${since(judged.at, now)}`}.</p>
${worstFirst(verdict.findings).map((finding) => gate(finding, sentence, judged, now))}
${thenAndNow(view, verdict, judged)}
</section>`;
}

function gate(finding: Finding, headline: string, judged: Judged | null, now: Instant): Html {
  const { outcome, because, read, until } = finding;
  const said = headline.endsWith(because);
  return html`<details class="gate ${outcome}">
<summary><span class="word">${WORDS[outcome]}</span> <b>${finding.gate}</b>${ASKS[finding.gate] ?? ""} ${!said && html`<span class="why">${prose(because)}</span>`}</summary>
<dl>
<dt>What was read</dt><dd>${facts(read)}</dd>
<dt>The rule</dt><dd>${origin(judged)}</dd>
${until !== null && html`<dt>Looked at again</dt><dd>${moment(until, now)}</dd>`}
${judged !== null && html`<dt>Judged</dt><dd>${moment(judged.at, now)}, written down as entry ${judged.entry.sequence} <code class="sha" title="${judged.entry.hash}">${judged.entry.hash.slice(0, 7)}</code></dd>`}
</dl>
</details>`;
}

/** What a gate asks, where its name does not say it. */
const ASKS: { readonly [gate: string]: string } = { flow: ": may this branch go into that stage?" };

function facts(read: readonly string[]): Html {
  if (read.length === 0) return html`Only the names of the two branches and the repository that the head is in.`;
  const more = read.length - FACTS;
  return html`<ul class="facts">${read.slice(0, FACTS).map((fact) => html`<li>${prose(cut(fact, 200))}</li>`)}${more > 0 && html`<li>and ${more} more</li>`}</ul>`;
}

function origin(judged: Judged | null): Html {
  if (judged === null) return html`The ledger’s newest entries do not say by which config it was judged.`;
  return judged.policy === null
    ? html`The defaults: no valid <code>${CONFIG_PATH}</code> was there.`
    : html`<code>${CONFIG_PATH}</code> on the default branch, blob ${commit(judged.policy)}.`;
}

/** What the verdict was reached on beside what is so today, where the two differ. */
function thenAndNow({ memory, component }: PullView, verdict: Verdict, judged: Judged | null): Html | null {
  const blob = (sha: Sha | null) => (sha === null ? "the defaults" : commit(sha));
  const rows = [
    verdict.head !== memory.head.sha && row("head", commit(verdict.head), commit(memory.head.sha)),
    verdict.base !== memory.base && row("base", verdict.base, memory.base),
    judged !== null &&
      judged.policy !== component.config.blob &&
      row("config", blob(judged.policy), blob(component.config.blob)),
  ].filter((one) => one !== false);
  if (rows.length === 0) return null;
  return html`<table class="then"><caption>Then and now</caption>
<thead><tr><th scope="col"><span class="unseen">What</span></th><th scope="col">when judged</th><th scope="col">now</th></tr></thead>
<tbody>${rows}</tbody></table>`;
}

const row = (what: string, then: Html | string | null, now: Html | string | null) =>
  html`<tr><th scope="row">${what}</th><td>${then}</td><td>${now}</td></tr>`;
