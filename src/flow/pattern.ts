import { fits, type Glob, type Refusal, readGlob } from "./glob.ts";

/** What was read, by how it is written; forgotten altogether when it is so much. */
const known = new Map<string, Glob | Refusal>();
const MOST_KNOWN = 10_000;

function read(pattern: string): Glob | Refusal {
  const there = known.get(pattern);
  if (there !== undefined) return there;
  if (known.size >= MOST_KNOWN) known.clear();
  const glob = readGlob(pattern);
  known.set(pattern, glob);
  return glob;
}

/** Why a text is no pattern, be it as it is written or for any case; null: it is one. */
export function refusedPattern(pattern: string): Refusal | null {
  const [written, lower] = [read(pattern), read(pattern.toLowerCase())];
  if ("because" in written) return written;
  return "because" in lower ? lower : null;
}

/**
 * Whether a branch or a path matches a pattern of the config: `*` stays within a segment, `**` crosses them, case counts.
 * A pattern of folders needs something below it: `feature/**` does not match the branch `feature`. Time grows with the
 * length of the pattern times that of the branch, as `glob.ts` says.
 */
export function matches(branch: string, pattern: string): boolean {
  const glob = read(pattern);
  if ("because" in glob) throw new Error(`\`${pattern}\` ${glob.because}`);
  return fits(glob, branch);
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
