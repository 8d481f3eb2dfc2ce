import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { RequestFault } from "../../sandbox/faults.ts";
import { API, type Caller, type Place, startPlace } from "./github.ts";

let place: Place;
let dora: Caller;
let comments: string;

beforeAll(async () => {
  place = await startPlace();
  dora = place.as("dora");
});
beforeEach(async () => {
  comments = `${API}/issues/${await place.pull(`topic-${place.clock.now().getTime()}`)}/comments`;
});
afterEach(() => place.github.faults.clear());
afterAll(() => place.stop());

const goesWrong = (does: RequestFault["does"], more: Partial<RequestFault> & { readonly times?: number } = {}) =>
  place.github.faults.add({ on: "request", path: /\/comments$/, times: 1, does, ...more });
const say = () => dora.post(comments, { body: "Hello" });
const said = async () => (await dora.get<object[]>(comments)).body.length;

describe("a request that goes wrong", () => {
  it("before its effect is answered 502, and nothing has happened", async () => {
    goesWrong({ kind: "502", effect: false });
    const heard = await place.hears(async () => expect((await say()).status).toBe(502));
    expect(heard).toEqual([]);
    expect(await said()).toBe(0);
  });

  it("after its effect is answered 502 all the same, and it has happened", async () => {
    goesWrong({ kind: "502", effect: true });
    const heard = await place.hears(async () => expect((await say()).status).toBe(502));
    expect(heard).toMatchObject([{ event: "issue_comment", payload: { action: "created" } }]);
    expect(await said()).toBe(1);
  });

  it.each([
    [true, 1],
    [false, 0],
  ])("by a connection that breaks has happened or not: %s", async (effect, count) => {
    goesWrong({ kind: "reset", effect });
    await expect(say()).rejects.toThrow("fetch failed");
    expect(await said()).toBe(count);
  });

  it("by taking long is answered in the end", async () => {
    goesWrong({ kind: "latency", milliseconds: 80 });
    const started = performance.now();
    expect((await say()).status).toBe(201);
    expect(performance.now() - started).toBeGreaterThanOrEqual(75);
  });

  it("by never being answered leaves the caller waiting until it gives up", async () => {
    goesWrong({ kind: "timeout", effect: true });
    const answer = fetch(`${place.sandbox.apiUrl}${comments}`, {
      method: "POST",
      headers: { authorization: `token ${place.github.tokenOf("dora")}` },
      body: JSON.stringify({ body: "Hello?" }),
      signal: AbortSignal.timeout(150),
    });
    await expect(answer).rejects.toThrow("aborted due to timeout");
    expect(await said()).toBe(1);
  });

  it.each([
    ["secondary", 403, 17],
    ["429", 429, 17],
    ["secondary", 403, null],
  ] as const)("by a limit (%s) is answered %i, with or without how long to wait", async (kind, status, retryAfter) => {
    goesWrong({ kind, retryAfter });
    const answer = await say();
    expect(answer).toMatchObject({ status, body: { message: expect.stringMatching(/secondary rate limit/) } });
    expect(answer.headers.get("retry-after")).toBe(retryAfter === null ? null : String(retryAfter));
    expect(await said()).toBe(0);
  });

  it("by being hidden is answered 404 although it is there", async () => {
    goesWrong({ kind: "404" });
    expect(await dora.get(comments)).toMatchObject({ status: 404 });
    expect((await dora.get(comments)).status).toBe(200);
  });
});

describe("a fault", () => {
  it("strikes only the method and path it is for, as often as it was ordered", async () => {
    goesWrong({ kind: "502", effect: false }, { method: "POST", times: 2 });
    expect((await dora.get(comments)).status).toBe(200);
    expect((await dora.get(API)).status).toBe(200);
    expect([(await say()).status, (await say()).status, (await say()).status]).toEqual([502, 502, 201]);
  });

  it("goes on until it is taken away", async () => {
    const end = place.github.faults.add({ on: "request", path: /\/comments$/, does: { kind: "404" } });
    for (let n = 0; n < 5; n++) expect((await dora.get(comments)).status).toBe(404);
    end();
    expect((await dora.get(comments)).status).toBe(200);
  });

  it("in a merge hits before or after it, and asking again tells which", async () => {
    const merge = async (effect: boolean) => {
      const number = await place.pull(`merge-${effect}`);
      goesWrong({ kind: "502", effect }, { method: "PUT", path: /\/merge$/ });
      expect((await dora.put(`${API}/pulls/${number}/merge`)).status).toBe(502);
      return (await dora.get(`${API}/pulls/${number}/merge`)).status;
    };
    expect(await merge(true)).toBe(204);
    expect(await merge(false)).toBe(404);
  });
});
