import type { Github } from "../github.ts";
import type { Repository, WorkflowAttempt, WorkflowRun } from "../model.ts";
import { apiOf, nodeId, presentAccountOf } from "./accounts.ts";
import { presentSimpleCommit } from "./commits.ts";
import { presentRepository, repositoryUrl } from "./repositories.ts";

/** A run of a workflow as one of its attempts left it. */
export async function presentWorkflowRun(
  github: Github,
  repository: Repository,
  run: WorkflowRun,
  attempt: WorkflowAttempt,
) {
  const actions = `${repositoryUrl(github, repository)}/actions`;
  const url = `${actions}/runs/${run.id}`;
  const commit = await github.git.commit(repository.id, run.headSha);
  const name = run.workflow.split("/").at(-1) ?? "";
  const shown = presentRepository(github, repository);
  return {
    id: run.id,
    name,
    node_id: nodeId("WFR", run.id),
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.workflow,
    display_title: name,
    run_number: run.runNumber,
    event: "workflow_dispatch",
    status: attempt.conclusion === null ? "in_progress" : "completed",
    conclusion: attempt.conclusion,
    workflow_id: run.workflowId,
    check_suite_id: run.suiteId,
    check_suite_node_id: nodeId("CS", run.suiteId),
    url,
    html_url: `${github.url}/${github.nameOf(repository)}`,
    pull_requests: [],
    created_at: run.createdAt,
    updated_at: attempt.updatedAt,
    actor: presentAccountOf(github, run.actorId),
    run_attempt: attempt.number,
    referenced_workflows: [],
    run_started_at: attempt.startedAt,
    triggering_actor: presentAccountOf(github, attempt.actorId),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${apiOf(github)}/repos/${github.nameOf(repository)}/check-suites/${run.suiteId}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: attempt.number > 1 ? `${url}/attempts/${attempt.number - 1}` : null,
    workflow_url: `${actions}/workflows/${run.workflowId}`,
    head_commit: commit ? presentSimpleCommit(commit) : null,
    repository: shown,
    head_repository: shown,
  };
}
