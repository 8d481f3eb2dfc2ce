import { type Activity, activityKinds } from "../model.ts";
import { presentAccount } from "../present/accounts.ts";
import { zero } from "../refs.ts";
import { type Answer, type Call, ok, type Route, refusal, route } from "./call.ts";

const mostPerPage = 100;
const usualPerPage = 30;

function present(call: Call, activity: Activity) {
  const { github } = call;
  const actor = github.state.accounts.get(activity.actorId);
  return {
    id: activity.id,
    node_id: Buffer.from(`A${activity.id}`).toString("base64url"),
    before: activity.before ?? zero,
    after: activity.after ?? zero,
    ref: activity.ref,
    timestamp: activity.at,
    activity_type: activity.kind,
    actor: actor ? presentAccount(github, actor) : null,
  };
}

/** A cursor is opaque to whoever follows it. */
const cursorOf = (activity: Activity) => Buffer.from(`cursor:${activity.id}`).toString("base64");
const idOf = (cursor: string) => Number(/^cursor:(\d+)$/.exec(Buffer.from(cursor, "base64").toString())?.[1] ?? -1);

function wanted(call: Call): readonly Activity[] {
  const { github, repository, query } = call;
  const name = query.get("ref");
  const ref = name === null || name.startsWith("refs/") ? name : `refs/heads/${name}`;
  const actor = query.get("actor");
  const kind = query.get("activity_type");
  const found = github.find
    .activitiesOf(repository.id)
    .filter((one) => ref === null || one.ref === ref)
    .filter((one) => actor === null || one.actorId === github.account(actor)?.id)
    .filter((one) => kind === null || one.kind === kind);
  return query.get("direction") === "asc" ? found : found.toReversed();
}

/** The page after (or before) a cursor, with the links that lead on: this list has no page numbers. */
function list(call: Call): Answer {
  const { query } = call;
  const kind = query.get("activity_type");
  if (kind !== null && !(activityKinds as readonly string[]).includes(kind))
    return refusal({ status: 422, message: `Invalid activity type: ${kind}` });
  const all = wanted(call);
  const size = Math.min(mostPerPage, Math.max(1, Number(query.get("per_page") ?? usualPerPage) || usualPerPage));
  const [after, before] = [query.get("after"), query.get("before")];
  const placeOf = (cursor: string) => all.findIndex((one) => one.id === idOf(cursor));
  const from = before !== null ? Math.max(0, placeOf(before) - size) : after !== null ? placeOf(after) + 1 : 0;
  const page = all.slice(from, from + size);
  const link = (rel: string, name: string, to: Activity | undefined) => {
    const next = new URLSearchParams(query);
    for (const cursor of ["after", "before"]) next.delete(cursor);
    if (to) next.set(name, cursorOf(to));
    return `<${call.address}?${next}>; rel="${rel}"`;
  };
  const links = [
    ...(from > 0 ? [link("prev", "before", page[0])] : []),
    ...(from + size < all.length ? [link("next", "after", page.at(-1))] : []),
  ];
  const body = page.map((one) => present(call, one));
  return links.length === 0 ? ok(body) : { status: 200, body, headers: { link: links.join(", ") } };
}

/** https://docs.github.com/rest/repos/repos#list-repository-activities */
export const activityRoutes: readonly Route[] = [
  route("GET /repos/{owner}/{repo}/activity", { contents: "read" }, list),
];
