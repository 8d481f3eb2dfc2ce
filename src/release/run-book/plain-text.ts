import type { PhrasingContent } from "mdast";

/** A stretch of text, and how it is set. */
type Run = { readonly text: string; readonly code: boolean; readonly struck: boolean };

/** What people read of a paragraph, on one line. */
export type PlainText = {
  /** Code stands between backticks; there are no others. */
  readonly text: string;
  /** The same, as long, with code blanked out: marks in code are no marks. */
  readonly marks: string;
  /** How many characters at its beginning are struck out. */
  readonly struck: number;
};

/**
 * The text of a paragraph or heading without markup: labels of links, alternative texts of pictures, code in backticks;
 * HTML and footnotes leave nothing. Mentions stay text.
 */
export function plainText(content: readonly PhrasingContent[]): PlainText {
  const runs: Run[] = [];
  collect(content, runs);
  let [text, marks] = ["", ""];
  let struck = 0;
  for (const run of runs) {
    const clean = visible(run.text).replace(/\s+/g, " ");
    const piece = run.code ? `\`${clean.replaceAll("`", "'")}\`` : clean.replaceAll("`", "'");
    const space = text === "" || text.endsWith(" ") ? piece.replace(/^ /, "") : piece;
    if (run.struck && struck === text.length) struck += space.length;
    text += space;
    marks += run.code ? CODE.repeat(space.length) : space;
  }
  const end = text.trimEnd().length;
  return { text: text.slice(0, end), marks: marks.slice(0, end), struck: Math.min(struck, end) };
}

/** A character that no mark has. */
const CODE = "\uE000";

/** In order, and without recursion: markup nests as deep as a file is long. */
function collect(content: readonly PhrasingContent[], runs: Run[]): void {
  const waiting = content.map((node) => ({ node, struck: false })).reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, struck } = next;
    if (node.type === "text") runs.push({ text: node.value, code: false, struck });
    else if (node.type === "inlineCode") runs.push({ text: node.value, code: true, struck });
    else if (node.type === "break") runs.push({ text: " ", code: false, struck });
    else if ("alt" in node) runs.push({ text: node.alt as string, code: false, struck });
    else if ("children" in node)
      for (const child of node.children.toReversed())
        waiting.push({ node: child, struck: struck || node.type === "delete" });
  }
}

/**
 * Without what is not seen or turns the text around: control characters, Unicode's bidirectional controls, zero-width
 * spaces, soft hyphens and tags. Joiners stay, emoji are made of them.
 */
export const visible = (text: string): string =>
  text
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]/g, " ")
    .replace(/[\p{Cc}\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF\u{E0000}-\u{E007F}]/gu, "");
