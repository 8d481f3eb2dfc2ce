import type { Entry } from "../flow/ledger.ts";
import { opens } from "../flow/ledger.ts";
import { instant, type RepositoryId, short } from "../flow/names.ts";
import type { Sight } from "../flow/request.ts";
import type { Item } from "../flow/run-book.ts";
import type { ItemState, StandingOf, Walk } from "../flow/standing.ts";
import { subjectKey } from "../flow/subject.ts";
import { begun, type Came as How, type ItemStanding, required, STATE_WORDS } from "../release/execution.ts";
import { named, parseLabels } from "../release/labels.ts";
import { linkedBook } from "../release/linked.ts";
import { isTask, openIn, type Progress, progressOf, type Step } from "../release/progress.ts";
import { type Asked, type Came, type May, mayByRight, mayByRole, notBy, type OnPull } from "./command.ts";
import { mayDeploy } from "./deploying.ts";
import { mayAsOwner } from "./owner.ts";

/** Both walks through the run-book of a release or a hotfix. */
export type Walked = { readonly walks: { readonly [walk in Walk]: Progress }; readonly blob: ItemState["blob"] };
type Refused = Extract<Came, { readonly came: "refused" }>;

/** Run-books are walked on a release or a hotfix; who may do an item is asked of each. */
export function mayWalk({ pull, policy }: Asked): May {
  const last = policy.stages.at(-1);
  if (pull?.base === last) return "yes";
  const here = pull === null ? "This is no pull request." : `This one goes into \`${pull.base}\`.`;
  return {
    came: "refused",
    says: `A run-book is walked on a release or a hotfix: a pull request into \`${last}\`. ${here}`,
  };
}

/** The walks through the run-book of a release or a hotfix; what comes of it where there are none, or null while it is read. */
export function walked(asked: OnPull): Walked | Refused | null {
  const { pull, policy, name, web, standing, look } = asked;
  const from = {
    number: pull.number,
    body: pull.body,
    base: pull.base,
    head: { sha: pull.head, ref: pull.ref, repository: asked.repository },
  };
  const linked = linkedBook({ pull: from, policy, repository: name, web, standing, look });
  if (linked === null) return null;
  if ("missing" in linked) return { came: "refused", says: `${linked.missing} ${linked.cure}` };
  const items = standing.filter((one): one is StandingOf<"item"> => one.kind === "item");
  const place = { blob: linked.blob, head: pull.head };
  return {
    walks: {
      rehearsal: progressOf(linked.book, "rehearsal", items, place),
      production: progressOf(linked.book, "production", items, place),
    },
    blob: linked.blob,
  };
}

/** What is open, for whoever names no item. */
export function listOpen({ walks }: Walked): Came {
  const open = [walks.rehearsal, walks.production].flatMap((progress) =>
    openIn(progress, ["before", "deploy", "test", "monitor"]).map(({ label }) => `\`${label}\``),
  );
  if (open.length === 0) return { came: "done", says: "Every item is done." };
  return { came: "done", says: `Open: ${listLabels(open)}.` };
}

/** Items by their labels, as many as a sentence takes. */
export const listLabels = (labels: readonly string[]): string => shown(labels, 40);
const shown = (labels: readonly string[], most: number): string =>
  labels.length > most ? `${labels.slice(0, most).join(", ")} and ${labels.length - most} more` : labels.join(", ");

/**
 * Does something to each of the items named, or to none. A range means the tasks in it: what stands between them and is
 * none, such as a headline or what is not applicable, is left out, since people copy ranges from the comment.
 *
 * @param to what comes of one; a text refuses it.
 * @returns where it is done `says` are the items alone.
 */
