import { z } from "zod";
import type { BranchRule, BroughtBy, Commit, ListedPull, Review } from "../flow/facts.ts";
import { branchText, instantText, listedPull, pullShape as listedShape, shaText } from "../flow/listed.ts";
import { type RepositoryId, repositoryId } from "../flow/names.ts";
import type { LiveRuleset } from "../flow/ruleset.ts";

// The shapes of GitHub's answers. What GitHub sends becomes a value of ours only here, once; where a field that we
// rely on is missing or malformed, the whole answer is not known.

export const id = z.number().int().positive();

/** Null where the account was deleted; GitHub shows such people as ghost. */
const user = z
  .object({ id, login: z.string(), type: z.string().nullish() })
  .nullish()
  .transform((found) => ({ id: found?.id ?? 0, login: found?.login ?? "ghost", bot: found?.type === "Bot" }));

export const repositoryShape = z.object({ id, full_name: z.string().includes("/"), default_branch: branchText });
export type Repository = z.output<typeof repositoryShape>;

export const branchShape = z.object({ name: branchText, commit: z.object({ sha: shaText }) });

/** A file, or something else that stands at that path: a folder comes as a list. */
export const contentShape = z.union([
  z.object({ type: z.literal("file"), sha: shaText, encoding: z.string(), content: z.string() }),
  z.object({ type: z.enum(["symlink", "submodule", "dir"]) }),
  z.array(z.unknown()).transform(() => ({ type: "dir" as const })),
]);

/** A file too large for its own answer; GitHub gives up to 100 MB so. */
export const blobShape = z.object({ encoding: z.literal("base64"), content: z.string() });

const pull = listedShape
  .extend({ base: z.object({ ref: branchText, repo: z.object({ id }) }) })
  .transform((shown) => ({ listed: listedPull(shown), of: repositoryId(shown.base.repo.id) }));

/** A pull request of this repository: under the name of a renamed one GitHub may answer for another. */
export const pullShape = (repository: RepositoryId) =>
  pull.refine(({ of }) => of === repository, { message: "is of another repository" }).transform(({ listed }) => listed);

/** Those of a list that are of this repository; a fork's list may name pull requests of its parent. */
export const pullsShape = (repository: RepositoryId) =>
  z
    .array(pull)
    .transform((pulls): readonly ListedPull[] =>
      pulls.flatMap(({ of, listed }) => (of === repository ? [listed] : [])),
    );

export const broughtByShape = (repository: RepositoryId) =>
  pullsShape(repository).transform((pulls): readonly BroughtBy[] =>
    pulls.map(({ number, facts: { author, merged, base, head } }) => ({
      number,
      author: { id: author.id, login: author.login },
      merged,
      base,
      head: head.sha,
    })),
  );

export const comparisonShape = z
  .object({
    ahead_by: z.number().int().nonnegative(),
    total_commits: z.number().int().nonnegative(),
    base_commit: z.object({ sha: shaText }),
    commits: z.array(
      z
        .object({
          sha: shaText,
          parents: z.array(z.object({ sha: shaText })),
          commit: z.object({ message: z.string() }),
          /** Null, or without fields, where no account has the address that the commit names. */
          author: z.object({ id: id.optional(), login: z.string().optional() }).nullish(),
        })
        .transform(
          ({ sha, parents, commit, author }): Commit => ({
            sha,
            parents: parents.map((parent) => parent.sha),
            title: commit.message.split("\n", 1)[0] ?? "",
            author: author?.id && author.login ? { id: author.id, login: author.login } : null,
          }),
        ),
    ),
  })
  .transform(({ ahead_by, total_commits, base_commit, commits }) => ({
    ahead: ahead_by,
    total: total_commits,
    base: base_commit.sha,
    commits,
  }));

const STATES = {
  APPROVED: "approved",
  CHANGES_REQUESTED: "changes-requested",
  DISMISSED: "dismissed",
  COMMENTED: "commented",
} as const;
/** Reviews in the order given. A pending one is a draft that only its author sees. */
export const reviewsShape = z
  .array(
    z.union([
      z.object({ state: z.literal("PENDING") }).transform(() => null),
      z
        .object({
          user,
          state: z.enum(["APPROVED", "CHANGES_REQUESTED", "DISMISSED", "COMMENTED"]),
          commit_id: shaText.nullish(),
          submitted_at: instantText,
        })
        .transform(
          ({ user: by, state, commit_id, submitted_at }): Review => ({
            by,
            state: STATES[state],
            commit: commit_id ?? null,
            at: submitted_at,
          }),
        ),
    ]),
  )
  .transform((reviews): readonly (Review | null)[] => reviews);

const parameters = z.record(z.string(), z.unknown());
export const rulesetShape = z
  .object({
    id,
    name: z.string(),
    target: z.string(),
    enforcement: z.string(),
    bypass_actors: z.array(z.unknown()).nullish(),
    conditions: z
      .object({ ref_name: z.object({ include: z.array(z.string()), exclude: z.array(z.string()) }).nullish() })
      .nullish(),
    rules: z.array(z.object({ type: z.string(), parameters: parameters.nullish() })),
  })
  .transform(
    ({ id, name, target, enforcement, bypass_actors, conditions, rules }): LiveRuleset => ({
      id,
      name,
      target,
      enforcement,
      bypassActors: bypass_actors?.length ?? null,
      include: conditions?.ref_name?.include ?? [],
      exclude: conditions?.ref_name?.exclude ?? [],
      rules: rules.map(({ type, parameters }) => ({ type, parameters: parameters ?? {} })),
    }),
  );

export const rulesetListShape = z.array(
  z.object({ id, name: z.string(), target: z.string().nullish(), source_type: z.string().nullish() }),
);

const checksRule = z.object({
  type: z.literal("required_status_checks"),
  parameters: z.object({
    required_status_checks: z.array(z.object({ context: z.string(), integration_id: z.number().int().nullish() })),
  }),
});
export const branchRulesShape = z.array(
  z
    .union([checksRule, z.object({ type: z.string().refine((type) => type !== "required_status_checks") })])
    .transform((rule): BranchRule => {
      const checks = "parameters" in rule ? rule.parameters.required_status_checks : [];
      return {
        type: rule.type,
        checks: checks.map(({ context, integration_id }) => ({ context, app: integration_id ?? null })),
      };
    }),
);

export const checkRunsShape = z
  .object({ check_runs: z.array(z.object({ id, external_id: z.string().nullish() })) })
  .transform(({ check_runs }) => check_runs);

/** What a write answers: the id of the thing that now stands there. */
export const writtenShape = z.object({ id });
