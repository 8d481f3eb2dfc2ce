import type { Actor } from "./actor.ts";
import { withdrawAutoMerge } from "./auto-merge-request.ts";
import { latestRuns, latestStatuses } from "./checks.ts";
import type { Github } from "./github.ts";
import { mergeBlocked, mergeHeld, mergeTexts, methodSwitchedOff } from "./merge.ts";
import type { AutoMerge, Entities, MergeMethod, Pull, Repository } from "./model.ts";
import { done, notFound, type Outcome, refused } from "./outcome.ts";
import { announcePull, mergesCleanly } from "./pull-events.ts";
import { requireRole } from "./rights.ts";
import { mergeViolations, methodRefusal, rulesFor } from "./rules.ts";

export type AutoMergeInput = {
  readonly method: MergeMethod;
  readonly title?: string | undefined;
  readonly message?: string | undefined;
};

const unprocessable = (message: string) => refused(422, message);

/** Has a pull request merged by `by` as soon as all requirements are met. Refused, as on GitHub, where nothing is to be waited for. */
export async function enableAutoMerge(
  github: Github,
  by: Actor,
  repository: Repository,
  number: number,
  input: AutoMergeInput,
): Promise<Outcome<Pull>> {
  return github.exclusively(repository.id, async () => {
    const may = await mayEnable(github, by, repository, number, input.method);
    if (!may.done) return may;
    const text = await mergeTexts(github, may.value, input.method);
    const autoMerge: AutoMerge = {
      enabledById: by.account.id,
      method: input.method,
      title: input.title ?? text.title,
      message: input.message ?? text.message,
    };
    const enabled = github.state.pulls.change(may.value.id, { autoMerge, updatedAt: github.time() });
    await announcePull(github, by, enabled, "auto_merge_enabled");
    return done(enabled);
  });
}

/** Leaves it to people again to merge a pull request. */
export async function disableAutoMerge(
  github: Github,
  by: Actor,
  repository: Repository,
  number: number,
): Promise<Outcome<Pull>> {
  return github.exclusively(repository.id, async () => {
    const found = pullForWriter(github, by, repository, number);
    if (!found.done) return found;
    const { state, autoMerge } = found.value;
    if (state === "closed" || !autoMerge) return unprocessable("Can't disable auto-merge for this pull request.");
    return done(await withdrawAutoMerge(github, by, found.value, "Manually disabled by user"));
  });
}

/** Whether `by` could enable auto-merge with this method now: the pull request, or GitHub's refusal. */
export async function mayEnable(
  github: Github,
  by: Actor,
  repository: Repository,
  number: number,
  method: MergeMethod,
): Promise<Outcome<Pull>> {
  const found = pullForWriter(github, by, repository, number);
  const current = github.state.repositories.get(repository.id);
  if (!found.done || !current) return found;
  const pull = found.value;
  if (current.archived) return refused(403, "Repository was archived so is read-only.");
  if (!current.merging.allowAutoMerge) return unprocessable("Auto merge is not allowed for this repository");
  if (pull.state === "closed" || pull.autoMerge) {
    return unprocessable("Can't enable auto-merge for this pull request.");
  }
  const base = pull.base.ref;
  const rules = rulesFor(github, current, `refs/heads/${base}`);
  if (rules.length === 0 && !github.find.protection(current.id, base)) {
    return unprocessable("Protected branch rules not configured for this branch");
  }
  // On GitHub this would queue the pull request later; here people queue it themselves.
  if (rules.some(({ rule }) => rule.type === "merge_queue")) {
    return unprocessable("Changes must be made through the merge queue");
  }
  const refusal = methodSwitchedOff(current, method) ?? methodRefusal(github, current, base, method);
  if (refusal !== null) return unprocessable(refusal);
  const status = await statusOf(github, current, pull, method);
  return status === "blocked" ? done(pull) : unprocessable(`Pull request is in ${status} status`);
}

/** What keeps a pull request from being merged by itself now, in GitHub's words; null when it is not enabled. */
export async function waitsFor(github: Github, repository: Repository, pull: Pull): Promise<string | null> {
  if (!pull.autoMerge) return null;
  return mergeBlocked(github, enablerOf(github, pull.autoMerge), repository, pull.number, inputOf(pull.autoMerge));
}

/** What a merge may depend on. */
const decisive: ReadonlySet<keyof Entities> = new Set([
  "memberships",
  "protections",
  "pulls",
  "refs",
  "repositories",
  "reviews",
  "rulesets",
  "runs",
  "statuses",
  "teams",
]);

/** From now on merges what has auto-merge enabled, each as soon as something changed after which it can be merged. */
export function watchAutoMerge(github: Github): void {
  const due = new Set<number>();
  const look = () => {
    for (const { repositoryId } of github.find.autoMerging()) {
      if (due.has(repositoryId)) continue;
      due.add(repositoryId);
      // The change that called this belongs to an act that is still under way, so the merge takes its turn behind it.
      github
        .exclusively(repositoryId, async () => {
          due.delete(repositoryId);
          await mergeReady(github, repositoryId);
        })
        .catch((error: unknown) => {
          github.log(`auto-merge failed: ${error instanceof Error ? error.stack : String(error)}`);
        });
    }
  };
  github.state.onChange((kind) => {
    if (decisive.has(kind)) look();
  });
  look();
}

async function mergeReady(github: Github, repositoryId: number): Promise<void> {
  const repository = github.state.repositories.get(repositoryId);
  if (!repository) return;
  for (const { number, autoMerge } of github.find.autoMerging().filter((pull) => pull.repositoryId === repositoryId)) {
    // A refusal only says that it has to wait on.
    if (autoMerge) await mergeHeld(github, enablerOf(github, autoMerge), repository, number, inputOf(autoMerge));
  }
}

/** GitHub lets nobody's bypass count here: https://github.com/github/docs/issues/45265 */
function inputOf({ method, title, message }: AutoMerge) {
  return { method, title, message, bypass: false } as const;
}

function enablerOf(github: Github, { enabledById }: AutoMerge): Actor {
  const account = github.state.accounts.get(enabledById);
  if (!account) throw new Error(`auto-merge was enabled by nobody (${enabledById})`);
  return { account, installation: null, permissions: null, repositoryIds: null };
}

function pullForWriter(github: Github, by: Actor, repository: Repository, number: number): Outcome<Pull> {
  if (by.installation) return refused(403, "Resource not accessible by integration");
  const allowed = requireRole(github, by, repository, "write");
  if (!allowed.done) return allowed;
  const pull = github.find.pull(repository.id, number);
  return pull ? done(pull) : notFound;
}

/** How a pull request stands, in the words of GitHub's `mergeable_state`, for somebody who bypasses nothing. */
async function statusOf(
  github: Github,
  repository: Repository,
  pull: Pull,
  method: MergeMethod,
): Promise<"draft" | "dirty" | "blocked" | "unstable" | "clean"> {
  if (pull.draft) return "draft";
  if (!(await mergesCleanly(github, pull))) return "dirty";
  if ((await mergeViolations(github, null, repository, pull, method)).length > 0) return "blocked";
  const results = [
    ...latestRuns(github, repository.id, pull.head.sha).map((run) => run.conclusion ?? "pending"),
    ...latestStatuses(github, repository.id, pull.head.sha).map((status) => status.state),
  ];
  return results.every((result) => ["success", "neutral", "skipped"].includes(result)) ? "clean" : "unstable";
}
