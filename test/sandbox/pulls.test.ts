import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { convertToDraft, readyForReview } from "../../sandbox/pulls.ts";
import { deleteRepository } from "../../sandbox/repositories.ts";
import { API, type Caller, type Place, startPlace } from "./github.ts";

let place: Place;
let dora: Caller;

beforeAll(async () => {
  place = await startPlace();
  dora = place.as("dora");
});
afterAll(() => place.stop());

type Pull = {
  readonly number: number;
  readonly head: { readonly sha: string; readonly repo: { readonly full_name: string } | null };
  readonly base: { readonly sha: string };
};
const open = (head: string, base = "main", more = {}) =>
  dora.post<Pull>(`${API}/pulls`, { title: head, head, base, ...more });
const edit = (number: number, change: object) => dora.patch<Pull>(`${API}/pulls/${number}`, change);
const get = async (number: number) => (await dora.get<Pull>(`${API}/pulls/${number}`)).body;

describe("opening a pull request", () => {
  it("numbers it and tells of it as opened", async () => {
    const sha = await place.branch("first");
    const heard = await place.hears(() => open("first", "main", { body: "Because." }), "pull_request");
    expect(heard).toMatchObject([
      {
        payload: {
          action: "opened",
          number: 1,
          pull_request: {
            state: "open",
            title: "first",
            body: "Because.",
            user: { login: "dora" },
            head: { ref: "first", label: "acme:first", sha, repo: { full_name: "acme/api" } },
            base: { ref: "main", sha: place.head("main") },
            merged: false,
            commits: 1,
            changed_files: 1,
          },
          sender: { login: "dora" },
          installation: { id: place.installation().id },
        },
      },
    ]);
  });

  const errors = (...of: object[]) => ({ status: 422, body: { message: "Validation Failed", errors: of } });
  it("is refused where there is one already for the same two branches", async () => {
    await place.pull("twice");
    expect(await open("twice")).toMatchObject(errors({ message: "A pull request already exists for acme:twice." }));
    await place.commit("dora", "elsewhere", { e: "1" }, "main");
    expect((await open("twice", "elsewhere")).status).toBe(201);
  });

  it("is refused where the head brings nothing", async () => {
    await dora.post(`${API}/git/refs`, { ref: "refs/heads/empty", sha: place.head("main") });
    expect(await open("empty")).toMatchObject(errors({ code: "custom", message: "No commits between main and empty" }));
  });

  it.each([
    ["head", "none", "main"],
    ["base", "first", "none"],
  ])("is refused where there is no %s", async (field, head, base) => {
    expect(await open(head, base)).toMatchObject(errors({ resource: "PullRequest", field, code: "invalid" }));
  });

  it("is refused without a title", async () => {
    await place.branch("untitled");
    expect(await open("untitled", "main", { title: " " })).toMatchObject(
      errors({ code: "missing_field", field: "title" }),
    );
    expect((await dora.post(`${API}/pulls`, { head: "untitled", base: "main" })).status).toBe(422);
  });

  it("is found by its head, its base and its state", async () => {
    const number = await place.pull("found");
    const numbers = async (query: string) =>
      (await dora.get<Pull[]>(`${API}/pulls?${query}`)).body.map((pull) => pull.number);
    expect(await numbers("head=acme:found&base=main&state=open")).toEqual([number]);
    expect(await numbers("head=olaf:found")).toEqual([]);
    await edit(number, { state: "closed" });
    expect(await numbers("head=acme:found")).toEqual([]);
    expect(await numbers("head=acme:found&state=closed")).toEqual([number]);
    expect((await numbers("state=all")).slice(0, 1)).toEqual([number]);
  });
});

