import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { type Instant, instant, later } from "../../src/flow/names.ts";
import type { Priority } from "../../src/flow/subject.ts";
import { type Leave, limiter } from "../../src/github/limiter.ts";

const clock = { now: () => instant(Date.now()) };
const inMs = (milliseconds: number): Instant => later(clock.now(), milliseconds);

beforeEach(() => {
  jest.useFakeTimers({ now: Date.UTC(2026, 10, 24, 12) });
});
afterEach(() => {
  jest.useRealTimers();
});

/** A limiter, and the order in which calls were let in or turned away. */
function watched(budget = { points: 900, inFlight: 100 }) {
  const limits = limiter(budget, clock, () => Date.now());
  const seen: string[] = [];
  const leaves: Leave[] = [];
  const enter = (name: string, points: number, priority: Priority) =>
    void limits.enter(points, priority).then((leave) => {
      leaves.push(leave);
      seen.push(leave.sent ? name : `not ${name}`);
    });
  const pass = (milliseconds: number) => jest.advanceTimersByTimeAsync(milliseconds);
  return { limits, seen, leaves, enter, pass };
}

describe("turns", () => {
  test("persons go before the others that wait", async () => {
    const { seen, enter, pass } = watched();
    enter("burst", 150, "person");
    enter("bulk 1", 5, "bulk");
    enter("bulk 2", 5, "bulk");
    enter("person", 5, "person");
    await pass(0);
    expect(seen).toEqual(["burst"]);
    await pass(400);
    expect(seen).toEqual(["burst", "person"]);
    await pass(4_000);
    expect(seen).toEqual(["burst", "person", "bulk 1", "bulk 2"]);
  });

  test("who would wait longer than five seconds is told at once when there is room", async () => {
    const { seen, leaves, enter, pass } = watched();
    enter("burst", 150, "person");
    enter("waits", 70, "person");
    enter("too long", 10, "person");
    await pass(0);
    expect(seen).toEqual(["burst", "not too long"]);
    expect(leaves[1]).toEqual({ sent: false, until: inMs(5_334) });
  });

  test("no more are under way than allowed, and a fifth of them is kept for persons", async () => {
    const { seen, leaves, enter, pass } = watched({ points: 900, inFlight: 5 });
    for (const name of ["a", "b", "c", "d", "e"]) enter(name, 1, "bulk");
    enter("person 1", 1, "person");
    enter("person 2", 1, "person");
    await pass(0);
    expect(seen).toEqual(["a", "b", "c", "d", "person 1"]);
    const [first] = leaves;
    if (first?.sent) {
      first.leave();
      first.leave();
    }
    await pass(0);
    expect(seen.slice(5)).toEqual(["person 2"]);
  });

  test("who waited five seconds for one under way to end is told to come back", async () => {
    const { seen, enter, pass } = watched({ points: 900, inFlight: 1 });
    enter("endless", 1, "bulk");
    enter("waits", 1, "bulk");
    await pass(4_999);
    expect(seen).toEqual(["endless"]);
    await pass(1);
    expect(seen).toEqual(["endless", "not waits"]);
  });
});

describe("a pause", () => {
  test("turns away those who wait and those who come, until it ends", async () => {
    const { limits, seen, leaves, enter, pass } = watched();
    enter("burst", 150, "person");
    enter("waits", 5, "bulk");
    const until = inMs(30_000);
    limits.pause(until);
    limits.pause(inMs(10_000));
    enter("comes", 1, "person");
    await pass(0);
    expect(seen).toEqual(["burst", "not waits", "not comes"]);
    expect(leaves.slice(1)).toEqual(Array(2).fill({ sent: false, until }));
    await pass(30_000);
    enter("later", 5, "bulk");
    await pass(0);
    expect(seen.at(-1)).toBe("later");
  });
});

test("too fast: from then on half as fast", async () => {
  const { limits, seen, enter, pass } = watched();
  limits.slowDown(limits.time());
  enter("burst", 75, "person");
  enter("next", 5, "person");
  await pass(600);
  expect(seen).toEqual(["burst"]);
  await pass(100);
  expect(seen).toEqual(["burst", "next"]);
});
