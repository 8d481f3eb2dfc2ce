import { expect, it } from "@jest/globals";
import { DEFAULT_FEATURES } from "../../src/flow/config.ts";
import { firstMatch, matches } from "../../src/flow/pattern.ts";

it.each([
  ["feature/login", "feature/**", true],
  ["feature/a/b/c", "feature/**", true],
  ["feature/.hidden", "feature/**", true],
  ["feature", "feature/**", false],
  ["features/login", "feature/**", false],
  ["Feature/login", "feature/**", false],
  ["a/feature/login", "feature/**", false],
  ["revert-12-login", "revert-*", true],
  ["revert-12/login", "revert-*", false],
  ["dora-patch-1", "*-patch-*", true],
  ["feature/ü'\"$(x)", "feature/**", true],
  [`feature/${"x".repeat(200)}`, "feature/**", true],
  ["!feature/x", "!feature/x", true],
  ["anything", "!feature/x", false],
])("%s against %s: %s", (branch, pattern, expected) => {
  expect(matches(branch, pattern)).toBe(expected);
});

it("names the first pattern that matches, or none", () => {
  expect(firstMatch("fix/it", DEFAULT_FEATURES)).toBe("fix/**");
  expect(firstMatch("main", DEFAULT_FEATURES)).toBeNull();
});
