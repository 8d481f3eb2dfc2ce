import { createHash } from "node:crypto";
import type { Instant } from "../flow/names.ts";
import { ASSETS } from "./assets.ts";
import { type Html, markupOf } from "./html.ts";
import { componentsJson, pullJson, refusalJson } from "./json.ts";
import { componentsPage } from "./pages/components.ts";
import { pullPage } from "./pages/pull.ts";
import {
  NO_PAGE,
  NOT_HERE,
  READ_ONLY,
  type Refusal,
  refusalPage,
  refused,
  unknownPull,
  unknownRepository,
} from "./pages/refusal.ts";
import type { Views } from "./views.ts";

export type BoardRequest = {
  readonly method: string;
  /** With or without a query. */
  readonly path: string;
  /** The Host header. */
  readonly host: string | null;
  /** The If-None-Match header. */
  readonly ifNoneMatch: string | null;
  /** When it came. */
  readonly at: Instant;
};
export type BoardResponse = {
  readonly status: number;
  /** The content type. */
  readonly type: string;
  readonly body: string;
  readonly headers: Record<string, string>;
};
/** Who may see the board. `loopback`: without log-in, only requests whose Host header is this machine's own. */
export type Access = { readonly kind: "loopback" } | { readonly kind: "refused"; readonly because: string };

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
  const path = request.path.split(/[?#]/, 1)[0] ?? "";
  const json = path.endsWith(".json");
  const asset = Object.hasOwn(ASSETS, path) ? ASSETS[path] : undefined;
  if (request.method !== "GET" && request.method !== "HEAD") return refusal(READ_ONLY, json, { allow: "GET, HEAD" });
  if (asset !== undefined) return answered(200, asset.type, asset.body, request);
  if (access.kind === "refused") return refusal(refused(access.because), json);
  if (!isLoopback(request.host)) return refusal(NOT_HERE, json);

  if (path === "/") return page(componentsPage(await views.componentsView()), request);
  if (path === "/index.json") return data(componentsJson(await views.componentsView()), request);
  const [, name, digits] = /^\/([\w-]+\/[\w.-]+)\/pull\/([1-9]\d{0,9})(?:\.json)?$/.exec(path) ?? [];
  if (name === undefined || digits === undefined) return refusal(NO_PAGE, json);
  const number = Number(digits);
  const view = await views.pullView(name, number);
  if (view === null) return refusal(await unknown(name, number, views), json);
  return json ? data(pullJson(view), request) : page(pullPage(view, request.at, github), request);
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

const HTML = "text/html; charset=utf-8";
const JSON_TYPE = "application/json; charset=utf-8";

const page = (content: Html, request: BoardRequest) => answered(200, HTML, markupOf(content), request);
const data = (content: unknown, request: BoardRequest) =>
  answered(200, JSON_TYPE, `${JSON.stringify(content, null, 2)}\n`, request);

function refusal(why: Refusal, json: boolean, headers: Record<string, string> = {}): BoardResponse {
  const [type, body] = json
    ? [JSON_TYPE, `${JSON.stringify(refusalJson(why), null, 2)}\n`]
    : [HTML, markupOf(refusalPage(why))];
  return { status: why.status, type, body, headers: { ...SAFE, ...headers } };
}

function answered(status: number, type: string, body: string, { ifNoneMatch }: BoardRequest): BoardResponse {
  const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`;
  const same = (ifNoneMatch ?? "").split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
  return { status: same ? 304 : status, type, body: same ? "" : body, headers: { ...SAFE, etag } };
}

const SAFE: Record<string, string> = {
  "cache-control": "private, no-cache",
  "content-security-policy":
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};
