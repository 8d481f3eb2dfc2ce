import { z } from "zod";
import { type CheckSeen, type Commit, ENDINGS } from "../flow/facts.ts";
import { instantText, shaText } from "../flow/listed.ts";
import { id } from "./parse.ts";

const treeOf = z.object({ tree: z.object({ sha: shaText }) });

/** https://docs.github.com/rest/git/commits#get-a-commit-object */
export const treeShape = treeOf.transform(({ tree }) => tree.sha);

/** https://docs.github.com/rest/commits/commits#compare-two-commits */
export const comparisonShape = z
  .object({
    ahead_by: z.number().int().nonnegative(),
    behind_by: z.number().int().nonnegative(),
    total_commits: z.number().int().nonnegative(),
    base_commit: z.object({ sha: shaText }),
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
  .transform(({ ahead_by, behind_by, total_commits, base_commit, commits }) => ({
    ahead: ahead_by,
    behind: behind_by,
    total: total_commits,
    base: base_commit.sha,
    commits,
  }));

/** Our own check runs, by the mark they were given. */
export const checkRunsShape = z
  .object({ check_runs: z.array(z.object({ id, external_id: z.string().nullish() })) })
  .transform(({ check_runs }) => check_runs);

/** A check as GitHub tells it. `at` is null of a run that says neither when it began nor when it ended. */
export type ToldCheck = Omit<CheckSeen, "at"> & { readonly at: CheckSeen["at"] | null };

const ending = z.enum(ENDINGS);
/**
 * The check runs of a commit, by all Apps.
 * https://docs.github.com/rest/checks/runs#list-check-runs-for-a-git-reference
 */
export const allRunsShape = z
  .object({
    total_count: z.number().int().nonnegative(),
    check_runs: z.array(
      z
        .object({
          id,
          name: z.string(),
          status: z.string(),
          conclusion: ending.nullish(),
          started_at: instantText.nullish(),
          completed_at: instantText.nullish(),
          /** Null where the App was deleted; no App has the id 0. */
          app: z
            .object({ id })
            .nullable()
            .transform((app) => app?.id ?? 0),
        })
        .refine(({ status, conclusion }) => status !== "completed" || (conclusion ?? null) !== null, {
          message: "ended without a conclusion",
        })
        .transform(
          ({ id, name, status, conclusion, started_at, completed_at, app }): ToldCheck => ({
            name,
            app,
            ended: status === "completed" && conclusion ? conclusion : "pending",
            id,
            at: completed_at ?? started_at ?? null,
          }),
        ),
    ),
  })
  .transform(({ total_count, check_runs }) => ({ total: total_count, runs: check_runs }));

/**
 * The commit statuses of a commit, of each context the newest.
 * https://docs.github.com/rest/commits/statuses#get-the-combined-status-for-a-specific-reference
 */
export const statusesShape = z
  .object({
    statuses: z.array(
      z
        .object({
          id,
          context: z.string(),
          state: z.enum(["error", "failure", "pending", "success"]),
          updated_at: instantText,
        })
        .transform(
          ({ id, context, state, updated_at }): CheckSeen => ({
            name: context,
            app: null,
            ended: state,
            id,
            at: updated_at,
          }),
        ),
    ),
  })
  .transform(({ statuses }): readonly CheckSeen[] => statuses);
