import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { API, type Caller, type Place, startPlace } from "./github.ts";

let place: Place;
let ada: Caller;

beforeAll(async () => {
  place = await startPlace();
  ada = place.as("ada");
});
afterAll(() => place.stop());

type Ruleset = { readonly id: number; readonly updated_at: string };
let count = 0;
const sent = (more: object = {}) => {
  count += 1;
  return {
    name: `ruleset ${count}`,
    target: "branch",
    enforcement: "active",
    bypass_actors: [{ actor_id: 5, actor_type: "RepositoryRole", bypass_mode: "always" }],
    conditions: { ref_name: { include: ["refs/heads/release/**/*"], exclude: ["refs/heads/release/old"] } },
    rules: [
      { type: "deletion" },
      {
        type: "required_status_checks",
        parameters: {
          strict_required_status_checks_policy: false,
          do_not_enforce_on_create: true,
          required_status_checks: [{ context: "gate", integration_id: place.app.id }],
        },
      },
    ],
    ...more,
  };
};
const make = async (more: object = {}) => (await ada.post<Ruleset>(`${API}/rulesets`, sent(more))).body;

describe("a ruleset", () => {
  it("is read back as it was sent", async () => {
    const wanted = sent();
    const made = await ada.post<Ruleset>(`${API}/rulesets`, wanted);
    expect(made).toMatchObject({ status: 201, body: { ...wanted, source: "acme/api", source_type: "Repository" } });
    expect((await ada.get(`${API}/rulesets/${made.body.id}`)).body).toEqual(made.body);
  });

  it("shows who may bypass it to those alone who may change it", async () => {
    const { id } = await make();
    const reader = await place.bot({ permissions: { metadata: "read" } });
    const seen = async (by: Caller) => (await by.get(`${API}/rulesets/${id}`)).body;
    expect(await seen(ada)).toMatchObject({ bypass_actors: [{ actor_id: 5 }], current_user_can_bypass: "always" });
    expect(await seen(await place.bot())).toHaveProperty("bypass_actors");
    for (const by of [place.as("dora"), reader]) {
      expect(await seen(by)).not.toHaveProperty("bypass_actors");
      expect(await seen(by)).toMatchObject({ rules: [{ type: "deletion" }, {}], current_user_can_bypass: "never" });
    }
  });

  it("is only named in the list, without its rules", async () => {
    const { id } = await make();
    const { body } = await place.as("dora").get<Ruleset[]>(`${API}/rulesets?per_page=100`);
    const listed = body.find((one) => one.id === id);
    expect(listed).toMatchObject({ enforcement: "active", target: "branch" });
    expect(listed).not.toHaveProperty("rules");
  });

  it("is changed field by field, each as a whole, and told of with what it was", async () => {
    const { id } = await make({ name: "before" });
    const change = { name: "after", enforcement: "disabled", rules: [{ type: "non_fast_forward" }] };
    const heard = await place.hears(() => ada.put(`${API}/rulesets/${id}`, change), "repository_ruleset");
    expect(heard).toMatchObject([
      {
        payload: {
          action: "edited",
          changes: { name: { from: "before" }, enforcement: { from: "active" } },
          repository_ruleset: { id, ...change },
          sender: { login: "ada" },
        },
      },
    ]);
    expect((await ada.get(`${API}/rulesets/${id}`)).body).toMatchObject({
      ...change,
      conditions: { ref_name: { include: ["refs/heads/release/**/*"] } },
    });
  });

  it("is told of when made and when deleted, and is gone then", async () => {
    let id = 0;
    const actions = async (act: () => Promise<unknown>) =>
      (await place.hears(act, "repository_ruleset")).map(({ payload }) => payload.action);
    expect(
      await actions(async () => {
        id = (await make()).id;
      }),
    ).toEqual(["created"]);
    expect(await actions(() => ada.delete(`${API}/rulesets/${id}`))).toEqual(["deleted"]);
    expect((await ada.get(`${API}/rulesets/${id}`)).status).toBe(404);
  });

  it("is for admins, and for Apps that may administrate", async () => {
    const reader = await place.bot({ permissions: { contents: "write" } });
    for (const by of [place.as("rita"), reader]) expect((await by.post(`${API}/rulesets`, sent())).status).toBe(403);
    expect((await (await place.bot()).post(`${API}/rulesets`, sent())).status).toBe(201);
  });

  const rule = (type: string, parameters?: object) => ({ rules: [{ type, ...(parameters && { parameters }) }] });
  const queue = {
    check_response_timeout_minutes: 60,
    grouping_strategy: "ALLGREEN",
    max_entries_to_build: 5,
    max_entries_to_merge: 5,
    min_entries_to_merge: 1,
    min_entries_to_merge_wait_minutes: 5,
  };
  it.each([
    ["a name that is taken", { name: "ruleset 1" }],
    ["no name", { name: " " }],
    ["an enforcement there is not", { enforcement: "strict" }],
    ["a rule there is not", rule("no_fun")],
    ["the same rule twice", { rules: [{ type: "deletion" }, { type: "deletion" }] }],
    ["a check without its policy", rule("required_status_checks", { required_status_checks: [{ context: "gate" }] })],
    ["a pull_request rule without all its parameters", rule("pull_request", { required_approving_review_count: 1 })],
    ["a queue that merges in lower case", rule("merge_queue", { ...queue, merge_method: "merge" })],
    ["a pattern that is no full ref", { conditions: { ref_name: { include: ["main"], exclude: [] } } }],
    [
      "a bypass mode there is not",
      { bypass_actors: [{ actor_id: 5, actor_type: "RepositoryRole", bypass_mode: "now" }] },
    ],
    [
      "a bypass by pull requests alone, where it is for tags",
      {
        target: "tag",
        conditions: { ref_name: { include: ["refs/tags/v*"], exclude: [] } },
        bypass_actors: [{ actor_id: 5, actor_type: "RepositoryRole", bypass_mode: "pull_request" }],
      },
    ],
  ])("is refused with %s", async (_what, more) => {
    const answer = await ada.post(`${API}/rulesets`, sent(more));
    expect(answer).toMatchObject({ status: 422, body: { message: "Validation Failed", errors: [expect.any(String)] } });
  });
});

