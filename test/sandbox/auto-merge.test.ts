import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Actor } from "../../sandbox/actor.ts";
import { disableAutoMerge, enableAutoMerge, waitsFor } from "../../sandbox/auto-merge.ts";
import { machineClock } from "../../sandbox/clock.ts";
import type { MergeMethod, Pull } from "../../sandbox/model.ts";
import type { Outcome } from "../../sandbox/outcome.ts";
import { convertToDraft } from "../../sandbox/pulls.ts";
import { startSandbox } from "../../sandbox/server.ts";
import { API, type Caller, callerOf, type Place, startPlace } from "./github.ts";

let place: Place;
let dora: Caller;
let ada: Caller;
let bot: Caller;
let count = 0;

beforeAll(async () => {
  place = await startPlace();
  dora = place.as("dora");
  ada = place.as("ada");
  bot = await place.bot();
});
beforeEach(async () => {
  await ada.patch(API, { allow_auto_merge: true });
});
afterEach(async () => {
  // What a test left waiting must not merge when its rules go.
  for (const { number } of place.github.find.autoMerging()) await dora.patch(`${API}/pulls/${number}`, closed);
  const { body } = await ada.get<{ id: number }[]>(`${API}/rulesets`);
  for (const { id } of body) await ada.delete(`${API}/rulesets/${id}`);
  await ada.delete(`${API}/branches/main/protection`);
});
afterAll(() => place.stop());

const closed = { state: "closed" };
const rule = (type: string, parameters: object = {}) => ({ type, parameters });
const check = (strict = false) =>
  rule("required_status_checks", {
    strict_required_status_checks_policy: strict,
    required_status_checks: [{ context: "gate", integration_id: place.app.id }],
  });
const review = (more: object = {}) =>
  rule("pull_request", {
    required_approving_review_count: 1,
    dismiss_stale_reviews_on_push: false,
    require_code_owner_review: false,
    require_last_push_approval: false,
    required_review_thread_resolution: false,
    ...more,
  });
const queue = () =>
  rule("merge_queue", {
    check_response_timeout_minutes: 60,
    grouping_strategy: "ALLGREEN",
    max_entries_to_build: 5,
    max_entries_to_merge: 5,
    merge_method: "MERGE",
    min_entries_to_merge: 1,
    min_entries_to_merge_wait_minutes: 5,
  });

async function protect(rules: readonly object[], more: object = {}): Promise<number> {
  const made = await ada.post<{ id: number }>(`${API}/rulesets`, {
    name: "main",
    enforcement: "active",
    conditions: { ref_name: { include: ["refs/heads/main"], exclude: [] } },
    rules,
    ...more,
  });
  if (made.status !== 201) throw new Error(made.text);
  return made.body.id;
}
function fresh(): Promise<number> {
  count += 1;
  return place.pull(`topic-${count}`);
}
const pullOf = (number: number) => place.github.find.pull(place.repository().id, number) as Pull;
const person = (login: string) => place.github.as(login);
const enable = (number: number, by: string | Actor = "dora", method: MergeMethod = "merge") =>
  enableAutoMerge(place.github, typeof by === "string" ? person(by) : by, place.repository(), number, { method });
const disable = (number: number, by = "dora") => disableAutoMerge(place.github, person(by), place.repository(), number);
const report = (number: number, conclusion = "success") =>
  bot.post(`${API}/check-runs`, { name: "gate", head_sha: pullOf(number).head.sha, conclusion });
const approve = (number: number, by = "rita") =>
  place.as(by).post(`${API}/pulls/${number}/reviews`, { event: "APPROVE" });
/** Whether it is merged, once all is done that an act set off. */
async function merged(number: number): Promise<boolean> {
  await place.github.idle();
  return pullOf(number).merged;
}
/** A pull request that is to merge by itself. */
async function waiting(by = "dora", method: MergeMethod = "merge"): Promise<number> {
  const number = await fresh();
  expect(await enable(number, by, method)).toMatchObject({ done: true });
  expect(await merged(number)).toBe(false);
  return number;
}
const words = (outcome: Outcome<unknown>) =>
  outcome.done ? null : `${outcome.refusal.status} ${outcome.refusal.message}`;

describe("the repository's setting", () => {
  it("is off until an admin switches it on, and shows", async () => {
    const other = await startPlace();
    const said = (by: string, body: object) => other.as(by).patch<{ allow_auto_merge: boolean }>(API, body);
    expect((await other.as("ada").get(API)).body).toMatchObject({ allow_auto_merge: false });
    expect(await said("dora", { allow_auto_merge: true })).toMatchObject({ status: 403 });
    expect((await said("ada", { allow_auto_merge: true })).body.allow_auto_merge).toBe(true);
    expect((await said("ada", { allow_rebase_merge: true })).body.allow_auto_merge).toBe(true);
    await other.stop();
  });
});

