import { randomBytes } from "node:crypto";
import { timeOf } from "../github.ts";
import { suspend, uninstall } from "../installing.ts";
import type { Access, Installation, Permissions, Repository } from "../model.ts";
import { presentApp, presentDelivery, presentFullDelivery, presentInstallation } from "../present/apps.ts";
import { presentRepository } from "../present/repositories.ts";
import { covers, grantedRole } from "../rights.ts";
import {
  type Answer,
  appRoute,
  type Call,
  created,
  installationRoute,
  listed,
  metadata,
  missing,
  noContent,
  numberOf,
  ok,
  type Route,
  refusal,
  route,
  userRoute,
} from "./call.ts";
import { read } from "./input.ts";

const tokenLife = 3_600_000;
const strength: readonly Access[] = ["read", "write", "admin"];

function ownInstallation(call: Call): Installation | undefined {
  const installation = call.github.state.installations.get(numberOf(call, "installation_id"));
  return installation?.appId === call.app.id ? installation : undefined;
}

function repositoriesOf(call: Call, installation: Installation): readonly Repository[] {
  const all = call.github.find.repositoriesOf(installation.accountId);
  if (installation.repositorySelection === "all") return all;
  return all.filter((one) => installation.repositoryIds.includes(one.id));
}

/** What the person was let into: that anybody may read a public repository does not count. */
const grantedIn = (call: Call, installation: Installation): readonly Repository[] =>
  repositoriesOf(call, installation).filter((one) => grantedRole(call.github, call.by.account.id, one) !== "none");

const notByApp: Answer = refusal({
  status: 403,
  message: "You must authenticate with an access token authorized to a GitHub App in order to list installations",
});

function narrowed(call: Call, installation: Installation, wanted: Permissions): Permissions | string {
  for (const [name, access] of Object.entries(wanted)) {
    const has = installation.permissions[name];
    if (has === undefined || strength.indexOf(access) > strength.indexOf(has)) {
      return `The permissions requested are not granted to this installation.`;
    }
  }
  return call.body["permissions"] === undefined ? installation.permissions : { metadata: "read", ...wanted };
}

function createToken(call: Call): Answer {
  const installation = ownInstallation(call);
  if (!installation) return missing;
  if (installation.suspendedAt !== null)
    return refusal({ status: 403, message: "This installation has been suspended" });
  const input = read(call.body, { repositories: "strings?", repository_ids: "integers?", permissions: "object?" });
  if (!input.done) return refusal(input.refusal);
  const { repositories, repository_ids: ids, permissions = {} } = input.value;
  const all = repositoriesOf(call, installation);
  const chosen =
    repositories || ids ? all.filter((one) => repositories?.includes(one.name) || ids?.includes(one.id)) : null;
  const asked = (repositories?.length ?? 0) + (ids?.length ?? 0);
  if (chosen && chosen.length < asked) {
    const message =
      "There is at least one repository that does not exist or is not accessible to the parent installation.";
    return refusal({ status: 422, message });
  }
  const granted = narrowed(call, installation, permissions as Permissions);
  if (typeof granted === "string") return refusal({ status: 422, message: granted });
  const { github } = call;
  const expiresAt = timeOf(new Date(github.clock.now().getTime() + tokenLife));
  const token = github.state.tokens.put({
    id: github.state.nextId(),
    token: `ghs_${call.app.id}_${randomBytes(40).toString("base64url")}.${randomBytes(40).toString("base64url")}`,
    userId: null,
    installationId: installation.id,
    repositoryIds: chosen?.map((one) => one.id) ?? null,
    permissions: granted,
    expiresAt,
  });
  dropOldTokens(call, installation.id);
  return created({
    token: token.token,
    expires_at: expiresAt,
    permissions: granted,
    repository_selection: chosen ? "selected" : installation.repositorySelection,
    ...(chosen ? { repositories: chosen.map((one) => presentRepository(github, one)) } : {}),
  });
}

function dropOldTokens(call: Call, installationId: number): void {
  const { github } = call;
  if (!github.limits.tokensExpire) return;
  for (const token of github.state.tokens.all()) {
    const old = token.expiresAt !== null && token.expiresAt <= github.time();
    if (old && token.installationId === installationId) github.state.tokens.remove(token.id);
  }
}

function deliveries(call: Call): Answer {
  const { github, app, query } = call;
  const size = Math.min(100, Math.max(1, Number(query.get("per_page")) || 30));
  const cursor = Number(query.get("cursor")?.replace(/^v1_/, "") ?? Number.POSITIVE_INFINITY);
  const status = query.get("status");
  const fits = (code: number) =>
    status === null || (status === "success" ? code >= 200 && code < 400 : code >= 400 && code < 600);
  const all = [...github.find.deliveriesOf(app.id)].reverse().filter((one) => one.id < cursor && fits(one.statusCode));
  const page = all.slice(0, size);
  const body = page.map(presentDelivery);
  const last = page.at(-1);
  if (!last || all.length <= size) return ok(body);
  const next = new URLSearchParams(query);
  next.set("cursor", `v1_${last.id}`);
  return { status: 200, body, headers: { link: `<${call.address}?${next}>; rel="next"` } };
}

