/**
 * Text of others, made inert for GitHub's Markdown: no markup, no HTML, no mention, no link, nothing that hides or turns
 * over what stands around it. What stands between backticks stays code, since our own sentences use them.
 */
export const prose = (text: string): string => inert(text, code);
/** The same outside of tables: there a pipe in code would show the backslash before it. */
export const inLine = (text: string): string => inert(text, codeInLine);
/**
 * A title outside of tables, in which no number refers to anything either. GitHub looks for `#12` after it has read the
 * Markdown, so a backslash does not keep it from it; in our own sentences it may.
 */
export const titled = (text: string): string =>
  inert(text, codeInLine, (part) => escaped(part).replace(/(\\#|\bGH-)(?=\d)/gi, "$1\u200b"));

const inert = (text: string, span: (text: string) => string, plain: (text: string) => string = escaped) =>
  visible(text)
    .split("`")
    .map((part, place) => (place % 2 === 1 ? span(part) : plain(part)))
    .join("");

/** One code span, safe in a table cell. */
export const code = (text: string): string => codeInLine(text.replaceAll("|", "\\|"));
/** One code span outside of tables. */
export const codeInLine = (text: string): string => (text === "" ? "" : `\`${visible(text).replaceAll("`", "'")}\``);

/** On one line, without control characters and those that change the direction of what follows. */
const visible = (text: string) =>
  text
    .replace(/[\r\n\u2028\u2029]+/g, " ")
    .replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "")
    .toWellFormed();

/** At most `length` characters as JavaScript counts them, with `…` where more were there. */
export const cutTo = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, "")}…`;

const escaped = (text: string): string =>
  text
    .replace(/[\\*_[\]<>#|~!&]/g, (sign) => (sign === "&" ? "&amp;" : `\\${sign}`))
    .replaceAll("@", "@\u200b")
    .replaceAll("://", ":\u200b//")
    .replace(/www\./gi, "www\u200b.");

/** A block to copy from; its fence is longer than any inside. */
export function block(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}sh\n${text}\n${fence}`;
}

/** Cuts to at most `bytes` of UTF-8, on a character, and says so. */
export function cutToBytes(text: string, bytes: number, ending: string): string {
  const encoded = new TextEncoder().encode(text);
  if (encoded.length <= bytes) return text;
  const room = bytes - new TextEncoder().encode(ending).length;
  return new TextDecoder().decode(encoded.subarray(0, room)).replace(/\uFFFD+$/, "") + ending;
}
