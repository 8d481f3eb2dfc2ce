import { PHASES, type Phase } from "../flow/config.ts";
import { type Sha, short } from "../flow/names.ts";
import type { Label } from "../flow/request.ts";
import { isRequired } from "../flow/run-book.ts";
import type { Walk } from "../flow/standing.ts";
import { count, listed, sizeOf } from "../flow/words.ts";
import { marksLines } from "../release/clicks.ts";
import { hasBox, isLeaf, openIn, type Progress, type Run, runsOf, type Step } from "../release/progress.ts";
import { leadOf, nextOf } from "./lead.ts";
import { codeInLine, inLine } from "./markdown.ts";
import { stepLine } from "./step.ts";

/** What the comment that shows a run-book is made of. */
export type Sticky = {
  /** Where the run-book lies, and which one it is. */
  readonly path: string;
  readonly blob: Sha;
  readonly revision: number;
  /** In the order they are walked, each with the items of this blob. */
  readonly walks: readonly Progress[];
  /** Where everything can be seen and ticked; null: there is no such page. */
  readonly pageUrl: string | null;
  /** What is published as soon as a release manager says so, `v1.4.0`; left out: nothing waits for that. */
  readonly publishes?: string;
};

/** GitHub takes no longer comment. */
const LARGEST = 65_536;

export const WALK_TITLES: { readonly [walk in Walk]: string } = {
  rehearsal: "Rehearsal in staging",
  production: "Production",
};
export const PHASE_TITLES: { readonly [phase in Phase]: string } = {
  before: "Before",
  deploy: "Deploy",
  test: "Test",
  rollback: "Rollback",
  monitor: "Monitor",
};

/**
 * The comment that shows a run-book and its boxes. `clicksIn` reads what people do to it.
 *
 * It always fits into a comment: where it would not, phases are folded to a line each, first those that are done, then
 * those furthest from what is next; of one that is too long by itself the part from there on is shown.
 */
export function stickyComment(sticky: Sticky): string {
  const runs = sticky.walks.flatMap(runsOf);
  const said = sayingOf(sticky);
  const next = nextOf(sticky.walks)?.step ?? null;
  const current = next === null ? -1 : runs.findIndex(({ steps }) => steps.includes(next));
  const order = foldingOrder(runs, current);
  const whole = (folded: number) => assemble(said, runs, new Set(order.slice(0, folded)));

  const folded = least(order.length, (folded) => fits(whole(folded)));
  const text = whole(folded);
  const run = runs[current];
  if (fits(text) || run === undefined || next === null) return text;

  // One phase alone is too long: it becomes three, of which the middle is shown.
  const start = run.steps.indexOf(next);
  const part = (left: number) => {
    const length = run.steps.length - left;
    const from = Math.min(start, left);
    const before = { ...run, steps: run.steps.slice(0, from) };
    const shown = { ...run, steps: run.steps.slice(from, from + length) };
    const after = { ...run, steps: run.steps.slice(from + length) };
    const others = [...runs.slice(0, current), before, shown, after, ...runs.slice(current + 1)];
    return assemble(
      said,
      others.filter(({ steps }) => steps.length > 0),
      new Set(others.filter((one) => one !== shown)),
    );
  };
  return part(least(run.steps.length - 1, (left) => fits(part(left))));
}

const fits = (text: string) => sizeOf(text) <= LARGEST;

/** The least number up to `most` that will do; `most` where none below it does. */
function least(most: number, does: (n: number) => boolean): number {
  let [from, to] = [0, most];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (does(middle)) to = middle;
    else from = middle + 1;
  }
  return to;
}

/** What is folded, from the first on: what is done, then what is furthest from what is next, which never is. */
function foldingOrder(runs: readonly Run[], current: number): readonly Run[] {
  const distance = new Map(runs.map((run, place) => [run, Math.abs(place - current)]));
  const far = (run: Run) => distance.get(run) as number;
  const others = runs.filter((_, place) => place !== current);
  const isDone = (run: Run) => openOf([run]).length === 0;
  return [...others.filter(isDone), ...others.filter((run) => !isDone(run)).sort((a, b) => far(b) - far(a))];
}

