import { generateKeyPairSync, randomUUID } from "node:crypto";
import { request } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { pino } from "pino";
import { INSTALLATION, REPOSITORY, type Stub, startStub } from "../../bench/stub.ts";
import { type App, instant, type Settings, startApp } from "../../src/app.ts";
import { type Post, post, SECRET, signatureOf } from "./post.ts";

const LARGEST = 25 * 1024 * 1024;

type Line = { readonly level: number; readonly msg: string; readonly delivery?: string };

let github: Stub;
let app: App;
let settings: Settings;
const lines: Line[] = [];

beforeAll(async () => {
  github = await startStub(0);
  settings = {
    appId: 1,
    privateKey: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
      type: "pkcs1",
      format: "pem",
    }) as string,
    webhookSecret: SECRET,
    apiUrl: github.url,
    host: "127.0.0.1",
    port: 0,
    links: null,
    board: { kind: "loopback" },
    databaseUrl: null,
    folder: null,
    log: pino({ level: "warn" }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
    clock: { now: () => instant(Date.now()) },
    inFlightGraceMs: 300,
    sweepEveryMs: 3_600_000,
  };
  app = await startApp(settings);
  await quiet();
});
afterAll(async () => {
  await app.stop();
  github.stop();
});
beforeEach(() => {
  lines.length = 0;
});

async function quiet(): Promise<void> {
  for (let calm = 0; calm < 2; ) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    calm = (await app.idle()) ? calm + 1 : 0;
  }
}

const send = (what: Partial<Post>) => post(app.url, { body: "{}", ...what });

/** One of our own gauges. */
async function gauge(name: string): Promise<number> {
  const text = await (await fetch(`${app.url}/metrics`)).text();
  return Number(new RegExp(`^flowgate_${name} (\\d+)$`, "m").exec(text)?.[1]);
}

let numbers = 0;
/** A pull request into development as GitHub tells of it. */
function opened(head: string, more: Readonly<Record<string, unknown>> = {}) {
  numbers += 1;
  const number = numbers;
  const sha = number.toString(16).padStart(40, "a");
  const payload = {
    action: "opened",
    number,
    pull_request: {
      number,
      state: "open",
      title: `Take ${head}`,
      body: null,
      draft: false,
      merged: false,
      merged_at: null,
      updated_at: "2026-11-24T10:00:00Z",
      user: { id: 5, login: "dora", type: "User" },
      head: { ref: head, sha, repo: { id: REPOSITORY.id } },
      base: { ref: "development", sha: "b".repeat(40) },
      ...more,
    },
    repository: REPOSITORY,
    installation: { id: INSTALLATION },
    sender: { id: 5, login: "dora", type: "User" },
  };
  return { number, sha, body: JSON.stringify(payload) };
}

describe("who may deliver", () => {
  it.each([
    ["with another secret", signatureOf("{}", "another secret")],
    ["over another body", signatureOf("{ }")],
    ["of SHA-1 only", `sha1=${"a".repeat(40)}`],
    ["cut short", signatureOf("{}").slice(0, -1)],
    ["empty", ""],
    ["none", null],
  ])("turns a signature away that is made %s", async (_what, signature) => {
    const answer = await send({ signature });
    expect(answer).toEqual({
      status: 401,
      text: "The signature does not match: it must be made with this App's webhook secret.\n",
    });
    expect(lines.map(({ msg }) => msg)).toEqual(["A delivery without a valid signature was turned away."]);
  });

  it("asks for the headers that say what was delivered", async () => {
    for (const missing of [{ event: null }, { id: null }]) {
      const answer = await send(missing);
      expect(answer).toEqual({ status: 400, text: "X-GitHub-Delivery and X-GitHub-Event are missing.\n" });
    }
    expect(lines).toEqual([]);
  });

  it("takes webhooks by POST only", async () => {
    expect((await fetch(`${app.url}/api/github/webhooks`)).status).toBe(405);
  });
});

