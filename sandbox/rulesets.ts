import type { Actor } from "./actor.ts";
import { announceNow } from "./events.ts";
import type { Github } from "./github.ts";
import type { Repository, Ruleset } from "./model.ts";
import { done, notFound, type Outcome, refused } from "./outcome.ts";
import { presentRuleset } from "./present/rulesets.ts";
import { requireRole } from "./rights.ts";
import { type RulesetInput, rulesetRefusal } from "./ruleset-input.ts";

const mostRulesets = 75;

/** Rulesets of a repository, oldest first. */
export function rulesetsOf(github: Github, repositoryId: number): readonly Ruleset[] {
  return github.find.rulesetsOf(repositoryId);
}

function announceRuleset(
  github: Github,
  by: Actor,
  repository: Repository,
  ruleset: Ruleset,
  action: "created" | "edited" | "deleted",
  fields: Readonly<Record<string, unknown>> = {},
): void {
  announceNow(github, by, repository, { event: "repository_ruleset", action }, () => ({
    repository_ruleset: presentRuleset(github, repository, ruleset, { full: true, secrets: true }),
    ...fields,
  }));
}

function nameTaken(github: Github, repository: Repository, name: string, except: number): boolean {
  return github.find.rulesetsOf(repository.id).some((one) => one.name === name && one.id !== except);
}

const invalidRuleset = (message: string) => refused(422, "Validation Failed", [message]);

/** Makes a ruleset. Needs an admin. */
export function createRuleset(
  github: Github,
  by: Actor,
  repository: Repository,
  input: RulesetInput,
): Outcome<Ruleset> {
  const allowed = requireRole(github, by, repository, "admin");
  if (!allowed.done) return allowed;
  const wrong = rulesetRefusal(input);
  if (wrong) return invalidRuleset(wrong);
  if (nameTaken(github, repository, input.name, -1)) return invalidRuleset("Name must be unique");
  if (github.find.rulesetsOf(repository.id).length >= mostRulesets) {
    return invalidRuleset(`Repositories can have at most ${mostRulesets} rulesets`);
  }
  const at = clockTime(github);
  const ruleset = github.state.rulesets.put({
    id: github.state.nextId(),
    repositoryId: repository.id,
    name: input.name,
    target: input.target ?? "branch",
    enforcement: input.enforcement,
    bypassActors: input.bypass_actors ?? [],
    include: input.conditions?.ref_name?.include ?? [],
    exclude: input.conditions?.ref_name?.exclude ?? [],
    rules: input.rules ?? [],
    createdAt: at,
    updatedAt: at,
  });
  announceRuleset(github, by, repository, ruleset, "created");
  return done(ruleset);
}

/** Rulesets are the one thing GitHub times in milliseconds. */
function clockTime(github: Github): string {
  return github.clock.now().toISOString();
}

/** Replaces the given fields of a ruleset, each as a whole. Needs an admin. */
export function editRuleset(
  github: Github,
  by: Actor,
  repository: Repository,
  id: number,
  input: { readonly [Field in keyof RulesetInput]?: RulesetInput[Field] | undefined },
): Outcome<Ruleset> {
  const allowed = requireRole(github, by, repository, "admin");
  if (!allowed.done) return allowed;
  const before = github.state.rulesets.get(id);
  if (!before || before.repositoryId !== repository.id) return notFound;
  const wrong = rulesetRefusal({
    ...input,
    name: input.name ?? before.name,
    target: input.target ?? before.target,
    enforcement: input.enforcement ?? before.enforcement,
  });
  if (wrong) return invalidRuleset(wrong);
  if (nameTaken(github, repository, input.name ?? before.name, id)) return invalidRuleset("Name must be unique");
  const ruleset = github.state.rulesets.change(id, {
    name: input.name ?? before.name,
    target: input.target ?? before.target,
    enforcement: input.enforcement ?? before.enforcement,
    bypassActors: input.bypass_actors ?? before.bypassActors,
    include: input.conditions ? (input.conditions.ref_name?.include ?? []) : before.include,
    exclude: input.conditions ? (input.conditions.ref_name?.exclude ?? []) : before.exclude,
    rules: input.rules ?? before.rules,
    updatedAt: clockTime(github),
  });
  announceRuleset(github, by, repository, ruleset, "edited", { changes: changesOf(before, ruleset) });
  return done(ruleset);
}

function changesOf(before: Ruleset, after: Ruleset) {
  return {
    ...(before.name === after.name ? {} : { name: { from: before.name } }),
    ...(before.enforcement === after.enforcement ? {} : { enforcement: { from: before.enforcement } }),
  };
}

/** Deletes a ruleset. Needs an admin. */
export function deleteRuleset(github: Github, by: Actor, repository: Repository, id: number): Outcome<null> {
  const allowed = requireRole(github, by, repository, "admin");
  if (!allowed.done) return allowed;
  const ruleset = github.state.rulesets.get(id);
  if (!ruleset || ruleset.repositoryId !== repository.id) return notFound;
  github.state.rulesets.remove(id);
  announceRuleset(github, by, repository, ruleset, "deleted");
  return done(null);
}
