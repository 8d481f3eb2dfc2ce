import { commitsBetween, isAncestor } from "./git/history.ts";
import type { Github } from "./github.ts";
import type { Pull, Release, Repository, Sha } from "./model.ts";
import { done, invalid, type Outcome } from "./outcome.ts";
import { resolveCommit } from "./refs.ts";

export type Notes = { readonly name: string; readonly body: string };

const wrong = (field: string) => invalid({ resource: "Release", code: "invalid", field });

/**
 * GitHub's notes for a release: the pull requests merged since the tag before, who contributed for the first time, and
 * where to compare. Without `previousTag` it goes back to the newest release the commit descends from.
 * https://docs.github.com/repositories/releasing-projects-on-github/automatically-generated-release-notes
 */
export async function generateNotes(
  github: Github,
  repository: Repository,
  asked: { readonly tagName: string; readonly target?: string | undefined; readonly previousTag?: string | undefined },
): Promise<Outcome<Notes>> {
  const { id } = repository;
  const commitOf = (tag: string) => resolveCommit(github, id, `refs/tags/${tag}`);
  const head = (await commitOf(asked.tagName)) ?? (await resolveCommit(github, id, asked.target ?? "HEAD"));
  if (!head) return wrong("target_commitish");
  const before = asked.previousTag ?? (await releaseBefore(github, repository, asked.tagName, head))?.tagName;
  const base = before === undefined ? null : ((await commitOf(before)) ?? null);
  if (asked.previousTag !== undefined && base === null) return wrong("previous_tag_name");
  const since = new Set(await commitsBetween(github.git, id, base, head));
  const merged = github.find
    .pullsOf(id)
    .filter((pull) => pull.merged)
    .toSorted((a, b) => ((a.mergedAt ?? "") < (b.mergedAt ?? "") ? -1 : 1));
  const brought = merged.filter((pull) => since.has(pull.mergeCommitSha ?? ""));
  const html = `${github.url}/${github.nameOf(repository)}`;
  const login = (pull: Pull) => github.state.accounts.get(pull.authorId)?.login ?? "ghost";
  const address = (pull: Pull) => `${html}/pull/${pull.number}`;
  const first = brought.filter((pull) => merged.find((one) => one.authorId === pull.authorId) === pull);
  const parts = [
    ...(brought.length === 0
      ? []
      : ["## What's Changed", ...brought.map((one) => `* ${one.title} by @${login(one)} in ${address(one)}`), ""]),
    ...(first.length === 0
      ? []
      : [
          "## New Contributors",
          ...first.map((one) => `* @${login(one)} made their first contribution in ${address(one)}`),
          "",
        ]),
    `**Full Changelog**: ${html}/${before === undefined ? `commits/${asked.tagName}` : `compare/${before}...${asked.tagName}`}`,
  ];
  return done({ name: asked.tagName, body: parts.join("\n") });
}

/** The newest published release, but for that of the tag itself, whose commit `head` descends from. */
async function releaseBefore(
  github: Github,
  repository: Repository,
  tagName: string,
  head: Sha,
): Promise<Release | undefined> {
  const published = github.find
    .releasesOf(repository.id)
    .filter((release) => !release.draft && release.tagName !== tagName)
    .toSorted((a, b) => (a.createdAt === b.createdAt ? b.id - a.id : a.createdAt < b.createdAt ? 1 : -1));
  for (const release of published) {
    const sha = await resolveCommit(github, repository.id, `refs/tags/${release.tagName}`);
    if (sha && (await isAncestor(github.git, repository.id, sha, head))) return release;
  }
  return undefined;
}
