import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { API, type Caller, type Place, startPlace } from "./github.ts";

let place: Place;
let ada: Caller;
let dora: Caller;

beforeAll(async () => {
  place = await startPlace();
  ada = place.as("ada");
  dora = place.as("dora");
});
afterAll(() => place.stop());

type Pull = { readonly number: number; readonly head: { readonly sha: string } };
const rename = (from: string, to: string, by = dora) =>
  by.post(`${API}/branches/${encodeURIComponent(from)}/rename`, { new_name: to });

describe("renaming a branch", () => {
  it("moves the bases of open pull requests, which are told of as edited and keep their heads", async () => {
    await place.commit("dora", "release/1", { r: "1" }, "main");
    const number = await place.pull("into", "release/1");
    const sha = place.head("into");
    const heard = await place.hears(() => rename("release/1", "release/one"), "pull_request");
    expect(heard).toMatchObject([
      {
        payload: {
          action: "edited",
          number,
          changes: { base: { ref: { from: "release/1" } } },
          pull_request: { base: { ref: "release/one" }, head: { sha } },
        },
      },
    ]);
  });

  it("closes open pull requests from it", async () => {
    const number = await place.pull("from");
    const heard = await place.hears(() => rename("from", "away"), "pull_request");
    expect(heard.map(({ payload }) => payload.action)).toEqual(["closed"]);
    expect((await dora.get<Pull>(`${API}/pulls/${number}`)).body).toMatchObject({ state: "closed", merged: false });
  });

  it("tells of the new one as made and of the old one as deleted", async () => {
    const sha = await place.branch("old");
    const heard = await place.hears(() => rename("old", "new"), "push", "create", "delete");
    expect(heard.map(({ event, payload }) => [event, payload["ref"], payload["created"], payload["deleted"]])).toEqual([
      ["create", "new", undefined, undefined],
      ["push", "refs/heads/new", true, false],
      ["push", "refs/heads/old", false, true],
      ["delete", "old", undefined, undefined],
    ]);
    expect(place.head("new")).toBe(sha);
  });

  it("leads from the old name to the new one, for as long as nobody takes the old", async () => {
    await place.branch("was");
    await rename("was", "is");
    const moved = await dora.get(`${API}/branches/was`);
    expect(moved.status).toBe(301);
    expect((await dora.get(moved.headers.get("location") ?? "")).body).toMatchObject({ name: "is" });
    expect((await dora.get(`${API}/git/ref/heads/was`)).status).toBe(404);
    await place.branch("was", { other: "1" });
    expect((await dora.get(`${API}/branches/was`)).body).toMatchObject({ name: "was" });
  });

  it("to a name that is taken or is none is refused", async () => {
    await place.branch("taken");
    await place.branch("renamed");
    expect((await rename("renamed", "taken")).status).toBe(422);
    expect((await rename("renamed", "no..name")).status).toBe(422);
    expect((await rename("none", "some")).status).toBe(404);
  });

  it("of the default branch is for admins, and everything follows it", async () => {
    const number = await place.pull("follower");
    expect((await rename("main", "trunk")).status).toBe(403);
    const heard = await place.hears(() => rename("main", "trunk", ada), "repository");
    expect(heard).toMatchObject([{ payload: { action: "edited", changes: { default_branch: { from: "main" } } } }]);
    expect((await dora.get(API)).body).toMatchObject({ default_branch: "trunk" });
    expect((await dora.get(`${API}/pulls/${number}`)).body).toMatchObject({ base: { ref: "trunk" }, state: "open" });
    const clone = await place.clone("dora");
    expect((await clone.git("branch", "--show-current")).out).toBe("trunk");
    await rename("trunk", "main", ada);
  });
});

describe("renaming a repository", () => {
  it("is told of with the old name, and changes neither its id nor its rulesets, pull requests and checks", async () => {
    const number = await place.pull("stays");
    const bot = await place.bot();
    await bot.post(`${API}/check-runs`, { name: "gate", head_sha: place.head("stays"), conclusion: "success" });
    await ada.post(`${API}/rulesets`, { name: "kept", enforcement: "active", rules: [] });
    const { id } = (await dora.get<{ id: number }>(API)).body;
    const heard = await place.hears(() => ada.patch(API, { name: "service" }), "repository");
    expect(heard).toMatchObject([
      {
        payload: {
          action: "renamed",
          changes: { repository: { name: { from: "api" } } },
          repository: { id, full_name: "acme/service" },
        },
      },
    ]);
    const now = "/repos/acme/service";
    expect((await dora.get(now)).body).toMatchObject({ id, name: "service" });
    expect((await dora.get(`${now}/pulls/${number}`)).body).toMatchObject({ number });
    expect((await dora.get(`${now}/commits/stays/check-runs`)).body).toMatchObject({ total_count: 1 });
    expect((await dora.get(`${now}/rulesets`)).body).toMatchObject([{ name: "kept", source: "acme/service" }]);
  });

  it("leads reads from the old name to the id, with path and query, and git without a word", async () => {
    const moved = await dora.get(`${API}/pulls?state=all&per_page=1`);
    const { id } = place.repository();
    expect(moved).toMatchObject({ status: 301, body: { message: "Moved Permanently" } });
    expect(moved.headers.get("location")).toBe(`${place.sandbox.apiUrl}/repositories/${id}/pulls?state=all&per_page=1`);
    expect((await dora.get<Pull[]>(moved.headers.get("location") ?? "")).body).toHaveLength(1);
    const clone = await place.clone("dora", "acme/api");
    await clone.commits("Through the old name");
    expect(await clone.git("push", "--quiet", "origin", "main")).toMatchObject({ code: 0 });
  });

  it("does not lead writes astray: they answer 307", async () => {
    const moved = await dora.post(`${API}/issues/1/comments`, { body: "Hello" });
    expect(moved).toMatchObject({ status: 307, body: { message: "Temporary Redirect" } });
    const sent = await dora.post(moved.headers.get("location") ?? "", { body: "Hello" });
    expect(sent.status).toBe(201);
  });

  it("leaves the old name to whoever takes it", async () => {
    await ada.patch("/repos/acme/service", { name: "third" });
    expect((await dora.get("/repos/acme/service")).status).toBe(301);
    await ada.patch("/repos/acme/third", { name: "api" });
    expect((await dora.get(API)).body).toMatchObject({ full_name: "acme/api" });
    expect((await dora.get("/repos/acme/third")).status).toBe(301);
  });
});
