import type { WorkflowAttempt, WorkflowRun } from "../model.ts";
import { presentWorkflowRun } from "../present/workflow-runs.ts";
import { type Answer, type Call, missing, numberOf, ok, type Route, route } from "./call.ts";

const runs = "/repos/{owner}/{repo}/actions/runs/{run_id}";

/** The run of the path, as the attempt left it that `pick` takes. */
async function shown(call: Call, pick: (run: WorkflowRun) => WorkflowAttempt | undefined): Promise<Answer> {
  const { github, repository } = call;
  const run = github.state.workflowRuns.get(numberOf(call, "run_id"));
  const attempt = run?.repositoryId === repository.id ? pick(run) : undefined;
  return run && attempt ? ok(await presentWorkflowRun(github, repository, run, attempt)) : missing;
}

/** https://docs.github.com/rest/actions/workflow-runs */
export const actionRoutes: readonly Route[] = [
  route(`GET ${runs}`, { actions: "read" }, (call) => shown(call, ({ attempts }) => attempts.at(-1))),
  route(`GET ${runs}/attempts/{attempt_number}`, { actions: "read" }, (call) =>
    shown(call, ({ attempts }) => attempts[numberOf(call, "attempt_number") - 1]),
  ),
];
