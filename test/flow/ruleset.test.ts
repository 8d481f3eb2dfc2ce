import { describe, expect, it } from "@jest/globals";
import { branch } from "../../src/flow/names.ts";
import { drift, type LiveRuleset, onlyDisabled, wantedRuleset } from "../../src/flow/ruleset.ts";
import { APP, liveRuleset } from "../builders.ts";

const wanted = wantedRuleset(branch("staging"), false, APP);
const live = (more: Partial<LiveRuleset> = {}) => liveRuleset(wanted, more);
const withRule = (type: string, parameters: object) =>
  live().rules.map((rule) => (rule.type === type ? { type, parameters: { ...rule.parameters, ...parameters } } : rule));

it("requires our check from our App, pull requests, and past the first stage merge commits", () => {
  const methods = (first: boolean) => {
    const rule = wantedRuleset(branch("x"), first, APP).rules.find(({ type }) => type === "pull_request");
    return (
      rule &&
      "parameters" in rule &&
      "allowed_merge_methods" in rule.parameters &&
      rule.parameters.allowed_merge_methods
    );
  };
  expect(methods(true)).toEqual(["merge", "squash", "rebase"]);
  expect(methods(false)).toEqual(["merge"]);
  expect(wanted).toMatchObject({ name: "flowgate: staging", enforcement: "active", bypass_actors: [] });
  expect(JSON.stringify(wanted)).toContain('{"context":"flowgate: staging","integration_id":7}');
});

describe("what somebody changed is said in words", () => {
  it.each<[string, Partial<LiveRuleset>, string[]]>([
    ["nothing, GitHub's own defaults aside", {}, []],
    ["nothing that we may see", { bypassActors: null }, []],
    ["it switched off", { enforcement: "disabled" }, ["its enforcement is disabled"]],
    ["its target", { target: "tag" }, ["its target is tag"]],
    ["who may pass", { bypassActors: 2 }, ["2 may bypass it"]],
    [
      "its branches",
      { include: ["refs/heads/x"], exclude: ["refs/heads/y"] },
      ["it covers refs/heads/x, not refs/heads/y"],
    ],
    ["its branches to none", { include: [] }, ["it covers no branch"]],
    ["a rule away", { rules: live().rules.filter(({ type }) => type !== "deletion") }, ["the rule deletion is gone"]],
    [
      "a rule more",
      { rules: [...live().rules, { type: "required_signatures", parameters: {} }] },
      ["a rule required_signatures was added"],
    ],
    [
      "the App of the check",
      {
        rules: withRule("required_status_checks", {
          required_status_checks: [{ context: "flowgate: staging", integration_id: 8 }],
        }),
      },
      ["the rule required_status_checks was changed"],
    ],
    [
      "another check beside ours",
      {
        rules: withRule("required_status_checks", {
          required_status_checks: [{ context: "flowgate: staging", integration_id: 7 }, { context: "x" }],
        }),
      },
      ["the rule required_status_checks was changed"],
    ],
    [
      "the checks to something else",
      { rules: withRule("required_status_checks", { required_status_checks: null }) },
      ["the rule required_status_checks was changed"],
    ],
    [
      "a check to something else",
      { rules: withRule("required_status_checks", { required_status_checks: [null] }) },
      ["the rule required_status_checks was changed"],
    ],
    [
      "the merge methods",
      { rules: withRule("pull_request", { allowed_merge_methods: ["squash"] }) },
      ["the rule pull_request was changed"],
    ],
  ])("%s", (_what, more, words) => {
    expect(drift(wanted, live(more))).toEqual(words);
  });

  it("takes lists in any order", () => {
    const first = wantedRuleset(branch("dev"), true, APP);
    const rules = first.rules.map((rule) => ({
      type: rule.type,
      parameters: "parameters" in rule ? (structuredClone(rule.parameters) as object as Record<string, unknown>) : {},
    }));
    const shuffled = rules.map((rule) =>
      rule.type === "pull_request"
        ? { ...rule, parameters: { ...rule.parameters, allowed_merge_methods: ["rebase", "merge", "squash"] } }
        : rule,
    );
    expect(drift(first, live({ name: first.name, include: ["refs/heads/dev"], rules: shuffled }))).toEqual([]);
  });
});

it("tells an admin's switch from any other change", () => {
  expect(onlyDisabled(wanted, live({ enforcement: "disabled" }))).toBe(true);
  expect(onlyDisabled(wanted, live({ enforcement: "evaluate" }))).toBe(false);
  expect(onlyDisabled(wanted, live({ enforcement: "disabled", bypassActors: 1 }))).toBe(false);
});