describe("what is no delivery", () => {
  it.each([
    ["no JSON", "payload=%7B%7D", "application/x-www-form-urlencoded"],
    ["half of JSON", '{"action":"opened"', "application/json"],
    ["nothing", "", "application/json"],
  ])("says what to set when the body is %s", async (_what, body, type) => {
    expect(await send({ body, type })).toEqual({
      status: 400,
      text: "The body is not JSON. Set the webhook's content type to application/json.\n",
    });
    expect(lines).toEqual([]);
  });

  it.each([
    ["with its length", false],
    ["in chunks without a length", true],
  ])("takes no body over 25 MB that comes %s, and works on", async (_how, chunked) => {
    const body = Buffer.alloc(LARGEST + 1, " ");
    expect(await send({ body, chunked })).toEqual({ status: 413, text: "The delivery is over 25 MB.\n" });
    expect((await send({})).status).toBe(202);
    expect(lines).toEqual([]);
  });

  it("takes a body of exactly 25 MB", async () => {
    const body = Buffer.alloc(LARGEST, " ");
    body.write("{}");
    expect((await send({ body })).status).toBe(202);
  });

  it("survives a sender that hangs up in the middle", async () => {
    await new Promise<void>((resolve) => {
      const call = request(`${app.url}/api/github/webhooks`, { method: "POST", headers: { "content-length": 100 } });
      call.on("error", () => resolve());
      call.write('{"action":');
      setTimeout(() => call.destroy(), 20);
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await send({})).status).toBe(202);
    expect(lines).toEqual([]);
  });
});

describe("what is not for us", () => {
  it.each(["ping", "star", "no_such_event", "__proto__", "constructor"])(
    "answers %s and keeps nothing",
    async (event) => {
      expect(await send({ event, body: '{"action":"created"}' })).toEqual({
        status: 202,
        text: "Nothing in it concerns Flowgate.\n",
      });
      expect(await gauge("unread")).toBe(0);
      expect(lines).toEqual([]);
    },
  );
});

describe("what cannot be read", () => {
  it("keeps it, says so in the log, and answers that it is stored", async () => {
    const cases: readonly [string, unknown][] = [
      ["pull_request", {}],
      ["pull_request", null],
      ["pull_request", []],
      ["pull_request", 5],
      ["pull_request", { ...JSON.parse(opened("feature/x").body), pull_request: { number: 1 } }],
      ["pull_request", { ...JSON.parse(opened("feature/x").body), repository: { id: "42" } }],
      ["pull_request", JSON.parse(opened("feature/x", { updated_at: "yesterday" }).body)],
      ["pull_request", JSON.parse(opened("feature/x", { head: { ref: "", sha: "no", repo: null } }).body)],
      ["push", { ref: "refs/heads/development" }],
      ["merge_group", { action: "checks_requested", repository: REPOSITORY }],
      ["check_run", { action: "rerequested" }],
      ["repository_ruleset", { action: "edited", repository: REPOSITORY }],
      ["installation", { action: "created" }],
    ];
    const before = await gauge("unread");
    const ids: string[] = [];
    for (const [event, payload] of cases) {
      const id = randomUUID();
      ids.push(id);
      expect(await send({ event, id, body: JSON.stringify(payload) })).toEqual({ status: 202, text: "Stored.\n" });
    }
    expect(await gauge("unread")).toBe(before + cases.length);
    expect(lines.map(({ level, msg, delivery }) => ({ level, msg, delivery }))).toEqual(
      ids.map((delivery) => ({
        level: 50,
        msg: "A delivery could not be read; it is kept unread.",
        delivery,
      })),
    );
    await quiet();
  });

  it("keeps the same delivery once, however often it comes", async () => {
    const before = await gauge("unread");
    const id = randomUUID();
    for (let time = 0; time < 3; time++) expect((await send({ event: "push", id, body: "{}" })).status).toBe(202);
    expect(await gauge("unread")).toBe(before + 1);
  });
});

