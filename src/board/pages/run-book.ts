import { type Instant, later } from "../../flow/names.ts";
import type { Label } from "../../flow/request.ts";
import type { WalkedBook } from "../../flow/run-book.ts";
import type { Walk } from "../../flow/standing.ts";
import { count } from "../../flow/words.ts";
import { ranges } from "../../release/labels.ts";
import { countIn, isTask, type Progress, type Step } from "../../release/progress.ts";
import { PHASE_TITLES, WALK_TITLES } from "../../report/execution.ts";
import { nextOf } from "../../report/lead.ts";
import { cut, type Html, html, prose } from "../html.ts";
import { since } from "../time.ts";
import type { AskedOnPage, PullView } from "../views.ts";
import { isWalked, partsOf, walksOf } from "../walks.ts";
import { CAME, TOLD_MS } from "./came.ts";
import { standOf } from "./item-stand.ts";
import { commit } from "./stage-line.ts";
import { doing, mayAsk, type Ticking, tickForm } from "./ticking.ts";

/** Where the run-book is on its page. */
const PLACE = "run-book";
/** The whole text is shown of the item that was chosen. */
const LONGEST_TEXT = 200;

/** What the address asks for: an item in full, or where in a long run-book to be. */
export type Chosen = { readonly item: Label | null; readonly from: Label | null };

/** What every part of it is made of. */
type Shown = {
  readonly view: PullView;
  readonly book: WalkedBook;
  readonly now: Instant;
  readonly chosen: Chosen;
  /** Who may do something about it; null: nobody. */
  readonly ticking: Ticking | null;
  /** What came of what one did of late, by item. */
  readonly told: ReadonlyMap<Label, AskedOnPage>;
  /** Where the file is on GitHub, for a number of a line; null: not known. */
  readonly file: string | null;
};

/** How far it is, in a line that leads there; null: no run-book is walked. */
export function runBookLine(view: PullView): Html | null {
  const walked = walksOf(view);
  const far = walked?.walks.map((progress) => `${progress.walk} ${farOf(progress)}`).join(", ");
  return far === undefined
    ? null
    : html`<p><a href="#${PLACE}">Run-book</a>: ${far} done.</p>
`;
}

const farOf = (progress: Progress) => {
  const { cleared, of } = countIn(progress);
  return `${cleared} of ${of}`;
};

/**
 * The run-book of a release or a hotfix with all that is known of its items, and for who is let in what can be done to them;
 * null: none is walked there.
 *
 * @param ticking null: nobody acts on this page.
 */
export function runBook(
  view: PullView,
  { now, github, chosen }: { readonly now: Instant; readonly github: string | null; readonly chosen: Chosen },
  ticking: Ticking | null,
): Html | null {
  const walked = walksOf(view);
  if (walked === null) return null;
  const { book, walks } = walked;
  const { path, blob, head } = book;
  const recent = (ticking?.asked ?? []).filter(({ at }) => later(at, TOLD_MS) > now);
  // Of several to one item the newest, which comes first.
  const told = new Map(recent.toReversed().map((one) => [one.act.label, one]));
  const shown: Shown = {
    view,
    book,
    now,
    chosen,
    ticking: isWalked(view) ? ticking : null,
    told,
    file:
      github === null
        ? null
        : `${github}/${view.component.name}/blob/${head}/${path.split("/").map(encodeURIComponent).join("/")}`,
  };
  const parts = partsOf(walked, chosen.item ?? chosen.from);
  const seen = new Set(parts.filter(({ isShown }) => isShown).flatMap(({ steps }) => steps.map(({ label }) => label)));
  return html`<section id="${PLACE}">
<h2>Run-book</h2>
<p class="quiet">${shown.file === null ? path : html`<a href="${shown.file}">${path}</a>`} ${commit(blob)}, for ${commit(head)}.${shown.ticking !== null && " What is pressed here is written into the comment on the pull request, too."}</p>
${nextLine(walks)}
${[...told.values()].filter(({ act }) => !seen.has(act.label)).map((one) => toldOf(one, now))}
${shown.ticking && tickForm({ ...shown, ...shown.ticking })}
${walks.map((progress) => {
  const depths = depthsOf(progress);
  return html`<h3>${WALK_TITLES[progress.walk]} <span class="quiet">${farOf(progress)} done</span></h3>
${parts
  .filter((part) => part.progress === progress)
  .map((part) =>
    part.isShown
      ? html`<h4>${PHASE_TITLES[part.phase]}</h4>
<ul class="items">
${part.steps.map((step) => item(step, depths.get(step.item.ordinal) ?? 0, progress.walk, shown))}</ul>
`
      : folded(part),
  )}${gone(progress)}`;
})}</section>
`;
}

