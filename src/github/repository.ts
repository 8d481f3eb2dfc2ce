import type { z } from "zod";
import type { MergeMethod } from "../flow/effect.ts";
import type { Answers, BranchRule, Document } from "../flow/facts.ts";
import type { Branch, RepositoryId, Sha } from "../flow/names.ts";
import { type LiveRuleset, targetOf } from "../flow/ruleset.ts";
import { found, isAbsent, type Outcome } from "./failure.ts";
import * as shapes from "./parse.ts";
import type { As, Read } from "./read.ts";

/** A repository as an installation reaches it. */
export type Place = As & { readonly repository: RepositoryId; readonly name: string };

/** The address of everything in a repository. */
export const root = ({ name }: { readonly name: string }): string =>
  `/repos/${name.split("/").map(encodeURIComponent).join("/")}`;

/** The repository, unless another one now has its name. */
export async function repositoryAt(read: Read, place: Place): Promise<Outcome<Answers["repository"]>> {
  const shape: z.ZodType<shapes.Repository> = shapes.repositoryShape.refine(({ id }) => id === place.repository, {
    message: "is another repository by now",
  });
  const outcome = await read.one(place, root(place), shape);
  if (!outcome.ok) return outcome;
  const { full_name, default_branch, ...allows } = outcome.value;
  return found({ name: full_name, defaultBranch: default_branch, methods: methodsOf(allows) });
}

/** What GitHub does not show is not allowed for all we know. */
const methodsOf = (allows: Omit<shapes.Repository, "id" | "full_name" | "default_branch">): readonly MergeMethod[] => [
  ...(allows.allow_merge_commit ? (["merge"] as const) : []),
  ...(allows.allow_squash_merge ? (["squash"] as const) : []),
  ...(allows.allow_rebase_merge ? (["rebase"] as const) : []),
];

/**
 * GitHub answers 404 for what is not there and for what we may not see, so a thing is only taken to be missing
 * while its repository can be seen.
 */
export async function absentOr<T>(read: Read, place: Place, outcome: Outcome<T>, absent: T): Promise<Outcome<T>> {
  if (!isAbsent(outcome)) return outcome;
  const repository = await repositoryAt(read, place);
  return repository.ok ? found(absent) : repository;
}

type SeenBranch = { readonly head: Sha; readonly required: BranchRule["checks"] };

/** A branch; null where there is none of that name. */
async function branchAt(read: Read, place: Place, branch: Branch): Promise<Outcome<SeenBranch | null>> {
  const outcome = await read.one(place, `${root(place)}/branches/${encodeURIComponent(branch)}`, shapes.branchShape);
  if (!outcome.ok) return absentOr<SeenBranch | null>(read, place, outcome, null);
  // A renamed branch is answered for under its old name: there is none of that name any more.
  return found(outcome.value.name === branch ? outcome.value : null);
}

export async function headOf(read: Read, place: Place, branch: Branch): Promise<Outcome<Sha | null>> {
  const outcome = await branchAt(read, place, branch);
  return outcome.ok ? found(outcome.value?.head ?? null) : outcome;
}

/**
 * What GitHub enforces on a branch. The rules it lists are those of rulesets; what a classic protection requires, it
 * tells with the branch.
 * https://docs.github.com/rest/repos/rules#get-rules-for-a-branch
 */
export async function rulesOn(read: Read, place: Place, branch: Branch): Promise<Outcome<readonly BranchRule[]>> {
  const [rules, seen] = await Promise.all([
    read.all(place, `${root(place)}/rules/branches/${encodeURIComponent(branch)}`, shapes.branchRulesShape),
    branchAt(read, place, branch),
  ]);
  if (!rules.ok) return rules;
  if (!seen.ok) return seen;
  const checks = seen.value?.required ?? [];
  return found(checks.length === 0 ? rules.value : [...rules.value, { type: "required_status_checks", checks }]);
}

/**
 * A file on the default branch, or as it is in a commit.
 * https://docs.github.com/rest/repos/contents#get-repository-content
 */
export async function documentAt(read: Read, place: Place, path: string, at: Sha | null): Promise<Outcome<Document>> {
  const address = `${root(place)}/contents/${path.split("/").map(encodeURIComponent).join("/")}${at === null ? "" : `?ref=${at}`}`;
  const outcome = await read.one(place, address, shapes.contentShape, at === null ? {} : { immutable: true });
  if (!outcome.ok) return absentOr<Document>(read, place, outcome, { found: false });
  const content = outcome.value;
  if (content.type !== "file") return found({ found: false });
  if (content.encoding === "base64") return found({ found: true, blob: content.sha, text: textOf(content.content) });
  const text = await blobOf(read, place, content.sha);
  return text.ok ? found({ found: true, blob: content.sha, text: text.value }) : text;
}

/** https://docs.github.com/rest/git/blobs#get-a-blob */
export async function blobOf(read: Read, place: Place, sha: Sha): Promise<Outcome<Answers["blob"]>> {
  const outcome = await read.one(place, `${root(place)}/git/blobs/${sha}`, shapes.blobShape, { immutable: true });
  return outcome.ok ? found(textOf(outcome.value.content)) : outcome;
}

/** More than a run-book may have; what is larger is not kept either. */
const LARGEST_FILE = 1024 * 1024;

/**
 * A file as it is stored, without being made text; null where it has more than 1 MiB.
 * https://docs.github.com/rest/git/blobs#get-a-blob
 */
export async function bytesOf(read: Read, place: Place, sha: Sha): Promise<Outcome<Uint8Array | null>> {
  const outcome = await read.one(place, `${root(place)}/git/blobs/${sha}`, shapes.bytesShape(LARGEST_FILE), {
    part: "bytes",
    immutable: true,
  });
  if (!outcome.ok) return outcome;
  return found(outcome.value === null ? null : Buffer.from(outcome.value, "base64"));
}

/** The repository's own ruleset of that title; null where there is none. */
export async function rulesetAt(read: Read, place: Place, title: string): Promise<Outcome<LiveRuleset | null>> {
  const all = await rulesetsAt(read, place, [title]);
  return all.ok ? found(all.value[0] ?? null) : all;
}

/** The repository's own rulesets of those titles, those that are there. https://docs.github.com/rest/repos/rules */
export async function rulesetsAt(
  read: Read,
  place: Place,
  titles: readonly string[],
): Promise<Outcome<readonly LiveRuleset[]>> {
  const list = await read.all(place, `${root(place)}/rulesets?includes_parents=false`, shapes.rulesetListShape);
  if (!list.ok) return list;
  const listed = titles.flatMap((title) => {
    const named = list.value.filter(({ name }) => name === title);
    // Of two the one that is for what it says; the only one, whatever somebody has made it for.
    return named.find(({ target }) => (target ?? "branch") === targetOf(title)) ?? named[0] ?? [];
  });
  const shown = await Promise.all(
    listed.map(({ id }) => read.one(place, `${root(place)}/rulesets/${id}`, shapes.rulesetShape)),
  );
  const there: LiveRuleset[] = [];
  for (const outcome of shown) {
    if (outcome.ok) there.push(outcome.value);
    else if (!isAbsent(outcome)) return outcome;
  }
  return found(there);
}

const textOf = (base64: string) => Buffer.from(base64, "base64").toString("utf8");
