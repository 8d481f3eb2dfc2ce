import { z } from "zod";
import { breakingFooter } from "../flow/breaking.ts";
import { destructiveIn } from "../flow/destructive.ts";
import type { ChangedFile, Commit, TreeEntry } from "../flow/facts.ts";
import { checkRunShape, shaText, statusShape } from "../flow/listed.ts";
import type { Sha } from "../flow/names.ts";
import { id } from "./parse.ts";

const treeOf = z.object({ tree: z.object({ sha: shaText }) });

const parent = z.object({ sha: shaText }).transform(({ sha }) => sha);
/** https://docs.github.com/rest/git/commits#get-a-commit-object */
export const commitShape = treeOf
  .extend({ parents: z.array(parent) })
  .transform(({ tree, parents }) => ({ tree: tree.sha, parents }));

/** https://docs.github.com/rest/commits/commits#list-commits */
export const commitsShape = z
  .array(z.object({ sha: shaText }))
  .transform((commits): readonly Sha[] => commits.map(({ sha }) => sha));

/** How git writes what a file is; 100664 stands in trees of its first years. */
const MODES: { readonly [mode: string]: TreeEntry["kind"] } = {
  "100644": "file",
  "100664": "file",
  "100755": "executable",
  "120000": "link",
  "160000": "submodule",
};
const treeListed = z
  .array(z.object({ path: z.string(), mode: z.string(), sha: shaText, size: z.number().nullish() }))
  .transform((tree): readonly TreeEntry[] =>
    tree.flatMap(({ path, mode, sha, size }) => {
      const kind = MODES[mode];
      return kind === undefined ? [] : [{ path, kind, blob: sha, size: size ?? 0 }];
    }),
  );
/**
 * Null where GitHub cut the list off: what may be missing is not known.
 * https://docs.github.com/rest/git/trees#get-a-tree
 */
export const entriesShape = z
  .object({ tree: treeListed, truncated: z.boolean() })
  .transform(({ tree, truncated }) => (truncated ? null : tree));
/** The same of one folder, as far as it is listed. */
export const rootFilesShape = z.object({ tree: treeListed }).transform(({ tree }) => tree);

/** The folders of a tree; null where GitHub cut the list off. */
export const foldersShape = z
  .object({ tree: z.array(z.object({ path: z.string(), mode: z.string(), sha: shaText })), truncated: z.boolean() })
  .transform(({ tree, truncated }) => (truncated ? null : tree.filter(({ mode }) => mode === "040000")));

/**
 * A file of a comparison. Of a removed one GitHub names the blob that was there.
 * https://docs.github.com/rest/commits/commits#compare-two-commits
 */
const changedFile = z
  .union([
    z.object({ status: z.literal("removed"), filename: z.string(), sha: z.unknown().transform(() => null) }),
    z.object({
      status: z.enum(["added", "modified", "renamed", "copied", "changed", "unchanged"]),
      filename: z.string(),
      previous_filename: z.string().nullish(),
      sha: shaText,
      additions: z.number().int().nonnegative().nullish(),
      /** Left out of what is binary or large. */
      patch: z.string().nullish(),
    }),
  ])
  .transform((file): ChangedFile => {
    if (file.status === "removed") return { path: file.filename, before: null, blob: null };
    const added = addedLines(file);
    return {
      path: file.filename,
      before: file.previous_filename ?? null,
      blob: file.sha,
      ...(added === null ? {} : { destructive: destructiveIn(added) }),
    };
  });

/** The new lines of a file, as its patch shows them; null where it does not show them all. */
function addedLines(file: {
  readonly patch?: string | null | undefined;
  readonly additions?: number | null | undefined;
}) {
  if (file.patch === null || file.patch === undefined) return null;
  const added = file.patch.split("\n").filter((line) => line.startsWith("+"));
  // A patch that was cut off would be taken for one that does no harm.
  if (file.additions !== null && file.additions !== undefined && file.additions !== added.length) return null;
  return added.map((line) => line.slice(1)).join("\n");
}

/** https://docs.github.com/rest/commits/commits#compare-two-commits */
export const comparisonShape = z
  .object({
    ahead_by: z.number().int().nonnegative(),
    behind_by: z.number().int().nonnegative(),
    total_commits: z.number().int().nonnegative(),
    base_commit: z.object({ sha: shaText }),
    merge_base_commit: z.object({ sha: shaText, commit: treeOf }),
    commits: z.array(
      z
        .object({
          sha: shaText,
          parents: z.array(z.object({ sha: shaText })),
          commit: treeOf.extend({ message: z.string() }),
          /** Null, or without fields, where no account has the address that the commit names. */
          author: z.object({ id: id.optional(), login: z.string().optional() }).nullish(),
        })
        .transform(({ sha, parents, commit, author }): Commit => {
          const breaking = breakingFooter(commit.message);
          return {
            sha,
            parents: parents.map((parent) => parent.sha),
            tree: commit.tree.sha,
            title: commit.message.split("\n", 1)[0] ?? "",
            ...(breaking !== null && { breaking }),
            author: author?.id && author.login ? { id: author.id, login: author.login } : null,
          };
        }),
    ),
    /** On the first page only. One that is not as documented is not known; the others are. */
    files: z.array(changedFile.nullable().catch(null)).nullish(),
  })
  .transform(({ ahead_by, behind_by, total_commits, base_commit, merge_base_commit, commits, files }) => ({
    ahead: ahead_by,
    behind: behind_by,
    total: total_commits,
    base: base_commit.sha,
    mergeBase: merge_base_commit.sha,
    mergeBaseTree: merge_base_commit.commit.tree.sha,
    commits,
    files: files ?? null,
  }));

/** Our own check runs, by the mark they were given. */
export const checkRunsShape = z
  .object({ check_runs: z.array(z.object({ id, external_id: z.string().nullish() })) })
  .transform(({ check_runs }) => check_runs);

/**
 * The check runs of a commit, by all Apps.
 * https://docs.github.com/rest/checks/runs#list-check-runs-for-a-git-reference
 */
export const allRunsShape = z
  .object({ total_count: z.number().int().nonnegative(), check_runs: z.array(checkRunShape) })
  .transform(({ total_count, check_runs }) => ({ total: total_count, runs: check_runs.map(({ seen }) => seen) }));

/**
 * The commit statuses of a commit, of each context the newest.
 * https://docs.github.com/rest/commits/statuses#get-the-combined-status-for-a-specific-reference
 */
export const statusesShape = z.object({ statuses: z.array(statusShape) }).transform(({ statuses }) => statuses);
