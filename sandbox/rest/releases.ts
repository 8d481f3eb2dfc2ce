import { storedAt } from "../downloads.ts";
import type { Release } from "../model.ts";
import { done, invalid, type Outcome } from "../outcome.ts";
import { presentAsset, presentRelease } from "../present/releases.ts";
import type { MakeLatest, ReleaseInput } from "../publishing.ts";
import { releaseOfTag } from "../publishing.ts";
import { type Attached, attach, removeAsset, renameAsset } from "../release-assets.ts";
import { generateNotes } from "../release-notes.ts";
import { createRelease, deleteRelease, editRelease, latestRelease, releasesSeen } from "../releases.ts";
import { setImmutableReleases } from "../repositories.ts";
import {
  type Answer,
  answerOf,
  type Body,
  type Call,
  created,
  listed,
  missing,
  noContent,
  numberOf,
  ok,
  type Route,
  refusal,
  route,
  uploadRoute,
} from "./call.ts";
import { read } from "./input.ts";

const repo = "/repos/{owner}/{repo}";
const contentsRead = { contents: "read" } as const;
const contentsWrite = { contents: "write" } as const;

const present = ({ github, repository }: Call, release: Release) => presentRelease(github, repository, release);

/** A release the caller may see; undefined when there is none of this id. */
function releaseSeen(call: Call, id: number): Release | undefined {
  return releasesSeen(call.github, call.by, call.repository).find((one) => one.id === id);
}

function assetSeen(call: Call): Attached | undefined {
  const asset = call.github.state.assets.get(numberOf(call, "asset_id"));
  const release = asset && releaseSeen(call, asset.releaseId);
  return asset && release && { asset, release };
}

const shown = (release: Release | undefined, call: Call): Answer => (release ? ok(present(call, release)) : missing);

type Given = Omit<ReleaseInput, "tagName"> & { readonly tagName?: string; readonly generate: boolean };

function input(body: Body): Outcome<Given> {
  const given = read(body, {
    tag_name: "string?",
    target_commitish: "string?",
    name: "string|null?",
    body: "string|null?",
    draft: "boolean?",
    prerelease: "boolean?",
    make_latest: "string?",
    generate_release_notes: "boolean?",
  });
  if (!given.done) return given;
  const { tag_name, target_commitish, make_latest, generate_release_notes, ...rest } = given.value;
  if (make_latest !== undefined && !["true", "false", "legacy"].includes(make_latest))
    return invalid({ resource: "Release", code: "invalid", field: "make_latest" });
  return done({
    ...rest,
    ...(tag_name === undefined ? {} : { tagName: tag_name }),
    target: target_commitish,
    makeLatest: make_latest as MakeLatest | undefined,
    generate: generate_release_notes ?? false,
  });
}

async function post(call: Call): Promise<Answer> {
  const { github, by, repository } = call;
  const must = read(call.body, { tag_name: "string" });
  if (!must.done) return refusal(must.refusal);
  const given = input(call.body);
  if (!given.done) return refusal(given.refusal);
  const { generate, ...wanted } = given.value;
  const tagName = must.value.tag_name;
  if (!generate) {
    const made = await createRelease(github, by, repository, { ...wanted, tagName });
    return answerOf(made, (release) => created(present(call, release)));
  }
  const notes = await generateNotes(github, repository, { tagName, target: wanted.target });
  if (!notes.done) return refusal(notes.refusal);
  const body = wanted.body ? `${wanted.body}\n\n${notes.value.body}` : notes.value.body;
  const named = { ...wanted, tagName, name: wanted.name ?? notes.value.name, body };
  return answerOf(await createRelease(github, by, repository, named), (release) => created(present(call, release)));
}

async function patch(call: Call): Promise<Answer> {
  const given = input(call.body);
  if (!given.done) return refusal(given.refusal);
  const { generate: _, ...change } = given.value;
  const edited = await editRelease(call.github, call.by, call.repository, numberOf(call, "release_id"), change);
  return answerOf(edited, (release) => ok(present(call, release)));
}

