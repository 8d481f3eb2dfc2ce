import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Commit, MergedPull } from "../../src/flow/facts.ts";
import { branch } from "../../src/flow/names.ts";
import { carriedAlone, carriedIn, carriedWords } from "../../src/release/carried.ts";
import { at, FORK, REPOSITORY } from "../builders.ts";
import { carried, pull } from "./carrying.ts";
import { CARL, DORA, NINA, RITA } from "./walks.ts";

/** As `name < parent parent`, its title being its name; the parents that are not listed are before the comparison. */
const history = (...lines: readonly string[]): readonly Commit[] =>
  lines.map((line) => {
    const [name = "", parents = ""] = line.split(" < ");
    return { sha: at(name), parents: parents.split(" ").map(at), tree: at("tree"), title: name, author: DORA };
  });

const merged = (number: number, as: string | null, more: Partial<MergedPull> = {}): MergedPull => ({
  number,
  title: `Pull ${number}`,
  author: { ...DORA, bot: false },
  head: { sha: at("head"), ref: branch(`feature/${number}`), repository: REPOSITORY },
  base: branch("development"),
  mergeCommit: as === null ? null : at(as),
  mergedAt: null,
  labels: [],
  lane: "feature",
  overridden: [],
  ...more,
});
const head = (ref: string, repository: MergedPull["head"]["repository"] = REPOSITORY) => ({
  head: { sha: at("head"), ref: branch(ref), repository },
});
const OF = { stages: ["development", "staging", "master"].map(branch), repository: REPOSITORY };

const found = (commits: readonly Commit[], pulls: readonly MergedPull[]) => {
  const { pulls: listed, loose } = carriedIn({ commits, whole: true }, pulls, OF);
  return {
    pulls: Object.fromEntries(listed.map(({ number, messages }) => [number, messages.toSorted()])),
    loose: loose.map(({ title }) => title),
  };
};

describe("What a promotion carries", () => {
  it("are the pull requests whose merge it brings, each with the commits that it brought", () => {
    const commits = history("a < base", "b < a", "M1 < base b", "c < base", "M2 < M1 c", "S3 < M2");
    expect(
      found(commits, [merged(3, "S3"), merged(2, "M2"), merged(1, "M1"), merged(9, "old"), merged(8, null)]),
    ).toEqual({
      pulls: { 1: ["M1", "a", "b"], 2: ["M2", "c"], 3: ["S3"] },
      loose: [],
    });
    expect(carriedIn({ commits, whole: false }, [merged(3, "S3", { labels: ["release:minor"] })], OF)).toMatchObject({
      pulls: [{ number: 3, title: "Pull 3", author: { login: "dora" }, labels: ["release:minor"] }],
      whole: false,
    });
  });

  it("with what commits break, as their footers say, and no more of what they say", () => {
    const breaking = "BREAKING CHANGE: clients log in anew";
    const commits = history("a < base", "M < base a", "pushed < base").map((commit) =>
      commit.title === "M" ? commit : { ...commit, breaking },
    );
    expect(found(commits, [merged(1, "M")])).toEqual({ pulls: { 1: ["M", `a\n\n${breaking}`] }, loose: ["pushed"] });
    const { loose } = carriedIn({ commits, whole: true }, [], OF);
    expect(loose.at(-1)).toEqual({ sha: at("pushed"), title: "pushed", breaking, author: DORA });
  });

  it("are told with who else wrote their commits, not who merged", () => {
    const by = (commits: ReturnType<typeof history>, ...authors: readonly (typeof DORA | null)[]) =>
      commits.map((commit, place) => ({ ...commit, author: authors[place] ?? null }));
    const commits = by(history("a < base", "b < a", "c < b", "d < c", "M1 < base d"), DORA, NINA, null, NINA, RITA);
    const writersOf = (all: typeof commits) =>
      carriedIn({ commits: all, whole: true }, [merged(1, "M1")], OF).pulls[0]?.writers;
    expect(writersOf(commits)).toEqual([NINA]);
    expect(writersOf(by(commits, DORA, DORA))).toBeUndefined();
    const alone = { number: 1, title: "Pull 1", author: { ...DORA, bot: false }, labels: [] };
    expect(carriedAlone({ commits, whole: true }, alone).pulls).toMatchObject([{ writers: [NINA] }]);
  });

  it("and commits that came otherwise, which belong to nobody who branched off behind them", () => {
    const commits = history("pushed < base", "a < pushed", "M1 < pushed a", "X < base other");
    expect(found(commits, [merged(1, "M1")])).toEqual({ pulls: { 1: ["M1", "a"] }, loose: ["pushed"] });
    expect(found(history("root < "), [merged(1, "root")])).toEqual({ pulls: { 1: ["root"] }, loose: [] });
    const rootless = history("root < ").map((commit) => ({ ...commit, parents: [] }));
    expect(found(rootless, [merged(1, "root")])).toEqual({ pulls: { 1: ["root"] }, loose: [] });
  });

  it("with a commit of branches merged into each other belonging to the innermost", () => {
    const commits = history("a < base", "b < a", "inner < a b", "c < inner", "outer < base c");
    const expected = { pulls: { 1: ["a", "c", "outer"], 2: ["b", "inner"] }, loose: [] };
    expect(found(commits, [merged(1, "outer"), merged(2, "inner", { base: branch("feature/1") })])).toEqual(expected);
  });

  // biome-ignore format: a table is read by its columns
  it.each<[string, Partial<MergedPull>, boolean]>([
    ["a feature",                                   {},                                                              true],
    ["a hotfix",                                    { lane: "hotfix", base: branch("master") },                      true],
    ["a promotion",                                 { lane: "promotion", base: branch("staging") },                  false],
    ["a release",                                   { lane: "release", base: branch("master") },                     false],
    ["a back-merge",                                { lane: "back-merge" },                                          false],
    ["an unjudged feature",                         { lane: null },                                                  true],
    ["an unjudged feature that is called release",  { lane: null, ...head("release/notes") },                        true],
    ["an unjudged one of a stage",                  { lane: null, base: branch("staging"), ...head("development") }, false],
    ["an unjudged pinned one",                      { lane: null, base: branch("staging"), ...head("release/x") },   false],
    ["an unjudged back-merge",                      { lane: null, ...head("back-merge/development-1234567") },       false],
    ["an unjudged back-merge of a stage",           { lane: null, ...head("master") },                               false],
    ["a fork's branch that is called like a stage", { lane: null, ...head("master", FORK) },                         true],
    ["a fork that is gone",                         { lane: null, ...head("master", null) },                         true],
  ])("lists %s: %#", (_what, more, isListed) => {
    const { pulls } = found(history("a < base", "M < base a"), [merged(1, "M", more)]);
    expect(1 in pulls).toBe(isListed);
  });

  it("is the same however it is listed, and every commit belongs to one", () => {
    const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    const graph = fc.tuple(...names.map((_, place) => fc.uniqueArray(fc.nat(place), { minLength: 1, maxLength: 2 })));
    const shuffled = graph.chain((parents) => {
      const commits = history(
        ...names.map(
          (name, place) => `${name} < ${(parents[place] as number[]).map((one) => names[one - 1] ?? "base").join(" ")}`,
        ),
      );
      const pulls = names.map((name, place) => merged(place, name)).filter((_, place) => place % 3 > 0);
      return fc.record({
        commits: fc.constant(commits),
        pulls: fc.constant(pulls),
        other: fc.shuffledSubarray([...commits], { minLength: commits.length }),
        others: fc.shuffledSubarray(pulls, { minLength: pulls.length }),
      });
    });
    fc.assert(
      fc.property(shuffled, ({ commits, pulls, other, others }) => {
        const one = found(commits, pulls);
        const another = found(other, others);
        expect(another.pulls).toEqual(one.pulls);
        expect(another.loose.toSorted()).toEqual(one.loose.toSorted());
        const told = [...Object.values(one.pulls).flat(), ...one.loose];
        expect(new Set(told).size).toBe(told.length);
        expect(Object.keys(one.pulls).length).toBe(pulls.length);
      }),
    );
  });
});

