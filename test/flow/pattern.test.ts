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

it("takes no text that is no pattern, since a config with one is refused", () => {
  expect(() => matches("a", "a{b")).toThrow("`a{b` is no pattern");
});

it("forgets what it read when that is much, and reads it again", () => {
  for (let n = 0; n < 10_001; n++) expect(matches(`feature/${n}`, `feature/${n}`)).toBe(true);
  expect(matches("feature/0", "feature/0")).toBe(true);
});
