import { install, suspend, uninstall } from "../installing.ts";
import type { Installation } from "../model.ts";
import { isOwner } from "../rights.ts";
import { type Html, html } from "./html.ts";
import { act } from "./layout.ts";
import { type Answer, go, page, type Visit } from "./visit.ts";
import { ago, loginOf } from "./words.ts";

/** The Apps there are, what they ask for, and where they are installed. */
export function appsPage(visit: Visit): Answer {
  const apps = visit.github.state.apps.all();
  return page(
    "Apps",
    [],
    html`<header class="title"><h1>Apps</h1><p>What is installed here, and with which rights. Owners of the account suspend and remove it.</p></header>
${apps.length === 0 && html`<p class="quiet">None yet.</p>`}
${apps.map((app) => {
  const installations = visit.github.find.installationsOfApp(app.id);
  const owner = loginOf(visit.github, app.ownerId);
  return html`<section class="card" aria-labelledby="app-${app.id}"><h2 id="app-${app.id}">${app.name}</h2>
<p class="small quiet">id ${app.id}, webhooks to ${app.webhookUrl ?? "nowhere"}</p>
<details class="small"><summary>${Object.keys(app.permissions).length} permissions, ${app.events.length} events</summary><p>${Object.entries(
    app.permissions,
  )
    .map(([name, access]) => `${name}: ${access}`)
    .join(", ")}</p><p>${app.events.join(", ")}</p></details>
${installations.map((installation) => installed(visit, installation))}
${installations.length === 0 && act(visit, `/-/apps/${app.id}/install`, `Install on ${owner}`, { why: whyNotOwner(visit, app.ownerId) })}</section>`;
})}`,
  );
}

/** Installs an App on its owner's account, or suspends or removes an installation. */
export function actOnApp(visit: Visit, id: number, name: string): Answer | null {
  const { state } = visit.github;
  const app = state.apps.get(id);
  const installation = state.installations.get(id);
  const why = whyNotOwner(visit, app?.ownerId ?? installation?.accountId ?? 0);
  if (why !== null) return { kind: "go", to: "/-/apps", said: { tone: "refused", text: `403 Forbidden · ${why}` } };
  if (name === "install" && app) {
    install(visit.github, app, loginOf(visit.github, app.ownerId), "all");
    return go("/-/apps", null, `${app.name} is installed.`);
  }
  if (name === "suspend" && installation) {
    const suspended = installation.suspendedAt === null;
    suspend(visit.github, installation.id, suspended);
    return go("/-/apps", null, suspended ? "The installation is suspended." : "The installation works again.");
  }
  if (name === "uninstall" && installation) {
    uninstall(visit.github, installation.id);
    return go("/-/apps", null, "The installation is removed.");
  }
  return null;
}

function installed(visit: Visit, installation: Installation): Html {
  const why = whyNotOwner(visit, installation.accountId);
  const suspended = installation.suspendedAt !== null;
  return html`<div class="stack"><p>On ${loginOf(visit.github, installation.accountId)}, ${installation.repositorySelection} repositories, since ${ago(visit.github, installation.createdAt)}${suspended && html`, <strong class="red">suspended</strong>`}</p>
<div class="row">${act(visit, `/-/apps/${installation.id}/suspend`, suspended ? "Let it work again" : "Suspend", { why, look: "slim" })}
${act(visit, `/-/apps/${installation.id}/uninstall`, "Remove", { why: why === null ? null : "", look: "slim danger" })}</div></div>`;
}

function whyNotOwner(visit: Visit, accountId: number): string | null {
  const me = visit.by.account.id;
  const owns = isOwner(visit.github, me, accountId);
  return owns || accountId === me ? null : `Only an owner of ${loginOf(visit.github, accountId)} may.`;
}
