import { HOLE, resolved } from "./paths.ts";
import type { Piece, Word } from "./shell.ts";

/** A parameter that a file sets; only if what its value is made of is set as well. */
export type Setting = { readonly name: string; readonly needs: readonly string[] };
/** What a file of the repository says about images: the Dockerfiles that it builds, and what it sets for them. */
export type Recipe = { readonly builds: readonly string[]; readonly sets: readonly Setting[] };

export const NOTHING: Recipe = { builds: [], sets: [] };

export const together = (recipes: readonly Recipe[]): Recipe => ({
  builds: recipes.flatMap(({ builds }) => builds),
  sets: recipes.flatMap(({ sets }) => sets),
});

/** What a variable may be at some place, and what from outside it is made of. */
export type Known = { readonly values: readonly string[]; readonly needs: readonly string[] };
export type Variables = ReadonlyMap<string, Known>;

/** So many values of one word are looked at. */
const MOST_VALUES = 32;

/** What a word may stand for; what cannot be known in it is a hole. */
export function valuesOf(word: Word, variables: Variables): readonly string[] {
  let values: readonly string[] = [""];
  for (const piece of word) {
    const next = typeof piece === "string" ? [piece] : knownAs(piece, variables);
    values = values.flatMap((value) => next.map((more) => value + more)).slice(0, MOST_VALUES);
  }
  return values;
}

function knownAs(piece: Exclude<Piece, string>, variables: Variables): readonly string[] {
  return variables.get(piece.name)?.values ?? [piece.otherwise ?? HOLE];
}

/** The variables that a word takes from outside: named, without a default, and set nowhere before. */
export function needsOf(word: Word, variables: Variables): readonly string[] {
  return word.flatMap((piece) => {
    if (typeof piece === "string" || piece.otherwise !== null || !/^[A-Za-z_]/.test(piece.name)) return [];
    return variables.get(piece.name)?.needs ?? [piece.name];
  });
}

/**
 * The folders that a path may mean, from each of several. What begins with something unknown, as `$ROOT/web`, is taken
 * from the root of the repository and from the folder of the script.
 */
export function foldersOf(path: string, from: readonly string[], home: readonly string[]): readonly string[] {
  if (path === HOLE) return home;
  const [starts, rest] = path.startsWith(`${HOLE}/`) ? [home, path.slice(2)] : [from, path];
  return [...new Set(starts.flatMap((start) => resolved(start, rest) ?? []))];
}

/** The Dockerfiles that a build of a context means where it names none. */
export const inContext = (folders: readonly string[], names: readonly string[]): readonly string[] =>
  folders.flatMap((folder) => names.map((name) => (folder === "" ? name : `${folder}/${name}`)));
