import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { mergeBlocked } from "../../sandbox/merge.ts";
import { API, type Caller, type Place, startPlace } from "./github.ts";

let place: Place;
let dora: Caller;
let ada: Caller;
let bot: Caller;

beforeAll(async () => {
  place = await startPlace();
  dora = place.as("dora");
  ada = place.as("ada");
  bot = await place.bot();
});
afterEach(async () => {
  const { body } = await ada.get<{ id: number }[]>(`${API}/rulesets`);
  for (const { id } of body) await ada.delete(`${API}/rulesets/${id}`);
});
afterAll(() => place.stop());

let count = 0;
const fresh = () => {
  count += 1;
  return place.pull(`topic-${count}`);
};
const headOf = (number: number) => place.github.find.pull(place.repository().id, number)?.head.sha ?? "";
const merge = (number: number, body: object = {}, by = dora) => by.put(`${API}/pulls/${number}/merge`, body);
const protect = async (rules: readonly object[], more: object = {}) => {
  const made = await ada.post(`${API}/rulesets`, {
    name: "main",
    enforcement: "active",
    conditions: { ref_name: { include: ["refs/heads/main"], exclude: [] } },
    rules,
    ...more,
  });
  if (made.status !== 201) throw new Error(made.text);
};
const check = (context: string, app: number | null = place.app.id) => ({
  context,
  ...(app === null ? {} : { integration_id: app }),
});
const checks = (...required: readonly object[]) => ({
  type: "required_status_checks",
  parameters: { strict_required_status_checks_policy: false, required_status_checks: required },
});
const reviews = (parameters: object = {}) => ({
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
const refused = (...violations: string[]) => ({
  status: 405,
  body: { message: `Repository rule violations found\n\n${violations.map((one) => `${one}\n\n`).join("")}` },
});
const report = (number: number, name: string, fields: object) =>
  bot.post(`${API}/check-runs`, { name, head_sha: headOf(number), ...fields });

describe("a required check", () => {
  it("that nobody reported is expected, that is under way is in progress, that failed is failing", async () => {
    await protect([checks(check("gate"))]);
    const number = await fresh();
    expect(await merge(number)).toMatchObject(refused('Required status check "gate" is expected.'));
    await report(number, "gate", { status: "in_progress" });
    expect(await merge(number)).toMatchObject(refused('Required status check "gate" is in progress.'));
    await report(number, "gate", { conclusion: "failure" });
    expect(await merge(number)).toMatchObject(refused('Required status check "gate" is failing.'));
    await report(number, "gate", { conclusion: "success" });
    expect(await merge(number)).toMatchObject({ status: 200, body: { merged: true } });
  });

  it.each([
    ["success", 200],
    ["neutral", 200],
    ["skipped", 200],
    ["failure", 405],
    ["cancelled", 405],
    ["timed_out", 405],
    ["action_required", 405],
  ])("with the conclusion %s answers the merge with %i", async (conclusion, status) => {
    await protect([checks(check("gate"))]);
    const number = await fresh();
    await report(number, "gate", { conclusion });
    expect((await merge(number)).status).toBe(status);
  });

  it("of a named App is not satisfied by somebody else's of the same name", async () => {
    await protect([checks(check("gate"))]);
    const number = await fresh();
    await dora.post(`${API}/statuses/${headOf(number)}`, { context: "gate", state: "success" });
    expect(await merge(number)).toMatchObject(
      refused('Required status check "gate" was not set by the expected GitHub App.'),
    );
  });

  it("of any App is satisfied by a status, unless a check run of that name says no", async () => {
    await protect([checks(check("gate", null))]);
    const number = await fresh();
    await dora.post(`${API}/statuses/${headOf(number)}`, { context: "gate", state: "success" });
    await report(number, "gate", { conclusion: "failure" });
    expect(await merge(number)).toMatchObject(refused('Required status check "gate" is failing.'));
    await report(number, "gate", { conclusion: "success" });
    expect((await merge(number)).status).toBe(200);
  });

  it("counts on the head alone: a push asks for it anew", async () => {
    await protect([checks(check("gate"))]);
    const number = await fresh();
    await report(number, "gate", { conclusion: "success" });
    await place.commit("dora", `topic-${count}`, { more: "1" });
    expect(await merge(number)).toMatchObject(refused('Required status check "gate" is expected.'));
  });

  it("among several is counted with the others", async () => {
    await protect([checks(check("one"), check("two"), check("three"))]);
    const number = await fresh();
    expect(await merge(number)).toMatchObject(refused("3 of 3 required status checks are expected."));
    await report(number, "one", { conclusion: "success" });
    expect(await merge(number)).toMatchObject(refused("2 of 3 required status checks are expected."));
    await report(number, "two", { conclusion: "failure" });
    expect(await merge(number)).toMatchObject(
      refused("2 of 3 required status checks have not succeeded: 1 failing, 1 expected."),
    );
  });

  it("may ask for a head that is up to date with its base", async () => {
    const strict = checks(check("gate"));
    await protect([{ ...strict, parameters: { ...strict.parameters, strict_required_status_checks_policy: true } }]);
    const number = await fresh();
    await report(number, "gate", { conclusion: "success" });
    const ahead = await fresh();
    await report(ahead, "gate", { conclusion: "success" });
    expect((await merge(ahead)).status).toBe(200);
    expect((await merge(number)).status).toBe(405);
  });
});

describe("a pull_request rule", () => {
  it("asks for approvals by people who may write, not the author", async () => {
    await protect([reviews({ required_approving_review_count: 1 })]);
    const number = await fresh();
    const needed = refused("At least 1 approving review is required by reviewers with write access.");
    const approve = (by: Caller) => by.post(`${API}/pulls/${number}/reviews`, { event: "APPROVE" });
    expect(await merge(number)).toMatchObject(needed);
    expect(await approve(dora)).toMatchObject({ status: 422 });
    await approve(place.as("tom"));
    expect(await merge(number)).toMatchObject(needed);
    await approve(place.as("rita"));
    expect((await merge(number)).status).toBe(200);
  });

  it("lets a request for changes stand until that person says otherwise", async () => {
    await protect([reviews({ required_approving_review_count: 1 })]);
    const number = await fresh();
    const review = (by: string, event: string) =>
      place.as(by).post(`${API}/pulls/${number}/reviews`, { event, body: "Because." });
    await review("ada", "REQUEST_CHANGES");
    await review("rita", "APPROVE");
    await review("ada", "COMMENT");
    expect(await merge(number)).toMatchObject(refused("Changes have been requested by a reviewer with write access."));
    await review("ada", "APPROVE");
    expect((await merge(number)).status).toBe(200);
  });

  it("may dismiss approvals at the next push", async () => {
    await protect([reviews({ required_approving_review_count: 1, dismiss_stale_reviews_on_push: true })]);
    const number = await fresh();
    await place.as("rita").post(`${API}/pulls/${number}/reviews`, { event: "APPROVE" });
    const heard = await place.hears(() => place.commit("dora", `topic-${count}`, { m: "1" }), "pull_request_review");
    expect(heard).toMatchObject([{ payload: { action: "dismissed", review: { state: "dismissed" } } }]);
    expect((await merge(number)).status).toBe(405);
  });

  it("may allow some ways of merging only", async () => {
    await protect([reviews({ allowed_merge_methods: ["merge"] })]);
    const number = await fresh();
    expect(await merge(number, { merge_method: "squash" })).toMatchObject(
      refused("Squash merges are not allowed on this repository."),
    );
    expect((await merge(number, { merge_method: "merge" })).status).toBe(200);
  });
});

describe("a merge", () => {
  it("is refused with 409 when the head is not the one that was named", async () => {
    const number = await fresh();
    const sha = headOf(number);
    await place.commit("dora", `topic-${count}`, { more: "1" });
    expect(await merge(number, { sha })).toMatchObject({
      status: 409,
      body: { message: "Head branch was modified. Review and try the merge again." },
    });
    expect((await merge(number, { sha: headOf(number) })).status).toBe(200);
  });

  it("that conflicts, or was done, or is of a closed pull request is not mergeable", async () => {
    const conflicting = await place.branch("conflict", { "README.md": "# theirs\n" });
    const number = (await dora.post<{ number: number }>(`${API}/pulls`, { title: "c", head: "conflict", base: "main" }))
      .body.number;
    await place.commit("dora", "main", { "README.md": "# ours\n" });
    const notMergeable = { status: 405, body: { message: "Pull Request is not mergeable" } };
    expect(await merge(number, { sha: conflicting })).toMatchObject(notMergeable);
    const done = await fresh();
    await merge(done);
    expect(await merge(done)).toMatchObject(notMergeable);
    const closed = await fresh();
    await dora.patch(`${API}/pulls/${closed}`, { state: "closed" });
    expect(await merge(closed)).toMatchObject(notMergeable);
    expect((await merge(999)).status).toBe(404);
  });

  it("is for those who may write", async () => {
    const number = await fresh();
    expect((await merge(number, {}, place.as("tom"))).status).toBe(403);
    expect((await merge(number, {}, place.as("olaf"))).status).toBe(403);
  });

  it("in a way the repository has switched off is refused", async () => {
    await ada.patch(API, { allow_rebase_merge: false });
    expect(await merge(await fresh(), { merge_method: "rebase" })).toMatchObject({
      status: 405,
      body: { message: "Rebase merges are not allowed on this repository." },
    });
    await ada.patch(API, { allow_rebase_merge: true });
  });

  it("deletes its head branch where the repository says so", async () => {
    await ada.patch(API, { delete_branch_on_merge: true });
    const number = await fresh();
    await merge(number);
    expect((await dora.get(`${API}/branches/topic-${count}`)).status).toBe(404);
    await ada.patch(API, { delete_branch_on_merge: false });
  });

  it("breaks several rules at once and is told each", async () => {
    await protect([reviews({ required_approving_review_count: 2 }), checks(check("gate")), { type: "update" }]);
    expect(await merge(await fresh())).toMatchObject(
      refused(
        "At least 2 approving reviews are required by reviewers with write access.",
        "Cannot update this protected ref.",
        'Required status check "gate" is expected.',
      ),
    );
  });

  it("is bound by no ruleset that is disabled, evaluates only, or is for other branches", async () => {
    await protect([checks(check("gate"))], { name: "off", enforcement: "disabled" });
    await protect([checks(check("gate"))], { name: "tried", enforcement: "evaluate" });
    await protect([checks(check("gate"))], { conditions: { ref_name: { include: ["refs/heads/release/*"] } } });
    expect((await merge(await fresh())).status).toBe(200);
  });

  it("is bound by a ruleset for the default branch, for all, and for a pattern, but not where it is excluded", async () => {
    const include = (patterns: string[], exclude: string[] = []) => ({
      conditions: { ref_name: { include: patterns, exclude } },
    });
    const { body } = await ada.post<{ id: number }>(`${API}/rulesets`, {
      name: "r",
      enforcement: "active",
      rules: [checks(check("gate"))],
    });
    const number = await fresh();
    const status = async (change: object) => {
      await ada.put(`${API}/rulesets/${body.id}`, change);
      return (await ada.get<object[]>(`${API}/rules/branches/main`)).body.length;
    };
    expect(await status(include(["~DEFAULT_BRANCH"]))).toBe(1);
    expect(await status(include(["~ALL"], ["refs/heads/m*n"]))).toBe(0);
    expect(await status(include(["refs/heads/m*"]))).toBe(1);
    expect((await merge(number)).status).toBe(405);
  });
});

describe("bypassing", () => {
  const rule = () => [checks(check("gate"))];

  it("is for the roles, people, owners and Apps that the ruleset names", async () => {
    const id = place.github.as("rita").account.id;
    const byActor = async (actor: object, by: Caller) => {
      await protect(rule(), { bypass_actors: [{ bypass_mode: "always", ...actor }] });
      const answer = await merge(await fresh(), {}, by);
      const { body } = await ada.get<{ id: number }[]>(`${API}/rulesets`);
      for (const ruleset of body) await ada.delete(`${API}/rulesets/${ruleset.id}`);
      return answer.status;
    };
    const rita = place.as("rita");
    expect(await byActor({ actor_type: "RepositoryRole", actor_id: 2 }, rita)).toBe(200);
    expect(await byActor({ actor_type: "RepositoryRole", actor_id: 5 }, rita)).toBe(405);
    expect(await byActor({ actor_type: "User", actor_id: id }, rita)).toBe(200);
    expect(await byActor({ actor_type: "OrganizationAdmin", actor_id: 1 }, ada)).toBe(200);
    expect(await byActor({ actor_type: "OrganizationAdmin", actor_id: 1 }, rita)).toBe(405);
    expect(await byActor({ actor_type: "Integration", actor_id: place.app.id }, bot)).toBe(200);
    expect(await byActor({ actor_type: "Integration", actor_id: place.app.id }, rita)).toBe(405);
  });

  it("of an update rule by an App alone lets only that App merge, and nobody push, neither by git nor by the API", async () => {
    const theirs = await place.clone("ada");
    await theirs.commits("Past it");
    const bypass = { actor_type: "Integration", actor_id: place.app.id, bypass_mode: "always" };
    await protect([{ type: "update" }], { bypass_actors: [bypass] });
    const number = await fresh();
    const sha = headOf(number);
    const before = place.head("main");
    const words = "Cannot update this protected ref.";
    for (const by of [dora, place.as("rita"), ada]) expect(await merge(number, {}, by)).toMatchObject(refused(words));
    expect(await mergeBlocked(place.github, place.github.as("ada"), place.repository(), number)).toContain(words);
    expect(await theirs.git("push", "--quiet", "origin", "main")).toMatchObject({
      code: 1,
      said: expect.stringContaining(words),
    });
    for (const answer of [
      ada.patch(`${API}/git/refs/heads/main`, { sha }),
      ada.post(`${API}/merges`, { base: "main", head: `topic-${count}` }),
      ada.put(`${API}/contents/new.md`, { message: "Past it", content: "" }),
    ])
      expect((await answer).body).toMatchObject({ message: expect.stringContaining(words) });
    expect(place.head("main")).toBe(before);
    expect(await merge(number, { sha }, bot)).toMatchObject({ status: 200, body: { merged: true } });
    expect(place.github.find.pull(place.repository().id, number)?.mergedById).toBe(place.app.botId);
  });

  it("is for nobody by default, not even an owner", async () => {
    await protect(rule());
    expect((await merge(await fresh(), {}, ada)).status).toBe(405);
  });
});