async function notes(call: Call): Promise<Answer> {
  const given = read(call.body, {
    tag_name: "string",
    target_commitish: "string?",
    previous_tag_name: "string?",
    configuration_file_path: "string?",
  });
  if (!given.done) return refusal(given.refusal);
  const { tag_name: tagName, target_commitish: target, previous_tag_name: previousTag } = given.value;
  return answerOf(await generateNotes(call.github, call.repository, { tagName, target, previousTag }), ok);
}

async function upload(call: Call): Promise<Answer> {
  const { github, by, repository, query } = call;
  const releaseId = numberOf(call, "release_id");
  const attached = await attach(github, by, repository, releaseId, {
    name: query.get("name") ?? "",
    label: query.get("label"),
    ...call.upload,
  });
  return answerOf(attached, ({ asset, release }) => created(presentAsset(github, repository, release, asset)));
}

/** What a file is, or where it lies for those who ask for its bytes. */
function asset(call: Call): Answer {
  const found = assetSeen(call);
  if (!found) return missing;
  if (!call.accept.includes("application/octet-stream"))
    return ok(presentAsset(call.github, call.repository, found.release, found.asset));
  return found.asset.stored ? { status: 302, headers: { location: storedAt(call.github, found.asset) } } : missing;
}

function editAsset(call: Call): Answer {
  const given = read(call.body, { name: "string?", label: "string|null?", state: "string?" });
  if (!given.done) return refusal(given.refusal);
  const { github, by, repository } = call;
  const found = assetSeen(call);
  if (!found) return missing;
  const edited = renameAsset(github, by, repository, found.asset.id, given.value);
  return answerOf(edited, (one) => ok(presentAsset(github, repository, found.release, one)));
}

/** https://docs.github.com/rest/releases */
export const releaseRoutes: readonly Route[] = [
  route(`GET ${repo}/releases`, contentsRead, (call) =>
    listed(call, releasesSeen(call.github, call.by, call.repository), (one) => present(call, one)),
  ),
  route(`POST ${repo}/releases`, contentsWrite, post),
  route(`POST ${repo}/releases/generate-notes`, contentsWrite, notes),
  route(`GET ${repo}/releases/latest`, contentsRead, (call) =>
    shown(latestRelease(call.github, call.repository.id), call),
  ),
  route(`GET ${repo}/releases/tags/{tag*}`, contentsRead, (call) =>
    shown(releaseOfTag(call.github, call.repository.id, call.params["tag"] ?? ""), call),
  ),
  route(`GET ${repo}/releases/assets/{asset_id}`, contentsRead, asset),
  route(`PATCH ${repo}/releases/assets/{asset_id}`, contentsWrite, editAsset),
  route(`DELETE ${repo}/releases/assets/{asset_id}`, contentsWrite, (call) =>
    answerOf(removeAsset(call.github, call.by, call.repository, numberOf(call, "asset_id")), () => noContent),
  ),
  route(`GET ${repo}/releases/{release_id}/assets`, contentsRead, (call) => {
    const release = releaseSeen(call, numberOf(call, "release_id"));
    if (!release) return missing;
    const { github, repository } = call;
    return listed(call, github.find.assetsOf(release.id), (one) => presentAsset(github, repository, release, one));
  }),
  uploadRoute(`POST ${repo}/releases/{release_id}/assets`, contentsWrite, upload),
  route(`GET ${repo}/releases/{release_id}`, contentsRead, (call) =>
    shown(releaseSeen(call, numberOf(call, "release_id")), call),
  ),
  route(`PATCH ${repo}/releases/{release_id}`, contentsWrite, patch),
  route(`DELETE ${repo}/releases/{release_id}`, contentsWrite, async (call) =>
    answerOf(await deleteRelease(call.github, call.by, call.repository, numberOf(call, "release_id")), () => noContent),
  ),
  route(`GET ${repo}/immutable-releases`, { administration: "read" }, ({ repository }) =>
    repository.immutableReleases ? ok({ enabled: true, enforced_by_owner: false }) : missing,
  ),
  route(`PUT ${repo}/immutable-releases`, { administration: "write" }, ({ github, by, repository }) =>
    answerOf(setImmutableReleases(github, by, repository, true), () => noContent),
  ),
  route(`DELETE ${repo}/immutable-releases`, { administration: "write" }, ({ github, by, repository }) =>
    answerOf(setImmutableReleases(github, by, repository, false), () => noContent),
  ),
];
