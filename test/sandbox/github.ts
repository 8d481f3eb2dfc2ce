import { execFile } from "node:child_process";
import { createSign } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commitFiles } from "../../sandbox/branches.ts";
import { machineClock, type SkippableClock } from "../../sandbox/clock.ts";
import type { Github } from "../../sandbox/github.ts";
import { createApp, install } from "../../sandbox/installing.ts";
import type { App, Installation, Permissions, Repository } from "../../sandbox/model.ts";
import { accessToken, authorise } from "../../sandbox/oauth.ts";
import { must } from "../../sandbox/outcome.ts";
import { branchAt } from "../../sandbox/refs.ts";
import { type Pages, type Sandbox, startSandbox } from "../../sandbox/server.ts";
import { createOrganisation, createRepository, createUser } from "../../sandbox/setup.ts";

export const API = "/repos/acme/api";
export const SECRET = "the webhook's secret";
/** Where the App takes people back. */
export const CALLBACK = "https://gate.example/login/callback";

/** All that the App may be granted here, to narrow where a test is about rights. */
export const EVERYTHING: Permissions = {
  actions: "read",
  administration: "write",
  checks: "write",
  contents: "write",
  issues: "write",
  members: "read",
  merge_queues: "read",
  pull_requests: "write",
  statuses: "write",
};
const EVENTS = [
  "check_run",
  "check_suite",
  "create",
  "delete",
  "fork",
  "issue_comment",
  "issues",
  "label",
  "member",
  "membership",
  "merge_group",
  "organization",
  "pull_request",
  "pull_request_review",
  "push",
  "release",
  "repository",
  "repository_ruleset",
  "status",
  "team",
];

