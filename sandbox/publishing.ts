import type { Actor } from "./actor.ts";
import type { Github } from "./github.ts";
import { isSpent } from "./immutable-tags.ts";
import { pushRefs } from "./landing.ts";
import type { Release, Repository } from "./model.ts";
import { done, type FieldError, invalid, type Outcome } from "./outcome.ts";
import { peel, refAt, resolveCommit } from "./refs.ts";
import { announceRelease } from "./release-events.ts";

export type MakeLatest = "true" | "false" | "legacy";

/** What may be said of a release; what is left out stays, or is as GitHub has it by default. */
export type ReleaseInput = {
  readonly tagName?: string | undefined;
  readonly target?: string | undefined;
  readonly name?: string | null | undefined;
  readonly body?: string | null | undefined;
  readonly draft?: boolean | undefined;
  readonly prerelease?: boolean | undefined;
  readonly makeLatest?: MakeLatest | undefined;
};

/** One field of a release that GitHub refuses. */
export const field = (name: string, code: string, message?: string): FieldError => ({
  resource: "Release",
  code,
  field: name,
  ...(message === undefined ? {} : { message }),
});
/** The same in words of its own, which begin with the field. */
export const custom = (name: string, message: string) => field(name, "custom", `${name} ${message}`);

/** The published release of a tag; undefined when there is none. */
export function releaseOfTag(github: Github, repositoryId: number, tagName: string): Release | undefined {
  return github.find.releasesOf(repositoryId).find((release) => !release.draft && release.tagName === tagName);
}

/** When the commit of a tag was made; undefined when there is no such tag. */
export async function commitTime(github: Github, repositoryId: number, tagName: string): Promise<string | undefined> {
  const sha = refAt(github, repositoryId, `refs/tags/${tagName}`);
  const commit = sha && (await github.git.commit(repositoryId, await peel(github, repositoryId, sha)));
  return commit ? commit.committer.date : undefined;
}

/** Makes the tag of a release that is published, where there is none; a lightweight one, at the release's target. */
async function makeTag(github: Github, by: Actor, repository: Repository, release: Release): Promise<Outcome<null>> {
  const { tagName, target } = release;
  const other = releaseOfTag(github, repository.id, tagName);
  if (other && other.id !== release.id) return invalid(field("tag_name", "already_exists"));
  const ref = `refs/tags/${tagName}`;
  const spent =
    !release.immutable && isSpent(github, repository.id, tagName)
      ? [custom("tag_name", "was used by an immutable release")]
      : [];
  if (refAt(github, repository.id, ref)) return spent.length > 0 ? invalid(...spent) : done(null);
  const after = await resolveCommit(github, repository.id, target);
  if (!after) return invalid(field("target_commitish", "invalid"));
  const pushed = await pushRefs(github, by, repository, [{ ref, before: null, after }]);
  if (pushed.done) return pushed;
  return invalid(custom("pre_receive", pushed.refusal.message), ...spent, {
    resource: "Release",
    code: "custom",
    message: "Published releases must have a valid tag",
  });
}

/** Publishes a release, of which everything else is as it will be, for a caller who holds the repository. */
export async function publish(
  github: Github,
  by: Actor,
  repository: Repository,
  release: Release,
  makeLatest: MakeLatest | undefined,
): Promise<Outcome<Release>> {
  const tagged = await makeTag(github, by, repository, release);
  if (!tagged.done) return tagged;
  const current = github.state.repositories.get(repository.id) ?? repository;
  const immutable = current.immutableReleases ?? false;
  if (immutable) {
    const immutableTags = [...(current.immutableTags ?? []).filter((tag) => tag !== release.tagName), release.tagName];
    github.state.repositories.change(current.id, { immutableTags });
  }
  const saved = github.state.releases.get(release.id) !== undefined;
  const published = github.state.releases.put({
    ...release,
    draft: false,
    immutable,
    latest: release.prerelease ? null : latestMark(github, makeLatest, release.latest),
    createdAt: (await commitTime(github, repository.id, release.tagName)) ?? release.createdAt,
    publishedAt: github.time(),
  });
  if (!saved) announceRelease(github, by, repository, published, "created");
  announceRelease(github, by, repository, published, "published");
  announceRelease(github, by, repository, published, published.prerelease ? "prereleased" : "released");
  return done(published);
}

/** What was said of it before stands unless it is said otherwise now; nothing at all makes it the latest. */
function latestMark(github: Github, makeLatest: MakeLatest | undefined, before: number | null): number {
  if (makeLatest === "legacy") return 0;
  if (makeLatest === "false") return -1;
  return (makeLatest === undefined ? before : null) ?? github.state.nextId();
}

/** What a draft keeps of it until it is published. */
export const markOfDraft = (makeLatest: MakeLatest | undefined): number | null =>
  makeLatest === "false" ? -1 : makeLatest === "legacy" ? 0 : null;

/** Edits what is published, or makes it a draft again, for a caller who holds the repository. */
export async function changePublished(
  github: Github,
  by: Actor,
  repository: Repository,
  before: Release,
  wanted: Release,
  { draft, makeLatest }: ReleaseInput,
): Promise<Outcome<Release>> {
  if (draft === true) {
    const unpublished = github.state.releases.put({ ...wanted, draft: true, latest: null, publishedAt: null });
    announceRelease(github, by, repository, unpublished, "unpublished");
    return done(unpublished);
  }
  const tagged = await makeTag(github, by, repository, wanted);
  if (!tagged.done) return tagged;
  const full = before.prerelease && !wanted.prerelease;
  const latest = wanted.prerelease ? null : latestMark(github, makeLatest, before.latest);
  const after = github.state.releases.put({ ...wanted, latest });
  const changes = {
    ...changesOf(before, after),
    ...(makeLatest ? { make_latest: { to: makeLatest === "true" } } : {}),
  };
  if (Object.keys(changes).length > 0) announceRelease(github, by, repository, after, "edited", { changes });
  if (full) announceRelease(github, by, repository, after, "released");
  return done(after);
}

/** What an edit changed, as webhooks tell it. */
export function changesOf(before: Release, after: Release) {
  return {
    ...(before.body === after.body ? {} : { body: { from: before.body ?? "" } }),
    ...(before.name === after.name ? {} : { name: { from: before.name ?? "" } }),
    ...(before.tagName === after.tagName ? {} : { tag_name: { from: before.tagName } }),
  };
}
