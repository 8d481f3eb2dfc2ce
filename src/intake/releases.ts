import { z } from "zod";
import { type News, NO_NEWS } from "../flow/decision.ts";
import type { Self } from "../flow/facts.ts";
import { type Instant, repositoryId } from "../flow/names.ts";
import type { Deed, Touch } from "../flow/touched.ts";
import { id, newsOf, type Place, place } from "./place.ts";

const actor = z.object({ id, login: z.string(), type: z.string().nullish() }).nullish();
type Actor = z.output<typeof actor>;

export const releaseEvent = place.extend({
  action: z.string(),
  release: z.object({ tag_name: z.string(), draft: z.boolean() }),
  changes: z.object({ tag_name: z.object({ from: z.string() }).nullish() }).nullish(),
  sender: actor,
});

/** What counts of what GitHub tells; *released* comes beside *published*, and a draft that is created is nobody's release yet. */
const DEEDS: { readonly [action: string]: Deed } = {
  published: "published",
  unpublished: "unpublished",
  edited: "edited",
  deleted: "deleted",
};

/** Somebody else did something to a release: whether it is one of ours, our records say. */
export function release(event: z.output<typeof releaseEvent>, at: Instant, self: Self | null): News {
  const did = DEEDS[event.action];
  if (did === undefined) return NO_NEWS;
  const { tag_name, draft } = event.release;
  const before = event.changes?.tag_name?.from;
  const tags = before === undefined ? [tag_name] : [tag_name, before];
  return byHand(event, { did, tags, draft: draft && did !== "unpublished" }, at, self);
}

/** A tag that was made by somebody else is none of ours; one that was moved or deleted may be. */
export function tag(
  event: Place & { readonly created: boolean; readonly deleted: boolean; readonly sender?: Actor },
  name: string,
  at: Instant,
  self: Self | null,
): News {
  if (event.created) return NO_NEWS;
  return byHand(event, { did: event.deleted ? "tag-deleted" : "tag-moved", tags: [name], draft: false }, at, self);
}

/** While we do not know yet who we are, no App's act is taken for somebody else's. */
function byHand(
  event: Place & { readonly sender?: Actor },
  touch: Pick<Touch, "did" | "tags" | "draft">,
  at: Instant,
  self: Self | null,
): News {
  const { sender } = event;
  const isOurs = self === null ? sender?.type === "Bot" : sender?.login === self.bot;
  if (isOurs) return NO_NEWS;
  const by = sender ? { id: sender.id, login: sender.login } : null;
  const repository = repositoryId(event.repository.id);
  return { ...newsOf(event), lessons: [{ of: "release", repository, touch: { ...touch, by, at } }] };
}
