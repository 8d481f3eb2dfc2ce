import { describe, expect, test } from "@jest/globals";
import nock from "nock";
import { later } from "../../src/flow/names.ts";
import { API, connected, INSTALLATION, listed, NAME, NOW, pullBody, REPOSITORY, signedIn } from "./api.ts";

const asApp = () => nock(API, { reqheaders: { authorization: /^bearer eyJ/ } });
const LOG = "/app/hook/deliveries?per_page=100";
const of = { installation: INSTALLATION, repository: REPOSITORY, name: NAME };

describe("as the App itself", () => {
  test("who we are", async () => {
    asApp()
      .get("/app")
      .reply(200, { id: 12345, slug: "flowgate", name: "Flowgate", owner: { login: "org" } });
    expect(await connected().github.self()).toEqual({
      known: true,
      value: { app: 12345, bot: "flowgate[bot]" },
      at: NOW,
    });
  });

  test("without a slug nobody can tell our acts from others'", async () => {
    asApp().get("/app").reply(200, { id: 12345 });
    expect(await connected().github.self()).toMatchObject({ known: false, because: expect.stringMatching(/slug/) });
  });

  test("a key that is not this App's", async () => {
    asApp().get("/app").reply(401, { message: "A JSON web token could not be decoded" });
    expect(await connected().github.self()).toMatchObject({
      known: false,
      because: "GitHub answered 401 (A JSON web token could not be decoded) when asked about the App.",
    });
  });

  test("where the App is installed", async () => {
    const link = `<${API}/app/installations?page=2>; rel="next"`;
    asApp()
      .get("/app/installations?per_page=100&page=1")
      .reply(200, [{ id: 7, account: { login: "org", id: 1 }, suspended_at: null }], { link })
      .get("/app/installations?per_page=100&page=2")
      .reply(200, [
        { id: 8, account: { slug: "enterprise" }, suspended_at: "2026-11-24T10:00:00Z" },
        { id: 9, account: null },
      ]);
    expect(await connected().github.installations()).toMatchObject({
      value: [
        { installation: 7, account: "org", suspended: false },
        { installation: 8, account: "enterprise", suspended: true },
        { installation: 9, account: "", suspended: false },
      ],
    });
  });

  test("asking again costs no quota where nothing changed", async () => {
    const { github } = connected();
    asApp().get("/app/installations?per_page=100&page=1").reply(200, [], { etag: '"none"' });
    await github.installations();
    nock(API, { reqheaders: { "if-none-match": '"none"' } })
      .get("/app/installations?per_page=100&page=1")
      .reply(304);
    expect(await github.installations()).toMatchObject({ known: true, value: [] });
  });
});

describe("as an installation", () => {
  test("its repositories", async () => {
    signedIn()
      .get("/installation/repositories?per_page=100&page=1")
      .reply(200, { total_count: 1, repositories: [{ id: 100, full_name: "org/api", default_branch: "master" }] });
    expect(await connected().github.repositories(INSTALLATION)).toMatchObject({
      value: [{ repository: 100, name: "org/api", defaultBranch: "master" }],
    });
  });

  test("its open pull requests, and one by its number", async () => {
    signedIn()
      .get("/repos/org/api/pulls?state=open&per_page=100&page=1")
      .reply(200, [pullBody(1)])
      .get("/repos/org/api/pulls/2")
      .reply(200, pullBody(2));
    const { github } = connected();
    expect(await github.openPulls(of)).toMatchObject({ value: [listed(1)] });
    expect(await github.pull(of, 2)).toMatchObject({ value: listed(2) });
  });
});

describe("deliveries that failed", () => {
  const delivery = (id: number, guid: string, status_code: number, minutesAgo: number) => ({
    id,
    guid,
    status_code,
    status: status_code === 200 ? "OK" : "whatever",
    delivered_at: later(NOW, -minutesAgo * 60_000),
    event: "pull_request",
    action: "opened",
    redelivery: false,
    installation_id: 7,
    repository_id: 100,
  });
  const ids = (fact: unknown) => (fact as { value: { id: string }[] }).value.map(({ id }) => id);

  test("each once by its newest attempt, without those that an attempt brought through", async () => {
    const link = `<${API}${LOG}&cursor=v1_12%3D>; rel="next"`;
    asApp()
      .get(LOG)
      .reply(200, [delivery(9, "a", 502, 1), delivery(8, "b", 202, 2), delivery(7, "c", 0, 3)], { link })
      .get(`${LOG}&cursor=v1_12%3D`)
      .reply(200, [delivery(6, "a", 500, 4), delivery(5, "b", 500, 5), delivery(4, "d", 200, 6)]);
    expect(await connected().github.failedDeliveries(later(NOW, -3600_000))).toEqual({
      known: true,
      at: NOW,
      value: [
        { id: "9", guid: "a", event: "pull_request", at: later(NOW, -60_000) },
        { id: "7", guid: "c", event: "pull_request", at: later(NOW, -180_000) },
      ],
    });
  });

  test("not before the time that was asked for", async () => {
    const link = `<${API}${LOG}&cursor=2>; rel="next"`;
    asApp()
      .get(LOG)
      .reply(200, [delivery(9, "a", 500, 5), delivery(8, "b", 500, 11)], { link });
    expect(ids(await connected().github.failedDeliveries(later(NOW, -600_000)))).toEqual(["9"]);
  });

  test("not before three days ago", async () => {
    asApp()
      .get(LOG)
      .reply(200, [delivery(9, "a", 500, 3 * 24 * 60), delivery(8, "b", 500, 3 * 24 * 60 + 1)]);
    expect(ids(await connected().github.failedDeliveries(later(NOW, -99 * 24 * 3600_000)))).toEqual(["9"]);
  });

  test("ids that are too long for a number stay exact", async () => {
    const text = JSON.stringify([delivery(123, "a", 500, 1)]).replace("123", "3804004623172239366");
    const headers = { "content-type": "application/json" };
    asApp().get(LOG).reply(200, text, headers).post("/app/hook/deliveries/3804004623172239366/attempts").reply(202, {});
    const { github } = connected();
    expect(ids(await github.failedDeliveries(later(NOW, -3600_000)))).toEqual(["3804004623172239366"]);
    expect(await github.redeliver("3804004623172239366")).toEqual({ known: true, value: null, at: NOW });
  });

  test("are not known where the log cannot be read to its end", async () => {
    const link = `<${API}${LOG}&cursor=2>; rel="next"`;
    asApp()
      .get(LOG)
      .reply(200, [delivery(9, "a", 500, 5)], { link })
      .get(`${LOG}&cursor=2`)
      .reply(500);
    expect(await connected().github.failedDeliveries(later(NOW, -3600_000))).toMatchObject({
      known: false,
      because: "GitHub answered 500 when asked for what it could not deliver.",
    });
  });

  test("are not known where one of them is malformed", async () => {
    asApp()
      .get(LOG)
      .reply(200, [{ ...delivery(9, "a", 500, 5), guid: undefined }]);
    expect(await connected().github.failedDeliveries(later(NOW, -3600_000))).toMatchObject({ known: false });
  });

  test("that GitHub will not send again", async () => {
    asApp().post("/app/hook/deliveries/9/attempts").reply(422, { message: "Too old" });
    expect(await connected().github.redeliver("9")).toMatchObject({
      known: false,
      because: "GitHub answered 422 (Too old) when asked to deliver 9 again.",
    });
  });
});
