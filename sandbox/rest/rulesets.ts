import type { BypassActor, Rule, Ruleset } from "../model.ts";
import { done, type Outcome } from "../outcome.ts";
import { presentRuleset } from "../present/rulesets.ts";
import { atLeast, roleOf } from "../rights.ts";
import { bypassOf, rulesFor } from "../rules.ts";
import type { RulesetInput } from "../ruleset-input.ts";
import { createRuleset, deleteRuleset, editRuleset, rulesetsOf } from "../rulesets.ts";
import {
  type Answer,
  answerOf,
  type Body,
  type Call,
  created,
  listed,
  metadata,
  missing,
  noContent,
  numberOf,
  ok,
  type Route,
  refusal,
  route,
} from "./call.ts";
import { read } from "./input.ts";

const repo = "/repos/{owner}/{repo}";
const administration = { administration: "write" } as const;

/** Only who may change a ruleset is told who may bypass it. */
function mayEdit({ github, by, repository }: Call): boolean {
  if (by.installation) return by.permissions?.["administration"] === "write";
  return atLeast(roleOf(github, by.account.id, repository), "admin");
}

function present(call: Call, ruleset: Ruleset, full: boolean) {
  const { github, by, repository } = call;
  return presentRuleset(github, repository, ruleset, {
    full,
    secrets: mayEdit(call),
    bypass: bypassOf(github, by, repository, ruleset),
  });
}

type Sent = Partial<Record<keyof RulesetInput, unknown>>;

function input(body: Body): Outcome<Sent> {
  const given = read(body, {
    name: "string?",
    target: "string?",
    enforcement: "string?",
    bypass_actors: "objects?",
    conditions: "object?",
    rules: "objects?",
  });
  if (!given.done) return given;
  const { bypass_actors, rules, ...rest } = given.value;
  return done({
    ...rest,
    ...(bypass_actors && { bypass_actors: bypass_actors as unknown as readonly BypassActor[] }),
    ...(rules && { rules: rules as unknown as readonly Rule[] }),
  });
}

function post(call: Call): Answer {
  const must = read(call.body, { name: "string", enforcement: "string" });
  if (!must.done) return refusal(must.refusal);
  const sent = input(call.body);
  if (!sent.done) return refusal(sent.refusal);
  const made = createRuleset(call.github, call.by, call.repository, sent.value as RulesetInput);
  return answerOf(made, (ruleset) => created(present(call, ruleset, true)));
}

function put(call: Call): Answer {
  const sent = input(call.body);
  if (!sent.done) return refusal(sent.refusal);
  const edited = editRuleset(
    call.github,
    call.by,
    call.repository,
    numberOf(call, "ruleset_id"),
    sent.value as Partial<RulesetInput>,
  );
  return answerOf(edited, (ruleset) => ok(present(call, ruleset, true)));
}

export const rulesetRoutes: readonly Route[] = [
  route(`GET ${repo}/rulesets`, metadata, (call) =>
    listed(call, rulesetsOf(call.github, call.repository.id), (ruleset) => present(call, ruleset, false)),
  ),
  route(`POST ${repo}/rulesets`, administration, post),
  route(`GET ${repo}/rulesets/{ruleset_id}`, metadata, (call) => {
    const ruleset = call.github.state.rulesets.get(numberOf(call, "ruleset_id"));
    return ruleset?.repositoryId === call.repository.id ? ok(present(call, ruleset, true)) : missing;
  }),
  route(`PUT ${repo}/rulesets/{ruleset_id}`, administration, put),
  route(`DELETE ${repo}/rulesets/{ruleset_id}`, administration, (call) =>
    answerOf(deleteRuleset(call.github, call.by, call.repository, numberOf(call, "ruleset_id")), () => noContent),
  ),
  route(`GET ${repo}/rules/branches/{branch*}`, metadata, (call) => {
    const { github, repository } = call;
    const applied = rulesFor(github, repository, `refs/heads/${call.params["branch"]}`);
    return listed(call, applied, ({ ruleset, rule }) => ({
      ...rule,
      ruleset_source_type: "Repository",
      ruleset_source: github.nameOf(repository),
      ruleset_id: ruleset.id,
    }));
  }),
];
