import type { Actor } from "./actor.ts";
import type { Github } from "./github.ts";
import type { Repository, Role } from "./model.ts";
import type { Outcome } from "./outcome.ts";

/** The strongest role a person has on a repository, by themselves, a team or the organisation. */
export function roleOf(
	github: Github,
	accountId: number,
	repository: Repository,
): Role {
	throw new Error("not written yet");
}

/** Done when the person has at least this role; 404 when they may not even see it, else 403. Bots are judged by their token, in REST. */
export function requireRole(
	github: Github,
	by: Actor,
	repository: Repository,
	role: Role,
): Outcome<null> {
	throw new Error("not written yet");
}
