import { createRun, type RunInput, updateRun } from "../check-runs.ts";
import { latestRuns, latestStatuses, rerequestRun, rerequestSuite } from "../checks.ts";
import { settleQueues } from "../merge-queue.ts";
import type { Annotation, CheckAction, CheckConclusion, CheckStatus } from "../model.ts";
import { done, type Outcome } from "../outcome.ts";
import { presentAnnotation, presentRun, presentSimpleStatus, presentStatus, presentSuite } from "../present/checks.ts";
import { presentRepository, repositoryUrl } from "../present/repositories.ts";
import { resolveCommit } from "../refs.ts";
import { setStatus } from "../statuses.ts";
import {
  type Answer,
  answerOf,
  type Body,
  type Call,
  created,
  listed,
  missing,
  numberOf,
  ok,
  type Route,
  refusal,
  route,
} from "./call.ts";
import { read } from "./input.ts";

const repo = "/repos/{owner}/{repo}";
const checksRead = { checks: "read" } as const;
const checksWrite = { checks: "write" } as const;

function runInput(body: Body): Outcome<RunInput> {
  const input = read(body, {
    name: "string?",
    status: "string?",
    conclusion: "string?",
    external_id: "string?",
    details_url: "string|null?",
    started_at: "string?",
    completed_at: "string?",
    output: "object?",
    actions: "objects?",
  });
  if (!input.done) return input;
  const output = read(input.value.output ?? {}, {
    title: "string?",
    summary: "string?",
    text: "string?",
    annotations: "objects?",
  });
  if (!output.done) return output;
  const { value } = input;
  return done({
    name: value.name,
    status: value.status as CheckStatus | undefined,
    conclusion: value.conclusion as CheckConclusion | undefined,
    externalId: value.external_id,
    detailsUrl: value.details_url ?? undefined,
    startedAt: value.started_at,
    completedAt: value.completed_at,
    title: output.value.title,
    summary: output.value.summary,
    text: output.value.text,
    annotations: output.value.annotations as unknown as readonly Annotation[] | undefined,
    actions: value.actions as unknown as readonly CheckAction[] | undefined,
  });
}

async function postRun(call: Call): Promise<Answer> {
  const { github, by, repository } = call;
  const must = read(call.body, { name: "string", head_sha: "string" });
  if (!must.done) return refusal(must.refusal);
  const input = runInput(call.body);
  if (!input.done) return refusal(input.refusal);
  const made = await createRun(github, by, repository, must.value.head_sha, { ...input.value, name: must.value.name });
  if (made.done) await settleQueues(github);
  return answerOf(made, (run) => created(presentRun(github, repository, run)));
}

async function patchRun(call: Call): Promise<Answer> {
  const { github, by, repository } = call;
  const input = runInput(call.body);
  if (!input.done) return refusal(input.refusal);
  const changed = updateRun(github, by, repository, numberOf(call, "check_run_id"), input.value);
  if (changed.done) await settleQueues(github);
  return answerOf(changed, (run) => ok(presentRun(github, repository, run)));
}

async function runsForRef(call: Call): Promise<Answer> {
  const { github, repository, query } = call;
  const sha = await resolveCommit(github, repository.id, call.params["ref"] ?? "");
  if (!sha) return refusal({ status: 422, message: `No commit found for SHA: ${call.params["ref"]}` });
  const all =
    query.get("filter") === "all" ? github.find.runsAt(repository.id, sha) : latestRuns(github, repository.id, sha);
  const app = query.get("app_id");
  const found = [...all]
    .filter((run) => !query.has("check_name") || run.name === query.get("check_name"))
    .filter((run) => !query.has("status") || run.status === query.get("status"))
    .filter((run) => app === null || run.appId === Number(app))
    .sort((a, b) => b.id - a.id);
  return listed(
    call,
    found,
    (run) => presentRun(github, repository, run),
    (runs) => ({ total_count: found.length, check_runs: runs }),
  );
}

