import { expect, it } from "@jest/globals";
import { earlier } from "../../src/decide/answer.ts";
import { LATER, NOW } from "../builders.ts";

it.each([
  [null, null, null],
  [NOW, null, NOW],
  [null, NOW, NOW],
  [NOW, LATER, NOW],
  [LATER, NOW, NOW],
])("of %s and %s the earlier is %s, and never is no time", (a, b, expected) => {
  expect(earlier(a, b)).toBe(expected);
});
