import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { installationId, later, repositoryId } from "../../src/flow/names.ts";
import type { PullSubject } from "../../src/flow/subject.ts";
import type { Store } from "../../src/store/store.ts";
import { NOW } from "../builders.ts";
import { freshPlace, type Place } from "./place.ts";
import {
  ALL,
  component,
  componentLesson,
  group,
  groupLesson,
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

const other = installationId(2);
const theirs = (number: number) => pull(number, repositoryId(77));
const numbers = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n);
/** Opens them one after the other, a second apart. */
async function queue(pulls: readonly PullSubject[], installation = installationId(1), priority = "bulk" as const) {
  for (const one of pulls) {
    await store.learn({ ...opened(one), installation, nudges: [nudge(one, priority)] });
    place.clock.pass(1_000);
  }
}

describe("A subject", () => {
  it("is claimed once it is due, not before, and the store says when that will be", async () => {
    await store.learn(opened(pull(12)));
    const lease = await take(store, pull(12));
    await store.release(lease, (await store.recall(lease, NOW)).nudges, later(NOW, 5_000));
    expect(await store.nextDue()).toBe(later(NOW, 5_000));
    place.clock.pass(4_999);
    expect(await store.claim(ALL)).toEqual([]);
    place.clock.pass(1);
    expect(keysOf(await store.claim(ALL))).toEqual(["pull:42:12"]);
    expect(await store.nextDue()).toBeNull();
  });

  it("that was only told of is remembered and not due", async () => {
    await store.learn(news({ lessons: [pullLesson(pull(12)), componentLesson(), stageLesson, groupLesson()] }));
    expect(await store.nextDue()).toBeNull();
    expect(await store.claim(ALL)).toEqual([]);
    expect(await store.idle()).toBe(true);
  });

  it("that was never heard of is made by a nudge of it", async () => {
    await store.learn(nudged(pull(12)));
    expect(keysOf(await store.claim(ALL))).toEqual(["pull:42:12"]);
  });

  it("comes out of a claim as what it is, with its installation and its priority", async () => {
    await store.learn(news({ nudges: [component, stage, group].map((one) => nudge(one)) }));
    await store.learn(news({ nudges: [nudge(pull(12), "person")] }));
    const leases = await store.claim(ALL);
    expect(leases).toHaveLength(4);
    expect(leases[0]).toMatchObject({ subject: pull(12), installation: 1, priority: "person" });
    for (const one of [component, stage, group])
      expect(leases).toContainEqual(expect.objectContaining({ subject: one, installation: 1, priority: "bulk" }));
    expect(new Set(leases.map(({ token }) => token)).size).toBe(4);
  });

  it("whose time to look again lies ahead is due at once when it is nudged, and keeps its place when it was due before", async () => {
    await queue([pull(1), pull(2)]);
    const lease = (await store.claim({ ...ALL, limit: 1 }))[0];
    expect(lease?.subject).toEqual(pull(1));
    if (lease) await store.release(lease, 1, later(NOW, 3_600_000));
    await store.learn(nudged(pull(1)));
    await store.learn(nudged(pull(2)));
    expect(await store.nextDue()).toBe(NOW.replace("00.000Z", "01.000Z"));
    expect(keysOf(await store.claim(ALL))).toEqual(["pull:42:2", "pull:42:1"]);
  });
});

describe("A claim", () => {
  it("takes persons first, then the longest due, and no more than it was asked to", async () => {
    await queue([pull(1), pull(2), pull(3)]);
    await store.learn(news({ nudges: [nudge(pull(3), "person")] }));
    expect(keysOf(await store.claim({ ...ALL, limit: 2 }))).toEqual(["pull:42:3", "pull:42:1"]);
    expect(keysOf(await store.claim(ALL))).toEqual(["pull:42:2"]);
  });

  it("for persons only leaves the bulk where it is", async () => {
    await queue([pull(1), pull(2)]);
    await store.learn(news({ nudges: [nudge(pull(2), "person")] }));
    const persons = { ...ALL, personsOnly: true };
    expect(keysOf(await store.claim(persons))).toEqual(["pull:42:2"]);
    expect(await store.claim(persons)).toEqual([]);
    expect(keysOf(await store.claim(ALL))).toEqual(["pull:42:1"]);
  });

  it("treats who waits as a person though bulk work nudges it as well, until it is given back", async () => {
    await store.learn(news({ nudges: [nudge(pull(1), "person")] }));
    await store.learn(nudged(pull(1)));
    const lease = await take(store, pull(1));
    expect(lease.priority).toBe("person");
    await store.release(lease, 2, null);
    await store.learn(nudged(pull(1)));
    expect((await take(store, pull(1))).priority).toBe("bulk");
  });

  it("gives an installation no more hands than its share, counting those it has", async () => {
    await queue(numbers(1, 5).map((number) => pull(number)));
    const ask = { ...ALL, perInstallation: 2 };
    expect(keysOf(await store.claim(ask))).toEqual(["pull:42:1", "pull:42:2"]);
    expect(await store.claim(ask)).toEqual([]);
    await queue([theirs(1)], other);
    expect(keysOf(await store.claim(ask))).toEqual(["pull:77:1"]);
  });

  it("reaches another installation behind a queue of any length", async () => {
    await queue(numbers(1, 30).map((number) => pull(number)));
    await queue([theirs(1), theirs(2), theirs(3)], other);
    expect(keysOf(await store.claim({ limit: 4, perInstallation: 2, personsOnly: false }))).toEqual([
      "pull:42:1",
      "pull:42:2",
      "pull:77:1",
      "pull:77:2",
    ]);
    expect(await store.claim({ limit: 4, perInstallation: 2, personsOnly: false })).toEqual([]);
  });

  it("lets a person's request pass the share that bulk work of the same installation uses up", async () => {
    await queue([pull(1), pull(2)]);
    await store.claim({ ...ALL, perInstallation: 2 });
    await store.learn(news({ nudges: [nudge(pull(3), "person")] }));
    expect(keysOf(await store.claim({ ...ALL, perInstallation: 2 }))).toEqual(["pull:42:3"]);
  });

  it("leaves hands for another installation's persons when many wait in one", async () => {
    const persons = numbers(1, 30).map((number) => nudge(pull(number), "person"));
    await store.learn(news({ nudges: persons }));
    place.clock.pass(1);
    await store.learn({ ...news({ nudges: [nudge(theirs(1), "person")] }), installation: other });
    const ask = { limit: 4, perInstallation: 3, personsOnly: true };
    expect(new Set(keysOf(await store.claim(ask)))).toContain("pull:77:1");
    expect(await store.claim(ask)).toEqual([]);
  });
});