export type Answer<T> = { readonly status: number; readonly headers: Headers; readonly body: T; readonly text: string };
type Send = <T = unknown>(
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answer<T>>;

/** Somebody who calls REST. */
export type Caller = {
  readonly get: <T = unknown>(path: string, headers?: Readonly<Record<string, string>>) => Promise<Answer<T>>;
  readonly post: Send;
  readonly put: Send;
  readonly patch: Send;
  readonly delete: Send;
};

/** A webhook as the App's receiver got it. */
export type Delivery = {
  readonly event: string;
  readonly guid: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly payload: { readonly action?: string } & Readonly<Record<string, unknown>>;
};

/** What git did and said. */
export type Ran = { readonly code: number; readonly out: string; readonly said: string };

/** A person's clone of a repository. */
export type Clone = {
  readonly folder: string;
  /** Runs git there. */
  readonly git: (...args: string[]) => Promise<Ran>;
  /** Writes nothing but a commit with this message onto what is checked out. */
  readonly commits: (message: string) => Promise<string>;
};

export type Place = {
  readonly sandbox: Sandbox;
  readonly github: Github;
  readonly clock: SkippableClock;
  readonly app: App;
  readonly installation: () => Installation;
  readonly repository: () => Repository;
  /** A person by login, over REST. */
  readonly as: (login: string) => Caller;
  /** The App as it acts for a person who let it. */
  readonly appFor: (login: string) => Caller;
  readonly anonymous: Caller;
  /** An App with its JWT. */
  readonly jwt: Caller;
  /** The App as its installation, with a token it asked for just now; `body` narrows it. */
  readonly bot: (body?: unknown) => Promise<Caller>;
  readonly bearing: (authorization: string) => Caller;
  /** Commits as the web editor does; a new branch is cut from `from`. */
  readonly commit: (login: string, branch: string, files: Files, from?: string) => Promise<string>;
  readonly head: (branch: string) => string;
  /** A fresh branch with one commit of its own, cut from main. */
  readonly branch: (name: string, files?: Files) => Promise<string>;
  /** Opens a pull request from a fresh branch into main and answers its number. */
  readonly pull: (name: string, base?: string) => Promise<number>;
  readonly clone: (login: string, name?: string) => Promise<Clone>;
  /** What the receiver answers from now on. */
  readonly receive: (status: number) => void;
  /** The webhooks that came because of an act, as far as they are of these events. */
  readonly hears: (act: () => Promise<unknown>, ...events: string[]) => Promise<readonly Delivery[]>;
  readonly stop: () => Promise<void>;
};
export type Files = Readonly<Record<string, string | Buffer | null>>;

/** A small GitHub with the organisation acme, its repository api, its people, and an App that hears everything. */
export async function startPlace(
  options: {
    readonly folder?: string;
    readonly permissions?: Permissions;
    readonly private?: boolean;
    readonly clock?: SkippableClock;
    readonly pages?: Pages;
  } = {},
): Promise<Place> {
  const clock = options.clock ?? machineClock();
  const sandbox = await startSandbox({
    folder: options.folder ?? null,
    host: "127.0.0.1",
    port: 0,
    clock,
    log: () => {},
    ...(options.pages && { pages: options.pages }),
  });
  const { github } = sandbox;
  for (const login of ["ada", "dora", "rita", "tom", "olaf"]) createUser(github, login);
  createOrganisation(github, "acme", { owners: ["ada"], members: ["dora", "rita", "tom"] });
  const made = await createRepository(github, {
    owner: "acme",
    name: "api",
    private: options.private ?? false,
    roles: { dora: "write", rita: "maintain", tom: "triage" },
    branches: [{ name: "main", commits: [{ message: "Begin", author: "dora", files: { "README.md": "# api\n" } }] }],
  });
  const receiver = await startReceiver();
  const app = createApp(github, {
    owner: "acme",
    name: "gate",
    permissions: options.permissions ?? EVERYTHING,
    events: EVENTS,
    webhookUrl: receiver.url,
    webhookSecret: SECRET,
    callbackUrls: [CALLBACK],
  });
  const installed = install(github, app, "acme", "all");
  await github.settled();
  const folders: string[] = [];
  const place: Place = {
    ...callers(sandbox, app, () => github.find.installationsOfApp(app.id)[0] ?? installed),
    clock,
    app,
    installation: () => github.state.installations.get(installed.id) as Installation,
    repository: () => github.state.repositories.get(made.id) as Repository,
    commit: async (login, branch, files, from) =>
      must(
        await commitFiles(github, github.as(login), place.repository(), {
          branch,
          message: `Change ${Object.keys(files).join(", ")}`,
          files,
          ...(from === undefined ? {} : { from }),
        }),
      ),
    head(branch) {
      const sha = branchAt(github, made.id, branch);
      if (!sha) throw new Error(`there is no branch ${branch}`);
      return sha;
    },
    branch: (name, files = { [`${name}.txt`]: `${name}\n` }) => place.commit("dora", name, files, "main"),
    async pull(name, base = "main") {
      await place.branch(name);
      const opened = await place.as("dora").post<{ number: number }>(`${API}/pulls`, { title: name, head: name, base });
      if (opened.status !== 201) throw new Error(opened.text);
      return opened.body.number;
    },
    async clone(login, name = "acme/api") {
      const cloned = await cloneOf(sandbox, login, name);
      folders.push(cloned.folder);
      return cloned;
    },
    receive: receiver.answer,
    async hears(act, ...events) {
      await github.settled();
      receiver.got.length = 0;
      await act();
      await github.settled();
      return receiver.got.filter(({ event }) => events.length === 0 || events.includes(event));
    },
    async stop() {
      await sandbox.stop();
      receiver.stop();
      for (const folder of folders) await rm(folder, { recursive: true, force: true });
    },
  };
  return place;
}

function callers(sandbox: Sandbox, app: App, installation: () => Installation) {
  const { github } = sandbox;
  const bearing = (authorization: string) => callerOf(sandbox.apiUrl, authorization);
  return {
    sandbox,
    github,
    bearing,
    as: (login: string) => bearing(`token ${github.tokenOf(login)}`),
    /** The App as it acts for a person who let it. */
    appFor: (login: string) => bearing(`token ${userToken(github, app, login)}`),
    anonymous: callerOf(sandbox.apiUrl, null),
    get jwt() {
      return bearing(`Bearer ${jwtOf({ iss: app.id }, app.privateKey)}`);
    },
    async bot(body?: unknown) {
      const path = `/app/installations/${installation().id}/access_tokens`;
      const asked = await bearing(`Bearer ${jwtOf({ iss: app.id }, app.privateKey)}`).post<{ token: string }>(
        path,
        body,
      );
      if (asked.status !== 201) throw new Error(asked.text);
      return bearing(`token ${asked.body.token}`);
    },
  };
}

/** A person lets the App act for them, and it takes its token. */
export function userToken(github: Github, app: App, login: string): string {
  const asking = { app, redirectUri: CALLBACK, state: "", challenge: null };
  const code = new URL(authorise(github, github.as(login).account, asking)).searchParams.get("code") ?? "";
  const secrets = { client_id: app.clientId, client_secret: app.clientSecret };
  return String(accessToken(github, new URLSearchParams({ ...secrets, code }))["access_token"]);
}

/** An App's JWT; what is not said of its times is as Apps do it. */
export function jwtOf(
  claims: { readonly iss: number | string; readonly iat?: number; readonly exp?: number },
  privateKey: string,
  header: Readonly<Record<string, string>> = { alg: "RS256", typ: "JWT" },
): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part(header)}.${part({ iat: now - 30, exp: now + 570, ...claims })}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url")}`;
}

