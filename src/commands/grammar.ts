import { closestMatch } from "leven";
import type { Text } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import type { PageAct } from "../flow/request.ts";

/** One command as it was written: its name in lower case, and what follows it. */
export type Written = {
  readonly name: string;
  /** What stands in double quotes is one word, without them. */
  readonly words: readonly string[];
  /** What follows the word `because`, as it was written; null: the word is not there. */
  readonly because: string | null;
  /** A quote in it is not closed. */
  readonly open?: true;
  /** The whole line, for the answer. */
  readonly line: string;
};

/**
 * The lines of a comment that are commands: those that begin with a slash and a letter, in paragraphs of the top level,
 * in plain text. What stands in quotes, lists, tables, headings, code, links or HTML is talk about commands.
 */
export function commandsIn(body: string): readonly Written[] {
  const { children } = fromMarkdown(body, GITHUB);
  const texts = children.flatMap((node) =>
    node.type === "paragraph" ? node.children.filter((part) => part.type === "text") : [],
  );
  return texts.flatMap(({ position }) => {
    // Whatever is read from a text has its place in it.
    const { start, end } = position as NonNullable<Text["position"]>;
    return linesIn(body, start.offset as number, end.offset as number).flatMap((line) => written(line) ?? []);
  });
}

/** Emphasis is left out: what is marked so is plain enough, and telling it takes time with the square of the marks. */
const GITHUB = {
  extensions: [gfm(), { disable: { null: ["attention", "strikethrough"] } }],
  mdastExtensions: [gfmFromMarkdown()],
};

/** The lines that begin in a stretch of the text, to their ends. */
function linesIn(body: string, from: number, to: number): readonly string[] {
  const lines: string[] = [];
  for (let at = lineStart(body, from); at < to; ) {
    const end = lineEnd(body, at);
    const line = body.slice(at, end);
    // What stands before the stretch on its first line is something else than plain text.
    if (at >= from || body.slice(at, from).trim() === "") lines.push(line.trim());
    at = end + 1;
  }
  return lines;
}

const lineStart = (body: string, at: number): number =>
  Math.max(body.lastIndexOf("\n", at - 1), body.lastIndexOf("\r", at - 1)) + 1;
const lineEnd = (body: string, at: number): number => {
  const found = body.slice(at).search(/[\r\n]/);
  return found === -1 ? body.length : at + found;
};

/** Null where the line is none. At the first word `because` the command ends; what follows belongs to people. */
function written(line: string): Written | null {
  const [, name, rest] = /^\/([a-z]\S*)(.*)$/i.exec(line) ?? [];
  if (name === undefined || rest === undefined) return null;
  const words: string[] = [];
  let because: string | null = null;
  let open = false;
  for (const { 0: whole, 1: end, index } of rest.matchAll(WORD)) {
    if (whole.toLowerCase() === "because") {
      because = rest.slice(index + whole.length).trim();
      break;
    }
    open ||= end !== undefined;
    words.push(whole.replaceAll('"', ""));
  }
  return { name: name.toLowerCase(), words, because, line, ...(open && { open }) };
}

/** A word, in which quotes hold blanks together; the end of one that is not closed is told. */
const WORD = /(?:[^\s"]|"[^"]*"|("[^"]*$))+/g;

/** What somebody did on a page, as the command that does the same. */
export function writtenOn({ command, label, note, url, because }: PageAct): Written {
  const fields = { note, url };
  const words = [
    label,
    ...Object.entries(fields).flatMap(([key, value]) => (value === null ? [] : [`${key}=${value}`])),
  ];
  const reason = because === null ? [] : ["because", because];
  return { name: command, words, because, line: [`/${command}`, ...words.map(quoted), ...reason].join(" ") };
}

/** What holds blanks stands in quotes, and so holds none itself. */
const quoted = (word: string): string =>
  word.replace(/^(\w+=)(.*[\s"].*)$/s, (_, key: string, value: string) => `${key}"${value.replaceAll('"', "'")}"`);

/** From so many letters on a slip of the fingers is told from another word. */
const SHORTEST = 4;
const NEAR = 2;

/** The known name that somebody may have meant, by the same first letter; null: another tool's command, such as `/retest`, or none. */
export function meant(name: string, known: readonly string[]): string | null {
  if (name.length < SHORTEST) return null;
  const alike = known.filter((one) => one[0] === name[0]);
  return closestMatch(name, alike, { maxDistance: NEAR }) ?? null;
}
