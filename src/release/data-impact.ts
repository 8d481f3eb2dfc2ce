import type { Policy } from "../flow/config.ts";
import type { ChangedFile, Comparison, MayAffect } from "../flow/facts.ts";
import { canonical, digestOf } from "../flow/ledger.ts";
import type { PullFacts } from "../flow/memory.ts";
import type { Hash, Sha } from "../flow/names.ts";
import { meantBy } from "../flow/pattern.ts";
import { code, count } from "../flow/words.ts";
import { linesIn } from "./body.ts";

/** Whether a change affects data, and what of it does. */
export type DataImpact = {
  readonly affected: boolean;
  /** In one sentence. */
  readonly because: string;
  /** What it changes of `data.paths`, by path; the blob is null where a file is gone. */
  readonly files: readonly { readonly path: string; readonly blob: Sha | null }[];
  /** Of these files: what is attested counts while it is the same. */
  readonly data: Hash;
  /** The first statement in them that may destroy data, or in a sentence why nobody can tell; null: none is seen. */
  readonly destructive: string | null;
};

type Says = Pick<PullFacts, "body" | "dataLabel">;

/**
 * Whether a change affects data: by the files that it changes, by what its pull request says, or by what one says that it
 * carries. What GitHub does not list counts as if it did. Nothing that is written says that it does not.
 *
 * @param comparison of its head with the stage that it goes into.
 * @param mayAffect merged pull requests that may say so; those count whose commit the comparison has.
 */
export function dataImpact({
  policy,
  comparison,
  pull,
  mayAffect,
}: {
  readonly policy: Pick<Policy, "data">;
  readonly comparison: Pick<Comparison, "ahead" | "commits" | "whole" | "changes">;
  readonly pull: Says;
  readonly mayAffect: readonly MayAffect[];
}): DataImpact {
  const { files: changed, whole } = comparison.changes;
  const affecting = changed
    .filter((file) => patternOf(file, policy) !== null)
    .toSorted((one, other) => (one.path < other.path ? -1 : 1));
  const files = affecting.map(({ path, blob }) => ({ path, blob }));
  const because =
    changes(files) ??
    (whole ? null : "GitHub does not list all files that it changes.") ??
    ownWord(pull) ??
    carriedWord(comparison, mayAffect);
  return {
    affected: because !== null,
    because: because ?? "No data is affected.",
    files,
    data: digestOf(canonical([...files.map(({ path, blob }) => [path, blob]), ...unlisted(comparison)])),
    destructive: destructiveOf(affecting, policy) ?? (whole ? null : "GitHub does not list all files that it changes."),
  };
}

/** Whether a pull request says by itself that it affects data, and how; null: it does not. */
export function saysSo({ body, dataLabel }: Says): string | null {
  if (dataLabel) return "has the label `data-impact`";
  // Most bodies need not be taken to pieces.
  if (body === null || !/data\s+impact[\s*_]*:/i.test(body) || !/yes/i.test(body)) return null;
  const lines = linesIn(body);
  if (lines === null) return "has a body that is too intricate to be read for its line `Data impact: …`";
  const isYes = lines.some((line) =>
    /^[\s*_]*data\s+impact[\s*_]*:[\s*_]*yes\b/i.test(
      line.map((piece) => ("text" in piece ? piece.text : piece.words)).join(""),
    ),
  );
  return isYes ? "says `Data impact: yes`" : null;
}

/** Whether a file is a migration: it lies in a folder that `data.paths` names with all below it. */
export function isMigration(path: string, { data }: Pick<Policy, "data">): boolean {
  return meantBy(path, { paths: data.paths.filter((pattern) => FOLDER.test(pattern)), ignore: data.ignore }) !== null;
}

/** A name, and all that is below it. */
const FOLDER = /[^/*]\/\*\*(?:\/|$)/;

/** A file that was moved counts by its old path as well. */
const patternOf = ({ path, before }: ChangedFile, { data }: Pick<Policy, "data">): string | null =>
  meantBy(path, data) ?? (before === null ? null : meantBy(before, data));

function changes(files: DataImpact["files"]): string | null {
  const [first, ...more] = files;
  if (first === undefined) return null;
  return `It changes ${code(first.path)}${more.length === 0 ? "" : ` and ${count(more.length, "other")}`}.`;
}

function ownWord(pull: Says): string | null {
  const says = saysSo(pull);
  return says === null ? null : `It ${says}.`;
}

function carriedWord({ commits, whole }: Pick<Comparison, "commits" | "whole">, mayAffect: readonly MayAffect[]) {
  const carried = new Set<Sha | null>(commits.map(({ sha }) => sha));
  for (const one of mayAffect) {
    if (whole && !carried.has(one.mergeCommit)) continue;
    const says = saysSo(one);
    if (says !== null)
      return `It ${carried.has(one.mergeCommit) ? "carries" : "may carry"} #${one.number}, which ${says}.`;
  }
  return null;
}

/** Where files are missing from the list, any new commit may have changed one. */
const unlisted = ({ changes, commits, ahead }: Pick<Comparison, "changes" | "commits" | "ahead">) =>
  changes.whole ? [] : [ahead, ...commits.map(({ sha }) => sha)];

function destructiveOf(affecting: readonly ChangedFile[], policy: Pick<Policy, "data">): string | null {
  const statement = affecting.flatMap(({ destructive }) => destructive ?? [])[0];
  if (statement !== undefined) return statement;
  const hidden = affecting.find(
    ({ path, blob, destructive }) =>
      blob !== null && destructive === undefined && (/\.sql$/i.test(path) || isMigration(path, policy)),
  );
  return hidden === undefined ? null : `GitHub does not show what is new in ${code(hidden.path)}.`;
}