describe("a ruleset for tags", () => {
  it("stays one when its pattern alone is changed", async () => {
    const conditions = { ref_name: { include: ["refs/tags/v*"], exclude: [] } };
    const { id } = await make({ target: "tag", conditions, rules: [{ type: "update" }] });
    const wider = { ref_name: { include: ["refs/tags/*"], exclude: ["refs/tags/nightly"] } };
    expect(await ada.put(`${API}/rulesets/${id}`, { conditions: wider })).toMatchObject({
      status: 200,
      body: { target: "tag", conditions: wider },
    });
    expect((await ada.put(`${API}/rulesets/${id}`, { conditions: sent().conditions })).status).toBe(422);
  });
});

describe("the rules of a branch", () => {
  type Rule = { readonly type: string; readonly ruleset_id: number };
  const rulesOf = async (branch: string) =>
    (await ada.get<Rule[]>(`${API}/rules/branches/${encodeURIComponent(branch)}`)).body;

  it("are those of every active ruleset that names it, each with its source, whether or not the branch is there", async () => {
    const include = ["refs/heads/stage/*"];
    const conditions = { ref_name: { include, exclude: ["refs/heads/stage/free"] } };
    const one = await make({ conditions, rules: [{ type: "deletion" }] });
    const two = await make({ conditions, rules: [{ type: "deletion" }, { type: "update" }] });
    await make({ conditions, enforcement: "disabled" });
    expect(await rulesOf("stage/one")).toEqual([
      { type: "deletion", ruleset_id: one.id, ruleset_source: "acme/api", ruleset_source_type: "Repository" },
      { type: "deletion", ruleset_id: two.id, ruleset_source: "acme/api", ruleset_source_type: "Repository" },
      { type: "update", ruleset_id: two.id, ruleset_source: "acme/api", ruleset_source_type: "Repository" },
    ]);
    expect(await rulesOf("stage/free")).toEqual([]);
  });

  it("follow patterns in which * stays within a slash and ** does not", async () => {
    const conditions = (pattern: string) => ({ ref_name: { include: [pattern], exclude: [] } });
    const { id } = await make({ conditions: conditions("refs/heads/a/*"), rules: [{ type: "deletion" }] });
    const covered = async (pattern: string) => {
      await ada.put(`${API}/rulesets/${id}`, { conditions: conditions(pattern) });
      const branches = ["a/b", "a/b/c", "a"];
      const rules = await Promise.all(branches.map(rulesOf));
      return branches.filter((_, at) => rules[at]?.some((rule) => rule.ruleset_id === id));
    };
    expect(await covered("refs/heads/a/*")).toEqual(["a/b"]);
    expect(await covered("refs/heads/a/**/*")).toEqual(["a/b", "a/b/c"]);
    expect(await covered("refs/heads/[ab]")).toEqual(["a"]);
    expect(await covered("~ALL")).toEqual(["a/b", "a/b/c", "a"]);
  });

  it("make the branch one that is protected", async () => {
    await place.branch("stage/shown");
    expect((await ada.get(`${API}/branches/stage/shown`)).body).toMatchObject({ protected: true });
  });
});