/** Somebody who calls the API with this header, or without any. */
export function callerOf(apiUrl: string, authorization: string | null): Caller {
  const call = async <T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<T>> => {
    const response = await fetch(path.startsWith("http") ? path : `${apiUrl}${path}`, {
      method,
      redirect: "manual",
      headers: {
        ...(authorization === null ? {} : { authorization }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = response.headers.get("content-type")?.startsWith("application/json") === true;
    return {
      status: response.status,
      headers: response.headers,
      body: (json ? JSON.parse(text) : undefined) as T,
      text,
    };
  };
  return {
    get: (path, headers) => call("GET", path, undefined, headers),
    post: (path, body, headers) => call("POST", path, body, headers),
    put: (path, body, headers) => call("PUT", path, body, headers),
    patch: (path, body, headers) => call("PATCH", path, body, headers),
    delete: (path, body, headers) => call("DELETE", path, body, headers),
  };
}

async function startReceiver() {
  const got: Delivery[] = [];
  let status = 202;
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (part: string) => {
      text += part;
    });
    request.on("end", () => {
      got.push({
        event: String(request.headers["x-github-event"]),
        guid: String(request.headers["x-github-delivery"]),
        headers: request.headers,
        text,
        payload: JSON.parse(text) as Delivery["payload"],
      });
      response.writeHead(status).end("heard");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    got,
    answer(next: number) {
      status = next;
    },
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function cloneOf(sandbox: Sandbox, login: string, name: string): Promise<Clone> {
  const folder = await mkdtemp(join(tmpdir(), "clone-"));
  const run = (...args: string[]) =>
    new Promise<Ran>((resolve) => {
      const env = {
        PATH: process.env["PATH"],
        HOME: folder,
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_TERMINAL_PROMPT: "0",
        GIT_AUTHOR_NAME: login,
        GIT_AUTHOR_EMAIL: `${login}@example.com`,
        GIT_COMMITTER_NAME: login,
        GIT_COMMITTER_EMAIL: `${login}@example.com`,
      };
      const child = execFile("git", args, { cwd: folder, env, timeout: 20_000 }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), out: stdout.trim(), said: stderr }),
      );
      child.stdin?.end();
    });
  const cloned = await run("clone", "--quiet", `${sandbox.url.replace("://", `://${login}:x@`)}/${name}.git`, ".");
  if (cloned.code !== 0) throw new Error(cloned.said);
  return {
    folder,
    git: run,
    async commits(message) {
      await run("commit", "--quiet", "--allow-empty", "--message", message);
      return (await run("rev-parse", "HEAD")).out;
    },
  };
}
