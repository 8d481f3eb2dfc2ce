import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { boardRoute } from "../../src/board/routes.ts";
import type { Effect } from "../../src/flow/effect.ts";
import { type Fact, type Want, wantKey } from "../../src/flow/facts.ts";
import { later } from "../../src/flow/names.ts";
import { intake } from "../../src/intake.ts";
import { settle } from "../../src/pipeline.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { signer } from "../release/releases.ts";
import { id, NOW } from "./samples.ts";

const HOUSE = { app: 5, links: null, web: "https://github.com", version: "0.0.0", signer: signer() };
const repository = { id: 901, full_name: "glucose/api", default_branch: "master" };
const FILE = { found: true, blob: id("c0ff1e"), text: "stages: [development, staging, master]\n" };

/** What GitHub answers here. It shows no ruleset and takes none. */
const answers: { readonly [want in Want["want"]]: unknown } = {
  repository: { name: "glucose/api", defaultBranch: "master" },
  branch: id("ba5e"),
  document: FILE,
  pull: null,
  "open-pulls": [],
  "merged-pulls": [],
  compare: null,
  "brought-by": [],
  reviews: [],
  rulesets: [],
  rules: [],
  checks: [],
  team: null,
  "team-access": true,
  collaborators: [],
  issues: [],
  text: { title: "", body: "" },
  blob: "",
  pushers: [],
  tree: id("7ee"),
  tags: [],
  tagged: [],
  folders: [],
  issue: null,
  tag: null,
  user: { name: null },
  parents: [id("ba5e")],
  entries: [],
  "root-files": [],
  file: FILE,
  "run-book": null,
  run: null,
  touched: [],
  verified: null,
  permissions: {},
};

describe("the board over the store", () => {
  let store: Store;
  let clock = NOW;

  beforeEach(async () => {
    clock = NOW;
    store = await openStore({
      url: null,
      folder: null,
      leaseMs: 60_000,
      clock: { now: () => clock },
      log: { warn: () => {} },
    });
  });
  afterEach(() => store.stop());

  async function hears(event: string, payload: object): Promise<void> {
    const delivery = {
      id: `${event} ${clock}`,
      event,
      payload: { ...payload, repository, installation: { id: 3 } },
      at: clock,
    };
    await store.accept({ ...delivery, body: "", news: intake(delivery, null) });
    clock = later(clock, 5_000);
    for (let round = 0; round < 10; round++) {
      const leases = await store.claim({ limit: 10, perInstallation: 10, personsOnly: false });
      if (leases.length === 0) return;
      for (const lease of leases)
        await settle(lease, {
          house: HOUSE,
          clock: { now: () => clock },
          store,
          look,
          perform,
          find: async () => null,
        });
    }
    throw new Error("It never comes to rest.");
  }

  const look = async (_: unknown, __: unknown, wants: readonly Want[]) =>
    new Map(
      wants.map((want): [string, Fact<unknown>] => [
        wantKey(want),
        { known: true, value: answers[want.want], at: clock },
      ]),
    );
  const perform = async (_: unknown, effect: Effect) =>
    effect.thing === "check-run"
      ? ({ effect, at: clock, came: "done", id: 77 } as const)
      : ({ effect, at: clock, came: "refused", because: "the App may not write rulesets of glucose/api" } as const);

  const pullRequest = (action: string, base: string, given: object = {}) => ({
    action,
    pull_request: {
      number: 42,
      title: "<b>Log in</b>",
      draft: false,
      state: "open",
      merged: false,
      updated_at: clock,
      user: { id: 7, login: "mara", type: "User" },
      head: { sha: id("f00dfee"), ref: "feature/login", repo: { id: 901 } },
      base: { ref: base },
      ...given,
    },
  });

  const page = async (path: string) => {
    const { status, body } = await boardRoute(
      { method: "GET", path, host: "localhost", ifNoneMatch: null, at: clock },
      store,
      { kind: "loopback" },
    );
    return { status, body };
  };

  test("explains what was decided, what is enforced and what happened, and follows the pull request to its end", async () => {
    await hears("pull_request", pullRequest("opened", "master"));
    const refused = await page("/Glucose/API/pull/42");
    expect(refused.status).toBe(200);
    expect(refused.body).toContain(
      "<h1>feature/login enters at development, not at master. Open it into development instead.</h1>",
    );
    expect(refused.body).toContain(
      "Advice only: GitHub will not block this merge because the App may not write rulesets of glucose/api.",
    );
    expect(refused.body).toContain("&lt;b&gt;Log in&lt;/b&gt;");
    expect(refused.body).toContain("<b>Judged</b>: ✗ refused. feature/login enters at development");
    expect(refused.body).toContain("<b>Written on GitHub</b>: the check flowgate: master, failure");
    expect(refused.body).toContain(`blob <code class="sha" title="${FILE.blob}">`);

    await hears("pull_request", {
      ...pullRequest("edited", "development"),
      changes: { base: { ref: { from: "master" } } },
    });
    expect((await page("/glucose/api/pull/42")).body).toContain('<p class="mark passed">✓ passed</p>');
    const board = await page("/");
    expect(board.body).toContain("✗ not enforced");
    expect(board.body).toContain('href="/glucose/api/pull/42"');

    await hears("pull_request", pullRequest("closed", "development", { state: "closed", merged: true }));
    const merged = await page("/glucose/api/pull/42");
    expect(merged.body).toContain("<h1>Merged into development.</h1>");
    expect(merged.body).toContain("✓ passed");
    expect((await page("/")).body).not.toContain("/pull/42");
  });

  test("writes nothing", async () => {
    await hears("pull_request", pullRequest("opened", "master"));
    const before = await store.pullView("glucose/api", 42);
    for (const path of [
      "/",
      "/index.json",
      "/glucose/api/pull/42",
      "/glucose/api/pull/42.json",
      "/glucose/api/pull/9",
      "/a/b/pull/1",
    ])
      await page(path);
    expect(await store.pullView("glucose/api", 42)).toEqual(before);
    expect(await store.idle()).toBe(true);
    expect(await store.ledgerFlaw()).toBeNull();
  });

  test("knows no page of what it never heard of", async () => {
    expect((await page("/glucose/api/pull/42")).body).toContain("has not heard of glucose/api");
    await hears("pull_request", pullRequest("opened", "master"));
    expect((await page("/glucose/api/pull/43")).body).toContain("has not heard of #43 in glucose/api");
  });
});
