import { expect, it } from "@jest/globals";
import { measureStack } from "../../bench/stack.ts";

it("judges a stack of pull requests that is rebased at once by one write each, whatever checks that sets off", async () => {
  expect(await measureStack({ pulls: 25, checks: 32 })).toEqual({ reads: 0, writes: 25, refused: 0 });
}, 120_000);
