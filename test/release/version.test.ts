import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { compare, parse } from "semver";
import { BUMPS } from "../../src/flow/memory.ts";
import type { VersionAsked } from "../../src/flow/version-asked.ts";
import type { Carried } from "../../src/release/carried.ts";
import { askedIn, type Chosen, type Releasing, tagsLeftAlone, versionOf } from "../../src/release/version.ts";
import { at } from "../builders.ts";
import { carried, loose, pull } from "./carrying.ts";

const choose = (more: Partial<Releasing>) =>
  versionOf({ tags: ["v1.4.0"], asked: null, carried: carried([]), files: [], ...more });
const labelled = (number: number, label: string, title = "x") => pull(number, title, { labels: ["bug", label] });
const asked = (word: string): VersionAsked =>
  BUMPS.some((bump) => bump === word) ? { bump: word as "major" } : { version: word };

describe("The version of a release", () => {
  // biome-ignore format: a table is read by its columns
  it.each<[string, readonly string[], string | null, Carried | null, string, string]>([
    // situation                          tags                            asked    carried                                       tag        because
    ["the first",                         [],                             null,    null,                                         "v1.0.0",  "`v1.0.0`, because it is the first release"],
    ["the first beside other tags",       ["v1", "latest", "2024.01.02"], null,    null,                                         "v1.0.0",  "`v1.0.0`, because it is the first release"],
    ["the first with a feature",          [],                             null,    carried([pull(2, "feat: x")]),                "v1.0.0",  "`v1.0.0`, because it is the first release"],
    ["the first, lower",                  [],                             "0.1.0", null,                                         "v0.1.0",  "`v0.1.0`, because the command names it"],
    ["the first, a minor",                [],                             "minor", null,                                         "v1.0.0",  "`v1.0.0`, because it is the first release"],
    ["a minor by command",                ["v1.4.0"],                     "minor", carried([labelled(2, "release:major")]),      "v1.5.0",  "minor, because the command says so"],
    ["a version by command",              ["v1.4.0"],                     "3.0.0", null,                                         "v3.0.0",  "`v3.0.0`, because the command names it"],
    ["a label",                           ["v1.4.0"],                     null,    carried([labelled(2, "release:minor")]),      "v1.5.0",  "minor, because #2 has the label `release:minor`"],
    ["a label in capitals",               ["v1.4.0"],                     null,    carried([labelled(2, "Release:Minor")]),      "v1.5.0",  "minor, because #2 has the label `release:minor`"],
    ["the strongest label",               ["v1.4.0"],                     null,    carried([labelled(2, "release:patch"), labelled(9, "release:major"), labelled(3, "release:major")]), "v2.0.0", "major, because #3 has the label `release:major`"],
    ["a label before what is said",       ["v1.4.0"],                     null,    carried([labelled(2, "release:patch", "feat!: x")]), "v1.4.1", "patch, because #2 has the label `release:patch`"],
    ["another label",                     ["v1.4.0"],                     null,    carried([labelled(2, "release:huge")]),       "v1.4.1",  "patch, because nothing that is carried asks for more"],
    ["a feature",                         ["v1.4.0"],                     null,    carried([pull(2, "fix: x"), pull(12, "feat: x"), pull(15, "feat: y")]), "v1.5.0", "minor, because #12 brings a feature"],
    ["a feature in a commit",             ["v1.4.0"],                     null,    carried([pull(2, "Log in", { messages: ["wip", "feat: x"] })]), "v1.5.0", "minor, because #2 brings a feature"],
    ["a feature that no one brought",     ["v1.4.0"],                     null,    carried([pull(2, "fix: x")], { loose: [loose("b", "feat: x"), loose("a", "feat: y")] }), "v1.5.0", `minor, because ${[at("a"), at("b")].toSorted()[0]?.slice(0, 7)} brings a feature`],
    ["what breaks",                       ["v1.4.0"],                     null,    carried([pull(2, "feat: x"), pull(3, "fix(api)!: y")]), "v2.0.0", "major, because #3 brings a breaking change"],
    ["what breaks before 1.0.0",          ["v0.4.2"],                     null,    carried([pull(3, "fix!: y")]),                "v0.5.0",  "minor, because #3 brings a breaking change, and before 1.0.0 that raises the minor"],
    ["a major by label before 1.0.0",     ["v0.4.2"],                     null,    carried([labelled(3, "release:major")]),      "v1.0.0",  "major, because #3 has the label `release:major`"],
    ["a fix",                             ["v1.4.0"],                     null,    carried([pull(2, "docs: x"), pull(3, "fix: y")]), "v1.4.1", "patch, because #3 brings a fix"],
    ["nothing in particular",             ["v1.4.0"],                     null,    carried([pull(2, "Log in")]),                 "v1.4.1",  "patch, because nothing that is carried asks for more"],
    ["tags without a v",                  ["1.9.0", "1.10.0", "v1.2.0"],  null,    null,                                         "v1.10.1", "patch, because nothing that is carried asks for more"],
    ["after a pre-release",               ["v1.4.0", "v2.0.0-rc.1"],      null,    null,                                         "v2.0.0",  "patch, because nothing that is carried asks for more"],
    ["after one that was released",       ["v2.0.0", "v2.0.0-rc.1"],      null,    null,                                         "v2.0.1",  "patch, because nothing that is carried asks for more"],
    ["after a pre-release of a patch",    ["v1.4.1-rc.1"],                "minor", null,                                         "v1.5.0",  "minor, because the command says so"],
    ["after build metadata",              ["v1.4.0", "v1.4.0+5"],         null,    null,                                         "v1.4.1",  "patch, because nothing that is carried asks for more"],
  ])("after %s", (_situation, tags, word, carries, tag, because) => {
    const chosen = choose({ tags, asked: word === null ? null : asked(word), carried: carries ?? carried([]) });
    expect(chosen).toMatchObject({ tag, version: tag.slice(1), because });
  });

  const HUGE = "9007199254740991";
  // biome-ignore format: a table is read by its columns
  it.each<[string, readonly string[], string, string]>([
    // situation                 tags                         asked      refused
    ["is taken",                 ["v1.3.0", "v1.4.0"],        "1.3.0",   "`v1.3.0` is taken: write `v1.4.1`, `v1.5.0` or `v2.0.0`."],
    ["is the last one",          ["v1.4.0"],                  "1.4.0",   "`v1.4.0` is taken: write `v1.4.1`, `v1.5.0` or `v2.0.0`."],
    ["is taken without v",       ["1.4.0"],                   "1.4.0",   "`v1.4.0` is taken by the tag `1.4.0`: write `v1.4.1`, `v1.5.0` or `v2.0.0`."],
    ["is taken by a build",      ["v1.4.0+5"],                "1.4.0",   "`v1.4.0` is taken by the tag `v1.4.0+5`: write `v1.4.1`, `v1.5.0` or `v2.0.0`."],
    ["is lower",                 ["v1.4.0"],                  "1.3.9",   "`v1.3.9` is not above `v1.4.0`, and versions only grow: write `v1.4.1`, `v1.5.0` or `v2.0.0`."],
    ["is below a pre-release",   ["v1.4.0", "v2.0.0-rc.1"],   "1.5.0",   "`v1.5.0` is not above `v2.0.0-rc.1`, and versions only grow: write `v2.0.0`."],
    ["is too great",             [`v${HUGE}.0.0`],            "major",   `There is no major version after \`v${HUGE}.0.0\`: write \`v${HUGE}.0.1\` or \`v${HUGE}.1.0\`.`],
    ["cannot be",                [`v${HUGE}.${HUGE}.${HUGE}`], "patch",  `There is no patch version after \`v${HUGE}.${HUGE}.${HUGE}\`: remove the tag \`v${HUGE}.${HUGE}.${HUGE}\`, after which no version comes.`],
  ])("that %s is refused", (_situation, tags, word, refused) => {
    expect(choose({ tags, asked: asked(word) })).toEqual({ refused });
  });

  it("names the one before, of equal ones always the same", () => {
    const tags = ["1.4.0", "v1.4.0", "v1.3.0", "latest"];
    for (const listed of [tags, tags.toReversed()])
      expect(choose({ tags: listed })).toHaveProperty("previous", "v1.4.0");
    expect(choose({ tags: ["latest"] })).toHaveProperty("previous", null);
  });

  const file = (path: string, version: string) => ({
    path,
    text: path === "VERSION" ? version : JSON.stringify({ version }),
  });
  // biome-ignore format: a table is read by its columns
  it.each<[string, Partial<Releasing>, readonly string[]]>([
    ["nothing, else",                         { carried: carried([pull(2, "feat: x")]) },                               []],
    ["a first one that nothing can raise",    { tags: [], asked: asked("minor") },                                      ["There is no version yet whose minor could be raised."]],
    ["a pre-release that becomes a release",  { tags: ["v2.0.0-rc.1"] },                                                ["`v2.0.0-rc.1` is a pre-release, and `v2.0.0` the release that it leads to."]],
    ["a command for less than is said",       { asked: asked("patch"), carried: carried([pull(2, "feat: x")]) },        ["#2 brings a feature, which by itself would make it `v1.5.0`."]],
    ["a version for less than is said",       { asked: asked("1.6.0"), carried: carried([pull(2, "feat!: x")]) },       ["#2 brings a breaking change, which by itself would make it `v2.0.0`."]],
    ["a label for less than is said",         { carried: carried([pull(1, "feat: x"), labelled(2, "release:patch")]) }, ["#1 brings a feature, which by itself would make it `v1.5.0`."]],
    ["a command for more than is said",       { asked: asked("major"), carried: carried([pull(2, "feat: x")]) },        []],
    ["a list that was cut off",               { carried: carried([], { whole: false }) },                               ["GitHub does not list all that is carried, and what it leaves out has no say in this."]],
    ["a file that agrees",                    { files: [file("package.json", "1.4.1"), file("VERSION", "v1.4.1+7")] },  []],
    ["a file that holds none",                { files: [{ path: "package.json", text: "{}" }] },                        []],
    ["a file that holds a placeholder",       { files: [file("package.json", "0.0.0-development")] },                   []],
    ["files that are behind, by name",        { files: [file("package.json", "1.3.0"), file("composer.json", "1.4.0")] }, ["`composer.json` says `1.4.0`, and not 1.4.1.", "`package.json` says `1.3.0`, and not 1.4.1."]],
    ["a file that is ahead",                  { files: [file("package.json", "1.5.0")] },                               ["`package.json` says `1.5.0`, and not 1.4.1."]],
    ["a file before the first",               { tags: [], files: [file("package.json", "0.3.0")] },                     ["`package.json` says `0.3.0`, and not 1.0.0."]],
    ["a file with a pre-release",             { files: [file("package.json", "1.5.0-rc.1")] },                          ["`package.json` says `1.5.0-rc.1`, and not 1.4.1."]],
    ["a file with something else",            { files: [file("VERSION", "night`ly`")] },                                ["`VERSION` says `night\uFFFDly\uFFFD`, and not 1.4.1."]],
    ["a file that is broken",                 { files: [{ path: "package.json", text: "{" }] },                         ["`package.json` cannot be read for its version."]],
    ["tags before the first that are none",   { tags: ["latest", "release-3"] },                                        ["Left alone, since they are no versions: `latest` and `release-3`."]],
    ["no tags of other forms behind another", { tags: ["v1.4.0", "latest"] },                                           []],
  ])("remarks %s", (_what, more, remarks) => {
    expect(choose(more)).toHaveProperty("remarks", remarks);
  });

  it.each<[string, Partial<Releasing>, readonly string[]]>([
    ["is ahead", { files: [file("package.json", "1.5.0")] }, ["`/promote v1.5.0` would agree with `package.json`."]],
    [
      "is there before the first",
      { tags: [], files: [file("VERSION", "v0.3.0")] },
      ["`/promote v0.3.0` would agree with `VERSION`."],
    ],
    ["is behind", { files: [file("package.json", "1.3.0")] }, []],
    ["agrees", { files: [file("package.json", "1.4.1")] }, []],
    ["has tags beside it", { tags: ["v1.4.0", "latest"] }, ["Left alone, since they are no versions: `latest`."]],
  ])("advises on a file that %s", (_what, more, advice) => {
    expect(choose(more)).toHaveProperty("advice", advice);
  });

  const number = fc.oneof(fc.nat(3), fc.nat(), fc.constant(Number.MAX_SAFE_INTEGER));
  const label = fc.stringMatching(/^[a-z][a-z\d]{0,3}$/);
  const tag = fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(
          fc.constantFrom("v", ""),
          number,
          number,
          number,
          fc.constantFrom("", "-"),
          fc.constantFrom("", "+"),
          label,
        )
        .map(
          ([v, a, b, c, pre, build, word]) =>
            `${v}${a}.${b}.${c}${pre && `${pre}${word}.1`}${build && `${build}${word}`}`,
        ),
    },
    { weight: 1, arbitrary: fc.constantFrom("v1", "latest", "release-2024", "v1.2", "V1.2.3", "v01.2.3", "a@1.0.0") },
  );
  const title = fc.constantFrom("feat: x", "fix: y", "feat!: z", "Log in", "docs: w");
  const releasing: fc.Arbitrary<Releasing> = fc.record({
    tags: fc.uniqueArray(tag, { maxLength: 8 }),
    asked: fc.oneof(
      fc.constant(null),
      fc.constantFrom(...BUMPS).map((bump) => ({ bump })),
      fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)).map((numbers) => ({ version: numbers.join(".") })),
    ),
    carried: fc.record({
      pulls: fc.uniqueArray(
        fc
          .record({
            number: fc.nat(50),
            title,
            messages: fc.array(title),
            labels: fc.array(fc.constantFrom("bug", ...BUMPS.map((bump) => `release:${bump}`))),
          })
          .map(({ number, title, ...more }) => pull(number, title, more)),
        { selector: ({ number }) => number, maxLength: 6 },
      ),
      loose: fc.uniqueArray(
        fc.tuple(fc.nat(50), title).map(([name, title]) => loose(`${name}`, title)),
        { selector: ({ sha }) => sha },
      ),
      whole: fc.boolean(),
    }),
    files: fc.uniqueArray(
      fc
        .tuple(fc.constantFrom("package.json", "composer.json", "VERSION"), tag)
        .map(([path, version]) => file(path, version)),
      { selector: ({ path }) => path },
    ),
  });

  it("is above every tag that is one, or is refused in a sentence", () => {
    fc.assert(
      fc.property(releasing, (given) => {
        const chosen = versionOf(given);
        if ("refused" in chosen) return expect(chosen.refused).toMatch(/^.+: (?:write|remove) .+\.$/);
        expect(parse(chosen.tag)?.version).toBe(chosen.version);
        for (const tag of given.tags.flatMap((one) => parse(one) ?? [])) expect(compare(chosen.version, tag)).toBe(1);
        if (given.asked !== null && "version" in given.asked) expect(chosen.version).toBe(given.asked.version);
        expect(chosen.because).toMatch(/^(?:major|minor|patch|`v[\d.]+`), because [^.]+(?:1\.0\.0[^.]*)?$/);
        for (const remark of chosen.remarks) expect(remark).toMatch(/\.$/);
      }),
      { numRuns: 500 },
    );
  });

  it("does not depend on the order of anything", () => {
    const same = <T>(all: readonly T[]) => fc.shuffledSubarray([...all], { minLength: all.length });
    const twice = releasing.chain((given) =>
      fc
        .tuple(same(given.tags), same(given.files), same(given.carried.pulls), same(given.carried.loose))
        .map(
          ([tags, files, pulls, loose]) =>
            [given, { ...given, tags, files, carried: { ...given.carried, pulls, loose } }] as const,
        ),
    );
    fc.assert(fc.property(twice, ([one, other]) => expect(versionOf(other)).toEqual(versionOf(one))));
  });

  it("once tagged is followed by one above it", () => {
    fc.assert(
      fc.property(releasing, (given) => {
        const chosen = versionOf(given);
        fc.pre("tag" in chosen);
        const { tag, version } = chosen as Chosen;
        const again = versionOf({ ...given, tags: [...given.tags, tag] });
        if (given.asked !== null && "version" in given.asked)
          expect(again).toEqual({ refused: expect.stringContaining(`\`${tag}\` is taken: `) });
        else if ("tag" in again) expect(compare(again.version, version)).toBe(1);
      }),
    );
  });
});

