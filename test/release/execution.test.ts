import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Person } from "../../src/flow/names.ts";
import type { Click } from "../../src/flow/standing.ts";
import { begun, clicked, type ItemStanding, required, stateFrom } from "../../src/release/execution.ts";
import { at, NOW, REPOSITORY } from "../builders.ts";
import { after, CARL, DORA, done, item, RITA, standing, tick, untick } from "./walks.ts";

/** As `state by seconds`. */
const told = (known: ItemStanding) => {
  const { state, by, at } = stateFrom(known);
  return `${state} ${by?.login} ${(Date.parse(at) - Date.parse(NOW)) / 1000}`;
};
const clicks = (known: ItemStanding, ...more: readonly Click[]) => more.reduce(clicked, known);

describe("Clicks on a box", () => {
  const shown = { shown: true };
  const skipped = standing({ state: "skipped", by: RITA });
  const failed = standing({ state: "failed", by: RITA });
  const asked = standing({ state: "skip-asked", by: RITA });
  it.each<[string, ItemStanding, readonly Click[], string]>([
    ["nothing", standing(), [], "open undefined 0"],
    ["a tick", standing(), [tick(DORA, 1)], "done dora 1"],
    ["a second tick", standing(), [tick(CARL, 2), tick(DORA, 1)], "done dora 1"],
    ["an untick of one's own", standing(), [tick(DORA, 1), untick(DORA, 2)], "open dora 2"],
    ["an untick of another's", standing(), [tick(DORA, 1), untick(CARL, 2)], "done dora 1"],
    ["an untick of nothing", standing(), [untick(DORA, 2)], "open undefined 0"],
    ["a tick after an untick", standing(), [tick(DORA, 1), untick(DORA, 2), tick(CARL, 3)], "done carl 3"],
    ["what was done by command", done(DORA), [tick(CARL, 1)], "done dora 0"],
    ["one's own command", done(DORA), [untick(DORA, 1, shown)], "open dora 1"],
    ["another's command", done(DORA), [untick(CARL, 1, shown)], "done dora 0"],
    ["clicks before the command", done(DORA), [untick(DORA, -1, shown), untick(DORA, 0, shown)], "done dora 0"],
    ["what was done by nobody known", standing({ state: "done" }), [untick(DORA, 1, shown)], "done undefined 0"],
    ["what was skipped", skipped, [tick(DORA, 1), untick(RITA, 2)], "skipped rita 0"],
    ["what failed", failed, [tick(DORA, 1), untick(RITA, 2)], "failed rita 0"],
    ["what is to be skipped", asked, [tick(DORA, 1), untick(RITA, 2)], "skip-asked rita 0"],
    [
      "a later revision after an earlier one",
      standing(),
      [untick(DORA, 1, { revision: 2 }), tick(DORA, 1)],
      "open dora 1",
    ],
    // Within a second: what was shown says what came first.
    ["a double click on an open box", standing(), [untick(DORA, 1), tick(DORA, 1)], "open dora 1"],
    ["a double click on a ticked one", done(DORA), [tick(DORA, 1, shown), untick(DORA, 1, shown)], "done dora 1"],
    ["three of one", standing(), [tick(DORA, 1), tick(DORA, 1), untick(DORA, 1)], "done dora 1"],
    ["two equal ones, the third not heard yet", standing(), [tick(DORA, 1), tick(DORA, 1)], "done dora 1"],
    [
      "more unticks than ticks",
      done(DORA),
      [untick(CARL, 1, shown), tick(CARL, 1, shown), untick(DORA, 1, shown)],
      "open carl 1",
    ],
    [
      "the box as the second before left it",
      standing(),
      [tick(DORA, 1), tick(DORA, 2), untick(DORA, 2)],
      "done dora 2",
    ],
    ["two at once", standing(), [tick(CARL, 1), tick(RITA, 1)], "done rita 1"],
  ])("come to what they are: %s", (_situation, known, more, expected) => {
    expect(told(clicks(known, ...more))).toBe(expected);
    expect(told(clicks(known, ...more.toReversed()))).toBe(expected);
  });

  it("take away what the command before said", () => {
    const noted = done(DORA, { note: "snap-1", url: "https://x.example", confirmedBy: RITA });
    expect(stateFrom(noted)).toMatchObject({ note: "snap-1", because: "dora did it", confirmedBy: RITA });
    const undone = clicked(noted, untick(DORA, 1, shown));
    const nothing = { note: null, url: null, confirmedBy: null };
    expect(stateFrom(undone)).toEqual({
      ...nothing,
      state: "open",
      by: DORA,
      at: after(1),
      because: "dora took the tick back",
    });
    expect(stateFrom(clicked(undone, tick(CARL, 2)))).toMatchObject({ ...nothing, because: "carl ticked its box" });
  });

  it("come to the same in any order", () => {
    const click = fc.record({
      by: fc.constantFrom(DORA, CARL, RITA),
      at: fc.integer({ min: -1, max: 2 }).map(after),
      ticked: fc.boolean(),
      revision: fc.integer({ min: 1, max: 2 }),
      shown: fc.boolean(),
    });
    const known = fc.constantFrom(standing(), done(DORA), done(CARL));
    fc.assert(
      fc.property(known, fc.array(click, { maxLength: 10 }), fc.infiniteStream(fc.nat()), (known, made, dice) => {
        const heard = made.map((one) => ({ one, place: dice.next().value })).sort((a, b) => a.place - b.place);
        expect(stateFrom(clicks(known, ...heard.map(({ one }) => one)))).toEqual(stateFrom(clicks(known, ...made)));
      }),
    );
  });
});

