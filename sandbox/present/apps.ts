import type { Github } from "../github.ts";
import type { App, Delivery, Installation } from "../model.ts";
import { apiOf, nodeId, presentAccountOf } from "./accounts.ts";

/** An App as it stands in checks, in comments and in `GET /app`. */
export function presentApp(github: Github, app: App) {
  return {
    id: app.id,
    slug: app.slug,
    node_id: nodeId("A", app.id),
    client_id: app.clientId,
    owner: presentAccountOf(github, app.ownerId),
    name: app.name,
    description: null,
    external_url: github.url,
    html_url: `${github.url}/apps/${app.slug}`,
    created_at: app.createdAt,
    updated_at: app.createdAt,
    permissions: app.permissions,
    events: app.events,
  };
}

/** An installation of an App on an account. */
export function presentInstallation(github: Github, installation: Installation) {
  const api = `${apiOf(github)}/app/installations/${installation.id}`;
  const app = github.state.apps.get(installation.appId);
  const account = presentAccountOf(github, installation.accountId);
  const owner = github.state.accounts.get(installation.accountId);
  return {
    id: installation.id,
    client_id: app?.clientId ?? "",
    account,
    repository_selection: installation.repositorySelection,
    access_tokens_url: `${api}/access_tokens`,
    repositories_url: `${apiOf(github)}/installation/repositories`,
    html_url: `${github.url}/organizations/${account.login}/settings/installations/${installation.id}`,
    app_id: installation.appId,
    app_slug: app?.slug ?? "",
    target_id: installation.accountId,
    target_type: owner?.type ?? "Organization",
    permissions: installation.permissions,
    events: installation.events,
    created_at: installation.createdAt,
    updated_at: installation.updatedAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: installation.suspendedAt,
  };
}

/** An attempt of the delivery log, as it stands in the list. */
export function presentDelivery(delivery: Delivery) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: delivery.duration,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}

/** One attempt with all that was sent and answered. */
export function presentFullDelivery(delivery: Delivery) {
  return {
    ...presentDelivery(delivery),
    url: delivery.url,
    request: { headers: delivery.requestHeaders, payload: JSON.parse(delivery.body) as unknown },
    response: { headers: delivery.responseHeaders, payload: delivery.responseBody },
  };
}
