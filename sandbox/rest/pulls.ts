import { mergePull } from "../merge.ts";
import type { MergeMethod, Pull } from "../model.ts";
import { presentCommit, presentFile } from "../present/commits.ts";
import { presentFullPull, presentPull } from "../present/pulls.ts";
import { commitsOf, filesOf, numbersAsked, numbersOf } from "../pull-events.ts";
import { editPull, openPull } from "../pulls.ts";
import { requestReviews, withdrawRequests } from "../review-requests.ts";
import {
  type Answer,
  answerLater,
  answerOf,
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
} from "./call.ts";
import { read } from "./input.ts";

const repo = "/repos/{owner}/{repo}";
const pullRead = { pull_requests: "read" } as const;
const pullWrite = { pull_requests: "write" } as const;
/** What the list of a pull request's commits, and of its files, ends at. */
const mostCommits = 250;
const mostFiles = 3000;

const pullOf = (call: Call): Pull | undefined => call.github.find.pull(call.repository.id, numberOf(call, "number"));

const notOneOf = (field: string, value: string) => ({
  status: 422,
  message: `Invalid request.\n\nFor 'properties/${field}', ${value} is not a member of its list.`,
});

async function full(call: Call, pull: Pull): Promise<unknown> {
  return presentFullPull(call.github, pull, await numbersOf(call.github, pull));
}

function list(call: Call): Promise<Answer> {
  const { github, repository, query } = call;
  const state = query.get("state") ?? "open";
  const head = query.get("head");
  const base = query.get("base");
  const sort = query.get("sort") === "updated" ? "updatedAt" : "createdAt";
  const ascending = (query.get("direction") ?? (query.has("sort") ? "asc" : "desc")) === "asc";
  const found = github.find
    .pullsOf(repository.id)
    .filter((pull) => state === "all" || pull.state === state)
    .filter((pull) => base === null || pull.base.ref === base)
    .filter((pull) => head === null || `${pull.head.owner}:${pull.head.ref}`.toLowerCase() === head.toLowerCase())
    .toSorted((a, b) => (a[sort] === b[sort] ? a.id - b.id : a[sort] < b[sort] ? -1 : 1));
  return listed(call, ascending ? found : found.toReversed(), (pull) => presentPull(github, pull));
}

async function open(call: Call): Promise<Answer> {
  const input = read(call.body, {
    title: "string",
    head: "string",
    base: "string",
    body: "string|null?",
    draft: "boolean?",
    head_repo: "string?",
  });
  if (!input.done) return refusal(input.refusal);
  const { head_repo: headRepository, ...rest } = input.value;
  const opened = await openPull(call.github, call.by, call.repository, { ...rest, headRepository });
  return answerLater(opened, async (pull) => created(await full(call, pull)));
}

async function edit(call: Call): Promise<Answer> {
  const input = read(call.body, { title: "string?", body: "string|null?", base: "string?", state: "string?" });
  if (!input.done) return refusal(input.refusal);
  if (input.value.state !== undefined && !["open", "closed"].includes(input.value.state))
    return refusal(notOneOf("state", input.value.state));
  const state = input.value.state as "open" | "closed" | undefined;
  const edited = await editPull(call.github, call.by, call.repository, numberOf(call, "number"), {
    ...input.value,
    state,
  });
  return answerLater(edited, async (pull) => ok(await full(call, pull)));
}

async function merge(call: Call): Promise<Answer> {
  const input = read(call.body, {
    sha: "string?",
    merge_method: "string?",
    commit_title: "string?",
    commit_message: "string?",
  });
  if (!input.done) return refusal(input.refusal);
  const { sha, merge_method, commit_title: title, commit_message: message } = input.value;
  if (merge_method !== undefined && !["merge", "squash", "rebase"].includes(merge_method))
    return refusal(notOneOf("merge_method", merge_method));
  const method = merge_method as MergeMethod | undefined;
  const merged = await mergePull(call.github, call.by, call.repository, numberOf(call, "number"), {
    method,
    sha,
    title,
    message,
  });
  return answerOf(merged, (value) => ok({ sha: value.sha, merged: true, message: value.message }));
}

/** Whom the body names as reviewers, done to the pull request by `act`. */
async function reviewers(call: Call, act: typeof requestReviews, status: number): Promise<Answer> {
  const input = read(call.body, { reviewers: "strings?", team_reviewers: "strings?" });
  if (!input.done) return refusal(input.refusal);
  const { reviewers = [], team_reviewers: teams = [] } = input.value;
  const { github, by, repository } = call;
  const outcome = await act(github, by, repository, numberOf(call, "number"), { reviewers, teams });
  return answerOf(outcome, (pull) => ({ status, body: presentPull(github, pull) }));
}

async function commits(call: Call): Promise<Answer> {
  const { github, repository } = call;
  const pull = pullOf(call);
  if (!pull) return missing;
  return listed(call, (await commitsOf(github, pull)).slice(0, mostCommits), async (sha) => {
    const commit = await github.git.commit(repository.id, sha);
    return commit ? presentCommit(github, repository, commit) : null;
  });
}

async function files(call: Call): Promise<Answer> {
  const pull = pullOf(call);
  if (!pull) return missing;
  const changed = await filesOf(call.github, pull);
  return listed(call, changed.slice(0, mostFiles), (file) =>
    presentFile(call.github, call.repository, file, pull.head.sha),
  );
}

export const pullRoutes: readonly Route[] = [
  route(`GET ${repo}/pulls`, pullRead, list),
  route(`POST ${repo}/pulls`, pullWrite, open),
  route(`GET ${repo}/pulls/{number}`, pullRead, async (call) => {
    const pull = pullOf(call);
    return pull ? ok(presentFullPull(call.github, pull, await numbersAsked(call.github, pull))) : missing;
  }),
  route(`PATCH ${repo}/pulls/{number}`, pullWrite, edit),
  route(`PUT ${repo}/pulls/{number}/merge`, { contents: "write" }, merge),
  route(`GET ${repo}/pulls/{number}/merge`, pullRead, (call) => (pullOf(call)?.merged ? noContent : missing)),
  route(`GET ${repo}/pulls/{number}/requested_reviewers`, pullRead, (call) => {
    const pull = pullOf(call);
    if (!pull) return missing;
    const { requested_reviewers: users, requested_teams: teams } = presentPull(call.github, pull);
    return ok({ users, teams });
  }),
  route(`POST ${repo}/pulls/{number}/requested_reviewers`, pullWrite, (call) => reviewers(call, requestReviews, 201)),
  route(`DELETE ${repo}/pulls/{number}/requested_reviewers`, pullWrite, (call) =>
    reviewers(call, withdrawRequests, 200),
  ),
  route(`GET ${repo}/pulls/{number}/commits`, pullRead, commits),
  route(`GET ${repo}/pulls/{number}/files`, pullRead, files),
];