describe("Clicks without end", () => {
  /** So many in each second, and in each revision. */
  const made = (count: number, { each = 3, every = 6 } = {}): readonly Click[] =>
    Array.from({ length: count }, (_, n) => {
      const how = { ticked: n % 2 === 0, shown: n % 2 === 1, revision: 1 + Math.floor(n / every) };
      return tick([DORA, CARL, RITA][n % 3] as Person, 1 + Math.floor(n / each), how);
    });
  const heard = (all: readonly Click[], from = standing()) => clicks(from, ...all);

  it("are settled, the oldest first, and come to the same", () => {
    const all = made(200);
    expect(heard(all).clicks).toHaveLength(200);
    for (const more of [201, 250, 299, 300, 301, 1_000]) {
      const known = heard(made(more));
      expect(known.clicks.length).toBeLessThanOrEqual(200);
      expect(known.clicks.length).toBeGreaterThan(80);
      expect(stateFrom(known)).toEqual(stateFrom({ ...standing(), clicks: made(more) }));
    }
    expect(heard(made(201))).toMatchObject({ state: "done", because: "carl ticked its box" });
  });

  it("come to the same though they are heard late", () => {
    const click = fc.record({ by: fc.constantFrom(DORA, CARL, RITA), ticked: fc.boolean(), shown: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(click, { minLength: 201, maxLength: 260, size: "max" }),
        fc.array(fc.nat(30), { minLength: 260, maxLength: 260 }),
        (some, delays) => {
          const all = some.map(
            (one, n): Click => ({
              ...one,
              at: after(1 + Math.floor(n / 3)),
              revision: 1 + Math.floor(n / 6),
            }),
          );
          const late = all.map((one, n) => ({ one, at: n + (delays[n] as number) })).sort((a, b) => a.at - b.at);
          const known = heard(late.map(({ one }) => one));
          expect(stateFrom(known)).toEqual(stateFrom({ ...standing(), clicks: all }));
        },
      ),
      { numRuns: 50 },
    );
  });

  it("that cannot be told apart by second or by revision are settled all together", () => {
    const close = made(201, { every: 1_000 });
    expect(heard(close).clicks).toEqual([]);
    expect(stateFrom(heard(close))).toEqual(stateFrom({ ...standing(), clicks: close }));
    const same = made(201, { each: 1_000 });
    expect(heard(same).clicks).toEqual([]);
    expect(stateFrom(heard(same))).toEqual(stateFrom({ ...standing(), clicks: same }));
  });
});

it("An item that nobody touched is open", () => {
  const of = { key: "k", repository: REPOSITORY, number: 7, walk: "rehearsal", item: "i1" } as const;
  const one = begun({ ...of, blob: at("b"), head: at("h"), at: NOW });
  expect(one).toMatchObject({ ...of, kind: "item", state: "open", by: null, clicks: [] });
});

it("An item with an owner is the owner's alone, any other everybody's who may", () => {
  const owned = item(1, { owner: "@acme/ops" });
  expect(required(owned, "rehearsal")).toEqual({ kind: "owner", owner: "@acme/ops" });
  expect(required(owned, "production")).toEqual({ kind: "owner", owner: "@acme/ops" });
  expect(required(item(1), "rehearsal")).toEqual({ kind: "permission", permission: "write" });
  expect(required(item(1), "production")).toEqual({ kind: "role", role: "operations" });
});
