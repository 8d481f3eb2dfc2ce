import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { commandsIn } from "../../src/commands/grammar.ts";
import { type Promote, parsePromote, printPromote, type Step } from "../../src/commands/promote-words.ts";
import { BUMPS } from "../../src/flow/memory.ts";

const parse = (line: string) => parsePromote(commandsIn(`/promote ${line}`)[0]?.words ?? []);
const step = (more: Partial<Step> = {}): Step => ({
  does: "step",
  to: null,
  commit: null,
  version: null,
  how: "at once",
  ...more,
});
const SHA = "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8";

describe("The words behind /promote", () => {
  // biome-ignore format: a table is read by its columns
  it.each<[string, Promote]>([
    ["",                                         step()],
    ["because it is time",                       step()],
    ["to staging",                               step({ to: "staging" })],
    ["TO Staging",                               step({ to: "Staging" })],
    ["to when",                                  step({ to: "when" })],
    ["86F7E43",                                  step({ commit: "86f7e43" })],
    ["1234567",                                  step({ commit: "1234567" })],
    [SHA,                                        step({ commit: SHA })],
    ["minor",                                    step({ version: { bump: "minor" } })],
    ["MAJOR",                                    step({ version: { bump: "major" } })],
    ["v1.4.0",                                   step({ version: { version: "1.4.0" } })],
    ["V1.4.0",                                   step({ version: { version: "1.4.0" } })],
    ["1.4.0",                                    step({ version: { version: "1.4.0" } })],
    ["when ready",                               step({ how: "when ready" })],
    ["When Ready",                               step({ how: "when ready" })],
    ["dry run",                                  step({ how: "dry run" })],
    ["--dry-run",                                step({ how: "dry run" })],
    ["DryRun",                                   step({ how: "dry run" })],
    ["when ready v2.0.0 86f7e43 to master",      step({ to: "master", commit: "86f7e43", version: { version: "2.0.0" }, how: "when ready" })],
    ["dry run patch because I wonder",           step({ version: { bump: "patch" }, how: "dry run" })],
    ["refresh",                                  { does: "refresh" }],
    ["Refresh because it moved",                 { does: "refresh" }],
    ["train web",                                { does: "train", name: "web" }],
    ["TRAIN Refresh",                            { does: "train", name: "Refresh" }],
    ['train "web and api"',                      { does: "train", name: "web and api" }],
  ])("%j", (line, promote) => {
    expect(parse(line)).toEqual(promote);
  });

  const unknown = (word: string) =>
    `\`/promote\` does not know what \`${word}\` is; a stage is written \`to ${word}\`.`;
  const near = (word: string, meant: string) =>
    `\`/promote\` does not know what \`${word}\` is. Did you mean \`${meant}\`?`;
  // biome-ignore format: a table is read by its columns
  it.each<[string, string]>([
    ["staging",                    unknown("staging")],
    ["latest",                     unknown("latest")],
    ["now please",                 unknown("now")],
    ["minor please",               unknown("please")],
    ["bad",                        unknown("bad")],
    ["constructor",                unknown("constructor")],
    ["mjor",                       near("mjor", "major")],
    ["refesh",                     near("refesh", "refresh")],
    ["Pach",                       near("Pach", "patch")],
    ["dry-run",                    near("dry-run", "dryrun")],
    ["--dryrun",                   near("--dryrun", "--dry-run")],
    ["trian web",                  near("trian", "train")],
    ["to",                         "To which stage? Its name follows `to`."],
    ['to ""',                      "To which stage? Its name follows `to`."],
    ["train",                      "Which train? Its name follows `train`."],
    ['""',                         "There are quotes with nothing in them."],
    ["when",                       "`when` does not stand alone: write `when ready`."],
    ["Ready when",                 "`ready` does not stand alone: write `when ready`."],
    ["dry",                        "`dry` does not stand alone: write `dry run`."],
    ["run",                        "`run` does not stand alone: write `dry run`."],
    ["v1",                         "`v1` is no version of three numbers: write `v1.0.0`."],
    ["12",                         "`12` is no version of three numbers: write `v12.0.0`."],
    ["v2.0.0-rc.1",                "`v2.0.0-rc.1` is a pre-release, and what goes into the last stage is none: write `v2.0.0`."],
    ["86f7e4",                     "`86f7e4` is too short for a commit: write its first seven digits or more."],
    ["12ab",                       "`12ab` is too short for a commit: write its first seven digits or more."],
    [`${SHA}0`,                    `\`${SHA}0\` is longer than a commit, which has 40 digits.`],
    ["minor minor",                "`minor` stands there twice: write it once."],
    ["v1.4.0 1.4.0",               "`1.4.0` stands there twice: write it once."],
    ["dry run --dry-run",          "`--dry-run` stands there twice: write it once."],
    ["86f7e43 86F7E43",            "`86F7E43` stands there twice: write it once."],
    ["minor v1.4.0",               "`minor` and `v1.4.0` exclude each other: write one of them."],
    ["to staging patch to master", "`to staging` and `to master` exclude each other: write one of them."],
    ["86f7e43 86f7e437",           "`86f7e43` and `86f7e437` exclude each other: write one of them."],
    ["dry run when ready",         "`dry run` and `when ready` exclude each other: write one of them."],
    ["refresh minor",              "`refresh` stands alone: leave `minor` out."],
    ["to staging refresh",         "`refresh` stands alone: leave `to staging` out."],
    ["train web dry run",          "`train web` stands alone: leave `dry run` out."],
    ["train web train api",        "`train web` and `train api` exclude each other: write one of them."],
    ["refresh train web",          "`refresh` stands alone: leave `train web` out."],
  ])("%j is refused in a sentence", (line, not) => {
    expect(parse(line)).toEqual({ not });
  });

  const name = fc.stringMatching(/^[\w./-]{1,20}$/);
  const version = fc.oneof(
    fc.constantFrom(...BUMPS).map((bump) => ({ bump })),
    fc.tuple(fc.nat(), fc.nat(), fc.nat()).map((numbers) => ({ version: numbers.join(".") })),
  );
  const steps: fc.Arbitrary<Step> = fc.record({
    does: fc.constant("step"),
    to: fc.option(name),
    commit: fc.option(fc.stringMatching(/^[\da-f]{7,40}$/)),
    version: fc.option(version),
    how: fc.constantFrom("at once", "when ready", "dry run"),
  });
  const promotes = fc.oneof(
    steps,
    fc.constant<Promote>({ does: "refresh" }),
    name.map((name): Promote => ({ does: "train", name })),
  );

  it("are read back as they are printed", () => {
    fc.assert(
      fc.property(promotes, (promote) => {
        expect(parsePromote(printPromote(promote))).toEqual(promote);
        expect(parse(printPromote(promote).join(" "))).toEqual(promote);
      }),
    );
  });

  it("come in any order and case", () => {
    const shuffled = steps.chain((promote) => {
      const { to, commit, version, how } = promote;
      const each = [step({ to }), step({ commit }), step({ version }), step({ how })].map(printPromote);
      return fc.tuple(fc.constant(promote), fc.shuffledSubarray(each, { minLength: 4 }), fc.boolean());
    });
    fc.assert(
      fc.property(shuffled, ([promote, each, loud]) => {
        const words = each.flatMap((part) =>
          part.map((word, place) => (loud && !(part[0] === "to" && place === 1) ? word.toUpperCase() : word)),
        );
        expect(parsePromote(words)).toEqual(promote);
      }),
    );
  });

  it("ask for something, or are refused in one sentence, whatever they are", () => {
    const word = fc.oneof(
      fc.constantFrom("to", "when", "ready", "dry", "run", "minor", "refresh", "train", "v1", "1.2.3", SHA),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        const promote = parsePromote(words);
        if ("not" in promote) expect(promote.not).toMatch(/[.?]$/);
        else expect(parsePromote(printPromote(promote))).toEqual(promote);
      }),
    );
  });
});