describe("what people may call things", () => {
  it.each([
    ["slashes", "feature/a/b/c/d"],
    ["spaces", "feature/with some spaces"],
    ["quotes", `feature/"double" 'single' “curly” \`tick\``],
    ["unicode", "feature/ünïcødé-日本語-🚀-\u202e-e\u0301"],
    ["markup", "feature/<script>alert(1)</script>|[x](y)|@acme/all"],
    ["shell", "feature/$(rm -rf ~);`id`&&x"],
    ["SQL", "feature/'; drop table subject; --"],
    ["percent signs", "feature/100%25%00_like_%"],
    ["a property of every object", "feature/__proto__/constructor"],
    ["200 characters", `feature/${"x".repeat(192)}`],
  ])("judges a branch with %s, writes its check, and shows it", async (_what, head) => {
    const { number, sha, body } = opened(head);
    expect(await send({ event: "pull_request", body })).toEqual({ status: 202, text: "Stored.\n" });
    await quiet();
    expect(github.written.map((run) => run.head)).toContain(sha);
    const shown = await (await fetch(`${app.url}/acme/api/pull/${number}.json`)).json();
    expect(shown).toMatchObject({
      pull: { head: { ref: head } },
      answer: { outcome: "passed" },
      verdict: {
        findings: [
          { because: `${head} is a feature branch (feature/**) and may enter development.` },
          { because: "Nothing holds it." },
        ],
      },
    });
    const page = await fetch(`${app.url}/acme/api/pull/${number}`);
    expect(page.status).toBe(200);
    expect(await page.text()).not.toContain("<script>alert");
    expect(lines).toEqual([]);
  });

  it.each(
    [
      "..",
      "feature/../../../etc/passwd",
      "a b",
      "-",
      "@",
      "日本",
      "feature/",
      "FEATURE/x",
      "constructor",
      "x".repeat(200),
    ].map((head) => [head.slice(0, 40), head]),
  )("refuses the branch %s into development, in words", async (_name, head) => {
    const { number, sha, body } = opened(head);
    expect((await send({ event: "pull_request", body })).status).toBe(202);
    await quiet();
    const shown = (await (await fetch(`${app.url}/acme/api/pull/${number}.json`)).json()) as {
      readonly answer: { readonly outcome: string };
      readonly verdict: { readonly findings: readonly { readonly because: string }[] };
    };
    // The stand-in for GitHub knows nothing to compare, so what is not told by the name alone stays unknown.
    expect(shown.answer.outcome).toMatch(/^(?:failed|errored)$/);
    expect(shown.verdict.findings[0]?.because).toContain(head);
    expect(github.written.map((run) => run.head)).toContain(sha);
    expect(lines).toEqual([]);
  });

  it("takes a title of 256 and a body of 65,536 characters", async () => {
    const { sha, body } = opened("feature/long", { title: "☃".repeat(256), body: "☃".repeat(65_536) });
    expect((await send({ event: "pull_request", body })).status).toBe(202);
    await quiet();
    expect(github.written.map((run) => run.head)).toContain(sha);
    expect(lines).toEqual([]);
  });
});

describe("what others may ask", () => {
  it("says how it is", async () => {
    const answers = await Promise.all(
      ["/healthz", "/readyz"].map(async (path) => {
        const response = await fetch(`${app.url}${path}`);
        return [path, response.status, await response.text()];
      }),
    );
    expect(answers).toEqual([
      ["/healthz", 200, "ok\n"],
      ["/readyz", 200, "ready\n"],
    ]);
    const metrics = await fetch(`${app.url}/metrics`);
    expect(metrics.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(await metrics.text()).toMatch(/^# HELP flowgate_due .*\n# TYPE flowgate_due gauge\nflowgate_due \d+\n/);
  });

  /** `fetch` does not let a page choose its Host header; this does. */
  const asHost = (host: string, path: string) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const call = request(`${app.url}${path}`, { headers: { host } }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => {
          text += part;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      });
      call.on("error", reject);
      call.end();
    });

  it("shows the board to this machine only", async () => {
    const { number, body } = opened("feature/seen");
    await send({ event: "pull_request", body });
    for (const path of ["/", "/index.json", `/acme/api/pull/${number}`, `/acme/api/pull/${number}.json`]) {
      expect((await asHost("rebound.example:3000", path)).status).toBe(403);
      expect((await asHost(`127.0.0.1:${app.port}`, path)).status).toBe(200);
    }
    expect(lines).toEqual([]);
  });

  it.each(
    [
      "/..%2f..%2fetc/passwd",
      "//evil.example",
      "//",
      "//[",
      "/%",
      "/%00",
      "/acme/api/pull/0",
      `/${"a".repeat(8000)}`,
      "/?x=1",
    ].map((path) => [path.slice(0, 40), path]),
  )("answers %s without a fault", async (_name, path) => {
    expect([200, 404]).toContain((await asHost(`127.0.0.1:${app.port}`, path)).status);
    expect(lines).toEqual([]);
  });
});
