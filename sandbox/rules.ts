import type { Actor } from "./actor.ts";
import { fnmatch } from "./fnmatch.ts";
import { commitsBetween, isAncestor } from "./git/history.ts";
import type { Github } from "./github.ts";
import { immutableViolation } from "./immutable-tags.ts";
import type { BypassActor, MergeMethod, Pull, Repository, Role, Rule, Ruleset } from "./model.ts";
import { branchAt, type RefChange } from "./refs.ts";
import { reviewViolations } from "./review-rules.ts";
import { atLeast, inTeam, isOwner, roleOf } from "./rights.ts";
import { requiredChecks, statusViolations } from "./status-rules.ts";

/** A rule of an active ruleset that applies to a ref. */
export type AppliedRule = { readonly ruleset: Ruleset; readonly rule: Rule };

/** Whether a ruleset's conditions name this full ref, whatever its enforcement. */
export function targets(ruleset: Ruleset, ref: string, defaultBranch: string): boolean {
  const prefix = ruleset.target === "tag" ? "refs/tags/" : "refs/heads/";
  if (ruleset.target === "push" || !ref.startsWith(prefix)) return false;
  const fits = (pattern: string) => {
    if (pattern === "~ALL") return true;
    if (pattern === "~DEFAULT_BRANCH") return ref === `refs/heads/${defaultBranch}`;
    return fnmatch(pattern.startsWith("refs/") ? pattern : prefix + pattern, ref);
  };
  return ruleset.include.some(fits) && !ruleset.exclude.some(fits);
}

/** All active rules for a full ref, ruleset by ruleset. The ref need not exist. */
export function rulesFor(github: Github, repository: Repository, ref: string): readonly AppliedRule[] {
  return github.find
    .rulesetsOf(repository.id)
    .filter((ruleset) => ruleset.enforcement === "active" && targets(ruleset, ref, repository.defaultBranch))
    .flatMap((ruleset) => ruleset.rules.map((rule) => ({ ruleset, rule })));
}

const roleIds: Readonly<Record<number, Role>> = { 1: "read", 2: "maintain", 3: "triage", 4: "write", 5: "admin" };

function isActor(github: Github, by: Actor, repository: Repository, actor: BypassActor): boolean {
  const id = by.account.id;
  if (actor.actor_type === "Integration") return by.installation?.appId === actor.actor_id;
  if (by.installation) return false;
  switch (actor.actor_type) {
    case "OrganizationAdmin":
      return isOwner(github, id, repository.ownerId);
    case "RepositoryRole": {
      const role = roleIds[actor.actor_id ?? 0];
      return role !== undefined && atLeast(roleOf(github, id, repository), role);
    }
    case "Team":
      return inTeam(github, id, actor.actor_id ?? 0);
    case "User":
      return actor.actor_id === id;
    default:
      return false;
  }
}

/** How `by` may pass a ruleset: always, only by merging a pull request, or never. */
export function bypassOf(
  github: Github,
  by: Actor,
  repository: Repository,
  ruleset: Ruleset,
): "always" | "pull_requests_only" | "exempt" | "never" {
  const modes = ruleset.bypassActors
    .filter((actor) => isActor(github, by, repository, actor))
    .map((actor) => actor.bypass_mode);
  if (modes.includes("exempt")) return "exempt";
  if (modes.includes("always")) return "always";
  return modes.length > 0 ? "pull_requests_only" : "never";
}

/**
 * What a classic protection of the branch asks for, in the words of rules. An admin passes it unless it says otherwise.
 * https://docs.github.com/rest/branches/branch-protection
 */
