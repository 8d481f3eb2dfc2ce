import type { Actor } from "./actor.ts";
import { mayWrite } from "./branches.ts";
import type { Github } from "./github.ts";
import type { Release, Repository } from "./model.ts";
import { done, invalid, notFound, type Outcome } from "./outcome.ts";
import {
  changePublished,
  changesOf,
  commitTime,
  custom,
  field,
  markOfDraft,
  publish,
  type ReleaseInput,
} from "./publishing.ts";
import { branchAt, isBranchName, resolveCommit } from "./refs.ts";
import { announceRelease } from "./release-events.ts";
import { mayPush } from "./rights.ts";
import { broughtWorkflow, mayBringWorkflows } from "./workflow-files.ts";

/** GitHub's limit for what a release says, in characters. */
export const longestNotes = 125_000;

/** The releases `by` may see (null: anybody), newest first: drafts are for those who may push. */
export function releasesSeen(github: Github, by: Actor | null, repository: Repository): readonly Release[] {
  const drafts = by !== null && mayPush(github, by, repository);
  return github.find
    .releasesOf(repository.id)
    .filter((release) => !release.draft || drafts)
    .toSorted((a, b) => (a.createdAt === b.createdAt ? b.id - a.id : a.createdAt < b.createdAt ? 1 : -1));
}

/** The latest full release: the one last made so, else the one whose commit is the newest. */
export function latestRelease(github: Github, repositoryId: number): Release | undefined {
  const age = (release: Release) => `${release.createdAt} ${String(release.id).padStart(15, "0")}`;
  return github.find
    .releasesOf(repositoryId)
    .filter(({ draft, prerelease, latest }) => !draft && !prerelease && latest !== -1)
    .toSorted((a, b) => (b.latest ?? 0) - (a.latest ?? 0) || (age(a) < age(b) ? 1 : -1))[0];
}

function textRefusal({ tagName, body }: ReleaseInput): Outcome<never> | null {
  if (tagName?.trim() === "") return invalid(field("tag_name", "missing_field"));
  if (tagName !== undefined && !isBranchName(tagName)) return invalid(custom("tag_name", "is not a valid tag"));
  if ((body ?? "").length > longestNotes)
    return invalid(custom("body", `is too long (maximum is ${longestNotes} characters)`));
  return null;
}

/** Whether the target brings no workflow file that the default branch has not, or `by` may bring some. */
async function mayTarget(github: Github, by: Actor, repository: Repository, target: string): Promise<boolean> {
  const sha = await resolveCommit(github, repository.id, target);
  const tip = branchAt(github, repository.id, repository.defaultBranch);
  if (!sha || !tip || mayBringWorkflows(github, by, repository)) return true;
  return (await broughtWorkflow(github, repository.id, [tip], sha)) === null;
}

/** Saves a draft, or publishes at once. Needs write. */
export async function createRelease(
  github: Github,
  by: Actor,
  repository: Repository,
  input: ReleaseInput & { readonly tagName: string },
): Promise<Outcome<Release>> {
  return github.exclusively(repository.id, async () => {
    const allowed = mayWrite(github, by, repository);
    if (!allowed.done) return allowed;
    const { tagName, target = repository.defaultBranch, draft = false } = input;
    const wrong = textRefusal(input);
    if (wrong) return wrong;
    const tagTime = await commitTime(github, repository.id, tagName);
    if (tagTime === undefined && !(await resolveCommit(github, repository.id, target)))
      return invalid(field("target_commitish", "invalid"));
    if (!(await mayTarget(github, by, repository, target))) return notFound;
    const at = github.time();
    const release: Release = {
      id: github.state.nextId(),
      repositoryId: repository.id,
      tagName,
      target,
      name: input.name ?? null,
      body: input.body ?? null,
      draft: true,
      prerelease: input.prerelease ?? false,
      immutable: false,
      latest: markOfDraft(input.makeLatest),
      authorId: by.account.id,
      createdAt: tagTime ?? at,
      publishedAt: null,
      updatedAt: at,
    };
    if (draft) {
      announceRelease(github, by, repository, github.state.releases.put(release), "created");
      return done(release);
    }
    return publish(github, by, repository, release, input.makeLatest);
  });
}

/** What an immutable release refuses to have changed. */
function lockedBy(release: Release, input: ReleaseInput): Outcome<never> | null {
  if (!release.immutable) return null;
  const changed = [
    ...(input.draft === true ? ["state"] : []),
    ...(input.tagName !== undefined && input.tagName !== release.tagName ? ["tag_name"] : []),
    ...(input.target !== undefined && input.target !== release.target ? ["target_commitish"] : []),
    ...(input.prerelease !== undefined && input.prerelease !== release.prerelease ? ["prerelease"] : []),
  ];
  if (changed.length === 0) return null;
  return invalid(...changed.map((name) => custom(name, "cannot be changed when release is immutable")));
}

/** Edits a release, publishes a draft, or makes a published one a draft again. Needs write. */
export async function editRelease(
  github: Github,
  by: Actor,
  repository: Repository,
  id: number,
  input: ReleaseInput,
): Promise<Outcome<Release>> {
  return github.exclusively(repository.id, async () => {
    const allowed = mayWrite(github, by, repository);
    if (!allowed.done) return allowed;
    const before = github.state.releases.get(id);
    if (!before || before.repositoryId !== repository.id) return notFound;
    const wrong = textRefusal(input) ?? lockedBy(before, input);
    if (wrong) return wrong;
    if (input.target !== undefined && !(await resolveCommit(github, repository.id, input.target)))
      return invalid(field("target_commitish", "invalid"));
    if (!(await mayTarget(github, by, repository, input.target ?? before.target))) return notFound;
    const wanted: Release = {
      ...before,
      tagName: input.tagName ?? before.tagName,
      target: input.target ?? before.target,
      name: input.name === undefined ? before.name : input.name,
      body: input.body === undefined ? before.body : input.body,
      prerelease: input.prerelease ?? before.prerelease,
      updatedAt: github.time(),
    };
    if (before.draft && input.draft === false) return publish(github, by, repository, wanted, input.makeLatest);
    if (before.draft) return done(saveDraft(github, by, repository, before, wanted, input));
    return changePublished(github, by, repository, before, wanted, input);
  });
}

function saveDraft(
  github: Github,
  by: Actor,
  repository: Repository,
  before: Release,
  wanted: Release,
  { makeLatest }: ReleaseInput,
): Release {
  const latest = makeLatest === undefined ? before.latest : markOfDraft(makeLatest);
  const draft = github.state.releases.put({ ...wanted, latest });
  announceRelease(github, by, repository, draft, "edited", { changes: changesOf(before, draft) });
  return draft;
}

/** Deletes a release with its files; its tag stays. Needs write. */
export async function deleteRelease(
  github: Github,
  by: Actor,
  repository: Repository,
  id: number,
): Promise<Outcome<null>> {
  return github.exclusively(repository.id, async () => {
    const allowed = mayWrite(github, by, repository);
    if (!allowed.done) return allowed;
    const release = github.state.releases.get(id);
    if (!release || release.repositoryId !== repository.id) return notFound;
    announceRelease(github, by, repository, release, "deleted");
    for (const asset of github.find.assetsOf(id)) github.state.assets.remove(asset.id);
    github.state.releases.remove(id);
    return done(null);
  });
}
