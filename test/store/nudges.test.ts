import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { branch, installationId, later } from "../../src/flow/names.ts";
import type { Nudge } from "../../src/flow/subject.ts";
import type { Store } from "../../src/store/store.ts";
import { at, FORK, NOW, REPOSITORY } from "../builders.ts";
import { dialect, freshPlace, type Place } from "./place.ts";
import {
  ALL,
  component,
  componentLesson,
  decision,
  group,
  groupLesson,
  INSTALLATION,
  keysOf,
  news,
  nudge,
  nudged,
  pull,
  pullLesson,
  stage,
  stageLesson,
  take,
} from "./told.ts";

let place: Place;
let store: Store;
const elsewhere = pull(1, FORK);
const other = installationId(2);

/** Of each kind something, in two repositories of two installations; #4 is closed, #3 lists what it carries and was compared with staging. */
beforeEach(async () => {
  place = await freshPlace();
  store = await place.open();
  await store.learn(
    news({
      lessons: [
        componentLesson(),
        stageLesson,
        { ...stageLesson, branch: branch("staging") },
        groupLesson(),
        pullLesson(pull(1), {}, { title: '"list":"mine"' }),
        pullLesson(pull(2), { tip: at("other") }),
        pullLesson(pull(3), { base: "staging" }, { list: "seen:9" }),
        pullLesson(pull(4), {}, { state: "closed", list: "seen:9" }),
      ],
    }),
  );
  const theirs = [pullLesson(elsewhere), { ...stageLesson, repository: FORK }];
  await store.learn({ ...news({ lessons: theirs }), installation: other });
  await store.learn(nudged(pull(3)));
  const lease = await take(store, pull(3));
  const recalled = await store.recall(lease, NOW);
  await store.commit(lease, recalled, decision({ compared: [branch("staging"), branch("a,b")] }), NOW);
  await store.release(lease, recalled.nudges, null);
});
afterEach(() => place.end());

const everythingHere = [
  "component:42",
  `group:42:${at("queue")}`,
  "pull:42:1",
  "pull:42:2",
  "pull:42:3",
  "pull:42:4",
  "stage:42:development",
  "stage:42:staging",
];
const repository = REPOSITORY;

describe("A nudge of", () => {
  it.each<readonly [string, Omit<Nudge, "priority"> & object, readonly string[]]>([
    ["one subject", { subject: pull(1) }, ["pull:42:1"]],
    ["a stage", { subject: stage }, ["stage:42:development"]],
    ["a component", { subject: component }, ["component:42"]],
    ["a group", { subject: group }, [`group:42:${at("queue")}`]],
    ["open pull requests", { openPulls: { repository } }, ["pull:42:1", "pull:42:2", "pull:42:3"]],
    ["those with a head", { openPulls: { repository, head: at("login") } }, ["pull:42:1", "pull:42:3"]],
    ["those that list what they carry", { openPulls: { repository, lists: true } }, ["pull:42:3"]],
    ["those with a base", { openPulls: { repository, base: branch("development") } }, ["pull:42:1", "pull:42:2"]],
    [
      "those with a head and a base",
      { openPulls: { repository, head: at("login"), base: branch("development") } },
      ["pull:42:1"],
    ],
    ["those compared with a branch", { openPulls: { repository, compared: branch("staging") } }, ["pull:42:3"]],
    ["those compared with an odd one", { openPulls: { repository, compared: branch("a,b") } }, ["pull:42:3"]],
    ["those compared with a part of its name", { openPulls: { repository, compared: branch("stag") } }, []],
    [
      "those compared with a branch, of another base",
      { openPulls: { repository, base: branch("development"), compared: branch("staging") } },
      [],
    ],
    ["all stages", { stagesOf: repository }, ["stage:42:development", "stage:42:staging"]],
    ["an installation", { installation: INSTALLATION }, everythingHere],
    ["another installation", { installation: other }, ["pull:43:1", "stage:43:development"]],
  ])("%s reaches these and no others", async (_, whom, keys) => {
    await store.learn(news({ nudges: [{ priority: "bulk", ...whom } as Nudge] }));
    expect([...keysOf(await store.claim(ALL))].sort()).toEqual(keys);
  });

  it("two thousand pull requests is one", async () => {
    const many = Array.from({ length: 2_000 }, (_, n) => pullLesson(pull(1_000 + n)));
    await store.learn(news({ lessons: many }));
    const before = performance.now();
    await store.learn(news({ nudges: [{ priority: "bulk", openPulls: { repository } }] }));
    expect(performance.now() - before).toBeLessThan(1_000);
    expect((await store.counts()).due).toBe(2_003);
  });
});

describe("Those that are nudged", () => {
  it("are those that the same news tells of as well", async () => {
    await store.learn(
      news({
        lessons: [pullLesson(pull(1), {}, { state: "closed" }, later(NOW, 1_000)), pullLesson(pull(9))],
        nudges: [{ priority: "bulk", openPulls: { repository, head: at("login") } }],
      }),
    );
    expect([...keysOf(await store.claim(ALL))].sort()).toEqual(["pull:42:3", "pull:42:9"]);
  });

  it("are never the subject whose own decision nudges them, however it names them", async () => {
    await store.learn(nudged(pull(1)));
    const lease = await take(store, pull(1));
    const recalled = await store.recall(lease, NOW);
    const nudges: readonly Nudge[] = [
      nudge(pull(1)),
      { priority: "person", openPulls: { repository } },
      { priority: "person", installation: INSTALLATION },
    ];
    expect(await store.commit(lease, recalled, decision({ news: news({ nudges }) }), NOW)).toBe("written");
    await store.release(lease, recalled.nudges, null);
    expect([...keysOf(await store.claim(ALL))].sort()).toEqual(everythingHere.filter((key) => key !== "pull:42:1"));
  });
});

describe("Who listens for work", () => {
  it("hears of what is accepted, learnt and decided, and not of what nudges nobody", async () => {
    let heard = 0;
    store.onWork(() => {
      heard += 1;
    });
    // PostgreSQL tells of the news before once more, to all who listen, a little later.
    const nothing = dialect<unknown>(0, expect.any(Number));
    const hearing = async (tell: () => Promise<unknown>) => {
      const before = heard;
      await tell();
      return heard - before;
    };
    const accept = (given: Parameters<Store["accept"]>[0]["news"], id: string) =>
      store.accept({ id, event: "push", body: "", news: given });
    expect(await hearing(() => accept(nudged(pull(1)), "one"))).toBeGreaterThan(0);
    expect(await hearing(() => accept(nudged(pull(1)), "one"))).toEqual(nothing);
    expect(await hearing(() => accept(null, "two"))).toEqual(nothing);
    expect(await hearing(() => accept(news({ lessons: [pullLesson(pull(2))] }), "three"))).toEqual(nothing);
    expect(await hearing(() => store.learn(nudged(pull(2))))).toBeGreaterThan(0);
    const lease = await take(store, pull(1));
    const recalled = await store.recall(lease, NOW);
    const decide = (given: Parameters<typeof decision>[0]) => store.commit(lease, recalled, decision(given), NOW);
    expect(await hearing(() => decide({}))).toEqual(nothing);
    expect(await hearing(() => decide({ news: nudged(pull(3)) }))).toBeGreaterThan(0);
  });
});
