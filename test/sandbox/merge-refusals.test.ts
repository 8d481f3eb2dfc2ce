import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { acceptPermissions, changeApp } from "../../sandbox/installing.ts";
import { convertToDraft } from "../../sandbox/pulls.ts";
import { API, type Caller, EVERYTHING, type Place, startPlace } from "./github.ts";

let place: Place;
let ada: Caller;
let dora: Caller;
let bot: Caller;

beforeAll(async () => {
  place = await startPlace();
  ada = place.as("ada");
  dora = place.as("dora");
  bot = await place.bot();
});
afterEach(async () => {
  place.github.faults.clear();
  const { body } = await ada.get<{ id: number }[]>(`${API}/rulesets`);
  for (const { id } of body) await ada.delete(`${API}/rulesets/${id}`);
});
afterAll(() => place.stop());

let count = 0;
const fresh = () => {
  count += 1;
  return place.pull(`change-${count}`);
};
const merge = (number: number, body: object = {}, by = bot) => by.put(`${API}/pulls/${number}/merge`, body);
const says = (status: number, message: string) => ({ status, body: { message } });
const protect = (rules: readonly object[]) =>
  ada.post(`${API}/rulesets`, {
    name: "main",
    enforcement: "active",
    conditions: { ref_name: { include: ["refs/heads/main"], exclude: [] } },
    rules,
  });
const reviews = (parameters: object) => ({
  type: "pull_request",
  parameters: {
    required_approving_review_count: 0,
    dismiss_stale_reviews_on_push: false,
    require_code_owner_review: false,
    require_last_push_approval: false,
    required_review_thread_resolution: false,
    ...parameters,
  },
});
const checks = {
  type: "required_status_checks",
  parameters: { strict_required_status_checks_policy: false, required_status_checks: [{ context: "gate" }] },
};
const queue = {
  type: "merge_queue",
  parameters: {
    check_response_timeout_minutes: 60,
    grouping_strategy: "ALLGREEN",
    max_entries_to_build: 5,
    max_entries_to_merge: 5,
    merge_method: "MERGE",
    min_entries_to_merge: 1,
    min_entries_to_merge_wait_minutes: 5,
  },
};
const violation = (words: string) => `Repository rule violations found\n\n${words}\n\n`;

type Case = {
  readonly why: string;
  /** Brings it about, and answers what to merge and how. */
  readonly given: () => Promise<{ readonly number: number; readonly body?: object }>;
  readonly status: number;
  readonly message: string;
};
const cases: readonly Case[] = [
  {
    why: "it conflicts with its base",
    async given() {
      await place.branch("theirs", { same: "1" });
      const { body } = await dora.post<{ number: number }>(`${API}/pulls`, {
        title: "T",
        head: "theirs",
        base: "main",
      });
      await place.commit("dora", "main", { same: "2" });
      return { number: body.number };
    },
    status: 405,
    message: "Pull Request is not mergeable",
  },
  {
    why: "it is closed",
    async given() {
      const number = await fresh();
      await dora.patch(`${API}/pulls/${number}`, { state: "closed" });
      return { number };
    },
    status: 405,
    message: "Pull Request is not mergeable",
  },
  {
    why: "it is merged already",
    async given() {
      const number = await fresh();
      await merge(number);
      return { number };
    },
    status: 405,
    message: "Pull Request is not mergeable",
  },
  {
    why: "it is a draft",
    async given() {
      const number = await fresh();
      await convertToDraft(place.github, place.github.as("dora"), place.repository(), number);
      return { number };
    },
    status: 405,
    message: "Pull Request is still a draft",
  },
  {
    why: "its head has moved",
    async given() {
      const number = await fresh();
      const sha = place.head(`change-${count}`);
      await place.commit("dora", `change-${count}`, { more: "1" });
      return { number, body: { sha } };
    },
    status: 409,
    message: "Head branch was modified. Review and try the merge again.",
  },
  {
    why: "a required check is missing",
    async given() {
      await protect([checks]);
      return { number: await fresh() };
    },
    status: 405,
    message: violation('Required status check "gate" is expected.'),
  },
  {
    why: "a review is missing",
    async given() {
      await protect([reviews({ required_approving_review_count: 1 })]);
      return { number: await fresh() };
    },
    status: 405,
    message: violation("At least 1 approving review is required by reviewers with write access."),
  },
  {
    why: "a rule takes other ways of merging only",
    async given() {
      await protect([reviews({ allowed_merge_methods: ["merge"] })]);
      return { number: await fresh(), body: { merge_method: "squash" } };
    },
    status: 405,
    message: violation("Squash merges are not allowed on this repository."),
  },
  {
    why: "the branch has a merge queue",
    async given() {
      await protect([queue]);
      return { number: await fresh() };
    },
    status: 405,
    message: violation("Changes must be made through the merge queue"),
  },
  {
    why: "it is asked for in a way there is not",
    given: async () => ({ number: await fresh(), body: { merge_method: "octopus" } }),
    status: 422,
    message: "Invalid request.\n\nFor 'properties/merge_method', octopus is not a member of its list.",
  },
];

