import type { RepositoryId } from "./names.ts";
import type { OwedThing } from "./standing.ts";
import { listed } from "./words.ts";

/** Who reviews a hotfix afterwards, as far as the config names them. SPEC.md 7. */
export const REVIEWERS = ["engineering", "quality"] as const;

/** All that a hotfix owes begins so. */
export const owedOf = (repository: RepositoryId, number: number): string => `owed:${repository}:${number}:`;
export const owedKey = (repository: RepositoryId, number: number, thing: OwedThing): string =>
  `${owedOf(repository, number)}${thing.what === "hotfix-review" ? thing.role : "rehearsal"}`;

/** @returns `an approval of engineering and its rehearsal`. */
export const owedWords = (things: readonly OwedThing[]): string =>
  listed(things.map((one) => (one.what === "hotfix-review" ? `an approval of ${one.role}` : "its rehearsal")));
