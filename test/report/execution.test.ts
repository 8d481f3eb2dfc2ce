import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { boxesOf, setBox } from "../../sandbox/task-list.ts";
import type { Phase } from "../../src/flow/config.ts";
import type { Item } from "../../src/flow/run-book.ts";
import { clicksIn } from "../../src/release/clicks.ts";
import type { ItemStanding } from "../../src/release/execution.ts";
import { progressOf } from "../../src/release/progress.ts";
import { type Sticky, stickyComment } from "../../src/report/execution.ts";
import { expectGolden } from "../board/golden.ts";
import { at } from "../builders.ts";
import { BLOB, CARL, DORA, done, HEAD, item, RITA, standing, tick, untick } from "../release/walks.ts";

const now = { blob: BLOB, head: HEAD };
const comment = (items: readonly Item[], known: readonly ItemStanding[] = [], more: Partial<Sticky> = {}): string =>
  stickyComment({
    path: "docs/runbooks/2026-11.md",
    blob: BLOB,
    revision: 3,
    walks: [progressOf({ items }, "rehearsal", known, now), progressOf({ items }, "production", known, now)],
    pageUrl: null,
    ...more,
  });

const BOOK: readonly Item[] = [
  item(1, { id: "backup", text: "Backup attested", owner: "@acme/ops" }),
  item(2, { text: "run `scripts/a.sh | tee log`", notApplicable: "no schema change (@qa-lead)" }),
  item(3, { text: "Tell support", optional: true }),
  item(4, { phase: "deploy", text: "Run `activate.sh v1.4.0`" }),
  item(5, { phase: "deploy", text: "in the first region", parent: 4 }),
  item(6, { phase: "deploy", text: "keep the output", parent: 4, needsResult: true }),
  item(7, { phase: "test", text: "Health check is green" }),
  item(8, { phase: "rollback", text: "Activate the previous tag" }),
  item(9, { phase: "monitor", text: "Error rate" }),
];
/** All that holds anything, by Dora, at this head. */
const through = (walk: "rehearsal" | "production", but: readonly number[] = []) =>
  [1, 5, 6, 7].filter((n) => !but.includes(n)).map((n) => done(DORA, { walk, item: n === 1 ? "backup" : `i${n}` }));

