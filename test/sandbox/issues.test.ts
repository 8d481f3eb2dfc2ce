import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { API, type Caller, type Place, startPlace } from "./github.ts";

let place: Place;
let bot: Caller;
let dora: Caller;

beforeAll(async () => {
  place = await startPlace();
  bot = await place.bot();
  dora = place.as("dora");
});
afterAll(() => place.stop());

type Issue = { readonly number: number; readonly title: string; readonly state: string };
const open = async (title: string, more: object = {}, by = bot) =>
  (await by.post<Issue>(`${API}/issues`, { title, ...more })).body.number;
const change = (number: number, fields: object, by = bot) => by.patch<Issue>(`${API}/issues/${number}`, fields);
const listed = async (query: string) =>
  (await dora.get<Issue[]>(`${API}/issues${query}`)).body.map(({ number }) => number);
const heard = async (act: () => Promise<unknown>) =>
  (await place.hears(act, "issues")).map(({ payload }) => payload.action);

describe("an issue", () => {
  it("is opened by whoever may read, and by an App under its name", async () => {
    expect(await dora.post(`${API}/issues`, { title: "Bug", body: "Words" })).toMatchObject({
      status: 201,
      body: { title: "Bug", body: "Words", state: "open", user: { login: "dora" }, performed_via_github_app: null },
    });
    expect((await bot.post(`${API}/issues`, { title: "Outage" })).body).toMatchObject({
      user: { login: "gate[bot]" },
      performed_via_github_app: { id: place.app.id },
    });
    expect((await place.as("olaf").post(`${API}/issues`, { title: "From outside" })).status).toBe(201);
    expect((await place.anonymous.post(`${API}/issues`, { title: "Nobody" })).status).toBe(401);
    expect((await dora.post(`${API}/issues`, { title: " " })).status).toBe(422);
    expect((await dora.post(`${API}/issues`, { title: "x".repeat(257) })).status).toBe(422);
  });

  it("takes its number from the same row as pull requests", async () => {
    const issue = await open("First");
    const pull = await place.pull("numbered");
    expect([pull, await open("Second")]).toEqual([issue + 1, issue + 2]);
    expect((await dora.get(`${API}/issues/${pull}`)).body).toMatchObject({ pull_request: {} });
    expect((await dora.get(`${API}/issues/${issue}`)).body).not.toHaveProperty("pull_request");
    expect((await dora.get(`${API}/pulls/${issue}`)).status).toBe(404);
    expect((await dora.get(`${API}/issues/999`)).status).toBe(404);
  });

  it("is listed by state and by every label asked for, beside pull requests", async () => {
    const both = await open("Both", { labels: ["blocks", "urgent"] });
    const one = await open("One", { labels: ["Blocks"] });
    const pull = await place.pull("labelled");
    await dora.post(`${API}/issues/${pull}/labels`, { labels: ["blocks"] });
    expect((await listed("?labels=blocks")).toSorted((a, b) => a - b)).toEqual([both, one, pull]);
    expect(await listed("?labels=blocks,urgent")).toEqual([both]);
    await change(both, { state: "closed" });
    expect(await listed("?labels=urgent")).toEqual([]);
    expect(await listed("?labels=urgent&state=closed")).toEqual([both]);
    expect(await listed("?labels=blocks&state=all&per_page=1&direction=asc")).toEqual([both]);
  });

  it("loses labels of somebody who may not give them, without a word", async () => {
    const number = await open("Bare", { labels: ["blocks"] }, place.as("olaf"));
    expect((await dora.get<object[]>(`${API}/issues/${number}/labels`)).body).toEqual([]);
    expect(await change(number, { labels: ["blocks"] }, place.as("olaf"))).toMatchObject({ body: { labels: [] } });
    expect((await place.as("olaf").post(`${API}/issues/${number}/labels`, { labels: ["blocks"] })).status).toBe(403);
  });

  it("is changed by its author and by whoever may triage", async () => {
    const number = await open("Mine", {}, place.as("olaf"));
    expect((await change(number, { state: "closed" }, place.as("olaf"))).body).toMatchObject({
      state: "closed",
      state_reason: "completed",
      closed_by: { login: "olaf" },
      closed_at: expect.any(String),
    });
    expect((await change(number, { state: "open" }, place.as("tom"))).body).toMatchObject({
      state: "open",
      state_reason: "reopened",
      closed_at: null,
    });
    const other = await open("Not mine");
    expect((await change(other, { state: "closed" }, place.as("olaf"))).status).toBe(403);
    expect((await change(other, { state: "ajar" })).status).toBe(422);
    expect((await change(999, { state: "closed" })).status).toBe(404);
  });

  it("that is a pull request is closed as one", async () => {
    const pull = await place.pull("closing");
    const told = await place.hears(() => change(pull, { state: "closed" }), "issues", "pull_request");
    expect(told.map(({ event, payload }) => `${event} ${payload.action}`)).toEqual(["pull_request closed"]);
    expect((await dora.get(`${API}/pulls/${pull}`)).body).toMatchObject({ state: "closed" });
  });

  it("asks an App for its permission", async () => {
    const reader = await place.bot({ permissions: { issues: "read" } });
    expect((await reader.get(`${API}/issues`)).status).toBe(200);
    expect((await reader.post(`${API}/issues`, { title: "No" })).status).toBe(403);
    const pulls = await place.bot({ permissions: { contents: "read" } });
    expect((await pulls.get(`${API}/issues`)).status).toBe(403);
  });
});

describe("what the App hears of issues", () => {
  it("is every step, with the issue as it then is", async () => {
    let number = 0;
    expect(
      await heard(async () => {
        number = await open("Told", { labels: ["blocks"] }, dora);
      }),
    ).toEqual(["opened", "labeled"]);
    expect(await heard(() => change(number, { title: "Told anew" }, dora))).toEqual(["edited"]);
    expect(await heard(() => change(number, { labels: ["urgent"] }, dora))).toEqual(["unlabeled", "labeled"]);
    expect(await heard(() => change(number, { state: "closed" }, dora))).toEqual(["closed"]);
    expect(await heard(() => change(number, { state: "closed" }, dora))).toEqual([]);
    expect(await heard(() => change(number, { state: "open" }, dora))).toEqual(["reopened"]);
    expect(await heard(() => dora.delete(`${API}/issues/${number}/labels/urgent`))).toEqual(["unlabeled"]);
    const [last] = await place.hears(() => dora.post(`${API}/issues/${number}/labels`, { labels: ["blocks"] }));
    expect(last).toMatchObject({
      event: "issues",
      payload: {
        action: "labeled",
        label: { name: "blocks" },
        issue: { number, title: "Told anew", labels: [{ name: "blocks" }] },
        sender: { login: "dora" },
        repository: { full_name: "acme/api" },
      },
    });
  });
});
