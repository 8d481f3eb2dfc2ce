import type { Branch, Person, RepositoryId, Sha } from "./names.ts";
import type { Standing, StandingOf } from "./standing.ts";
import { type Finding, isClear } from "./verdict.ts";

export type Override = StandingOf<"override">;
/** One that somebody agreed to: only these count. */
export type Confirmed = Override & { readonly confirmed: NonNullable<Override["confirmed"]> };

/** For what one counts: another commit and another base are other questions. */
export type OverriddenAt = {
  readonly repository: RepositoryId;
  readonly number: number;
  readonly head: Sha;
  readonly base: Branch;
};

/** All that were asked for of one pull request, at whatever commit, begin so. */
export const overridesOf = (repository: RepositoryId, number: number): string => `override:${repository}:${number}:`;
export const overrideKey = ({ repository, number, head, base }: OverriddenAt, gate: string): string =>
  `${overridesOf(repository, number)}${gate}:${head}:${base}`;

export const isOverride = (one: Standing): one is Override => one.kind === "override";
/** Never by the one who asked for it, whatever a record says. */
export const isConfirmed = (one: Standing): one is Confirmed =>
  one.kind === "override" && one.confirmed !== null && one.confirmed.by.id !== one.by.id;

/** What was asked for of a gate right here, confirmed or not. */
export const overrideOn = (standing: readonly Standing[], at: OverriddenAt, gate: string): Override | undefined =>
  standing.filter(isOverride).find(({ key }) => key === overrideKey(at, gate));

/** Who asked for it, and who agreed. */
export const tookPart = ({ by, confirmed }: Override, { id }: Person): boolean =>
  by.id === id || confirmed?.by.id === id;

/**
 * Why a gate's answer cannot be let through, in a sentence; null: two people may.
 *
 * Where the lane or Flowgate's own config could not be looked at it may be a fork's, or broken: what GitHub did not say is
 * never a yes.
 */
export function whyFirm({ gate, outcome, firm }: Pick<Finding, "gate" | "outcome" | "firm">): string | null {
  if (isClear(outcome)) return `\`${gate}\` has passed.`;
  if (outcome === "errored" && (gate === "flow" || gate === "policy"))
    return `Nobody lets \`${gate}\` through while it could not be found out.`;
  return firm ?? null;
}
