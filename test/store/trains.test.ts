import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { tagSlot } from "../../src/flow/effect.ts";
import type { ComponentKnown, InTrain, PullKnown } from "../../src/flow/facts.ts";
import { digestOf, opens } from "../../src/flow/ledger.ts";
import { branch, installationId, later, type RepositoryId, repositoryId } from "../../src/flow/names.ts";
import { type Request, takenBackOf } from "../../src/flow/request.ts";
import { promotionKey, releaseKey, type Standing } from "../../src/flow/standing.ts";
import { type Subject, subjectKey } from "../../src/flow/subject.ts";
import type { Train } from "../../src/flow/train.ts";
import type { Store } from "../../src/store/store.ts";
import { at, component as componentMemory, finding, NOW, REPOSITORY, verdict } from "../builders.ts";
import { RITA } from "../gates/asking.ts";
import { freshPlace, type Place } from "./place.ts";
import {
  componentLesson,
  decides,
  decision,
  entry,
  INSTALLATION,
  news,
  nudge,
  nudged,
  pull,
  pullLesson,
  take,
} from "./told.ts";

let place: Place;
let store: Store;
const WEB = repositoryId(50);
const HOME: Subject = { kind: "component", repository: REPOSITORY };
const component = (repository: RepositoryId): Subject => ({ kind: "component", repository });
const IN_MASTER = { base: branch("master"), lane: "release" as const };
const RELEASE = verdict({ ...IN_MASTER, head: at("r") });

/** acme/api and acme/web; of the latter #5 and #6 share a release, #7 is a hotfix, #8 was not judged, and #9 is closed. */
beforeEach(async () => {
  place = await freshPlace();
  store = await place.open();
  const into = (number: number, tip: string, base = "master") =>
    pullLesson(pull(number, WEB), { head: "staging", base, tip: at(tip) }, number === 9 ? { state: "closed" } : {});
  await store.learn(
    news({
      lessons: [
        componentLesson(),
        componentLesson({ repository: WEB, name: "acme/Web" }),
        into(5, "r"),
        into(6, "r"),
        into(7, "h"),
        into(8, "s"),
        into(9, "r"),
        into(10, "d", "staging"),
      ],
    }),
  );
  for (const repository of [REPOSITORY, WEB])
    await decides(store, component(repository), {
      memory: componentMemory({ name: repository === WEB ? "acme/Web" : "acme/api" }),
    });
  const held = finding({ gate: "window", outcome: "pending" });
  await decides(store, pull(5, WEB), { verdict: RELEASE });
  await decides(store, pull(6, WEB), { verdict: { ...RELEASE, outcome: "pending", findings: [held] } });
  await decides(store, pull(7, WEB), { verdict: verdict({ ...IN_MASTER, lane: "hotfix", head: at("h") }) });
  await decides(store, pull(8, WEB), { verdict: verdict({ ...IN_MASTER, head: at("older") }) });
});
afterEach(() => place.end());

const request = (id: string): Request => ({
  id,
  by: RITA,
  at: NOW,
  body: "/promote train city",
  how: "written",
  origin: { number: 7, comment: 900 },
});
const train = (more: Partial<Train> = {}): Train => ({
  kind: "train",
  key: "train:comment:900",
  by: RITA,
  at: NOW,
  because: "/promote train city",
  installation: INSTALLATION,
  name: "city",
  of: ["acme/web", "acme/gone"],
  asked: { kind: "component", repository: REPOSITORY },
  request: request("comment:900"),
  others: [],
  line: "/promote train city",
  cars: null,
  stopped: null,
  ...more,
});
const RELEASED = { version: "v1.4.0", commit: at("m"), at: NOW };
const CAR = { name: "acme/web", repository: WEB, number: 5, head: at("r"), request: "train:1", released: null };
const stands = (one: Standing) => decides(store, HOME, { entries: [opens(subjectKey(HOME), one)] });
const asks = (of: Subject, one: Request) => store.learn(news({ asks: [{ of, request: one }] }));
async function known<T extends PullKnown | ComponentKnown>(of: Subject): Promise<T> {
  await store.learn(nudged(of));
  const lease = await take(store, of);
  const { facts } = await store.recall(lease, NOW);
  await store.release(lease, 1_000, null);
  return facts as T;
}
const webIn = async () => (await known<ComponentKnown>(HOME)).trains[0]?.components[0] as InTrain;

