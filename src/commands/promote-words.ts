import { BUMPS } from "../flow/memory.ts";
import type { VersionAsked } from "../flow/standing.ts";
import { askedIn } from "../release/version.ts";
import { meant } from "./grammar.ts";

/** What `/promote` was asked with. */
export type PromoteWords = {
  /** A stage, as it was written; null: the next one. */
  readonly to: string | null;
  /** The first digits of a commit's SHA, seven or more, in small letters. */
  readonly commit: string | null;
  readonly version: VersionAsked | null;
  readonly whenReady: boolean;
  readonly dryRun: boolean;
};
const NONE: PromoteWords = { to: null, commit: null, version: null, whenReady: false, dryRun: false };

type Part = Partial<PromoteWords> & { readonly took: number };
type Reading = (words: readonly [string, ...string[]]) => Part | { readonly not: string } | null;

/** In which order they are written makes no difference, and neither does case, but in a stage's name. */
const READINGS: readonly Reading[] = [
  ([word, stage]) => {
    if (word.toLowerCase() !== "to") return null;
    return stage === undefined ? { not: "`to` is followed by a stage." } : { to: stage, took: 2 };
  },
  ([word, ready]) => {
    if (word.toLowerCase() !== "when") return null;
    return ready?.toLowerCase() === "ready" ? { whenReady: true, took: 2 } : { not: "It is `when ready`." };
  },
  ([word, run]) => {
    if (/^(--dry-run|dryrun|dry-run)$/i.test(word)) return { dryRun: true, took: 1 };
    if (word.toLowerCase() !== "dry") return null;
    return run?.toLowerCase() === "run" ? { dryRun: true, took: 2 } : { not: "It is `dry run`." };
  },
  ([word]) => {
    const bump = BUMPS.find((one) => one === word.toLowerCase());
    return bump === undefined ? null : { version: { bump }, took: 1 };
  },
  // A SHA may begin with a digit, so it comes before versions.
  ([word]) => (/^[\da-f]{7,40}$/i.test(word) ? { commit: word.toLowerCase(), took: 1 } : null),
  ([word]) => {
    const asked = askedIn(word);
    return asked === null || "not" in asked ? asked : { version: asked, took: 1 };
  },
];

/**
 * The words of `/promote`, in any order: `to STAGE`, a commit, a version or which number is raised, `when ready`, `dry run`.
 *
 * @returns `not`: what is not understood, said twice, or does not go together, in a sentence.
 */
export function promoteWords(words: readonly string[]): PromoteWords | { readonly not: string } {
  let read = NONE;
  for (let at = 0; at < words.length; ) {
    const rest = words.slice(at) as [string, ...string[]];
    const part = READINGS.reduce<ReturnType<Reading>>((found, reading) => found ?? reading(rest), null);
    if (part === null) return { not: unknown(rest[0]) };
    if ("not" in part) return part;
    const { took, ...says } = part;
    const twice = Object.keys(says).some((key) => read[key as keyof PromoteWords] !== NONE[key as keyof PromoteWords]);
    if (twice) return { not: `“${rest.slice(0, took).join(" ")}” says a second time what was said before it.` };
    read = { ...read, ...says };
    at += took;
  }
  return read.whenReady && read.dryRun ? { not: "`when ready` and `dry run` do not go together." } : read;
}

const WORDS = ["ready", "major", "minor", "patch", "dryrun", "when"];

function unknown(word: string): string {
  const near = meant(word.toLowerCase(), WORDS);
  return `\`/promote\` takes no “${word}”.${near === null ? "" : ` Did you mean \`${near}\`?`}`;
}
