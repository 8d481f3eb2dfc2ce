import type { Actor } from "./actor.ts";
import { announce, announceNow, installationsOn } from "./events.ts";
import type { Github } from "./github.ts";
import type { CheckRun, CheckSuite, CommitStatus, Repository, Sha } from "./model.ts";
import { done, notFound, type Outcome, refused } from "./outcome.ts";
import { presentRun, presentSuite } from "./present/checks.ts";
import { requireRole } from "./rights.ts";

function newest<T extends { readonly id: number }>(list: readonly T[], keyOf: (one: T) => string): readonly T[] {
  const found = new Map<string, T>();
  for (const one of list) {
    const known = found.get(keyOf(one));
    if (!known || known.id < one.id) found.set(keyOf(one), one);
  }
  return [...found.values()];
}

/** The newest run of each App and name on a commit. */
export function latestRuns(github: Github, repositoryId: number, sha: string): readonly CheckRun[] {
  return newest(github.find.runsAt(repositoryId, sha), (run) => `${run.appId} ${run.name}`);
}

/** The newest status of each context on a commit. */
export function latestStatuses(github: Github, repositoryId: number, sha: string): readonly CommitStatus[] {
  return newest(github.find.statusesAt(repositoryId, sha), (status) => status.context.toLowerCase());
}

/** The one suite an App has on a commit; made when there is none. */
export function suiteOf(
  github: Github,
  repository: Repository,
  appId: number,
  sha: Sha,
  push: { readonly branch: string | null; readonly before: Sha | null },
): { readonly suite: CheckSuite; readonly created: boolean } {
  const known = github.find.suitesAt(repository.id, sha).find((suite) => suite.appId === appId);
  if (known) return { suite: known, created: false };
  const at = github.time();
  const suite = github.state.suites.put({
    id: github.state.nextId(),
    repositoryId: repository.id,
    appId,
    headSha: sha,
    headBranch: push.branch,
    before: push.before,
    createdAt: at,
    updatedAt: at,
  });
  return { suite, created: true };
}

/** After a push: every App that may write checks gets a suite for the new head, and is told. */
export async function requestSuites(
  github: Github,
  by: Actor,
  repository: Repository,
  push: { readonly branch: string; readonly before: Sha | null; readonly after: Sha },
): Promise<void> {
  for (const installation of installationsOn(github, repository)) {
    if (installation.permissions["checks"] !== "write") continue;
    const { suite, created } = suiteOf(github, repository, installation.appId, push.after, push);
    if (!created) continue;
    const news = { event: "check_suite", action: "requested", onlyApp: installation.appId };
    await announce(github, by, repository, news, async () => ({
      check_suite: await presentSuite(github, repository, suite),
    }));
  }
}

/** "Re-run" beside a check: asks the App that made it. */
export function rerequestRun(github: Github, by: Actor, repository: Repository, runId: number): Outcome<null> {
  const allowed = requireRole(github, by, repository, "write");
  if (!allowed.done) return allowed;
  const run = github.state.runs.get(runId);
  if (!run || run.repositoryId !== repository.id) return notFound;
  if (run.status !== "completed") return refused(422, "This check run is not rerequestable");
  announceNow(github, by, repository, { event: "check_run", action: "rerequested", onlyApp: run.appId }, () => ({
    check_run: presentRun(github, repository, run),
  }));
  return done(null);
}

/** "Re-run all checks" of one App on a commit. */
export async function rerequestSuite(
  github: Github,
  by: Actor,
  repository: Repository,
  suiteId: number,
): Promise<Outcome<null>> {
  const allowed = requireRole(github, by, repository, "write");
  if (!allowed.done) return allowed;
  const suite = github.state.suites.get(suiteId);
  if (!suite || suite.repositoryId !== repository.id) return notFound;
  const news = { event: "check_suite", action: "rerequested", onlyApp: suite.appId };
  await announce(github, by, repository, news, async () => ({
    check_suite: await presentSuite(github, repository, suite),
  }));
  return done(null);
}

/** A click on one of a completed run's buttons. */
export function requestAction(
  github: Github,
  by: Actor,
  repository: Repository,
  runId: number,
  identifier: string,
): Outcome<null> {
  const allowed = requireRole(github, by, repository, "write");
  if (!allowed.done) return allowed;
  const run = github.state.runs.get(runId);
  if (!run || run.repositoryId !== repository.id) return notFound;
  if (run.status !== "completed" || !run.actions.some((action) => action.identifier === identifier)) return notFound;
  announceNow(github, by, repository, { event: "check_run", action: "requested_action", onlyApp: run.appId }, () => ({
    check_run: presentRun(github, repository, run),
    requested_action: { identifier },
  }));
  return done(null);
}
