import { z } from "zod";
import { askedAnew } from "../flow/asked-anew.ts";
import { DRY_RUN, RECHECK } from "../flow/check-buttons.ts";
import { type News, NO_NEWS } from "../flow/decision.ts";
import type { Self } from "../flow/facts.ts";
import { checkRunShape, shaText, statusShape } from "../flow/listed.ts";
import { type Instant, repositoryId } from "../flow/names.ts";
import { dryRun } from "./dry-run.ts";
import { id, newsOf, place } from "./place.ts";

const asked = z.object({ head_sha: shaText, name: z.string().nullish(), app: z.object({ id }).nullish() });
const checkEvent = place.extend({
  action: z.string(),
  check_run: asked.nullish(),
  check_suite: asked.nullish(),
  requested_action: z.object({ identifier: z.string() }).nullish(),
});

/**
 * Somebody pressed *Dry run* beside ours, which asks as a comment does; or *Re-run* or *Re-check*: GitHub only resets the suite,
 * so the check is written again; all else of ours is our echo. What others' check runs say is told to whoever waits for them.
 */
export function check(payload: unknown, at: Instant, self: Self | null): News {
  const event = checkEvent.parse(payload);
  const run = event.check_run ?? event.check_suite;
  if (!run) return NO_NEWS;
  const ours = self === null || run.app?.id === self.app;
  const pressed = event.requested_action?.identifier;
  if (ours && event.check_run && pressed === DRY_RUN.identifier) return dryRun(payload, at);
  const asksAnew = event.action === "rerequested" || pressed === RECHECK.identifier;
  if (!ours || !asksAnew) return ours || !event.check_run ? NO_NEWS : checkOfOthers(payload);
  return askedAnew({
    installation: newsOf(event).installation,
    repository: repositoryId(event.repository.id),
    head: run.head_sha,
    check: event.check_run?.name ?? "",
  });
}

const otherEvent = place.extend({ check_run: checkRunShape });

function checkOfOthers(payload: unknown): News {
  const event = otherEvent.parse(payload);
  const { head, seen } = event.check_run;
  return { ...newsOf(event), lessons: [{ of: "checks", repository: repositoryId(event.repository.id), head, seen }] };
}

const statusEvent = place.extend({ sha: shaText });

export function status(payload: unknown): News {
  const event = statusEvent.parse(payload);
  const repository = repositoryId(event.repository.id);
  const seen = statusShape.parse(payload);
  return { ...newsOf(event), lessons: [{ of: "checks", repository, head: event.sha, seen }] };
}
