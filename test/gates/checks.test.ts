import { describe, expect, it } from "@jest/globals";
import { type CheckSeen, ENDINGS } from "../../src/flow/check-seen.ts";
import { later } from "../../src/flow/names.ts";
import { checks } from "../../src/gates/checks.ts";
import { APP, at, NOW, unknown } from "../builders.ts";
import { type Asking, asked, cure, said } from "./asking.ts";

const HEAD = at("login");
const head = HEAD.slice(0, 7);
const CI = 15368;
const run = (name: string, ended: CheckSeen["ended"], more: Partial<CheckSeen> = {}): CheckSeen => ({
  name,
  app: CI,
  ended,
  id: 1,
  ...more,
});
const rule = (...required: readonly { readonly context: string; readonly app: number | null }[]) => ({
  type: "required_status_checks",
  checks: required,
});
type More = Omit<Asking, "answers" | "policy"> & {
  readonly required?: readonly (string | { readonly name: string; readonly app: number })[];
  readonly allowNone?: boolean;
  readonly rules?: readonly ReturnType<typeof rule>[];
};
/** A release whose head has these checks. */
const release = (seen: readonly CheckSeen[], { required = [], allowNone = false, rules = [], ...more }: More = {}) =>
  asked(checks, {
    ...more,
    policy: {
      checks: {
        required: required.map((check) => (typeof check === "string" ? { name: check, app: null } : check)),
        allowNone,
      },
    },
    answers: {
      "rules master": rules,
      "rules staging": rules,
      [`checks ${HEAD}`]: seen,
    },
  });

describe("checks are asked", () => {
  it.each([
    [{ lane: "feature" }, "not asked"],
    [{ lane: "back-merge" }, "not asked"],
    [{ lane: "back-merge", own: true }, "passed"],
    [{ lane: "promotion" }, "passed"],
    [{ lane: "release" }, "passed"],
    [{ lane: "hotfix" }, "passed"],
  ] as const)("%j: %s", (asking, outcome) => {
    expect(said(release([run("build", "success")], asking as More))[0]).toBe(outcome);
  });
});

describe("a required check", () => {
  const required = ["build"] as const;

  it.each(ENDINGS)("that ended in %s", (ended) => {
    const good = ["success", "neutral", "skipped"].includes(ended);
    expect(said(release([run("build", ended)], { required }))).toEqual(
      good
        ? ["passed", `1 required check passed on ${head}.`]
        : ["failed", `\`build\` ended in ${ended.replaceAll("_", " ")} on ${head}.`],
    );
  });

  it("that has not ended is waited for", () => {
    expect(said(release([run("build", "pending")], { required }))).toEqual([
      "pending",
      `\`build\` has not ended on ${head}.`,
    ]);
    expect(said(release([run("build", "pending"), run("lint", "pending")], { required: ["build", "lint"] }))[1]).toBe(
      `\`build\` and \`lint\` have not ended on ${head}.`,
    );
  });

  it("may be a commit status", () => {
    expect(said(release([run("build", "error", { app: null })], { required }))[0]).toBe("failed");
    expect(said(release([run("build", "success", { app: null })], { required }))[0]).toBe("passed");
  });

  it("of no certain App is red while one of that name is red, whoever wrote the green one", () => {
    expect(said(release([run("build", "failure"), run("build", "success", { app: 99 })], { required }))[0]).toBe(
      "failed",
    );
  });

  it("of one App is not answered by another's", () => {
    const found = release([run("build", "success", { app: 99 })], { required: [{ name: "build", app: CI }] });
    expect(said(found)).toEqual(["pending", `\`build\` of the App ${CI} has not reported yet on ${head}.`]);
    expect(cure(found)).toBe(
      `A check of this name came from another App, which does not count: \`build\` of the App ${CI} is asked for.`,
    );
    expect(said(release([run("build", "success")], { required: [{ name: "build", app: CI }] }))[0]).toBe("passed");
  });

  it("that nobody reported is waited for, and named after half an hour with the likely cause", () => {
    const soon = release([], { required, checksSince: NOW });
    expect(soon).toMatchObject({ outcome: "pending", until: later(NOW, 30 * 60_000) });
    expect(said(soon)[1]).toBe(`\`build\` has not reported yet on ${head}.`);
    const long = release([], { required: ["build", "lint"], checksSince: NOW, now: later(NOW, 31 * 60_000) });
    expect(long).toMatchObject({ outcome: "pending", until: null });
    expect(said(long)[1]).toBe(`\`build\` and \`lint\` have not reported for 31 minutes on ${head}.`);
    expect(cure(long)).toContain("limited to other branches or paths");
  });

  it("that GitHub requires counts as one of the config's, once", () => {
    const rules = [
      rule({ context: "build", app: CI }, { context: "lint", app: null }),
      rule({ context: "lint", app: null }),
    ];
    expect(said(release([run("build", "success"), run("lint", "success", { app: null })], { rules }))).toEqual([
      "passed",
      `2 required checks passed on ${head}.`,
    ]);
    expect(said(release([run("build", "success")], { rules }))[0]).toBe("pending");
  });

  it("is none of our own: waiting for ourselves would never end", () => {
    const ours = [
      rule({ context: "flowgate: master", app: APP }, { context: "flowgate: master", app: null }),
      rule({ context: "flowgate: master / checks", app: null }),
      rule({ context: "build", app: null }),
    ];
    const seen = [run("flowgate: master", "pending", { app: APP }), run("build", "success")];
    expect(said(release(seen, { rules: ours }))).toEqual(["passed", `1 required check passed on ${head}.`]);
  });

  it("is one of many: at most five are named", () => {
    const names = Array.from({ length: 7 }, (_, n) => `check ${n}`);
    expect(
      said(
        release(
          names.map((name) => run(name, "failure")),
          { required: names },
        ),
      )[1],
    ).toBe(
      `${names
        .slice(0, 5)
        .map((name) => `\`${name}\` ended in failure`)
        .join(", ")} and 2 others on ${head}.`,
    );
  });
});

describe("where nothing is required", () => {
  it.each<[string, readonly CheckSeen[], boolean, string]>([
    ["one must be there", [], false, "pending"],
    ["none need be there where that is allowed", [], true, "passed"],
    ["ours alone is none", [run("flowgate: master", "success", { app: APP })], false, "pending"],
    ["all must be good", [run("build", "success"), run("lint", "neutral")], false, "passed"],
    [
      "a red one refuses, also where none need be there",
      [run("build", "success"), run("lint", "failure")],
      true,
      "failed",
    ],
    ["one that runs is waited for", [run("build", "success"), run("lint", "pending")], false, "pending"],
  ])("%s", (_what, seen, allowNone, outcome) => {
    expect(said(release(seen, { allowNone }))[0]).toBe(outcome);
  });

  it("the row says what it passed for", () => {
    expect(said(release([run("build", "success")]))[1]).toBe(`No check is required; 1 check on ${head} passed.`);
    expect(said(release([], { allowNone: true }))[1]).toBe(
      `No check ran on ${head}, which \`checks.allow_none\` allows.`,
    );
    expect(cure(release([]))).toBe("Let a workflow run on this branch, or set `checks.allow_none` in the config.");
  });
});

it("without an answer nothing is decided", () => {
  const none = unknown("GitHub answered 502.");
  for (const answers of [
    { "rules master": none, [`checks ${HEAD}`]: [] },
    { "rules master": [], [`checks ${HEAD}`]: none },
  ])
    expect(said(asked(checks, { answers }))[0]).toBe("errored");
});
