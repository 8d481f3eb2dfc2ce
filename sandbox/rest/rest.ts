import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { decoded } from "../address.ts";
import type { Github } from "../github.ts";
import type { Permissions, Repository } from "../model.ts";
import { uploads } from "../present/releases.ts";
import { atLeast, covers, lentBy, roleOf } from "../rights.ts";
import { actionRoutes } from "./actions.ts";
import { activityRoutes } from "./activity.ts";
import { appRoutes } from "./apps.ts";
import { authenticate, type Caller } from "./authenticate.ts";
import { type Answer, type Body, type Call, missing, type Need, type Route, refusal } from "./call.ts";
import { checkRoutes } from "./checks.ts";
import { commitRoutes } from "./commits.ts";
import { gitObjectRoutes } from "./git-objects.ts";
import { issueRoutes } from "./issues.ts";
import { labelRoutes } from "./labels.ts";
import { peopleRoutes } from "./people.ts";
import { protectionRoutes } from "./protection.ts";
import { pullRoutes } from "./pulls.ts";
import { type RateLimits, rateLimits } from "./rate-limit.ts";
import { refRoutes } from "./refs.ts";
import { releaseRoutes } from "./releases.ts";
import { repositoryRoutes } from "./repositories.ts";
import { rulesetRoutes } from "./rulesets.ts";
import { struck } from "./struck.ts";
import { talkRoutes } from "./talk.ts";

/** The most specific first: a route whose last part takes any number of segments comes after those it would hide. */
export const routes: readonly Route[] = [
  ...appRoutes,
  ...refRoutes,
  ...gitObjectRoutes,
  ...actionRoutes,
  ...activityRoutes,
  ...checkRoutes,
  ...commitRoutes,
  ...pullRoutes,
  ...talkRoutes,
  ...issueRoutes,
  ...labelRoutes,
  ...releaseRoutes,
  ...rulesetRoutes,
  ...protectionRoutes,
  ...peopleRoutes,
  ...repositoryRoutes,
];

type Found = { readonly route: Route; readonly params: Readonly<Record<string, string>> };
const compiled = routes.map((route) => ({ route, pattern: patternOf(route.path) }));

function patternOf(path: string): RegExp {
  const parts = path.split("/").map((part) => {
    const name = /^\{(\w+)(\*?)\}$/.exec(part);
    if (!name) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return name[2] === "*" ? `(?<${name[1]}>.+)` : `(?<${name[1]}>[^/]+)`;
  });
  return new RegExp(`^${parts.join("/")}$`);
}

function find(method: string, path: string, takes: Route["takes"]): Found | null {
  for (const { route, pattern } of compiled) {
    if (route.takes !== takes) continue;
    if (route.method !== method && !(method === "HEAD" && route.method === "GET")) continue;
    const groups = pattern.exec(path)?.groups;
    const found = groups ?? (pattern.test(path) ? {} : null);
    if (found === null) continue;
    const params = Object.fromEntries(Object.entries(found).map(([name, value]) => [name, decoded(value)]));
    return { route, params };
  }
  return null;
}

const forbidden = "Resource not accessible by integration";
const order = ["read", "write", "admin"];

/** What keeps a caller from a route, or null. */
function denied(
  github: Github,
  route: Route,
  caller: Caller,
  repository: Repository | null,
  named: boolean,
): Answer | null {
  if (caller.kind === "app")
    return route.auth === "app"
      ? null
      : refusal({ status: 401, message: "A JSON web token can only be used on App routes" });
  if (route.auth === "app") return refusal({ status: 401, message: "A JSON web token could not be decoded" });
  if (caller.kind === "anonymous") {
    if (named && repository && !repository.private && route.method === "GET") return null;
    return named && (!repository || repository.private)
      ? missing
      : refusal({ status: 401, message: "Requires authentication" });
  }
  if (named && !repository) return missing;
  const { by } = caller;
  if (by.installation === null) {
    if (route.auth === "installation")
      return refusal({ status: 403, message: "You must authenticate with an installation access token." });
    if (repository && !atLeast(roleOf(github, by.account.id, repository), "read")) return missing;
    return by.via && repository ? beyondApp(route, repository, lentBy(github, by.via, repository)) : null;
  }
  if (route.auth === "user") return refusal({ status: 403, message: forbidden });
  if (repository && !covers(github, by, repository)) {
    if (repository.private) return missing;
    return route.method === "GET" ? null : refusal({ status: 403, message: forbidden });
  }
  return lacking(route, repository, by.permissions);
}