function classicRules(github: Github, by: Actor | null, repository: Repository, ref: string): readonly Rule[] {
  const protection = github.find.protection(repository.id, ref.replace(/^refs\/heads\//, ""));
  if (!protection || !ref.startsWith("refs/heads/")) return [];
  const admin = by !== null && !by.installation && roleOf(github, by.account.id, repository) === "admin";
  if (admin && !protection.enforceAdmins) return [];
  const checks = protection.checks.map(({ context, appId }) => ({ context, integration_id: appId }));
  const parameters = { required_status_checks: checks, strict_required_status_checks_policy: protection.strict };
  return [{ type: "deletion" }, { type: "non_fast_forward" }, { type: "required_status_checks", parameters }];
}

/** Rules of rulesets that hold `by` back on a ref; all of them where `by` is null. */
function rulesetRules(
  github: Github,
  by: Actor | null,
  repository: Repository,
  ref: string,
  merging: boolean,
): readonly Rule[] {
  return rulesFor(github, repository, ref)
    .filter(({ ruleset }) => {
      const bypass = by === null ? "never" : bypassOf(github, by, repository, ruleset);
      return bypass === "never" || (bypass === "pull_requests_only" && !merging);
    })
    .map(({ rule }) => rule);
}

/** The same, and those of a classic protection. */
function bindingRules(
  github: Github,
  by: Actor | null,
  repository: Repository,
  ref: string,
  merging: boolean,
): readonly Rule[] {
  return [...rulesetRules(github, by, repository, ref, merging), ...classicRules(github, by, repository, ref)];
}

/** GitHub's words for what rulesets refuse. */
export function violationWords(violations: readonly string[]): string {
  return `Repository rule violations found\n\n${violations.map((one) => `${one}\n\n`).join("")}`;
}

const notAllowed: Readonly<Record<MergeMethod, string>> = {
  merge: "Merge commits are not allowed on this repository.",
  squash: "Squash merges are not allowed on this repository.",
  rebase: "Rebase merges are not allowed on this repository.",
};

/** Why a rule refuses this way of merging, whatever else is met. */
function methodViolations({ type, parameters }: Rule, method: MergeMethod): readonly string[] {
  if (type === "required_linear_history" && method === "merge") return ["This branch must not contain merge commits."];
  const allowed = type === "pull_request" ? parameters?.["allowed_merge_methods"] : undefined;
  return Array.isArray(allowed) && !allowed.includes(method) ? [notAllowed[method]] : [];
}

/** Why the rules of a branch refuse this way of merging to everybody who bypasses none; null when they do not. */
export function methodRefusal(
  github: Github,
  repository: Repository,
  branch: string,
  method: MergeMethod,
): string | null {
  const rules = rulesFor(github, repository, `refs/heads/${branch}`);
  return rules.flatMap(({ rule }) => methodViolations(rule, method))[0] ?? null;
}

/** Why these rules refuse a merge, in GitHub's words; empty when they do not. */
async function violationsOf(
  github: Github,
  repository: Repository,
  pull: Pull,
  method: MergeMethod,
  rules: readonly Rule[],
): Promise<readonly string[]> {
  const violations: string[] = [];
  for (const rule of rules) {
    if (rule.type === "update") violations.push("Cannot update this protected ref.");
    if (rule.type === "merge_queue") violations.push("Changes must be made through the merge queue");
    violations.push(...methodViolations(rule, method));
    if (rule.type === "pull_request") violations.push(...reviewViolations(github, repository, pull, rule));
    if (rule.type === "required_status_checks" && rule.parameters?.["strict_required_status_checks_policy"] === true) {
      const base = branchAt(github, repository.id, pull.base.ref) ?? "";
      if (!(await isAncestor(github.git, repository.id, base, pull.head.sha))) {
        violations.push("Required status checks must pass on a head branch that is up to date with its base.");
      }
    }
  }
  violations.push(...statusViolations(github, repository.id, pull.head.sha, requiredChecks(rules)));
  return [...new Set(violations)];
}

/** Why rules refuse this merge, in GitHub's words; empty when they do not. `by` null: to somebody who bypasses none. */
export async function mergeViolations(
  github: Github,
  by: Actor | null,
  repository: Repository,
  pull: Pull,
  method: MergeMethod,
): Promise<readonly string[]> {
  const rules = bindingRules(github, by, repository, `refs/heads/${pull.base.ref}`, true);
  return violationsOf(github, repository, pull, method, rules);
}

/** The same as the one text GitHub answers with: what rulesets refuse is a list, a classic protection names one thing. */
export async function mergeRefusal(
  github: Github,
  by: Actor | null,
  repository: Repository,
  pull: Pull,
  method: MergeMethod,
): Promise<string | null> {
  const violations = await mergeViolations(github, by, repository, pull, method);
  const [first] = violations;
  if (first === undefined) return null;
  const rules = rulesetRules(github, by, repository, `refs/heads/${pull.base.ref}`, true);
  const byRulesets = await violationsOf(github, repository, pull, method, rules);
  return byRulesets.length > 0 ? violationWords(violations) : first;
}

/** Why rules refuse to move this ref directly (a push, the API, the web editor); empty when they do not. */
export async function pushViolations(
  github: Github,
  by: Actor,
  repository: Repository,
  change: RefChange,
): Promise<readonly string[]> {
  const { ref, before, after } = change;
  const immutable = immutableViolation(github, repository, change);
  if (immutable !== null) return [immutable];
  const rules = bindingRules(github, by, repository, ref, false);
  if (rules.length === 0) return [];
  const has = (type: string) => rules.some((rule) => rule.type === type);
  if (after === null)
    return has("deletion") ? [`Cannot delete this ${ref.startsWith("refs/tags/") ? "tag" : "branch"}`] : [];
  if (before === null) {
    if (has("creation")) return ["Cannot create ref due to creations being restricted."];
    const enforced = rules.filter((rule) => rule.parameters?.["do_not_enforce_on_create"] !== true);
    return statusViolations(github, repository.id, after, requiredChecks(enforced));
  }
  const violations: string[] = [];
  if (has("update")) violations.push("Cannot update this protected ref.");
  if (has("non_fast_forward") && !(await isAncestor(github.git, repository.id, before, after))) {
    violations.push("Cannot force-push to this branch");
  }
  if (has("merge_queue")) violations.push("Changes must be made through the merge queue");
  if (has("pull_request")) violations.push("Changes must be made through a pull request.");
  if (has("required_linear_history") && (await bringsMerges(github, repository, before, after))) {
    violations.push("This branch must not contain merge commits.");
  }
  return [...violations, ...statusViolations(github, repository.id, after, requiredChecks(rules))];
}

async function bringsMerges(github: Github, repository: Repository, before: string, after: string): Promise<boolean> {
  for (const sha of await commitsBetween(github.git, repository.id, before, after)) {
    const commit = await github.git.commit(repository.id, sha);
    if (commit && commit.parents.length > 1) return true;
  }
  return false;
}