describe("enabling is refused", () => {
  const off = (settings: object) => async () => {
    await ada.patch(API, settings);
    return fresh();
  };
  const table: readonly {
    readonly where: string;
    readonly rules?: () => readonly object[];
    readonly make?: () => Promise<number>;
    readonly by?: string;
    readonly method?: MergeMethod;
    readonly says: string;
  }[] = [
    {
      where: "the repository does not allow it",
      make: off({ allow_auto_merge: false }),
      says: "422 Auto merge is not allowed for this repository",
    },
    {
      where: "no rule is for the base",
      rules: () => [],
      says: "422 Protected branch rules not configured for this branch",
    },
    {
      where: "rules ask nothing of a merge",
      rules: () => [rule("deletion")],
      says: "422 Pull request is in clean status",
    },
    {
      where: "all is met",
      make: async () => {
        const number = await fresh();
        await report(number);
        return number;
      },
      says: "422 Pull request is in clean status",
    },
    {
      where: "all is met that is required, and something else failed",
      make: async () => {
        const number = await fresh();
        await report(number);
        await bot.post(`${API}/statuses/${pullOf(number).head.sha}`, { context: "lint", state: "failure" });
        return number;
      },
      says: "422 Pull request is in unstable status",
    },
    {
      where: "it is a draft",
      make: async () => {
        const number = await fresh();
        await convertToDraft(place.github, person("dora"), place.repository(), number);
        return number;
      },
      says: "422 Pull request is in draft status",
    },
    {
      where: "it conflicts",
      make: async () => {
        count += 1;
        await place.branch(`topic-${count}`, { [`both-${count}.txt`]: "theirs\n" });
        const from = await ada.get<{ id: number }[]>(`${API}/rulesets`);
        for (const { id } of from.body) await ada.put(`${API}/rulesets/${id}`, { enforcement: "disabled" });
        await place.commit("dora", "main", { [`both-${count}.txt`]: "ours\n" });
        for (const { id } of from.body) await ada.put(`${API}/rulesets/${id}`, { enforcement: "active" });
        const asked = { title: "c", head: `topic-${count}`, base: "main" };
        return (await dora.post<{ number: number }>(`${API}/pulls`, asked)).body.number;
      },
      says: "422 Pull request is in dirty status",
    },
    {
      where: "it is closed",
      make: async () => {
        const number = await fresh();
        await dora.patch(`${API}/pulls/${number}`, closed);
        return number;
      },
      says: "422 Can't enable auto-merge for this pull request.",
    },
    {
      where: "it is enabled already",
      make: () => waiting(),
      says: "422 Can't enable auto-merge for this pull request.",
    },
    {
      where: "the repository does not merge in that way",
      make: off({ allow_squash_merge: false }),
      method: "squash",
      says: "422 Squash merges are not allowed on this repository.",
    },
    {
      where: "a rule does not let that way of merging",
      rules: () => [review({ allowed_merge_methods: ["merge"] })],
      method: "rebase",
      says: "422 Rebase merges are not allowed on this repository.",
    },
    {
      where: "history must stay linear",
      rules: () => [check(), rule("required_linear_history")],
      says: "422 This branch must not contain merge commits.",
    },
    {
      where: "a merge queue merges",
      rules: () => [check(), queue()],
      says: "422 Changes must be made through the merge queue",
    },
    { where: "somebody may not write", by: "tom", says: "403 Must have write access to this repository." },
    { where: "there is no such pull request", make: async () => 999, says: "404 Not Found" },
    {
      where: "the repository is archived",
      make: async () => {
        const number = await fresh();
        await ada.patch(API, { archived: true });
        return number;
      },
      says: "403 Repository was archived so is read-only.",
    },
  ];

  it.each(table)("where $where", async ({ rules = () => [check()], make = fresh, by, method, says }) => {
    const asked = rules();
    if (asked.length > 0) await protect(asked);
    const number = await make();
    expect(words(await enable(number, by, method))).toBe(says);
    await ada.patch(API, { allow_squash_merge: true, archived: false });
  });

  it("to an App, which would need GraphQL for it", async () => {
    await protect([check()]);
    const number = await fresh();
    const installation = place.installation();
    const app = { ...person("gate[bot]"), installation, permissions: installation.permissions };
    expect(words(await enable(number, app))).toBe("403 Resource not accessible by integration");
  });
});

