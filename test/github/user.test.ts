import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import nock from "nock";
import { later } from "../../src/flow/names.ts";
import { type AsUser, asUser } from "../../src/github/user.ts";
import { API, NOW } from "./api.ts";

const WEB = "https://github.com";
const TOKEN_PATH = "/login/oauth/access_token";
const TOKEN = "ghu_abcdefghijklmnop";
const code = { code: "c", verifier: "v", redirectUri: "https://flowgate.example/login/callback" };

let github: AsUser;
beforeEach(() => {
  const clock = { now: () => NOW };
  const client = { clientId: "Iv1.id", clientSecret: "shh" };
  github = asUser({ webUrl: WEB, apiUrl: API, ...client, version: "1.2.3", clock, timeout: 1_000 });
});
afterEach(() => github.stop());

test("The page that asks people is GitHub's, not its API's, with state and challenge", () => {
  const { origin, pathname, searchParams } = new URL(
    github.authorizeUrl({ state: "s", challenge: "h", redirectUri: code.redirectUri }),
  );
  expect(origin + pathname).toBe(`${WEB}/login/oauth/authorize`);
  expect(Object.fromEntries(searchParams)).toEqual({
    client_id: "Iv1.id",
    redirect_uri: code.redirectUri,
    state: "s",
    code_challenge: "h",
    code_challenge_method: "S256",
  });
});