describe("a merge", () => {
  it.each(cases)("is refused where $why: $status", async ({ given, status, message }) => {
    const { number, body } = await given();
    const before = place.head("main");
    expect(await merge(number, body)).toMatchObject(says(status, message));
    expect(place.head("main")).toBe(before);
  });

  it("is refused where a classic protection asks for a check, in the bare words of the first", async () => {
    const protection = {
      required_status_checks: { strict: false, contexts: [], checks: [{ context: "gate" }, { context: "build" }] },
      enforce_admins: true,
      required_pull_request_reviews: null,
      restrictions: null,
    };
    await ada.put(`${API}/branches/main/protection`, protection);
    const number = await fresh();
    expect(await merge(number)).toMatchObject(says(405, "2 of 2 required status checks are expected."));
    await protect([reviews({ required_approving_review_count: 1 })]);
    expect((await merge(number)).body).toMatchObject({ message: expect.stringMatching(/^Repository rule violations/) });
    await ada.delete(`${API}/branches/main/protection`);
  });

  it("is refused where the base moves while it is under way: of two at once one goes in", async () => {
    const [one, two] = [await fresh(), await fresh()];
    const answers = await Promise.all([merge(one), merge(two)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 405]);
    expect(answers.find(({ status }) => status === 405)).toMatchObject(
      says(405, "Base branch was modified. Review and try the merge again."),
    );
    const late = answers[0]?.status === 405 ? one : two;
    expect((await merge(late)).status).toBe(200);
  });

  it("is refused in words that are ordered, once", async () => {
    const number = await fresh();
    const message = "Base branch was modified. Review and try the merge again.";
    const does = { kind: "refusal", status: 405, message } as const;
    place.github.faults.add({ on: "request", method: "PUT", path: /\/merge$/, times: 1, does });
    expect(await merge(number)).toMatchObject(says(405, message));
    expect((await merge(number)).status).toBe(200);
  });
});

describe("whether a pull request merges", () => {
  const asked = async (number: number) => {
    const { body } = await bot.get<{ mergeable: boolean | null; mergeable_state: string }>(`${API}/pulls/${number}`);
    return [body.mergeable, body.mergeable_state];
  };

  it("is not known to who asks first, and is after that, until head or base move", async () => {
    const number = await fresh();
    const head = `change-${count}`;
    expect([await asked(number), await asked(number)]).toEqual([
      [null, "unknown"],
      [true, "clean"],
    ]);
    await protect([checks]);
    expect(await asked(number)).toEqual([true, "blocked"]);
    await convertToDraft(place.github, place.github.as("dora"), place.repository(), number);
    expect(await asked(number)).toEqual([true, "draft"]);
    await place.commit("dora", head, { both: "1" });
    await asked(number);
    expect(await asked(number)).toEqual([true, "draft"]);
    for (const { id } of (await ada.get<{ id: number }[]>(`${API}/rulesets`)).body)
      await ada.delete(`${API}/rulesets/${id}`);
    await place.commit("dora", "main", { both: "2" });
    expect([await asked(number), await asked(number)]).toEqual([
      [null, "unknown"],
      [false, "dirty"],
    ]);
    await dora.patch(`${API}/pulls/${number}`, { state: "closed" });
    expect(await asked(number)).toEqual([null, "unknown"]);
  });
});

