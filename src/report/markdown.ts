/**
 * Text of others, made inert for GitHub's Markdown: no markup, no HTML, no mention, no link. What stands between backticks
 * stays code, since our own sentences use them.
 */
export function prose(text: string): string {
  return text
    .replace(/[\r\n]+/g, " ")
    .split("`")
    .map((part, place) => (place % 2 === 1 ? code(part) : escaped(part)))
    .join("");
}

/** One code span, safe in a table cell. */
export const code = (text: string): string =>
  text === ""
    ? ""
    : `\`${text
        .replaceAll("`", "'")
        .replaceAll("|", "\\|")
        .replace(/[\r\n]+/g, " ")}\``;

const escaped = (text: string) =>
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
