import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Decision } from "../../src/flow/decision.ts";
import type { Lesson } from "../../src/flow/memory.ts";
import { branch, repositoryId } from "../../src/flow/names.ts";
import { digestOfWalked } from "../../src/flow/run-book.ts";
import type { Subject } from "../../src/flow/subject.ts";
import type { Store } from "../../src/store/store.ts";
import { at, component as componentMemory, FORK, NOW, REPOSITORY, stageMemory, verdict } from "../builders.ts";
import { walkedBefore } from "../commands/walking.ts";
import { item } from "../release/walks.ts";
import { freshPlace, type Place } from "./place.ts";
import {
  check,
  component,
  componentLesson,
  decides,
  entry,
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
beforeEach(async () => {
  place = await freshPlace();
  store = await place.open();
});
afterEach(() => place.end());

const learn = (...lessons: readonly Lesson[]) => store.learn(news({ lessons }));
const decided = (subject: Subject, given: Partial<Decision>) => decides(store, subject, given);

describe("The page of a pull request", () => {
  it("has all that is remembered of it and beside it", async () => {
    await learn(componentLesson(), pullLesson(pull(12)), pullLesson(pull(13)));
    await decided(stage, { memory: stageMemory() });
    await decided(pull(13), { verdict: verdict({ outcome: "failed" }) });
    await decided(pull(12), { verdict: verdict(), entries: [entry()], effects: [check()] });
    expect(await store.pullView("acme/api", 12)).toMatchObject({
      repository: REPOSITORY,
      number: 12,
      component: { name: "acme/api" },
      mayWork: true,
      memory: { title: "Log in" },
      verdict: verdict(),
      siblings: [{ number: 13, verdict: verdict({ outcome: "failed" }) }],
      stage: stageMemory(),
      slot: { written: { id: 7 }, refused: null },
      entries: [
        { what: "done", sequence: 2, says: { slot: check().slot } },
        { what: "judged", sequence: 1, says: { because: "It may enter development." } },
      ],
      entriesInAll: 2,
    });
  });

  it("shows what is not known as not known", async () => {
    await learn(componentLesson(), pullLesson(pull(12)));
    expect(await store.pullView("acme/api", 12)).toMatchObject({
      verdict: null,
      siblings: [],
      stage: null,
      slot: null,
      entries: [],
      entriesInAll: 0,
    });
  });

  it("has the run-book that is walked, with what stands of its items, and knows which it is", async () => {
    await learn(componentLesson(), pullLesson(pull(12), { base: "master" }));
    await decided(component, { memory: componentMemory() });
    expect(await store.pullView("acme/api", 12)).toMatchObject({ walked: null });
    const book = { path: "a.md", blob: at("a"), head: at("login"), walks: ["production"], items: [item(1)] } as const;
    const other = { ...book, blob: at("b") };
    const done = walkedBefore("P1", { state: "done" });
    const opened = { what: "opened", says: done as never } as const;
    for (const walked of [book, other]) {
      await decided(pull(12), { walked, entries: [entry(opened)] });
      expect(await store.pullView("acme/api", 12)).toMatchObject({ walked: { book: walked, items: [done] } });
    }
    await store.learn(nudged(pull(12)));
    const { facts } = await store.recall(await take(store, pull(12)), NOW);
    expect(facts).toMatchObject({ walked: digestOfWalked(other) });
  });

  it("is in hand from when it is due until it was looked at", async () => {
    const inHand = async () => (await store.pullView("acme/api", 12))?.inHand;
    await learn(componentLesson(), pullLesson(pull(12)));
    expect(await inHand()).toBe(false);
    await store.learn(nudged(pull(12)));
    expect(await inHand()).toBe(true);
    await decided(pull(12), { verdict: verdict() });
    expect(await inHand()).toBe(false);
  });

  it("has the newest fifty entries about it, of how many there are", async () => {
    await learn(componentLesson(), pullLesson(pull(12)));
    const entries = Array.from({ length: 60 }, (_, n) => entry({ about: n % 10 === 9 ? "pull:42:1" : "pull:42:12" }));
    await decided(pull(12), { entries: [...entries, entry({ says: { because: "last" } })] });
    const view = await store.pullView("acme/api", 12);
    expect(view?.entriesInAll).toBe(55);
    expect(view?.entries).toHaveLength(50);
    expect(view?.entries[0]).toMatchObject({ sequence: 61, says: { because: "last" } });
    expect(new Set(view?.entries.map(({ about }) => about))).toEqual(new Set(["pull:42:12"]));
  });

  it("is found whatever the case of the name, and under the newest name only", async () => {
    await learn(componentLesson(), pullLesson(pull(12)));
    expect(await store.pullView("ACME/Api", 12)).toMatchObject({ number: 12 });
    await learn(componentLesson({ name: "acme/backend" }));
    expect(await store.pullView("acme/backend", 12)).toMatchObject({ number: 12 });
    expect(await store.pullView("acme/api", 12)).toBeNull();
  });

  it("is that of the repository that has the name today, where another had it before", async () => {
    await learn(componentLesson({ repository: repositoryId(41) }), pullLesson(pull(12, repositoryId(41))));
    await learn(componentLesson(), pullLesson(pull(12)));
    await learn(componentLesson({ repository: FORK }), pullLesson(pull(12, FORK)));
    await store.learn(news({ access: [{ repository: FORK, may: "not work" }] }));
    expect(await store.pullView("acme/api", 12)).toMatchObject({ repository: REPOSITORY });
    await store.learn(news({ access: [{ repository: REPOSITORY, may: "not work" }] }));
    await store.learn(news({ access: [{ repository: repositoryId(41), may: "not work" }] }));
    expect(await store.pullView("acme/api", 12)).toMatchObject({ repository: FORK });
  });

  it.each([
    ["a repository that was never heard of", "acme/web", 12],
    ["a pull request that was never heard of", "acme/api", 13],
    ["a pull request that was only nudged", "acme/api", 14],
  ])("is none for %s", async (_, name, number) => {
    await learn(componentLesson(), pullLesson(pull(12)));
    await store.learn(nudged(pull(14)));
    expect(await store.pullView(name, number)).toBeNull();
  });
});

describe("The list of components", () => {
  it("has each with its stages and its open pull requests, the newest first, and nothing of another", async () => {
    await learn(
      componentLesson({ repository: FORK, name: "acme/web" }),
      componentLesson(),
      pullLesson(pull(9)),
      pullLesson(pull(12)),
      pullLesson(pull(10), {}, { state: "closed" }),
      pullLesson(pull(12, FORK), { tip: at("other") }),
      stageLesson,
      { ...stageLesson, branch: branch("staging") },
    );
    await decided(pull(12), { verdict: verdict() });
    const view = await store.componentsView();
    expect(view).toMatchObject([
      {
        repository: REPOSITORY,
        mayWork: true,
        memory: { name: "acme/api" },
        pulls: [
          { number: 12, verdict: verdict(), memory: { title: "Log in" } },
          { number: 9, verdict: null },
        ],
      },
      { repository: FORK, memory: { name: "acme/web" }, stages: [], pulls: [{ number: 12 }] },
    ]);
    expect(view[0]?.stages.map(({ branch }) => branch).sort()).toEqual(["development", "staging"]);
    expect(view[0]?.stages[0]?.memory).toMatchObject({ kind: "stage", changedBy: "olga" });
  });

  it("leaves out what was only nudged", async () => {
    await store.learn(news({ nudges: [component, stage, pull(12)].map((one) => nudge(one)) }));
    expect(await store.componentsView()).toEqual([]);
    await learn(componentLesson());
    expect(await store.componentsView()).toMatchObject([{ stages: [], pulls: [] }]);
  });
});
