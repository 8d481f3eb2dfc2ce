import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { deleteBranch } from "../../sandbox/branches.ts";
import { must } from "../../sandbox/outcome.ts";
import { API, type Caller, type Place, startPlace } from "./github.ts";

let place: Place;
let bot: Caller;

beforeAll(async () => {
  place = await startPlace();
  bot = await place.bot();
});
afterAll(() => place.stop());

type Activity = {
  readonly activity_type: string;
  readonly before: string;
  readonly after: string;
  readonly ref: string;
  readonly actor: { readonly login: string } | null;
};
const zeros = "0".repeat(40);
const of = (branch: string, query = "") =>
  bot.get<Activity[]>(`${API}/activity?ref=${encodeURIComponent(`refs/heads/${branch}`)}${query}`);
const lines = (list: readonly Activity[]) => list.map(({ activity_type, actor }) => `${actor?.login} ${activity_type}`);

describe("the activity of a repository", () => {
  it("tells of a branch who made it, pushed, forced and deleted it, newest first, also once it is gone", async () => {
    const first = await place.branch("feature/a");
    const second = await place.commit("rita", "feature/a", { more: "1" });
    await place.as("dora").patch(`${API}/git/refs/heads/feature%2Fa`, { sha: first, force: true });
    must(await deleteBranch(place.github, place.github.as("ada"), place.repository(), "feature/a"));
    const { body } = await of("feature/a");
    expect(lines(body)).toEqual(["ada branch_deletion", "dora force_push", "rita push", "dora branch_creation"]);
    expect(body.map(({ before, after }) => [before, after])).toEqual([
      [first, zeros],
      [second, first],
      [first, second],
      [zeros, first],
    ]);
    expect(body[0]?.ref).toBe("refs/heads/feature/a");
  });

  it("tells of pushes by git as of those by the API", async () => {
    await place.branch("cloned");
    const clone = await place.clone("rita");
    await clone.git("checkout", "--quiet", "cloned");
    await clone.commits("By git");
    await clone.git("push", "--quiet");
    expect(lines((await of("cloned")).body)).toEqual(["rita push", "dora branch_creation"]);
  });

  it("tells a merge from a push", async () => {
    const number = await place.pull("merged");
    await place.as("rita").put(`${API}/pulls/${number}/merge`);
    expect(lines((await of("main")).body)).toEqual(["rita pr_merge", "dora branch_creation"]);
  });

  it("is narrowed by branch, person and kind", async () => {
    const get = async (query: string) => lines((await bot.get<Activity[]>(`${API}/activity?${query}`)).body);
    expect(await get("ref=cloned&activity_type=push")).toEqual(["rita push"]);
    expect(await get("ref=feature/a&actor=ada")).toEqual(["ada branch_deletion"]);
    expect(await get("ref=feature/a&direction=asc&per_page=1")).toEqual(["dora branch_creation"]);
    expect((await bot.get(`${API}/activity?activity_type=blessing`)).status).toBe(422);
    expect((await (await place.bot({ permissions: { issues: "read" } })).get(`${API}/activity`)).status).toBe(403);
  });

  it("leads from page to page, and back, by cursors alone", async () => {
    const nextOf = (link: string | null, rel: string) =>
      new RegExp(`<([^>]+)>; rel="${rel}"`).exec(link ?? "")?.[1] ?? "";
    const first = await of("feature/a", "&per_page=3");
    expect(lines(first.body)).toHaveLength(3);
    expect(first.headers.get("link")).not.toMatch(/[?&]page=/);
    const second = await bot.get<Activity[]>(nextOf(first.headers.get("link"), "next"));
    expect(lines(second.body)).toEqual(["dora branch_creation"]);
    expect(second.headers.get("link")).not.toMatch(/rel="next"/);
    const back = await bot.get<Activity[]>(nextOf(second.headers.get("link"), "prev"));
    expect(back.body).toEqual(first.body);
  });
});

describe("a classic protection", () => {
  const protect = (branch: string, body: object, by = place.as("ada")) =>
    by.put(`${API}/branches/${encodeURIComponent(branch)}/protection`, body);
  const shown = async (branch: string) =>
    (await bot.get<{ protected: boolean; protection: object }>(`${API}/branches/${branch}`)).body;

  it("shows with its branch, which a ruleset's rules do not", async () => {
    await place.branch("stage/one");
    expect(await shown("stage/one")).toMatchObject({ protected: false, protection: { enabled: false } });
    const checks = [
      { context: "ci", app_id: place.app.id },
      { context: "scan", app_id: -1 },
    ];
    const body = { required_status_checks: { strict: true, checks }, enforce_admins: true };
    expect(await protect("stage/one", body)).toMatchObject({
      status: 200,
      body: { enforce_admins: { enabled: true }, required_status_checks: { strict: true, contexts: ["ci", "scan"] } },
    });
    expect(await shown("stage/one")).toMatchObject({
      protected: true,
      protection: {
        enabled: true,
        required_status_checks: {
          enforcement_level: "everyone",
          contexts: ["ci", "scan"],
          checks: [
            { context: "ci", app_id: place.app.id },
            { context: "scan", app_id: null },
          ],
        },
      },
    });
    expect((await bot.get(`${API}/rules/branches/stage%2Fone`)).body).toEqual([]);
  });

  it("is set by admins alone, and taken away", async () => {
    await place.branch("stage/two");
    const path = `${API}/branches/stage%2Ftwo/protection`;
    expect((await bot.get(path)).body).toMatchObject({ message: "Branch not protected" });
    const body = { required_status_checks: { strict: false, contexts: ["ci"] }, enforce_admins: null };
    expect((await protect("stage/two", body, place.as("dora"))).status).toBe(403);
    expect((await protect("none", body)).status).toBe(404);
    expect((await protect("stage/two", body)).status).toBe(200);
    expect((await bot.get(path)).body).toMatchObject({ required_status_checks: { contexts: ["ci"] } });
    expect((await place.as("ada").delete(path)).status).toBe(204);
    expect((await place.as("ada").delete(path)).status).toBe(404);
    expect(await shown("stage/two")).toMatchObject({ protected: false });
  });

  it("keeps a merge back until its checks pass, and admins only where it says so", async () => {
    await place.branch("stage/three");
    const required = { required_status_checks: { strict: false, contexts: ["ci"] }, enforce_admins: false };
    await protect("stage/three", required);
    const number = await place.pull("held", "stage/three");
    const merge = (login: string) => place.as(login).put(`${API}/pulls/${number}/merge`);
    expect(await merge("dora")).toMatchObject({ status: 405 });
    await bot.post(`${API}/statuses/${place.head("held")}`, { context: "ci", state: "success" });
    expect((await merge("dora")).status).toBe(200);
    const second = await place.pull("through", "stage/three");
    expect((await place.as("ada").put(`${API}/pulls/${second}/merge`)).status).toBe(200);
    expect((await place.as("dora").delete(`${API}/git/refs/heads/stage%2Fthree`)).status).toBe(422);
  });
});
