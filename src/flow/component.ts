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

/** Whether GitHub's own button is kept from merging into a stage. */
export const mergesByPromoteOnly = ({ enforcement, mergeBy, stages }: Policy, stage: Branch): boolean =>
  enforcement === "managed" && mergeBy === "promote" && stages.indexOf(stage) > 0;

/**
 * How pull requests into a branch are gated: `stage`: by their lane and all gates; `config`: only by whether they change
 * Flowgate's own config, on a default branch that is no stage; null: not at all.
 */
export function gatedAs(component: ComponentMemory, base: Branch): "stage" | "config" | null {
  const whole = isComponent(component);
  if (whole && component.config.policy.stages.includes(base)) return "stage";
  return (whole || isHome(component.name)) && base === component.defaultBranch ? "config" : null;
}

/**
 * What people have to know of a config that is not in force as it was written, its own or the organisation's; null: both
 * are.
 */
export function configNote({ aboveNote, ...own }: ConfigState): string | null {
  const notes = [noteOn("The", own), aboveNote].filter((note) => note !== null);
  return notes.length === 0 ? null : notes.join(" ");
}

/** What components have to know of their organisation's config. */
export const organisationNote = (home: ConfigState): string | null => noteOn("The organisation's", home);

function noteOn(whose: string, { newest, problem }: Pick<ConfigState, "newest" | "problem">): string | null {
  if (problem === null) return null;
  return newest === null
    ? `${whose} config is in force, but for this: ${problem}`
    : `${whose} newest config is not in force: ${problem}`;
}
