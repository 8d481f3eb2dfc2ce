import { digestOf } from "./ledger.ts";
import type { Hash } from "./names.ts";
import { sizeOf } from "./words.ts";

/** GitHub takes no longer body. */
export const LARGEST_BODY = 65_536;

/** Between these two lines of a promotion's body Flowgate lists what it carries. */
export const LIST_BEGINS = "<!-- flowgate:carried -->";
export const LIST_ENDS = "<!-- flowgate:carried end -->";
/** Each line of the list ends so. Nobody types it, so what people write between the lines of the list is told from them. */
const SIGN = "<!---->";

/** What people wrote in a body, and the place of the list. Lines keep their ends. */
export type People = { readonly before: string; readonly after: string };

/**
 * What people wrote in a body: all but the list. Lines that they wrote into it stand below it, in their order. `withList` puts
 * a list back; without one its place is at the end.
 *
 * The list is what stands between its marks and is signed; all of that where nothing is, since some editors take comments
 * out. Where the marks are not one pair, as after half a deletion or a copy, marks and signed lines are the list wherever
 * they stand.
 */
export function peopleIn(body: string): People {
  const { lines, isOurs } = read(body);
  const place = isOurs.indexOf(true);
  if (place === -1)
    return { before: body.trim() === "" ? "" : `${body}${/[\r\n]$/.test(body) ? "\n" : "\n\n"}`, after: "" };
  return { before: lines.slice(0, place).join(""), after: lines.filter((_, at) => at > place && !isOurs[at]).join("") };
}

/** @param list Markdown, without a line that people could have written between its first and its last. */
export function withList({ before, after }: People, list: string): string {
  return `${before}${LIST_BEGINS}\n\n${signed(list)}\n\n${LIST_ENDS}${after === "" ? "" : `\n${after}`}`;
}

/** A list as `withList` writes it. */
export const signed = (list: string): string => list.replace(/\S$/gm, `$&${SIGN}`);

/** A body without the list, for who reads what people say in it. */
export function withoutList(body: string): string {
  // Most bodies have none.
  if (!body.includes("<!--")) return body;
  const { lines, isOurs } = read(body);
  return lines.filter((_, at) => !isOurs[at]).join("");
}

/** What a list shows, for telling two of them apart. */
export const digestOfList = (list: string): Hash => digestOf(textOf(withList(NOBODY, list)) as string);
const NOBODY: People = { before: "", after: "" };

/** What the list of a body shows, and how much room people leave it there. */
export type ListSeen = { readonly shows: Hash; readonly room: number };

/** The same in one word, as it is remembered; null: the body has none. Without one of its marks it is people's. */
export function listSeen(body: string): string | null {
  const text = textOf(body);
  return text === null ? null : `${digestOf(text)}:${roomIn(body)}`;
}
export function readSeen(seen: string): ListSeen {
  const [shows, room] = seen.split(":");
  return { shows: shows as Hash, room: Number(room) };
}

/** How long a list may be, signed, beside what people wrote. */
export const roomIn = (body: string): number => LARGEST_BODY - sizeOf(withList(peopleIn(body), ""));

/** A body with this list in the place of its own; null: people leave no room for it. */
export const relisted = (body: string, list: string): string | null =>
  sizeOf(signed(list)) <= roomIn(body) ? withList(peopleIn(body), list) : null;

/** What the lines of the list say, without what tells them from others. */
function textOf(body: string): string | null {
  if (!body.includes("<!--")) return null;
  const { lines, isOurs } = read(body);
  const plain = lines.map((line) => line.trim());
  if (!plain.some(isMark)) return null;
  return plain
    .filter((line, at) => isOurs[at] && !isMark(line))
    .map((line) => (line.endsWith(SIGN) ? line.slice(0, -SIGN.length) : line))
    .join("\n")
    .trim();
}

type Reading = { readonly lines: readonly string[]; readonly isOurs: readonly boolean[] };

function read(body: string): Reading {
  const lines = body.split(/(?<=\n|\r(?!\n))/);
  const plain = lines.map((line) => line.trim());
  const marks = plain.flatMap((line, at) => (isMark(line) ? [at] : []));
  const pairs = marks.flatMap((from, place) => {
    const to = marks[place + 1] ?? from;
    return plain[from] === LIST_BEGINS && plain[to] === LIST_ENDS ? [{ from, to }] : [];
  });
  const isSigned = (line: string) => line.endsWith(SIGN);
  const bare = pairs.filter(({ from, to }) => !plain.slice(from, to).some(isSigned));
  const isIn = (at: number, spans: typeof pairs) => spans.some(({ from, to }) => from < at && at < to);
  const isOnePair = marks.length === 2 && pairs.length === 1;
  const isOurs = plain.map(
    (line, at) => isMark(line) || isIn(at, bare) || (isSigned(line) && (!isOnePair || isIn(at, pairs))),
  );
  return { lines, isOurs: withBlanks(plain, isOurs) };
}

const isMark = (line: string) =>
  line.length >= SHORTEST_MARK && [LIST_BEGINS, LIST_ENDS].some((mark) => mark.startsWith(line));
/** Of a mark whose end was deleted so much tells what it was. */
const SHORTEST_MARK = "<!-- flowgate:c".length;

/** An empty line belongs to the list where what comes before and behind it does. */
function withBlanks(plain: readonly string[], isOurs: readonly boolean[]): readonly boolean[] {
  const filled = [...isOurs];
  let last = -1;
  for (const [at, line] of plain.entries()) {
    if (line === "" && !isOurs[at]) continue;
    if (isOurs[at] && isOurs[last]) filled.fill(true, last, at);
    last = at;
  }
  return filled;
}