describe("it merges by itself, once the last is met:", () => {
  it("a check that ends well, and not one that fails", async () => {
    await protect([check()]);
    const number = await waiting();
    await bot.post(`${API}/check-runs`, { name: "gate", head_sha: pullOf(number).head.sha, status: "in_progress" });
    expect(await merged(number)).toBe(false);
    await report(number, "failure");
    expect(await merged(number)).toBe(false);
    const heard = await place.hears(() => report(number), "pull_request");
    expect(heard).toMatchObject([
      { payload: { action: "closed", sender: { login: "dora" }, pull_request: { merged: true } } },
    ]);
    const { body } = await dora.get(`${API}/pulls/${number}`);
    expect(body).toMatchObject({ merged_by: { login: "dora" }, auto_merge: { enabled_by: { login: "dora" } } });
  });

  it("a status", async () => {
    await protect([
      rule("required_status_checks", {
        strict_required_status_checks_policy: false,
        required_status_checks: [{ context: "ci" }],
      }),
    ]);
    const number = await waiting();
    await bot.post(`${API}/statuses/${pullOf(number).head.sha}`, { context: "ci", state: "success" });
    expect(await merged(number)).toBe(true);
  });

  it("an approval by somebody who counts", async () => {
    await protect([review()]);
    const number = await waiting();
    await approve(number, "tom");
    expect(await merged(number)).toBe(false);
    await approve(number);
    expect(await merged(number)).toBe(true);
  });

  it("a right that makes an approval count", async () => {
    await protect([review()]);
    const number = await waiting();
    await approve(number, "tom");
    await ada.put(`${API}/collaborators/tom`, { permission: "push" });
    expect(await merged(number)).toBe(true);
    await ada.put(`${API}/collaborators/tom`, { permission: "triage" });
  });

  it("a request for changes that is dismissed", async () => {
    await protect([review()]);
    const number = await waiting();
    const asked = { event: "REQUEST_CHANGES", body: "No." };
    const { body } = await place.as("rita").post<{ id: number }>(`${API}/pulls/${number}/reviews`, asked);
    await approve(number, "ada");
    expect(await merged(number)).toBe(false);
    await dora.put(`${API}/pulls/${number}/reviews/${body.id}/dismissals`, { message: "Settled." });
    expect(await merged(number)).toBe(true);
  });

  it.each([
    ["changes", (id: number) => ada.put(`${API}/rulesets/${id}`, { rules: [rule("deletion")] })],
    ["is disabled", (id: number) => ada.put(`${API}/rulesets/${id}`, { enforcement: "disabled" })],
    ["is deleted", (id: number) => ada.delete(`${API}/rulesets/${id}`)],
  ])("a ruleset that %s", async (_, act) => {
    const id = await protect([check()]);
    const number = await waiting();
    await act(id);
    expect(await merged(number)).toBe(true);
  });

  it("a classic protection that goes, also for an admin whom it does not hold", async () => {
    await ada.put(`${API}/branches/main/protection`, {
      required_status_checks: { strict: false, contexts: ["gate"] },
      enforce_admins: false,
      required_pull_request_reviews: null,
      restrictions: null,
    });
    const number = await waiting("ada");
    await ada.delete(`${API}/branches/main/protection`);
    expect(await merged(number)).toBe(true);
  });

  it("a head that is behind no more", async () => {
    await protect([check(true)]);
    const number = await waiting();
    const branch = pullOf(number).head.ref;
    const ahead = await fresh();
    await report(ahead);
    await dora.put(`${API}/pulls/${ahead}/merge`, {});
    await report(number);
    expect(await merged(number)).toBe(false);
    const clone = await place.clone("dora");
    await clone.git("checkout", "--quiet", branch);
    await clone.git("merge", "--quiet", "origin/main");
    await clone.git("push", "--quiet");
    await report(number);
    expect(await merged(number)).toBe(true);
  });

  it("a conflict that is resolved", async () => {
    await protect([check()]);
    const number = await waiting();
    const { ref } = pullOf(number).head;
    const [rules] = (await ada.get<{ id: number }[]>(`${API}/rulesets`)).body;
    const bypass_actors = [{ actor_type: "RepositoryRole", actor_id: 4, bypass_mode: "always" }];
    await ada.put(`${API}/rulesets/${rules?.id}`, { bypass_actors });
    await place.commit("dora", "main", { [`${ref}.txt`]: "ours\n" });
    await report(number);
    expect(await merged(number)).toBe(false);
    expect(await waitsFor(place.github, place.repository(), pullOf(number))).toBe("Pull Request is not mergeable");
    await place.commit("dora", "main", { [`${ref}.txt`]: null });
    expect(await merged(number)).toBe(true);
  });

  it("the last of several, and says until then what it waits for", async () => {
    await protect([review(), check()]);
    const number = await waiting();
    const says = () => waitsFor(place.github, place.repository(), pullOf(number));
    expect(await says()).toBe(
      'Repository rule violations found\n\nAt least 1 approving review is required by reviewers with write access.\n\nRequired status check "gate" is expected.\n\n',
    );
    await approve(number);
    expect(await says()).toBe('Repository rule violations found\n\nRequired status check "gate" is expected.\n\n');
    await report(number);
    expect(await merged(number)).toBe(true);
    expect(await waitsFor(place.github, place.repository(), pullOf(await fresh()))).toBeNull();
  });

  it("but nobody's bypass is one", async () => {
    const bypass_actors = [{ actor_type: "OrganizationAdmin", actor_id: 1, bypass_mode: "always" }];
    await protect([check()], { bypass_actors });
    const number = await waiting("ada");
    await approve(number);
    expect(await merged(number)).toBe(false);
    await report(number);
    expect(await merged(number)).toBe(true);
    expect(pullOf(number).mergedById).toBe(person("ada").account.id);
  });

  it("and not by somebody who may not write any more", async () => {
    await protect([check()]);
    await ada.put(`${API}/collaborators/olaf`, { permission: "push" });
    const number = await waiting("olaf");
    await ada.delete(`${API}/collaborators/olaf`);
    await report(number);
    expect(await merged(number)).toBe(false);
    await ada.put(`${API}/collaborators/olaf`, { permission: "push" });
    expect(await merged(number)).toBe(true);
    await ada.delete(`${API}/collaborators/olaf`);
  });
});

