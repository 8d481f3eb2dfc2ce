import { mergePull } from "../merge.ts";
import type { MergeMethod, Pull } from "../model.ts";
import { presentCommit, presentFile } from "../present/commits.ts";
import { presentFullPull, presentPull } from "../present/pulls.ts";
import { commitsOf, filesOf, numbersOf } from "../pull-events.ts";
import { editPull, openPull } from "../pulls.ts";
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
  const method = merge_method as MergeMethod | undefined;
  const merged = await mergePull(call.github, call.by, call.repository, numberOf(call, "number"), {
    method,
    sha,
    title,
    message,
  });
  return answerOf(merged, (value) => ok({ sha: value.sha, merged: true, message: value.message }));
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
    return pull ? ok(await full(call, pull)) : missing;
  }),
  route(`PATCH ${repo}/pulls/{number}`, pullWrite, edit),
  route(`PUT ${repo}/pulls/{number}/merge`, { contents: "write" }, merge),
  route(`GET ${repo}/pulls/{number}/merge`, pullRead, (call) => (pullOf(call)?.merged ? noContent : missing)),
  route(`GET ${repo}/pulls/{number}/commits`, pullRead, commits),
  route(`GET ${repo}/pulls/{number}/files`, pullRead, files),
];
