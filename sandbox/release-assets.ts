import { createHash } from "node:crypto";
import type { Actor } from "./actor.ts";
import { mayWrite } from "./branches.ts";
import type { Github } from "./github.ts";
import type { Release, ReleaseAsset, Repository } from "./model.ts";
import { done, type FieldError, invalid, notFound, type Outcome, refused } from "./outcome.ts";

/** A file as it is sent. `whole` false: the upload broke off, and what came of it is worth nothing. */
export type Upload = {
  readonly name: string;
  readonly label: string | null;
  readonly contentType: string;
  readonly bytes: Buffer;
  readonly whole: boolean;
};

/** A file with the release it is attached to. */
export type Attached = { readonly asset: ReleaseAsset; readonly release: Release };

const about = (error: Omit<FieldError, "resource">) => invalid({ resource: "ReleaseAsset", ...error });

/** A name as GitHub keeps it: dots stand for what is no letter, digit, dot, dash, plus or underscore, none at the ends. */
export function keptName(name: string): string {
  return name.replace(/[^\w+-]+/g, ".").replace(/^\.+|\.+$/g, "");
}

function taken(github: Github, releaseId: number, name: string, except: number): boolean {
  return github.find.assetsOf(releaseId).some((one) => one.name === name && one.id !== except);
}

/** The release of this id for those who may change it. */
function releaseOf(github: Github, by: Actor, repository: Repository, id: number): Outcome<Release> {
  const allowed = mayWrite(github, by, repository);
  if (!allowed.done) return allowed;
  const release = github.state.releases.get(id);
  return release?.repositoryId === repository.id ? done(release) : notFound;
}

/** Attaches a file to a release. One whose upload broke off stays as a starter under its name until it is deleted. */
export async function attach(
  github: Github,
  by: Actor,
  repository: Repository,
  releaseId: number,
  upload: Upload,
): Promise<Outcome<Attached>> {
  return github.exclusively(repository.id, async () => {
    const release = releaseOf(github, by, repository, releaseId);
    if (!release.done) return release;
    const name = keptName(upload.name);
    if (name === "") return refused(400, `Invalid name for request "${upload.name}"`);
    if (release.value.immutable) return refused(422, "Cannot upload assets to an immutable release.");
    if (taken(github, releaseId, name, -1)) return about({ code: "already_exists", field: "name" });
    if (upload.whole && upload.bytes.length === 0) return refused(400, "Bad Content-Length: ");
    const at = github.time();
    const digest = `sha256:${createHash("sha256").update(upload.bytes).digest("hex")}`;
    const blob = upload.whole ? await github.git.write(repository.id, "blob", upload.bytes) : "";
    const asset = github.state.assets.put({
      id: github.state.nextId(),
      repositoryId: repository.id,
      releaseId,
      name,
      label: upload.label,
      contentType: upload.contentType,
      size: upload.whole ? upload.bytes.length : 0,
      stored: upload.whole ? { blob, digest } : null,
      uploaderId: by.account.id,
      downloads: 0,
      createdAt: at,
      updatedAt: at,
    });
    return done({ asset, release: release.value });
  });
}

/** A file of the repository with its release, for those who may change both. */
function assetOf(github: Github, by: Actor, repository: Repository, id: number): Outcome<Attached> {
  const asset = github.state.assets.get(id);
  if (!asset) return notFound;
  const release = releaseOf(github, by, repository, asset.releaseId);
  return release.done ? done({ asset, release: release.value }) : release;
}

/** Renames a file of a release, or gives it another label. */
export function renameAsset(
  github: Github,
  by: Actor,
  repository: Repository,
  id: number,
  change: { readonly name?: string | undefined; readonly label?: string | null | undefined },
): Outcome<ReleaseAsset> {
  const found = assetOf(github, by, repository, id);
  if (!found.done) return found;
  const { asset, release } = found.value;
  if (release.immutable) return about({ code: "custom", message: "Cannot update asset of an immutable release" });
  const name = change.name === undefined ? asset.name : keptName(change.name);
  if (name === "") return about({ code: "missing_field", field: "name" });
  if (taken(github, release.id, name, id)) return about({ code: "already_exists", field: "name" });
  const label = change.label === undefined ? asset.label : change.label;
  return done(github.state.assets.change(id, { name, label, updatedAt: github.time() }));
}

/** Takes a file off a release. */
export function removeAsset(github: Github, by: Actor, repository: Repository, id: number): Outcome<null> {
  const found = assetOf(github, by, repository, id);
  if (!found.done) return found;
  if (found.value.release.immutable) {
    return about({ code: "custom", message: "Cannot delete asset from an immutable release" });
  }
  github.state.assets.remove(id);
  return done(null);
}
