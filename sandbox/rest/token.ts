import type { IncomingMessage, ServerResponse } from "node:http";
import type { Github } from "../github.ts";
import { accessToken } from "../oauth.ts";

export const TOKEN_PATH = "/login/oauth/access_token";

/** Answers where Apps exchange codes and refresh tokens. It lies beside the pages, not in the API. False: another address. */
export function tokenEndpoint(github: Github, request: IncomingMessage, response: ServerResponse): boolean {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://sandbox.invalid");
  if (pathname !== TOKEN_PATH || request.method !== "POST") return false;
  answer(github, request, response, searchParams).catch((error: unknown) => {
    github.log(`${TOKEN_PATH}: ${error instanceof Error ? error.stack : String(error)}`);
    if (!response.headersSent) response.writeHead(500);
    response.end();
  });
  return true;
}

async function answer(github: Github, request: IncomingMessage, response: ServerResponse, query: URLSearchParams) {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  const text = Buffer.concat(parts).toString();
  const json = request.headers["content-type"]?.startsWith("application/json") === true;
  const form = new URLSearchParams(json ? (JSON.parse(text) as Record<string, string>) : text);
  for (const [name, value] of query) if (!form.has(name)) form.set(name, value);
  const told = accessToken(github, form);
  github.state.flush();
  github.requests.add({
    method: "POST",
    route: TOKEN_PATH,
    path: TOKEN_PATH,
    status: 200,
    at: github.time(),
    by: form.get("client_id") ?? "anonymous",
    installationId: null,
  });
  const wantsJson = request.headers.accept?.includes("json") === true;
  const type = wantsJson ? "application/json; charset=utf-8" : "application/x-www-form-urlencoded; charset=utf-8";
  const body = wantsJson
    ? JSON.stringify(told)
    : new URLSearchParams(
        Object.entries(told).map(([name, value]): [string, string] => [name, String(value)]),
      ).toString();
  response.writeHead(200, { "content-type": type, "cache-control": "no-store" }).end(body);
}
