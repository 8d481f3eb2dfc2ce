import { createHash } from "node:crypto";
import type { Github } from "../github.ts";
import type { Release, ReleaseAsset, Repository } from "../model.ts";
import { nodeId, presentAccountOf } from "./accounts.ts";
import { repositoryUrl } from "./repositories.ts";

/** What stands for a release's tag in addresses: a draft has none of its own yet. */
export function tagInAddress(release: Release): string {
  if (!release.draft) return release.tagName;
  return `untagged-${createHash("sha1").update(`draft ${release.id}`).digest("hex").slice(0, 20)}`;
}

/** The base of the addresses to which files are uploaded. */
export const uploads = "/api/uploads";

/** A release with its files. */
export function presentRelease(github: Github, repository: Repository, release: Release) {
  const api = repositoryUrl(github, repository);
  const name = github.nameOf(repository);
  const self = `${api}/releases/${release.id}`;
  const archive = (kind: string) => (release.draft ? null : `${api}/${kind}/${release.tagName}`);
  return {
    url: self,
    assets_url: `${self}/assets`,
    upload_url: `${github.url}${uploads}/repos/${name}/releases/${release.id}/assets{?name,label}`,
    html_url: `${github.url}/${name}/releases/tag/${tagInAddress(release)}`,
    id: release.id,
    author: presentAccountOf(github, release.authorId),
    node_id: nodeId("RE", release.id),
    tag_name: release.tagName,
    target_commitish: release.target,
    name: release.name,
    draft: release.draft,
    immutable: release.immutable,
    prerelease: release.prerelease,
    created_at: release.createdAt,
    updated_at: release.updatedAt,
    published_at: release.publishedAt,
    assets: github.find.assetsOf(release.id).map((asset) => presentAsset(github, repository, release, asset)),
    tarball_url: archive("tarball"),
    zipball_url: archive("zipball"),
    body: release.body,
  };
}

/** A file of a release. */
export function presentAsset(github: Github, repository: Repository, release: Release, asset: ReleaseAsset) {
  return {
    url: `${repositoryUrl(github, repository)}/releases/assets/${asset.id}`,
    id: asset.id,
    node_id: nodeId("RA", asset.id),
    name: asset.name,
    label: asset.label,
    uploader: presentAccountOf(github, asset.uploaderId),
    content_type: asset.contentType,
    state: asset.stored ? "uploaded" : "starter",
    size: asset.size,
    digest: asset.stored?.digest ?? null,
    download_count: asset.downloads,
    created_at: asset.createdAt,
    updated_at: asset.updatedAt,
    browser_download_url: downloadUrl(github, repository, release, asset),
  };
}

/** Where a browser finds a file of a release. */
export function downloadUrl(github: Github, repository: Repository, release: Release, asset: ReleaseAsset): string {
  return `${github.url}/${github.nameOf(repository)}/releases/download/${tagInAddress(release)}/${asset.name}`;
}
