import { z } from "zod";
import type { Answers, BranchRule, BroughtBy, ListedPull, Review } from "../flow/facts.ts";
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

export const repositoryShape = z.object({
  id,
  full_name: z.string().includes("/"),
  default_branch: branchText,
  allow_merge_commit: z.boolean().optional(),
  allow_squash_merge: z.boolean().optional(),
  allow_rebase_merge: z.boolean().optional(),
});
export type Repository = z.output<typeof repositoryShape>;

const classicChecks = z
  .object({
    contexts: z.array(z.string()).nullish(),
    checks: z.array(z.object({ context: z.string(), app_id: z.number().int().nullish() })).nullish(),
  })
  .transform(({ contexts, checks }): BranchRule["checks"] => {
    // GitHub writes -1 for a check that any App may set, and repeats the names of all checks as contexts.
    const pinned = (checks ?? []).map(({ context, app_id }) => ({
      context,
      app: app_id && app_id > 0 ? app_id : null,
    }));
    const named = (contexts ?? []).filter((context) => !pinned.some((check) => check.context === context));
    return [...pinned, ...named.map((context) => ({ context, app: null }))];
  });
/**
 * A branch, with the checks that a classic protection requires on it.
 * https://docs.github.com/rest/branches/branches#get-a-branch
 */
export const branchShape = z
  .object({
    name: branchText,
    commit: z.object({ sha: shaText }),
    protection: z.object({ required_status_checks: classicChecks.nullish() }).nullish(),
  })
  .transform(({ name, commit, protection }) => ({
    name,
    head: commit.sha,
    required: protection?.required_status_checks ?? [],
  }));

/** A file, or something else that stands at that path: a folder comes as a list. */
export const contentShape = z.union([
  z.object({ type: z.literal("file"), sha: shaText, encoding: z.string(), content: z.string() }),
  z.object({ type: z.enum(["symlink", "submodule", "dir"]) }),
  z.array(z.unknown()).transform(() => ({ type: "dir" as const })),
]);

/** A file by its content, also one too large for the answer by its path; GitHub gives up to 100 MB so. */
export const blobShape = z.object({ encoding: z.literal("base64"), content: z.string() });

/**
 * The same as base64; null where it has more bytes than that.
 * https://docs.github.com/rest/git/blobs#get-a-blob
 */
export const bytesShape = (most: number) =>
  z
    .object({ encoding: z.literal("base64"), content: z.string(), size: z.number().int().nonnegative() })
    .transform(({ content, size }) => (size > most ? null : content));

const pull = listedShape
  .extend({ base: z.object({ ref: branchText, repo: z.object({ id }) }) })
  .transform((shown) => ({ listed: listedPull(shown), of: repositoryId(shown.base.repo.id) }));

/** A pull request of this repository: under the name of a renamed one GitHub may answer for another. */
export const pullShape = (repository: RepositoryId) =>
  pull.refine(({ of }) => of === repository, { message: "is of another repository" }).transform(({ listed }) => listed);

/**
 * What a pull request says. https://docs.github.com/rest/pulls/pulls#get-a-pull-request
 */
export const textShape = (repository: RepositoryId) =>
  z
    .object({ title: z.string(), body: z.string().nullish(), base: z.object({ repo: z.object({ id }) }) })
    .refine(({ base }) => base.repo.id === repository, { message: "is of another repository" })
    .transform(({ title, body }) => ({ title, body: body ?? "" }));

/**
 * Open issues; to GitHub a pull request is one too.
 * https://docs.github.com/rest/issues/issues#list-repository-issues
 */
export const issuesShape = z.array(
  z
    .object({ number: id, title: z.string(), pull_request: z.unknown().optional() })
    .transform(({ number, title, pull_request }) => ({ number, title, pull: (pull_request ?? null) !== null })),
);

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
          id,
          user,
          state: z.enum(["APPROVED", "CHANGES_REQUESTED", "DISMISSED", "COMMENTED"]),
          commit_id: shaText.nullish(),
          submitted_at: instantText,
        })
        .transform(
          ({ id, user: by, state, commit_id, submitted_at }): Review => ({
            id,
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
    bypass_actors: z
      .array(z.object({ actor_id: z.number().nullish(), actor_type: z.string(), bypass_mode: z.string() }))
      .nullish(),
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
      bypassActors: bypass_actors?.map((actor) => ({ ...actor, actor_id: actor.actor_id ?? null })) ?? null,
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

/** Comments, by the id of the App they were written with; null: by hand. */
export const commentsShape = z.array(
  z
    .object({ id, body: z.string().nullish(), performed_via_github_app: z.object({ id }).nullish() })
    .transform(({ id, body, performed_via_github_app }) => ({
      id,
      body: body ?? "",
      by: performed_via_github_app?.id ?? null,
    })),
);

/** https://docs.github.com/rest/issues/issues#list-repository-issues */
export const ourIssuesShape = z.array(
  z
    .object({
      number: id,
      title: z.string(),
      body: z.string().nullish(),
      state: z.enum(["open", "closed"]),
      performed_via_github_app: z.object({ id }).nullish(),
    })
    .transform(({ number, title, body, state, performed_via_github_app }) => ({
      number,
      title,
      body: body ?? "",
      state,
      by: performed_via_github_app?.id ?? null,
    })),
);

/** https://docs.github.com/rest/issues/issues#get-an-issue */
export const issueShape = z
  .object({
    state: z.enum(["open", "closed"]),
    closed_by: z.object({ id, login: z.string() }).nullish(),
  })
  .transform(
    ({ state, closed_by }): NonNullable<Answers["issue"]> => ({
      open: state === "open",
      closedBy: closed_by ? { id: closed_by.id, login: closed_by.login } : null,
    }),
  );

/** What a write answers: the id of the thing that now stands there. */
export const writtenShape = z.object({ id });
/** Issues go by their number. */
export const numberShape = z.object({ number: id }).transform(({ number }) => ({ id: number }));