describe("A train", () => {
  it("is known to all of its installation, and goes on where it was asked for", async () => {
    await stands(train());
    await stands(train({ key: "train:b", at: later(NOW, -1), stopped: NOW }));
    const here = await known<ComponentKnown>(HOME);
    expect(here.allTrains.map(({ key }) => key)).toEqual(["train:b", "train:comment:900"]);
    expect(here.trains.map((one) => [one.train.key, one.takenBack])).toEqual([["train:comment:900", false]]);
    expect(await known<ComponentKnown>(component(WEB))).toMatchObject({ trains: [], allTrains: here.allTrains });
    expect((await known<PullKnown>(pull(5, WEB))).standing).toEqual(here.allTrains);
    // It stands in nobody's way.
    expect((await store.componentsView()).flatMap(({ standing }) => standing)).toEqual([]);
    await store.learn({
      ...news({ lessons: [componentLesson({ repository: repositoryId(60) })] }),
      installation: installationId(2),
    });
    expect((await known<ComponentKnown>(component(repositoryId(60)))).allTrains).toEqual([]);
  });

  it("leaves only where it saw all others: of two that overlap in the same moment the second is judged again", async () => {
    const there = component(WEB);
    const other = train({ key: "train:comment:901", asked: { kind: "component", repository: WEB }, name: "country" });
    const leaving = (of: Subject, one: Train) =>
      decision({ entries: [opens(subjectKey(of), { ...one, cars: [CAR] })] });
    const holds = async (of: Subject) => {
      await store.learn(nudged(of));
      const lease = await take(store, of);
      return { lease, seen: await store.recall(lease, NOW) };
    };
    await stands(train());
    const here = await holds(HOME);
    await decides(store, there, { entries: [opens(subjectKey(there), other)] });
    expect(await store.commit(here.lease, here.seen, leaving(HOME, train()), NOW)).toBe("stale");
    const beside = await holds(there);
    const again = await store.recall(here.lease, NOW);
    // Both saw both, and only one of them finds that it goes first; should both, it is the one that is written first.
    expect(await store.commit(here.lease, again, leaving(HOME, train()), NOW)).toBe("written");
    expect(await store.commit(beside.lease, beside.seen, leaving(there, other), NOW)).toBe("stale");
    // What is under way goes on whatever else was asked for.
    const gone = await store.recall(here.lease, NOW);
    await decides(store, pull(5, WEB), { entries: [opens("pull:50:5", train({ key: "train:comment:902" }))] });
    expect(await store.commit(here.lease, gone, leaving(HOME, train()), NOW)).toBe("written");
  });

  it("is taken back with its comment", async () => {
    await stands(train());
    await asks(HOME, { ...request(takenBackOf("comment:900")), how: "taken back" });
    expect((await known<ComponentKnown>(HOME)).trains[0]?.takenBack).toBe(true);
  });
});

describe("What a train takes along", () => {
  it("is found by its name, with its open releases and what their check says of all that share it", async () => {
    await stands(train());
    const { trains } = await known<ComponentKnown>(HOME);
    const shared = {
      head: at("r"),
      draft: false,
      verdict: expect.objectContaining({ outcome: "pending" }),
      promoted: false,
    };
    expect(trains[0]?.components).toEqual([
      {
        name: "acme/web",
        is: { repository: WEB, component: expect.objectContaining({ name: "acme/Web" }) },
        open: [
          { ...shared, number: 5 },
          { ...shared, number: 6 },
          { number: 8, head: at("s"), draft: false, verdict: null, promoted: false },
        ],
        came: null,
        since: null,
      },
      { name: "acme/gone", is: null, open: [], came: null, since: null },
    ]);
  });

  it("is none of the App's once it was taken from there", async () => {
    await stands(train());
    await store.learn(news({ access: [{ repository: WEB, may: "not work" }] }));
    expect(await webIn()).toMatchObject({ is: null, open: [] });
  });

  it("may be under way by itself", async () => {
    await stands(train());
    const key = promotionKey(WEB, 5);
    await stands({ kind: "promotion", key, repository: WEB, number: 5 } as Standing);
    expect((await webIn()).open[0]).toMatchObject({ number: 5, promoted: true });
    await decides(store, HOME, { entries: [{ ...entry(), what: "closed", says: { key, because: "done" } }] });
    expect((await webIn()).open[0]).toMatchObject({ number: 5, promoted: false });
  });
});

