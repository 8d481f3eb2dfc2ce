import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { absorb } from "../../src/flow/absorb.ts";
import { backMergeFingerprint, backMergeSlot, checkSlot, type Effect, rulesetSlot } from "../../src/flow/effect.ts";
import type { PullKnown, StageKnown } from "../../src/flow/facts.ts";
import type { Lesson, Memory } from "../../src/flow/memory.ts";
import { branch, installationId, later, sha } from "../../src/flow/names.ts";
import type { Subject } from "../../src/flow/subject.ts";
import type { Verdict } from "../../src/flow/verdict.ts";
import type { Store } from "../../src/store/store.ts";
import {
  at,
  component as componentMemory,
  FORK,
  finding,
  LATER,
  NOW,
  pullMemory,
  REPOSITORY,
  stageMemory,
  verdict,
} from "../builders.ts";
import { freshPlace, type Place } from "./place.ts";
import {
  ALL,
  check,
  component,
  componentLesson,
  decides,
  decision,
  entry,
  group,
  groupLesson,
  INSTALLATION,
  keysOf,
  news,
  nudge,
  nudged,
  opened,
  pull,
  pullLesson,
  stage,
  stageLesson,
  take,
} from "./told.ts";

let place: Place;
let store: Store;
beforeEach(async () => {
  place = await freshPlace();
  store = await place.open();
});
afterEach(() => place.end());

const factsOf = async (subject: Subject) =>
  (await store.recall({ subject, installation: INSTALLATION, priority: "bulk", token: "" }, NOW)).facts;
const remember = (subject: Subject, memory: Memory) => decides(store, subject, { memory });

const kinds: readonly (readonly [Subject, Lesson, Memory])[] = [
  [
    pull(12),
    pullLesson(pull(12), { from: null }, { title: 'naïve "☃" \u0000 \ud83d\ude80 \\' }),
    pullMemory({ from: null }, { title: "\u0000'; drop table subject; --", from: { draft: true }, doubt: true }),
  ],
  [
    group,
    groupLesson(),
    {
      kind: "group",
      base: branch("development"),
      number: 12,
      requestedAt: LATER,
      destroyed: true,
      from: at("development"),
    },
  ],
  [
    stage,
    stageLesson,
    stageMemory({
      rulesets: {
        "flowgate: staging": { written: null, repairs: [NOW, LATER], disabled: { since: NOW, by: "ada" } },
        __proto: { written: null, repairs: [], disabled: null },
      },
      enforced: { state: "yes", readAt: NOW, but: ["It is off."] },
    }),
  ],
  [
    component,
    componentLesson(),
    componentMemory({
      defaultBranch: null,
      stages: { development: at("development"), master: null, "10": at("ten"), __proto: null },
    }),
  ],
];

describe.each(kinds)("A %j", (subject, lesson, memory) => {
  it("is remembered as it was taught", async () => {
    await store.learn(news({ lessons: [lesson] }));
    expect(await factsOf(subject)).toMatchObject({ subject, now: NOW, memory: absorb(null, lesson) });
  });

  it("is taught on top of what is remembered", async () => {
    await store.learn(news({ lessons: [lesson] }));
    await store.learn(news({ lessons: [lesson] }));
    expect((await factsOf(subject)).memory).toEqual(absorb(absorb(null, lesson), lesson));
  });

  it("is remembered as it was decided, also by the next process", async () => {
    await remember(subject, memory);
    expect((await factsOf(subject)).memory).toEqual(memory);
    await store.stop();
    store = await place.open();
    expect((await factsOf(subject)).memory).toEqual(memory);
  });

  it("that was never heard of is unknown, and so is all beside it", async () => {
    const { now, subject: _, read, ...rest } = await factsOf(subject);
    expect({ now, read }).toEqual({ now: NOW, read: new Map() });
    const empty = (value: unknown) =>
      value === null || value instanceof Map ? [] : Object.values(value as object).flat();
    const isNothing = (one: unknown) => one === null || one === false || one instanceof Map;
    for (const [fact, value] of Object.entries(rest))
      expect([fact, empty(value).filter((one) => !isNothing(one))]).toEqual([fact, []]);
  });

  it("that was only nudged is still unknown", async () => {
    await store.learn(nudged(subject));
    expect((await factsOf(subject)).memory).toBeNull();
  });
});

describe("What is said of the rulesets of every stage", () => {
  it("is taught to those that are known, and to no other", async () => {
    const staging = { ...stage, branch: branch("staging") };
    const master = { ...stage, branch: branch("master") };
    for (const subject of [stage, staging]) await remember(subject, stageMemory());
    await store.learn(nudged(master));
    await store.learn(news({ lessons: [{ ...stageLesson, branch: null, changedBy: "ada" }] }));
    for (const subject of [stage, staging])
      expect((await factsOf(subject)).memory).toMatchObject({ look: true, changedBy: "ada" });
    expect((await factsOf(master)).memory).toBeNull();
  });
});

