import type { Actor } from "./actor.ts";
import type { Github } from "./github.ts";
import type { BypassActor, Repository, Rule, Ruleset } from "./model.ts";
import type { Outcome } from "./outcome.ts";

export type RulesetInput = {
	readonly name: string;
	readonly target?: "branch" | "tag" | "push";
	readonly enforcement: "disabled" | "active" | "evaluate";
	readonly bypass_actors?: readonly BypassActor[];
	readonly conditions?: {
		readonly ref_name?: {
			readonly include?: readonly string[];
			readonly exclude?: readonly string[];
		};
	};
	readonly rules?: readonly Rule[];
};

/** Rulesets of a repository, oldest first. */
export function rulesetsOf(
	github: Github,
	repositoryId: number,
): readonly Ruleset[] {
	throw new Error("not written yet");
}

/** Makes a ruleset. */
export function createRuleset(
	github: Github,
	by: Actor,
	repository: Repository,
	input: RulesetInput,
): Outcome<Ruleset> {
	throw new Error("not written yet");
}

/** Replaces a ruleset's given fields. */
export function editRuleset(
	github: Github,
	by: Actor,
	repository: Repository,
	id: number,
	input: Partial<RulesetInput>,
): Outcome<Ruleset> {
	throw new Error("not written yet");
}

/** Deletes a ruleset. */
export function deleteRuleset(
	github: Github,
	by: Actor,
	repository: Repository,
	id: number,
): Outcome<null> {
	throw new Error("not written yet");
}
