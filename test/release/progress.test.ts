import { describe, expect, it } from "@jest/globals";
import type { Item } from "../../src/flow/run-book.ts";
import type { Walk } from "../../src/flow/standing.ts";
import type { ItemStanding } from "../../src/release/execution.ts";
import {
  countIn,
  hasBox,
  isDeploying,
  keptIn,
  openIn,
  type Progress,
  progressOf,
  REHEARSED,
  runsOf,
  type Step,
  skippedIn,
  toRedo,
} from "../../src/release/progress.ts";
import { at } from "../builders.ts";
import { BLOB, CARL, DORA, done, HEAD, item, RITA, standing, tick, untick } from "./walks.ts";

const BOOK = [
  item(1),
  item(2, { phase: "deploy" }),
  item(3, { phase: "test" }),
  item(4, { phase: "rollback" }),
  item(5, { phase: "monitor" }),
];
const of = (walk: Walk, known: readonly ItemStanding[], items: readonly Item[] = BOOK): Progress =>
  progressOf({ items }, walk, known, { blob: BLOB, head: HEAD });
const labels = (steps: readonly Step[]) => steps.map(({ label }) => label).join(" ");
const open = (progress: Progress) => labels(openIn(progress, ["before", "deploy", "test", "monitor"]));
const [i1, i2, i3] = ["i1", "i2", "i3"] as const;
const old = { blob: at("an old run-book") };
const moved = { head: at("an old head") };

