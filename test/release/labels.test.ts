import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Walk } from "../../src/flow/standing.ts";
import { labelOf, named, parseLabels, ranges } from "../../src/release/labels.ts";

describe("Labels of items", () => {
  it.each<[string, readonly string[]]>([
    ["", []],
    ["S1", ["S1"]],
    ["s1 p12", ["S1", "P12"]],
    ["S3-S5 P2", ["S3", "S4", "S5", "P2"]],
    ["P7-p7", ["P7"]],
    ["P2 S1-S2 s2 P1-P2", ["P2", "S1", "S2", "P1"]],
    ["S2000", ["S2000"]],
  ])("%j names %j", (words, labels) => {
    expect(parseLabels(words.split(" ").filter((word) => word !== ""))).toEqual({ labels });
  });

  const none = (word: string) =>
    `\`${word}\` names no item; write \`S3\` for one of the rehearsal, \`P3\` for one in production, \`S3-S9\` for several.`;
  it.each<[string, string]>([
    ["3", none("3")],
    ["S0", none("S0")],
    ["S01", none("S01")],
    ["S", none("S")],
    ["S3-", none("S3-")],
    ["-S3", none("-S3")],
    ["S3-9", none("S3-9")],
    ["S1-S2-S3", none("S1-S2-S3")],
    ["S1-S2-", none("S1-S2-")],
    ["S１", none("S１")],
    [`S${"9".repeat(100)}`, none(`S${"9".repeat(39)}…`)],
    ["S1-P2", "`S1-P2` begins in one walk and ends in another; name each apart."],
    ["s5-s3", "`s5-s3` runs backwards; write `S3-S5`."],
    ["S1-S999999999", "`S1-S999999999` names no item: no run-book has more than 2000."],
    ["P2001", "`P2001` names no item: no run-book has more than 2000."],
    ["S1-S2000 P1-P2000 S1", "These are more than 4000 items; name each item once."],
  ])("%j is refused in a sentence", (words, wrong) => {
    expect(parseLabels(words.split(" "))).toEqual({ wrong });
  });

  it("are written in few words that are read back", () => {
    expect(ranges([])).toEqual([]);
    expect(ranges(["S1", "S2", "S3", "S5", "P6", "P7"])).toEqual(["S1-S3", "S5", "P6-P7"]);
    const label = fc.tuple(fc.constantFrom<Walk[]>("rehearsal", "production"), fc.integer({ min: 1, max: 2000 }));
    fc.assert(
      fc.property(fc.uniqueArray(label.map(([walk, ordinal]) => labelOf(walk, ordinal))), (labels) => {
        expect(parseLabels(ranges(labels))).toEqual({ labels });
        for (const one of labels) expect(labelOf(named(one).walk, named(one).ordinal)).toBe(one);
      }),
    );
  });
});