describe("a push to the head", () => {
  it("moves the pull request, and tells of it as synchronize with the commits before and after", async () => {
    const number = await place.pull("pushed");
    const before = place.head("pushed");
    const clone = await place.clone("dora");
    await clone.git("checkout", "--quiet", "pushed");
    const after = await clone.commits("More");
    const heard = await place.hears(() => clone.git("push", "--quiet"), "push", "pull_request");
    expect(heard.map(({ event, payload }) => [event, payload.action])).toEqual([
      ["push", undefined],
      ["pull_request", "synchronize"],
    ]);
    expect(heard[1]?.payload).toMatchObject({ number, before, after, pull_request: { head: { sha: after } } });
    expect(await get(number)).toMatchObject({ head: { sha: after }, commits: 2 });
  });

  it("with force is also a synchronize, and the commits that were pushed over are gone from it", async () => {
    const number = await place.pull("forced");
    const before = place.head("forced");
    const clone = await place.clone("dora");
    await clone.git("checkout", "--quiet", "-B", "forced", "origin/main");
    const after = await clone.commits("Anew");
    const heard = await place.hears(() => clone.git("push", "--quiet", "--force", "origin", "forced"));
    expect(heard.find(({ event }) => event === "push")?.payload).toMatchObject({ forced: true, before, after });
    expect(heard.find(({ event }) => event === "pull_request")?.payload).toMatchObject({ before, after });
    expect((await dora.get<{ sha: string }[]>(`${API}/pulls/${number}/commits`)).body.map(({ sha }) => sha)).toEqual([
      after,
    ]);
  });

  it("reaches each of several pull requests from one branch", async () => {
    await place.commit("dora", "second-base", { s: "1" }, "main");
    const one = await place.pull("shared");
    const two = (await open("shared", "second-base")).body.number;
    const heard = await place.hears(() => place.commit("dora", "shared", { more: "1" }), "pull_request");
    expect(heard.map(({ payload }) => [payload["number"], payload.action])).toEqual([
      [one, "synchronize"],
      [two, "synchronize"],
    ]);
  });

  it("does not touch one that is closed", async () => {
    const number = await place.pull("done");
    const { head } = (await edit(number, { state: "closed" })).body;
    expect(await place.hears(() => place.commit("dora", "done", { more: "1" }), "pull_request")).toEqual([]);
    expect((await get(number)).head.sha).toBe(head.sha);
  });
});

describe("editing", () => {
  it("tells what title, body and base were before", async () => {
    const number = await place.pull("edited");
    const from = await place.commit("dora", "target", { t: "1" }, "main");
    const base = (await get(number)).base.sha;
    const changes = async (change: object) => {
      const heard = await place.hears(() => edit(number, change), "pull_request");
      return heard.map(({ payload }) => [payload.action, payload["changes"]]);
    };
    expect(await changes({ title: "Better" })).toEqual([["edited", { title: { from: "edited" } }]]);
    expect(await changes({ body: "New" })).toEqual([["edited", { body: { from: "" } }]]);
    expect(await changes({ base: "target" })).toEqual([
      ["edited", { base: { ref: { from: "main" }, sha: { from: base } } }],
    ]);
    expect((await get(number)).base).toMatchObject({ ref: "target", sha: from });
    expect(await changes({ title: "Better" })).toEqual([]);
  });

  it("to another base keeps the head, and so the checks on it", async () => {
    const number = await place.pull("retargeted");
    const sha = place.head("retargeted");
    const bot = await place.bot();
    await bot.post(`${API}/check-runs`, { name: "gate", head_sha: sha, conclusion: "success" });
    await place.commit("dora", "next", { n: "1" }, "main");
    expect((await edit(number, { base: "next" })).body.head.sha).toBe(sha);
    expect((await dora.get(`${API}/commits/${sha}/check-runs`)).body).toMatchObject({
      check_runs: [{ name: "gate", conclusion: "success" }],
    });
  });

  it("is for the author and for those who may write, and for nobody else", async () => {
    const number = await place.pull("owned");
    expect((await place.as("olaf").patch(`${API}/pulls/${number}`, { title: "Mine" })).status).toBe(403);
    expect((await place.as("rita").patch(`${API}/pulls/${number}`, { title: "Ours" })).status).toBe(200);
  });

  it("does not retarget what is closed", async () => {
    const number = await place.pull("shut");
    await edit(number, { state: "closed" });
    expect((await edit(number, { base: "target" })).status).toBe(422);
  });
});

