import { parseDocument } from "yaml";

/** An alias may stand for so much and no more, so that ten lines cannot grow into a gigabyte. */
const MOST_ALIASES = 100;

/** What a YAML file says, or why it cannot be read. */
export function readYaml(text: string): { readonly content: unknown } | { readonly unread: string } {
  try {
    const document = parseDocument(text, { merge: true, prettyErrors: false, logLevel: "error" });
    const [error] = document.errors;
    return error === undefined
      ? { content: document.toJS({ maxAliasCount: MOST_ALIASES }) as unknown }
      : { unread: firstLine(error.message) };
  } catch (error) {
    return { unread: firstLine((error as Error).message) };
  }
}

const firstLine = (message: string) => message.replace(/\n.*/s, "").replace(/[.:]?$/, "");

type Mapping = { readonly [key: string]: unknown };
/** The mapping that stands here, an empty one where none does. */
export const mapping = (value: unknown): Mapping =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Mapping) : {};
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
/** The text that stands here; numbers and truth values as they are written, null where there is none. */
export const plain = (value: unknown): string | null =>
  typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : null;

/** Names with their values, written as a mapping or as a list of `X=value`; null: passed on from outside. */
export function assignments(value: unknown): readonly (readonly [name: string, value: string | null])[] {
  if (!Array.isArray(value)) return Object.entries(mapping(value)).map(([name, given]) => [name, plain(given)]);
  return value.flatMap((one: unknown) => {
    const text = plain(one);
    if (text === null) return [];
    const place = text.indexOf("=");
    return [place < 0 ? [text, null] : [text.slice(0, place), text.slice(place + 1)]] as const;
  });
}
