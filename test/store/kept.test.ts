import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Store } from "../../src/store/store.ts";
import { freshPlace, type Place } from "./place.ts";
import { check, decision, delivery, entry, news, opened, pull, pullLesson, take } from "./told.ts";

let place: Place;
let store: Store;
beforeEach(async () => {
  place = await freshPlace();
  store = await place.open();
});
afterEach(() => place.end());

describe("A setting", () => {
  it("is what was set last, and null where nothing ever was", async () => {
    expect(await store.setting("swept until")).toBeNull();
    await store.set("swept until", "a");
    await store.set("swept until", "b");
    await store.set("other", "c");
    expect(await store.setting("swept until")).toBe("b");
    await store.stop();
    store = await place.open();
    expect(await store.setting("swept until")).toBe("b");
  });
});

describe("An answer of GitHub", () => {
  it("is kept under its address with the tag it had, the newest only", async () => {
    expect(await store.cached("/repos/acme/api")).toBeNull();
    await store.keep("/repos/acme/api", '"1"', "{}");
    await store.keep("/repos/acme/api", 'W/"2"', '{"name":"☃"}');
    expect(await store.cached("/repos/acme/api")).toEqual({ etag: 'W/"2"', body: '{"name":"☃"}' });
    expect(await store.cached("/repos/acme/API")).toBeNull();
  });

  it("is kept while it is among the newest 20,000", async () => {
    await store.keep("/oldest", "0", "");
    place.clock.pass(1);
    await store.keep("/second", "0", "");
    place.clock.pass(1);
    await place.console(async (on) => {
      const rows = Array.from({ length: 1_000 }, (_, n) => n);
      for (let thousand = 0; thousand < 20; thousand++)
        await on
          .insertInto("etag")
          .values(rows.map((n) => ({ url: `/${thousand}/${n}`, etag: "", body: "", at: place.clock.now() })))
          .execute();
    });
    store = await place.open();
    await store.keep("/second", "1", "");
    await store.forgetOld();
    expect(await store.cached("/oldest")).toBeNull();
    expect(await store.cached("/second")).toEqual({ etag: "1", body: "" });
  });
});

it("Nothing that is remembered, decided or due is forgotten with the old deliveries and answers", async () => {
  await store.accept(delivery(opened(pull(12))));
  const lease = await take(store, pull(12));
  const recalled = await store.recall(lease, place.clock.now());
  await store.commit(lease, recalled, decision({ entries: [entry()], effects: [check()] }), place.clock.now());
  await store.release(lease, recalled.nudges, place.clock.now());
  const before = await store.counts();
  place.clock.pass(1_000 * 24 * 3_600_000);
  await store.forgetOld();
  expect(await store.counts()).toEqual(before);
});

it("The store counts what is due, in hand, unsettled, unread, open and written down, and is idle without the first three", async () => {
  expect(await store.idle()).toBe(true);
  await store.learn(opened(pull(1), pull(2), pull(3)));
  await store.learn(news({ lessons: [pullLesson(pull(4)), pullLesson(pull(5), {}, { state: "closed" })] }));
  await store.accept(delivery(null));
  const leases = await store.claim({ limit: 2, perInstallation: 2, personsOnly: false });
  const [first] = leases;
  if (first === undefined) throw new Error("nothing to be had");
  const decided = decision({ entries: [entry(), entry()], effects: [check()] });
  await store.commit(first, await store.recall(first, place.clock.now()), decided, place.clock.now());
  expect(await store.counts()).toEqual({ due: 3, leased: 2, unsettled: 1, unread: 1, openPulls: 4, ledgerEntries: 2 });

  for (const lease of [...leases, ...(await store.claim({ limit: 9, perInstallation: 9, personsOnly: false }))])
    await store.release(lease, 1, null);
  expect(await store.idle()).toBe(false);
  await store.record(first, { effect: check(), at: place.clock.now(), came: "done", id: 7 });
  expect(await store.idle()).toBe(true);
});

it("A store that has stopped says so when it is asked whether it is ready", async () => {
  expect(await store.unready()).toBeNull();
  await store.stop();
  expect(await store.unready()).toMatch(/^The database does not answer: ./);
});
