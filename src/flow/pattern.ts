import picomatch from "picomatch";

const compiled = new Map<string, (branch: string) => boolean>();

/**
 * Whether a branch matches a pattern of the config: `*` stays within a segment, `**` crosses them, case counts.
 * A pattern of folders needs something below it: `feature/**` does not match the branch `feature`.
 */
export function matches(branch: string, pattern: string): boolean {
  let match = compiled.get(pattern);
  if (match === undefined) {
    match = picomatch(pattern.replace(/\/\*\*$/, "/**/*"), { dot: true, nonegate: true });
    compiled.set(pattern, match);
  }
  return match(branch);
}

/** A path as patterns are tried on it: they take no line for more than one, and a file may have a line break in its name. */
export const plainPath = (path: string): string => path.replace(/\p{C}/gu, "_");

/** Patterns of files that count, written for any case, and those of files that do not, where case counts. */
export type Files = { readonly paths: readonly string[]; readonly ignore: readonly string[] };

/** The first pattern that a file is meant by, or null. What it is ignored by, it must match as it is written. */
export function meantBy(path: string, { paths, ignore }: Files): string | null {
  const plain = plainPath(path);
  const lower = plain.toLowerCase();
  const pattern = paths.find((one) => matches(lower, one.toLowerCase())) ?? null;
  return pattern === null || firstMatch(plain, ignore) !== null ? null : pattern;
}

/** The first pattern that a branch matches, or null. */
export const firstMatch = (branch: string, patterns: readonly string[]): string | null =>
  patterns.find((pattern) => matches(branch, pattern)) ?? null;
