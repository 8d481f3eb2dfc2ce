import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { API, type Caller, type Delivery, type Place, startPlace } from "./github.ts";

let place: Place;
let bot: Caller;
let number: number;

beforeAll(async () => {
  place = await startPlace();
  bot = await place.bot();
  number = await place.pull("labelled");
});
afterAll(() => place.stop());

const told = (heard: readonly Delivery[]) =>
  heard.map(({ event, payload }) => [event, payload.action, (payload["label"] as { name: string }).name].join(" "));
const names = async () =>
  (await bot.get<{ name: string }[]>(`${API}/issues/${number}/labels`)).body.map(({ name }) => name);
const all = `${API}/labels`;

describe("a label of a repository", () => {
  it("is made, found, changed and deleted, and told of", async () => {
    const heard = await place.hears(async () => {
      const made = await bot.post(all, { name: "minor", color: "#0E8A16", description: "A feature" });
      expect(made).toMatchObject({ status: 201, body: { name: "minor", color: "0E8A16", description: "A feature" } });
      expect((await bot.get(`${all}/MINOR`)).body).toEqual(made.body);
      expect(await bot.patch(`${all}/minor`, { new_name: "release: minor", description: null })).toMatchObject({
        status: 200,
        body: { name: "release: minor", color: "0E8A16", description: null },
      });
      expect((await bot.get<object[]>(all)).body).toMatchObject([{ name: "release: minor" }]);
      expect((await bot.delete(`${all}/release:%20minor`)).status).toBe(204);
      expect((await bot.delete(`${all}/release:%20minor`)).status).toBe(404);
      expect((await bot.get(`${all}/minor`)).status).toBe(404);
    }, "label");
    expect(told(heard)).toEqual(["label created minor", "label edited release: minor", "label deleted release: minor"]);
    expect(heard[1]?.payload).toMatchObject({ changes: { name: { from: "minor" } } });
  });

  it.each([
    [{ name: " " }, { code: "missing_field", field: "name" }],
    [{ name: "TAKEN" }, { code: "already_exists", field: "name" }],
    [
      { name: "odd", color: "green" },
      { code: "invalid", field: "color" },
    ],
  ])("that cannot be is refused: %j", async (body, error) => {
    await bot.post(all, { name: "taken" });
    expect(await bot.post(all, body)).toMatchObject({
      status: 422,
      body: { errors: [{ resource: "Label", ...error }] },
    });
  });
});

describe("the labels of a pull request", () => {
  it("are added, replaced and taken off, new ones made on the way", async () => {
    const at = `${API}/issues/${number}/labels`;
    const heard = await place.hears(
      async () => {
        await bot.post(at, { labels: ["one", "two"] });
        expect((await bot.put(at, { labels: ["two", "three"] })).status).toBe(200);
        expect(await names()).toEqual(["two", "three"]);
        expect((await bot.delete(at)).status).toBe(204);
      },
      "label",
      "pull_request",
    );
    expect(told(heard)).toEqual([
      "label created one",
      "pull_request labeled one",
      "label created two",
      "pull_request labeled two",
      "label created three",
      "pull_request unlabeled one",
      "pull_request labeled three",
      "pull_request unlabeled two",
      "pull_request unlabeled three",
    ]);
  });

  it("lose one that is deleted, and keep one that is called otherwise", async () => {
    await bot.post(`${API}/issues/${number}/labels`, { labels: ["gone", "kept"] });
    await bot.delete(`${all}/gone`);
    await bot.patch(`${all}/kept`, { new_name: "renamed" });
    expect(await names()).toEqual(["renamed"]);
  });
});
