import { expect, it } from "@jest/globals";
import { FEW, isFlat, MANY, measureCarried } from "../../bench/carried.ts";

it("promotes and releases a thousand commits by the requests that one takes, but for the pages that list them", async () => {
  const [few, many] = [await measureCarried(FEW), await measureCarried(MANY)];
  const calls = (costs: typeof few) => costs.map((cost) => ({ step: cost.step, calls: cost.calls }));
  expect(calls(many)).toEqual(calls(few));
  expect(few.map((cost, step) => isFlat(cost, many[step] as typeof cost))).toEqual([true, true, true]);
  // They were listed to the last page.
  expect(Math.max(...many.map(({ pages }) => pages))).toBe(9);
}, 120_000);
