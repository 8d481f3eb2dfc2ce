import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import picomatch from "picomatch";
import { fits, type Glob, readGlob } from "../../src/flow/glob.ts";
import { meantBy, refusedPattern } from "../../src/flow/pattern.ts";

function glob(pattern: string): Glob {
  const read = readGlob(pattern);
  if ("because" in read) throw new Error(read.because);
  return read;
}

describe("a pattern", () => {
  it.each([
    ["src/a.ts", "src/*.ts", true],
    ["src/a/b.ts", "src/*.ts", false],
    ["src/.ts", "src/*.ts", true],
    ["a.ts", "**/*.ts", true],
    ["x/y/a.ts", "**/*.ts", true],
    ["x/a/y/b", "**/a/**/b", true],
    ["a/b", "**/a/**/b", true],
    ["a/x/b/c", "**/a/**/b", false],
    ["a/b/a/c/b", "a/**/b/**/b", true],
    ["a", "**", true],
    ["a/b/c", "**", true],
    ["a/b", "a/**/**", true],
    ["abcbd", "a*b*d", true],
    ["abd", "a*bb*d", false],
    ["ab", "a?b", false],
    ["aéb", "a?b", true],
    ["a😀b", "a?b", true],
    ["a/b", "a?b", false],
    ["a1", "a[0-9]", true],
    ["ax", "a[0-9]", false],
    ["ax", "a[!0-9]", true],
    ["a1", "a[^0-9]", false],
    ["a^", "a[x^]", true],
    ["a!", "a[!]", true],
    ["docs/b", "{src,docs/{a,b}}", true],
    ["docs", "{src,docs/{a,b}}", false],
    ["keys/a/b", "{secrets,keys}/**", true],
    ["a", "a{,.bak}", true],
    ["a,b", "a,b", true],
    ["*", "\\*", true],
    ["x", "\\*", false],
    ["{a,b}", "\\{a,b\\}", true],
    ["(shop)/page.tsx", "(shop)/*", true],
    ["a]b", "a]b", true],
    ["a\nb", "a*b", true],
    ["src/a", "./src/*", true],
    ["src/", "src/**", false],
    ["src/../a", "src/**", false],
    ["src/./a", "**", false],
    ["src/...", "src/*", true],
  ])("means %j by %j: %s", (path, pattern, expected) => {
    expect(fits(glob(pattern), path)).toBe(expected);
  });

  it.each(["a{b", "a}b", "a{b}", "{1..3}", "a[b", "a[]b", "a[b/c]", "a\\", "a\\/b", "a[z-b]"])(
    "%j has no end, or no sense",
    (pattern) => {
      expect(refusedPattern(pattern)).toEqual({
        because: expect.stringContaining("is no pattern: `[abc]` and `{a,b}`"),
      });
    },
  );

  it.each(["!(a)", "x/+(a|b)", "**/*(a)", "@(a)", "?(a)"])("%j is of another language", (pattern) => {
    expect(refusedPattern(pattern)).toEqual({ because: expect.stringContaining("write `{a,b}` for either") });
  });

  it.each(["**.pem", "a/b**", "***", "{a,**}b"])("%j does not say what its stars cross", (pattern) => {
    expect(refusedPattern(pattern)).toEqual({ because: expect.stringContaining("has `**` beside other characters") });
    expect(refusedPattern("{a,**}/b")).toBeNull();
  });

  it("whose set has an end in capitals only is refused, since some patterns are written for any case", () => {
    expect(readGlob("[Z-a]")).not.toHaveProperty("because");
    expect(refusedPattern("[Z-a]")).not.toBeNull();
    expect(refusedPattern("app/\\*(a)")).toBeNull();
  });

  it.each([
    ["a power of two", "{a,b}".repeat(50)],
    ["a power of two of nothing", "{,}".repeat(80)],
    ["in itself", `${"{a,".repeat(20)}b${"}".repeat(20)}`.repeat(3)],
    ["a long tail ten times", `{a,b,c,d,e,f,g,h,i,j}${"x".repeat(200)}`],
  ])("whose alternatives are %s is too long", (_what, pattern) => {
    expect(refusedPattern(pattern)).toEqual({ because: expect.stringContaining("longer than 800 characters") });
  });

  it("means what it means to picomatch, whose language is larger", () => {
    const sign = fc.constantFrom("a", "b", "a", "b", ".", "-", "?", "*", "[ab]", "[^a]", "{a,b}", "{a*,b.}", "\\*");
    const segment = fc.oneof(
      { weight: 1, arbitrary: fc.constant("**") },
      { weight: 3, arbitrary: fc.array(sign, { minLength: 1, maxLength: 5 }).map((signs) => signs.join("")) },
    );
    // No path has a segment `.`, whatever a pattern makes of it.
    const isDot = (text: string) => /^\.+$/.test(text);
    const name = fc.string({ unit: fc.constantFrom("a", "b", "a", "b", ".", "-", "*"), minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        fc
          .array(
            segment.filter((text) => !isDot(text)),
            { minLength: 1, maxLength: 4 },
          )
          .map((all) => all.join("/")),
        fc
          .array(
            name.filter((text) => !isDot(text)),
            { minLength: 1, maxLength: 5 },
          )
          .map((all) => all.join("/")),
        (pattern, path) => {
          fc.pre(refusedPattern(pattern) === null);
          const others = picomatch(pattern.replace(/\/\*\*$/, "/**/*"), { dot: true, nonegate: true });
          expect(fits(glob(pattern), path)).toBe(others(path));
        },
      ),
      { numRuns: process.env["CI"] === undefined ? 1_000 : 10_000 },
    );
  });
});