describe("tokens", () => {
  test("are given for a code with its verifier, in the body and not in the address", async () => {
    nock(WEB, { reqheaders: { accept: "application/json" } })
      .post(TOKEN_PATH, {
        client_id: "Iv1.id",
        client_secret: "shh",
        code: "c",
        code_verifier: "v",
        redirect_uri: code.redirectUri,
      })
      .reply(200, { access_token: TOKEN, expires_in: 28_800, refresh_token: "ghr_1", token_type: "bearer", scope: "" });
    expect(await github.exchange(code)).toEqual({
      came: "told",
      value: { token: TOKEN, until: later(NOW, 28_800_000), refresh: "ghr_1" },
    });
  });

  test("that do not expire have no end", async () => {
    nock(WEB).post(TOKEN_PATH).reply(200, { access_token: TOKEN, token_type: "bearer", scope: "" });
    expect(await github.exchange(code)).toMatchObject({ value: { until: null, refresh: null } });
  });

  test("are refreshed", async () => {
    nock(WEB)
      .post(TOKEN_PATH, {
        client_id: "Iv1.id",
        client_secret: "shh",
        grant_type: "refresh_token",
        refresh_token: "ghr_1",
      })
      .reply(200, { access_token: TOKEN, expires_in: 1, refresh_token: "ghr_2" });
    expect(await github.refresh("ghr_1")).toMatchObject({ came: "told", value: { refresh: "ghr_2" } });
  });

  test.each([
    [200, { error: "bad_verification_code", error_description: "…" }, "refused", "bad_verification_code"],
    [200, { error: `bad ${TOKEN}` }, "refused", "bad [token]"],
    [200, {}, "unanswered", "GitHub's answer was not as documented"],
    [200, "<html>", "unanswered", "GitHub's answer was not as documented"],
    [404, { error: "Not Found" }, "unanswered", "GitHub answered 404"],
    [502, "", "unanswered", "GitHub answered 502"],
  ])("are not taken from %d %j", async (status, body, came, because) => {
    nock(WEB).post(TOKEN_PATH).reply(status, body);
    expect(await github.exchange(code)).toEqual({ came, because });
  });

  test("are not given where the connection breaks, and the question is not repeated", async () => {
    nock(WEB)
      .post(TOKEN_PATH)
      .replyWithError(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
    nock(WEB).post(TOKEN_PATH).reply(200, { access_token: TOKEN });
    expect(await github.exchange(code)).toMatchObject({ came: "unanswered" });
  });

  test("are sent to no other host", async () => {
    nock(WEB).post(TOKEN_PATH).reply(307, "", { location: "https://evil.example/" });
    expect(await github.exchange(code)).toEqual({ came: "unanswered", because: "GitHub answered 307" });
  });
});

describe("a person", () => {
  test("is who the token belongs to", async () => {
    nock(API, { reqheaders: { authorization: `Bearer ${TOKEN}`, "user-agent": "flowgate/1.2.3" } })
      .get("/user")
      .reply(200, { id: 3, login: "dora", name: "Dora" });
    expect(await github.person(TOKEN)).toEqual({ came: "told", value: { id: 3, login: "dora" } });
  });

  test.each([
    [401, "refused"],
    [403, "unanswered"],
    [404, "unanswered"],
    [500, "unanswered"],
  ])("is not known by %d", async (status, came) => {
    nock(API).get("/user").reply(status, {});
    expect((await github.person(TOKEN)).came).toBe(came);
  });
});

const installations = (...ids: number[]) =>
  nock(API)
    .get("/user/installations?per_page=100&page=1")
    .reply(200, {
      total_count: ids.length,
      installations: ids.map((id) => ({ id, suspended_at: id === 9 ? "2026-01-01T00:00:00Z" : null })),
    });
const repositories = (...ids: number[]) => ({
  total_count: ids.length,
  repositories: ids.map((id) => ({ id, full_name: `org/r${id}`, private: true })),
});
const within = (id: number, page = 1) => `/user/installations/${id}/repositories?per_page=100&page=${page}`;

describe("what a person was let into", () => {
  test("is listed for each installation, to the last page; suspended ones show nothing", async () => {
    installations(7, 8, 9);
    const first = Array.from({ length: 100 }, (_, place) => place + 1);
    nock(API)
      .get(within(7))
      .reply(200, repositories(...first));
    nock(API).get(within(7, 2)).reply(200, repositories(101));
    nock(API).get(within(8)).reply(200, repositories(200));
    const came = await github.repositories(TOKEN);
    expect(came.came === "told" && came.value.map(({ repository }) => repository)).toEqual([...first, 101, 200]);
    expect(came).toMatchObject({
      value: expect.arrayContaining([{ name: "org/r200", repository: 200, right: "read" }]),
    });
  });

  test.each([403, 404])("lacks an installation that is closed to them (%d)", async (status) => {
    installations(7, 8);
    nock(API).get(within(7)).reply(status, { message: "Not Found" });
    nock(API).get(within(8)).reply(200, repositories(200));
    expect(await github.repositories(TOKEN)).toMatchObject({ came: "told", value: [{ name: "org/r200" }] });
  });

  test.each<[number, object, Record<string, string>, string]>([
    [502, {}, {}, "unanswered"],
    [403, { message: "API rate limit exceeded" }, {}, "unanswered"],
    [403, {}, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1" }, "unanswered"],
    [429, {}, {}, "unanswered"],
    [401, {}, {}, "refused"],
    [200, { repositories: [{}] }, {}, "unanswered"],
  ])("is not known in part: %d %j %j", async (status, body, headers, came) => {
    installations(7, 8);
    nock(API).get(within(7)).reply(status, body, headers);
    nock(API).get(within(8)).reply(200, repositories(200));
    expect((await github.repositories(TOKEN)).came).toBe(came);
  });
});

describe("one repository", () => {
  test("may be read by whom GitHub shows it, under its new name too", async () => {
    nock(API)
      .get("/repos/org/old")
      .reply(301, "", { location: `${API}/repositories/100` });
    nock(API).get("/repositories/100").reply(200, { id: 100, full_name: "org/api" });
    expect(await github.repository(TOKEN, "org/old")).toEqual({
      came: "told",
      value: { repository: 100, name: "org/api", right: "read" },
    });
  });

  const old = { pull: true, triage: false, push: false, maintain: false, admin: false };
  test.each([
    [undefined, "read"],
    [null, "read"],
    [{}, "read"],
    [old, "read"],
    [{ ...old, triage: true }, "triage"],
    [{ ...old, triage: true, push: true }, "write"],
    [{ pull: true, push: true }, "write"],
    [{ ...old, triage: true, push: true, maintain: true }, "maintain"],
    [{ ...old, triage: true, push: true, maintain: true, admin: true }, "admin"],
  ])("gives %j as the right %s", async (permissions, right) => {
    nock(API).get("/repos/org/api").reply(200, { id: 100, full_name: "org/api", permissions });
    expect(await github.repository(TOKEN, "org/api")).toMatchObject({ value: { right } });
  });

  test.each([403, 404, 451])("may not be read by whom GitHub answers %d", async (status) => {
    nock(API).get("/repos/org/api").reply(status, { message: "Not Found" });
    expect(await github.repository(TOKEN, "org/api")).toEqual({ came: "told", value: null });
  });

  test.each([
    [500, {}],
    [403, { message: "You have exceeded a secondary rate limit" }],
    [429, {}],
    [200, {}],
    [200, { id: 100, full_name: "org/api", permissions: { push: "yes" } }],
  ])("is not known by %d %j", async (status, body) => {
    nock(API).get("/repos/org/api").reply(status, body);
    expect((await github.repository(TOKEN, "org/api")).came).toBe("unanswered");
  });
});
