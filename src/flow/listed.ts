import { z } from "zod";
import { listSeen, withoutList } from "./carried-list.ts";
import { type CheckSeen, ENDINGS } from "./check-seen.ts";
import type { ListedPull } from "./facts.ts";
import { BUMPS, type Bump, type PullFacts } from "./memory.ts";
import { branch, type Instant, parseInstant, repositoryId, type Sha, sha } from "./names.ts";

export const instantText = z.string().transform((text, context) => {
  const at = parseInstant(text);
  if (at === null) context.addIssue({ code: "custom", message: "is no time" });
  return at as Instant;
});
export const branchText = z.string().min(1).transform(branch);
export const shaText = z
  .string()
  .regex(/^[0-9a-f]{40,64}$/)
  .transform(sha);
const id = z.number().int().positive();

/** A pull request as GitHub shows it in events and lists. */
export const pullShape = z.object({
  number: id,
  title: z.string(),
  body: z.string().nullish(),
  labels: z.array(z.object({ name: z.string() })).nullish(),
  draft: z.boolean().nullish(),
  state: z.enum(["open", "closed"]),
  merged: z.boolean().nullish(),
  merged_at: instantText.nullish(),
  updated_at: instantText,
  /** While it is open, of a trial merge. */
  merge_commit_sha: shaText.nullish(),
  /** Left out in lists. */
  commits: z.number().int().nonnegative().nullish(),
  /** Null where the account was deleted. */
  user: z.object({ id, login: z.string(), type: z.string().nullish() }).nullish(),
  head: z.object({ sha: shaText, ref: branchText, repo: z.object({ id }).nullish() }),
  base: z.object({ ref: branchText }),
});

/** @returns what we keep of a pull request as GitHub shows it. */
export function listedPull(pull: z.output<typeof pullShape>): ListedPull {
  const isMerged = pull.merged ?? typeof pull.merged_at === "string";
  const list = listSeen(pull.body ?? "");
  const facts: PullFacts = {
    title: pull.title,
    author: { id: pull.user?.id ?? 0, login: pull.user?.login ?? "ghost", bot: pull.user?.type === "Bot" },
    draft: pull.draft ?? false,
    state: pull.state,
    merged: isMerged,
    head: {
      sha: pull.head.sha,
      ref: pull.head.ref,
      repository: pull.head.repo ? repositoryId(pull.head.repo.id) : null,
    },
    base: pull.base.ref,
    body: bodyThatCounts(pull.body ?? ""),
    dataLabel: (pull.labels ?? []).some(({ name }) => name === DATA_LABEL),
    bump: bumpIn((pull.labels ?? []).map(({ name }) => name)),
    mergeCommit: isMerged ? (pull.merge_commit_sha ?? null) : null,
    ...(list !== null && { list }),
    mergedAt: isMerged ? (pull.merged_at ?? null) : null,
  };
  const { merge_commit_sha: commit, commits } = pull;
  return {
    number: pull.number,
    asOf: pull.updated_at,
    facts,
    ...(facts.merged && commit && commits != null && { mergedAs: { commit, commits } }),
  };
}

/** The strongest of the labels that say which number of the version is raised. */
export const bumpIn = (labels: readonly string[]): Bump | null =>
  BUMPS.find((bump) => labels.includes(`release:${bump}`)) ?? null;
/** The label that says that a pull request affects data. */
export const DATA_LABEL = "data-impact";
/**
 * A body is kept only where a line of it may say something that a gate asks about, without what Flowgate lists in it: the
 * titles there say nothing of this pull request, and a list that grows changes nothing that people said.
 */
export function bodyThatCounts(body: string): string | null {
  const said = withoutList(body);
  return /run-?book\s*:|(?:data\s+impact|withdraws)[\s*_]*:/i.test(said) ? said : null;
}

const ending = z.enum(ENDINGS);

/** A check run as GitHub shows it in events and lists. https://docs.github.com/rest/checks/runs */
export const checkRunShape = z
  .object({
    id,
    name: z.string(),
    head_sha: shaText,
    status: z.string(),
    conclusion: ending.nullish(),
    /** Null where the App was deleted; no App has the id 0. */
    app: z
      .object({ id })
      .nullable()
      .transform((app) => app?.id ?? 0),
  })
  .refine(({ status, conclusion }) => status !== "completed" || (conclusion ?? null) !== null, {
    message: "ended without a conclusion",
  })
  .transform(({ id, name, head_sha, status, conclusion, app }): { readonly head: Sha; readonly seen: CheckSeen } => ({
    head: head_sha,
    seen: { name, app, ended: status === "completed" && conclusion ? conclusion : "pending", id },
  }));

/** A commit status as GitHub shows it in events and lists. https://docs.github.com/rest/commits/statuses */
export const statusShape = z
  .object({ id, context: z.string(), state: z.enum(["success", "pending", "failure", "error"]) })
  .transform(({ id, context, state }): CheckSeen => ({ name: context, app: null, ended: state, id }));
