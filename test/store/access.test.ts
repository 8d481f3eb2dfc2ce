import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Access } from "../../src/flow/decision.ts";
import { branch, installationId, later } from "../../src/flow/names.ts";
import type { Store } from "../../src/store/store.ts";
import { FORK, NOW, REPOSITORY } from "../builders.ts";
import { freshPlace, type Place } from "./place.ts";
import {
  ALL,
  componentLesson,
  INSTALLATION,
  keysOf,
  news,
  nudge,
  opened,
  pull,
  stage,
  stageLesson,
  take,
} from "./told.ts";

let place: Place;
let store: Store;
beforeEach(async () => {
  place = await freshPlace();
  store = await place.open();
  await store.learn(news({ lessons: [componentLesson()] }));
  await store.learn(opened(pull(12)));
});
afterEach(() => place.end());

const claimed = async () => keysOf(await store.claim(ALL));
const change = (access: Access) => store.learn(news({ access: [access] }));
const other = installationId(2);

describe.each<readonly [string, (may: "work" | "not work") => Access]>([
  ["An installation", (may) => ({ installation: INSTALLATION, may, account: "acme" })],
  ["A repository", (may) => ({ repository: REPOSITORY, may })],
])("%s that is out of reach", (_, access) => {
  it("is kept and not worked on, and is worked on again once it is within reach", async () => {
    await change(access("not work"));
    expect(await claimed()).toEqual([]);
    expect(await store.nextDue()).toBeNull();
    await store.learn(opened(pull(13)));
    expect(await claimed()).toEqual([]);
    await change(access("work"));
    expect(await store.nextDue()).toBe(NOW);
    expect([...(await claimed())].sort()).toEqual(["pull:42:12", "pull:42:13"]);
  });

  it("is shown so", async () => {
    const shown = async () => (await store.componentsView()).map(({ mayWork }) => mayWork);
    expect(await shown()).toEqual([true]);
    await change(access("not work"));
    expect(await shown()).toEqual([false]);
    expect((await store.pullView("acme/api", 12))?.mayWork).toBe(false);
  });

  it("keeps nobody else from work", async () => {
    await change(access("not work"));
    await store.learn({ ...opened(pull(1, FORK)), installation: other });
    expect(await claimed()).toEqual(["pull:43:1"]);
  });
});

describe("An installation that GitHub wants no calls of", () => {
  const until = later(NOW, 60_000);

  it.each([
    ["that was heard of", true],
    ["that was not", false],
  ])("%s, is left alone until then, whoever waits, and no other is", async (_, heardOf) => {
    if (heardOf) await change({ installation: INSTALLATION, may: "work", account: "acme" });
    await store.pause(INSTALLATION, until);
    await store.learn(news({ nudges: [nudge(pull(12), "person")] }));
    await store.learn({ ...opened(pull(1, FORK)), installation: other });
    expect(await claimed()).toEqual(["pull:43:1"]);
    expect(await store.nextDue()).toBe(until);
    place.clock.pass(60_000);
    expect(await claimed()).toEqual(["pull:42:12"]);
  });

  it("is due when its subjects are, where that is later", async () => {
    const lease = await take(store, pull(12));
    await store.pause(INSTALLATION, until);
    await store.release(lease, 1, later(NOW, 120_000));
    expect(await store.nextDue()).toBe(later(NOW, 120_000));
  });
});

it("A repository that moves to another installation takes all its subjects along", async () => {
  await store.learn(news({ lessons: [stageLesson, { ...stageLesson, branch: branch("staging") }] }));
  await store.learn({
    ...news({ lessons: [componentLesson({ installation: other })], nudges: [nudge(stage)] }),
    installation: other,
  });
  const leases = await store.claim(ALL);
  expect([...keysOf(leases)].sort()).toEqual(["pull:42:12", "stage:42:development"]);
  expect(leases.map(({ installation }) => installation)).toEqual([2, 2]);
});