describe("closing", () => {
  it("and opening again are told of, and a head that moved on meanwhile is followed", async () => {
    const number = await place.pull("again");
    const actions = async (act: () => Promise<unknown>) =>
      (await place.hears(act, "pull_request")).map(({ payload }) => payload.action);
    expect(await actions(() => edit(number, { state: "closed" }))).toEqual(["closed"]);
    expect(await get(number)).toMatchObject({ state: "closed", merged: false, merged_at: null });
    const after = await place.commit("dora", "again", { more: "1" });
    expect(await actions(() => edit(number, { state: "open" }))).toEqual(["reopened"]);
    expect(await get(number)).toMatchObject({ state: "open", closed_at: null, head: { sha: after } });
  });

  it("comes of deleting the head branch, which then keeps it closed", async () => {
    const number = await place.pull("deleted");
    const heard = await place.hears(() => dora.delete(`${API}/git/refs/heads/deleted`), "pull_request", "delete");
    expect(heard).toMatchObject([
      { event: "delete", payload: { ref: "deleted", ref_type: "branch" } },
      { event: "pull_request", payload: { action: "closed", pull_request: { merged: false } } },
    ]);
    expect((await edit(number, { state: "open" })).status).toBe(422);
  });

  it("is final once the head was pushed over", async () => {
    const number = await place.pull("over");
    await edit(number, { state: "closed" });
    const sha = await place.commit("dora", "replacement", { r: "1" }, "main");
    await dora.patch(`${API}/git/refs/heads/over`, { sha, force: true });
    expect((await edit(number, { state: "open" })).status).toBe(422);
  });

  it("comes of deleting the base branch", async () => {
    await place.commit("dora", "short-lived", { s: "1" }, "main");
    const number = await place.pull("orphan", "short-lived");
    await dora.delete(`${API}/git/refs/heads/short-lived`);
    expect(await get(number)).toMatchObject({ state: "closed", merged: false });
  });

  it("comes of pushing the head into the base by hand, and counts as merged", async () => {
    const number = await place.pull("by-hand");
    const clone = await place.clone("dora");
    await clone.git("merge", "--quiet", "--no-ff", "origin/by-hand");
    const heard = await place.hears(() => clone.git("push", "--quiet"), "pull_request");
    expect(heard).toMatchObject([{ payload: { action: "closed", number, pull_request: { merged: true } } }]);
    expect(await get(number)).toMatchObject({ merged: true, merge_commit_sha: place.head("main") });
    expect((await dora.get(`${API}/pulls/${number}/merge`)).status).toBe(204);
    expect((await edit(number, { state: "open" })).status).toBe(422);
  });
});

describe("a draft", () => {
  it("cannot be merged until it is marked ready for review, which is told of, as is the way back", async () => {
    await place.branch("draft");
    const { number } = (await open("draft", "main", { draft: true })).body;
    const merge = () => dora.put(`${API}/pulls/${number}/merge`);
    expect(await merge()).toMatchObject({ status: 405, body: { message: "Pull Request is still a draft" } });
    const by = place.github.as("dora");
    const heard = await place.hears(async () => {
      await readyForReview(place.github, by, place.repository(), number);
      await convertToDraft(place.github, by, place.repository(), number);
      await readyForReview(place.github, by, place.repository(), number);
    }, "pull_request");
    expect(heard.map(({ payload }) => payload.action)).toEqual([
      "ready_for_review",
      "converted_to_draft",
      "ready_for_review",
    ]);
    expect((await merge()).status).toBe(200);
  });
});

