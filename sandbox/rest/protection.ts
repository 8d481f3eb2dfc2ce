import type { Protection } from "../model.ts";
import { repositoryUrl } from "../present/repositories.ts";
import { branchAt } from "../refs.ts";
import { requireRole } from "../rights.ts";
import { type Answer, type Body, type Call, noContent, ok, type Route, refusal, route } from "./call.ts";
import { read } from "./input.ts";

const path = "/repos/{owner}/{repo}/branches/{branch}/protection";

const own = (call: Call): Protection | undefined =>
  call.github.find.protection(call.repository.id, call.params["branch"] ?? "");

/** The required checks of a protection, as GitHub shows them with a branch and in the protection itself. */
export function presentRequiredChecks(protection: Protection | undefined) {
  return {
    contexts: protection?.checks.map(({ context }) => context) ?? [],
    checks: protection?.checks.map(({ context, appId }) => ({ context, app_id: appId })) ?? [],
  };
}

function present(call: Call, protection: Protection) {
  const url = `${repositoryUrl(call.github, call.repository)}/branches/${encodeURIComponent(protection.branch)}/protection`;
  const checks = `${url}/required_status_checks`;
  return {
    url,
    required_status_checks: {
      url: checks,
      strict: protection.strict,
      ...presentRequiredChecks(protection),
      contexts_url: `${checks}/contexts`,
    },
    enforce_admins: { url: `${url}/enforce_admins`, enabled: protection.enforceAdmins },
    required_linear_history: { enabled: false },
    allow_force_pushes: { enabled: false },
    allow_deletions: { enabled: false },
  };
}

/** The checks of a request, by App where it names one: -1 and null take them from any. */
function checksOf(asked: Body): Protection["checks"] {
  const checks = Array.isArray(asked["checks"]) ? (asked["checks"] as { context?: unknown; app_id?: unknown }[]) : [];
  const contexts = Array.isArray(asked["contexts"]) ? (asked["contexts"] as unknown[]) : [];
  return checks.length > 0
    ? checks.map(({ context, app_id }) => ({
        context: String(context),
        appId: typeof app_id === "number" && app_id > 0 ? app_id : null,
      }))
    : contexts.map((context) => ({ context: String(context), appId: null }));
}

/** Of all that a classic protection may ask for, this GitHub knows the checks. */
function put(call: Call): Answer {
  const { github, by, repository } = call;
  const allowed = requireRole(github, by, repository, "admin");
  if (!allowed.done) return refusal(allowed.refusal);
  const input = read(call.body, { required_status_checks: "object|null?", enforce_admins: "boolean|null?" });
  if (!input.done) return refusal(input.refusal);
  const branch = call.params["branch"] ?? "";
  if (!branchAt(github, repository.id, branch)) return refusal({ status: 404, message: "Branch not found" });
  const asked = input.value.required_status_checks ?? {};
  return ok(
    present(
      call,
      github.state.protections.put({
        id: own(call)?.id ?? github.state.nextId(),
        repositoryId: repository.id,
        branch,
        strict: asked["strict"] === true,
        checks: checksOf(asked),
        enforceAdmins: input.value.enforce_admins ?? false,
      }),
    ),
  );
}

const unprotected = refusal({ status: 404, message: "Branch not protected" });

/** https://docs.github.com/rest/branches/branch-protection */
export const protectionRoutes: readonly Route[] = [
  route(`GET ${path}`, { administration: "read" }, (call) => {
    const protection = own(call);
    return protection ? ok(present(call, protection)) : unprotected;
  }),
  route(`PUT ${path}`, { administration: "write" }, put),
  route(`DELETE ${path}`, { administration: "write" }, (call) => {
    const allowed = requireRole(call.github, call.by, call.repository, "admin");
    if (!allowed.done) return refusal(allowed.refusal);
    const protection = own(call);
    if (!protection) return unprotected;
    call.github.state.protections.remove(protection.id);
    return noContent;
  }),
];
