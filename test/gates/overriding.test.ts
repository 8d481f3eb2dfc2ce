import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type Read, wantKey } from "../../src/flow/facts.ts";
import { branch } from "../../src/flow/names.ts";
import { isConfirmed, type Override, overrideKey, tookPart, whyFirm } from "../../src/flow/override.ts";
import { concessionsIn, type Finding, isClear, OUTCOMES, worst } from "../../src/flow/verdict.ts";
import { flowGate } from "../../src/gates/flow.ts";
import { laneLetThrough, overridden } from "../../src/gates/overriding.ts";
import {
  at,
  candidate,
  FORK,
  finding,
  known,
  NOW,
  type PullOptions,
  policy,
  REPOSITORY,
  verdict,
} from "../builders.ts";
import { DORA, DUE, OTTO, overriding, QUINN, RITA } from "./asking.ts";

const RELEASE = candidate({ head: "staging", base: "master" });
const red = finding({
  gate: "checks",
  outcome: "failed",
  because: "build ended in failure on 1a2b3c4.",
  cure: "Run it again.",
  copy: "gh run rerun",
  read: ["the checks of 1a2b3c4"],
});
const answered = (standing: readonly Override[], one: Finding = red) =>
  overridden([one], { standing, pull: RELEASE })[0] as Finding;

describe("An override", () => {
  it("lets the gate pass, and says by whom, why, and what it let through", () => {
    expect(answered([overriding()])).toEqual({
      ...red,
      outcome: "overridden",
      because:
        "Overridden by rita, confirmed by otto: the runner is down. The gate itself says: build ended in failure on 1a2b3c4.",
      cure: "It is to be made good, and closed by 2026-11-29 09:40 UTC: its issue tells how.",
      copy: null,
      override: { by: RITA, confirmedBy: OTTO, because: "the runner is down" },
    });
    for (const outcome of ["pending", "errored"] as const)
      expect(answered([overriding()], { ...red, outcome })).toMatchObject({ outcome: "overridden" });
  });

  it.each<[string, Partial<Override>]>([
    ["nobody has confirmed", { confirmed: null }],
    ["the same person confirmed", { confirmed: { by: RITA, at: NOW, due: DUE } }],
    ["is for another commit", { head: at("before") }],
    ["is for another base", { base: branch("staging") }],
    ["is for another gate", { gate: "backup" }],
    ["is for another pull request", { number: 13 }],
    ["is for another repository", { repository: FORK }],
  ])("that %s changes nothing", (_what, more) => {
    expect(answered([overriding(more)])).toBe(red);
  });

  it("changes nothing about a gate that passes by itself", () => {
    const green = { ...red, outcome: "passed" } as const;
    expect(answered([overriding()], green)).toBe(green);
  });

  it("never lets through what nobody may", () => {
    const firm = { ...red, firm: "Nobody does." };
    expect(answered([overriding()], firm)).toBe(firm);
    for (const gate of ["flow", "policy"]) {
      const unknown = { ...red, gate, outcome: "errored" } as const;
      expect(answered([overriding({ gate })], unknown)).toBe(unknown);
      expect(whyFirm(unknown)).toBe(`Nobody lets \`${gate}\` through while it could not be found out.`);
    }
  });

  it("is told with the verdict that it let pass", () => {
    expect(concessionsIn(null)).toEqual([]);
    const judged = verdict({ findings: [finding(), answered([overriding()])] });
    expect(concessionsIn(judged)).toEqual([
      { gate: "checks", by: RITA, confirmedBy: OTTO, because: "the runner is down" },
    ]);
  });

  it("tells who took part in it", () => {
    const people = [RITA, OTTO, DORA];
    expect(people.map((person) => tookPart(overriding(), person))).toEqual([true, true, false]);
    expect(people.map((person) => tookPart(overriding({ confirmed: null }), person))).toEqual([true, false, false]);
  });
});

/** What a branch cut from the first stage brings. */
const brings = {
  ahead: 1,
  behind: 0,
  mergeBase: at("development"),
  whole: true,
  commits: [],
  changes: { files: [], whole: true },
};
const BROUGHT: Read = new Map(
  policy().stages.map((base) => [wantKey({ want: "compare", base, head: at("login") }), known(brings)]),
);

describe("The lane, let through", () => {
  const through = (options: PullOptions, more: Partial<Override> = {}) => {
    const pull = candidate(options);
    const flow = flowGate(pull, policy(), BROUGHT);
    if ("lacks" in flow) throw new Error("it lacks something");
    const standing = [overriding({ gate: "flow", base: pull.base, ...more })];
    const { lane, finding } = laneLetThrough(flow, { pull, standing, policy: policy() });
    return [lane?.lane ?? null, finding.outcome, lane?.letThrough ?? false];
  };

  it("is that of a hotfix, a promotion or a feature, by where it goes", () => {
    expect(through({ head: "feature/login", base: "master" })).toEqual(["hotfix", "overridden", true]);
    expect(through({ head: "feature/login", base: "staging" })).toEqual(["promotion", "overridden", true]);
    expect(through({ head: "login", base: "development" })).toEqual(["feature", "overridden", true]);
  });

  it("is its own where one allows it", () => {
    expect(through({ head: "feature/login", base: "development" })).toEqual(["feature", "passed", false]);
  });

  it("is none for a fork, nor without two people", () => {
    for (const from of [FORK, null])
      expect(through({ head: "staging", base: "master", from })).toEqual([null, "failed", false]);
    expect(through({ head: "feature/login", base: "master" }, { confirmed: null })).toEqual([null, "failed", false]);
  });
});

const someone = fc.constantFrom(RITA, OTTO, DORA, QUINN);
const override: fc.Arbitrary<Override> = fc
  .record({
    by: someone,
    confirmed: fc.option(fc.record({ by: someone, at: fc.constant(NOW), due: fc.constant(DUE) })),
    gate: fc.constantFrom("flow", "policy", "checks", "backup"),
    head: fc.constantFrom(at("login"), at("before")),
    base: fc.constantFrom(branch("master"), branch("staging")),
    number: fc.constantFrom(12, 13),
  })
  .map(overriding);
const answer: fc.Arbitrary<Finding> = fc
  .record({
    gate: fc.constantFrom("flow", "policy", "checks", "backup"),
    outcome: fc.constantFrom(...OUTCOMES.filter((outcome) => outcome !== "overridden")),
    firm: fc.option(fc.constant("Nobody does.")),
  })
  .map(({ firm, ...more }) => finding({ ...more, ...(firm !== null && { firm }) }));

it("No verdict passes by a gate that did not, unless two people let this very commit into this very base", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(answer, { selector: ({ gate }) => gate, minLength: 1 }),
      fc.array(override, { maxLength: 8 }),
      (findings, standing) => {
        const judged = overridden(findings, { standing, pull: RELEASE });
        const at_ = { repository: REPOSITORY, number: 12, head: at("login"), base: branch("master") };
        const open = findings.filter(({ outcome }) => !isClear(outcome));
        const let_ = open.filter(
          (one) =>
            whyFirm(one) === null &&
            standing.some(
              (two) =>
                two.key === overrideKey(at_, one.gate) &&
                isConfirmed(two) &&
                two.confirmed.by.id !== two.by.id &&
                // The first of a key counts: one thing of a key stands at a time.
                standing.find(({ key }) => key === two.key) === two,
            ),
        );
        expect(worst(judged.map(({ outcome }) => outcome)) === "passed").toBe(let_.length === open.length);
      },
    ),
    { numRuns: 2_000 },
  );
});
