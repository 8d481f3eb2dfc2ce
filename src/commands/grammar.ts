import { closestMatch } from "leven";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";

/** One command as it was written: its name in lower case, and what follows it. */
export type Written = {
  readonly name: string;
  readonly words: readonly string[];
  /** What follows the word `because`, as it was written; null: the word is not there. */
  readonly because: string | null;
  /** The whole line, for the answer. */
  readonly line: string;
};

/**
 * The lines of a comment that are commands: those that begin with a slash and a letter, in paragraphs of the top level,
 * in plain text. What stands in quotes, lists, tables, headings, code, links or HTML is talk about commands.
 */
export function commandsIn(body: string): readonly Written[] {
  const { children } = fromMarkdown(body, GITHUB);
  const starts = children.flatMap((node) =>
    node.type !== "paragraph"
      ? []
      : node.children.flatMap((part) => (part.type === "text" ? linesIn(body, offsetsOf(part)) : [])),
  );
  return starts.flatMap(({ at, atStart }) => {
    const line = (/^.*/.exec(body.slice(at)) as RegExpExecArray)[0].trim();
    return atStart && /^\/[a-z]/i.test(line) ? [written(line)] : [];
  });
}

const GITHUB = { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] };

type Span = { readonly from: number; readonly to: number };
type Positioned = {
  readonly position?:
    | {
        readonly start: { readonly offset?: number | undefined };
        readonly end: { readonly offset?: number | undefined };
      }
    | undefined;
};

function offsetsOf({ position }: Positioned): Span {
  return { from: position?.start.offset as number, to: position?.end.offset as number };
}

/** Where the lines begin that lie in a span; its own beginning counts where it is that of a line. */
function linesIn(body: string, { from, to }: Span): readonly { readonly at: number; readonly atStart: boolean }[] {
  const starts = [...body.slice(from, to).matchAll(/(?<=[\r\n])[^\r\n]/g)].map(({ index }) => from + index);
  return [from, ...starts].map((at) => {
    const before = (/[^\r\n]*$/.exec(body.slice(0, at)) as RegExpExecArray)[0];
    const skip = (/^[ \t]*/.exec(body.slice(at)) as RegExpExecArray)[0].length;
    return { at: at + skip, atStart: before.trim() === "" };
  });
}

function written(line: string): Written {
  const [head = "", reason] = split(line);
  const [name = "", ...words] = head.slice(1).split(/\s+/).filter(Boolean);
  return { name: name.toLowerCase(), words, because: reason ?? null, line };
}

/** At the first word `because`; what follows belongs to people. */
function split(line: string): readonly [string, string?] {
  const found = /(?:^|\s)because(?=\s|$)/i.exec(line);
  if (found === null) return [line];
  return [line.slice(0, found.index), line.slice(found.index + found[0].length).trim()];
}

/** From so many letters on a slip of the fingers is told from another word. */
const SHORTEST = 4;
const NEAR = 2;

/** The known name that somebody may have meant; null: another tool's command, or none. */
export function meant(name: string, known: readonly string[]): string | null {
  if (name.length < SHORTEST) return null;
  return closestMatch(name, known, { maxDistance: NEAR }) ?? null;
}
