import { createHash } from "node:crypto";
import type { Instant } from "../flow/names.ts";
import { type Html, markupOf } from "./html.ts";
import { refusalJson } from "./json.ts";
import type { Visitor } from "./pages/frame.ts";
import { type Refusal, refusalPage } from "./pages/refusal.ts";

export type BoardRequest = {
  readonly method: string;
  /** With or without a query. */
  readonly path: string;
  /** The Host header. */
  readonly host: string | null;
  /** The If-None-Match header. */
  readonly ifNoneMatch: string | null;
  /** The Cookie header. */
  readonly cookie?: string | null;
  /** The Sec-Fetch-Site header: where a browser says that the request comes from. */
  readonly fetchSite?: string | null;
  /** The address that it comes from. */
  readonly address?: string;
  /** What a form sent. */
  readonly form?: string;
  /** When it came. */
  readonly at: Instant;
};
export type BoardResponse = {
  readonly status: number;
  /** The content type. */
  readonly type: string;
  readonly body: string;
  readonly headers: Record<string, string>;
  /** Each as a Set-Cookie header; none when left out. */
  readonly cookies?: readonly string[];
};

const HTML = "text/html; charset=utf-8";
const JSON_TYPE = "application/json; charset=utf-8";

export const pathOf = ({ path }: Pick<BoardRequest, "path">): string => path.split(/[?#]/, 1)[0] ?? "";
export const queryOf = ({ path }: Pick<BoardRequest, "path">): URLSearchParams =>
  new URLSearchParams(path.split("#", 1)[0]?.split("?").slice(1).join("?"));
export const isJson = (request: Pick<BoardRequest, "path">): boolean => pathOf(request).endsWith(".json");

export const page = (content: Html, request: BoardRequest): BoardResponse =>
  answered(200, HTML, markupOf(content), request);
export const data = (content: unknown, request: BoardRequest): BoardResponse =>
  answered(200, JSON_TYPE, `${JSON.stringify(content, null, 2)}\n`, request);

export function refusal(
  why: Refusal,
  json: boolean,
  headers: Readonly<Record<string, string>> = {},
  visitor: Visitor | null = null,
): BoardResponse {
  const [type, body] = json
    ? [JSON_TYPE, `${JSON.stringify(refusalJson(why), null, 2)}\n`]
    : [HTML, markupOf(refusalPage(why, visitor))];
  return { status: why.status, type, body, headers: { ...SAFE, ...headers } };
}

/** Goes on elsewhere, by a GET; nobody keeps that it did. */
export function goOn(location: string, cookies: readonly string[] = []): BoardResponse {
  const headers = { ...SAFE, "cache-control": "no-store", location };
  return { status: 303, type: "text/plain; charset=utf-8", body: "", headers, cookies };
}

export function answered(status: number, type: string, body: string, { ifNoneMatch }: BoardRequest): BoardResponse {
  const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`;
  const same = (ifNoneMatch ?? "").split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
  return { status: same ? 304 : status, type, body: same ? "" : body, headers: { ...SAFE, etag } };
}

/** What somebody sees who is logged in: another may not have it, and its one form leads to the board itself. */
export const personal = (response: BoardResponse): BoardResponse => ({
  ...response,
  headers: { ...response.headers, vary: "cookie", "content-security-policy": policy("'self'") },
});

/** @param forms where forms may lead. */
const policy = (forms: string) =>
  `default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action ${forms}; frame-ancestors 'none'`;

const SAFE: Readonly<Record<string, string>> = {
  "cache-control": "private, no-cache",
  "content-security-policy": policy("'none'"),
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};
