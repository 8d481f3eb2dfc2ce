import { latestRuns, latestStatuses } from "./checks.ts";
import type { Github } from "./github.ts";
import type { Rule, Sha } from "./model.ts";

/** A check that must pass; `integration_id` null takes it from any App. */
export type RequiredCheck = { readonly context: string; readonly integration_id: number | null };

/** The checks that required_status_checks rules name together. */
export function requiredChecks(rules: readonly Rule[]): readonly RequiredCheck[] {
  const named = rules
    .filter((rule) => rule.type === "required_status_checks")
    .flatMap((rule) => (rule.parameters?.["required_status_checks"] ?? []) as readonly Partial<RequiredCheck>[])
    .map(({ context = "", integration_id = null }) => ({ context, integration_id }));
  return named.filter(
    (check, at) =>
      named.findIndex((one) => one.context === check.context && one.integration_id === check.integration_id) === at,
  );
}

type Standing = "passed" | "expected" | "failing" | "in progress" | "not from the expected App";
const passing = new Set(["success", "neutral", "skipped"]);

function standingOf(github: Github, repositoryId: number, sha: Sha, check: RequiredCheck): Standing {
  const runs = latestRuns(github, repositoryId, sha).filter((run) => run.name === check.context);
  const statuses = latestStatuses(github, repositoryId, sha).filter(
    (status) => status.context.toLowerCase() === check.context.toLowerCase(),
  );
  const expected = check.integration_id;
  const ours = runs.filter((run) => expected === null || run.appId === expected);
  const set = statuses.filter((status) => expected === null || status.viaAppId === expected);
  if (ours.length + set.length === 0) {
    return runs.length + statuses.length > 0 ? "not from the expected App" : "expected";
  }
  const results = [...ours.map((run) => run.conclusion ?? "pending"), ...set.map((status) => status.state)];
  if (results.every((result) => passing.has(result))) return "passed";
  return results.some((result) => result !== "pending" && !passing.has(result)) ? "failing" : "in progress";
}

function sentence(context: string, standing: Standing): string {
  if (standing === "not from the expected App") {
    return `Required status check "${context}" was not set by the expected GitHub App.`;
  }
  return `Required status check "${context}" is ${standing}.`;
}

/** Why required checks hold a commit back, in GitHub's words; empty when all pass. A newer run replaces an older one. */
export function statusViolations(
  github: Github,
  repositoryId: number,
  sha: Sha,
  checks: readonly RequiredCheck[],
): readonly string[] {
  const open = checks
    .map((check) => ({ check, standing: standingOf(github, repositoryId, sha, check) }))
    .filter(({ standing }) => standing !== "passed");
  const [only] = open;
  if (!only) return [];
  if (open.length === 1) return [sentence(only.check.context, only.standing)];
  if (open.every(({ standing }) => standing === "expected")) {
    return [`${open.length} of ${checks.length} required status checks are expected.`];
  }
  const counts = [...new Set(open.map(({ standing }) => standing))]
    .map((standing) => `${open.filter((one) => one.standing === standing).length} ${standing}`)
    .join(", ");
  return [`${open.length} of ${checks.length} required status checks have not succeeded: ${counts}.`];
}
