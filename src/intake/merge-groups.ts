import { z } from "zod";
import type { News } from "../flow/decision.ts";
import { shaText } from "../flow/listed.ts";
import { type Branch, branch, type Instant, repositoryId } from "../flow/names.ts";
import { componentIn, newsOf, place } from "./place.ts";

export const groupEvent = place.extend({
  action: z.string(),
  merge_group: z.object({ head_sha: shaText, base_sha: shaText, head_ref: z.string(), base_ref: z.string() }),
});
export const isQueueBranch = (name: Branch) => name.startsWith("gh-readonly-queue/");

/** The queue branch ends in `pr-NUMBER-SHA`; the base's own name may hold slashes, so it is read from the right. */
export function mergeGroup(event: z.output<typeof groupEvent>, at: Instant): News {
  const { head_sha: head, base_sha: from, head_ref, base_ref } = event.merge_group;
  const number = /\/pr-(\d+)-[0-9a-f]{40,64}$/.exec(head_ref)?.[1];
  if (number === undefined) throw new Error(`No pull request in the queue branch ${head_ref}.`);
  const repository = repositoryId(event.repository.id);
  const base = branch(base_ref.replace(/^refs\/heads\//, ""));
  const destroyed = event.action === "destroyed";
  return {
    ...newsOf(event),
    lessons: [
      componentIn(event),
      { of: "group", repository, head, from, base, number: Number(number), asOf: at, destroyed },
    ],
    nudges: destroyed ? [] : [{ priority: "person", subject: { kind: "group", repository, head } }],
  };
}
