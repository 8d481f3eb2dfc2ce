import type { Actor } from "./actor.ts";
import type { Github } from "./github.ts";
import type { Repository, Sha } from "./model.ts";
import type { Outcome } from "./outcome.ts";

/** Branch names and heads, by name. */
export function branchesOf(
	github: Github,
	repositoryId: number,
): readonly { readonly name: string; readonly sha: Sha }[] {
	throw new Error("not written yet");
}

/** Commits file changes onto a branch as the web editor does. `null` deletes a file. A new branch is cut from `from` first. */
export async function commitFiles(
	github: Github,
	by: Actor,
	repository: Repository,
	input: {
		branch: string;
		message: string;
		files: Readonly<Record<string, string | null>>;
		from?: string;
	},
): Promise<Outcome<Sha>> {
	throw new Error("not written yet");
}

/** Makes a branch at another branch or commit. */
export async function createBranch(
	github: Github,
	by: Actor,
	repository: Repository,
	name: string,
	from: string,
): Promise<Outcome<Sha>> {
	throw new Error("not written yet");
}

/** Deletes a branch. */
export async function deleteBranch(
	github: Github,
	by: Actor,
	repository: Repository,
	name: string,
): Promise<Outcome<null>> {
	throw new Error("not written yet");
}

/** Renames a branch; open pull requests and the default branch follow. */
export async function renameBranch(
	github: Github,
	by: Actor,
	repository: Repository,
	from: string,
	to: string,
): Promise<Outcome<Sha>> {
	throw new Error("not written yet");
}
