import type { Phase } from "./config.ts";
import { digestOf } from "./ledger.ts";
import type { Hash, Json, Sha } from "./names.ts";
import type { Walk } from "./standing.ts";

/** A run-book as it lies in the repository. */
export type RunBook = {
  /** In the order of the document; none where the file could not be read. */
  readonly items: readonly Item[];
  readonly phases: Sections;
  /** What its front matter says; null: it has none, or none that may count. */
  readonly about: FrontMatter | null;
  /** In the order of lines. It is valid when none of them `failed`. */
  readonly findings: readonly Finding[];
};

export const isValid = ({ findings }: RunBook): boolean => findings.every(({ severity }) => severity !== "failed");

/** Something to do, and to tick. A tick in the file is the author's template and is not read. */
export type Item = {
  /** What it is known by in every version of the file: the one in `<!-- fg:id=… -->`, or `~` and a digest. */
  readonly id: string;
  /** Its number in the document, from 1, over all phases. */
  readonly ordinal: number;
  /** Where its box stands, from 1. */
  readonly line: number;
  readonly phase: Phase;
  /** Its first paragraph on one line; code stands between backticks, and mentions are text: who shows it keeps them from calling people. */
  readonly text: string;
  /** What stands below its first paragraph, code too, without the items below it. */
  readonly details: string;
  /** The only one who may tick it, `@organisation/team` or `@login`; null: whoever may tick. */
  readonly owner: string | null;
  /** The ordinal of the item it stands below: that one is done when those below are. */
  readonly parent: number | null;
  /** By itself, its heading, or the item above it. */
  readonly optional: boolean;
  /** The reason why it, or the item above it, need not be done; null: it has to be. */
  readonly notApplicable: string | null;
  /** Whether whoever does it has to write down what came out. */
  readonly needsResult: boolean;
};

/** Whether a run-book is done only when this is. */
export const isRequired = ({ optional, notApplicable }: Item): boolean => !optional && notApplicable === null;

/**
 * A run-book as it was last shown on a release or a hotfix: with what stands of its items, and nothing else, it tells how
 * far each walk is.
 */
export type WalkedBook = {
  readonly path: string;
  readonly blob: Sha;
  /** Of the pull request. */
  readonly head: Sha;
  /** In the order they are walked. */
  readonly walks: readonly Walk[];
  readonly items: readonly Item[];
};

/** What tells one from another. */
export const digestOfWalked = (book: WalkedBook): Hash => digestOf(JSON.stringify(book));

/** What a phase holds. */
export type Section = {
  /** The first heading that names it; null: none does. */
  readonly line: number | null;
  /** Whether anything can be read there beside headings. */
  readonly isEmpty: boolean;
  readonly hasLink: boolean;
};
export type Sections = { readonly [phase in Phase]: Section };

/** What the front matter of a file says: one YAML mapping. */
export type FrontMatter = { readonly [key: string]: Json };

/**
 * Something to know about a run-book, in one sentence that names the cure.
 * `failed`: the file must change before it is valid. `warning`: people should look.
 */
export type Finding = {
  /** From 1, in the file as it is stored; 1 where the file as a whole is meant. */
  readonly line: number;
  readonly severity: "failed" | "warning";
  readonly because: string;
};
