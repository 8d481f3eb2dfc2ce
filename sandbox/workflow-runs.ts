import type { Actor } from "./actor.ts";
import { entryAt } from "./git/trees.ts";
import type { Github } from "./github.ts";
import {
  type Repository,
  type WorkflowAttempt,
  type WorkflowConclusion,
  type WorkflowRun,
  workflowConclusions,
} from "./model.ts";
import { done, notFound, type Outcome, refused } from "./outcome.ts";
import { branchAt } from "./refs.ts";
import { requireRole } from "./rights.ts";

/** What somebody has a workflow run as. Nothing is executed: its end is as said here. */
export type RunOutcome = {
  /** null: it goes on. */
  readonly conclusion: string | null;
  /** When it ended; now when left out. A run that goes on began then. */
  readonly at?: string | undefined;
};

const took = 60_000;

/** Runs a workflow on a branch that has its file. */
export async function runWorkflow(
  github: Github,
  by: Actor,
  repository: Repository,
  { workflow, branch, ...outcome }: RunOutcome & { readonly workflow: string; readonly branch: string },
): Promise<Outcome<WorkflowRun>> {
  const allowed = requireRole(github, by, repository, "write");
  if (!allowed.done) return allowed;
  const sha = branchAt(github, repository.id, branch);
  const commit = sha && (await github.git.commit(repository.id, sha));
  if (!commit) return refused(422, `No ref found for: ${branch}`);
  const isWorkflow = /^\.github\/workflows\/[^/]+\.ya?ml$/.test(workflow);
  if (!isWorkflow || !(await entryAt(github.git, repository.id, commit.tree, workflow)))
    return refused(404, `Workflow ${workflow} was not found on ${branch}.`);
  const attempt = attemptOf(github, by, 1, outcome);
  if (!attempt.done) return attempt;
  const before = github.find.workflowRunsOf(repository.id);
  const of = before.find((run) => run.workflow === workflow);
  return done(
    github.state.workflowRuns.put({
      id: github.state.nextId(),
      repositoryId: repository.id,
      workflowId: of?.workflowId ?? github.state.nextId(),
      suiteId: github.state.nextId(),
      workflow,
      runNumber: before.filter((run) => run.workflow === workflow).length + 1,
      headBranch: branch,
      headSha: commit.sha,
      actorId: by.account.id,
      attempts: [attempt.value],
      createdAt: attempt.value.startedAt,
    }),
  );
}

/** Runs it again: the attempts before stay what they were. */
export function rerunWorkflow(
  github: Github,
  by: Actor,
  repository: Repository,
  id: number,
  outcome: RunOutcome,
): Outcome<WorkflowRun> {
  const allowed = requireRole(github, by, repository, "write");
  if (!allowed.done) return allowed;
  const run = github.state.workflowRuns.get(id);
  if (run?.repositoryId !== repository.id) return notFound;
  if (run.attempts.at(-1)?.conclusion === null) return refused(403, "This workflow is already running");
  const attempt = attemptOf(github, by, run.attempts.length + 1, outcome);
  if (!attempt.done) return attempt;
  return done(github.state.workflowRuns.change(id, { attempts: [...run.attempts, attempt.value] }));
}

function attemptOf(
  github: Github,
  by: Actor,
  number: number,
  { conclusion, at }: RunOutcome,
): Outcome<WorkflowAttempt> {
  const end = Date.parse(at ?? github.time());
  if (Number.isNaN(end)) return refused(422, `${at} is no time`);
  if (conclusion !== null && !(workflowConclusions as readonly string[]).includes(conclusion))
    return refused(422, `${conclusion} is no conclusion`);
  const time = (milliseconds: number) => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
  return done({
    number,
    conclusion: conclusion as WorkflowConclusion | null,
    actorId: by.account.id,
    startedAt: time(conclusion === null ? end : end - took),
    updatedAt: time(end),
  });
}
