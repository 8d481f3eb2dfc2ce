import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { KINDS, saidBy, strongest } from "../../src/release/conventional.ts";

const NOTHING = { kind: null, breaks: null };

describe("What a title or a message says of its change", () => {
  // biome-ignore format: a table is read by its columns
  it.each<[string, ReturnType<typeof saidBy>]>([
    ["feat: log in",                                   { kind: "feature", breaks: null }],
    ["feat(login): log in",                            { kind: "feature", breaks: null }],
    ["feature: log in",                                { kind: "feature", breaks: null }],
    ["FIX: a leak",                                    { kind: "fix", breaks: null }],
    ["perf: less of it",                               { kind: "performance", breaks: null }],
    ["revert: log in",                                 { kind: "revert", breaks: null }],
    ["docs: how to",                                   { kind: "documentation", breaks: null }],
    ["chore(deps): bump x from 1 to 2",                { kind: "other", breaks: null }],
    ["\n\nfix: below an empty line",                   { kind: "fix", breaks: null }],
    ["fix: a leak\r\n\r\nof memory",                   { kind: "fix", breaks: null }],
    ["feat!: no tokens",                               { kind: "breaking", breaks: "no tokens" }],
    ["refactor(api)!: drop v1",                        { kind: "breaking", breaks: "drop v1" }],
    ["fix: x\n\nBREAKING CHANGE: clients log in anew", { kind: "breaking", breaks: "clients log in anew" }],
    ["fix: x\n\nBREAKING-CHANGE: a\nb\nRefs: #1",      { kind: "breaking", breaks: "a\nb" }],
    ["Log in\n\nBREAKING CHANGE: clients log in",      { kind: "breaking", breaks: "clients log in" }],
    ["feat!: a\n\nBREAKING CHANGE: because of b",      { kind: "breaking", breaks: "because of b" }],
    ["fix: x\n\nbreaking change: none of it",          { kind: "fix", breaks: null }],
    ["fix: x\n\nno BREAKING CHANGE: at all",           { kind: "fix", breaks: null }],
    ["Log in",                                         NOTHING],
    ["note: this says nothing",                        NOTHING],
    ["constructor: nor does this",                     NOTHING],
    ["feat log in",                                    NOTHING],
    ["feat:log in",                                    NOTHING],
    ["(scope): x",                                     NOTHING],
    ["Merge pull request #12 from acme/feat\n\nfeat: x", NOTHING],
    ["-notes-\nfeat: x",                               NOTHING],
    ["-references-\nx\n\nBREAKING CHANGE: y",          { kind: "breaking", breaks: "y" }],
    ["",                                               NOTHING],
    [" \n ",                                           NOTHING],
    [`feat: ${"x".repeat(1_000)}`,                     NOTHING],
  ])("%j", (message, said) => {
    expect(saidBy(message)).toEqual(said);
  });

  it("stands at the end of a long message too, of which only a paragraph is kept", () => {
    const long = `feat: x\n\n${"all of it\n".repeat(20_000)}\nBREAKING CHANGE: ${"y".repeat(5_000)}`;
    expect(saidBy(long)).toEqual({ kind: "breaking", breaks: expect.stringMatching(/^y{1900,2000}$/) });
  });

  it("is read from any text, in the time that it takes to look through it", () => {
    const hostile = [
      "-notes-",
      "BREAKING CHANGE: x",
      "#1 ",
      "@a",
      "closes ",
      "https://",
      "feat!: ",
      "gpg: ",
      "\r",
      " ",
    ];
    const text = fc.array(fc.oneof(fc.constantFrom(...hostile), fc.string(), fc.constant("\n")), { maxLength: 200 });
    fc.assert(
      fc.property(text, (parts) => {
        const { kind, breaks } = saidBy(parts.join(""));
        expect(kind === "breaking").toBe(breaks !== null);
      }),
    );
    const start = performance.now();
    for (const part of hostile) saidBy(`feat: x\n${`${part}\n`.repeat(100_000)}`);
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it("of several is the strongest", () => {
    expect(strongest([])).toBeNull();
    expect(strongest(["Log in", "log out"])).toBeNull();
    expect(strongest(["docs: x", "Log in", "fix: y"])).toBe("fix");
    expect(strongest(["feat: x", "fix!: y"])).toBe("breaking");
    expect(KINDS[0]).toBe("breaking");
  });
});
