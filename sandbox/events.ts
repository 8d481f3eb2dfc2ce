import type { Actor } from "./actor.ts";
import type { Github } from "./github.ts";
import { wants } from "./hooks.ts";
import type { Installation, Repository } from "./model.ts";
import { nodeId, presentAccount, presentOrganisation } from "./present/accounts.ts";
import { presentInstallation } from "./present/apps.ts";
import { presentRepository } from "./present/repositories.ts";

/** Installations that cover a repository, suspended ones too. */
export function installationsOn(github: Github, repository: Repository): readonly Installation[] {
  return github.find
    .installationsOf(repository.ownerId)
    .filter((one) => one.repositorySelection === "all" || one.repositoryIds.includes(repository.id));
}

/** What every webhook about a repository carries. */
function frame(github: Github, by: Actor, ownerId: number) {
  const owner = github.state.accounts.get(ownerId);
  return {
    ...(owner?.type === "Organization" ? { organization: presentOrganisation(github, owner) } : {}),
    sender: presentAccount(github, by.account),
  };
}

/**
 * Tells every App that asked for it and may know it that something happened in a repository.
 * `onlyApp` keeps it to one App. `build` is called only when somebody listens.
 */
export async function announce(
  github: Github,
  by: Actor,
  repository: Repository,
  news: { readonly event: string; readonly action?: string; readonly onlyApp?: number },
  build: () => Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>,
): Promise<void> {
  const listeners = installationsOn(github, repository).filter(
    (one) => (news.onlyApp === undefined || one.appId === news.onlyApp) && wants(one, news.event),
  );
  if (listeners.length === 0) return;
  const fields = await build();
  announceTo(github, by, repository, listeners, news, fields);
}

/** The same for what can be told at once. */
export function announceNow(
  github: Github,
  by: Actor,
  repository: Repository,
  news: { readonly event: string; readonly action?: string; readonly onlyApp?: number },
  build: () => Readonly<Record<string, unknown>>,
): void {
  const listeners = installationsOn(github, repository).filter(
    (one) => (news.onlyApp === undefined || one.appId === news.onlyApp) && wants(one, news.event),
  );
  if (listeners.length > 0) announceTo(github, by, repository, listeners, news, build());
}

function announceTo(
  github: Github,
  by: Actor,
  repository: Repository,
  listeners: readonly Installation[],
  news: { readonly event: string; readonly action?: string },
  fields: Readonly<Record<string, unknown>>,
): void {
  const current = github.state.repositories.get(repository.id) ?? repository;
  const payload = {
    ...(news.action === undefined ? {} : { action: news.action }),
    ...fields,
    repository: presentRepository(github, current),
    ...frame(github, by, current.ownerId),
  };
  for (const installation of listeners) {
    const app = github.state.apps.get(installation.appId);
    if (!app) continue;
    github.hooks.send(app, {
      event: news.event,
      action: news.action ?? null,
      installationId: installation.id,
      repositoryId: current.id,
      payload: { ...payload, installation: { id: installation.id, node_id: nodeId("I", installation.id) } },
    });
  }
}

/** Tells every App that asked for it and may know it that something happened in an organisation. */
export function announceOrganisation(
  github: Github,
  by: Actor,
  organisationId: number,
  news: { readonly event: string; readonly action: string },
  fields: Readonly<Record<string, unknown>>,
): void {
  for (const installation of github.find.installationsOf(organisationId)) {
    const app = github.state.apps.get(installation.appId);
    if (!app || !wants(installation, news.event)) continue;
    github.hooks.send(app, {
      event: news.event,
      action: news.action,
      installationId: installation.id,
      repositoryId: null,
      payload: {
        action: news.action,
        ...fields,
        ...frame(github, by, organisationId),
        installation: { id: installation.id, node_id: nodeId("I", installation.id) },
      },
    });
  }
}

/** Tells an App about one of its installations. */
export function announceInstallation(
  github: Github,
  by: Actor,
  installation: Installation,
  news: { readonly event: "installation" | "installation_repositories"; readonly action: string },
  fields: Readonly<Record<string, unknown>>,
): void {
  const app = github.state.apps.get(installation.appId);
  if (!app) return;
  github.hooks.send(app, {
    event: news.event,
    action: news.action,
    installationId: installation.id,
    repositoryId: null,
    payload: {
      action: news.action,
      installation: presentInstallation(github, installation),
      ...fields,
      ...frame(github, by, installation.accountId),
    },
  });
}
