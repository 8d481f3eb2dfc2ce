import type { Github } from "../github.ts";
import type { Annotation, CheckRun, CheckSuite, CommitStatus, Repository } from "../model.ts";
import { nodeId, presentAccountOf } from "./accounts.ts";
import { presentApp } from "./apps.ts";
import { presentSimpleCommit } from "./commits.ts";
import { repositoryUrl } from "./repositories.ts";

function appOf(github: Github, id: number) {
  const app = github.state.apps.get(id);
  return app ? presentApp(github, app) : null;
}

/** The open pull requests of the same repository at a commit; none for forks, as on GitHub. */
function pullRequestsAt(github: Github, repository: Repository, sha: string) {
  const api = repositoryUrl(github, repository);
  const pointer = { id: repository.id, url: api, name: repository.name };
  return github.find
    .pullsAt(repository.id, sha)
    .filter((pull) => pull.state === "open" && pull.head.repositoryId === repository.id)
    .map((pull) => ({
      url: `${api}/pulls/${pull.number}`,
      id: pull.id,
      number: pull.number,
      head: { ref: pull.head.ref, sha: pull.head.sha, repo: pointer },
      base: { ref: pull.base.ref, sha: pull.base.sha, repo: pointer },
    }));
}

/** A check run. */
export function presentRun(github: Github, repository: Repository, run: CheckRun) {
  const api = `${repositoryUrl(github, repository)}/check-runs/${run.id}`;
  const html = `${github.url}/${github.nameOf(repository)}/runs/${run.id}`;
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId("CR", run.id),
    head_sha: run.headSha,
    external_id: run.externalId,
    url: api,
    html_url: html,
    details_url: run.detailsUrl ?? html,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${api}/annotations`,
    },
    check_suite: { id: run.suiteId },
    app: appOf(github, run.appId),
    pull_requests: pullRequestsAt(github, repository, run.headSha),
  };
}

/** A note of a check run on lines of a file; what its App left out is null. */
export function presentAnnotation(github: Github, repository: Repository, run: CheckRun, annotation: Annotation) {
  const path = annotation.path.split("/").map(encodeURIComponent).join("/");
  return {
    ...annotation,
    blob_href: `${github.url}/${github.nameOf(repository)}/blob/${run.headSha}/${path}`,
    start_column: annotation.start_column ?? null,
    end_column: annotation.end_column ?? null,
    title: annotation.title ?? null,
    raw_details: annotation.raw_details ?? null,
  };
}

/** What a suite's runs come to together. */
function sumOf(runs: readonly CheckRun[]): { readonly status: string; readonly conclusion: string | null } {
  if (runs.length === 0) return { status: "queued", conclusion: null };
  if (runs.some((run) => run.status !== "completed")) return { status: "in_progress", conclusion: null };
  const worst = ["failure", "timed_out", "cancelled", "action_required", "stale", "success", "neutral", "skipped"];
  return { status: "completed", conclusion: worst.find((one) => runs.some((run) => run.conclusion === one)) ?? null };
}

/** A check suite as webhooks show it. */
export async function presentSuite(github: Github, repository: Repository, suite: CheckSuite) {
  const api = `${repositoryUrl(github, repository)}/check-suites/${suite.id}`;
  const runs = github.find.runsAt(repository.id, suite.headSha).filter((run) => run.suiteId === suite.id);
  const head = await github.git.commit(repository.id, suite.headSha);
  return {
    id: suite.id,
    node_id: nodeId("CS", suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    ...sumOf(runs),
    url: api,
    before: suite.before,
    after: suite.headSha,
    pull_requests: pullRequestsAt(github, repository, suite.headSha),
    app: appOf(github, suite.appId),
    created_at: suite.createdAt,
    updated_at: suite.updatedAt,
    rerequestable: true,
    runs_rerequestable: true,
    latest_check_runs_count: runs.length,
    check_runs_url: `${api}/check-runs`,
    head_commit: head ? presentSimpleCommit(head) : null,
  };
}

/** A commit status as it stands among all of its commit. */
export function presentSimpleStatus(github: Github, repository: Repository, status: CommitStatus) {
  return {
    url: `${repositoryUrl(github, repository)}/statuses/${status.sha}`,
    avatar_url: null,
    id: status.id,
    node_id: nodeId("SC", status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
  };
}

/** A commit status with who set it. */
export function presentStatus(github: Github, repository: Repository, status: CommitStatus) {
  return {
    ...presentSimpleStatus(github, repository, status),
    creator: presentAccountOf(github, status.creatorId),
  };
}
