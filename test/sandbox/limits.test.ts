import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { API, type Caller, type Place, startPlace } from "./github.ts";

let place: Place;
let dora: Caller;

beforeAll(async () => {
  place = await startPlace();
  dora = place.as("dora");
  await place.pull("one");
});
afterEach(() => {
  Object.assign(place.github.limits, { hourly: 5000, pointsPerMinute: null });
});
afterAll(() => place.stop());

const limit = (answer: { readonly headers: Headers }, name: string) =>
  Number(answer.headers.get(`x-ratelimit-${name}`));

describe("a conditional request", () => {
  it("for what has not changed is answered 304 without a body, and is not counted", async () => {
    const first = await dora.get(`${API}/pulls`);
    const etag = first.headers.get("etag") ?? "";
    expect(etag).toMatch(/^W\/"/);
    const second = await dora.get(`${API}/pulls`, { "if-none-match": etag });
    expect(second).toMatchObject({ status: 304, text: "" });
    expect(limit(second, "used")).toBe(limit(first, "used"));
  });

  it("for what has changed is answered anew, and counted", async () => {
    const first = await dora.get(`${API}/pulls`);
    await place.pull("two");
    const second = await dora.get(`${API}/pulls`, { "if-none-match": first.headers.get("etag") ?? "" });
    expect(second).toMatchObject({ status: 200, body: [{ number: 2 }, { number: 1 }] });
    expect(second.headers.get("etag")).not.toBe(first.headers.get("etag"));
    expect(limit(second, "used")).toBeGreaterThan(limit(first, "used"));
  });

  it("does not carry over from one token to another, not even of the same installation", async () => {
    const ask = (by: Caller, etag = "") => by.get(`${API}/pulls`, { "if-none-match": etag });
    const tagOf = async (by: Caller) => (await ask(by)).headers.get("etag") ?? "";
    expect((await ask(place.as("rita"), await tagOf(dora))).status).toBe(200);
    const bot = await place.bot();
    const tag = await tagOf(bot);
    expect((await ask(bot, tag)).status).toBe(304);
    expect((await ask(await place.bot(), tag)).status).toBe(200);
  });
});

describe("a list", () => {
  it("comes 30 a page, at most 100, with links to the other pages that keep the query", async () => {
    const number = await place.pull("labelled");
    const labels = Array.from({ length: 105 }, (_, n) => `l${n}`);
    await dora.post(`${API}/issues/${number}/labels`, { labels });
    const path = `${API}/issues/${number}/labels`;
    const sizes = async (query: string) => (await dora.get<unknown[]>(`${path}${query}`)).body.length;
    expect(await sizes("")).toBe(30);
    expect(await sizes("?per_page=1000")).toBe(100);
    expect(await sizes("?per_page=100&page=2")).toBe(5);
    expect(await sizes("?page=9")).toBe(0);

    const rels = async (query: string) => {
      const link = (await dora.get(`${path}${query}`)).headers.get("link") ?? "";
      return Object.fromEntries([...link.matchAll(/<([^>]+)>; rel="(\w+)"/g)].map(([, to, rel]) => [rel, to]));
    };
    const page = (n: number) => `${place.sandbox.apiUrl}${path}?per_page=50&page=${n}`;
    expect(await rels("?per_page=50")).toEqual({ next: page(2), last: page(3) });
    expect(await rels("?per_page=50&page=2")).toEqual({ prev: page(1), next: page(3), last: page(3), first: page(1) });
    expect(await rels("?per_page=50&page=3")).toEqual({ prev: page(2), first: page(1) });
    expect(await rels("?per_page=100&page=1")).toMatchObject({ next: expect.any(String) });
  });

  it("that fits a page has no links", async () => {
    expect((await dora.get(`${API}/branches`)).headers.get("link")).toBeNull();
  });
});

describe("the primary limit", () => {
  it("is told with every answer, and counts down by one a request", async () => {
    const first = await dora.get(API);
    expect(limit(first, "limit")).toBe(5000);
    expect(limit(first, "remaining")).toBe(5000 - limit(first, "used"));
    expect(limit(first, "reset")).toBeGreaterThan(place.clock.now().getTime() / 1000);
    expect(limit(await dora.get(API), "used")).toBe(limit(first, "used") + 1);
    expect(first.headers.get("x-ratelimit-resource")).toBe("core");
  });

  it("is each installation's and each person's own", async () => {
    const bot = await place.bot();
    const used = limit(await bot.get(API), "used");
    await dora.get(API);
    expect(limit(await (await place.bot()).get(API), "used")).toBe(used + 1);
  });

  it("once used up answers 403 with nothing remaining, until its hour is over", async () => {
    place.github.limits.hourly = limit(await dora.get(API), "used") + 1;
    expect((await dora.get(API)).status).toBe(200);
    const over = await dora.get(API);
    expect(over).toMatchObject({ status: 403, body: { message: expect.stringMatching(/^API rate limit exceeded/) } });
    expect(limit(over, "remaining")).toBe(0);
    expect(over.headers.get("retry-after")).toBeNull();
    expect((await place.as("rita").get(API)).status).toBe(200);
    place.clock.skip(limit(over, "reset") * 1000 - place.clock.now().getTime());
    expect((await dora.get(API)).status).toBe(200);
  });

  it("can be asked for without being counted", async () => {
    const used = limit(await dora.get(API), "used");
    const asked = await dora.get("/rate_limit");
    expect(asked.body).toMatchObject({ resources: { core: { limit: 5000, used } } });
    expect(limit(await dora.get(API), "used")).toBe(used + 1);
  });
});

describe("the secondary limit", () => {
  it("counts five points a write and one a read, answers 403 and says how long to wait", async () => {
    place.clock.skip(60_000);
    place.github.limits.pointsPerMinute = 7;
    const used = limit(await dora.get(API), "used");
    const comment = () => dora.post(`${API}/issues/1/comments`, { body: "Quick" });
    expect((await comment()).status).toBe(201);
    const over = await comment();
    expect(over).toMatchObject({ status: 403, body: { message: expect.stringMatching(/secondary rate limit/) } });
    expect(Number(over.headers.get("retry-after"))).toBeGreaterThan(50);
    expect(limit(over, "remaining")).toBe(5000 - used - 1);
    expect((await dora.get(API)).status).toBe(200);
    place.clock.skip(60_000);
    expect((await comment()).status).toBe(201);
  });
});
