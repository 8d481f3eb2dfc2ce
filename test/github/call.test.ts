import http from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, jest, test } from "@jest/globals";
import nock from "nock";
import type { WantOfGithub } from "../../src/flow/look.ts";
import { branch, later } from "../../src/flow/names.ts";
import { API, checkRun, connected, FACTS, HEAD, INSTALLATION, LEASE, NOW, privateKey, signedIn, TOKEN } from "./api.ts";

const staging: WantOfGithub = { want: "branch", branch: branch("staging") };
const BRANCH = "/repos/org/api/branches/staging";
const body = { name: "staging", commit: { sha: HEAD } };
const RUNS = "/repos/org/api/check-runs";
const look = async ({ github }: ReturnType<typeof connected>, want: WantOfGithub = staging) =>
  (await github.look(LEASE, FACTS, [want])).values().next().value;
/** Moves the time by which tokens are young or old, and nothing else. */
const fakeDate = (now: number) =>
  jest.useFakeTimers({
    now,
    doNotFake: [
      "hrtime",
      "nextTick",
      "performance",
      "queueMicrotask",
      "setImmediate",
      "clearImmediate",
      "setInterval",
      "clearInterval",
      "setTimeout",
      "clearTimeout",
    ],
  });

afterEach(() => {
  jest.useRealTimers();
});

test("each call says who we are, by which version we speak, and carries the installation's token", async () => {
  signedIn();
  const scope = nock(API, {
    reqheaders: {
      authorization: `token ${TOKEN}`,
      "x-github-api-version": "2022-11-28",
      "user-agent": /^flowgate\/1\.2\.3/,
      accept: /^application\/vnd\.github/,
      "accept-encoding": "gzip",
    },
  });
  scope.get(BRANCH).reply(200, body);
  expect(await look(connected())).toMatchObject({ known: true });
  scope.done();
});

test("a token that ran out is forgotten, and the call sent once more", async () => {
  const setUp = connected();
  const tokens = ["ghs_first", "ghs_second"];
  nock(API)
    .post("/app/installations/7/access_tokens")
    .twice()
    .reply(201, () => ({ token: tokens.shift(), permissions: {}, expires_at: "2099-01-01T00:00:00Z" }));
  const first = nock(API, { reqheaders: { authorization: "token ghs_first" } });
  const second = nock(API, { reqheaders: { authorization: "token ghs_second" } });
  first.get(BRANCH).reply(200, body);
  await look(setUp);
  fakeDate(Date.now() + 60_000);
  first.post(RUNS).reply(401, { message: "Bad credentials" });
  second.post(RUNS).reply(201, { id: 5 });
  expect(await setUp.github.perform(LEASE, checkRun())).toMatchObject({ came: "done", id: 5 });
  first.done();
  second.done();
});

