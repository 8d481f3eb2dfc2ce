import { describe, expect, it } from "@jest/globals";
import { branch } from "../../src/flow/names.ts";
import {
  type BypassActor,
  checkRuleset,
  drift,
  type LiveRuleset,
  onlyDisabled,
  stageOf,
  targetOf,
  titlesOf,
  wantedRulesets,
} from "../../src/flow/ruleset.ts";
import { APP, liveRuleset } from "../builders.ts";

const STAGING = branch("staging");
const wanted = checkRuleset({ stage: STAGING, first: false, app: APP });
const live = (more: Partial<LiveRuleset> = {}) => liveRuleset(wanted, more);
const withRule = (type: string, parameters: object) =>
  live().rules.map((rule) => (rule.type === type ? { type, parameters: { ...rule.parameters, ...parameters } } : rule));

const actor = (actor_type: string, actor_id: number | null, bypass_mode = "always"): BypassActor => ({
  actor_type,
  actor_id,
  bypass_mode,
});

it("requires our check from our App, pull requests, and past the first stage merge commits", () => {
  const methods = (first: boolean) => {
    const rule = checkRuleset({ stage: branch("x"), first, app: APP }).rules.find(
      ({ type }) => type === "pull_request",
    );
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
    [
      "who may pass",
      { bypassActors: [actor("RepositoryRole", 5), actor("Team", 4, "pull_request")] },
      ["who has `admin` may bypass it", "the team 4 may bypass it (pull_request)"],
    ],
    [
      "its branches",
      { include: ["refs/heads/x"], exclude: ["refs/heads/y"] },
      ["it covers refs/heads/x, not refs/heads/y"],
    ],
    ["its branches to none", { include: [] }, ["it covers nothing"]],
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
    const first = checkRuleset({ stage: branch("dev"), first: true, app: APP });
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
  expect(onlyDisabled(wanted, live({ enforcement: "disabled", bypassActors: [actor("User", 1)] }))).toBe(false);
});

describe("beside the ruleset of its check", () => {
  const names = (first: boolean, last: boolean, mergeBy: "promote" | "anyone") =>
    wantedRulesets({ stage: STAGING, first, last, mergeBy, app: APP }).map(({ name }) => name);
  const all = wantedRulesets({ stage: STAGING, first: false, last: true, mergeBy: "promote", app: APP });
  const [, merges, tags, final] = all;

  it("a stage past the first has one that only we pass, and the last one those for tags", () => {
    expect(names(true, false, "promote")).toEqual(["flowgate: staging"]);
    expect(names(false, false, "promote")).toEqual(["flowgate: staging", "flowgate: staging merges"]);
    expect(names(false, false, "anyone")).toEqual(["flowgate: staging"]);
    expect(names(false, true, "anyone")).toEqual(["flowgate: staging", "flowgate: tags", "flowgate: tags are final"]);
    expect(all.map(({ name }) => name)).toEqual(titlesOf({ stage: STAGING, last: true }));
    expect(titlesOf({ stage: STAGING, last: false })).toHaveLength(2);
  });

  it("we pass the one for merges and the one for new tags; nobody moves a tag", () => {
    const us = [{ actor_type: "Integration", actor_id: APP, bypass_mode: "always" }];
    expect(merges).toMatchObject({ target: "branch", bypass_actors: us, rules: [{ type: "update" }] });
    expect(merges?.conditions.ref_name.include).toEqual(["refs/heads/staging"]);
    expect(tags).toMatchObject({ target: "tag", bypass_actors: us, rules: [{ type: "creation" }] });
    expect(final).toMatchObject({
      target: "tag",
      bypass_actors: [],
      rules: [{ type: "update" }, { type: "deletion" }],
    });
    expect(final?.conditions.ref_name.include).toEqual(["refs/tags/v*"]);
  });

  it.each<[string, readonly BypassActor[], string[]]>([
    ["us away", [], ["Flowgate may not bypass it"]],
    ["how we pass", [actor("Integration", APP, "pull_request")], [`the App ${APP} may bypass it (pull_request)`]],
    [
      "us for others",
      [actor("Integration", 8), actor("OrganizationAdmin", 1), actor("DeployKey", null), actor("Robot", null)],
      [
        "Flowgate may not bypass it",
        "the App 8 may bypass it",
        "owners of the organisation may bypass it",
        "who has a deploy key may bypass it",
        "Robot may bypass it",
      ],
    ],
    [
      "a role of theirs to it, and one that GitHub has not",
      [actor("Integration", APP), actor("RepositoryRole", 99), actor("RepositoryRole", null)],
      ["RepositoryRole 99 may bypass it", "RepositoryRole may bypass it"],
    ],
  ])("who took %s is told", (_what, bypassActors, words) => {
    if (merges === undefined) throw new Error("there is none for merges");
    expect(drift(merges, liveRuleset(merges, { bypassActors }))).toEqual(words);
  });

  it.each([
    ["flowgate: staging", "staging", "branch"],
    ["flowgate: staging merges", "staging", "branch"],
    ["flowgate: release/1.2", "release/1.2", "branch"],
    ["flowgate: tags", "every", "tag"],
    ["flowgate: tags are final", "every", "tag"],
    ["flowgate: staging melts", null, "branch"],
    ["protect main", null, "branch"],
  ])("“%s” tells by its title whose it is", (title, stage, target) => {
    expect(stageOf(title)).toBe(stage);
    expect(targetOf(title)).toBe(target);
  });
});