describe("a pull request by an App", () => {
  const open = (head: string, base = "main") =>
    bot.post<{ number: number }>(`${API}/pulls`, { title: "Promote", head, base, body: "Carries" });
  const invalid = (error: object) => ({
    status: 422,
    body: { message: "Validation Failed", errors: [{ resource: "PullRequest", ...error }] },
  });

  it("is opened once for a head and a base, and found by them", async () => {
    await place.branch("stage");
    const opened = await open("stage");
    expect(opened).toMatchObject({ status: 201, body: { user: { login: "gate[bot]", type: "Bot" }, body: "Carries" } });
    const twin = { code: "custom", message: "A pull request already exists for acme:stage." };
    expect(await open("stage")).toMatchObject(invalid(twin));
    const { body } = await bot.get<{ number: number }[]>(`${API}/pulls?state=open&head=acme:stage&base=main`);
    expect(body.map(({ number }) => number)).toEqual([opened.body.number]);
  });

  it.each([
    ["main", "main", { code: "custom", message: "No commits between main and main" }],
    ["none", "main", { code: "invalid", field: "head" }],
    ["main", "none", { code: "invalid", field: "base" }],
  ])("from %s into %s is refused", async (head, base, error) => {
    expect(await open(head, base)).toMatchObject(invalid(error));
  });

  it("is edited, retargeted, closed and opened again by it", async () => {
    await place.branch("edited");
    await place.branch("other-base");
    const { number } = (await open("edited")).body;
    const path = `${API}/pulls/${number}`;
    expect(await bot.patch(path, { title: "Other", body: "Less", base: "other-base" })).toMatchObject({
      status: 200,
      body: { title: "Other", body: "Less", base: { ref: "other-base" } },
    });
    expect(await bot.patch(path, { state: "closed" })).toMatchObject({ body: { state: "closed", merged: false } });
    expect(await bot.patch(path, { state: "open" })).toMatchObject({ body: { state: "open" } });
    expect((await bot.patch(path, { state: "ajar" })).status).toBe(422);
  });
});

describe("a workflow file", () => {
  const path = ".github/workflows/ci.yml";
  const words = (file = path) =>
    `refusing to allow a GitHub App to create or update workflow \`${file}\` without \`workflows\` permission`;
  /** A pull request that brings one. */
  const bringing = async () => {
    count += 1;
    const head = `workflow-${count}`;
    await place.branch(head, { [path]: `on: push # ${count}\n` });
    const { body } = await dora.post<{ number: number }>(`${API}/pulls`, { title: head, head, base: "main" });
    return { number: body.number, head };
  };

  it("is not merged by an App without that permission, but by people", async () => {
    const { number, head } = await bringing();
    expect(await merge(number)).toMatchObject(says(403, words()));
    expect(await bot.post(`${API}/merges`, { base: "main", head })).toMatchObject(says(403, words()));
    expect((await merge(number, {}, dora)).status).toBe(200);
  });

  it("is not brought by such an App's refs, files and pushes either, unless a branch has it", async () => {
    const { head } = await bringing();
    const sha = place.head(head);
    expect(await bot.patch(`${API}/git/refs/heads/main`, { sha, force: true })).toMatchObject(says(403, words()));
    expect(await bot.post(`${API}/git/refs`, { ref: `refs/heads/from-${head}`, sha })).toMatchObject({ status: 201 });
    const content = Buffer.from("on: push\n").toString("base64");
    const written = await bot.put(`${API}/contents/.github/workflows/new.yml`, { message: "New", content });
    expect(written).toMatchObject(says(403, words(".github/workflows/new.yml")));
    const tree = await bot.post<{ sha: string }>(`${API}/git/trees`, {
      base_tree: "main",
      tree: [{ path, mode: "100644", type: "blob", content: "on: never\n" }],
    });
    const commit = { message: "Quietly", tree: tree.body.sha, parents: [place.head("main")] };
    const made = (await bot.post<{ sha: string }>(`${API}/git/commits`, commit)).body.sha;
    for (const ref of ["refs/heads/quiet", "refs/tags/quiet"])
      expect(await bot.post(`${API}/git/refs`, { ref, sha: made })).toMatchObject(says(403, words()));
    const clone = await place.clone("dora");
    await clone.git("fetch", "--quiet", "origin", head);
    await clone.git("checkout", "--quiet", "FETCH_HEAD");
    const { body } = await place.jwt.post<{ token: string }>(
      `/app/installations/${place.installation().id}/access_tokens`,
    );
    const remote = `${place.sandbox.url.replace("://", `://x-access-token:${body.token}@`)}/acme/api.git`;
    expect(await clone.git("push", "--quiet", remote, "HEAD:refs/heads/main", "--force")).toMatchObject({
      code: 1,
      said: expect.stringContaining(`! [remote rejected] HEAD -> main (${words()})`),
    });
  });

  it("hides a release whose target brings one from such an App", async () => {
    const { head } = await bringing();
    const release = { tag_name: `w-${head}`, target_commitish: head };
    expect(await bot.post(`${API}/releases`, release)).toMatchObject(says(404, "Not Found"));
    expect((await dora.post(`${API}/releases`, release)).status).toBe(201);
  });

  it("is merged by an App that was granted the permission", async () => {
    changeApp(place.github, place.app.id, { permissions: { ...EVERYTHING, workflows: "write" } });
    acceptPermissions(place.github, place.installation().id);
    const { number } = await bringing();
    expect((await merge(number, {}, await place.bot())).status).toBe(200);
  });
});
