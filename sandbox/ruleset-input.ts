import type { BypassActor, Rule } from "./model.ts";

/** A ruleset as it is sent, in GitHub's words. */
export type RulesetInput = {
  readonly name: string;
  readonly target?: "branch" | "tag" | "push" | undefined;
  readonly enforcement: "disabled" | "active" | "evaluate";
  readonly bypass_actors?: readonly BypassActor[] | undefined;
  readonly conditions?:
    | {
        readonly ref_name?:
          | { readonly include?: readonly string[] | undefined; readonly exclude?: readonly string[] | undefined }
          | undefined;
      }
    | undefined;
  readonly rules?: readonly Rule[] | undefined;
};

const plainRules = [
  "creation",
  "deletion",
  "non_fast_forward",
  "required_linear_history",
  "required_signatures",
  "update",
];

type Check = (parameters: Readonly<Record<string, unknown>>) => boolean;
const isFlag = (value: unknown) => typeof value === "boolean";

/** Rules with parameters, and what those must be. */
const shapedRules: Readonly<Record<string, Check>> = {
  required_status_checks: (given) =>
    isFlag(given["strict_required_status_checks_policy"]) &&
    Array.isArray(given["required_status_checks"]) &&
    given["required_status_checks"].every((check: unknown) => {
      if (typeof check !== "object" || check === null) return false;
      const { context, integration_id: app } = check as { context?: unknown; integration_id?: unknown };
      return (
        typeof context === "string" && context !== "" && (app === undefined || app === null || Number.isInteger(app))
      );
    }),
  pull_request: (given) => {
    const count = given["required_approving_review_count"];
    const methods = given["allowed_merge_methods"];
    const known = ["merge", "squash", "rebase"];
    return (
      isFlag(given["dismiss_stale_reviews_on_push"]) &&
      isFlag(given["require_code_owner_review"]) &&
      isFlag(given["require_last_push_approval"]) &&
      isFlag(given["required_review_thread_resolution"]) &&
      Number.isInteger(count) &&
      Number(count) >= 0 &&
      Number(count) <= 10 &&
      (methods === undefined ||
        (Array.isArray(methods) && methods.length > 0 && methods.every((one) => known.includes(String(one)))))
    );
  },
  merge_queue: (given) =>
    ["MERGE", "SQUASH", "REBASE"].includes(String(given["merge_method"])) &&
    ["ALLGREEN", "HEADGREEN"].includes(String(given["grouping_strategy"])) &&
    [
      "check_response_timeout_minutes",
      "max_entries_to_build",
      "max_entries_to_merge",
      "min_entries_to_merge",
      "min_entries_to_merge_wait_minutes",
    ].every((name) => Number.isInteger(given[name])),
};

function ruleRefusal(rule: Rule): string | null {
  if (plainRules.includes(rule.type)) return null;
  const fits = shapedRules[rule.type];
  if (!fits) return `Invalid rule '${rule.type}': `;
  return fits(rule.parameters ?? {}) ? null : `Invalid parameters for rule '${rule.type}'`;
}

const modes = ["always", "pull_request", "exempt"];
const actorTypes = ["Integration", "OrganizationAdmin", "RepositoryRole", "Team", "DeployKey", "User"];

/** What GitHub would not take about a ruleset; null when it takes it. */
export function rulesetRefusal(input: RulesetInput): string | null {
  if (typeof input.name !== "string" || input.name.trim() === "") return "Name can't be blank";
  if (!["disabled", "active", "evaluate"].includes(input.enforcement)) return "Enforcement is not included in the list";
  if (input.target !== undefined && !["branch", "tag", "push"].includes(input.target))
    return "Target is not included in the list";
  for (const rule of input.rules ?? []) {
    const wrong = ruleRefusal(rule);
    if (wrong) return wrong;
  }
  const doubled = (input.rules ?? []).find((rule, at, all) => all.findIndex((one) => one.type === rule.type) !== at);
  if (doubled) return `Duplicate rule '${doubled.type}'`;
  for (const actor of input.bypass_actors ?? []) {
    if (!actorTypes.includes(actor.actor_type) || !modes.includes(actor.bypass_mode)) return "Invalid bypass actor";
  }
  if (input.target === "tag" && input.bypass_actors?.some((actor) => actor.bypass_mode === "pull_request"))
    return "Bypass mode 'pull_request' is only applicable to branch rulesets";
  return patternRefusal(input);
}

function patternRefusal(input: RulesetInput): string | null {
  const prefix = input.target === "tag" ? "refs/tags/" : "refs/heads/";
  const patterns = [...(input.conditions?.ref_name?.include ?? []), ...(input.conditions?.ref_name?.exclude ?? [])];
  const wrong = patterns.find((one) => one !== "~ALL" && one !== "~DEFAULT_BRANCH" && !one.startsWith(prefix));
  return wrong === undefined ? null : `Invalid target patterns: '${wrong}'`;
}
