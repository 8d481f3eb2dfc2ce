import type { Nodes, Paragraph, PhrasingContent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { isReadable } from "../flow/readable.ts";

/** What a line is made of: plain words, and what a link says and leads to. */
export type Piece = { readonly text: string } | { readonly link: string; readonly words: string };

/** Characters: reading takes time with the square of some texts. */
const LONGEST = 30_000;

/**
 * The lines of a pull request's body that stand in plain text or in a list: none of a quote, of code or of a comment.
 *
 * @returns null where the body is too intricate to be read.
 */
export const linesIn = (body: string): readonly (readonly Piece[])[] | null =>
  body.length > LONGEST || !isReadable(body) ? null : linesOf(fromMarkdown(body, GITHUB));

/** Emphasis is left out: telling it takes time with the square of its marks. */
const GITHUB = {
  extensions: [gfm(), { disable: { null: ["attention", "strikethrough"] } }],
  mdastExtensions: [gfmFromMarkdown()],
};

/** The lines of all paragraphs, but for those in quotes. */
function linesOf(node: Nodes): readonly (readonly Piece[])[] {
  if (node.type === "paragraph") return partsOf(node);
  if (node.type === "blockquote" || !("children" in node)) return [];
  return node.children.flatMap((child) => linesOf(child));
}

function partsOf({ children }: Paragraph): readonly (readonly Piece[])[] {
  const lines: Piece[][] = [[]];
  const add = (piece: Piece) => void lines.at(-1)?.push(piece);
  const visit = (node: PhrasingContent): void => {
    if (node.type === "text") {
      for (const [place, text] of node.value.split(/\r\n|\r|\n/).entries()) {
        if (place > 0) lines.push([]);
        add({ text });
      }
    } else if (node.type === "break") lines.push([]);
    else if (node.type === "inlineCode") add({ text: node.value });
    else if (node.type === "link")
      add({ link: node.url, words: node.children.map((child) => ("value" in child ? child.value : "")).join("") });
    else if ("children" in node) for (const child of node.children) visit(child);
  };
  for (const child of children) visit(child);
  return lines;
}
