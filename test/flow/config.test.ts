import { describe, expect, it } from "@jest/globals";
import { DEFAULT_FEATURES, DEFAULT_POLICY, parseConfig } from "../../src/flow/config.ts";

const problem = (text: string) => {
  const parsed = parseConfig(text);
  return "problem" in parsed ? parsed.problem : "none";
};

describe("a config file", () => {
  it("that is empty asks for the defaults, enforced", () => {
    for (const text of ["", "# nothing yet\n", "{}"]) {
      expect(parseConfig(text)).toEqual({ policy: { ...DEFAULT_POLICY, enforcement: "managed" } });
    }
    expect(DEFAULT_POLICY).toEqual({
      enforcement: "observed",
      stages: ["development", "staging", "master"],
      features: DEFAULT_FEATURES,
      forks: "allow",
    });
  });

  it("says what it sets and leaves the rest as it is, keys of later versions included", () => {
    const text =
      "enforcement: report\nstages: [dev, uat, main]\nflow: { features: ['work/**'], forks: refuse }\nbackup: { when: data }\n";
    expect(parseConfig(text)).toEqual({
      policy: { enforcement: "report", stages: ["dev", "uat", "main"], features: ["work/**"], forks: "refuse" },
    });
  });

  it.each([
    [
      "no mapping",
      "- a\n- b\n",
      ".github/flowgate.yml line 1: `the file` Invalid input: expected object, received array.",
    ],
    [
      "a tab",
      "stages:\n\t- dev\n",
      ".github/flowgate.yml line 2: Tabs are not allowed as indentation at line 2, column 1:",
    ],
    [
      "a key twice",
      "enforcement: managed\nenforcement: report\n",
      ".github/flowgate.yml line 2: Map keys must be unique at line 2, column 1:",
    ],
    [
      "a stage twice",
      "enforcement: managed\nstages: [dev, dev]\n",
      ".github/flowgate.yml line 2: `stages` names a stage twice.",
    ],
    [
      "one stage",
      "stages: [dev]\n",
      ".github/flowgate.yml line 1: `stages` needs two stages or more, in promotion order.",
    ],
    [
      "stages of another kind",
      "stages: master\n",
      ".github/flowgate.yml line 1: `stages` Invalid input: expected array, received string.",
    ],
    [
      "a word that is none",
      "flow:\n  forks: maybe\n",
      '.github/flowgate.yml line 2: `flow.forks` Invalid option: expected one of "allow"|"refuse".',
    ],
    [
      "a name no branch can have",
      "stages: [dev, 'a b']\n",
      ".github/flowgate.yml line 1: `stages.1` is no name that a branch can have.",
    ],
    [
      "a name with two dots",
      "stages: [dev, a..b]\n",
      ".github/flowgate.yml line 1: `stages.1` is no name that a branch can have.",
    ],
  ])("with %s is refused with line, key and cure", (_what, text, words) => {
    expect(problem(text)).toBe(words);
  });

  it("cannot grow without bounds", () => {
    expect(problem(`# ${"x".repeat(1_000_000)}`)).toBe(
      ".github/flowgate.yml is over 1000000 characters long; shorten it.",
    );
    const bomb = [
      "a: &a [x, x, x, x, x, x, x, x, x]",
      ..."bcdefg".split("").map((name, n) => `${name}: &${name} [${Array(9).fill(`*${"abcdefg"[n]}`).join(", ")}]`),
    ];
    expect(problem(bomb.join("\n"))).toContain("Excessive alias count");
  });

  it("cannot reach into what it is read by", () => {
    expect(parseConfig("__proto__: { enforcement: observe }\nconstructor: 1\n")).toMatchObject({
      policy: { enforcement: "managed" },
    });
    expect(({} as { enforcement?: string }).enforcement).toBeUndefined();
  });
});
