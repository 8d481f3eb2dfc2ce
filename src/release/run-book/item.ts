import { hash } from "node:crypto";
import type { Phase } from "../../flow/config.ts";
import type { Item } from "../../flow/run-book.ts";

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
