import type { Entry } from "../flow/ledger.ts";
import { opens } from "../flow/ledger.ts";
import type { Label } from "../flow/request.ts";
import type { Commanded, ItemState, StandingOf, Walk } from "../flow/standing.ts";
import { subjectKey } from "../flow/subject.ts";
import { hasBox, openIn, type Progress, progressOf, type Step, whoseIs } from "../release/execution.ts";
import { labelOf, labelsIn, ordinalOf, walkOf } from "../release/labels.ts";
import { linkedBook } from "../release/linked.ts";
import { type Asked, type Came, type May, mayByRight, mayByRole, notBy, type OnPull } from "./command.ts";
import { mayAsOwner } from "./owner.ts";

/** An item that somebody named, where it stands. */
export type Named = { readonly label: Label; readonly walk: Walk; readonly step: Step };
type Walked = { readonly walks: { readonly [walk in Walk]: Progress }; readonly blob: StandingOf<"item">["blob"] };

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
export function walked(asked: OnPull): Walked | Came | null {
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
    openIn(progress, ["before", "deploy", "test", "monitor"]).map(
      ({ item }) => `\`${labelOf(progress.walk, item.ordinal)}\``,
    ),
  );
  if (open.length === 0) return { came: "done", says: "Every item is done." };
  return {
    came: "done",
    says: `Open: ${open.slice(0, 40).join(", ")}${open.length > 40 ? ` and ${open.length - 40} more` : ""}.`,
  };
}

/**
 * Does something to each of the items named, or to none.
 *
 * @param to what comes of one; a text refuses it.
 */
export function onItems(
  asked: OnPull,
  words: readonly string[],
  to: (named: Named) => Pick<Commanded, "state" | "note" | "url" | "confirmedBy" | "because"> | string,
): Came | null {
  const found = walked(asked);
  if (found === null || "came" in found) return found;
  const named = labelsIn(words);
  if ("not" in named) return { came: "refused", says: named.not };
  if (named.labels.length === 0) return listOpen(found);
  const entries: Entry[] = [];
  for (const label of named.labels) {
    const walk = walkOf(label);
    const steps = found.walks[walk].steps;
    const step = steps[ordinalOf(label) - 1];
    if (step === undefined)
      return { came: "refused", says: `There is no \`${label}\`: the run-book has ${steps.length} items.` };
    if (!hasBox(step)) return { came: "refused", says: notTicked(label, step) };
    const may = mayDo(asked, step, walk);
    if (may !== "yes") return notBy(may);
    const came = to({ label, walk, step });
    if (typeof came === "string") return { came: "refused", says: came };
    entries.push(itemEntry(asked, { label, walk, step }, found.blob, came));
  }
  const labels = named.labels.map((label) => `\`${label}\``);
  const all =
    labels.length > 10 ? `${labels.slice(0, 10).join(", ")} and ${labels.length - 10} more` : labels.join(", ");
  return { came: "done", says: all, entries };
}

/** Whether somebody may do what is to be done in a walk. SPEC 4. */
export function mayDo(asked: OnPull, { item }: Pick<Step, "item">, walk: Walk): May {
  const whose = whoseIs(item, walk);
  if (whose === "write") return mayByRight(asked, "write");
  if (whose === "operations") return mayByRole(asked, ["operations"]);
  return mayAsOwner(asked, whose.owner);
}

function itemEntry(
  { by, now, repository, pull }: OnPull,
  { walk, step }: Named,
  blob: ItemState["blob"],
  came: Pick<Commanded, "state" | "note" | "url" | "confirmedBy" | "because">,
): Entry {
  // Of what two people did, the first one asked for it.
  const asker = came.confirmedBy === null ? by : (step.standing?.by ?? by);
  const said = { ...came, by: asker, at: now };
  return opens(subjectKey({ kind: "pull", repository, number: pull.number }), {
    ...said,
    kind: "item",
    key: itemKey(repository, pull.number, walk, step.item.id),
    repository,
    number: pull.number,
    walk,
    item: step.item.id,
    blob,
    head: pull.head,
    command: said,
    clicks: [],
  });
}

export const itemKey = (repository: number, number: number, walk: Walk, item: string): string =>
  `item:${repository}:${number}:${walk}:${item}`;

function notTicked(label: Label, { item, children }: Step): string {
  if (children.length > 0)
    return `\`${label}\` is done when those below it are: ${children.map(({ ordinal }) => `\`${label[0]}${ordinal}\``).join(", ")}.`;
  if (item.notApplicable !== null) return `\`${label}\` is not asked for: ${item.notApplicable}.`;
  return `\`${label}\` belongs to the rollback, which is walked only when a release is taken back.`;
}