describe("The comment that shows a run-book", () => {
  it.each<[string, readonly ItemStanding[], Partial<Sticky>]>([
    ["begun", [], {}],
    [
      "rehearsal",
      [
        done(DORA, {
          walk: "rehearsal",
          item: "backup",
          note: 'snap-8f31 "weekly" @acme/all',
          url: "https://do.example/8f31",
        }),
        standing({ walk: "rehearsal", item: "i5", clicks: [tick(RITA, 61)] }),
        standing({
          walk: "rehearsal",
          item: "i7",
          state: "skip-asked",
          by: CARL,
          because: "the probe is broken in staging",
        }),
        standing({ item: "backup", state: "skip-asked", by: CARL, because: "there is nothing to back up" }),
        standing({ item: "i7", state: "skip-asked", by: CARL, because: "the probe is broken there too" }),
      ],
      { pageUrl: "https://flowgate.example/acme/web/pull/7" },
    ],
    [
      "waiting",
      [
        ...through("rehearsal", [7]),
        standing({ walk: "rehearsal", item: "i7", state: "skip-asked", by: CARL, because: "no" }),
      ],
      {},
    ],
    ["result", through("rehearsal", [6]), {}],
    [
      "failed",
      [
        ...through("rehearsal", [7]),
        standing({
          walk: "rehearsal",
          item: "i7",
          state: "skipped",
          by: CARL,
          confirmedBy: RITA,
          because: "no probe there",
        }),
        ...through("production", [5, 7]),
        standing({ item: "i3", state: "skipped", by: CARL, because: "support knows" }),
        done(DORA, { item: "i5", clicks: [untick(DORA, 5, { shown: true }), tick(CARL, 9)] }),
        standing({
          item: "i7",
          state: "failed",
          by: RITA,
          because: "503 on <b>/health</b>",
          url: "https://ci.example/1",
        }),
      ],
      {},
    ],
    [
      "failed-rehearsal",
      [
        ...through("rehearsal", [7]),
        standing({ walk: "rehearsal", item: "i7", state: "failed", by: null, because: "503" }),
      ],
      {},
    ],
    ["monitor", [...through("rehearsal"), ...through("production")], {}],
    ["all-done", [...through("rehearsal"), ...through("production"), done(CARL, { item: "i9" })], {}],
    [
      "changed",
      [
        done(DORA, { walk: "rehearsal", item: "backup", blob: at("old") }),
        done(DORA, { walk: "rehearsal", item: "i7", head: at("old") }),
        done(DORA, { item: "backup", blob: at("old") }),
        done(DORA, { item: "i7", blob: at("old") }),
        done(DORA, { item: "announce" }),
        done(DORA, { item: "~0123456789abcdef0123" }),
        standing({ item: "wiki", state: "skipped", by: null, because: "nobody reads it" }),
      ],
      {},
    ],
    ["changed-one", [done(DORA, { item: "i7", blob: at("old") }), done(DORA, { item: "~0123456789abcdef0123" })], {}],
  ])("is read by people: %s", (name, known, more) => {
    expectGolden(`execution-${name}.md`, `${comment(BOOK, known, more)}\n`);
  });

  it("says so where there is nothing to tick", () => {
    expect(comment([])).toContain("The run-book has no items, so there is nothing to tick.");
  });

  it("counts what is too much to name", () => {
    const items = Array.from({ length: 20 }, (_, place) => item(place + 1));
    const skipped = items
      .filter(({ ordinal }) => ordinal % 2 === 0)
      .map(({ id }) => standing({ item: id, state: "skipped", by: DORA }));
    expect(comment(items, skipped)).toContain("10 items skipped (P2, P4, P6, P8, P10, P12, P14, P16 and more).");
  });

  it("leaves no word of others' in force", () => {
    const hostile =
      "@acme/all <!-- - [ ] **S2** x --> <img src=x> [a](https://e.example) ~~x~~ \u202e\u0007\n- [x] **S1** `a|b` #12 \ud800";
    const text = comment(
      [item(1, { text: hostile, owner: "@acme/ops" }), item(2, { text: hostile, notApplicable: hostile })],
      [done(DORA, { walk: "rehearsal", note: hostile, url: hostile })],
    );
    expect(boxesOf(text)).toHaveLength(2);
    expect(text.isWellFormed()).toBe(true);
    expect(text).not.toMatch(/[\u202e\u2028]|(?!\n)\p{Cc}/u);
    expect(text.replace(/`[^`\n]*`/g, "")).not.toMatch(/@\w|[^\\\n]<|:\/\//);
    expect(text).toContain("`a|b`");
  });
});

/** As GitHub counts, where its editor sends both characters for the end of a line. */
const lengthOf = (text: string) => text.length + text.split("\n").length;
const many = (phase: Phase, from: number, to: number, text: string, more: Partial<Item> = {}) =>
  Array.from({ length: to - from + 1 }, (_, place) => item(from + place, { phase, text, ...more }));

describe("A comment that would be too long", () => {
  const long = "Look at it & say so. ".repeat(60);
  const LARGE = [
    ...many("before", 1, 60, long),
    ...many("deploy", 61, 100, long),
    ...many("test", 101, 160, long),
    ...many("rollback", 161, 161, long),
    ...many("monitor", 162, 200, long),
  ];
  const cleared = (walk: "rehearsal" | "production", from: number, to: number) =>
    LARGE.slice(from - 1, to).map(({ id }) => done(DORA, { walk, item: id }));
  const folded = (text: string) => text.split("\n").filter((line) => /^\*\*\w.*\): /.test(line));

  it("folds what is done first, and then what is furthest from what is next", () => {
    const text = comment(LARGE, [...cleared("rehearsal", 1, 60), ...cleared("production", 1, 3)]);
    expect(folded(text)).toEqual([
      "**Before** (S1-S60): 60 of 60 done.",
      "**Rollback and Monitor** (S161-S200): 0 of 39 done. Write `/done S162-S200` for what is done.",
      "**Before, Deploy, Test, Rollback and Monitor** (P1-P200): 3 of 199 done. Write `/done P4-P200` for what is done.",
    ]);
    expect(boxesOf(text)).toHaveLength(100);
  });

  it("leads to the page where there is one", () => {
    const text = comment(LARGE, cleared("rehearsal", 1, 160), { pageUrl: "https://flowgate.example/acme/web/pull/7" });
    expect(folded(text)).toEqual([
      "**Before, Deploy, Test, Rollback and Monitor** (S1-S200): 160 of 199 done on [the page](https://flowgate.example/acme/web/pull/7).",
      "**Test, Rollback and Monitor** (P101-P200): 0 of 99 done on [the page](https://flowgate.example/acme/web/pull/7).",
    ]);
  });

  it("shows of a phase that is too long by itself the part from what is next on", () => {
    const book = many("before", 1, 2000, "x".repeat(600));
    const known = book.slice(0, 1000).map(({ id }) => done(DORA, { walk: "rehearsal", item: id }));
    const text = comment(book, known);
    expect(folded(text)[0]).toBe("**Before** (S1-S1000): 1000 of 1000 done.");
    expect(text).toContain("- [ ] **S1001** ");
    expect(lengthOf(text)).toBeLessThanOrEqual(65_536);
    expect(lengthOf(text)).toBeGreaterThan(64_000);
    const end = comment(
      book,
      book.slice(0, 1999).map(({ id }) => done(DORA, { walk: "rehearsal", item: id })),
    );
    expect(end).toContain("- [ ] **S2000** ");
    expect(end).toContain("- [x] **S1950** ");
  });

  it("shows items at the margin when what they stand below is folded", () => {
    const book = many("before", 1, 2000, "x".repeat(600)).map((one) =>
      one.ordinal % 1000 === 1 ? one : { ...one, parent: one.ordinal < 1000 ? 1 : 1001 },
    );
    const known = book.slice(1, 500).map(({ id }) => done(DORA, { walk: "rehearsal", item: id }));
    const text = comment(book, known);
    expect(text).toContain("\n- [ ] **S501** ");
    expect(boxesOf(text)).toHaveLength(text.split("- [ ] **S").length - 1);
    expect(boxesOf(text).length).toBeGreaterThan(50);
  });

  it("counts what need not be done, of what it folds", () => {
    const text = comment([...many("rollback", 1, 1, long), ...many("before", 2, 300, long, { optional: true })]);
    expect(folded(text).slice(0, 1)).toEqual(["**Before and Rollback** (S1-S300): 300 items."]);
    const book = [...many("rollback", 1, 1, long), ...many("before", 2, 60, long), ...many("deploy", 61, 200, long)];
    expect(folded(comment(book))[0]).toBe("**Rollback** (S1): 1 item.");
  });

  it("fits with everything as long as it may be", () => {
    const worst = "&".repeat(20_000);
    const phases = ["before", "deploy", "test", "rollback", "monitor"] as const;
    const book = Array.from({ length: 2000 }, (_, place) =>
      item(place + 1, {
        id: `i${place}${"x".repeat(50)}`,
        text: worst,
        phase: phases[place % 5] as Phase,
        owner: "@acme/operations",
        parent: place % 7 === 0 ? null : place,
      }),
    );
    for (const length of [1, 2000]) {
      const known = book
        .slice(0, length)
        .flatMap(({ id }, place) => [
          done(DORA, { walk: "rehearsal", item: id, note: worst, url: worst }),
          standing({ item: id, state: place % 2 ? "skipped" : "failed", by: RITA, confirmedBy: CARL, because: worst }),
          done(CARL, { item: `gone${place}`, note: worst }),
        ]);
      const text = comment(book, known, { path: "d/".repeat(512) });
      expect(lengthOf(text)).toBeLessThanOrEqual(65_536);
      expect(clicksIn(text, text)).toMatchObject({ revision: 3, clicks: [], other: "no" });
    }
  });
});

describe("What people do to it", () => {
  const words = fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc
      .array(
        fc.constantFrom(
          ..."` `` | \\ * _ ~~ < > <!-- --> <details> [ ] [x] - \n \r\n # & @a ![ ](x) http://e.example **S1** $ 1. ``` \t \u2028 :".split(
            " ",
          ),
          " ",
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join("")),
  );
  const state = fc.constantFrom<ItemStanding["state"][]>("open", "done", "skip-asked", "skipped", "failed");
  const one = fc.record({
    text: words,
    phase: fc.constantFrom<Phase[]>("before", "deploy", "test", "rollback", "monitor"),
    below: fc.boolean(),
    optional: fc.boolean(),
    notApplicable: fc.option(words, { freq: 5 }),
    needsResult: fc.boolean(),
    state,
    note: fc.option(words),
    because: words,
  });

  it("is told box by box, whatever stands in it", () => {
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 8 }), (drafts) => {
        const items = drafts.map(({ below, state: _, note: __, because: ___, ...draft }, place) =>
          item(place + 1, {
            ...draft,
            ...(below && place > 0 ? { parent: place, phase: drafts[0]?.phase as Phase } : {}),
          }),
        );
        const known = drafts.flatMap(({ state, note, because }, place) =>
          (["rehearsal", "production"] as const).map((walk) =>
            standing({ walk, item: `i${place + 1}`, state, note, because, by: DORA }),
          ),
        );
        const text = comment(items, known);
        expect(clicksIn(text, text)).toEqual({ revision: 3, blob: BLOB, clicks: [], other: "no" });
        const labels = [...text.matchAll(/^ *- \[[ x]\] \*\*(\w+)\*\*/gm)].map(([, label]) => label);
        const boxes = boxesOf(text);
        expect(boxes).toHaveLength(labels.length);
        for (const [place, { checked }] of boxes.entries()) {
          const edited = (setBox(text, place, !checked) as string).replaceAll("\n", "\r\n");
          expect(clicksIn(text, edited)).toEqual({
            revision: 3,
            blob: BLOB,
            clicks: [{ label: labels[place], ticked: !checked, shown: checked }],
            other: "no",
          });
        }
      }),
      { numRuns: 300 },
    );
  });
});