export function onItems(
  asked: OnPull,
  words: readonly string[],
  to: (step: Step) => Omit<How, "by" | "at"> | string,
): Came | null {
  const found = walked(asked);
  if (found === null || "came" in found) return found;
  const { saw } = asked;
  // Labels of another run-book name other items.
  if (saw !== null && saw.blob !== found.blob) return { came: "refused", says: OUTRUN };
  const read = parseLabels(words);
  if ("wrong" in read) return { came: "refused", says: read.wrong };
  const alone = new Set(words.map((word) => word.toUpperCase()));
  const entries: Entry[] = [];
  const done: string[] = [];
  let leftOut: string | null = null;
  for (const label of read.labels) {
    const { walk, ordinal } = named(label);
    const progress = found.walks[walk];
    const step = progress.steps[ordinal - 1];
    if (step === undefined)
      return { came: "refused", says: `There is no \`${label}\`: the run-book has ${progress.steps.length} items.` };
    if (!isTask(step)) {
      leftOut = noTask(step, progress);
      if (alone.has(label)) return { came: "refused", says: leftOut };
      continue;
    }
    const may = mayDo(asked, step.item, walk);
    if (may !== "yes") return notBy(may);
    if (saw !== null && !isAs(saw, step)) return { came: "refused", says: changed(step) };
    const came = to(step);
    if (typeof came === "string") return { came: "refused", says: came };
    const backed = came.state === "done" ? mayDeploy(asked, step, progress) : "yes";
    if (backed !== "yes") return notBy(backed);
    // Of what two people did, the first one asked for it.
    const by = came.confirmedBy === null ? asked.by : (step.came?.by ?? asked.by);
    const { at, pull } = asked;
    const { blob } = found;
    const before = standingOf(asked, { step, walk, blob });
    const clicks = before.clicks.filter((click) => click.at > at);
    const after = { ...before, ...came, by, at, blob, head: pull.head, clicks };
    entries.push({ ...opens(pullOf(asked), after), actor: asked.by.login });
    done.push(`\`${label}\``);
  }
  if (leftOut !== null && done.length === 0) return { came: "refused", says: leftOut };
  return { came: "done", says: shown(done, 10), entries };
}

const OUTRUN = "The run-book has changed since that page was loaded: look at it again, and tick what it asks now.";

/** Whether an item is as far as it was shown. */
const isAs = ({ state, since }: Sight, { came }: Step): boolean =>
  (came?.state ?? "open") === state && (state === "open" || came?.at === since);

function changed({ label, came }: Step): string {
  const { state, by } = came ?? { state: "open", by: null };
  return `By now \`${label}\` is ${STATE_WORDS[state]}${by === null ? "" : `, by ${by.login}`}: look at it again.`;
}

/** Whether somebody may do what is to be done in a walk, as far as they saw what they did it to. SPEC 4. */
export function mayDo(asked: OnPull, item: Item, walk: Walk): May {
  const { judged, pull } = asked;
  const isOfHead = walk === "rehearsal" && item.phase !== "before";
  if (isOfHead && judged !== null && judged !== pull.head)
    return {
      came: "refused",
      says: `You tried ${short(judged)}, and by now staging is at ${short(pull.head)}: try that.`,
    };
  const need = required(item, walk);
  switch (need.kind) {
    case "owner":
      return mayAsOwner(asked, need.owner);
    case "permission":
      return mayByRight(asked, need.permission);
    case "role":
      return mayByRole(asked, [need.role]);
  }
}

/** What is known of an item and counts, or that nobody touched it. */
export function standingOf(
  { repository, pull }: OnPull,
  { step, walk, blob }: { readonly step: Step; readonly walk: Walk; readonly blob: ItemState["blob"] },
): ItemStanding {
  const { id } = step.item;
  const { number, head } = pull;
  const key = itemKey(repository, number, walk, id);
  // Clicks are heard in any order, so none may come before it was begun.
  return step.known ?? begun({ key, repository, number, walk, item: id, blob, head, at: BEGINNING });
}
const BEGINNING = instant(0);

export const itemKey = (repository: RepositoryId, number: number, walk: Walk, item: string): string =>
  `item:${repository}:${number}:${walk}:${item}`;
export const pullOf = ({ repository, pull: { number } }: OnPull): string =>
  subjectKey({ kind: "pull", repository, number });

function noTask({ item, label, below }: Step, { steps }: Progress): string {
  if (below !== null) {
    const parts = steps.filter(({ item: { parent } }) => parent === item.ordinal);
    return `\`${label}\` is done when those below it are: ${parts.map((step) => `\`${step.label}\``).join(", ")}.`;
  }
  if (item.notApplicable !== null) return `\`${label}\` is not asked for: ${item.notApplicable}.`;
  return `\`${label}\` belongs to the rollback, which is walked only when a release is taken back.`;
}