async function suitesForRef(call: Call): Promise<Answer> {
  const { github, repository } = call;
  const sha = await resolveCommit(github, repository.id, call.params["ref"] ?? "");
  if (!sha) return missing;
  const suites = github.find.suitesAt(repository.id, sha);
  return listed(
    call,
    suites,
    async (suite) => ({
      ...(await presentSuite(github, repository, suite)),
      repository: presentRepository(github, repository),
    }),
    (shown) => ({ total_count: suites.length, check_suites: shown }),
  );
}

async function postStatus(call: Call): Promise<Answer> {
  const { github, by, repository } = call;
  const input = read(call.body, {
    state: "string",
    context: "string?",
    description: "string|null?",
    target_url: "string|null?",
  });
  if (!input.done) return refusal(input.refusal);
  const sha = await resolveCommit(github, repository.id, call.params["sha"] ?? "");
  if (!sha) return refusal({ status: 422, message: `No commit found for SHA: ${call.params["sha"]}` });
  const set = await setStatus(github, by, repository, sha, input.value);
  if (set.done) await settleQueues(github);
  return answerOf(set, (status) => created(presentStatus(github, repository, status)));
}

async function combinedStatus(call: Call): Promise<Answer> {
  const { github, repository } = call;
  const sha = await resolveCommit(github, repository.id, call.params["ref"] ?? "");
  if (!sha) return missing;
  const statuses = latestStatuses(github, repository.id, sha);
  const has = (state: string) => statuses.some((status) => status.state === state);
  const state =
    has("failure") || has("error") ? "failure" : statuses.length === 0 || has("pending") ? "pending" : "success";
  return listed(
    call,
    statuses,
    (status) => presentSimpleStatus(github, repository, status),
    (shown) => ({
      state,
      sha,
      total_count: statuses.length,
      statuses: shown,
      repository: presentRepository(github, repository),
      commit_url: `${repositoryUrl(github, repository)}/commits/${sha}`,
      url: call.address,
    }),
  );
}

export const checkRoutes: readonly Route[] = [
  route(`POST ${repo}/check-runs`, checksWrite, postRun),
  route(`PATCH ${repo}/check-runs/{check_run_id}`, checksWrite, patchRun),
  route(`GET ${repo}/check-runs/{check_run_id}`, checksRead, (call) => {
    const run = call.github.state.runs.get(numberOf(call, "check_run_id"));
    return run?.repositoryId === call.repository.id ? ok(presentRun(call.github, call.repository, run)) : missing;
  }),
  route(`GET ${repo}/check-runs/{check_run_id}/annotations`, checksRead, (call) => {
    const run = call.github.state.runs.get(numberOf(call, "check_run_id"));
    return run?.repositoryId === call.repository.id
      ? listed(call, run.annotations, (one) => presentAnnotation(call.github, call.repository, run, one))
      : missing;
  }),
  route(`POST ${repo}/check-runs/{check_run_id}/rerequest`, checksWrite, (call) =>
    answerOf(rerequestRun(call.github, call.by, call.repository, numberOf(call, "check_run_id")), () => created({})),
  ),
  route(`POST ${repo}/check-suites/{check_suite_id}/rerequest`, checksWrite, async (call) =>
    answerOf(await rerequestSuite(call.github, call.by, call.repository, numberOf(call, "check_suite_id")), () =>
      created({}),
    ),
  ),
  route(`GET ${repo}/commits/{ref*}/check-runs`, checksRead, runsForRef),
  route(`GET ${repo}/commits/{ref*}/check-suites`, checksRead, suitesForRef),
  route(`GET ${repo}/commits/{ref*}/status`, { statuses: "read" }, combinedStatus),
  route(`GET ${repo}/commits/{ref*}/statuses`, { statuses: "read" }, async (call) => {
    const { github, repository } = call;
    const sha = await resolveCommit(github, repository.id, call.params["ref"] ?? "");
    const statuses = [...github.find.statusesAt(repository.id, sha ?? "")].sort((a, b) => b.id - a.id);
    return listed(call, statuses, (status) => presentStatus(github, repository, status));
  }),
  route(`POST ${repo}/statuses/{sha}`, { statuses: "write" }, postStatus),
];
