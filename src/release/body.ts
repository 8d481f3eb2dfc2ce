import type { Link, LinkReference, Nodes, Paragraph, PhrasingContent, Root } from "mdast";
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
  body.length > LONGEST || !isReadable(body) ? null : linesOfTree(fromMarkdown(body, GITHUB));

/** Emphasis is left out: telling it takes time with the square of its marks. */
const GITHUB = {
  extensions: [gfm(), { disable: { null: ["attention", "strikethrough"] } }],
  mdastExtensions: [gfmFromMarkdown()],
};

/** Where links by reference lead, by the reference; the first of a name counts, as on GitHub. */
type Definitions = ReadonlyMap<string, string>;

function linesOfTree(tree: Root): readonly (readonly Piece[])[] {
  const defined = tree.children.flatMap((node) =>
    node.type === "definition" ? [[node.identifier, node.url] as const] : [],
  );
  return linesOf(tree, new Map(defined.toReversed()));
}

/** The lines of all paragraphs, but for those in quotes. */
function linesOf(node: Nodes, defined: Definitions): readonly (readonly Piece[])[] {
  if (node.type === "paragraph") return partsOf(node, defined);
  if (node.type === "blockquote" || !("children" in node)) return [];
  return node.children.flatMap((child) => linesOf(child, defined));
}

function partsOf({ children }: Paragraph, defined: Definitions): readonly (readonly Piece[])[] {
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
    else if (node.type === "link") add({ link: node.url, words: wordsIn(node) });
    else if (node.type === "linkReference") {
      const link = defined.get(node.identifier);
      add(link === undefined ? { text: wordsIn(node) } : { link, words: wordsIn(node) });
    }
  };
  for (const child of children) visit(child);
  return lines;
}

const wordsIn = ({ children }: Link | LinkReference): string =>
  children.map((child) => ("value" in child ? child.value : "")).join("");
