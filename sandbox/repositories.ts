import type { Actor } from "./actor.ts";
import { withdrawAutoMerge } from "./auto-merge-request.ts";
import { announceInstallation, announceNow } from "./events.ts";
import { closePull } from "./following.ts";
import type { Github } from "./github.ts";
import type { MergeSettings, Repository, Role } from "./model.ts";
import { done, invalid, notFound, type Outcome, refused } from "./outcome.ts";
import { presentAccount } from "./present/accounts.ts";
import { presentMinimalRepository, presentRepository } from "./present/repositories.ts";
import { branchAt, readRefs } from "./refs.ts";
import { oldWordFor, requireRole } from "./rights.ts";

export const defaultMerging: MergeSettings = {
  allowMergeCommit: true,
  allowSquashMerge: true,
  allowRebaseMerge: true,
  deleteBranchOnMerge: false,
};

/** Puts a new, empty repository into memory; git's folder is the caller's. */
export function registerRepository(
  github: Github,
  fields: Pick<Repository, "ownerId" | "name"> & Partial<Repository>,
): Repository {
  const at = github.time();
  const repository = github.state.repositories.put({
    id: github.state.nextId(),
    description: null,
    private: false,
    archived: false,
    defaultBranch: "main",
    merging: defaultMerging,
    collaborators: [],
    teams: [],
    forkParentId: null,
    nextNumber: 1,
    formerNames: [],
    formerBranches: {},
    createdAt: at,
    updatedAt: at,
    pushedAt: at,
    ...fields,
  });
  const fullName = github.nameOf(repository).toLowerCase();
  for (const other of github.state.repositories.all()) {
    if (!other.formerNames.includes(fullName)) continue;
    const formerNames = other.formerNames.filter((name) => name !== fullName);
    github.state.repositories.change(other.id, { formerNames });
  }
  return repository;
}

/** Tells the Apps that cover all of an account that a repository came. */
export function announceNewRepository(github: Github, by: Actor, repository: Repository): void {
  announceNow(github, by, repository, { event: "repository", action: "created" }, () => ({}));
  for (const installation of github.find.installationsOf(repository.ownerId)) {
    if (installation.repositorySelection !== "all") continue;
    const news = { event: "installation_repositories", action: "added" } as const;
    announceInstallation(github, by, installation, news, {
      repository_selection: "all",
      repositories_added: [presentMinimalRepository(github, repository)],
      repositories_removed: [],
      requester: null,
    });
  }
}

/** Forks a repository into the person's own account. */
export async function forkRepository(
  github: Github,
  by: Actor,
  repository: Repository,
  name?: string,
): Promise<Outcome<Repository>> {
  return github.exclusively(repository.id, async () => {
    const allowed = requireRole(github, by, repository, "read");
    if (!allowed.done) return allowed;
    if (by.account.type !== "User") return refused(403, "Resource not accessible by integration");
    const known = github.find.forksOf(repository.id).find((fork) => fork.ownerId === by.account.id);
    if (known) return done(known);
    const wanted = name ?? repository.name;
    if (repository.ownerId === by.account.id) return refused(403, "You cannot fork your own repository.");
    if (github.find.repositoryByName(by.account.id, wanted)) {
      return invalid({
        resource: "Repository",
        code: "custom",
        field: "name",
        message: "name already exists on this account",
      });
    }
    const fork = registerRepository(github, {
      ownerId: by.account.id,
      name: wanted,
      description: repository.description,
      private: repository.private,
      defaultBranch: repository.defaultBranch,
      forkParentId: repository.id,
    });
    await github.git.copy(fork.id, github.git.folder(repository.id));
    await dropPullRefs(github, fork.id);
    github.state.refs.put({ id: fork.id, refs: await readRefs(github, fork.id) });
    announceNow(github, by, repository, { event: "fork" }, () => ({ forkee: presentRepository(github, fork) }));
    return done(fork);
  });
}