describe("What stands in the slots of a stage's rulesets", () => {
  it("is known by title, with that for tags and without that of other stages", async () => {
    await store.learn(news({ lessons: [stageLesson], nudges: nudged(stage).nudges }));
    const lease = await take(store, stage);
    const titles = ["development", "development merges", "tags", "tags are final", "developments"];
    const effects = titles.map((title) => ({
      ...check(),
      thing: "ruleset" as const,
      slot: rulesetSlot(REPOSITORY, `flowgate: ${title}`),
      title: `flowgate: ${title}`,
      content: null,
      over: null,
    }));
    await store.commit(lease, await store.recall(lease, NOW), decision({ entries: [entry()], effects }), NOW);
    for (const [place, effect] of effects.entries())
      await store.record(lease, { effect, at: NOW, came: "done", id: place + 1 });
    const { slots } = (await factsOf(stage)) as StageKnown;
    expect(Object.entries(slots).map(([title, { written }]) => [title, written?.id])).toEqual([
      ["flowgate: development", 1],
      ["flowgate: development merges", 2],
      ["flowgate: tags", 3],
      ["flowgate: tags are final", 4],
    ]);
  });
});

describe("What is unknown stays so:", () => {
  it("no judgement of a pull request, of a queued one, and no look at its stage is taken for one", async () => {
    await store.learn(news({ lessons: [pullLesson(pull(12)), groupLesson()] }));
    expect(await factsOf(pull(12))).toMatchObject({ verdict: null, stage: null, component: null, slot: null });
    expect(await factsOf(group)).toMatchObject({ pull: { memory: { title: "Log in" }, verdict: null } });
  });

  it("a queued pull request that was never heard of", async () => {
    await store.learn(news({ lessons: [groupLesson({ number: 99 })] }));
    expect(await factsOf(group)).toMatchObject({ pull: null });
  });

  it("the stages and the config of a component before its first look", async () => {
    await store.learn(
      news({ lessons: [componentLesson({ branch: { name: branch("master"), before: at("old"), at: at("master") } })] }),
    );
    expect((await factsOf(component)).memory).toMatchObject({ stages: null, look: true, config: { blob: null } });
  });

  it("whose repository it is, where no source ever said: the news waits for nobody and makes nothing", async () => {
    await store.learn({ ...news({ lessons: [pullLesson(pull(12))], nudges: [] }), installation: null });
    expect((await factsOf(pull(12))).memory).toBeNull();
    await store.learn(news({ lessons: [componentLesson()] }));
    await store.learn({ ...news({ lessons: [pullLesson(pull(12))] }), installation: null });
    expect((await factsOf(pull(12))).memory).toMatchObject({ title: "Log in" });
  });
});

describe("Beside a pull request", () => {
  it("its component, its stage and its check are remembered", async () => {
    await remember(component, componentMemory());
    await remember(stage, stageMemory());
    await store.learn(news({ lessons: [pullLesson(pull(12))], nudges: nudged(pull(12)).nudges }));
    const lease = await take(store, pull(12));
    await store.commit(
      lease,
      await store.recall(lease, NOW),
      decision({ entries: [entry()], effects: [check()] }),
      NOW,
    );
    await store.record(lease, { effect: check(), at: NOW, came: "done", id: 7 });
    expect(await factsOf(pull(12))).toMatchObject({
      component: componentMemory(),
      stage: stageMemory(),
      slot: { written: { id: 7 } },
    });
  });

  it("nothing of another repository, and nothing closed, is a sibling", async () => {
    for (const [one, facts] of [
      [pull(12), {}],
      [pull(13), { state: "closed" }],
      [pull(14, FORK), {}],
      [pull(15), {}],
    ] as const) {
      await store.learn(news({ lessons: [pullLesson(one, {}, facts)], nudges: nudged(one).nudges }));
      const lease = await take(store, one);
      await store.commit(lease, await store.recall(lease, NOW), decision({ verdict: verdict() }), NOW);
      await store.release(lease, 1, null);
    }
    expect(await factsOf(pull(12))).toMatchObject({ siblings: [{ number: 15, verdict: verdict() }] });
  });
});

