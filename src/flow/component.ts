import type { Policy } from "./config.ts";
import type { ComponentMemory, ConfigState } from "./memory.ts";
import type { Branch } from "./names.ts";

/** The organisation's config lies in its repository `.github`, as GitHub's own defaults do. */
export const isHome = (repository: string): boolean => /\/\.github$/i.test(repository);

/** Stage branches that the repository does not have, in promotion order; none before the first look. */
export const missingStages = ({ stages, config }: ComponentMemory): readonly Branch[] =>
  stages === null ? [] : config.policy.stages.filter((stage) => (stages[stage] ?? null) === null);

/** Whether the repository has all stage branches of its policy; only then is it a component. */
export const isComponent = (
  component: ComponentMemory | null,
): component is ComponentMemory & { readonly stages: object } =>
  component?.stages != null && missingStages(component).length === 0;

/** Whether its checks are red and green; else they only say what they would say: nothing is required. */
export const isEnforced = ({ enforcement }: Policy): boolean => enforcement === "managed" || enforcement === "report";

/**
 * How pull requests into a branch are gated: `stage`: by their lane and all gates; `config`: only by whether they change
 * Flowgate's own config, on a default branch that is no stage; null: not at all.
 */
export function gatedAs(component: ComponentMemory, base: Branch): "stage" | "config" | null {
  const whole = isComponent(component);
  if (whole && component.config.policy.stages.includes(base)) return "stage";
  return (whole || isHome(component.name)) && base === component.defaultBranch ? "config" : null;
}

/** What people have to know of a config that is not in force as it was written; null: it is. */
export function configNote({ newest, problem }: ConfigState): string | null {
  if (problem === null) return null;
  return newest === null
    ? `The config is in force, but for this: ${problem}`
    : `The newest config is not in force: ${problem}`;
}
