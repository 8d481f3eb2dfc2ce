import { z } from "zod";
import { type News, NO_NEWS } from "../flow/decision.ts";
import { executionSlot } from "../flow/effect.ts";
import type { Self } from "../flow/facts.ts";
import { instantText } from "../flow/listed.ts";
import { type Instant, repositoryId } from "../flow/names.ts";
import { mayCommand, type Request, type StickyEdit, takenBackOf } from "../flow/request.ts";
import { clicksIn } from "../release/clicks.ts";
import { id, newsOf, place } from "./place.ts";

const writer = z.object({ id, login: z.string(), type: z.string().nullish() }).nullish();
const changes = z.object({ body: z.object({ from: z.string() }).nullish() }).nullish();
export const reviewEvent = place.extend({
  action: z.string(),
  pull_request: z.object({ number: id }),
  review: z.object({ id, body: z.string().nullish() }).nullish(),
  changes,
  sender: writer,
});

/**
 * Submitted, edited or dismissed: who approves is read from the list of reviews, so that nothing is counted twice. What
 * somebody attested in one and then edits is taken back.
 */
export function review(event: z.output<typeof reviewEvent>, at: Instant): News {
  const repository = repositoryId(event.repository.id);
  const { number } = event.pull_request;
  const subject = { kind: "pull", repository, number } as const;
  const { action, review: said, changes, sender: by } = event;
  const how = action === "edited" ? "taken back" : "written";
  const body = (action === "edited" ? changes?.body?.from : said?.body) ?? "";
  const asks =
    said && action !== "dismissed" ? askedIn({ by, at, body, origin: { number, review: said.id }, how }) : [];
  return {
    ...newsOf(event),
    nudges: [{ priority: "person", subject }],
    asks: asks.map((request) => ({ of: subject, request })),
  };
}

export const commentEvent = place.extend({
  action: z.string(),
  issue: z.object({ number: id, pull_request: z.unknown().optional() }),
  comment: z.object({
    id,
    body: z.string().nullish(),
    updated_at: instantText.nullish(),
    performed_via_github_app: z.object({ id }).nullish(),
  }),
  changes,
  sender: writer,
});

/** What begins the comment that shows a run-book. */
const STICKY = "<!-- flowgate:execution ";

/** Somebody ticked a box in the comment that shows a run-book, or changed or deleted it. Our own changes are no news. */
function sticky(
  { action, issue, comment: said, changes, sender: by, ...event }: z.output<typeof commentEvent>,
  at: Instant,
  delivery: string,
  self: Self | null,
): News {
  const before = action === "deleted" ? (said.body ?? "") : (changes?.body?.from ?? "");
  if (!before.includes(STICKY) || by?.login === self?.bot || by?.type === "Bot") return NO_NEWS;
  const repository = repositoryId(event.repository.id);
  const of = { kind: "pull", repository, number: issue.number } as const;
  const edit: StickyEdit =
    action === "deleted"
      ? { revision: null, blob: null, clicks: [], other: "deleted" }
      : clicksIn(before, said.body ?? "");
  const request: Request = {
    id: `sticky:${delivery}`,
    by: { id: by?.id ?? 0, login: by?.login ?? "ghost" },
    at: (action === "deleted" ? null : said.updated_at) ?? at,
    body: "",
    how: "sticky",
    sticky: edit,
    origin: { number: issue.number, comment: said.id },
  };
  return {
    ...newsOf(event),
    nudges: [{ priority: "person", subject: of }],
    asks: [{ of, request }],
    // What stands there now is not what we wrote.
    forget: [executionSlot(repository, issue.number)],
  };
}

/**
 * Only what people write anew can ask for something. What they edit in gets a hint, and what they attested and then edit or
 * delete is taken back. A plain comment is no news.
 */
export function comment(told: z.output<typeof commentEvent>, at: Instant, delivery: string, self: Self | null): News {
  const app = told.comment.performed_via_github_app?.id;
  if (app !== undefined && (self === null || app === self.app))
    return told.action === "created" ? NO_NEWS : sticky(told, at, delivery, self);
  const { action, issue, comment: said, changes, sender: by, ...event } = told;
  const before = action === "deleted" ? (said.body ?? "") : (changes?.body?.from ?? "");
  const takenBack = action !== "created" && mayCommand(before);
  if (action === "deleted" ? !takenBack : action !== "created" && action !== "edited") return NO_NEWS;
  const how = takenBack ? "taken back" : action === "edited" ? "edited in" : "written";
  const origin = { number: issue.number, comment: said.id };
  const written = action === "created" ? said.updated_at : null;
  const asks = askedIn({ by, at, written, body: takenBack ? before : (said.body ?? ""), origin, how });
  if (asks.length === 0) return NO_NEWS;
  const repository = repositoryId(event.repository.id);
  const of =
    issue.pull_request == null
      ? ({ kind: "component", repository } as const)
      : ({ kind: "pull", repository, number: issue.number } as const);
  return {
    ...newsOf(event),
    nudges: [{ priority: "person", subject: of }],
    asks: asks.map((request) => ({ of, request })),
  };
}

/** A bot asks for nothing, and neither do we; but whoever takes back what somebody attested does take it back. */
function askedIn({
  by,
  at,
  written,
  body,
  origin,
  how = "written",
}: {
  readonly by: z.output<typeof writer>;
  readonly at: Instant;
  readonly written?: Instant | null | undefined;
  readonly body: string;
  readonly origin: Extract<Request["origin"], { readonly comment: number } | { readonly review: number }>;
  readonly how?: Exclude<Request["how"], "sticky">;
}): readonly Request[] {
  if (!mayCommand(body) || (how !== "taken back" && (!by || by.type === "Bot"))) return [];
  const name = "comment" in origin ? `comment:${origin.comment}` : `review:${origin.review}`;
  const id = { written: name, "taken back": takenBackOf(name), "edited in": `${name}:edited-in` }[how];
  return [
    { id, by: { id: by?.id ?? 0, login: by?.login ?? "ghost" }, at, ...(written && { written }), body, how, origin },
  ];
}
