import { describe, expect, it } from "@jest/globals";
import { DEFAULT_POLICY, policyOf } from "../../src/flow/config.ts";
import { difference, type Made, madeIn, madeOf } from "../../src/flow/policy.ts";

const said = ({ problems }: Made) => problems.map(({ because }) => because);

describe("a component's file over its organisation's", () => {
  it("is observed while there is neither", () => {
    expect(madeOf(null, null)).toEqual({ policy: DEFAULT_POLICY, problems: [] });
  });

  it("is enforced as soon as there is one of them", () => {
    expect(madeOf({}, null)).toEqual({ policy: policyOf({}), problems: [] });
    expect(madeOf(null, {})).toEqual({ policy: policyOf({}), problems: [] });
  });

  it("lays mappings over each other key by key, and lists instead of each other", () => {
    const organisation = {
      roles: { quality: ["@acme/quality"], operations: ["@acme/ops"] },
      flow: { features: ["work/**"] },
      team: "small" as const,
    };
    expect(madeOf({ roles: { operations: ["otto"] }, flow: { forks: "refuse" } }, organisation).policy).toMatchObject({
      severalRoles: true,
      forks: "refuse",
      features: ["work/**"],
      roles: { quality: ["@acme/quality"], operations: ["otto"], engineering: null },
    });
  });

  it("cannot set what is locked: the organisation's value stays, and it is said", () => {
    const organisation = {
      lock: ["roles.quality", "enforcement", "approvals", "enforcement.of.what"],
      roles: { quality: ["@acme/quality"] },
    };
    const made = madeOf({ roles: { quality: ["dora"], operations: ["otto"] }, enforcement: "observe" }, organisation);
    expect(made.policy).toMatchObject({
      enforcement: "managed",
      roles: { quality: ["@acme/quality"], operations: ["otto"] },
    });
    expect(said(made)).toEqual([
      "`roles.quality` is locked by the organisation's .github/flowgate.yml, so the value here does not count; take it out.",
      "`enforcement` is locked by the organisation's .github/flowgate.yml, so the value here does not count; take it out.",
    ]);
  });

  it("locks nothing itself", () => {
    expect(said(madeOf({ lock: ["roles"] }, null))).toEqual([
      "`lock` counts in the organisation's file only; take it out of this one.",
    ]);
  });

  it("is told of approvals that nobody will ever ask for", () => {
    expect(said(madeOf({ approvals: { main: ["quality"], development: [] } }, null))).toEqual([
      "`approvals.main` is never asked for: `main` is no stage past the first. Known here: `staging`, `master`, `hotfix`.",
      "`approvals.development` is never asked for: `development` is no stage past the first. Known here: `staging`, `master`, `hotfix`.",
    ]);
  });
});

it("is the organisation's own in the repository `.github`", () => {
  const locks = { lock: ["roles"] };
  expect(madeIn("acme/.github", locks, { enforcement: "observe" })).toEqual({ policy: policyOf({}), problems: [] });
  expect(madeIn("acme/api", locks, { enforcement: "observe" })).toMatchObject({
    policy: { enforcement: "observe" },
    problems: [{ path: ["lock"] }],
  });
});

describe("the difference of two policies", () => {
  it("is nothing where they say the same", () => {
    expect(difference(policyOf({}), policyOf({ enforcement: "managed" }))).toEqual([]);
  });

  it("is a line for each key, in words", () => {
    const after = policyOf({
      enforcement: "report",
      roles: { quality: ["quinn", "@acme/quality"] },
      checks: { required: [{ name: "build", app: 1 }] },
      readiness: { blockers: [] },
    });
    expect(difference(policyOf({}), after)).toEqual([
      "enforcement: managed → report",
      "roles.quality: nobody named → quinn, @acme/quality",
      "approvals.master: maintainer → quality",
      'checks.required: none → {"app":1,"name":"build"}',
      "readiness.blockers: severity-1 → none",
    ]);
    const stages = difference(policyOf({}), policyOf({ stages: ["dev", "uat", "main"] }));
    expect(stages).toContain("approvals.uat: not set → operations");
    expect(stages).toContain("approvals.staging: operations → not set");
  });
});
