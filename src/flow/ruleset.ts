import type { Branch } from "./names.ts";

/** A rule as GitHub's REST API takes it, of the types that Flowgate writes. */
export type Rule =
  | { readonly type: "deletion" | "non_fast_forward" }
  | {
      readonly type: "pull_request";
      readonly parameters: {
        readonly required_approving_review_count: number;
        readonly dismiss_stale_reviews_on_push: boolean;
        readonly require_code_owner_review: boolean;
        readonly require_last_push_approval: boolean;
        readonly required_review_thread_resolution: boolean;
        readonly allowed_merge_methods: readonly ("merge" | "squash" | "rebase")[];
      };
    }
  | {
      readonly type: "required_status_checks";
      readonly parameters: {
        readonly required_status_checks: readonly { readonly context: string; readonly integration_id: number }[];
        readonly strict_required_status_checks_policy: boolean;
        readonly do_not_enforce_on_create: boolean;
      };
    };

/** A repository ruleset as we write it: PUT replaces all of it. */
export type RulesetContent = {
  readonly name: string;
  readonly target: "branch";
  readonly enforcement: "active";
  readonly bypass_actors: readonly [];
  readonly conditions: {
    readonly ref_name: { readonly include: readonly string[]; readonly exclude: readonly string[] };
  };
  readonly rules: readonly Rule[];
};

/** A ruleset as GitHub tells it. */
export type LiveRuleset = {
  readonly id: number;
  readonly name: string;
  readonly target: string;
  readonly enforcement: string;
  /** Null: GitHub does not show it to us. */
  readonly bypassActors: number | null;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly rules: readonly { readonly type: string; readonly parameters: { readonly [key: string]: unknown } }[];
};

export const checkName = (base: Branch): string => `flowgate: ${base}`;
export const rulesetTitle = (stage: Branch): string => `flowgate: ${stage}`;

/**
 * The ruleset that makes GitHub refuse what Flowgate refuses on a stage: only pull requests, with our check from
 * our App; past the first stage by merge commit only, since a squash would cut the ancestry that promotions rest
 * on; no force-push, no deletion, and nobody bypasses.
 *
 * @param app the App's id: a check of the same name by anybody else does not count.
 */
export function wantedRuleset(stage: Branch, first: boolean, app: number): RulesetContent {
  return {
    name: rulesetTitle(stage),
    target: "branch",
    enforcement: "active",
    bypass_actors: [],
    conditions: { ref_name: { include: [`refs/heads/${stage}`], exclude: [] } },
    rules: [
      { type: "deletion" },
      { type: "non_fast_forward" },
      {
        type: "pull_request",
        parameters: {
          required_approving_review_count: 0,
          dismiss_stale_reviews_on_push: false,
          require_code_owner_review: false,
          require_last_push_approval: false,
          required_review_thread_resolution: false,
          allowed_merge_methods: first ? ["merge", "squash", "rebase"] : ["merge"],
        },
      },
      {
        type: "required_status_checks",
        parameters: {
          required_status_checks: [{ context: checkName(stage), integration_id: app }],
          strict_required_status_checks_policy: false,
          do_not_enforce_on_create: true,
        },
      },
    ],
  };
}

/**
 * What somebody changed in a ruleset of ours, in words, in a fixed order; empty where it is as we want it.
 * Parameters that we do not set are GitHub's to default.
 */
export function drift(wanted: RulesetContent, live: LiveRuleset): readonly string[] {
  const found: string[] = [];
  if (live.target !== wanted.target) found.push(`its target is ${live.target}`);
  if (live.enforcement !== wanted.enforcement) found.push(`its enforcement is ${live.enforcement}`);
  if (live.bypassActors !== null && live.bypassActors > 0) found.push(`${live.bypassActors} may bypass it`);
  const { include, exclude } = wanted.conditions.ref_name;
  if (!same(live.include, include) || !same(live.exclude, exclude)) {
    found.push(`it covers ${[...live.include, ...live.exclude.map((ref) => `not ${ref}`)].join(", ") || "no branch"}`);
  }
  for (const rule of wanted.rules) {
    const there = live.rules.find(({ type }) => type === rule.type);
    if (there === undefined) found.push(`the rule ${rule.type} is gone`);
    else if ("parameters" in rule && !within(rule.parameters, there.parameters))
      found.push(`the rule ${rule.type} was changed`);
  }
  for (const { type } of live.rules) {
    if (!wanted.rules.some((rule) => rule.type === type)) found.push(`a rule ${type} was added`);
  }
  return found;
}

/** Whether the only thing that differs is that somebody switched it off: an admin's decision, not a mistake. */
export const onlyDisabled = (wanted: RulesetContent, live: LiveRuleset): boolean =>
  live.enforcement === "disabled" && drift(wanted, { ...live, enforcement: wanted.enforcement }).length === 0;

/** Whether everything that `wanted` sets is set so in `live`, which may have more keys; lists agree in any order. */
function within(wanted: unknown, live: unknown): boolean {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(live) || live.length !== wanted.length) return false;
    return wanted.every((item) => live.some((other) => within(item, other)));
  }
  if (wanted === null || typeof wanted !== "object") return wanted === live;
  if (live === null || typeof live !== "object") return false;
  return Object.entries(wanted).every(([key, value]) => within(value, (live as Record<string, unknown>)[key]));
}

const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((ref) => b.includes(ref));
