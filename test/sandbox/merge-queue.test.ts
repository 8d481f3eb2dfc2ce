import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { dequeue, enqueue, settleQueues } from "../../sandbox/merge-queue.ts";
import { API, type Caller, type Delivery, type Place, startPlace } from "./github.ts";

let place: Place;
let dora: Caller;

beforeAll(async () => {
  place = await startPlace();
  dora = place.as("dora");
  const queue = {
    check_response_timeout_minutes: 60,
    grouping_strategy: "ALLGREEN",
    max_entries_to_build: 5,
    max_entries_to_merge: 5,
    merge_method: "MERGE",
    min_entries_to_merge: 1,
    min_entries_to_merge_wait_minutes: 5,
  };
  const checks = {
    strict_required_status_checks_policy: false,
    required_status_checks: [{ context: "gate", integration_id: place.app.id }],
  };
  const made = await place.as("ada").post(`${API}/rulesets`, {
    name: "queue",
    enforcement: "active",
    conditions: { ref_name: { include: ["refs/heads/main"], exclude: [] } },
    rules: [
      { type: "merge_queue", parameters: queue },
      { type: "required_status_checks", parameters: checks },
    ],
  });
  if (made.status !== 201) throw new Error(made.text);
});
afterAll(() => place.stop());

const report = async (head: string, conclusion: string) =>
  (await place.bot()).post(`${API}/check-runs`, { name: "gate", head_sha: head, conclusion });
/** A pull request whose own check has passed. */
async function ready(name: string): Promise<number> {
  const number = await place.pull(name);
  await report(place.head(name), "success");
  return number;
}
const add = (number: number) => enqueue(place.github, place.github.as("dora"), place.repository(), number);
async function queued(number: number) {
  const group = await add(number);
  if (!group.done) throw new Error(group.refusal.message);
  return group.value;
}
const told = (heard: readonly Delivery[]) =>
  heard.map(({ event, payload }) => [event, payload.action, payload["reason"]].filter(Boolean).join(" "));
const merged = async (number: number) => (await dora.get<{ merged: boolean }>(`${API}/pulls/${number}`)).body.merged;

describe("a branch with a merge queue", () => {
  it("takes no merge past it", async () => {
    const number = await ready("direct");
    expect(await dora.put(`${API}/pulls/${number}/merge`)).toMatchObject({
      status: 405,
      body: { message: "Repository rule violations found\n\nChanges must be made through the merge queue\n\n" },
    });
  });

  it("queues no pull request whose own checks have not passed, nor one twice", async () => {
    const number = await place.pull("unready");
    expect(await add(number)).toMatchObject({ done: false, refusal: { status: 422 } });
    await report(place.head("unready"), "success");
    await queued(number);
    expect(await add(number)).toMatchObject({ done: false, refusal: { status: 422 } });
    await dequeue(place.github, place.github.as("dora"), place.repository(), number);
  });

  it("asks for the checks of a group: a commit of its own on a branch of the queue", async () => {
    const number = await ready("grouped");
    const base = place.head("main");
    const heard = await place.hears(
      () => queued(number),
      "pull_request",
      "merge_group",
      "create",
      "push",
      "check_suite",
    );
    expect(told(heard)).toEqual([
      "pull_request enqueued",
      "create",
      "push",
      "check_suite requested",
      "merge_group checks_requested",
    ]);
    const ref = `gh-readonly-queue/main/pr-${number}-${base}`;
    const head = place.head(ref);
    expect(heard.at(-1)?.payload).toMatchObject({
      merge_group: {
        head_sha: head,
        head_ref: `refs/heads/${ref}`,
        base_sha: base,
        base_ref: "refs/heads/main",
        head_commit: { id: head },
      },
    });
    expect((await dora.get(`${API}/commits/${head}`)).body).toMatchObject({
      parents: [{ sha: base }, { sha: place.head("grouped") }],
    });
    expect(await merged(number)).toBe(false);
  });

  it("merges a group as soon as its check passes, and says why the group is gone", async () => {
    const number = await ready("green");
    const before = place.github.find.groupsOf(place.repository().id);
    for (const { pullNumber } of before)
      await dequeue(place.github, place.github.as("dora"), place.repository(), pullNumber);
    const { headSha, headRef } = await queued(number);
    const heard = await place.hears(() => report(headSha, "success"), "pull_request", "merge_group", "push", "delete");
    expect(told(heard)).toEqual([
      "pull_request dequeued MERGE",
      "pull_request closed",
      "push",
      "push",
      "delete",
      "merge_group destroyed merged",
    ]);
    expect(place.head("main")).toBe(headSha);
    expect(await merged(number)).toBe(true);
    expect((await dora.get(`${API}/branches/${headRef}`)).status).toBe(404);
  });

  it("builds a group on the one before, and merges neither out of turn", async () => {
    const [one, two] = [await ready("turn-1"), await ready("turn-2")];
    const first = await queued(one);
    const second = await queued(two);
    expect(second.baseSha).toBe(first.headSha);
    await report(second.headSha, "success");
    expect([await merged(one), await merged(two)]).toEqual([false, false]);
    await report(first.headSha, "success");
    await settleQueues(place.github);
    expect([await merged(one), await merged(two)]).toEqual([true, true]);
    expect(place.head("main")).toBe(second.headSha);
  });

  it("drops a group whose check fails, and with it the groups built on it", async () => {
    const [one, two] = [await ready("fails-1"), await ready("fails-2")];
    const first = await queued(one);
    await queued(two);
    const heard = await place.hears(() => report(first.headSha, "failure"), "pull_request", "merge_group");
    expect(told(heard)).toEqual([
      "merge_group destroyed dequeued",
      "pull_request dequeued CI_FAILURE",
      "merge_group destroyed invalidated",
      "pull_request dequeued GIT_TREE_INVALID",
    ]);
    expect([await merged(one), await merged(two)]).toEqual([false, false]);
  });

  it("drops a group whose check does not come in time", async () => {
    const number = await ready("late");
    await queued(number);
    place.clock.skip(61 * 60_000);
    const heard = await place.hears(() => settleQueues(place.github), "pull_request");
    expect(told(heard)).toEqual(["pull_request dequeued CI_TIMEOUT"]);
  });

  it("drops a pull request that moved on", async () => {
    const number = await ready("moved");
    await queued(number);
    await place.commit("dora", "moved", { more: "1" });
    const heard = await place.hears(() => settleQueues(place.github), "merge_group");
    expect(told(heard)).toEqual(["merge_group destroyed dequeued"]);
    expect(await merged(number)).toBe(false);
  });

  it("lets a person take a pull request out again", async () => {
    const number = await ready("taken");
    await queued(number);
    const out = () => dequeue(place.github, place.github.as("dora"), place.repository(), number);
    expect(told(await place.hears(out, "pull_request"))).toEqual(["pull_request dequeued MANUAL"]);
    expect(await out()).toMatchObject({ done: false, refusal: { status: 404 } });
  });
});