describe("labels", () => {
  it("are made as they are put on, each told of by itself, and told of when taken off", async () => {
    const number = await place.pull("labels");
    const path = `${API}/issues/${number}/labels`;
    const tom = place.as("tom");
    const heard = await place.hears(async () => {
      await tom.post(path, { labels: ["hotfix", "Urgent"] });
      await tom.post(path, { labels: ["urgent"] });
      await tom.delete(`${path}/hotfix`);
    }, "pull_request");
    expect(heard.map(({ payload }) => [payload.action, payload["label"]])).toMatchObject([
      ["labeled", { name: "hotfix" }],
      ["labeled", { name: "Urgent" }],
      ["unlabeled", { name: "hotfix" }],
    ]);
    expect(await get(number)).toMatchObject({ labels: [{ name: "Urgent" }] });
    expect((await tom.delete(`${path}/hotfix`)).status).toBe(404);
    expect((await place.as("olaf").post(path, { labels: ["mine"] })).status).toBe(403);
  });
});

describe("a fork", () => {
  let number: number;
  let sha: string;
  const olaf = () => place.as("olaf");

  it("brings a pull request whose head is in another repository", async () => {
    expect((await olaf().post(`${API}/forks`)).status).toBe(202);
    const clone = await place.clone("olaf", "olaf/api");
    await clone.git("checkout", "--quiet", "-b", "patch");
    sha = await clone.commits("From outside");
    expect(await place.hears(() => clone.git("push", "--quiet", "origin", "patch"), "push")).toEqual([]);
    const opened = await olaf().post<Pull>(`${API}/pulls`, { title: "Patch", head: "olaf:patch", base: "main" });
    number = opened.body.number;
    expect(opened.body).toMatchObject({
      user: { login: "olaf" },
      author_association: "NONE",
      head: { label: "olaf:patch", ref: "patch", sha, repo: { full_name: "olaf/api", fork: true } },
      base: { repo: { full_name: "acme/api" } },
    });
  });

  it("is followed like any branch, and its commits can be read and checked in the base repository", async () => {
    const clone = await place.clone("olaf", "olaf/api");
    await clone.git("checkout", "--quiet", "patch");
    const before = sha;
    sha = await clone.commits("More from outside");
    const heard = await place.hears(() => clone.git("push", "--quiet"), "pull_request", "push");
    expect(heard).toMatchObject([{ event: "pull_request", payload: { action: "synchronize", before, after: sha } }]);
    expect((await dora.get(`${API}/git/ref/pull/${number}/head`)).body).toMatchObject({ object: { sha } });
    const bot = await place.bot();
    const run = await bot.post(`${API}/check-runs`, { name: "gate", head_sha: sha });
    expect(run).toMatchObject({ status: 201, body: { pull_requests: [], check_suite: { id: expect.any(Number) } } });
  });

  it("that nobody may push to is not proposed by somebody else", async () => {
    const foreign = await place.as("tom").post(`${API}/pulls`, { title: "Not mine", head: "olaf:patch", base: "main" });
    expect(foreign.status).toBe(422);
  });

  it("that is deleted closes its pull requests and leaves them without a head repository, but with their commits", async () => {
    const fork = place.github.repository("olaf/api");
    if (!fork) throw new Error("there is no fork");
    const by = place.github.as("olaf");
    const heard = await place.hears(() => deleteRepository(place.github, by, fork), "pull_request");
    expect(heard).toMatchObject([
      { payload: { action: "closed", number, pull_request: { head: { ref: "patch", sha, repo: null } } } },
    ]);
    expect(await get(number)).toMatchObject({ state: "closed", head: { label: "olaf:patch", repo: null } });
    expect((await dora.get(`${API}/commits/${sha}`)).body).toMatchObject({ sha });
    expect((await olaf().patch(`${API}/pulls/${number}`, { state: "open" })).status).toBe(422);
  });
});