it("is of a hotfix itself alone, with all that it brings", () => {
  const commits = history("a < base", "b < a");
  const itself = pull(40, "Mend it", { labels: ["release:patch"] });
  expect(carriedAlone({ commits, whole: false }, itself)).toEqual({
    pulls: [{ ...itself, messages: ["a", "b"] }],
    loose: [],
    whole: false,
  });
});

describe("The beginning of an answer", () => {
  const of = (author: typeof DORA, number: number) => pull(number, "x", { author: { ...author, bot: false } });
  const [mine, yours, another] = [of(RITA, 1), of(DORA, 2), of(CARL, 3)];
  const many = Array.from({ length: 13 }, (_, place) => of(CARL, 20 + place));
  // biome-ignore format: a table is read by its columns
  it.each<[readonly ReturnType<typeof pull>[], number, string]>([
    [[],                              2, "no pull request"],
    [[mine],                          1, "1 pull request, yours"],
    [[yours],                         9, "1 pull request, not yours"],
    [[yours],                         2, "1 pull request, this one"],
    [[yours, another],                9, "2 pull requests, none of them yours"],
    [[yours, another],                2, "2 pull requests, this one and 1 other"],
    [[mine, of(RITA, 5)],             1, "2 pull requests, all yours"],
    [[mine, yours],                   2, "2 pull requests, yours and 1 other"],
    [[mine, yours, ...many],          9, "15 pull requests, yours and 14 others"],
    [[yours, another, ...many],       3, "15 pull requests, this one and 14 others"],
    [[mine, of(RITA, 5), ...many],    3, "15 pull requests, 2 of yours and 13 others"],
  ])("%#: %3$s", (pulls, on, words) => {
    expect(carriedWords(carried(pulls), RITA, on)).toBe(words);
  });

  it("says where more may be carried", () => {
    expect(carriedWords(carried([mine], { whole: false }), RITA, 1)).toBe("at least 1 pull request, yours");
    expect(carriedWords(carried([], { whole: false }), RITA, 1)).toBe("more than GitHub lists");
  });
});
