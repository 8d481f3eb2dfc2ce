import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  canonical,
  chainHash,
  digestOf,
  type Entry,
  entryDigest,
  flawIn,
  GENESIS,
  type LedgerEntry,
} from "../../src/flow/ledger.ts";
import { between, branch, instant, later, parseInstant, repositoryId, short } from "../../src/flow/names.ts";
import { subjectKey } from "../../src/flow/subject.ts";
import { agreed, type Verdict, worst } from "../../src/flow/verdict.ts";
import { at, NOW, REPOSITORY, verdict } from "../builders.ts";

describe("a verdict", () => {
  it.each([
    [["passed", "failed", "errored"], "failed"],
    [["passed", "pending", "errored"], "errored"],
    [["passed", "pending"], "pending"],
    [["passed"], "passed"],
    [[], "errored"],
  ] as const)("of %j is %s", (outcomes, expected) => {
    expect(worst(outcomes)).toBe(expected);
  });

  const feature = verdict();
  const release = verdict({ lane: "release", outcome: "pending" });
  const refused = verdict({ lane: null, outcome: "failed" });
  const unknown = verdict({ lane: null, outcome: "errored" });
  it.each<[string, [Verdict, ...Verdict[]], Verdict]>([
    ["the strictest lane decides", [feature, release], release],
    ["of one lane the worst", [feature, verdict({ outcome: "failed" })], verdict({ outcome: "failed" })],
    ["what no lane allows does not spoil it", [refused, feature], feature],
    ["unless nothing else is there", [refused], refused],
    ["what could not be found out may be the strictest", [release, unknown, feature], unknown],
  ])("shared by several: %s", (_what, verdicts, expected) => {
    expect(agreed(verdicts)).toEqual(expected);
  });

  it("shared by several does not depend on their order", () => {
    const some = fc.constantFrom(feature, release, refused, unknown, verdict({ lane: "hotfix", outcome: "failed" }));
    fc.assert(
      fc.property(fc.array(some, { minLength: 1 }), (verdicts) => {
        expect(agreed(verdicts.toReversed() as [Verdict])).toEqual(agreed(verdicts as [Verdict]));
      }),
    );
  });
});

describe("times and names", () => {
  it("are UTC with milliseconds, so that their order is time's", () => {
    expect(parseInstant("2026-11-22T11:40:00+02:00")).toBe("2026-11-22T09:40:00.000Z");
    expect(parseInstant("yesterday")).toBeNull();
    expect(later(instant(0), 1_500)).toBe("1970-01-01T00:00:01.500Z");
    expect(between(NOW, later(NOW, -5))).toBe(-5);
    expect(short(at("login"))).toHaveLength(7);
  });

  it("every subject has a key of its own", () => {
    const repository = REPOSITORY;
    const subjects = [
      { kind: "pull", repository, number: 1 },
      { kind: "group", repository, head: at("x") },
      { kind: "stage", repository, branch: branch("1") },
      { kind: "component", repository },
      { kind: "component", repository: repositoryId(1) },
    ] as const;
    expect(new Set(subjects.map(subjectKey)).size).toBe(subjects.length);
  });
});

describe("the ledger", () => {
  const chain = (entries: readonly Entry[]): LedgerEntry[] => {
    let previous = GENESIS;
    return entries.map((entry, place) => {
      const placed = { ...entry, chain: "repository:42", sequence: place + 1, at: NOW };
      const digest = entryDigest(placed);
      const whole = { ...placed, digest, previous, hash: chainHash(previous, digest) };
      previous = whole.hash;
      return whole;
    });
  };
  const whole = chain(
    ["a", "b", "c"].map((word) => ({
      what: "judged",
      actor: "app",
      about: "pull:42:1",
      says: { word, nested: { list: [1, null, true] } },
    })),
  );
  const change = (place: number, more: Partial<LedgerEntry>) =>
    whole.map((entry, n) => (n === place ? { ...entry, ...more } : entry));

  it.each<[string, readonly LedgerEntry[], RegExp | null]>([
    ["untouched is whole", whole, null],
    ["with a word changed", change(1, { says: { word: "x" } }), /Entry 2 .* was changed/],
    ["with another actor", change(0, { actor: "mallory" }), /Entry 1 .* was changed/],
    [
      "with an entry missing",
      [whole[0] as LedgerEntry, whole[2] as LedgerEntry],
      /Entry 3 .* stands where entry 2 should/,
    ],
    ["out of order", whole.toReversed(), /Entry 3 .* stands where entry 1 should/],
    ["with another past", change(1, { previous: GENESIS }), /Entry 2 .* does not follow the entry before it/],
    [
      "with a hash that does not follow",
      change(2, { hash: GENESIS }),
      /Entry 3 .* has a hash that does not follow from its content/,
    ],
  ])("%s", (_what, entries, flaw) => {
    if (flaw === null) expect(flawIn(entries)).toBeNull();
    else expect(flawIn(entries)).toMatch(flaw);
  });

  it("writes the same value as the same bytes, whatever the order of its keys", () => {
    expect(canonical({ b: [1, { d: null, c: "ü" }], a: true })).toBe('{"a":true,"b":[1,{"c":"ü","d":null}]}');
    expect(canonical({ a: 1, gone: undefined as never })).toBe('{"a":1}');
    expect(digestOf("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).toReversed());
        expect(canonical(turned as never)).toBe(canonical(value as never));
        expect(JSON.parse(canonical(value as never))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
