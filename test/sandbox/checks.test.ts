import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { requestAction } from "../../sandbox/checks.ts";
import { createApp, install } from "../../sandbox/installing.ts";
import { API, type Caller, EVERYTHING, jwtOf, type Place, startPlace } from "./github.ts";

let place: Place;
let bot: Caller;
let other: Caller;
let otherId: number;
let sha: string;

beforeAll(async () => {
  place = await startPlace();
  bot = await place.bot();
  const app = createApp(place.github, { owner: "acme", name: "other", permissions: EVERYTHING, events: [] });
  otherId = app.id;
  const { id } = install(place.github, app, "acme", "all");
  const jwt = place.bearing(`Bearer ${jwtOf({ iss: app.id }, app.privateKey)}`);
  const { body } = await jwt.post<{ token: string }>(`/app/installations/${id}/access_tokens`);
  other = place.bearing(`token ${body.token}`);
  await place.pull("topic");
  sha = place.head("topic");
});
afterAll(() => place.stop());

type Run = { readonly id: number; readonly status: string; readonly conclusion: string | null };
type Runs = { readonly total_count: number; readonly check_runs: readonly Run[] };
const make = (fields: object, by = bot) =>
  by.post<Run>(`${API}/check-runs`, { name: "gate", head_sha: sha, ...fields });
const change = (id: number, fields: object, by = bot) => by.patch<Run>(`${API}/check-runs/${id}`, fields);
const runs = async (query = "") => (await bot.get<Runs>(`${API}/commits/${sha}/check-runs${query}`)).body;

describe("a check run", () => {
  it("is made by an App and never by a person", async () => {
    expect(await make({ status: "in_progress" })).toMatchObject({
      status: 201,
      body: { status: "in_progress", conclusion: null, completed_at: null, app: { id: place.app.id }, head_sha: sha },
    });
    expect(await make({}, place.as("ada"))).toMatchObject({ status: 403 });
  });

  it("is changed by the App that made it alone", async () => {
    const { id } = (await make({})).body;
    expect(await change(id, { status: "in_progress" }, other)).toMatchObject({
      status: 403,
      body: {
        message: `Invalid app_id \`${otherId}\` - check run can only be modified by the GitHub App that created it.`,
      },
    });
    expect(await change(id, { status: "in_progress" })).toMatchObject({ status: 200, body: { status: "in_progress" } });
  });

  it("is completed by any conclusion, and not without one", async () => {
    expect((await make({ status: "in_progress", conclusion: "failure" })).body).toMatchObject({
      status: "completed",
      conclusion: "failure",
      completed_at: expect.any(String),
    });
    expect((await make({ status: "completed" })).status).toBe(422);
    const { id } = (await make({})).body;
    expect((await change(id, { status: "completed" })).status).toBe(422);
  });

  it("that is completed stays so, and may still change its conclusion", async () => {
    const { id } = (await make({ conclusion: "success" })).body;
    expect((await change(id, { status: "in_progress" })).body).toMatchObject({ status: "completed" });
    expect((await change(id, { conclusion: "failure" })).body).toMatchObject({ conclusion: "failure" });
  });

  it("that is posted again is a second one: the newest of each App and name counts", async () => {
    await place.branch("counted");
    const head = place.head("counted");
    await make({ head_sha: head, conclusion: "failure" });
    const newest = (await make({ head_sha: head, conclusion: "success" })).body.id;
    const foreign = (await make({ head_sha: head, conclusion: "neutral" }, other)).body.id;
    const list = async (query: string) =>
      (await bot.get<Runs>(`${API}/commits/${head}/check-runs${query}`)).body.check_runs.map(({ id }) => id);
    expect(await list("")).toEqual([foreign, newest]);
    expect(await list("?filter=all")).toHaveLength(3);
    expect(await list(`?app_id=${place.app.id}&check_name=gate`)).toEqual([newest]);
    expect(await list("?check_name=none")).toEqual([]);
  });

  it.each([
    ["a summary of over 65,535 characters", { output: { title: "t", summary: "x".repeat(65_536) } }],
    ["a text of over 65,535 characters", { output: { title: "t", summary: "s", text: "x".repeat(65_536) } }],
    [
      "over 50 annotations at once",
      { output: { title: "t", summary: "s", annotations: Array(51).fill(annotation(1)) } },
    ],
    ["over 3 buttons", { actions: Array(4).fill({ label: "l", description: "d", identifier: "i" }) }],
    ["a button of over 20 characters", { actions: [{ label: "l".repeat(21), description: "d", identifier: "i" }] }],
    ["a commit that is not there", { head_sha: "0".repeat(40) }],
  ])("is refused with %s", async (_what, fields) => {
    expect((await make(fields)).status).toBe(422);
  });

  it("takes a summary of 65,535 characters", async () => {
    expect((await make({ output: { title: "t", summary: "x".repeat(65_535) } })).status).toBe(201);
  });

  it("gathers the annotations of several calls", async () => {
    const output = (from: number) => ({
      title: "t",
      summary: "s",
      annotations: [annotation(from), annotation(from + 1)],
    });
    const { id } = (await make({ output: output(1) })).body;
    expect((await change(id, { output: output(3) })).body).toMatchObject({ output: { annotations_count: 4 } });
    const { body } = await bot.get<{ start_line: number }[]>(`${API}/check-runs/${id}/annotations`);
    expect(body.map(({ start_line }) => start_line)).toEqual([1, 2, 3, 4]);
  });

  it("names the open pull requests of its commit", async () => {
    expect((await make({})).body).toMatchObject({ pull_requests: [{ number: 1, head: { ref: "topic", sha } }] });
  });
});