describe("The progress of a walk", () => {
  it.each<[string, readonly ItemStanding[], string]>([
    ["nothing", [], "P1 P2 P3 P5"],
    ["the other walk", [done(DORA, { walk: "rehearsal" })], "P1 P2 P3 P5"],
    ["an item that is done", [done(DORA)], "P2 P3 P5"],
    ["one that was ticked", [standing({ clicks: [tick(DORA, 1)] })], "P2 P3 P5"],
    ["one that was unticked", [done(DORA, { clicks: [untick(DORA, 1, { shown: true })] })], "P1 P2 P3 P5"],
    ["one that was skipped", [standing({ item: i3, state: "skipped" })], "P1 P2 P5"],
    ["one that somebody asks to skip", [standing({ item: i3, state: "skip-asked" })], "P1 P2 P3 P5"],
    ["one that failed", [standing({ item: i3, state: "failed" })], "P1 P2 P3 P5"],
    ["one of another run-book and head", [done(DORA, { ...old, ...moved })], "P2 P3 P5"],
    ["one that is gone", [done(DORA, { item: "gone" })], "P1 P2 P3 P5"],
  ])("in production knows of %s", (_what, known, expected) => {
    expect(open(of("production", known))).toBe(expected);
  });

  it.each<[string, readonly ItemStanding[], string, string]>([
    ["now", [done(DORA, { item: i1 }), done(DORA, { item: i2 })], "S3 S5", ""],
    ["of another run-book", [done(DORA, { ...old }), done(DORA, { item: i2, ...old })], "S1 S2 S3 S5", "S1 S2"],
    ["at another head", [done(DORA, { ...moved }), done(DORA, { item: i2, ...moved })], "S2 S3 S5", "S2"],
    ["not done there", [standing({ item: i2, ...old, state: "failed" })], "S1 S2 S3 S5", ""],
    ["skipped there", [standing({ item: i2, ...old, state: "skipped" })], "S1 S2 S3 S5", "S2"],
    ["that waits for nothing", [done(DORA, { item: "i5", ...old })], "S1 S2 S3 S5", ""],
  ])("in the rehearsal counts what was done %s", (_what, known, expected, again) => {
    const progress = of(
      "rehearsal",
      known.map((one) => ({ ...one, walk: "rehearsal" })),
    );
    expect(open(progress)).toBe(expected);
    expect(labels(toRedo(progress))).toBe(again);
    expect(progress.gone).toEqual([]);
  });

  it("says why something is to be done again", () => {
    const walk = "rehearsal";
    const { steps } = of(walk, [done(DORA, { walk, ...old }), done(DORA, { walk, item: i2, ...moved })]);
    expect(steps.map(({ again }) => again)).toEqual(["run-book", "head", null, null, null]);
    expect(steps.map(({ known, came }) => [known, came])).toEqual(Array(5).fill([null, null]));
  });

  it("keeps what was done in production, and lists what is no longer in the run-book", () => {
    const progress = of("production", [
      done(DORA, old),
      done(DORA, { item: i2 }),
      standing({ item: i3, ...old, state: "failed" }),
      done(CARL, { item: "gone" }),
      standing({ item: "skipped", state: "skipped", by: RITA }),
      standing({ item: "open" }),
    ]);
    expect(labels(keptIn(progress, { blob: BLOB }))).toBe("P1");
    expect(toRedo(progress)).toEqual([]);
    expect(progress.gone.map(({ item, came: { by } }) => `${item} ${by?.login}`)).toEqual([
      "gone carl",
      "skipped rita",
    ]);
  });

  it("needs nothing of what is optional or does not apply, unless somebody says that it failed", () => {
    const items = [item(1, { optional: true }), item(2, { notApplicable: "no schema change" })];
    expect(open(of("production", [], items))).toBe("");
    const failed = of("production", [standing({ state: "failed" })], items);
    expect(open(failed)).toBe("P1");
  });

  it("counts a parent by what is required below it", () => {
    const items = [
      item(1),
      item(2, { parent: 1 }),
      item(3, { parent: 2 }),
      item(4, { parent: 2 }),
      item(5, { parent: 1, optional: true }),
      item(6, { parent: 5, optional: true }),
    ];
    const counts = (known: readonly ItemStanding[]) =>
      of("production", known, items).steps.map(({ below, cleared }) => [
        below && `${below.cleared}/${below.of}`,
        cleared,
      ]);
    expect(counts([done(DORA, { item: i1 }), done(DORA, { item: i3 })])).toEqual([
      ["0/1", false],
      ["1/2", false],
      [null, true],
      [null, false],
      ["0/0", true],
      [null, false],
    ]);
    const all = [done(DORA, { item: i3 }), standing({ item: "i4", state: "skipped" })];
    expect(counts(all).slice(0, 2)).toEqual([
      ["1/1", true],
      ["2/2", true],
    ]);
    expect(open(of("production", [], items))).toBe("P3 P4");
    expect(labels(skippedIn(of("production", all, items)))).toBe("P4");
  });

  it("is open in the phases that are asked about", () => {
    const knowing = (...ids: readonly string[]) =>
      of(
        "production",
        ids.map((item) => done(DORA, { item })),
      );
    const said = (progress: Progress) =>
      ([["before"], ["deploy", "test"], REHEARSED, ["rollback"]] as const).map((phases) =>
        labels(openIn(progress, phases)),
      );
    expect(said(knowing())).toEqual(["P1", "P2 P3", "P1 P2 P3", "P4"]);
    expect(said(knowing(i1))).toEqual(["", "P2 P3", "P2 P3", "P4"]);
    expect(said(knowing(i2, i3))).toEqual(["P1", "", "P1", "P4"]);
    expect(said(knowing(i1, i2, i3))).toEqual(["", "", "", "P4"]);
    expect(said(of("production", [], []))).toEqual(["", "", "", ""]);
    expect(REHEARSED).toEqual(["before", "deploy", "test"]);
  });

  it.each<[string, Partial<Item>, Partial<ItemStanding> | null, boolean]>([
    ["open", {}, null, true],
    ["open again", {}, {}, true],
    ["done", {}, { state: "done" }, true],
    ["skipped", {}, { state: "skipped" }, false],
    ["to be skipped", {}, { state: "skip-asked" }, false],
    ["failed", {}, { state: "failed" }, false],
    ["for a roll-back", { phase: "rollback" }, null, false],
    ["to be looked at afterwards", { phase: "monitor" }, null, true],
    ["not to be done", { notApplicable: "no schema change" }, null, false],
    ["to be done with a result", { needsResult: true }, null, false],
    ["done with a result", { needsResult: true }, { state: "done" }, true],
  ])("has a box where a click does something: %s", (_what, more, known, expected) => {
    const { steps } = of("production", known === null ? [] : [standing(known)], [item(1, more)]);
    expect(steps.map(hasBox)).toEqual([expected]);
  });

  it("has no box for what is the sum of others", () => {
    expect(of("production", [], [item(1), item(2, { parent: 1 })]).steps.map(hasBox)).toEqual([false, true]);
  });
});

describe("A deployment", () => {
  it("begins with the first of its items that is done", () => {
    const items = [item(1), item(2, { phase: "deploy" }), item(3, { phase: "deploy" })];
    const begins = (...known: readonly ItemStanding[]) => isDeploying(of("production", known, items));
    expect([begins(), begins(done(DORA)), begins(done(DORA, { item: "i3" }))]).toEqual([false, false, true]);
  });
});

describe("What a walk consists of", () => {
  it("is counted without what holds nothing", () => {
    const items = [
      ...BOOK,
      item(6, { optional: true }),
      item(7, { phase: "test" }),
      item(8, { phase: "test", parent: 7 }),
    ];
    expect(countIn(of("production", [done(DORA)], items))).toEqual({ cleared: 1, of: 4 });
  });

  it("is told by runs of one phase", () => {
    const items = [...BOOK.slice(0, 2), item(3, { phase: "deploy" }), item(4)];
    const runs = runsOf(of("production", [], items)).map(({ phase, steps }) => `${phase}: ${labels(steps)}`);
    expect(runs).toEqual(["before: P1", "deploy: P2 P3", "before: P4"]);
  });
});