/** The same page, at an item. */
const at = (how: keyof Chosen, label: Label): string => `?${how}=${label}#${label}`;

function nextLine(walks: readonly Progress[]): Html {
  const next = nextOf(walks)?.step;
  if (next === undefined) return html`<p>Nothing is left to do.</p>`;
  return html`<p>Next: <a href="${at("from", next.label)}">${next.label}</a> ${textOf(next, false)}</p>`;
}

function folded({ phase, steps, count: { cleared, of } }: ReturnType<typeof partsOf>[number]): Html {
  const [first] = steps as readonly [Step];
  const labels = ranges(steps.map(({ label }) => label)).join(", ");
  const far = of > 0 ? `${cleared} of ${of} done` : count(steps.length, "item");
  return html`<p class="folded"><a href="${at("from", first.label)}">${PHASE_TITLES[phase]}, ${labels}</a>: ${far}</p>
`;
}

const gone = ({ gone: items }: Progress) =>
  items.length > 0 &&
  html`<p class="quiet">${count(items.length, "item")} that people dealt with ${items.length === 1 ? "is" : "are"} no longer in the run-book; the history tells.</p>
`;

/** How deep each item stands below others. */
function depthsOf({ steps }: Progress): ReadonlyMap<number, number> {
  const depths = new Map<number, number>();
  for (const { item: one } of steps)
    depths.set(one.ordinal, one.parent === null ? 0 : (depths.get(one.parent) ?? 0) + 1);
  return depths;
}

/** Deeper ones are not set in further. */
const DEEPEST = 3;

function item(step: Step, depth: number, walk: Walk, shown: Shown): Html {
  const { label } = step;
  const { chosen, ticking, now, told } = shown;
  const isChosen = chosen.item === label;
  const may = ticking !== null && mayAsk(step, walk, ticking);
  const said = told.get(label);
  return html`<li id="${label}" class="item${depth > 0 && ` below${Math.min(depth, DEEPEST)}`}"><p class="what"><a href="${at(isChosen ? "from" : "item", label)}">${label}<span class="unseen"> ${isChosen ? "closed" : "in full"}</span></a> ${textOf(step, isChosen)}${askedOf(step)}</p>
${may && !isChosen && quickly(step)}${standOf(step, now)}${said !== undefined && toldOf(said, now)}${isChosen && html`${inFull(step, shown)}${ticking && doing({ ...shown, ...ticking }, step, walk)}`}</li>
`;
}

/** What most people come for: one press. */
function quickly(step: Step): Html | null {
  if (!isTask(step) || (step.came?.state ?? "open") !== "open") return null;
  const { label } = step;
  return step.item.needsResult
    ? html`<a class="press" href="${at("item", label)}">What came out?<span class="unseen"> ${label}</span></a>
`
    : html`<button class="press" form="tick" name="item" value="${label}">Done<span class="unseen"> ${label}</span></button>
`;
}

function textOf({ item: { text, notApplicable } }: Step, whole: boolean): Html {
  const words = html`<bdi>${prose(whole ? text : cut(text, LONGEST_TEXT))}</bdi>`;
  return notApplicable === null ? words : html`<s>${words}</s>`;
}

function askedOf({ item: { owner, optional } }: Step): Html | null {
  const words = [optional && "optional", owner !== null && `only ${owner}`].filter((word) => word !== false);
  return words.length === 0 ? null : html` <span class="quiet">(${words.join(", ")})</span>`;
}

/** What belongs to an item and does not fit into its line. */
function inFull({ item: { details, line } }: Step, { file }: Shown): Html {
  return html`${
    details !== "" &&
    html`<pre class="details">${details}</pre>
`
  }<p class="quiet">${file === null ? `Line ${line} of the file.` : html`<a href="${file}?plain=1#L${line}">Line ${line} of the file</a>`}</p>
`;
}

/** What came of what one did on this page. */
function toldOf({ act: { label }, answer, at }: AskedOnPage, now: Instant): Html | null {
  if (answer === null)
    return html`<p class="told pending"><span class="word">…</span> What you did to ${label} ${since(at, now)} is looked at. Load this page again in a moment.</p>
`;
  const [tone, word] = CAME[answer.came];
  return html`<p class="told ${tone}"><span class="word">${word}</span> ${prose(answer.says ?? "")} <span class="quiet">${since(at, now)}</span></p>
`;
}
