import { z } from "zod";
import type { Commit, TreeEntry } from "../flow/facts.ts";
import { checkRunShape, shaText, statusShape } from "../flow/listed.ts";
import { id } from "./parse.ts";

const treeOf = z.object({ tree: z.object({ sha: shaText }) });

/** https://docs.github.com/rest/git/commits#get-a-commit-object */
export const treeShape = treeOf.transform(({ tree }) => tree.sha);

/** How git writes what a file is. */
const MODES: { readonly [mode: string]: TreeEntry["kind"] } = {
  "100644": "file",
  "100755": "executable",
  "120000": "link",
  "160000": "submodule",
};
/** https://docs.github.com/rest/git/trees#get-a-tree */
export const entriesShape = z
  .object({
    tree: z.array(z.object({ path: z.string(), mode: z.string(), sha: shaText })),
    truncated: z.boolean(),
  })
  .transform(({ tree, truncated }) => ({
    entries: tree.flatMap(({ path, mode, sha }): readonly TreeEntry[] => {
      const kind = MODES[mode];
      return kind === undefined ? [] : [{ path, kind, blob: sha }];
    }),
    whole: !truncated,
  }));

/** https://docs.github.com/rest/commits/commits#compare-two-commits */
export const comparisonShape = z
  .object({
    ahead_by: z.number().int().nonnegative(),
    behind_by: z.number().int().nonnegative(),
    total_commits: z.number().int().nonnegative(),
    base_commit: z.object({ sha: shaText }),
    merge_base_commit: z.object({ sha: shaText }),
    commits: z.array(
      z
        .object({
          sha: shaText,
          parents: z.array(z.object({ sha: shaText })),
          commit: treeOf.extend({ message: z.string() }),
          /** Null, or without fields, where no account has the address that the commit names. */
          author: z.object({ id: id.optional(), login: z.string().optional() }).nullish(),
        })
        .transform(
          ({ sha, parents, commit, author }): Commit => ({
            sha,
            parents: parents.map((parent) => parent.sha),
            tree: commit.tree.sha,
            title: commit.message.split("\n", 1)[0] ?? "",
            author: author?.id && author.login ? { id: author.id, login: author.login } : null,
          }),
        ),
    ),
  })
  .transform(({ ahead_by, behind_by, total_commits, base_commit, merge_base_commit, commits }) => ({
    ahead: ahead_by,
    behind: behind_by,
    total: total_commits,
    base: base_commit.sha,
    mergeBase: merge_base_commit.sha,
    commits,
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