describe("What is brought back into a stage", () => {
  const staging = { ...stage, branch: branch("staging") } as const;
  const landing: Lesson = {
    of: "landing",
    repository: REPOSITORY,
    branch: branch("development"),
    from: branch("master"),
    commit: at("live"),
  };
  /** It is written as #7. */
  const effect: Effect = {
    ...check(),
    thing: "promotion",
    slot: backMergeSlot(REPOSITORY, branch("development")),
    fingerprint: backMergeFingerprint(at("live")),
    branch: branch("back-merge/development-1a2b3c4"),
    base: branch("development"),
    pinned: at("live"),
    title: "Merge master back into development",
    body: "",
  };
  const head = "back-merge/development-1a2b3c4";

  it("is learned by a stage that is known, and looked at", async () => {
    await store.learn(news({ lessons: [landing] }));
    expect((await factsOf(stage)).memory).toBeNull();
    await remember(stage, stageMemory());
    await store.learn(news({ lessons: [landing] }));
    expect(keysOf(await store.claim(ALL))).toEqual(["stage:42:development"]);
    expect((await factsOf(stage)).memory).toEqual(
      stageMemory({ owes: { from: branch("master"), commit: at("live") } }),
    );
  });

  it("is known with the pull request for it, while that is open, and with what was brought back into later stages", async () => {
    await remember(component, componentMemory());
    await remember(staging, stageMemory({ backMerges: [at("into staging")] }));
    await remember(stage, stageMemory({ owes: { from: branch("master"), commit: at("live") } }));
    expect(await factsOf(stage)).toMatchObject({ backMerge: { slot: null, open: false, later: [at("into staging")] } });
    await decides(store, stage, { entries: [entry()], effects: [effect] });
    expect(await factsOf(stage)).toMatchObject({ backMerge: { slot: { written: { id: 7 } }, open: false } });
    await store.learn(news({ lessons: [pullLesson(pull(7), { head, tip: at("live") })] }));
    expect(await factsOf(stage)).toMatchObject({ backMerge: { open: true } });
    await remember(stage, stageMemory());
    expect(await factsOf(stage)).toMatchObject({ backMerge: null });
  });

  it("tells a pull request that it is one of ours, and a promotion that it is under way", async () => {
    await remember(component, componentMemory());
    await remember(stage, stageMemory());
    await decides(store, stage, { entries: [entry()], effects: [effect] });
    await store.learn(
      news({
        lessons: [
          pullLesson(pull(7), { head, tip: at("live") }),
          pullLesson(pull(8), { head, tip: at("live") }),
          pullLesson(pull(9), { head: "development", base: "staging" }),
        ],
      }),
    );
    expect(await factsOf(pull(7))).toMatchObject({ backMerge: { changed: false, said: null }, merge: null });
    expect(await factsOf(pull(8))).toMatchObject({ backMerge: null });
    expect(await factsOf(pull(9))).toMatchObject({ backMerge: null, source: { backMerge: 7 } });
    await store.learn(news({ lessons: [pullLesson(pull(7), { head, tip: at("pushed") }, {}, later(NOW, 1_000))] }));
    expect(await factsOf(pull(7))).toMatchObject({ backMerge: { changed: true } });
    const closed = pullLesson(pull(7), { head, tip: at("pushed") }, { state: "closed" }, later(NOW, 2_000));
    await store.learn(news({ lessons: [closed] }));
    expect((await factsOf(pull(9))) as PullKnown).not.toHaveProperty("source.backMerge");
  });
});

it("A stage knows the open pull requests into it whose head has no check yet", async () => {
  await store.learn(
    news({
      lessons: [
        stageLesson,
        pullLesson(pull(12)),
        pullLesson(pull(13), { tip: at("other") }),
        pullLesson(pull(14), { tip: at("third") }, { state: "closed" }),
        pullLesson(pull(15), { tip: at("fourth"), base: "master" }),
      ],
      nudges: nudged(pull(12)).nudges,
    }),
  );
  expect(await factsOf(stage)).toMatchObject({ unchecked: [12, 13] });
  const lease = await take(store, pull(12));
  await store.commit(lease, await store.recall(lease, NOW), decision({ entries: [entry()], effects: [check()] }), NOW);
  expect(await factsOf(stage)).toMatchObject({ unchecked: [12, 13] });
  await store.record(lease, { effect: check(), at: NOW, came: "done", id: 7 });
  expect(await factsOf(stage)).toMatchObject({ unchecked: [13] });
  // Nor what only begins so.
  await store.learn(news({ forget: [check().slot.slice(0, -1), `${check().slot} `] }));
  expect(await factsOf(stage)).toMatchObject({ unchecked: [13] });
  await store.learn(news({ forget: [check().slot] }));
  expect(await factsOf(stage)).toMatchObject({ unchecked: [12, 13] });
});

