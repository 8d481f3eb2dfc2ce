import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { later } from "../../src/flow/names.ts";
import { subjectKey } from "../../src/flow/subject.ts";
import type { Store } from "../../src/store/store.ts";
import { NOW, pullMemory } from "../builders.ts";
import { embedded, freshPlace, LEASE_MS, letLeasesRunOut, type Place, passReally } from "./place.ts";
import { ALL, decision, keysOf, news, nudge, nudged, opened, pull, take } from "./told.ts";

let place: Place;
let store: Store;
beforeEach(async () => {
  place = await freshPlace();
  store = await place.open();
  await store.learn(opened(pull(12)));
});
afterEach(() => place.end());

const claimed = async () => keysOf(await store.claim(ALL));

describe("While a subject is in somebody's hands", () => {
  it("nobody else gets it, and it counts as leased and not as idle", async () => {
    await take(store, pull(12));
    expect(await claimed()).toEqual([]);
    expect(await store.counts()).toMatchObject({ leased: 1 });
    expect(await store.idle()).toBe(false);
    expect(await store.nextDue()).toBeNull();
  });

  it("claimers that come at the same moment never get one subject twice", async () => {
    await store.learn(opened(...Array.from({ length: 40 }, (_, n) => pull(100 + n))));
    const claims = await Promise.all(Array.from({ length: 8 }, () => store.claim({ ...ALL, limit: 10 })));
    claims.push(await store.claim(ALL));
    const keys = claims.flatMap(keysOf);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toHaveLength(41);
  });

  it("a nudge makes it due again the moment it is given back, though that was to be never", async () => {
    const lease = await take(store, pull(12));
    const { nudges } = await store.recall(lease, NOW);
    place.clock.pass(1_000);
    await store.learn(nudged(pull(12)));
    expect(await claimed()).toEqual([]);
    await store.release(lease, nudges, null);
    expect(await store.nextDue()).toBe(later(NOW, 1_000));
    expect(await claimed()).toEqual(["pull:42:12"]);
  });

  it("a person's nudge is answered as a person's afterwards", async () => {
    const lease = await take(store, pull(12));
    await store.learn(news({ nudges: [nudge(pull(12), "person")] }));
    await store.release(lease, 1, null);
    expect((await take(store, pull(12))).priority).toBe("person");
  });

  it("a nudge that its holder has seen needs no second look", async () => {
    const lease = await take(store, pull(12));
    await store.learn(nudged(pull(12)));
    await store.release(lease, (await store.recall(lease, NOW)).nudges, null);
    expect(await store.nextDue()).toBeNull();
    expect(await store.idle()).toBe(true);
  });
});

describe("A lease", () => {
  it("runs out when its holder gives no sign of life, and then another gets the subject", async () => {
    const lost = await take(store, pull(12));
    passReally(LEASE_MS - 1_000);
    expect(await claimed()).toEqual([]);
    letLeasesRunOut();
    const lease = await take(store, pull(12));
    expect(lease.token).not.toBe(lost.token);
  });

  it("that is renewed does not run out", async () => {
    const lease = await take(store, pull(12));
    passReally(LEASE_MS - 1_000);
    await store.renew(lease);
    passReally(LEASE_MS - 1_000);
    expect(await claimed()).toEqual([]);
    letLeasesRunOut();
    expect(await claimed()).toEqual(["pull:42:12"]);
  });

  it("does not run out because the App's own clock is moved", async () => {
    await take(store, pull(12));
    place.clock.pass(1_000_000_000);
    expect(await claimed()).toEqual([]);
  });

  it("that was lost to another decides nothing, gives nothing back and renews nothing", async () => {
    const lost = await take(store, pull(12));
    const recalled = await store.recall(lost, NOW);
    letLeasesRunOut();
    const lease = await take(store, pull(12));
    expect(await store.commit(lost, recalled, decision({ memory: pullMemory({}, { title: "Other" }) }), NOW)).toBe(
      "stale",
    );
    await store.release(lost, recalled.nudges, null);
    expect((await store.recall(lease, NOW)).facts.memory).toMatchObject({ title: "Log in" });
    passReally(LEASE_MS - 1_000);
    expect(await claimed()).toEqual([]);
    await store.renew(lost);
    passReally(2_000);
    expect(await claimed()).toEqual(["pull:42:12"]);
  });

  it("that ran out and was taken by nobody is still good", async () => {
    const lease = await take(store, pull(12));
    const recalled = await store.recall(lease, NOW);
    letLeasesRunOut();
    expect(await store.commit(lease, recalled, decision(), NOW)).toBe("written");
    await store.release(lease, recalled.nudges, null);
    expect(await store.nextDue()).toBeNull();
  });

  it("of a process that died ends with the next start where the database is embedded, else when it runs out", async () => {
    await take(store, pull(12));
    await store.stop();
    store = await place.open();
    if (!embedded) {
      expect(await claimed()).toEqual([]);
      letLeasesRunOut();
    }
    expect(await claimed()).toEqual([subjectKey(pull(12))]);
  });
});
