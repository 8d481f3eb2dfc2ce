import type { Github } from "../github.ts";
import type { Repository, Ruleset } from "../model.ts";
import { nodeId } from "./accounts.ts";
import { repositoryUrl } from "./repositories.ts";

/** A ruleset; `full` adds what only a single ruleset's answer has, `secrets` who may bypass it. */
export function presentRuleset(
  github: Github,
  repository: Repository,
  ruleset: Ruleset,
  shown: { readonly full: boolean; readonly secrets: boolean; readonly bypass?: string },
) {
  const html = `${github.url}/${github.nameOf(repository)}/rules/${ruleset.id}`;
  return {
    id: ruleset.id,
    name: ruleset.name,
    target: ruleset.target,
    source_type: "Repository",
    source: github.nameOf(repository),
    enforcement: ruleset.enforcement,
    node_id: nodeId("RRS", ruleset.id),
    created_at: ruleset.createdAt,
    updated_at: ruleset.updatedAt,
    _links: {
      self: { href: `${repositoryUrl(github, repository)}/rulesets/${ruleset.id}` },
      html: { href: html },
    },
    ...(shown.full
      ? {
          conditions: { ref_name: { include: ruleset.include, exclude: ruleset.exclude } },
          rules: ruleset.rules,
          current_user_can_bypass: shown.bypass ?? "never",
        }
      : {}),
    ...(shown.full && shown.secrets ? { bypass_actors: ruleset.bypassActors } : {}),
  };
}
