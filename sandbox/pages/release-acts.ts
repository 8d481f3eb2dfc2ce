import type { Release } from "../model.ts";
import type { Outcome } from "../outcome.ts";
import { attach, removeAsset } from "../release-assets.ts";
import { createRelease, deleteRelease, editRelease } from "../releases.ts";
import { releaseAddress } from "./releases.ts";
import { type Answer, go, type RepositoryVisit, unixLines } from "./visit.ts";

/** Saves a draft from the form. */
export async function makeRelease(visit: RepositoryVisit): Promise<Answer> {
  const { github, by, repository, fullName, form } = visit;
  const made = await createRelease(github, by, repository, {
    ...textsOf(visit),
    tagName: form.get("tag") ?? "",
    target: form.get("target") ?? repository.defaultBranch,
    draft: true,
  });
  return go(made.done ? releaseAddress(fullName, made.value) : `/${fullName}/releases`, made, "Saved as a draft.");
}

/** What the forms of a release's page do to it; null when there is nothing of the kind. */
export async function actOnRelease(visit: RepositoryVisit, release: Release, act: string): Promise<Answer | null> {
  const { github, by, repository, fullName, form } = visit;
  const edit = (change: Parameters<typeof editRelease>[4]) => editRelease(github, by, repository, release.id, change);
  const after = (outcome: Outcome<unknown>, words: string) =>
    go(releaseAddress(fullName, github.state.releases.get(release.id) ?? release), outcome, words);
  if (act === "publish") return after(await edit({ draft: false }), "Published.");
  if (act === "unpublish") return after(await edit({ draft: true }), "It is a draft again.");
  if (act === "edit") return after(await edit({ ...textsOf(visit), tagName: form.get("tag") ?? "" }), "Saved.");
  if (act === "delete") {
    const gone = await deleteRelease(github, by, repository, release.id);
    return go(`/${fullName}/releases`, gone, `Release ${release.tagName} is deleted. Its tag stays.`);
  }
  if (act === "remove") {
    const id = Number(form.get("asset"));
    return after(removeAsset(github, by, repository, id), "The file is deleted.");
  }
  if (act !== "attach") return null;
  const attached = await attach(github, by, repository, release.id, {
    name: form.get("file") ?? "",
    label: null,
    contentType: "text/plain",
    bytes: Buffer.from(unixLines(form.get("content") ?? "")),
    whole: true,
  });
  return after(attached, "The file is attached.");
}

function textsOf({ form }: RepositoryVisit) {
  const body = unixLines(form.get("body") ?? "").trim();
  return { name: form.get("name") || null, body: body === "" ? null : body, prerelease: form.has("prerelease") };
}
