import { listSeen, relisted } from "../flow/carried-list.ts";
import type { Effect } from "../flow/effect.ts";

/** What of a pull request's text is to be written; null: nothing. */
export function changesOf(
  { list, adds, title }: Extract<Effect, { thing: "pull-body" }>,
  now: { readonly title: string; readonly body: string },
): { readonly title?: string; readonly body?: string } | null {
  const body = adds || listSeen(now.body) !== null ? (relisted(now.body, list) ?? now.body) : now.body;
  const changes = {
    ...(title !== null && title.from === now.title && title.to !== now.title && { title: title.to }),
    ...(body !== now.body && { body }),
  };
  return Object.keys(changes).length === 0 ? null : changes;
}