describe("check suites", () => {
  it("are one an App and commit, made by the push and told of to Apps that may write checks", async () => {
    const heard = await place.hears(() => place.branch("suited"), "check_suite");
    expect(heard).toMatchObject([
      {
        payload: {
          action: "requested",
          check_suite: { head_branch: "suited", head_sha: place.head("suited"), status: "queued", conclusion: null },
        },
      },
    ]);
    const at = { head_sha: place.head("suited") };
    await make({ ...at, name: "one", conclusion: "success" });
    await make({ ...at, name: "two", conclusion: "failure" });
    const { body } = await bot.get<{ check_suites: object[] }>(`${API}/commits/suited/check-suites`);
    expect(body).toMatchObject({
      total_count: 2,
      check_suites: [
        { app: { slug: "gate" }, status: "completed", conclusion: "failure", latest_check_runs_count: 2 },
        { app: { slug: "other" }, status: "queued", latest_check_runs_count: 0 },
      ],
    });
  });
});

describe("what the App hears of checks", () => {
  const actions = async (act: () => Promise<unknown>) =>
    (await place.hears(act, "check_run", "check_suite")).map(({ event, payload }) => `${event} ${payload.action}`);

  it("includes what it does itself", async () => {
    let id = 0;
    expect(
      await actions(async () => {
        id = (await make({ status: "in_progress" })).body.id;
      }),
    ).toEqual(["check_run created"]);
    expect(await actions(() => change(id, { conclusion: "success" }))).toEqual(["check_run completed"]);
  });

  it("is a request to run again, of its own checks only, with the person as sender; nothing is changed by it", async () => {
    const { id } = (await make({ name: "rerun", conclusion: "failure" })).body;
    const heard = await place.hears(() => place.as("dora").post(`${API}/check-runs/${id}/rerequest`));
    expect(heard).toMatchObject([
      { event: "check_run", payload: { action: "rerequested", check_run: { id }, sender: { login: "dora" } } },
    ]);
    expect((await bot.get(`${API}/check-runs/${id}`)).body).toMatchObject({
      status: "completed",
      conclusion: "failure",
    });
    const foreign = (await make({ conclusion: "failure" }, other)).body.id;
    expect(await actions(() => place.as("dora").post(`${API}/check-runs/${foreign}/rerequest`))).toEqual([]);
    const suite = (await bot.get<{ check_suites: { id: number }[] }>(`${API}/commits/${sha}/check-suites`)).body
      .check_suites[0];
    expect(await actions(() => place.as("dora").post(`${API}/check-suites/${suite?.id}/rerequest`))).toEqual([
      "check_suite rerequested",
    ]);
  });

  it("is a click on one of its buttons, once the check is complete", async () => {
    const actionsOf = [{ label: "Try again", description: "Judge anew", identifier: "again" }];
    const { id } = (await make({ status: "in_progress", actions: actionsOf })).body;
    const click = async () => requestAction(place.github, place.github.as("dora"), place.repository(), id, "again");
    expect(await place.hears(click)).toEqual([]);
    await change(id, { conclusion: "failure" });
    expect(await place.hears(click)).toMatchObject([
      { payload: { action: "requested_action", requested_action: { identifier: "again" }, sender: { login: "dora" } } },
    ]);
  });
});