/** What keeps an App that acts for a person from more than it may do itself. What is public everybody may read. */
function beyondApp(route: Route, repository: Repository, permissions: Permissions | null): Answer | null {
  if (!repository.private && route.method === "GET") return null;
  if (permissions !== null) return lacking(route, repository, permissions);
  return repository.private ? missing : refusal({ status: 403, message: forbidden });
}

function lacking(route: Route, repository: Repository | null, permissions: Permissions | null): Answer | null {
  const has = (need: Need) =>
    Object.entries(need).every(([name, access]) => order.indexOf(permissions?.[name] ?? "") >= order.indexOf(access));
  if (route.needs.length === 0 || route.needs.some(has)) return null;
  const accepted = route.needs
    .map((need) =>
      Object.entries(need)
        .map((one) => one.join("="))
        .join(","),
    )
    .join("; ");
  return refusal(
    { status: repository?.private ? 404 : 403, message: repository?.private ? "Not Found" : forbidden },
    { "x-accepted-github-permissions": accepted },
  );
}

/** Answers one REST request; `path` is below the API's base, or below that of uploads, which take bytes. */
export type Rest = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  query: URLSearchParams,
  takes: Route["takes"],
) => Promise<void>;

/** REST over the small GitHub: who asks, whether they may, within their limits, with the faults that were ordered. */
export function restOf(github: Github): Rest {
  const limits = rateLimits(github);
  return async (request, response, path, query, takes) => {
    const method = request.method ?? "GET";
    const sent = await bodyOf(request);
    // Who broke off is not there to be answered, but an upload leaves its trace.
    if (!sent.whole && takes === "json") return;
    const instead = await struck(github, method, query.size > 0 ? `${path}?${query}` : path);
    const authenticated = authenticate(github, request.headers.authorization);
    const caller = authenticated.done ? authenticated.value : null;
    const found = find(method, path, takes);
    const answered =
      instead !== null && !instead.effect
        ? (instead.answer ?? missing)
        : authenticated.done
          ? await answer(
              github,
              limits,
              {
                method,
                path,
                query,
                bytes: sent.bytes,
                whole: sent.whole && instead?.kind !== "half",
                found,
                accept: request.headers.accept ?? "",
                contentType: request.headers["content-type"] ?? "application/octet-stream",
              },
              authenticated.value,
            )
          : refusal(authenticated.refusal);
    github.state.flush();
    const final = instead?.effect ? (instead.answer ?? answered) : answered;
    const etag = tagged(final, request.headers.authorization ?? "");
    const unchanged =
      method === "GET" && etag !== null && request.headers["if-none-match"]?.includes(etag.slice(2)) === true;
    if (unchanged) limits.giveBack(callerName(caller));
    log(github, { method, path, found, caller, status: unchanged ? 304 : final.status });
    if (instead?.kind === "timeout") return;
    if (instead?.kind === "reset") {
      request.socket.resetAndDestroy();
      return;
    }
    send(
      response,
      final,
      { ...limits.headers(callerName(caller)), ...(etag === null ? {} : { etag }) },
      unchanged,
      method === "HEAD",
    );
  };
}

const callerName = (caller: Caller | null): string => {
  if (caller === null || caller.kind === "anonymous") return "anonymous";
  if (caller.kind === "app") return `app ${caller.app.id}`;
  return caller.by.installation ? `installation ID ${caller.by.installation.id}` : `user ID ${caller.by.account.id}`;
};

type Asked = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly bytes: Buffer;
  readonly whole: boolean;
  readonly found: Found | null;
  readonly accept: string;
  readonly contentType: string;
};

async function answer(github: Github, limits: RateLimits, asked: Asked, caller: Caller): Promise<Answer> {
  const { found, path } = asked;
  const limited = path === "/rate_limit" ? null : limits.take(callerName(caller), asked.method);
  if (limited) return limited;
  if (path === "/rate_limit") return { status: 200, body: limits.shown(callerName(caller)) };
  if (path.length > 1 && path.endsWith("/")) return missing;
  if (path === "/meta")
    return { status: 200, body: { verifiable_password_authentication: false, hooks: ["127.0.0.1/32"] } };
  if (!found) return missing;
  const { owner, repo } = found.params;
  const named = owner !== undefined && repo !== undefined;
  const repository = named ? (github.repository(`${owner}/${repo}`) ?? null) : null;
  const refused = denied(github, found.route, caller, repository, named);
  if (refused) return refused;
  if (repository && `${owner}/${repo}`.toLowerCase() !== github.nameOf(repository).toLowerCase()) {
    return movedTo(github, repository, asked);
  }
  const body = found.route.takes === "json" ? parsed(asked.bytes.toString()) : {};
  if (body === null) return refusal({ status: 400, message: "Problems parsing JSON" });
  return found.route.handle(callOf(github, asked, found, caller, repository, body));
}

