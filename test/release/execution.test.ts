import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
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