/** The comment's words that do not depend on what is folded, so that they are found once. */
type Saying = Sticky & { readonly intro: readonly string[]; readonly lines: ReadonlyMap<Step, string> };

function sayingOf(sticky: Sticky): Saying {
  const { walks, path, blob, pageUrl, publishes } = sticky;
  const page = pageUrl === null ? "" : ` [The page of this run-book](${pageUrl}) shows all of it, and takes ticks too.`;
  return {
    ...sticky,
    intro: [
      ...leadOf(sticky),
      ...(publishes === undefined
        ? []
        : [`**${inLine(publishes)} is published as soon as a release manager writes \`/promote\` here.**`]),
      `Run-book: ${codeInLine(path)} (${codeInLine(short(blob))}).${page}`,
    ],
    lines: new Map(walks.flatMap(({ walk, steps }) => steps.map((step) => [step, stepLine(step, walk)] as const))),
  };
}

function assemble(
  { walks, blob, revision, pageUrl, intro, lines }: Saying,
  runs: readonly Run[],
  folded: ReadonlySet<Run>,
): string {
  const done: Label[] = [];
  const sections = walks.map((progress) => {
    const parts = [`### ${WALK_TITLES[progress.walk]}`];
    let together: Run[] = [];
    const flush = () => {
      if (together.length > 0) parts.push(foldedLine(together, pageUrl));
      together = [];
    };
    for (const run of runs.filter((run) => run.progress === progress)) {
      if (folded.has(run)) together.push(run);
      else {
        flush();
        parts.push(`#### ${PHASE_TITLES[run.phase]}`, listOf(run, lines));
        for (const step of run.steps) if (hasBox(step) && step.cleared) done.push(step.label);
      }
    }
    flush();
    return parts.join("\n\n");
  });
  return [marksLines({ revision, blob, done }), ...intro, ...sections].join("\n\n");
}

/** Items below each other as in the document; one whose parent is not shown here stands at the margin, or it would be code. */
function listOf({ steps }: Run, lines: ReadonlyMap<Step, string>): string {
  const depths = new Map<number, number>();
  const list = steps.map((step) => {
    const { ordinal, parent } = step.item;
    const above = parent === null ? undefined : depths.get(parent);
    const depth = above === undefined ? 0 : above + 1;
    depths.set(ordinal, depth);
    return `${"  ".repeat(depth)}${lines.get(step)}`;
  });
  return list.join("\n");
}

/** What stands for items that are not shown: how many are done, and how the others can be. */
function foldedLine(runs: readonly Run[], pageUrl: string | null): string {
  const steps = runs.flatMap(({ steps }) => steps);
  const phases = PHASES.filter((phase) => runs.some((run) => run.phase === phase));
  const asked = steps.filter((step) => isLeaf(step) && isRequired(step.item) && step.item.phase !== "rollback");
  const cleared = asked.filter((step) => step.cleared).length;
  const how = asked.length > 0 ? `${cleared} of ${asked.length} done` : count(steps.length, "item");
  const open = openOf(runs).map(({ label }) => label);
  const page = pageUrl === null ? "" : ` on [the page](${pageUrl})`;
  const cure = pageUrl === null ? ` Write ${codeInLine(`/done ${span(open)}`)} for what is done.` : "";
  const title = `**${listed(phases.map((phase) => PHASE_TITLES[phase]))}** (${span(steps.map(({ label }) => label))}): `;
  return `${title}${how}${page}.${open.length === 0 ? "" : cure}`;
}

const span = (labels: readonly Label[]) => (labels.length < 2 ? labels[0] : `${labels[0]}-${labels.at(-1)}`);

const openOf = (runs: readonly Run[]) =>
  runs.flatMap(({ progress, phase, steps }) => (phase === "rollback" ? [] : openIn({ ...progress, steps }, [phase])));
