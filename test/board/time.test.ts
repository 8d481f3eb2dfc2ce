import { expect, test } from "@jest/globals";
import { markupOf } from "../../src/board/html.ts";
import { ago, moment, since } from "../../src/board/time.ts";
import { before, NOW } from "./samples.ts";

test.each([
  [0, "just now"],
  [0.99, "just now"],
  [1, "1 min ago"],
  [59, "59 min ago"],
  [60, "1 h ago"],
  [23 * 60 + 59, "23 h ago"],
  [24 * 60, "1 d ago"],
  [400 * 24 * 60, "400 d ago"],
  [-0.5, "in a moment"],
  [-5, "in 5 min"],
  [-60, "in 1 h"],
])("%d minutes: %s", (minutes, expected) => {
  expect(ago(before(minutes), NOW)).toBe(expected);
});

test("the exact time in UTC stands in the page", () => {
  expect(markupOf(since(before(125), NOW))).toBe(
    '<time datetime="2026-11-22T07:35:00.000Z" title="2026-11-22 07:35:00 UTC">2 h ago</time>',
  );
  expect(markupOf(moment(before(125), NOW))).toContain("2026-11-22 07:35:00 UTC");
});