describe("A word of a command that is meant as a version", () => {
  // biome-ignore format: a table is read by its columns
  it.each<[string, ReturnType<typeof askedIn>]>([
    ["v1.4.0",       { version: "1.4.0" }],
    ["V1.4.0",       { version: "1.4.0" }],
    ["1.4.0",        { version: "1.4.0" }],
    ["v1",           { not: "`v1` is no version of three numbers: write `v1.0.0`." }],
    ["V1.4",         { not: "`V1.4` is no version of three numbers: write `v1.4.0`." }],
    ["v1.4.0.2",     { not: "`v1.4.0.2` is no version of three numbers: write `v1.4.0`." }],
    ["v01.4.0",      { not: "`v01.4.0` is no version of three numbers: write it as `v1.4.0`." }],
    ["v2.0.0-rc.1",  { not: "`v2.0.0-rc.1` is a pre-release, and what goes into the last stage is none: write `v2.0.0`." }],
    ["v1.4.0+5",     { not: "`v1.4.0+5` has build metadata, by which no version grows: write `v1.4.0`." }],
    ["latest",       null],
    ["version",      null],
    ["v",            null],
    ["",             null],
  ])("%j", (word, found) => {
    expect(askedIn(word)).toEqual(found);
  });
});

it("names the tags that are no versions for who asks", () => {
  expect(tagsLeftAlone(["v1.4.0", "1.5.0-rc.1+5"])).toEqual([]);
  expect(tagsLeftAlone(["v1.4.0", "v1", "latest"])).toEqual([
    "Left alone, since they are no versions: `latest` and `v1`.",
  ]);
  const many = Array.from({ length: 13 }, (_, place) => `release-20${10 + place}`);
  expect(tagsLeftAlone(many)[0]).toMatch(/: `release-2010`, .+, `release-2019` and 3 more\.$/);
});
