import type { PhrasingContent, RootContent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";

/** What a line is made of. */
export type ShownPiece =
  | { readonly text: string }
  | { readonly code: string }
  | { readonly strong: string }
  | { readonly link: string; readonly words: string };
/** What a page shows of an answer. */
export type ShownBlock =
  | { readonly is: "heading" | "paragraph"; readonly pieces: readonly ShownPiece[] }
  | { readonly is: "list"; readonly items: readonly (readonly ShownBlock[])[] }
  | { readonly is: "folded"; readonly summary: string; readonly blocks: readonly ShownBlock[] };

/** As our reports fold what is long; nobody else's `<` stands in them unescaped. */
const FOLDED = /<details><summary>([^<]*)<\/summary>\n\n([\s\S]*?)\n\n<\/details>/;

/** Markdown that our own reports wrote for GitHub, for a page of ours: headings, paragraphs, lists and what is folded. */
export function shownIn(markdown: string): readonly ShownBlock[] {
  const [before = "", ...rest] = markdown.split(FOLDED);
  const shown = [...blocksIn(before)];
  for (let at = 0; at + 2 < rest.length; at += 3) {
    const [summary, inside, after] = rest.slice(at, at + 3) as [string, string, string];
    shown.push({ is: "folded", summary, blocks: blocksIn(inside) }, ...blocksIn(after));
  }
  return shown;
}

const blocksIn = (markdown: string) => fromMarkdown(markdown).children.flatMap(blocksOf);

function blocksOf(node: RootContent): readonly ShownBlock[] {
  if (node.type === "heading" || node.type === "paragraph")
    return [{ is: node.type, pieces: node.children.flatMap(piecesOf) }];
  if (node.type === "list")
    return [{ is: "list", items: node.children.map(({ children }) => children.flatMap(blocksOf)) }];
  return [];
}

function piecesOf(node: PhrasingContent): readonly ShownPiece[] {
  if (node.type === "text") return [{ text: plain(node.value) }];
  if (node.type === "inlineCode") return [{ code: plain(node.value) }];
  if (node.type === "strong") return [{ strong: wordsOf(node.children) }];
  if (node.type === "link") return [{ link: node.url, words: wordsOf(node.children) }];
  return [];
}

const wordsOf = (children: readonly PhrasingContent[]): string =>
  children.map((child) => ("value" in child ? plain(child.value) : "")).join("");
/** Without what keeps GitHub from making links and mentions of it. */
const plain = (text: string): string => text.replaceAll("\u200b", "");
