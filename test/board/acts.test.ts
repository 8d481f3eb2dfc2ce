import { beforeEach, describe, expect, test } from "@jest/globals";
import { type ActPorts, actsWith, isJudged, isPromotable, suffices } from "../../src/board/acts.ts";
import { type Instant, later } from "../../src/flow/names.ts";
import type { PageAct } from "../../src/flow/request.ts";
import { intake } from "../../src/intake.ts";
import { id, NOW, release, stories } from "./samples.ts";

const DORA = { id: 3, login: "dora" };
let now: Instant;
let accepted: Parameters<ActPorts["accept"]>[0][];
let said: string[];
let answered: boolean;
beforeEach(() => {
  answered = true;
  now = NOW;
  accepted = [];
  said = [];
});
const acts = actsWith({
  clock: { now: () => now },
  log: { info: (_fields, message) => void said.push(message) },
  isAnswered: async () => answered,
  async accept(delivery) {
    const known = accepted.some(({ id }) => id === delivery.id);
    accepted.push(delivery);
    return known ? "known" : "stored";
  },
});

describe("A dry run on the page", () => {
  test("asks what the button beside the check asks for, to be answered there", async () => {
    const view = stories.promotion();
    const { head, base } = view.memory;
    await acts.dryRun(view, DORA);
    const button = intake(
      {
        id: "1",
        event: "check_run",
        at: NOW,
        payload: {
          action: "requested_action",
          requested_action: { identifier: "dry-run" },
          check_run: {
            name: `flowgate: ${base}`,
            head_sha: head.sha,
            app: { id: 7 },
            pull_requests: [{ number: view.number, head: { sha: head.sha }, base: { ref: base } }],
          },
          repository: { id: view.repository, full_name: "glucose/api" },
          sender: DORA,
        },
      },
      { app: 7, bot: "flowgate[bot]" },
    );
    const [asked] = button.asks;
    const id = `dry-run:pull:${view.repository}:${view.number}:3:2026-11-22T09:40:0`;
    expect(accepted).toMatchObject([
      {
        id,
        event: "dry-run",
        body: "",
        news: {
          nudges: button.nudges,
          asks: [{ ...asked, request: { ...asked?.request, id, origin: { number: view.number, button: "page" } } }],
        },
      },
    ]);
    expect(said).toEqual(["dora asked on the board for a dry run."]);
    await acts.dryRun(view, DORA);
    expect(said).toHaveLength(1);
  });

  test.each<[keyof typeof stories, boolean]>([
    ["promotion", true],
    ["refused", false],
    ["merged", false],
    ["unjudged", false],
  ])("has something to try out: %s, %j", (name, expected) => {
    expect(isPromotable(stories[name]())).toBe(expected);
  });

  test("has nothing to try out where nothing is enforced", () => {
    const view = stories.promotion();
    const { component } = view;
    const policy = { ...component.config.policy, enforcement: "observe" as const };
    expect(isPromotable({ ...view, component: { ...component, config: { ...component.config, policy } } })).toBe(false);
  });
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

describe("A tick on the page", () => {
  const saw = { blob: id("b00c"), head: id("57a9e22"), state: "open", since: null } as const;
  const act = { command: "done", label: "P3", note: "31 rows", url: null, because: null, saw } as const;
  const presses = (more: Partial<PageAct> = {}, seen = 31, by = DORA) =>
    acts.tick(release(), { act: { ...act, ...more }, seen }, by);

  test("is asked of its pull request as a command is, by the second", async () => {
    now = later(NOW, 999);
    await presses();
    const subject = { kind: "pull", repository: release().repository, number: 42 };
    const asked = { id: accepted[0]?.id, by: DORA, at: now, written: NOW, body: "", how: "written" };
    expect(accepted).toMatchObject([
      {
        event: "tick",
        body: "",
        news: {
          installation: null,
          cause: "a tick on its page",
          nudges: [{ priority: "person", subject }],
          asks: [{ of: subject, request: { ...asked, origin: { number: 42, page: act } } }],
        },
      },
    ]);
    expect(accepted[0]?.id.startsWith("page:pull:901:42:3:")).toBe(true);
    expect(said).toEqual(["dora asked on the board for /done P3."]);
  });

  test("is another one on a page that was loaded anew, of another item, by somebody else, or later", async () => {
    await presses();
    await presses({ note: "32 rows" });
    expect(said).toHaveLength(1);
    await presses({}, 32);
    await presses({ label: "P4" });
    await presses({ command: "undo" });
    await presses({}, 31, { id: 4, login: "devin" });
    now = later(now, 10_000);
    await presses();
    expect(said).toHaveLength(6);
  });

  test("waits a moment for what comes of it, and no longer", async () => {
    answered = false;
    const began = performance.now();
    await presses();
    expect(performance.now() - began).toBeGreaterThan(2_500);
  });
});