describe("a pattern and a path that were made for each other", () => {
  /** GitHub takes 4,096 bytes. */
  const paths = [
    `${"a/".repeat(1_000)}${"a".repeat(2_095)}c`,
    `${"a/".repeat(2_047)}a`,
    "a".repeat(4_096),
    "ab/".repeat(1_365),
    `${"ab".repeat(2_000)}/b`,
    "a😀".repeat(800),
  ];
  const patterns = [
    "**/a/**/*a*a*b",
    `${"*a".repeat(127)}b`,
    `**/${"*a/".repeat(80)}*`,
    `${"**/a/".repeat(50)}*`,
    `**/${"?/".repeat(90)}{c,d,e,f}/*`,
    `**/${"a*/".repeat(75)}{c,d}/*`,
    `*a${"?".repeat(250)}`,
    "{a,b}*?{a,b}*?{a,b}*?{a,b}*?{a,b}*b",
    `**/{${Array.from({ length: 50 }, (_, n) => `*a${n % 10}`).join(",")}}/*`,
  ];
  const pieces = (pattern: string) =>
    glob(pattern)
      .flat()
      .flatMap((segment) => (segment === null || typeof segment === "string" ? [] : segment));

  it.each(patterns)("are tried by expressions that repeat nothing and choose nothing: %s", (pattern) => {
    const repeating = pieces(pattern).filter(({ source }) => /[*+?{|(]/.test(source.replace(/\\.|\[[^\]]+\]/gsu, "")));
    expect(repeating).toEqual([]);
  });

  it.each(patterns)("are tried once for each piece of the one and each segment of the other: %s", (pattern) => {
    const read = glob(pattern);
    for (const path of paths) {
      const most = pieces(pattern).length * path.split("/").length + read.length;
      expect(tries(() => fits(read, path))).toBeLessThanOrEqual(most);
    }
  });

  it("cost no more when the patterns stand in a config", () => {
    const files = { paths: patterns, ignore: patterns };
    meantBy("reads/the/patterns", files);
    for (const path of paths) {
      const most = 2 * patterns.flatMap(pieces).length * path.split("/").length;
      expect(tries(() => meantBy(path, files))).toBeLessThanOrEqual(most);
    }
  });

  /** How often a regular expression is tried. */
  function tries(act: () => unknown): number {
    const { exec } = RegExp.prototype;
    let count = 0;
    RegExp.prototype.exec = function (text) {
      count += 1;
      return exec.call(this, text);
    };
    try {
      act();
    } finally {
      RegExp.prototype.exec = exec;
    }
    return count;
  }
});