/** Where a repository is that was asked for by a name it had before. A write is sent there again as it is. */
function movedTo(github: Github, repository: Repository, { method, path, query, found }: Asked): Answer {
  const rest = path.split("/").slice(4).join("/");
  const base = found?.route.takes === "bytes" ? uploads : "/api/v3";
  const location = `${github.url}${base}/repositories/${repository.id}${rest === "" ? "" : `/${rest}`}${query.size > 0 ? `?${query}` : ""}`;
  const reads = method === "GET" || method === "HEAD";
  const message = reads ? "Moved Permanently" : "Temporary Redirect";
  const body = { message, url: location, documentation_url: "https://docs.github.com/rest" };
  return { status: reads ? 301 : 307, body, headers: { location } };
}

function callOf(
  github: Github,
  asked: Asked,
  found: Found,
  caller: Caller,
  repository: Repository | null,
  body: Body,
): Call {
  return {
    github,
    get by() {
      if (caller.kind === "actor") return caller.by;
      if (caller.kind === "anonymous")
        return { account: anonymous, installation: null, permissions: null, repositoryIds: null };
      throw new Error(`${found.route.path} has no actor`);
    },
    get app() {
      if (caller.kind !== "app") throw new Error(`${found.route.path} is not called by an App`);
      return caller.app;
    },
    params: found.params,
    query: asked.query,
    body,
    get repository() {
      if (!repository) throw new Error(`${found.route.path} names no repository`);
      return repository;
    },
    address: `${github.url}/api/v3${asked.path}`,
    accept: asked.accept,
    upload: { bytes: asked.bytes, whole: asked.whole, contentType: asked.contentType },
  };
}

/** Whoever reads without a token. */
const anonymous = {
  id: 0,
  login: "ghost",
  type: "User",
  name: "",
  email: "",
  appId: null,
  createdAt: "1970-01-01T00:00:00Z",
} as const;

function parsed(text: string): Body | null {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Body) : null;
  } catch {
    return null;
  }
}

/** ETags differ by token, also where the same installation has a new one. */
function tagged({ status, body, raw }: Answer, token: string): string | null {
  if (status !== 200) return null;
  const content = raw ? raw.content : JSON.stringify(body);
  return `W/"${createHash("sha256").update(token).update(content).digest("hex")}"`;
}

function log(
  github: Github,
  {
    method,
    path,
    found,
    caller,
    status,
  }: { method: string; path: string; found: Found | null; caller: Caller | null; status: number },
): void {
  const actor = caller?.kind === "actor" ? caller.by : null;
  github.requests.add({
    method,
    route: found?.route.path ?? path,
    path,
    status,
    at: github.time(),
    by: caller?.kind === "app" ? caller.app.slug : (actor?.account.login ?? "anonymous"),
    installationId: actor?.installation?.id ?? null,
  });
}

function send(
  response: ServerResponse,
  answer: Answer,
  headers: Readonly<Record<string, string>>,
  unchanged: boolean,
  headOnly: boolean,
): void {
  const common = {
    ...headers,
    "x-github-request-id": randomUUID(),
    "x-github-api-version-selected": "2022-11-28",
    "x-github-media-type": "github.v3; format=json",
    ...answer.headers,
  };
  if (unchanged) {
    response.writeHead(304, common).end();
    return;
  }
  const content = answer.raw
    ? answer.raw.content
    : answer.body === undefined
      ? Buffer.alloc(0)
      : Buffer.from(JSON.stringify(answer.body));
  const type = answer.raw?.type ?? "application/json; charset=utf-8";
  response.writeHead(answer.status, {
    ...common,
    ...(content.length > 0 ? { "content-type": type } : {}),
    "content-length": content.length,
  });
  response.end(headOnly ? undefined : content);
}

/** All that came of a request's body; `whole` false where the one who sent it broke off. */
async function bodyOf(request: IncomingMessage): Promise<{ readonly bytes: Buffer; readonly whole: boolean }> {
  const parts: Buffer[] = [];
  try {
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  } catch {
    return { bytes: Buffer.concat(parts), whole: false };
  }
  return { bytes: Buffer.concat(parts), whole: true };
}
