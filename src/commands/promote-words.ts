import { BUMPS } from "../flow/memory.ts";
import type { VersionAsked } from "../flow/version-asked.ts";
import { code } from "../flow/words.ts";
import { askedIn } from "../release/version.ts";
import { meant } from "./grammar.ts";

/** What `/promote` asks for. */
export type Promote = Step | { readonly does: "refresh" } | { readonly does: "train"; readonly name: string };
/** One step on. */
export type Step = {
  readonly does: "step";
  /** As it was written; null: the next one. */
  readonly to: string | null;
  /** The first digits of the head that is meant, or all of them, in small letters; null: the one that was judged. */
  readonly commit: string | null;
  /** Null: what labels and messages say. */
  readonly version: VersionAsked | null;
  readonly how: "at once" | "when ready" | "dry run";
};

/** How it is written. */
export const PROMOTE_USAGE = "/promote [to STAGE] [SHA] [major|minor|patch|vX.Y.Z] [when ready] [dry run]";

/**
 * What the words behind `/promote` ask for, in any order and case: `to STAGE`, a commit by seven digits or more, a version or
 * which of its numbers to raise, `when ready` or `dry run` (`--dry-run`, `dryrun`); or alone `refresh` or `train NAME`.
 *
 * @returns `not`: which word is wrong and what to write instead, in a sentence.
 */
export function parsePromote(words: readonly string[]): Promote | Not {
  const parts: Part[] = [];
  for (let at = 0; at < words.length; ) {
    const part = partAt(words, at);
    if ("not" in part) return part;
    const clash = parts.flatMap((before) => clashOf(before, part) ?? [])[0];
    if (clash !== undefined) return { not: clash };
    parts.push(part);
    at += part.words;
  }
  const [first] = parts;
  if (first?.is === "refresh") return { does: "refresh" };
  if (first?.is === "train") return { does: "train", name: first.value };
  const find = <Is extends keyof Values>(is: Is): Values[Is] | null =>
    (parts.find((part) => part.is === is) as PartOf<Is> | undefined)?.value ?? null;
  return {
    does: "step",
    to: find("to"),
    commit: find("commit"),
    version: find("version"),
    how: find("how") ?? "at once",
  };
}

/** The words that are read back as the same. */
export function printPromote(promote: Promote): readonly string[] {
  if (promote.does === "refresh") return ["refresh"];
  if (promote.does === "train") return ["train", promote.name];
  const { to, commit, version, how } = promote;
  return [
    ...(to === null ? [] : ["to", to]),
    ...(commit === null ? [] : [commit]),
    ...(version === null ? [] : ["bump" in version ? version.bump : `v${version.version}`]),
    ...(how === "at once" ? [] : how.split(" ")),
  ];
}

type Not = { readonly not: string };
/** What can be asked for, each once. */
type Values = {
  readonly to: string;
  readonly commit: string;
  readonly version: VersionAsked;
  readonly how: "when ready" | "dry run";
  readonly refresh: true;
  readonly train: string;
};
/** One of them, and of how many words it is made. */
type PartOf<Is extends keyof Values> = {
  readonly is: Is;
  readonly value: Values[Is];
  readonly shown: string;
  readonly words: 1 | 2;
};
type Part = { readonly [Is in keyof Values]: PartOf<Is> }[keyof Values];

const WORDS = ["to", "train", "refresh", ...BUMPS, "when", "ready", "dry", "run", "dryrun", "--dry-run"];

function partAt(words: readonly string[], at: number): Part | Not {
  const word = words[at] as string;
  const next = words[at + 1] ?? "";
  const lower = word.toLowerCase();
  const pair = `${lower} ${next.toLowerCase()}`;
  const bump = BUMPS.find((one) => one === lower);
  if (bump !== undefined) return { is: "version", value: { bump }, shown: `\`${bump}\``, words: 1 };
  if (pair === "when ready" || pair === "dry run") return { is: "how", value: pair, shown: `\`${pair}\``, words: 2 };
  switch (lower) {
    case "to":
      if (next === "") return { not: "To which stage? Its name follows `to`." };
      return { is: "to", value: next, shown: code(`to ${next}`), words: 2 };
    case "train":
      if (next === "") return { not: "Which train? Its name follows `train`." };
      return { is: "train", value: next, shown: code(`train ${next}`), words: 2 };
    case "refresh":
      return { is: "refresh", value: true, shown: "`refresh`", words: 1 };
    case "dryrun":
    case "--dry-run":
      return { is: "how", value: "dry run", shown: `\`${lower}\``, words: 1 };
    case "when":
    case "ready":
      return { not: `\`${lower}\` does not stand alone: write \`when ready\`.` };
    case "dry":
    case "run":
      return { not: `\`${lower}\` does not stand alone: write \`dry run\`.` };
    default:
      return named(word, lower);
  }
}

/** A commit or a version. */
function named(word: string, lower: string): Part | Not {
  if (/^[\da-f]{7,40}$/.test(lower)) return { is: "commit", value: lower, shown: code(word), words: 1 };
  if (/^[\da-f]{41,}$/.test(lower)) return { not: `${code(word)} is longer than a commit, which has 40 digits.` };
  if (/^(?=.*[a-f])(?=.*\d)[\da-f]{1,6}$/.test(lower))
    return { not: `${code(word)} is too short for a commit: write its first seven digits or more.` };
  const version = askedIn(word);
  if (version !== null)
    return "not" in version ? version : { is: "version", value: version, shown: code(word), words: 1 };
  if (word === "") return { not: "There are quotes with nothing in them." };
  const near = meant(lower, WORDS);
  return {
    not:
      near === null
        ? `\`/promote\` does not know what ${code(word)} is; a stage is written ${code(`to ${word}`)}.`
        : `\`/promote\` does not know what ${code(word)} is. Did you mean \`${near}\`?`,
  };
}

/** Why two parts cannot stand together, in a sentence; null: they can. */
function clashOf(one: Part, other: Part): string | null {
  if (one.is === other.is) {
    const same = JSON.stringify(one.value) === JSON.stringify(other.value);
    return same
      ? `${other.shown} stands there twice: write it once.`
      : `${one.shown} and ${other.shown} exclude each other: write one of them.`;
  }
  const alone = [one, other].find(({ is }) => is === "refresh" || is === "train");
  return alone === undefined ? null : `${alone.shown} stands alone: leave ${(alone === one ? other : one).shown} out.`;
}
