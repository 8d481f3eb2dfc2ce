import type { Phase } from "../flow/config.ts";
import type { Sha } from "../flow/names.ts";
import type { Item } from "../flow/run-book.ts";
import type { Walk } from "../flow/standing.ts";
import { count, minute } from "../flow/words.ts";
import { marksOf } from "../release/clicks.ts";
import {
  BEFORE_MERGE,
  BEFORE_PUBLISHING,
  hasBox,
  isCleared,
  openIn,
  type Progress,
  REHEARSED,
  type Step,
  skippedIn,
} from "../release/execution.ts";
import { labelOf } from "../release/labels.ts";
import { code, prose } from "./markdown.ts";

/** Characters that GitHub takes in a comment. */
const LONGEST = 65_536;
/** Of an item's text so much is shown. */
const LONGEST_TEXT = 500;

const TITLES: { readonly [walk in Walk]: string } = { rehearsal: "Rehearsal in staging", production: "Production" };
const PHASE_TITLES: { readonly [phase in Phase]: string } = {
  before: "Before",
  deploy: "Deploy",
  test: "Test",
  rollback: "Rollback",
  monitor: "Monitor",
};

/** A run-book as it is walked, and what is to be said with it. */
export type Shown = {
  readonly path: string;
  readonly blob: Sha;
  readonly rehearsal: Progress;
  readonly production: Progress;
  /** A hotfix goes without a rehearsal first. */
  readonly needsRehearsal: boolean;
  readonly merged: boolean;
  /** Where it can be ticked as well; null: there is no page. */
  readonly page: string | null;
};

/** The comment that shows how far a run-book is, with a box for each item; too long for GitHub it is folded by phase. */
export function stickyComment(shown: Shown, revision: number): string {
  const { path, blob, rehearsal, production } = shown;
  const walks = [rehearsal, production];
  const done = walks.flatMap(({ walk, steps }) =>
    steps.filter((step) => hasBox(step) && isTicked(step)).map(({ item }) => labelOf(walk, item.ordinal)),
  );
  const parts = [marksOf(revision, blob, done), `### Run-book ${code(path)}`, standsAt(shown), ...again(shown), HOW];
  const sections = walks.flatMap(sectionsOf);
  const whole = (folded: ReadonlySet<Section>) =>
    [
      ...parts,
      ...sections.flatMap((section, place) => [
        ...(sections[place - 1]?.walk === section.walk ? [] : [`#### ${TITLES[section.walk]}`]),
        `**${PHASE_TITLES[section.phase]}**`,
        folded.has(section) ? foldedIn(section, shown) : section.lines.join("\n"),
      ]),
    ].join("\n\n");
  const folded = new Set<Section>();
  let body = whole(folded);
  // What is done first, then what comes last.
  for (const section of [...sections.filter(({ open }) => open === 0), ...sections.toReversed()]) {
    if (body.length <= LONGEST) break;
    folded.add(section);
    body = whole(folded);
  }
  return body;
}

const HOW =
  'Tick a box, or write `/done S1`, `/done P1-P3 note="…"`, `/undo P1`, `/skip P1 because …` or `/fail P1 because …` in a new comment.';

const isTicked = ({ state }: Step): boolean => state === "done";

/** Where it stands, and what comes next. */
export function standsAt({ rehearsal, production, needsRehearsal, merged }: Shown): string {
  const skipped = [rehearsal, production].flatMap((progress) =>
    skippedIn(progress).map(({ item }) => labelOf(progress.walk, item.ordinal)),
  );
  const first = skipped.length === 0 ? "" : `**${count(skipped.length, "item")} skipped: ${skipped.join(", ")}.** `;
  const left = merged ? null : leftOf(rehearsal, REHEARSED);
  if (left !== null && needsRehearsal) return `${first}Rehearsal in staging: ${left}`;
  const before = merged ? null : leftOf(production, BEFORE_MERGE);
  if (before !== null) return `${first}Before the merge: ${before}`;
  if (!merged) return `${first}${needsRehearsal ? "Rehearsed, and all" : "All"} that comes before the merge is done.`;
  const after = leftOf(production, BEFORE_PUBLISHING);
  if (after !== null) return `${first}Deploy and test: ${after}`;
  const owed = openIn(production, ["monitor"]).length;
  return `${first}All is done.${owed === 0 ? "" : ` ${count(owed, "item")} of *monitor* ${owed === 1 ? "is" : "are"} still owed.`}`;
}

