import { expect, it } from "@jest/globals";
import { LARGE, measureGrowth, SMALL } from "../../bench/growth.ts";

it.each([
  ["small", SMALL],
  ["large", LARGE],
])(
  "a %s feature pull request costs one write, however it grows",
  async (_what, size) => {
    expect(await measureGrowth(size)).toEqual({ opened: "0 + 1", pushed: "0 + 1" });
  },
  240_000,
);
