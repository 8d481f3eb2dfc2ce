import { z } from "zod";
import { CONFIG_PATH } from "../flow/config.ts";
import { type News, NO_NEWS } from "../flow/decision.ts";
import type { Self } from "../flow/facts.ts";
import { branch, type Instant, repositoryId, sha } from "../flow/names.ts";
import type { Push } from "../flow/provenance.ts";
import { isQueueBranch } from "./merge-groups.ts";
import { componentIn, id, newsOf, place } from "./place.ts";
import { tag } from "./releases.ts";

export const pushEvent = place.extend({
  ref: z.string(),
  before: z.string(),
  after: z.string(),
  sender: z.object({ id, login: z.string(), type: z.string().nullish() }).nullish(),
  created: z.boolean(),
  deleted: z.boolean(),
  forced: z.boolean(),
  commits: z
    .array(
      z.object({
        added: z.string().array().nullish(),
        modified: z.string().array().nullish(),
        removed: z.string().array().nullish(),
      }),
    )
    .nullish(),
});
/** GitHub lists no more commits than this, and no more files of one commit. */
const LISTED_COMMITS = 2048;
const LISTED_FILES = 3000;
const TAGS = "refs/tags/";

export function push(event: z.output<typeof pushEvent>, at: Instant, self: Self | null): News {
  if (event.ref.startsWith(TAGS)) return tag(event, event.ref.slice(TAGS.length), at, self);
  if (!event.ref.startsWith("refs/heads/")) return NO_NEWS;
  const name = branch(event.ref.slice("refs/heads/".length));
  if (isQueueBranch(name)) return NO_NEWS;
  const repository = repositoryId(event.repository.id);
  const look = name === event.repository.default_branch && mayTouch(CONFIG_PATH, event);
  return {
    ...newsOf(event),
    lessons: [
      {
        ...componentIn(event),
        look,
        branch: { name, before: sha(event.before), at: event.deleted ? null : sha(event.after) },
      },
      // One that is made anew came by no push; that it was deleted is what counts.
      ...(event.created ? [] : [{ of: "push", repository, branch: name, push: pushOf(event, at) } as const]),
    ],
    nudges: [
      ...(look || event.created || event.deleted
        ? [{ priority: "bulk", subject: { kind: "component", repository } } as const]
        : []),
      { priority: "bulk", openPulls: { repository, compared: name } },
    ],
  };
}

const pushOf = (
  { before, after, deleted, forced, commits, sender }: z.output<typeof pushEvent>,
  at: Instant,
): Push => ({
  how: deleted ? "deletion" : forced ? "force-push" : "push",
  before: sha(before),
  after: deleted ? null : sha(after),
  by: sender ? { id: sender.id, login: sender.login, bot: sender.type === "Bot" } : null,
  commits: commits?.length ?? null,
  at,
});

/** Whether a push may have changed a file: it names it, or says too little to tell. */
function mayTouch(path: string, { commits, created, deleted, forced }: z.output<typeof pushEvent>): boolean {
  if (created || deleted || forced || !commits || commits.length === 0 || commits.length >= LISTED_COMMITS) return true;
  return commits.some(({ added, modified, removed }) => {
    const files = [...(added ?? []), ...(modified ?? []), ...(removed ?? [])];
    return files.includes(path) || files.length >= LISTED_FILES;
  });
}
