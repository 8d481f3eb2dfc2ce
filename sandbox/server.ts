import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { watchAutoMerge } from "./auto-merge.ts";
import type { Clock } from "./clock.ts";
import { serveDownloads } from "./downloads.ts";
import { openGit } from "./git/store.ts";
import { createGithub, type Github } from "./github.ts";
import { uploads } from "./present/releases.ts";
import { readRefs } from "./refs.ts";
import { restOf } from "./rest/rest.ts";
import { tokenEndpoint } from "./rest/token.ts";
import { smartHttp } from "./smart-http.ts";
import { openState } from "./state.ts";

/** Serves pages for people. Answers false when the address is none of its own. */
export type Pages = (request: IncomingMessage, response: ServerResponse, github: Github) => boolean;

export type SandboxOptions = {
  /** Where everything is kept; null: a temporary folder that is removed at the end. */
  readonly folder: string | null;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  readonly pages?: Pages;
};

export type Sandbox = {
  readonly github: Github;
  /** Where people and git go, without a slash at the end. */
  readonly url: string;
  /** The base of the REST API. */
  readonly apiUrl: string;
  /** Ends listening and sending. With a folder, starting again goes on from here. */
  stop(): Promise<void>;
};

const api = "/api/v3";

/** Starts a small GitHub: web pages and git at `url`, REST at `apiUrl`. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const temporary = options.folder === null ? await mkdtemp(join(tmpdir(), "sandbox-")) : null;
  const folder = options.folder ?? (temporary as string);
  const state = openState(options.folder === null ? null : join(folder, "sandbox.db"));
  const git = openGit(join(folder, "repositories"));
  const github = createGithub({ state, git, clock: options.clock, log: options.log });
  // A kill may have come between git and memory: git has the last word.
  for (const { id } of state.repositories.all()) state.refs.put({ id, refs: await readRefs(github, id) });
  const rest = restOf(github);

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://sandbox.invalid");
    const takes = pathname.startsWith(`${uploads}/`) ? "bytes" : "json";
    if (takes === "bytes" || pathname === api || pathname.startsWith(`${api}/`)) {
      const path = byName(github, pathname.slice((takes === "bytes" ? uploads : api).length) || "/");
      rest(request, response, path, searchParams, takes).catch((error: unknown) => {
        options.log(`${request.method} ${pathname}: ${error instanceof Error ? error.stack : String(error)}`);
        if (!response.headersSent) response.writeHead(500, { "content-type": "application/json" });
        response.end(JSON.stringify({ message: "Server Error" }));
      });
      return;
    }
    if (tokenEndpoint(github, request, response)) return;
    if (serveDownloads(github, request, response)) return;
    if (smartHttp(github, request, response) || options.pages?.(request, response, github)) return;
    response.writeHead(404, { "content-type": "text/plain" }).end("There is nothing here.\n");
  });
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  github.url = `http://${options.host}:${port}`;
  watchAutoMerge(github);
  return {
    github,
    url: github.url,
    apiUrl: `${github.url}${api}`,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await github.idle();
      github.hooks.close();
      git.close();
      state.close();
      if (temporary !== null) await rm(temporary, { recursive: true, force: true });
    },
  };
}

/** `/repositories/ID/…` is the same as `/repos/OWNER/NAME/…`. */
function byName(github: Github, path: string): string {
  const [, id, rest = ""] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
  const repository = id === undefined ? undefined : github.state.repositories.get(Number(id));
  return repository ? `/repos/${github.nameOf(repository)}${rest}` : path;
}
