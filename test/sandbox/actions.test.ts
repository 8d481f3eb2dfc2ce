import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { must } from "../../sandbox/outcome.ts";
import { perform, show } from "../../sandbox/pages/routes.ts";
import type { Visit } from "../../sandbox/pages/visit.ts";
import { rerunWorkflow, runWorkflow } from "../../sandbox/workflow-runs.ts";
import { API, type Caller, type Place, startPlace } from "./github.ts";

const workflow = ".github/workflows/backup.yml";
const at = "2026-11-24T03:00:00Z";

let place: Place;
let dora: Caller;

beforeAll(async () => {
  place = await startPlace();
  dora = place.as("dora");
  await place.commit("dora", "main", { [workflow]: "on: workflow_dispatch\n" });
});
afterAll(() => place.stop());

type Run = {
  readonly id: number;
  readonly run_attempt: number;
  readonly run_number: number;
  readonly workflow_id: number;
  readonly conclusion: string | null;
  readonly previous_attempt_url: string | null;
};
const by = (login: string) => place.github.as(login);
const run = async (more: object = {}, login = "dora") =>
  must(
    await runWorkflow(place.github, by(login), place.repository(), {
      workflow,
      branch: "main",
      conclusion: "success",
      at,
      ...more,
    }),
  );
const get = (id: number, rest = "", caller = dora) => caller.get<Run>(`${API}/actions/runs/${id}${rest}`);

describe("a run of a workflow", () => {
  it("tells where it ran, as what it ended and when", async () => {
    const { id } = await run();
    expect((await get(id)).body).toMatchObject({
      id,
      path: workflow,
      head_branch: "main",
      head_sha: place.head("main"),
      event: "workflow_dispatch",
      status: "completed",
      conclusion: "success",
      run_attempt: 1,
      run_started_at: "2026-11-24T02:59:00Z",
      updated_at: at,
      previous_attempt_url: null,
      actor: { login: "dora" },
      repository: { id: place.repository().id, full_name: "acme/api" },
      head_repository: { id: place.repository().id },
    });
  });

  it("is counted by its file", async () => {
    await place.commit("dora", "main", { ".github/workflows/other.yaml": "on: push\n" });
    const [one, other, two] = [await run(), await run({ workflow: ".github/workflows/other.yaml" }), await run()];
    expect(two).toMatchObject({ runNumber: one.runNumber + 1, workflowId: one.workflowId });
    expect(other).toMatchObject({ runNumber: 1 });
    expect(other.workflowId).not.toBe(one.workflowId);
  });

  it("keeps each attempt as it was", async () => {
    const { id } = await run({ conclusion: "failure" });
    const again = { conclusion: "success", at: "2026-11-24T05:00:00Z" };
    must(rerunWorkflow(place.github, by("rita"), place.repository(), id, again));
    const last = (await get(id)).body;
    expect(last).toMatchObject({
      run_attempt: 2,
      conclusion: "success",
      updated_at: again.at,
      created_at: "2026-11-24T02:59:00Z",
      actor: { login: "dora" },
      triggering_actor: { login: "rita" },
    });
    expect(last.previous_attempt_url).toMatch(/\/attempts\/1$/);
    expect((await get(id, "/attempts/1")).body).toMatchObject({
      run_attempt: 1,
      conclusion: "failure",
      updated_at: at,
    });
    expect((await get(id, "/attempts/2")).body).toEqual(last);
    for (const none of ["0", "3", "x"]) expect((await get(id, `/attempts/${none}`)).status).toBe(404);
  });

  it("that goes on has no conclusion, and is not run again meanwhile", async () => {
    const { id } = await run({ conclusion: null });
    expect((await get(id)).body).toMatchObject({ status: "in_progress", conclusion: null, run_started_at: at });
    expect(rerunWorkflow(place.github, by("dora"), place.repository(), id, { conclusion: "success" })).toMatchObject({
      refusal: { status: 403 },
    });
  });

  it("needs its file on the branch, a branch, a conclusion and a time that there are, and somebody with write", async () => {
    const refused = async (more: object, login = "dora") => {
      const input = { workflow, branch: "main", conclusion: "success", at, ...more };
      const outcome = await runWorkflow(place.github, by(login), place.repository(), input);
      return outcome.done ? null : outcome.refusal.status;
    };
    expect(await refused({ workflow: ".github/workflows/none.yml" })).toBe(404);
    expect(await refused({ workflow: "README.md" })).toBe(404);
    expect(await refused({ branch: "none" })).toBe(422);
    expect(await refused({ conclusion: "splendid" })).toBe(422);
    expect(await refused({ at: "soon" })).toBe(422);
    expect(await refused({}, "olaf")).toBe(403);
    expect(rerunWorkflow(place.github, by("dora"), place.repository(), 1, { conclusion: "success" }).done).toBe(false);
  });

  it("is shown to an App that may read Actions, and is of its repository only", async () => {
    const { id } = await run();
    expect((await get(id, "", await place.bot())).status).toBe(200);
    expect((await get(id, "", await place.bot({ permissions: { contents: "read" } }))).status).toBe(403);
    expect((await get(1)).status).toBe(404);
    await place.as("olaf").post(`${API}/forks`, {});
    expect((await dora.get(`/repos/olaf/api/actions/runs/${id}`)).status).toBe(404);
  });
});

describe("the forms on the repository's page", () => {
  const visit = (login: string, form: Readonly<Record<string, string>> = {}): Visit => ({
    github: place.github,
    options: {},
    by: by(login),
    here: "/acme/api",
    query: new URLSearchParams(),
    form: new URLSearchParams(form),
    token: "t",
  });
  const markup = async (login: string) => {
    const shown = await show(visit(login), ["acme", "api"]);
    return shown?.kind === "page" ? shown.content.markup : "";
  };
  const newest = () => place.github.find.workflowRunsOf(place.repository().id).at(-1);

  it("make a run, and run it again", async () => {
    const form = { workflow, branch: "main", conclusion: "failure", at };
    const made = await perform(visit("dora", form), ["acme", "api", "workflow-runs"]);
    expect(made).toMatchObject({ kind: "go", to: "/acme/api#actions", said: { tone: "done" } });
    expect(newest()).toMatchObject({ workflow, attempts: [{ conclusion: "failure", updatedAt: at }] });
    const parts = ["acme", "api", "workflow-runs", String(newest()?.id)];
    await perform(visit("dora", { conclusion: "", at }), parts);
    expect(newest()?.attempts).toMatchObject([{ number: 1 }, { number: 2, conclusion: null }]);
    expect(await markup("dora")).toContain(`#${newest()?.id}`);
  });

  it("say why it is not done", async () => {
    const form = { workflow: "none.yml", branch: "main", conclusion: "success", at };
    const answer = await perform(visit("dora", form), ["acme", "api", "workflow-runs"]);
    expect(answer).toMatchObject({ said: { tone: "refused", text: expect.stringContaining("was not found on main") } });
    expect(await markup("olaf")).toContain("Needs write access");
  });
});
