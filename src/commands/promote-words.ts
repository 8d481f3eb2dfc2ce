import type { VersionAsked } from "../flow/standing.ts";

/** What `/promote` was asked with. */
export type PromoteWords = {
  readonly to: string | null;
  /** The first digits of a commit's SHA, seven or more, in small letters. */
  readonly commit: string | null;
  readonly version: VersionAsked | null;
  readonly whenReady: boolean;
  readonly dryRun: boolean;
};

export function promoteWords(words: readonly string[]): PromoteWords | { readonly not: string } {
  return {
    to: null,
    commit: null,
    version: null,
    whenReady: words.join(" ") === "when ready",
    dryRun: words[0] === "dry",
  };
}
