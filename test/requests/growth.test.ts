import { expect, it } from "@jest/globals";
import { measureGrowth } from "../../bench/growth.ts";
import { LARGE, SMALL } from "../../bench/load.ts";

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
