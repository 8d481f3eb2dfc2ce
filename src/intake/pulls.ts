import { z } from "zod";
import { listSeen } from "../flow/carried-list.ts";
import type { News } from "../flow/decision.ts";
import { bodyThatCounts, branchText, bumpIn, DATA_LABEL, listedPull, pullShape } from "../flow/listed.ts";
import type { Origin } from "../flow/memory.ts";
import { repositoryId, sha } from "../flow/names.ts";
import type { Priority } from "../flow/subject.ts";
import { componentIn, newsOf, place } from "./place.ts";

export const pullEvent = place.extend({
  action: z.string(),
  pull_request: pullShape,
  before: z.string().nullish(),
  changes: z
    .object({
      title: z.object({ from: z.string() }).nullish(),
      base: z.object({ ref: z.object({ from: branchText }) }).nullish(),
      body: z.object({ from: z.string().nullish() }).nullish(),
    })
    .nullish(),
  label: z.object({ name: z.string() }).nullish(),
});

/** Actions that can change a verdict, and how urgent they are: somebody is looking at the page just then. */
const TURNS: { readonly [action: string]: Priority } = {
  opened: "person",
  reopened: "person",
  synchronize: "person",
  edited: "person",
  closed: "bulk",
};

export function pullRequest(event: z.output<typeof pullEvent>): News {
  const { number, asOf, facts, mergedAs } = listedPull(event.pull_request);
  const repository = repositoryId(event.repository.id);
  const priority = event.label?.name === DATA_LABEL ? "person" : TURNS[event.action];
  return {
    ...newsOf(event),
    lessons: [
      componentIn(event),
      { of: "pull", repository, number, asOf, from: originOf(event), facts },
      ...(mergedAs === undefined
        ? []
        : [{ of: "merge", repository, branch: facts.base, merge: { number, ...mergedAs } } as const]),
    ],
    nudges: [
      ...(priority ? [{ priority, subject: { kind: "pull", repository, number } } as const] : []),
      ...(facts.merged && mayBeListed(event)
        ? [{ priority: "bulk", openPulls: { repository, lists: true } } as const]
        : []),
    ],
  };
}

/** Whether what promotions list of a merged pull request is another now: that it is merged, its title, the label of its version. */
const mayBeListed = ({ action, changes, label }: z.output<typeof pullEvent>): boolean =>
  action === "closed" || changes?.title != null || (label != null && bumpIn([label.name]) !== null);

/** What the labels said before one was put on or taken off. */
function labelsBefore(action: string, label: string, labels: readonly string[]): Origin {
  if (label === DATA_LABEL) return { dataLabel: action === "unlabeled" };
  const before = action === "unlabeled" ? [...labels, label] : labels.filter((one) => one !== label);
  return bumpIn([label]) === null ? {} : { bump: bumpIn(before) };
}

/** What a body said that was edited; of our list only where that was. */
function bodyBefore(before: string, body: string): Origin {
  const list = listSeen(before);
  return { body: bodyThatCounts(before), ...(list !== listSeen(body) && { list }) };
}

function originOf({
  action,
  before,
  changes,
  label,
  pull_request: { draft, labels, body },
}: z.output<typeof pullEvent>): Origin {
  switch (action) {
    case "synchronize":
      return before ? { head: sha(before) } : {};
    case "edited":
      return {
        ...(changes?.title && { title: changes.title.from }),
        ...(changes?.base && { base: changes.base.ref.from }),
        ...(changes?.body && bodyBefore(changes.body.from ?? "", body ?? "")),
      };
    case "labeled":
    case "unlabeled":
      return labelsBefore(
        action,
        label?.name ?? "",
        (labels ?? []).map(({ name }) => name),
      );
    case "closed":
      return { state: "open", merged: false };
    case "reopened":
      return { state: "closed" };
    case "ready_for_review":
    case "converted_to_draft":
      return { draft: !draft };
    default:
      return {};
  }
}
