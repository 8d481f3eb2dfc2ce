import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Lease } from "../../src/flow/subject.ts";
import type { Store } from "../../src/store/store.ts";
import { freshPlace, type Place } from "./place.ts";
import { ALL, delivery, INSTALLATION, keysOf, news, nudge, opened, pull, pullLesson, take } from "./told.ts";

let place: Place;
let store: Store;
beforeEach(async () => {
  place = await freshPlace();
  store = await place.open();
});
afterEach(() => place.end());

const memoryOf = async (lease: Lease) => (await store.recall(lease, place.clock.now())).facts.memory;
const deliveries = () => place.console((on) => on.selectFrom("delivery").selectAll().orderBy("received_at").execute());
/** It cannot be stored: an account must have a name. */
const unstorable = news({
  lessons: [pullLesson(pull(12))],
  nudges: [nudge(pull(12))],
  access: [{ installation: INSTALLATION, may: "work", account: null as never }],
});

describe("A delivery", () => {
  it("is stored once: when its id comes again it is known, and teaches and nudges nobody", async () => {
    expect(await store.accept(delivery(opened(pull(12)), "one"))).toBe("stored");
    const lease = await take(store, pull(12));
    const { nudges } = await store.recall(lease, place.clock.now());
    const other = news({ lessons: [pullLesson(pull(12), {}, { title: "Other" })], nudges: [nudge(pull(12))] });
    expect(await store.accept(delivery(other, "one"))).toBe("known");
    expect(await memoryOf(lease)).toMatchObject({ title: "Log in" });
    await store.release(lease, nudges, null);
    expect(await store.nextDue()).toBeNull();
  });

  it("is stored once of many copies that come at the same moment", async () => {
    const came = await Promise.all(Array.from({ length: 20 }, () => store.accept(delivery(opened(pull(12)), "one"))));
    expect(came.filter((one) => one === "stored")).toHaveLength(1);
    const lease = await take(store, pull(12));
    expect((await store.recall(lease, place.clock.now())).nudges).toBe(1);
  });

  it("reaches each of the subjects it concerns", async () => {
    await store.accept(delivery(opened(pull(12), pull(13), pull(14))));
    const leases = await store.claim(ALL);
    expect([...keysOf(leases)].sort()).toEqual(["pull:42:12", "pull:42:13", "pull:42:14"]);
    for (const lease of leases) expect(await memoryOf(lease)).toMatchObject({ kind: "pull", title: "Log in" });
  });

  it("leaves nothing behind when it cannot be stored, and is taken when it comes again", async () => {
    await expect(store.accept(delivery(unstorable, "one"))).rejects.toThrow(/account|null/i);
    expect(await store.claim(ALL)).toEqual([]);
    expect(await store.accept(delivery(opened(pull(12)), "one"))).toBe("stored");
    expect(keysOf(await store.claim(ALL))).toEqual(["pull:42:12"]);
  });

  it("does not fail those that come at the same moment when it cannot be stored", async () => {
    const came = await Promise.allSettled(
      [opened(pull(1)), unstorable, opened(pull(2))].map((given) => store.accept(delivery(given))),
    );
    expect(came.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect([...keysOf(await store.claim(ALL))].sort()).toEqual(["pull:42:1", "pull:42:2"]);
  });
});

describe("A delivery that could not be read", () => {
  it("is kept with its body, counted, and never forgotten", async () => {
    await store.accept({ id: "unread", event: "push", body: '{"what":"☃"}', news: null });
    await store.accept({ id: "read", event: "push", body: '{"what":"!"}', news: opened(pull(12)) });
    place.clock.pass(365 * 24 * 3_600_000);
    await store.forgetOld();
    expect((await store.counts()).unread).toBe(1);
    expect(await deliveries()).toEqual([
      { id: "unread", event: "push", body: '{"what":"☃"}', received_at: expect.any(String), done_at: null },
    ]);
  });

  it("is known when it comes again and still cannot be read", async () => {
    expect(await store.accept(delivery(null, "one"))).toBe("stored");
    expect(await store.accept(delivery(null, "one"))).toBe("known");
    expect((await store.counts()).unread).toBe(1);
  });

  it("is read when it comes again and can be read by now", async () => {
    await store.accept(delivery(null, "one"));
    expect(await store.accept(delivery(opened(pull(12)), "one"))).toBe("stored");
    expect(await store.accept(delivery(opened(pull(12)), "one"))).toBe("known");
    expect((await store.counts()).unread).toBe(0);
    expect(keysOf(await store.claim(ALL))).toEqual(["pull:42:12"]);
    expect(await deliveries()).toMatchObject([{ id: "one", body: null, done_at: place.clock.now() }]);
  });
});

it("A delivery that was read is known for three days, and its body is not kept", async () => {
  await store.accept(delivery(opened(pull(12)), "one"));
  place.clock.pass(3 * 24 * 3_600_000);
  await store.forgetOld();
  expect(await store.accept(delivery(opened(pull(12)), "one"))).toBe("known");
  expect(await deliveries()).toMatchObject([{ id: "one", body: null }]);
  store = await place.open();
  place.clock.pass(1);
  await store.forgetOld();
  expect(await deliveries()).toEqual([]);
});

it("What no delivery told is remembered and nudges like one", async () => {
  await store.learn(opened(pull(12)));
  expect(await store.nextDue()).toBe(place.clock.now());
  expect(await memoryOf(await take(store, pull(12)))).toMatchObject({ title: "Log in" });
});