describe("the method is the one that was asked for:", () => {
  it.each([
    ["merge", (number: number) => ({ commit_title: `Merge pull request #${number} from acme/topic-${count}` }), 2],
    ["squash", (number: number) => ({ commit_title: `Change topic-${count}.txt (#${number})` }), 1],
    ["rebase", () => ({ commit_title: "" }), 1],
  ] as const)("%s", async (method, text, parents) => {
    await protect([check()]);
    const number = await waiting("dora", method);
    const { body } = await dora.get(`${API}/pulls/${number}`);
    expect(body).toMatchObject({ auto_merge: { merge_method: method, ...text(number) } });
    await report(number);
    expect(await merged(number)).toBe(true);
    const commit = await place.github.git.commit(place.repository().id, place.head("main"));
    expect(commit?.parents).toHaveLength(parents);
  });

  it("with the words that were given", async () => {
    await protect([check()]);
    const number = await fresh();
    const words = { method: "squash", title: "All of it", message: "At once." } as const;
    await enableAutoMerge(place.github, person("dora"), place.repository(), number, words);
    await report(number);
    expect(await merged(number)).toBe(true);
    const commit = await place.github.git.commit(place.repository().id, place.head("main"));
    expect(commit?.message.trim()).toBe("All of it\n\nAt once.");
  });
});