function leftOf(progress: Progress, phases: readonly Phase[]): string | null {
  const open = openIn(progress, phases);
  const [next] = open;
  if (next === undefined) return null;
  const failed = open.filter(({ state }) => state === "failed").map(({ item }) => labelOf(progress.walk, item.ordinal));
  const says = failed.length > 0 ? ` ${failed.join(", ")} failed.` : "";
  return `${count(open.length, "item")} open.${says} Next: ${labelOf(progress.walk, next.item.ordinal)} ${textOf(next.item)}.`;
}

/** What was done before the file or the commit changed. */
function again({ rehearsal, production }: Shown): readonly string[] {
  const items = [rehearsal, production].flatMap((progress) =>
    progress.again.map(({ ordinal }) => labelOf(progress.walk, ordinal)),
  );
  return items.length === 0
    ? []
    : [
        `The run-book or the commit is another one now, so do again: ${items.slice(0, 50).join(", ")}${items.length > 50 ? " …" : ""}.`,
      ];
}

type Section = {
  readonly walk: Walk;
  readonly phase: Phase;
  readonly steps: readonly Step[];
  readonly lines: readonly string[];
  readonly open: number;
};

/** In the order of the document; a phase that comes again has a heading again. */
function sectionsOf({ walk, steps }: Progress): readonly Section[] {
  const sections: { phase: Phase; steps: Step[] }[] = [];
  for (const step of steps) {
    const last = sections.at(-1);
    if (last?.phase === step.item.phase) last.steps.push(step);
    else sections.push({ phase: step.item.phase, steps: [step] });
  }
  return sections.map((section) => ({
    ...section,
    walk,
    lines: section.steps.map((step) => lineOf(walk, step)),
    open: section.steps.filter((step) => hasBox(step) && !isCleared(step)).length,
  }));
}

function foldedIn({ walk, steps, open }: Section, { page }: Shown): string {
  const boxes = steps.filter(hasBox);
  const [first, last] = [boxes[0], boxes.at(-1)].map((step) =>
    step === undefined ? "" : labelOf(walk, step.item.ordinal),
  );
  const how = page === null ? `\`/done ${first}-${last}\`` : `[the page](${page})`;
  return `${boxes.length - open} of ${boxes.length} done; too long to show here: tick on ${how}.`;
}

function lineOf(walk: Walk, step: Step): string {
  const { item, standing } = step;
  const label = `**${labelOf(walk, item.ordinal)}** `;
  const text = `${textOf(item)}${item.owner === null ? "" : ` (${prose(item.owner)})`}${item.optional ? " (optional)" : ""}`;
  if (item.notApplicable !== null) return `- ${label}~~${text}~~ N/A: ${cut(item.notApplicable)}`;
  if (step.children.length > 0) {
    const parts = step.children.map(({ ordinal }) => labelOf(walk, ordinal));
    return `- ${label}${text}: done with ${parts[0]} to ${parts.at(-1)}`;
  }
  const box = hasBox(step) ? `[${isTicked(step) ? "x" : " "}] ` : "";
  return `- ${box}${label}${text}${standing === null ? "" : said(step)}`;
}

/** What was said of it, and by whom. */
function said({ state, standing }: Step): string {
  if (standing === null) return "";
  const { by, at, because, note, url, confirmedBy } = standing;
  const who = `${prose(by?.login ?? "nobody")}, ${minute(at)}`;
  const more = `${note === null ? "" : `: ${cut(note)}`}${url === null ? "" : ` (${prose(url)})`}`;
  switch (state) {
    case "done":
      return ` — ${who}${more}`;
    case "failed":
      return ` — ❌ failed: ${cut(because)} (${who})`;
    case "skipped":
      return ` — skipped: ${cut(because)} (${who}${confirmedBy === null ? "" : `, confirmed by ${prose(confirmedBy.login)}`})`;
    case "skip-asked":
      return ` — to be skipped: ${cut(because)} (${who}); somebody else confirms it`;
    default:
      return "";
  }
}

const cut = (text: string): string => prose(text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text);
const textOf = ({ text }: Item): string => cut(text);