function deliveryOf(call: Call) {
  const delivery = call.github.state.deliveries.get(numberOf(call, "delivery_id"));
  return delivery?.appId === call.app.id ? delivery : undefined;
}

function accountInstallation(call: Call, accountId: number | undefined): Answer {
  const own = call.github.find.installationsOf(accountId ?? -1).find((one) => one.appId === call.app.id);
  return own ? ok(presentInstallation(call.github, own)) : missing;
}

export const appRoutes: readonly Route[] = [
  appRoute("GET /app", ({ github, app }) =>
    ok({
      ...presentApp(github, app),
      installations_count: github.find.installationsOfApp(app.id).length,
    }),
  ),
  appRoute("GET /app/installations", (call) =>
    listed(call, call.github.find.installationsOfApp(call.app.id), (one) => presentInstallation(call.github, one)),
  ),
  appRoute("GET /app/installations/{installation_id}", (call) => {
    const installation = ownInstallation(call);
    return installation ? ok(presentInstallation(call.github, installation)) : missing;
  }),
  appRoute("DELETE /app/installations/{installation_id}", (call) => {
    const installation = ownInstallation(call);
    if (!installation) return missing;
    uninstall(call.github, installation.id);
    return noContent;
  }),
  appRoute("POST /app/installations/{installation_id}/access_tokens", createToken),
  appRoute("PUT /app/installations/{installation_id}/suspended", (call) => {
    const installation = ownInstallation(call);
    if (!installation) return missing;
    suspend(call.github, installation.id, true);
    return noContent;
  }),
  appRoute("DELETE /app/installations/{installation_id}/suspended", (call) => {
    const installation = ownInstallation(call);
    if (!installation) return missing;
    suspend(call.github, installation.id, false);
    return noContent;
  }),
  appRoute("GET /app/hook/config", ({ app }) =>
    ok({ content_type: "json", insecure_ssl: "0", secret: "********", url: app.webhookUrl ?? "" }),
  ),
  appRoute("GET /app/hook/deliveries", deliveries),
  appRoute("GET /app/hook/deliveries/{delivery_id}", (call) => {
    const delivery = deliveryOf(call);
    return delivery ? ok(presentFullDelivery(delivery)) : missing;
  }),
  appRoute("POST /app/hook/deliveries/{delivery_id}/attempts", (call) => {
    const delivery = deliveryOf(call);
    if (!delivery) return missing;
    call.github.hooks.redeliver(delivery);
    return { status: 202, body: {} };
  }),
  appRoute("GET /repos/{owner}/{repo}/installation", (call) => {
    const found = call.github.repository(`${call.params["owner"]}/${call.params["repo"]}`);
    const own = call.github.find.installationsOf(found?.ownerId ?? -1).find((one) => one.appId === call.app.id);
    if (!found || !own || !repositoriesOf(call, own).some((one) => one.id === found.id)) return missing;
    return ok(presentInstallation(call.github, own));
  }),
  appRoute("GET /orgs/{org}/installation", (call) =>
    accountInstallation(call, call.github.account(call.params["org"] ?? "")?.id),
  ),
  appRoute("GET /users/{username}/installation", (call) =>
    accountInstallation(call, call.github.account(call.params["username"] ?? "")?.id),
  ),
  route("GET /apps/{app_slug}", metadata, ({ github, params }) => {
    const app = github.state.apps.all().find((one) => one.slug === params["app_slug"]);
    return app ? ok(presentApp(github, app)) : missing;
  }),
  installationRoute("GET /installation/repositories", (call) => {
    const { github, by } = call;
    const owned = github.find.repositoriesOf(by.installation?.accountId ?? -1).filter((one) => covers(github, by, one));
    const selection = by.installation?.repositorySelection ?? "selected";
    return listed(
      call,
      owned,
      (one) => presentRepository(github, one),
      (repositories) => ({
        total_count: owned.length,
        repository_selection: selection,
        repositories,
      }),
    );
  }),
  userRoute("GET /user/installations", (call) => {
    const { github, by } = call;
    if (!by.via) return notByApp;
    const seen = github.find.installationsOfApp(by.via.id).filter((one) => grantedIn(call, one).length > 0);
    return listed(
      call,
      seen,
      (one) => presentInstallation(github, one),
      (installations) => ({
        total_count: seen.length,
        installations,
      }),
    );
  }),
  userRoute("GET /user/installations/{installation_id}/repositories", (call) => {
    const { github, by } = call;
    if (!by.via) return notByApp;
    const installation = github.state.installations.get(numberOf(call, "installation_id"));
    if (installation?.appId !== by.via.id || installation.suspendedAt !== null) return missing;
    const seen = grantedIn(call, installation);
    if (seen.length === 0) return missing;
    return listed(
      call,
      seen,
      (one) => presentRepository(github, one, by),
      (repositories) => ({
        total_count: seen.length,
        repository_selection: installation.repositorySelection,
        repositories,
      }),
    );
  }),
];
