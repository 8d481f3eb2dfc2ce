import assert from "node:assert/strict";
import { test } from "node:test";
import { createReadings } from "../src/readings.mjs";
import { fromMgdl, toMgdl } from "../src/units.mjs";

test("5.5 mmol/L is 99 mg/dL, and back", () => {
  assert.equal(toMgdl(5.5, "mmol/L"), 99);
  assert.equal(fromMgdl(99, "mmol/L"), 5.5);
});

test("a value that no meter shows is refused", () => {
  assert.throws(() => createReadings().add("ada", [{ at: "2026-11-01T08:00:00Z", value: 55, unit: "mmol/L" }, { at: "2026-11-01T08:05:00Z", value: 4, unit: "mg/dL" }]), /implausible/);
});
