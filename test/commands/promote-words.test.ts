import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type PromoteWords, promoteWords } from "../../src/commands/promote-words.ts";

const NONE: PromoteWords = { to: null, commit: null, version: null, whenReady: false, dryRun: false };
const read = (line: string) => promoteWords(line.split(" ").filter((word) => word !== ""));

describe("The words of /promote", () => {
  it.each<[string, Partial<PromoteWords>]>([
    ["", {}],
    ["to staging", { to: "staging" }],
    ["To Staging", { to: "Staging" }],
    ["1234567", { commit: "1234567" }],
    ["ABCDEF0", { commit: "abcdef0" }],
    ["MINOR", { version: { bump: "minor" } }],
    ["v1.4.0", { version: { version: "1.4.0" } }],
    ["1.4.0", { version: { version: "1.4.0" } }],
    ["when ready", { whenReady: true }],
    ["dry run", { dryRun: true }],
    ["--dry-run", { dryRun: true }],
    ["dryrun", { dryRun: true }],
    [
      "When Ready abcdef0 to master major",
      { to: "master", commit: "abcdef0", version: { bump: "major" }, whenReady: true },
    ],
  ])("are read: %s", (line, words) => {
    expect(read(line)).toEqual({ ...NONE, ...words });
  });

  it.each<[string, string]>([
    ["to", "`to` is followed by a stage."],
    ["when", "It is `when ready`."],
    ["when done", "It is `when ready`."],
    ["dry", "It is `dry run`."],
    ["dry walk", "It is `dry run`."],
    ["please", "`/promote` takes no “please”."],
    ["minr", "`/promote` takes no “minr”. Did you mean `minor`?"],
    ["abcdef", "`/promote` takes no “abcdef”."],
    ["major minor", "“minor” says a second time what was said before it."],
    ["to staging to master", "“to master” says a second time what was said before it."],
    ["when ready dry run", "`when ready` and `dry run` do not go together."],
    ["v1", "`v1` is no version of three numbers: write `v1.0.0`."],
    ["v1.4.0-rc.1", "`v1.4.0-rc.1` is a pre-release, and what goes into the last stage is none: write `v1.4.0`."],
  ])("are not guessed: %s", (line, not) => {
    expect(read(line)).toEqual({ not });
  });

  it("mean the same in any order", () => {
    const parts = [["to", "staging"], ["abcdef0"], ["minor"], ["when", "ready"]];
    fc.assert(
      fc.property(fc.shuffledSubarray(parts), (some) => {
        const words = promoteWords(some.flat());
        expect(words).toEqual(promoteWords(parts.filter((part) => some.includes(part)).flat()));
      }),
    );
  });
});