async function dropPullRefs(github: Github, id: number): Promise<void> {
  const refs = Object.keys(await readRefs(github, id)).filter((ref) => !/^refs\/(heads|tags)\//.test(ref));
  if (refs.length > 0) {
    await github.git.run(id, ["update-ref", "-z", "--stdin"], refs.map((ref) => `delete ${ref}\0\0`).join(""));
  }
}

/** Deletes a repository; pull requests from a deleted fork keep their commits, are closed and lose `head.repo`. */
export async function deleteRepository(github: Github, by: Actor, repository: Repository): Promise<Outcome<null>> {
  return github.exclusively(repository.id, async () => {
    const allowed = requireRole(github, by, repository, "admin");
    if (!allowed.done) return allowed;
    announceNow(github, by, repository, { event: "repository", action: "deleted" }, () => ({}));
    const { state, find } = github;
    const orphans = state.pulls.all().filter((pull) => pull.head.repositoryId === repository.id);
    for (const pull of find.pullsOf(repository.id)) {
      for (const comment of find.commentsOf(repository.id, pull.number)) state.comments.remove(comment.id);
      for (const review of find.reviewsOf(repository.id, pull.number)) state.reviews.remove(review.id);
      state.pulls.remove(pull.id);
    }
    for (const issue of find.issuesOf(repository.id)) state.issues.remove(issue.id);
    for (const activity of find.activitiesOf(repository.id)) state.activities.remove(activity.id);
    for (const run of find.workflowRunsOf(repository.id)) state.workflowRuns.remove(run.id);
    for (const release of find.releasesOf(repository.id)) {
      for (const asset of find.assetsOf(release.id)) state.assets.remove(asset.id);
      state.releases.remove(release.id);
    }
    for (const protection of find.protectionsOf(repository.id)) state.protections.remove(protection.id);
    for (const ruleset of find.rulesetsOf(repository.id)) state.rulesets.remove(ruleset.id);
    for (const installation of find.installationsOf(repository.ownerId)) {
      if (!installation.repositoryIds.includes(repository.id)) continue;
      const repositoryIds = installation.repositoryIds.filter((id) => id !== repository.id);
      state.installations.change(installation.id, { repositoryIds });
    }
    state.refs.remove(repository.id);
    state.repositories.remove(repository.id);
    await github.git.remove(repository.id);
    for (const pull of orphans) {
      if (!state.pulls.get(pull.id)) continue;
      const orphan = state.pulls.change(pull.id, { head: { ...pull.head, repositoryId: null } });
      if (orphan.state === "open") await closePull(github, by, orphan);
    }
    return done(null);
  });
}

export type SettingsChange = { readonly [Key in keyof MergeSettings]?: MergeSettings[Key] | undefined } & {
  readonly name?: string | undefined;
  readonly defaultBranch?: string | undefined;
  readonly private?: boolean | undefined;
  readonly archived?: boolean | undefined;
};

const autoMergeOff = "Auto merge is not allowed for this repository";

/** Changes name, default branch, visibility or which merges are allowed. Needs an admin. */
export async function changeSettings(
  github: Github,
  by: Actor,
  repository: Repository,
  change: SettingsChange,
): Promise<Outcome<Repository>> {
  return github.exclusively(repository.id, async () => {
    const allowed = requireRole(github, by, repository, "admin");
    if (!allowed.done) return allowed;
    const before = github.state.repositories.get(repository.id);
    if (!before) return notFound;
    const wrong = settingsRefusal(github, before, change);
    if (wrong) return wrong;
    const after = github.state.repositories.change(before.id, {
      name: change.name ?? before.name,
      defaultBranch: change.defaultBranch ?? before.defaultBranch,
      private: change.private ?? before.private,
      archived: change.archived ?? before.archived,
      merging: {
        allowMergeCommit: change.allowMergeCommit ?? before.merging.allowMergeCommit,
        allowSquashMerge: change.allowSquashMerge ?? before.merging.allowSquashMerge,
        allowRebaseMerge: change.allowRebaseMerge ?? before.merging.allowRebaseMerge,
        allowAutoMerge: change.allowAutoMerge ?? before.merging.allowAutoMerge ?? false,
        deleteBranchOnMerge: change.deleteBranchOnMerge ?? before.merging.deleteBranchOnMerge,
      },
      formerNames:
        change.name === undefined || change.name === before.name
          ? before.formerNames
          : [...before.formerNames, github.nameOf(before).toLowerCase()],
      updatedAt: github.time(),
    });
    if (after.defaultBranch !== before.defaultBranch) {
      await github.git.run(after.id, ["symbolic-ref", "HEAD", `refs/heads/${after.defaultBranch}`]);
    }
    announceSettings(github, by, before, after);
    if (after.merging.allowAutoMerge !== true) {
      for (const pull of github.find.pullsOf(after.id)) {
        if (pull.state === "open") await withdrawAutoMerge(github, by, pull, autoMergeOff);
      }
    }
    return done(after);
  });
}

function settingsRefusal(github: Github, repository: Repository, change: SettingsChange): Outcome<never> | null {
  if (change.defaultBranch !== undefined && !branchAt(github, repository.id, change.defaultBranch)) {
    const message = `The branch ${change.defaultBranch} was not found. Please push that ref first or create it via the Git Data API.`;
    return invalid({ resource: "Repository", code: "invalid", field: "default_branch", message });
  }
  if (change.name === undefined || change.name === repository.name) return null;
  if (!/^[\w.-]{1,100}$/.test(change.name) || github.find.repositoryByName(repository.ownerId, change.name)) {
    return invalid({
      resource: "Repository",
      code: "custom",
      field: "name",
      message: "name already exists on this account",
    });
  }
  return null;
}

function announceSettings(github: Github, by: Actor, before: Repository, after: Repository): void {
  const tell = (action: string, changes?: Readonly<Record<string, unknown>>) =>
    announceNow(github, by, after, { event: "repository", action }, () => (changes ? { changes } : {}));
  if (after.name !== before.name) tell("renamed", { repository: { name: { from: before.name } } });
  if (after.defaultBranch !== before.defaultBranch) tell("edited", { default_branch: { from: before.defaultBranch } });
  if (after.private !== before.private) tell(after.private ? "privatized" : "publicized");
  if (after.archived !== before.archived) tell(after.archived ? "archived" : "unarchived");
}

/** Whether releases published from now on are immutable; those published before stay as they are. Needs an admin. */
export function setImmutableReleases(
  github: Github,
  by: Actor,
  repository: Repository,
  immutableReleases: boolean,
): Outcome<null> {
  const allowed = requireRole(github, by, repository, "admin");
  if (!allowed.done) return allowed;
  github.state.repositories.change(repository.id, { immutableReleases });
  return done(null);
}

/** Gives a person a role on the repository; "none" takes it away. Needs an admin. */
export function setRole(
  github: Github,
  by: Actor,
  repository: Repository,
  login: string,
  role: Role,
): Outcome<Repository> {
  const allowed = requireRole(github, by, repository, "admin");
  if (!allowed.done) return allowed;
  const account = github.account(login);
  const current = github.state.repositories.get(repository.id);
  if (!account || !current) return notFound;
  const before = current.collaborators.find((one) => one.userId === account.id)?.role ?? "none";
  const others = current.collaborators.filter((one) => one.userId !== account.id);
  const collaborators = role === "none" ? others : [...others, { userId: account.id, role }];
  const changed = github.state.repositories.change(current.id, { collaborators, updatedAt: github.time() });
  if (before === role) return done(changed);
  const action = role === "none" ? "removed" : before === "none" ? "added" : "edited";
  const [from, to] = [oldWordFor(before), oldWordFor(role)];
  const changes = {
    removed: {},
    added: { changes: { permission: { to }, role_name: { to: role } } },
    edited: { changes: { old_permission: { from }, permission: { from, to } } },
  }[action];
  announceNow(github, by, changed, { event: "member", action }, () => ({
    member: presentAccount(github, account),
    ...changes,
  }));
  return done(changed);
}
