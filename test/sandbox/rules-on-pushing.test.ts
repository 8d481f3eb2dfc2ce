import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { API, type Caller, type Clone, type Place, type Ran, startPlace } from "./github.ts";

let place: Place;
let ada: Caller;
let dora: Caller;
let clone: Clone;

beforeAll(async () => {
  place = await startPlace();
  ada = place.as("ada");
  dora = place.as("dora");
  clone = await place.clone("dora");
});
afterEach(async () => {
  const { body } = await ada.get<{ id: number }[]>(`${API}/rulesets`);
  for (const { id } of body) await ada.delete(`${API}/rulesets/${id}`);
  await clone.git("fetch", "--quiet");
  await clone.git("checkout", "--quiet", "-B", "main", "origin/main");
});
afterAll(() => place.stop());

const pullRequest = {
  type: "pull_request",
  parameters: {
    required_approving_review_count: 0,
    dismiss_stale_reviews_on_push: false,
    require_code_owner_review: false,
    require_last_push_approval: false,
    required_review_thread_resolution: false,
  },
};
const check = (more: object = {}) => ({
  type: "required_status_checks",
  parameters: {
    strict_required_status_checks_policy: false,
    required_status_checks: [{ context: "gate", integration_id: place.app.id }],
    ...more,
  },
});
const protect = (rules: readonly object[], include = "refs/heads/main", more: object = {}) =>
  ada.post(`${API}/rulesets`, {
    name: "protected",
    enforcement: "active",
    conditions: { ref_name: { include: [include], exclude: [] } },
    rules,
    ...more,
  });
const push = (...args: string[]) => clone.git("push", "--quiet", "origin", ...args);
const said = ({ code, said: words }: Ran) => [
  code,
  words.split("\n").map((line) => line.replace(/^remote: /, "").trim()),
];

describe("a push with git", () => {
  it("to a branch without rules goes through, and is told of with its commits", async () => {
    const before = place.head("main");
    const after = await clone.commits("Freely");
    const heard = await place.hears(() => push("main"), "push");
    expect(heard).toMatchObject([
      {
        payload: {
          ref: "refs/heads/main",
          before,
          after,
          created: false,
          deleted: false,
          forced: false,
          commits: [{ id: after, message: "Freely", author: { username: "dora" } }],
          head_commit: { id: after },
          pusher: { name: "dora" },
        },
      },
    ]);
    expect(place.head("main")).toBe(after);
  });

  it("past a pull_request rule is declined with GH013 and the rule's words, and nothing moves", async () => {
    await protect([pullRequest]);
    const before = place.head("main");
    await clone.commits("Directly");
    const heard = await place.hears(async () => {
      const [code, words] = said(await push("main"));
      expect(code).toBe(1);
      expect(words).toEqual(
        expect.arrayContaining([
          "error: GH013: Repository rule violations found for refs/heads/main.",
          "- Changes must be made through a pull request.",
          "! [remote rejected] main -> main (push declined due to repository rule violations)",
        ]),
      );
    });
    expect(heard).toEqual([]);
    expect(place.head("main")).toBe(before);
    expect((await clone.git("ls-remote", "origin", "refs/heads/main")).out).toContain(before);
  });

  it("of a commit whose required check has not passed is declined, and goes through once it has", async () => {
    await protect([check()]);
    const sha = await clone.commits("Checked");
    expect(await push("main")).toMatchObject({ code: 1, said: expect.stringContaining('"gate" is expected.') });
    await push("main:refs/heads/waiting");
    await (await place.bot()).post(`${API}/check-runs`, { name: "gate", head_sha: sha, conclusion: "success" });
    expect(await push("main")).toMatchObject({ code: 0 });
  });

  it("with force is declined by non_fast_forward, a plain one is not", async () => {
    await protect([{ type: "non_fast_forward" }]);
    await clone.commits("Forward");
    expect(await push("main")).toMatchObject({ code: 0 });
    await clone.git("reset", "--quiet", "--hard", "HEAD~1");
    await clone.commits("Back");
    expect(await push("--force", "main")).toMatchObject({
      code: 1,
      said: expect.stringContaining("Cannot force-push to this branch"),
    });
  });

  it("that deletes is declined by deletion", async () => {
    await place.branch("kept");
    await protect([{ type: "deletion" }], "refs/heads/kept");
    expect(await push("--delete", "kept")).toMatchObject({
      code: 1,
      said: expect.stringContaining("Cannot delete this branch"),
    });
    expect(await dora.delete(`${API}/git/refs/heads/kept`)).toMatchObject({ status: 422 });
    expect((await dora.get(`${API}/branches/kept`)).status).toBe(200);
  });

  it("that makes a branch or a tag is declined by creation", async () => {
    await protect([{ type: "creation" }], "refs/heads/release/*");
    await protect([{ type: "creation" }], "refs/tags/v*", { name: "tags", target: "tag" });
    const words = "Cannot create ref due to creations being restricted.";
    for (const ref of ["refs/heads/release/1", "refs/tags/v1"]) {
      expect(await push(`main:${ref}`)).toMatchObject({ code: 1, said: expect.stringContaining(words) });
      expect(await dora.post(`${API}/git/refs`, { ref, sha: place.head("main") })).toMatchObject({
        status: 422,
        body: { message: `Repository rule violations found\n\n${words}\n\n` },
      });
    }
    expect(await push("main:refs/heads/release/deep/1", "main:refs/tags/other")).toMatchObject({ code: 0 });
  });

  it("that brings merge commits is declined by required_linear_history", async () => {
    await place.branch("side");
    await clone.git("fetch", "--quiet");
    await protect([{ type: "required_linear_history" }]);
    await clone.git("merge", "--quiet", "--no-ff", "--no-edit", "origin/side");
    expect(await push("main")).toMatchObject({
      code: 1,
      said: expect.stringContaining("This branch must not contain merge commits."),
    });
  });

  it("of several refs moves those that may and declines the rest", async () => {
    await protect([pullRequest]);
    await clone.commits("Both");
    const ran = await push("main", "main:refs/heads/free");
    expect(ran.code).toBe(1);
    expect(ran.said).toMatch(/remote rejected\] main -> main/);
    expect((await dora.get(`${API}/branches/free`)).status).toBe(200);
  });

  it("that is atomic moves all or nothing", async () => {
    await protect([pullRequest]);
    await clone.commits("Together");
    const ran = await push("--atomic", "main", "main:refs/heads/together");
    expect(ran).toMatchObject({
      code: 1,
      said: expect.stringContaining("Changes must be made through a pull request."),
    });
    expect((await dora.get(`${API}/branches/together`)).status).toBe(404);
    expect(await push("--atomic", "main:refs/heads/one", "main:refs/heads/two")).toMatchObject({ code: 0 });
  });

  it("is for those who may write", async () => {
    for (const login of ["olaf", "tom"]) {
      const theirs = await place.clone(login);
      await theirs.commits("Unasked");
      const ran = await theirs.git("push", "--quiet", "origin", "main");
      expect(ran).toMatchObject({ code: 128, said: expect.stringContaining("403") });
    }
  });

  it("with --force-with-lease is declined when the branch has moved", async () => {
    await place.branch("leased");
    await clone.git("fetch", "--quiet");
    await clone.git("checkout", "--quiet", "-B", "leased", "origin/main");
    await clone.commits("Over it");
    await place.commit("rita", "leased", { meanwhile: "1" });
    expect(await push("--force-with-lease", "leased")).toMatchObject({ code: 1 });
    expect((await dora.get(`${API}/contents/meanwhile?ref=leased`)).status).toBe(200);
  });
});