test("a token that is never taken holds the call", async () => {
  const setUp = connected();
  const scope = signedIn();
  scope.get(BRANCH).reply(200, body);
  await look(setUp);
  fakeDate(Date.now() + 60_000);
  scope.post(RUNS).reply(401, { message: "Bad credentials" });
  // Octokit waits and tries again by itself while a token is new; by then it no longer is.
  scope.post(RUNS).reply(401, () => {
    jest.setSystemTime(Date.now() + 60_000);
    return { message: "Bad credentials" };
  });
  scope.post(RUNS).optionally().reply(401, { message: "Bad credentials" });
  expect(await setUp.github.perform(LEASE, checkRun())).toMatchObject({
    came: "unsure",
    because: expect.stringMatching(/^GitHub answered 401 \(Bad credentials/),
    retryAt: later(NOW, 5_000),
  });
});

describe.each([
  [404, "Not Found"],
  [403, "This installation has been suspended"],
  [500, ""],
])("no token: GitHub answers %i", (status, message) => {
  test("is never read as: not there", async () => {
    nock(API).post("/app/installations/7/access_tokens").reply(status, { message });
    expect(await look(connected())).toMatchObject({
      known: false,
      because: expect.stringMatching(
        `^GitHub was not asked for the branch staging of org/api: GitHub answered ${status}.* instead of giving Flowgate a token\\.$`,
      ),
      retryAt: later(NOW, 5_000),
    });
  });
});

describe("limits", () => {
  const secondary = { message: "You have exceeded a secondary rate limit. Please wait a few minutes." };
  const at = (seconds: number) => String(Date.parse(NOW) / 1000 + seconds);
  const rows = [
    { what: "403 with retry-after", status: 403, body: secondary, headers: { "retry-after": "30" }, waitMs: 30_000 },
    { what: "429 with retry-after", status: 429, body: {}, headers: { "retry-after": "7" }, waitMs: 7_000 },
    { what: "429 without a word", status: 429, body: {}, headers: {}, waitMs: 60_000 },
    { what: "403 without a time", status: 403, body: secondary, headers: {}, waitMs: 60_000 },
    {
      what: "no quota left",
      status: 403,
      body: { message: "API rate limit exceeded" },
      headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": at(900) },
      waitMs: 900_000,
    },
  ];
  test.each(rows)("$what: all stop until then", async ({ status, body: told, headers, waitMs }) => {
    const setUp = connected();
    signedIn().get(BRANCH).reply(status, told, headers);
    const until = later(NOW, waitMs);
    expect(await look(setUp)).toMatchObject({ known: false, retryAt: until });
    expect(setUp.paused).toEqual([{ installation: INSTALLATION, until }]);
    // Nothing is sent: nock would refuse it, and the reason would be another.
    expect(await setUp.github.perform(LEASE, checkRun())).toMatchObject({
      came: "unsure",
      because: `GitHub was not asked to set the check flowgate: staging in org/api: its rate limit leaves no room until ${until}.`,
      retryAt: until,
    });
    setUp.skip(waitMs);
    signedIn().get(BRANCH).reply(200, body);
    expect(await look(setUp)).toMatchObject({ known: true });
  });

  test("the last call of a quota stops the next one", async () => {
    const setUp = connected();
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": at(60) };
    signedIn().get(BRANCH).reply(200, body, headers);
    expect(await look(setUp)).toMatchObject({ known: true });
    expect(setUp.paused).toEqual([{ installation: INSTALLATION, until: later(NOW, 60_000) }]);
  });

  test("calls that were limited together count once", async () => {
    const setUp = connected();
    const scope = signedIn();
    const wants = [1, 2, 3, 4].map((number): WantOfGithub => ({ want: "pull", number }));
    for (const number of [1, 2, 3, 4]) scope.get(`/repos/org/api/pulls/${number}`).reply(429);
    const facts = [...(await setUp.github.look(LEASE, FACTS, wants)).values()];
    expect(facts.map((fact) => (fact.known ? null : fact.retryAt))).toEqual(Array(4).fill(later(NOW, 60_000)));
  });

  test("a 403 about something else stops nobody", async () => {
    const setUp = connected();
    signedIn().get(BRANCH).reply(403, { message: "Resource not accessible by integration" });
    expect(await look(setUp)).toMatchObject({ known: false, retryAt: later(NOW, 600_000) });
    expect(setUp.paused).toEqual([]);
  });
});

test("while GitHub fails the next look is later and later, and soon again once it answers", async () => {
  const setUp = connected();
  const waits: number[] = [];
  for (let time = 0; time < 8; time++) {
    signedIn().get(BRANCH).reply(502);
    const fact = await look(setUp);
    waits.push(Date.parse((fact as { retryAt: string }).retryAt) - Date.parse(NOW));
  }
  expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  signedIn().get(BRANCH).reply(200, body).get(BRANCH).reply(502);
  await look(setUp);
  expect(await look(setUp)).toMatchObject({ retryAt: later(NOW, 5_000) });
});

test("reads of one address that nobody has sent yet are one read", async () => {
  const setUp = connected();
  const scope = signedIn().get(BRANCH).reply(200, body);
  const both = await Promise.all([look(setUp), look(setUp)]);
  expect(both.map((fact) => fact?.known)).toEqual([true, true]);
  scope.done();
});

test("no secret is logged or told, whatever happens", async () => {
  const setUp = connected();
  const secret = { message: `Bad ${TOKEN} and ${privateKey} for Bearer abc.def-0123456789` };
  for (const status of [403, 404, 422, 500]) {
    signedIn();
    nock(API).get(BRANCH).times(9).reply(status, secret).post(RUNS).times(9).reply(status, secret);
    nock(API).get("/repos/org/api").times(9).reply(status, secret);
    setUp.logged.push(JSON.stringify([await look(setUp), await setUp.github.perform(LEASE, checkRun())]));
    nock.cleanAll();
  }
  const refused = connected();
  nock(API).post("/app/installations/7/access_tokens").reply(401, secret);
  const all = [...setUp.logged, JSON.stringify(await look(refused)), ...refused.logged].join("\n");
  expect(all).toContain("GitHub answered 422 (Bad [token] and [key]");
  expect(all).not.toMatch(/ghs_|eyJ|PRIVATE KEY|abc\.def/);
});

describe("on a socket", () => {
  async function served(listener: http.RequestListener) {
    const server = http.createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v3`;
    const setUp = connected({ apiUrl, timeout: 300 });
    const close = () => {
      setUp.github.stop();
      server.close();
      server.closeAllConnections();
    };
    return { ...setUp, close };
  }
  const json = (response: http.ServerResponse, status: number, value: object) =>
    response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(value));
  const token = { token: TOKEN, permissions: {}, expires_at: "2099-01-01T00:00:00Z" };

  test("connections are kept, zipped answers read, and paths left as they are", async () => {
    const sockets = new Set<unknown>();
    const paths: string[] = [];
    const setUp = await served((request, response) => {
      sockets.add(request.socket);
      paths.push(request.url ?? "");
      if (request.method === "POST") return void json(response, 201, token);
      const zipped = gzipSync(JSON.stringify({ name: "release/1.2", commit: { sha: HEAD } }));
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(zipped);
    });
    const want: WantOfGithub = { want: "branch", branch: branch("release/1.2") };
    for (let time = 0; time < 3; time++) expect(await look(setUp, want)).toMatchObject({ value: HEAD });
    expect(sockets.size).toBe(1);
    expect(paths.at(-1)).toBe("/api/v3/repos/org/api/branches/release%2F1.2");
    setUp.close();
  });

  test("a new token is asked for where GitHub is, and what did not change is still known to", async () => {
    const asked: string[] = [];
    const tokens = ["ghs_first", "ghs_second"];
    const setUp = await served((request, response) => {
      if (request.url?.endsWith("/access_tokens")) {
        asked.push(`${request.headers["user-agent"]?.split(" ")[0]}`);
        return void json(response, 201, { ...token, token: tokens.shift() });
      }
      asked.push(`${request.headers.authorization}`);
      if (tokens.length === 0) return void response.writeHead(304).end();
      if (asked.length > 2) return void json(response, 401, { message: "Bad credentials" });
      response.setHeader("etag", '"one"');
      json(response, 200, body);
    });
    await look(setUp);
    fakeDate(Date.now() + 60_000);
    expect(await look(setUp)).toMatchObject({ known: true, value: HEAD });
    expect(asked).toEqual([
      "flowgate/1.2.3",
      "token ghs_first",
      "token ghs_first",
      "flowgate/1.2.3",
      "token ghs_second",
    ]);
    setUp.close();
  });

  test("an answer that is cut off is no answer", async () => {
    const setUp = await served((request, response) => {
      if (request.url?.endsWith("/access_tokens")) return void json(response, 201, token);
      response.writeHead(201, { "content-type": "application/json", "content-length": "1000" });
      response.write('{"id": 5');
      setTimeout(() => response.destroy(), 10);
    });
    expect(await setUp.github.perform(LEASE, checkRun())).toMatchObject({
      came: "unsure",
      because: expect.stringMatching(/^The connection to GitHub broke/),
    });
    setUp.close();
  });

  test("an answer that never ends is timed out", async () => {
    const setUp = await served((request, response) => {
      if (request.url?.endsWith("/access_tokens")) return void json(response, 201, token);
      response.writeHead(201, { "content-type": "application/json" });
      response.write('{"id": 5');
    });
    expect(await setUp.github.perform(LEASE, checkRun())).toMatchObject({
      came: "unsure",
      because: expect.stringMatching(/^GitHub gave no answer within 0\.3 s/),
    });
    setUp.close();
  });

  test("a kept connection that GitHub closed meanwhile: a read is sent again, a write is not", async () => {
    let calls = 0;
    const setUp = await served((request, response) => {
      if (request.url?.endsWith("/access_tokens")) return void json(response, 201, token);
      calls++;
      if (calls === 2 || calls === 4) return void request.socket.destroy();
      json(response, 200, { name: "staging", commit: { sha: HEAD } });
    });
    expect(await look(setUp)).toMatchObject({ known: true });
    expect(await look(setUp)).toMatchObject({ known: true });
    expect(calls).toBe(3);
    expect(await setUp.github.perform(LEASE, checkRun())).toMatchObject({ came: "unsure" });
    expect(calls).toBe(4);
    setUp.close();
  });
});