describe("commit statuses", () => {
  type Combined = { readonly state: string; readonly total_count: number };
  it("are pending together until all succeed, and the newest of each context counts whatever its case", async () => {
    await place.branch("status");
    const at = place.head("status");
    const set = (context: string, state: string, by = bot) => by.post(`${API}/statuses/${at}`, { context, state });
    const combined = async () => {
      const { state, total_count } = (await bot.get<Combined>(`${API}/commits/status/status`)).body;
      return [state, total_count];
    };
    expect(await combined()).toEqual(["pending", 0]);
    await set("ci/build", "failure");
    expect(await combined()).toEqual(["failure", 1]);
    await set("CI/Build", "success", place.as("dora"));
    expect(await combined()).toEqual(["success", 1]);
    await set("ci/test", "pending");
    expect(await combined()).toEqual(["pending", 2]);
    expect((await bot.get<object[]>(`${API}/commits/status/statuses`)).body).toHaveLength(3);
    expect((await set("ci/build", "success", place.as("olaf"))).status).toBe(403);
  });

  it("are told of, with the branches that stand there", async () => {
    await place.branch("told");
    const at = place.head("told");
    const heard = await place.hears(
      () => place.as("dora").post(`${API}/statuses/${at}`, { context: "ci", state: "failure", description: "Red" }),
      "status",
    );
    expect(heard).toMatchObject([
      {
        payload: {
          sha: at,
          name: "acme/api",
          context: "ci",
          state: "failure",
          description: "Red",
          commit: { sha: at },
          branches: [{ name: "told", commit: { sha: at } }],
          repository: { full_name: "acme/api" },
          sender: { login: "dora" },
        },
      },
    ]);
    expect(heard[0]?.payload).not.toHaveProperty("action");
  });

  it("are refused in a state that there is not, and without the permission", async () => {
    const set = (state: string, by: Caller) => by.post(`${API}/statuses/${sha}`, { context: "ci", state });
    expect((await set("blessed", bot)).status).toBe(422);
    expect((await set("success", await place.bot({ permissions: { statuses: "read" } }))).status).toBe(403);
    expect((await set("success", await place.bot({ permissions: { statuses: "write" } }))).status).toBe(201);
  });

  it("come page by page", async () => {
    await place.branch("paged");
    const at = place.head("paged");
    for (const context of ["a", "b", "c"]) await bot.post(`${API}/statuses/${at}`, { context, state: "success" });
    const page = await bot.get<{ statuses: object[]; total_count: number }>(
      `${API}/commits/${at}/status?per_page=2&page=1`,
    );
    expect(page.body).toMatchObject({ total_count: 3, statuses: [{ context: "a" }, { context: "b" }] });
    expect(page.headers.get("link")).toMatch(/page=2>; rel="next"/);
  });

  it("do not show among check runs, nor check runs among statuses", async () => {
    const before = (await runs()).total_count;
    await bot.post(`${API}/statuses/${sha}`, { context: "gate", state: "success" });
    expect((await runs()).total_count).toBe(before);
    const { statuses } = (await bot.get<Combined & { statuses: object[] }>(`${API}/commits/${sha}/status`)).body;
    expect(statuses).toContainEqual(expect.objectContaining({ context: "gate" }));
  });
});

function annotation(line: number) {
  return { path: "a.ts", start_line: line, end_line: line, annotation_level: "notice", message: `line ${line}` };
}
