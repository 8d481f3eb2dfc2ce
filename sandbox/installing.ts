import { generateKeyPairSync, randomBytes } from "node:crypto";
import { announceInstallation } from "./events.ts";
import type { Github } from "./github.ts";
import type { Account, App, Installation, Permissions, Repository } from "./model.ts";
import { presentMinimalRepository } from "./present/repositories.ts";
import { ownerActor } from "./setup.ts";

function known(github: Github, login: string): Account {
  const account = github.account(login);
  if (!account) throw new Error(`nobody is called ${login}`);
  return account;
}

function installation(github: Github, id: number): Installation {
  const found = github.state.installations.get(id);
  if (!found) throw new Error(`there is no installation ${id}`);
  return found;
}

/** Registers an App. The answer carries its id, slug, private key (PEM), webhook secret, client id and client secret. */
export function createApp(
  github: Github,
  input: {
    readonly owner: string;
    readonly name: string;
    readonly permissions: Permissions;
    readonly events: readonly string[];
    readonly webhookUrl?: string | null;
    readonly webhookSecret?: string;
    readonly callbackUrls?: readonly string[];
  },
): App {
  const slug = input.name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const keys = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const id = github.state.nextId();
  const bot = github.state.accounts.put({
    id: github.state.nextId(),
    login: `${slug}[bot]`,
    type: "Bot",
    name: `${slug}[bot]`,
    email: "",
    appId: id,
    createdAt: github.time(),
  });
  github.state.accounts.change(bot.id, { email: `${bot.id}+${bot.login}@users.noreply.github.com` });
  return github.state.apps.put({
    id,
    slug,
    name: input.name,
    ownerId: known(github, input.owner).id,
    botId: bot.id,
    clientId: `Iv23li${randomBytes(7).toString("hex")}`,
    clientSecret: randomBytes(20).toString("hex"),
    publicKey: keys.publicKey,
    privateKey: keys.privateKey,
    webhookUrl: input.webhookUrl ?? null,
    webhookSecret: input.webhookSecret ?? randomBytes(20).toString("hex"),
    callbackUrls: input.callbackUrls ?? [],
    permissions: { metadata: "read", ...input.permissions },
    events: input.events,
    createdAt: github.time(),
  });
}

/** Changes where an App is reached or what it asks for; installations keep what they accepted. */
export function changeApp(
  github: Github,
  appId: number,
  change: {
    readonly webhookUrl?: string | null;
    readonly callbackUrls?: readonly string[];
    readonly permissions?: Permissions;
    readonly events?: readonly string[];
  },
): App {
  const permissions = change.permissions && { permissions: { metadata: "read" as const, ...change.permissions } };
  return github.state.apps.change(appId, { ...change, ...permissions });
}

function chosen(github: Github, account: Account, repositories: "all" | readonly string[]): readonly Repository[] {
  if (repositories === "all") return github.find.repositoriesOf(account.id);
  return repositories.map((name) => {
    const repository = github.find.repositoryByName(account.id, name.split("/").at(-1) ?? name);
    if (!repository) throw new Error(`${account.login} has no repository ${name}`);
    return repository;
  });
}

/** Installs an App on an account, for all its repositories or some (by name). */
export function install(
  github: Github,
  app: App,
  account: string,
  repositories: "all" | readonly string[],
): Installation {
  const owner = known(github, account);
  const covered = chosen(github, owner, repositories);
  const current = github.state.apps.get(app.id) ?? app;
  const at = github.time();
  const made = github.state.installations.put({
    id: github.state.nextId(),
    appId: app.id,
    accountId: owner.id,
    repositorySelection: repositories === "all" ? "all" : "selected",
    repositoryIds: repositories === "all" ? [] : covered.map((one) => one.id),
    permissions: current.permissions,
    events: current.events,
    suspendedAt: null,
    createdAt: at,
    updatedAt: at,
  });
  tell(github, made, "created", covered);
  return made;
}

function tell(github: Github, about: Installation, action: string, repositories: readonly Repository[] = []): void {
  const account = github.state.accounts.get(about.accountId);
  if (!account) return;
  announceInstallation(
    github,
    ownerActor(github, account),
    about,
    { event: "installation", action },
    {
      repositories: repositories.map((one) => presentMinimalRepository(github, one)),
      requester: null,
    },
  );
}

/** Suspends or unsuspends an installation. */
export function suspend(github: Github, installationId: number, suspended: boolean): Installation {
  const at = github.time();
  const changed = github.state.installations.change(installationId, {
    suspendedAt: suspended ? at : null,
    updatedAt: at,
  });
  tell(github, changed, suspended ? "suspend" : "unsuspend");
  return changed;
}

/** Removes an installation; its tokens end with it. */
export function uninstall(github: Github, installationId: number): void {
  const gone = installation(github, installationId);
  const account = github.state.accounts.get(gone.accountId);
  const covered = account && gone.repositorySelection === "all" ? chosen(github, account, "all") : [];
  for (const token of github.state.tokens.all()) {
    if (token.installationId === installationId) github.state.tokens.remove(token.id);
  }
  github.state.installations.remove(installationId);
  tell(github, gone, "deleted", covered);
}

/** The owner accepts what the App asks for now. */
export function acceptPermissions(github: Github, installationId: number): Installation {
  const app = github.state.apps.get(installation(github, installationId).appId);
  if (!app) throw new Error("the App is gone");
  const changed = github.state.installations.change(installationId, {
    permissions: app.permissions,
    events: app.events,
    updatedAt: github.time(),
  });
  tell(github, changed, "new_permissions_accepted");
  return changed;
}

/** Changes which repositories an installation covers. */
export function selectRepositories(
  github: Github,
  installationId: number,
  repositories: "all" | readonly string[],
): Installation {
  const before = installation(github, installationId);
  const account = github.state.accounts.get(before.accountId);
  if (!account) throw new Error("the account is gone");
  const had =
    before.repositorySelection === "all"
      ? chosen(github, account, "all")
      : before.repositoryIds.flatMap((id) => github.state.repositories.get(id) ?? []);
  const has = chosen(github, account, repositories);
  const changed = github.state.installations.change(installationId, {
    repositorySelection: repositories === "all" ? "all" : "selected",
    repositoryIds: repositories === "all" ? [] : has.map((one) => one.id),
    updatedAt: github.time(),
  });
  const added = has.filter((one) => !had.some((other) => other.id === one.id));
  const removed = had.filter((one) => !has.some((other) => other.id === one.id));
  const send = (action: "added" | "removed", list: readonly Repository[]) => {
    if (list.length === 0) return;
    const shown = list.map((one) => presentMinimalRepository(github, one));
    announceInstallation(
      github,
      ownerActor(github, account),
      changed,
      { event: "installation_repositories", action },
      {
        repository_selection: changed.repositorySelection,
        repositories_added: action === "added" ? shown : [],
        repositories_removed: action === "removed" ? shown : [],
        requester: null,
      },
    );
  };
  send("added", added);
  send("removed", removed);
  return changed;
}