describe("it is disabled", () => {
  /** The reason that was told, and that nothing merges it then. */
  async function told(number: number, act: () => Promise<unknown>): Promise<unknown> {
    const heard = await place.hears(act, "pull_request");
    const off = heard.filter(({ payload }) => payload.action === "auto_merge_disabled");
    expect(off).toMatchObject([{ payload: { number, pull_request: { auto_merge: null } } }]);
    expect(pullOf(number)).toMatchObject({ merged: false, autoMerge: null });
    return off[0]?.payload["reason"];
  }

  it("by anybody with write, and by nobody else", async () => {
    await protect([check()]);
    const number = await waiting();
    expect(words(await disable(number, "tom"))).toBe("403 Must have write access to this repository.");
    expect(await told(number, () => disable(number, "rita"))).toBe("Manually disabled by user");
    expect(words(await disable(number))).toBe("422 Can't disable auto-merge for this pull request.");
    await report(number);
    expect(await merged(number)).toBe(false);
  });

  it("not where it has merged", async () => {
    await protect([check()]);
    const number = await waiting();
    await report(number);
    expect(await merged(number)).toBe(true);
    expect(words(await disable(number))).toBe("422 Can't disable auto-merge for this pull request.");
  });

  it("by a push of somebody without write, and not of somebody with", async () => {
    await protect([check()]);
    await place.as("olaf").post(`${API}/forks`, {});
    const clone = await place.clone("olaf", "olaf/api");
    await clone.git("checkout", "--quiet", "-b", "outside");
    await clone.commits("From outside");
    await clone.git("push", "--quiet", "origin", "outside");
    const asked = { title: "Outside", head: "olaf:outside", base: "main" };
    const { number } = (await place.as("olaf").post<{ number: number }>(`${API}/pulls`, asked)).body;
    expect(words(await enable(number, "olaf"))).toBe("403 Must have write access to this repository.");
    expect(words(await enable(number))).toBeNull();
    await clone.commits("More");
    expect(await told(number, () => clone.git("push", "--quiet", "origin", "outside"))).toBe(
      "Head branch was pushed to by a user without write access",
    );

    const own = await waiting();
    await place.commit("rita", pullOf(own).head.ref, { more: "1" });
    expect(pullOf(own).autoMerge).not.toBeNull();
  });

  it.each([
    [
      "another base",
      "Base branch was changed",
      (number: number) => dora.patch(`${API}/pulls/${number}`, { base: "other" }),
    ],
    ["closing it", "Pull request was closed", (number: number) => dora.patch(`${API}/pulls/${number}`, closed)],
    [
      "making it a draft",
      "Pull request was converted to draft",
      (number: number) => convertToDraft(place.github, person("dora"), place.repository(), number),
    ],
    [
      "deleting its branch",
      "Pull request was closed",
      (number: number) => dora.delete(`${API}/git/refs/heads/${pullOf(number).head.ref}`),
    ],
    [
      "switching it off in the repository",
      "Auto merge is not allowed for this repository",
      () => ada.patch(API, { allow_auto_merge: false }),
    ],
  ])("by %s", async (_, reason, act) => {
    await protect([check()]);
    if (!place.github.state.refs.get(place.repository().id)?.refs["refs/heads/other"]) await place.branch("other");
    const number = await waiting();
    expect(await told(number, () => act(number))).toBe(reason);
  });

  it("and stays so when it is opened again", async () => {
    await protect([check()]);
    const number = await waiting();
    await dora.patch(`${API}/pulls/${number}`, closed);
    await dora.patch(`${API}/pulls/${number}`, { state: "open" });
    await report(number);
    expect(await merged(number)).toBe(false);
  });
});

describe("webhooks", () => {
  it("tell that it is enabled, how, and by whom", async () => {
    await protect([check()]);
    const number = await fresh();
    const heard = await place.hears(() => enable(number, "rita", "squash"), "pull_request");
    expect(heard).toMatchObject([
      {
        payload: {
          action: "auto_merge_enabled",
          number,
          sender: { login: "rita" },
          pull_request: {
            auto_merge: { enabled_by: { login: "rita" }, merge_method: "squash", commit_message: expect.any(String) },
          },
        },
      },
    ]);
  });
});

describe("after a restart", () => {
  it("it is still enabled, and merges; what became ready in between merges at once", async () => {
    const folder = await mkdtemp(join(tmpdir(), "auto-merge-"));
    const before = await startPlace({ folder });
    await before.as("ada").patch(API, { allow_auto_merge: true });
    await before.as("ada").post(`${API}/rulesets`, {
      name: "main",
      enforcement: "active",
      conditions: { ref_name: { include: ["refs/heads/main"], exclude: [] } },
      rules: [review()],
    });
    const numbers = [await before.pull("one"), await before.pull("two")] as const;
    const [one, two] = numbers;
    const by = before.github.as("dora");
    for (const number of numbers)
      await enableAutoMerge(before.github, by, before.repository(), number, { method: "squash" });
    const token = before.github.tokenOf("rita");
    await before.github.settled();
    await before.stop();

    const options = { folder, host: "127.0.0.1", port: 0, clock: machineClock(), log: () => {} };
    const after = await startSandbox(options);
    const { id } = before.repository();
    const rita = callerOf(after.apiUrl, `token ${token}`);
    const auto_merge = { enabled_by: { login: "dora" }, merge_method: "squash" };
    expect((await rita.get(`${API}/pulls/${one}`)).body).toMatchObject({ state: "open", auto_merge });
    await rita.post(`${API}/pulls/${one}/reviews`, { event: "APPROVE" });
    await after.github.idle();
    expect(after.github.find.pull(id, one)).toMatchObject({ merged: true });

    // As a kill leaves it between an approval and the merge that it sets off.
    after.github.find.autoMerging = () => [];
    await rita.post(`${API}/pulls/${two}/reviews`, { event: "APPROVE" });
    await after.stop();
    const again = await startSandbox(options);
    await again.github.idle();
    expect(again.github.find.pull(id, two)).toMatchObject({ merged: true });
    await again.stop();
    await rm(folder, { recursive: true, force: true });
  });
});
