import type { Actor } from "./actor.ts";
import type { Github } from "./github.ts";
import type { MergeSettings, Repository, Role } from "./model.ts";
import type { Outcome } from "./outcome.ts";

/** Forks a repository into the person's own account. */
export async function forkRepository(
	github: Github,
	by: Actor,
	repository: Repository,
	name?: string,
): Promise<Outcome<Repository>> {
	throw new Error("not written yet");
}

/** Deletes a repository; pull requests from a deleted fork keep their commits and lose `head.repo`. */
export async function deleteRepository(
	github: Github,
	by: Actor,
	repository: Repository,
): Promise<Outcome<null>> {
	throw new Error("not written yet");
}

/** Changes name, default branch, visibility or which merge methods are allowed. */
export async function changeSettings(
	github: Github,
	by: Actor,
	repository: Repository,
	change: {
		name?: string;
		defaultBranch?: string;
		private?: boolean;
		archived?: boolean;
	} & Partial<MergeSettings>,
): Promise<Outcome<Repository>> {
	throw new Error("not written yet");
}

/** Gives a person a role on the repository; "none" takes it away. */
export function setRole(
	github: Github,
	by: Actor,
	repository: Repository,
	login: string,
	role: Role,
): Outcome<Repository> {
	throw new Error("not written yet");
}
