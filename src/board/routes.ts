import { ASSETS } from "./assets.ts";
import { componentsJson, pullJson } from "./json.ts";
import type { Login } from "./login.ts";
import { componentsPage } from "./pages/components.ts";
import type { Visitor } from "./pages/frame.ts";
import { pullPage } from "./pages/pull.ts";
import {
  NO_PAGE,
  NOT_HERE,
  READ_ONLY,
  type Refusal,
  refused,
  unknownPull,
  unknownRepository,
} from "./pages/refusal.ts";
import { answered, type BoardRequest, type BoardResponse, data, isJson, page, pathOf, refusal } from "./response.ts";
import type { Views } from "./views.ts";

export type { BoardRequest } from "./response.ts";

/**
 * Who may see the board. `loopback`: without log-in, only requests whose Host header is this machine's own. `login`:
 * whoever GitHub knows, and of it what GitHub shows them.
 */
export type Access =
  | { readonly kind: "loopback" }
  | { readonly kind: "refused"; readonly because: string }
  | { readonly kind: "login"; readonly login: Login };

/**
 * Answers a request for a page of the board. Reads only; a page may be asked for any number of times.
 *
 * @param github where GitHub's own pages are, without a slash at the end; null: no links there.
 * Rejects when the store cannot be read.
 */
export async function boardRoute(
  request: BoardRequest,
  views: Views,
  access: Access,
  github: string | null = null,
): Promise<BoardResponse> {
  const path = pathOf(request);
  const json = isJson(request);
  const asset = Object.hasOwn(ASSETS, path) ? ASSETS[path] : undefined;
  const own = access.kind === "login" ? await access.login.own(request) : null;
  if (own !== null) return own;
  if (request.method !== "GET" && request.method !== "HEAD") return refusal(READ_ONLY, json, { allow: "GET, HEAD" });
  if (asset !== undefined) return answered(200, asset.type, asset.body, request);
  if (access.kind === "refused") return refusal(refused(access.because), json);
  if (access.kind === "login")
    return access.login.seeing(request, views, (seen, visitor) => shown(request, seen, github, visitor));
  if (!isLoopback(request.host)) return refusal(NOT_HERE, json);
  return shown(request, views, github, null);
}

/** @param visitor who sees it, where people are told apart; then `views` holds only what they may see. */
async function shown(
  request: BoardRequest,
  views: Views,
  github: string | null,
  visitor: Visitor | null,
): Promise<BoardResponse> {
  const path = pathOf(request);
  const json = isJson(request);
  if (path === "/") return page(componentsPage(await views.componentsView(), visitor), request);
  if (path === "/index.json") return data(componentsJson(await views.componentsView()), request);
  const [, name, digits] = /^\/([\w-]+\/[\w.-]+)\/pull\/([1-9]\d{0,9})(?:\.json)?$/.exec(path) ?? [];
  if (name === undefined || digits === undefined) return refusal(NO_PAGE, json, {}, visitor);
  const number = Number(digits);
  const view = await views.pullView(name, number);
  if (view === null) return refusal(await unknown(name, number, views), json, {}, visitor);
  return json ? data(pullJson(view), request) : page(pullPage(view, request.at, github, visitor), request);
}

/**
 * Whether a Host header names this machine by a loopback name. A page elsewhere whose own name was pointed at
 * 127.0.0.1 still says its own name here, so it cannot read the board.
 */
export const isLoopback = (host: string | null): boolean =>
  host !== null && /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i.test(host);

async function unknown(name: string, number: number, views: Views): Promise<Refusal> {
  const known = (await views.componentsView()).find(({ memory }) => memory.name.toLowerCase() === name.toLowerCase());
  return known === undefined ? unknownRepository(name) : unknownPull(known.memory.name, number);
}