describe("the API and the web editor", () => {
  it("are held by the same rules as git", async () => {
    await protect([pullRequest]);
    await place.branch("proposed");
    const words = "Repository rule violations found\n\nChanges must be made through a pull request.\n\n";
    const update = await dora.patch(`${API}/git/refs/heads/main`, { sha: place.head("proposed") });
    expect(update).toMatchObject({ status: 422, body: { message: words } });
    const merge = await dora.post(`${API}/merges`, { base: "main", head: "proposed" });
    expect(merge).toMatchObject({ status: 409, body: { message: words } });
    await expect(place.commit("dora", "main", { a: "1" })).rejects.toThrow(words);
  });
});

describe("a new branch", () => {
  it("asks for its required checks too, unless the rule says not on creation", async () => {
    await protect([check()], "refs/heads/stage");
    await clone.commits("Unchecked");
    expect(await push("main:refs/heads/stage")).toMatchObject({ code: 1 });
    const [ruleset] = (await ada.get<{ id: number }[]>(`${API}/rulesets`)).body;
    await ada.put(`${API}/rulesets/${ruleset?.id}`, { rules: [check({ do_not_enforce_on_create: true })] });
    expect(await push("main:refs/heads/stage")).toMatchObject({ code: 0 });
  });
});

describe("bypassing", () => {
  it("always holds for pushes; for pull requests only, it does not", async () => {
    const team = { actor_type: "RepositoryRole", actor_id: 5 };
    const theirs = await place.clone("ada");
    await protect([pullRequest], "refs/heads/main", { bypass_actors: [{ ...team, bypass_mode: "pull_request" }] });
    await theirs.commits("As an owner");
    expect(await theirs.git("push", "--quiet", "origin", "main")).toMatchObject({ code: 1 });
    const [ruleset] = (await ada.get<{ id: number }[]>(`${API}/rulesets`)).body;
    await ada.put(`${API}/rulesets/${ruleset?.id}`, { bypass_actors: [{ ...team, bypass_mode: "always" }] });
    expect(await theirs.git("push", "--quiet", "origin", "main")).toMatchObject({ code: 0 });
  });
});
