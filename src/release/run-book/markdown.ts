import type { ListItem, Nodes, Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import type {} from "micromark-extension-gfm-task-list-item";

/** A place: the line from 1, the character from 0. */
export type Point = { readonly line: number; readonly offset: number };

/** A text as a reader of GitHub Flavored Markdown sees it. */
export type Markdown = {
  readonly root: Root;
  /** Where the opening bracket of each task's box stands. */
  readonly boxes: ReadonlyMap<ListItem, Point>;
  /** Fences, each with how many of its two ends are there. */
  readonly fences: ReadonlyMap<Nodes, number>;
};

// The transforms search the finished tree for addresses, going down by recursion; what links is known before.
const gfmTree = gfmFromMarkdown().map(({ transforms: _, ...handles }) => handles);

/** Reads a text. Offsets are characters of it, and lines count CR, LF and both together as one end. */
export function readMarkdown(text: string): Markdown {
  const boxes = new Map<ListItem, Point>();
  const fences = new Map<Nodes, number>();
  const root = fromMarkdown(text, {
    extensions: [gfm()],
    mdastExtensions: [
      ...gfmTree,
      {
        enter: {
          // A box is always in the paragraph that opens its item.
          taskListCheck({ start }) {
            boxes.set(this.stack.at(-2) as ListItem, start);
          },
          codeFencedFence() {
            // What is between the two is collected in a fragment on top of the block.
            const top = this.stack.at(-1) as Nodes;
            const fence = top.type === "code" ? top : (this.stack.at(-2) as Nodes);
            fences.set(fence, (fences.get(fence) ?? 0) + 1);
          },
        },
      },
    ],
  });
  return { root, boxes, fences };
}

/** Where a node stands. All nodes that are read from a text have a place. */
export function placeOf(node: Nodes): { readonly line: number; readonly from: number; readonly to: number } {
  const { start, end } = node.position as { start: Point; end: Point };
  return { line: start.line, from: start.offset, to: end.offset };
}
