import { hash } from "node:crypto";
import type { Phase } from "../../flow/config.ts";

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

/** What an item without an id is known by: its text, its phase, and how many before it have both. From 0. */
export function digestId(phase: Phase, text: string, before: number): string {
  const content = JSON.stringify([phase, text.normalize("NFC"), before]);
  return `~${hash("sha256", content, "hex").slice(0, 20)}`;
}

const ID_COMMENT = /^<!--\s*fg:id\s*=\s*(.*?)\s*-->\s*$/s;
/** The id that a comment gives, as it stands: `<!-- fg:id=backup -->`. Null: it is another one; a long one is prose. */
export const idIn = (html: string): string | null => (html.length > 200 ? null : (ID_COMMENT.exec(html)?.[1] ?? null));
/** A digest begins otherwise, so none can be written by hand. */
export const isId = (text: string): boolean => /^[A-Za-z\d][\w.-]{0,63}$/.test(text);

/**
 * Whether an item names a file: by its name or the end of its path, or by a longer path that ends with it.
 *
 * @param path from the root of the repository, such as `scripts/activate.sh`.
 */
export function names({ text, details }: Item, path: string): boolean {
  const whole = `/${path}`;
  return `${text} ${details}`.split(/[\s`'"“”()[\]{}<>;,|&=$]+/).some((word) => {
    const named = word.replace(/^(?:\.?\/)+/, "").replace(/[.:!?]+$/, "");
    return named !== "" && (whole.endsWith(`/${named}`) || `/${named}`.endsWith(whole));
  });
}
