import { expect, it } from "@jest/globals";
import { earlier, unlessThere } from "../../src/decide/answer.ts";
import { checkSlot, type Effect } from "../../src/flow/effect.ts";
import { later } from "../../src/flow/names.ts";
import { at, LATER, NOW, REPOSITORY } from "../builders.ts";

it.each([
  [null, null, null],
  [NOW, null, NOW],
  [null, NOW, NOW],
  [NOW, LATER, NOW],
  [LATER, NOW, NOW],
])("of %s and %s the earlier is %s, and never is no time", (a, b, expected) => {
  expect(earlier(a, b)).toBe(expected);
});

const WEEK = 7 * 24 * 3_600_000;
const check = (status: "in_progress" | "completed"): Effect => ({
  does: "set",
  thing: "check-run",
  slot: checkSlot(REPOSITORY, at("login"), "flowgate: master"),
  fingerprint: "f" as never,
  repository: REPOSITORY,
  name: "acme/api",
  head: at("login"),
  over: { fingerprint: "f" as never, id: 1, completed: false, at: NOW },
  content: { name: "flowgate: master", status, conclusion: null, title: "Waits", summary: "", detailsUrl: null },
});

it("renews a check that waits, by a new run, long before GitHub ends it as stale", () => {
  const slot = { written: { fingerprint: "f" as never, id: 1, completed: false, at: NOW }, refused: null };
  const waits = check("in_progress");
  expect(unlessThere(waits, null, NOW)).toEqual({ effects: [waits], retryAt: later(NOW, WEEK), refused: null });
  expect(unlessThere(waits, slot, LATER)).toEqual({ effects: [], retryAt: later(NOW, WEEK), refused: null });
  expect(unlessThere(waits, slot, later(NOW, WEEK))).toEqual({
    effects: [{ ...waits, over: null }],
    retryAt: later(NOW, 2 * WEEK),
    refused: null,
  });
});

it("never renews one that has ended", () => {
  const slot = { written: { fingerprint: "f" as never, id: 1, completed: true, at: NOW }, refused: null };
  expect(unlessThere(check("completed"), slot, later(NOW, 9 * WEEK))).toEqual({
    effects: [],
    retryAt: null,
    refused: null,
  });
});
