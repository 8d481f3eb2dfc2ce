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
import { after, BLOB, CARL, DORA, done, HEAD, item, RITA, standing, tick, untick } from "../release/walks.ts";

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
});
