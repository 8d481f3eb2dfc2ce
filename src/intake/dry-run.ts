import { z } from "zod";
import { type News, NO_NEWS } from "../flow/decision.ts";
import { branchText, shaText } from "../flow/listed.ts";
import { type Instant, repositoryId } from "../flow/names.ts";
import { type Request, tryingOut } from "../flow/request.ts";
import { checkName } from "../flow/ruleset.ts";
import { id, newsOf, place } from "./place.ts";

const pressedEvent = place.extend({
  check_run: z.object({
    name: z.string(),
    head_sha: shaText,
    pull_requests: z
      .array(z.object({ number: id, head: z.object({ sha: shaText }), base: z.object({ ref: branchText }) }))
      .nullish(),
  }),
  sender: z.object({ id, login: z.string(), type: z.string().nullish() }).nullish(),
});

/** Within ten seconds a second press is the same one. */
const SAME = "2026-11-22T09:40:0".length;

/**
 * Somebody pressed *Dry run* beside a check of ours: the command in a comment, for that commit. Of several pull requests that
 * share the check it is answered on the first, since it would say the same of all. GitHub names those of the repository's own
 * branches, and others are only features.
 */
export function dryRun(payload: unknown, at: Instant): News {
  const event = pressedEvent.parse(payload);
  const { check_run: run, sender: by } = event;
  const [number] = (run.pull_requests ?? [])
    .filter(({ head, base }) => head.sha === run.head_sha && checkName(base.ref) === run.name)
    .map((pull) => pull.number)
    .toSorted((a, b) => a - b);
  if (number === undefined || !by || by.type === "Bot") return NO_NEWS;
  const repository = repositoryId(event.repository.id);
  const of = { kind: "pull", repository, number } as const;
  const request: Request = {
    id: `button:${repository}:${number}:${by.id}:${at.slice(0, SAME)}`,
    by: { id: by.id, login: by.login },
    at,
    body: tryingOut(run.head_sha),
    how: "written",
    origin: { number, button: "check" },
  };
  return { ...newsOf(event), nudges: [{ priority: "person", subject: of }], asks: [{ of, request }] };
}
