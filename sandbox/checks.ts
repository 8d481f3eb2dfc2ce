import type { Actor } from "./actor.ts";
import type { Github } from "./github.ts";
import type { CheckRun, CommitStatus, Repository } from "./model.ts";
import type { Outcome } from "./outcome.ts";

/** The newest run of each App and name on a commit. */
export function latestRuns(
	github: Github,
	repositoryId: number,
	sha: string,
): readonly CheckRun[] {
	throw new Error("not written yet");
}

/** The newest status of each context on a commit. */
export function latestStatuses(
	github: Github,
	repositoryId: number,
	sha: string,
): readonly CommitStatus[] {
	throw new Error("not written yet");
}

/** "Re-run" beside a check: asks the App that made it. */
export function rerequestRun(
	github: Github,
	by: Actor,
	repository: Repository,
	runId: number,
): Outcome<null> {
	throw new Error("not written yet");
}

/** A click on one of a completed run's buttons. */
export function requestAction(
	github: Github,
	by: Actor,
	repository: Repository,
	runId: number,
	identifier: string,
): Outcome<null> {
	throw new Error("not written yet");
}
