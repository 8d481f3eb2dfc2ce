import assert from "node:assert/strict";
import { test } from "node:test";
import { place, timeInRange } from "../public/range.js";

test("the edges of the target range are in range", () => {
  assert.deepEqual([69, 70, 180, 181].map(place), ["low", "in range", "in range", "high"]);
});

test("time in range is unknown without readings", () => {
  assert.equal(timeInRange([]), null);
  assert.equal(timeInRange([60, 100, 120, 200]), 50);
});
