import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { later } from "../../src/flow/names.ts";
import type { Lease, PullSubject } from "../../src/flow/subject.ts";
import { pullMemory } from "../builders.ts";
import { freshPlace, letLeasesRunOut, type Place } from "./place.ts";
import { ALL, decision, news, nudge, pull, pullLesson } from "./told.ts";

/** One worker's hold of a pull request, and what it has seen by now. */
type Hold = {
  readonly lease: Lease;
  readonly number: number;
  ranOut: boolean;
  seen: { readonly nudges: number; readonly news: number };
};
/** What happened to one pull request: news told, and news that somebody who gave it back had seen. */
type Told = { readonly subject: PullSubject; news: number; handled: number };

const PULLS = 3;
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ does: fc.constant("news" as const), pull: fc.nat(PULLS - 1), person: fc.boolean() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ does: fc.constant("claim" as const), limit: fc.integer({ min: 1, max: PULLS }) }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant("look" as const), hold: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("decide" as const), hold: fc.nat() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant("release" as const),
      hold: fc.nat(),
      again: fc.constantFrom(null, 0, 5_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("renew" as const), hold: fc.nat() }) },
  { weight: 1, arbitrary: fc.constant({ does: "die" as const }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("time" as const), passes: fc.constantFrom(1, 10_000) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Plays it all; those who lost a lease go on as if they had not. */
async function play(steps: readonly Step[], place: Place): Promise<void> {
  const store = await place.open();
  const told: readonly Told[] = Array.from({ length: PULLS }, (_, n) => ({ subject: pull(n), news: 0, handled: 0 }));
  const holds: Hold[] = [];
  /** Whose each pull request is: who took it last and did not give it back, though the lease may have run out. */
  const owners = new Map<number, Hold>();
  const isHeld = (number: number) => owners.get(number)?.ranOut === false;
  const now = () => place.clock.now();
  const chosen = (given: number) => holds[given % Math.max(holds.length, 1)];

  function die(): void {
    letLeasesRunOut();
    for (const hold of holds) hold.ranOut = true;
  }

  async function look(hold: Hold): Promise<void> {
    const { news: known } = told[hold.number] as Told;
    hold.seen = { nudges: (await store.recall(hold.lease, now())).nudges, news: known };
  }

  async function claim(limit: number): Promise<number> {
    const leases = await store.claim({ ...ALL, limit });
    for (const lease of leases) {
      const number = (lease.subject as PullSubject).number;
      expect(isHeld(number)).toBe(false);
      const hold: Hold = { lease, number, ranOut: false, seen: { nudges: 0, news: 0 } };
      owners.set(number, hold);
      await look(hold);
      holds.push(hold);
    }
    return leases.length;
  }

  async function release(hold: Hold, again: number | null): Promise<void> {
    holds.splice(holds.indexOf(hold), 1);
    await store.release(hold.lease, hold.seen.nudges, again === null ? null : later(now(), again));
    if (owners.get(hold.number) !== hold) return;
    owners.delete(hold.number);
    const pullTold = told[hold.number] as Told;
    pullTold.handled = Math.max(pullTold.handled, hold.seen.news);
  }

  async function take(one: Step): Promise<void> {
    switch (one.does) {
      case "news": {
        const pullTold = told[one.pull] as Told;
        pullTold.news += 1;
        const title = `${pullTold.news}`;
        const lessons = [pullLesson(pullTold.subject, {}, { title }, later(now(), pullTold.news))];
        await store.learn(news({ lessons, nudges: [nudge(pullTold.subject, one.person ? "person" : "bulk")] }));
        return;
      }
      case "claim":
        await claim(one.limit);
        return;
      case "die":
        die();
        return;
      case "time":
        place.clock.pass(one.passes);
        return;
    }
    const hold = chosen(one.hold);
    if (hold === undefined) return;
    if (one.does === "look") await look(hold);
    if (one.does === "renew") {
      await store.renew(hold.lease);
      hold.ranOut = false;
    }
    if (one.does === "release") await release(hold, one.again);
    if (one.does === "decide") {
      const recalled = await store.recall(hold.lease, now());
      const memory = pullMemory({}, { title: "decided" });
      const came = await store.commit(
        hold.lease,
        { ...recalled, nudges: hold.seen.nudges },
        decision({ memory }),
        now(),
      );
      const pullTold = told[hold.number] as Told;
      // Only who holds it and has seen all news may say what is remembered.
      if (came === "written") expect(hold.seen.news).toBe(pullTold.news);
    }
  }

  for (const one of steps) {
    await take(one);
    const due = await store.nextDue();
    const waiting = told.filter(({ subject, news: known, handled }) => known > handled && !isHeld(subject.number));
    if (waiting.length > 0) expect([due !== null && due <= now(), waiting]).toEqual([true, waiting]);
  }

  // In the end all who hold something die, and one who does not takes what is left.
  die();
  for (let round = 0; (await claim(PULLS)) > 0; round++) {
    expect(round).toBeLessThan(PULLS + 1);
    for (const hold of [...owners.values()].filter(({ ranOut }) => !ranOut)) await release(hold, null);
  }
  for (const { news: known, handled } of told) expect(handled).toBe(known);
}

it("However news, claims, looks, releases and deaths follow each other, no subject with news that nobody handled is lost", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30, size: "max" }), async (steps) => {
      const place = await freshPlace();
      await play(steps, place).finally(() => place.end());
    }),
    { numRuns: 50 },
  );
});
