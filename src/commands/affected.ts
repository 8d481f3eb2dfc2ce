import type { BroughtBy, Comparison } from "../flow/facts.ts";
import type { Person, Sha } from "../flow/names.ts";
import { type DataImpact, dataImpact, saysSo } from "../release/data-impact.ts";
import { brought } from "../release/merged.ts";
import type { OnPull } from "./command.ts";

/** The change that a pull request makes, and what of it affects data. */
export type Affected = { readonly comparison: Comparison; readonly impact: DataImpact };

/**
 * Compared as gates compare it, or did before it was merged, so that nothing is read twice; its base must be a stage. Null:
 * still to be read.
 */
export function affectedBy({ pull, policy, mayAffect, look }: OnPull): Affected | null {
  const base = pull.lane === "hotfix" || pull.lane === "back-merge" ? pull.base : (pull.baseHead as Sha);
  const comparison =
    pull.mergeCommit === null
      ? look.at({ want: "compare", base, head: pull.head })
      : brought(look, pull.head, pull.mergeCommit);
  return comparison && { comparison, impact: dataImpact({ policy, comparison, pull, mayAffect }) };
}

/** More files or commits than this are not asked about one by one: then everybody counts who wrote anything. */
const MOST = 10;
/** GitHub tells no more commits of a file than this at once. */
const MOST_TOLD = 100;

/**
 * Who wrote what affects data: the authors of the commits that touched it, and of the pull requests that brought those.
 * Where there is too much to ask about, everybody who wrote anything that is carried.
 *
 * @returns null while something is still to be read; `unclear`: GitHub does not list all that is carried.
 */
export function authorsOf(
  asked: OnPull,
  { comparison, impact }: Affected,
): { readonly authors: readonly Person[] } | { readonly unclear: true } | null {
  if (!impact.affected) return { authors: [] };
  const { look, pull, mayAffect } = asked;
  if (!comparison.whole) return { unclear: true };
  const opened: readonly Person[] = pull.lane === "hotfix" ? [pull.author] : [];
  const written = comparison.commits.filter(({ parents }) => parents.length < 2);
  const everybody = () => ({ authors: [...opened, ...written.flatMap(({ author }) => author ?? [])] });
  const paths = [...new Set(impact.files.map(({ path }) => path))];
  if (!comparison.changes.whole || paths.length > MOST) return everybody();

  const touched = paths.map((path) => look.at({ want: "touched", path, head: pull.head }));
  if (look.missing() !== null) return null;
  const told = touched as readonly (readonly Sha[])[];
  const saying = mayAffect.flatMap((one) => (saysSo(one) === null ? [] : (one.mergeCommit ?? [])));
  const named = new Set([...told.flat(), ...saying]);
  const commits = comparison.commits.filter(({ sha }) => named.has(sha));
  if (told.some(({ length }) => length >= MOST_TOLD) || commits.length > MOST) return everybody();

  const brought = commits.map(({ sha }) => look.at({ want: "brought-by", commit: sha }));
  if (look.missing() !== null) return null;
  const { stages } = asked.policy;
  // A promotion brings what others wrote.
  const entered = (brought as readonly (readonly BroughtBy[])[])
    .flat()
    .filter(({ merged, base }) => merged && (base === stages[0] || !stages.includes(base)));
  return {
    authors: [
      ...opened,
      ...commits.flatMap(({ parents, author }) => (author !== null && parents.length < 2 ? [author] : [])),
      ...entered.map(({ author }) => author),
    ],
  };
}
