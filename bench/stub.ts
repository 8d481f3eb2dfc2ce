import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A check run that was made, by the commit it is for; when it was answered, in `performance.now()` milliseconds. */
export type Written = { readonly head: string; readonly at: number };

export type Stub = {
  readonly url: string;
  readonly written: Written[];
  /** What it was asked since the last reset, as `POST /path`, without the hourly token. */
  readonly asked: string[];
  /** Resolves when so many check runs have arrived since the last reset. */
  arrived(count: number): Promise<void>;
  reset(): void;
  stop(): void;
};

export const INSTALLATION = 7;
export const REPOSITORY = { id: 42, name: "api", full_name: "acme/api", default_branch: "master" } as const;
const HEAD = "a".repeat(40);

/** GitHub as far as one check run an event needs it, answering after `latency` milliseconds. */
export async function startStub(latency: number): Promise<Stub> {
  const written: Written[] = [];
  const asked: string[] = [];
  let waiting: { readonly count: number; readonly done: () => void } | null = null;
  let ids = 0;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const { method = "GET", url = "/" } = request;
      if (!url.endsWith("/access_tokens")) asked.push(`${method} ${url}`);
      let answer: { readonly status: number; readonly body: unknown };
      let head: string | null = null;
      if (method === "POST" && url.endsWith("/check-runs")) {
        head = (JSON.parse(Buffer.concat(parts).toString()) as { head_sha: string }).head_sha;
        ids += 1;
        answer = { status: 201, body: { id: ids } };
      } else answer = answerTo(method, url.split("?")[0] ?? "/");
      setTimeout(() => {
        const body = JSON.stringify(answer.body);
        response.writeHead(answer.status, {
          "content-type": "application/json; charset=utf-8",
          "content-length": Buffer.byteLength(body),
          "x-ratelimit-limit": "5000000",
          "x-ratelimit-remaining": "4999999",
          "x-ratelimit-reset": String(Math.round(Date.now() / 1000) + 3600),
        });
        response.end(body);
        if (head === null) return;
        written.push({ head, at: performance.now() });
        if (waiting !== null && written.length >= waiting.count) waiting.done();
      }, latency);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    written,
    asked,
    arrived: (count) =>
      new Promise((resolve) => {
        if (written.length >= count) resolve();
        else waiting = { count, done: resolve };
      }),
    reset() {
      written.length = 0;
      asked.length = 0;
      waiting = null;
    },
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function answerTo(method: string, path: string): { readonly status: number; readonly body: unknown } {
  if (path.endsWith("/access_tokens")) {
    return {
      status: 201,
      body: { token: "ghs_bench", permissions: {}, expires_at: new Date(Date.now() + 3_600_000).toISOString() },
    };
  }
  if (path === "/app") return { status: 200, body: { id: 1, slug: "bench", name: "bench" } };
  if (path === "/app/installations") {
    return {
      status: 200,
      body: [
        { id: INSTALLATION, app_id: 1, account: { id: 9, login: "acme", type: "Organization" }, suspended_at: null },
      ],
    };
  }
  if (path === "/installation/repositories")
    return { status: 200, body: { total_count: 1, repositories: [REPOSITORY] } };
  if (path === "/repos/acme/api") return { status: 200, body: REPOSITORY };
  if (path.endsWith("/contents/.github/flowgate.yml")) {
    const text = "enforcement: report\n";
    return {
      status: 200,
      body: {
        type: "file",
        path: ".github/flowgate.yml",
        sha: HEAD,
        size: text.length,
        encoding: "base64",
        content: Buffer.from(text).toString("base64"),
      },
    };
  }
  if (path.includes("/branches/"))
    return { status: 200, body: { name: path.split("/").at(-1), commit: { sha: HEAD } } };
  if (path.includes("/git/ref/"))
    return { status: 200, body: { ref: `refs/${path.split("/git/ref/")[1]}`, object: { type: "commit", sha: HEAD } } };
  if (method === "GET") return { status: 200, body: [] };
  return { status: 404, body: { message: "Not Found" } };
}