describe("What came of what a train asked for", () => {
  const answered = (answer: object) =>
    decides(store, pull(5, WEB), { entries: [entry()], answered: [{ id: "train:1", answer: answer as never }] });
  const merges = () =>
    store.learn(
      news({
        lessons: [
          pullLesson(
            pull(5, WEB),
            { head: "staging", base: "master", tip: at("r") },
            { state: "closed", merged: true, mergeCommit: at("m") },
            later(NOW, 1_000),
          ),
        ],
      }),
    );

  it("is nothing until it is answered, and then what it made", async () => {
    await stands(train({ cars: [CAR] }));
    expect(await webIn()).toMatchObject({ open: [], came: null });
    await asks(pull(5, WEB), {
      ...request("train:1"),
      origin: { number: 5, train: { name: "city", repository: REPOSITORY, place: "acme/api#7" } },
    });
    expect((await webIn()).came).toBeNull();
    await answered({ came: "under way", body: null });
    expect((await webIn()).came).toBeNull();
    const answer = { came: "done", body: "Done.", says: "Done." };
    await answered(answer);
    expect((await webIn()).came).toEqual({ answer, commit: null, version: null, untagged: false });
    await merges();
    await stands({ kind: "release", key: releaseKey(WEB, 5), repository: WEB, version: "v1.4.0" } as Standing);
    expect((await webIn()).came).toEqual({ answer, commit: at("m"), version: "v1.4.0", untagged: false });
  });

  it("is looked for again where a train stopped before it", async () => {
    await stands(train({ key: "train:b", cars: [CAR], stopped: NOW }));
    await stands(train());
    expect((await webIn()).since).toEqual({ commit: null, version: null, untagged: false });
    await merges();
    expect((await webIn()).since).toMatchObject({ commit: at("m") });
    await stands(train({ key: "train:b", cars: [{ ...CAR, released: RELEASED }], stopped: NOW }));
    expect((await webIn()).since).toBeNull();
    await stands(train({ key: "train:b", name: "country", cars: [CAR], stopped: NOW }));
    expect((await webIn()).since).toBeNull();
  });

  it("is no release where GitHub would not have its tag", async () => {
    await stands(train({ cars: [CAR] }));
    await asks(pull(5, WEB), request("train:1"));
    await answered({ came: "done", body: null });
    await store.learn(nudged(pull(5, WEB)));
    const lease = await take(store, pull(5, WEB));
    const effect = {
      does: "set",
      thing: "tag",
      slot: tagSlot(WEB, 5),
      fingerprint: digestOf("tag"),
      repository: WEB,
      name: "acme/web",
      tag: "v1.4.0",
      commit: at("m"),
      message: "",
    } as const;
    await store.commit(lease, await store.recall(lease, NOW), decision({ entries: [entry()], effects: [effect] }), NOW);
    await store.record(lease, { effect, at: NOW, came: "refused", because: "It is protected." });
    await store.release(lease, 1_000, null);
    expect((await webIn()).came?.untagged).toBe(true);
    await store.learn(news({ nudges: [nudge(pull(5, WEB))] }));
    const again = await take(store, pull(5, WEB));
    await store.record(again, { effect, at: NOW, came: "done", id: 1 });
    await store.release(again, 1_000, null);
    expect((await webIn()).came?.untagged).toBe(false);
  });
});