it("A pull request that is taught to be closed is no longer among the open ones, and is when it is open again", async () => {
  const numbers = async () => [...(await store.openPulls(REPOSITORY)).keys()].sort();
  await store.learn(news({ lessons: [pullLesson(pull(12)), pullLesson(pull(13))] }));
  expect(await numbers()).toEqual([12, 13]);
  await store.learn(news({ lessons: [pullLesson(pull(12), {}, { state: "closed" }, later(NOW, 1_000))] }));
  expect(await numbers()).toEqual([13]);
  await store.learn(news({ lessons: [pullLesson(pull(12), {}, {}, later(NOW, 2_000))] }));
  expect(await numbers()).toEqual([12, 13]);
  expect((await store.openPulls(REPOSITORY)).get(13)).toMatchObject({ title: "Log in", asOf: NOW });
});

it("Components are listed with what is remembered of them, by installation", async () => {
  await store.learn(news({ lessons: [componentLesson()], nudges: nudged(pull(12)).nudges }));
  await store.learn({
    ...news({ lessons: [componentLesson({ repository: FORK, name: "dora/api" })] }),
    installation: installationId(2),
  });
  expect(await store.components(INSTALLATION)).toMatchObject([
    { repository: REPOSITORY, memory: { name: "acme/api" } },
  ]);
  expect(await store.components(installationId(2))).toMatchObject([{ repository: FORK, memory: { name: "dora/api" } }]);
  expect(await store.components(installationId(3))).toEqual([]);
});

it("Whatever people call their branches and pull requests comes back as they wrote it", async () => {
  const text = fc.string({ unit: "binary", minLength: 1, maxLength: 30 });
  let number = 100;
  await fc.assert(
    fc.asyncProperty(text, text, async (title, head) => {
      number += 1;
      const named = pullLesson(pull(number), { head }, { title });
      await store.learn(news({ lessons: [named] }));
      expect((await factsOf(pull(number))).memory).toEqual(absorb(null, named));
    }),
    { numRuns: 25 },
  );
});

it("A head is found by its whole name only", async () => {
  await store.learn(news({ lessons: [pullLesson(pull(12), { tip: sha("abc") })] }));
  await store.learn(news({ nudges: [{ priority: "bulk", openPulls: { repository: REPOSITORY, head: sha("ab") } }] }));
  expect(await store.nextDue()).toBeNull();
});

describe("Pull requests whose gate let a change of the config through", () => {
  const MASTER = { base: "master" };
  const through = (more: Partial<Verdict> = {}) =>
    verdict({
      base: branch("master"),
      findings: [finding({ gate: "policy", changesConfig: { to: at("newer") } })],
      ...more,
    });
  async function judged(number: number, given: Verdict, lesson = pullLesson(pull(number), MASTER)): Promise<void> {
    await store.learn(news({ lessons: [lesson], nudges: [nudge(pull(number))] }));
    const lease = await take(store, pull(number));
    const recalled = await store.recall(lease, NOW);
    expect(await store.commit(lease, recalled, decision({ verdict: given }), NOW)).toBe("written");
    await store.release(lease, recalled.nudges, null);
  }

  it("are there when the file may have changed, merged or not", async () => {
    await store.learn(news({ lessons: [componentLesson()] }));
    await judged(12, through());
    await judged(13, through(), pullLesson(pull(13), MASTER, { state: "closed", merged: true }));
    await judged(14, through({ head: at("before") }));
    await judged(15, through({ base: branch("staging") }), pullLesson(pull(15), { base: "staging" }));
    await judged(16, verdict({ base: branch("master") }));
    await judged(17, through({ findings: [finding({ outcome: "pending", changesConfig: { to: null } })] }));
    const there = { head: at("login"), to: at("newer") };
    expect(await factsOf(component)).toMatchObject({
      letThrough: [
        { number: 12, ...there, merged: false },
        { number: 13, ...there, merged: true },
      ],
    });
    await remember(component, { ...componentMemory(), look: false });
    expect(await factsOf(component)).toMatchObject({ letThrough: [] });
  });

  it("have a check for it, also into the first stage", async () => {
    await store.learn(news({ lessons: [componentLesson()] }));
    const name = "flowgate: development / policy";
    const own: Effect = { ...check(), slot: checkSlot(REPOSITORY, at("login"), name) };
    await store.learn(opened(pull(12)));
    const lease = await take(store, pull(12));
    const given = decision({ entries: [entry()], effects: [own], verdict: verdict() });
    await store.commit(lease, await store.recall(lease, NOW), given, NOW);
    await store.record(lease, { effect: own, at: NOW, came: "done", id: 7 });
    expect(await factsOf(pull(12))).toMatchObject({ gateSlots: {} });
    const changes = verdict({ findings: [finding({ changesConfig: { to: null } })] });
    await store.commit(lease, await store.recall(lease, NOW), decision({ verdict: changes }), NOW);
    expect(await factsOf(pull(12))).toMatchObject({ gateSlots: { [name]: { written: { id: 7 } } } });
  });
});
