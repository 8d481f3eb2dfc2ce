import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { CarriedPull } from "../../src/release/carried.ts";
import { KINDS, type Kind } from "../../src/release/conventional.ts";
import { sectionsOf } from "../../src/release/notes.ts";
import { pull } from "./carrying.ts";
import { CARL } from "./walks.ts";

const sections = (pulls: readonly CarriedPull[]) =>
  Object.fromEntries(sectionsOf({ pulls }).map(({ kind, pulls }) => [kind, pulls.map(({ number }) => number)]));

describe("The sections of notes", () => {
  // biome-ignore format: a table is read by its columns
  it.each<[string, Partial<CarriedPull>, Kind]>([
    ["feat: log in",  {},                                                        "feature"],
    ["fix!: log in",  {},                                                        "breaking"],
    ["fix: log in",   { messages: ["feat: x\n\nBREAKING CHANGE: y"] },           "breaking"],
    ["perf: log in",  {},                                                        "performance"],
    ["revert: x",     {},                                                        "revert"],
    ["docs: x",       { labels: ["bug"] },                                       "documentation"],
    ["chore: x",      { labels: ["bug"], messages: ["feat: x"] },                "other"],
    ["Log in",        { messages: ["fix: x", "feat: y", "wip"] },                "feature"],
    ["Log in",        { messages: ["wip"], labels: ["Bug", "area: login"] },     "fix"],
    ["Log in",        { labels: ["bug", "enhancement"] },                        "feature"],
    ["Log in",        { labels: ["breaking-change"] },                           "breaking"],
    ["Log in",        {},                                                        "other"],
  ])("%j with %j", (title, more, kind) => {
    expect(sections([pull(1, title, more)])).toEqual({ [kind]: [1] });
  });

  it("are in one order, and in each the authors are", () => {
    const by = (number: number, title: string, login: string, bot = false) =>
      pull(number, title, { author: { id: login.length, login, bot } });
    const pulls = [
      by(9, "Log in", "zoe"),
      by(4, "fix: b", "renovate[bot]", true),
      by(3, "fix: c", "dora"),
      by(1, "fix: d", "anna-lena"),
      by(2, "fix: e", "dora"),
      by(5, "feat!: x", "zoe"),
    ];
    expect(Object.entries(sections(pulls))).toEqual([
      ["breaking", [5]],
      ["fix", [1, 2, 3, 4]],
      ["other", [9]],
    ]);
    expect(sections([])).toEqual({});
  });

  it("tell what breaks where the title does not", () => {
    const breaks = (title: string, ...messages: readonly string[]) =>
      sectionsOf({ pulls: [pull(1, title, { messages })] })[0]?.pulls[0]?.breaks;
    expect(
      breaks(
        "feat!: no tokens",
        "feat!: no tokens",
        "fix!:  ",
        "x\n\nBREAKING CHANGE: log in anew",
        "y\n\nBREAKING CHANGE: log in anew\n",
      ),
    ).toEqual(["log in anew"]);
    expect(breaks("fix: x", "feat: y")).toEqual([]);
  });

  it("have each pull request once, in whatever order they come", () => {
    const title = fc.constantFrom("feat: a", "fix!: b", "Log in", "docs: c", "chore: d");
    const pulls = fc
      .uniqueArray(fc.record({ number: fc.nat(), title, messages: fc.array(title), isCarl: fc.boolean() }), {
        selector: ({ number }) => number,
      })
      .map((all) =>
        all.map(({ number, title, messages, isCarl }) =>
          pull(number, title, { messages, ...(isCarl && { author: { ...CARL, bot: false } }) }),
        ),
      );
    const twice = pulls.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
    fc.assert(
      fc.property(twice, ([all, shuffled]) => {
        const found = sectionsOf({ pulls: all });
        expect(sectionsOf({ pulls: shuffled })).toEqual(found);
        const numbers = found.flatMap(({ pulls }) => pulls.map(({ number }) => number));
        expect(numbers.toSorted((a, b) => a - b)).toEqual(all.map(({ number }) => number).toSorted((a, b) => a - b));
        const places = found.map(({ kind }) => KINDS.indexOf(kind));
        expect(places).toEqual(places.toSorted((a, b) => a - b));
      }),
    );
  });
});
