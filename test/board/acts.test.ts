import { beforeEach, describe, expect, test } from "@jest/globals";
import { type ActPorts, actsWith, isJudged, suffices } from "../../src/board/acts.ts";
import { type Instant, later } from "../../src/flow/names.ts";
import { intake } from "../../src/intake.ts";
import { NOW, stories } from "./samples.ts";

const DORA = { id: 3, login: "dora" };
let now: Instant;
let accepted: Parameters<ActPorts["accept"]>[0][];
let said: string[];
beforeEach(() => {
  now = NOW;
  accepted = [];
  said = [];
});
const acts = actsWith({
  clock: { now: () => now },
  log: { info: (_fields, message) => void said.push(message) },
  async accept(delivery) {
    const known = accepted.some(({ id }) => id === delivery.id);
    accepted.push(delivery);
    return known ? "known" : "stored";
  },
});

describe("Re-check on the page", () => {
  test("asks for what the button beside the check asks for on GitHub", async () => {
    const view = stories.refused();
    await acts.recheck(view, DORA);
    const button = intake(
      {
        id: "1",
        event: "check_run",
        at: NOW,
        payload: {
          action: "requested_action",
          requested_action: { identifier: "recheck" },
          check_run: { name: `flowgate: ${view.memory.base}`, head_sha: view.memory.head.sha, app: { id: 7 } },
          repository: { id: view.repository, full_name: "glucose/api" },
        },
      },
      { app: 7, bot: "flowgate[bot]" },
    );
    expect(accepted).toMatchObject([{ event: "recheck", body: "", news: { ...button, cause: "Re-check" } }]);
    expect(said).toEqual(["dora asked on the board to judge it afresh."]);
  });

  test("pressed twice within ten seconds is one press, by one person on one pull request", async () => {
    const [one, other] = [stories.refused(), { ...stories.refused(), number: 43 }];
    for (const [view, by] of [
      [one, DORA],
      [one, DORA],
      [other, DORA],
      [one, { id: 4, login: "devin" }],
    ] as const)
      await acts.recheck(view, by);
    now = later(now, 10_000);
    await acts.recheck(one, DORA);
    const ids = accepted.map(({ id }) => id);
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(4);
    expect(said).toHaveLength(4);
  });

  test.each<[keyof typeof stories, boolean]>([
    ["refused", true],
    ["stale", true],
    ["unjudged", true],
    ["observed", true],
    ["merged", false],
    ["closed", false],
    ["elsewhere", false],
    ["incomplete", false],
  ])("has something to judge: %s, %j", (name, expected) => {
    expect(isJudged(stories[name]())).toBe(expected);
  });

  test("has nothing to judge where Flowgate has no access any more", () => {
    expect(isJudged({ ...stories.refused(), mayWork: false })).toBe(false);
  });

  test.each([
    ["none", false],
    ["read", false],
    ["triage", false],
    ["write", true],
    ["maintain", true],
    ["admin", true],
  ] as const)("is for who may write: %s, %j", (right, may) => {
    expect(suffices(right, "write")).toBe(may);
  });
});
