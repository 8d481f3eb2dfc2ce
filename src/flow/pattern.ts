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

/** The first pattern that a branch matches, or null. */
export const firstMatch = (branch: string, patterns: readonly string[]): string | null =>
  patterns.find((pattern) => matches(branch, pattern)) ?? null;
