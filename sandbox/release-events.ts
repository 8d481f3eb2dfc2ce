import type { Actor } from "./actor.ts";
import { announceNow } from "./events.ts";
import type { Github } from "./github.ts";
import type { Release, Repository } from "./model.ts";
import { presentRelease } from "./present/releases.ts";

/** Sends `release` with this action. */
export function announceRelease(
  github: Github,
  by: Actor,
  repository: Repository,
  release: Release,
  action: "created" | "edited" | "deleted" | "published" | "unpublished" | "released" | "prereleased",
  fields: Readonly<Record<string, unknown>> = {},
): void {
  announceNow(github, by, repository, { event: "release", action }, () => ({
    release: presentRelease(github, repository, release),
    ...fields,
  }));
}

/** A published release whose tag is deleted becomes a draft again. */
export function followTag(github: Github, by: Actor, repository: Repository, tagName: string): void {
  for (const release of github.find.releasesOf(repository.id)) {
    if (release.draft || release.immutable || release.tagName !== tagName) continue;
    const draft = github.state.releases.change(release.id, {
      draft: true,
      latest: null,
      publishedAt: null,
      updatedAt: github.time(),
    });
    announceRelease(github, by, repository, draft, "unpublished");
  }
}
