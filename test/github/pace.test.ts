import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Priority } from "../../src/flow/subject.ts";
import { pace } from "../../src/github/pace.ts";

const READ = 1;
const WRITE = 5;
const MINUTE = 60_000;

/** Sends calls as early as they may go. @returns when each went. */
function sendAll(count: number, points: number, priority: Priority, limit = 900): number[] {
  const pacing = pace(limit, 0);
  const sent: number[] = [];
  for (let now = 0; sent.length < count; ) {
    const wait = pacing.wait(points, priority, now);
    now += wait;
    if (wait > 0) continue;
    pacing.spend(points, now);
    sent.push(now);
  }
  return sent;
}

describe("points", () => {
  test.each<[what: string, spent: number, points: number, priority: Priority, now: number, wait: number]>([
    ["a first write goes at once", 0, WRITE, "bulk", 0, 0],
    ["a burst of a sixth of a minute's goes at once", 145, WRITE, "person", 0, 0],
    ["beyond it a point takes a fifteenth of a second", 150, WRITE, "person", 0, 334],
    ["a read costs less", 150, READ, "person", 0, 67],
    ["the last fifth of the burst is kept for persons", 120, WRITE, "bulk", 0, 334],
    ["and is theirs at once", 120, WRITE, "person", 0, 0],
    ["time fills up what was spent", 150, WRITE, "person", 334, 0],
    ["but for no more than a burst", 150, WRITE, "bulk", 10_000, 0],
  ])("%s", (_, spent, points, priority, now, wait) => {
    const pacing = pace(900, 0);
    if (spent > 0) pacing.spend(spent, 0);
    expect(pacing.wait(points, priority, now)).toBe(wait);
  });

  test("500 writes at once are through in less than 1.05 times what 900 points a minute allow", () => {
    const sent = sendAll(500, WRITE, "bulk");
    expect(sent.at(-1)).toBeLessThan((500 / 180) * MINUTE * 1.05);
  });

  test("no minute has more than its points, however calls come", () => {
    const call = fc.record({ gap: fc.nat(5_000), points: fc.constantFrom(READ, WRITE), person: fc.boolean() });
    fc.assert(
      fc.property(fc.array(call, { minLength: 200, maxLength: 400 }), (calls) => {
        const pacing = pace(100, 0);
        const sent: { at: number; points: number }[] = [];
        let now = 0;
        for (const { gap, points, person } of calls) {
          now += gap / 20;
          for (;;) {
            const wait = pacing.wait(points, person ? "person" : "bulk", now);
            if (wait === 0) break;
            now += wait;
          }
          pacing.spend(points, now);
          sent.push({ at: now, points });
        }
        for (const { at } of sent) {
          const within = sent.filter((one) => one.at >= at && one.at < at + MINUTE);
          expect(within.reduce((sum, one) => sum + one.points, 0)).toBeLessThanOrEqual(100);
        }
      }),
      { numRuns: 20 },
    );
  });

  test("a limit below one write still lets it through", () => {
    expect(sendAll(3, WRITE, "bulk", 1)).toHaveLength(3);
  });
});

describe("learning", () => {
  test("too fast halves the rate, calls sent before that count no more, and it climbs slowly", () => {
    const pacing = pace(900, 0);
    pacing.slowDown(10, 100);
    expect(pacing.limit(100)).toBe(450);
    pacing.slowDown(99, 200);
    expect(pacing.limit(100)).toBe(450);
    expect(pacing.limit(100 + MINUTE)).toBe(495);
    expect(pacing.limit(100 + 10 * MINUTE)).toBe(900);
    expect(pacing.limit(100 + 99 * MINUTE)).toBe(900);
    pacing.slowDown(101, 100 + MINUTE);
    expect(pacing.limit(100 + MINUTE)).toBe(247.5);
  });

  test("it never gets so slow that nothing goes", () => {
    const pacing = pace(900, 0);
    for (let time = 1; time < 50; time++) pacing.slowDown(time, time);
    expect(pacing.limit(50)).toBeGreaterThanOrEqual(30);
  });

  test("a burst shrinks with the rate", () => {
    const pacing = pace(900, 0);
    pacing.slowDown(0, 0);
    pacing.spend(75, 0);
    expect(pacing.wait(WRITE, "person", 0)).toBe(Math.ceil((WRITE / 450) * MINUTE));
  });
});
