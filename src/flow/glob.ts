/**
 * Patterns of branches and paths, tried by an own matcher whose time grows with the length of the pattern times that of
 * the path and no faster. Libraries make one regular expression of a pattern; where that has several stars, a path made
 * for it has them tried in every combination, and one path in a pull request stalls Flowgate for seconds.
 *
 * Here a path is matched segment by segment and a segment piece by piece, each at the first place where it fits. A star
 * takes what lies between, so a later place could not fit where the first does not: nothing but the last `**`, and
 * within a segment the last `*`, is ever tried again further on.
 */

/** A pattern that was read: what it stands for with each of its `{a,b}` written out. */
export type Glob = readonly Way[];
/** Segments; null: any number of them, `**`. */
type Way = readonly (Segment | null)[];
/**
 * A segment that stands for itself; else what is between its stars, as expressions that repeat nothing, the first and the
 * last of them tied to the ends.
 */
type Segment = string | readonly RegExp[];
/** Why a pattern cannot be read. It goes on after the name of what holds it. */
export type Refusal = { readonly because: string };

/** A character that is meant itself, a set, stars, or any one character. */
const TOKEN = /\\([^/])|\[([!^]?)([^\]\\/[]+)\]|\*\*?|./gsu;
const SYNTAX = /[\\^$.*+?()[\]{}|/]/gu;
const PLAIN = /^(?:[^\\^$.*+?()[\]{}|/]|\\.)+$/su;
/** Of libraries' patterns, and not of these: `!(a)` cannot be tried in one go. */
const EXTENDED = /[@+?*!]\(/;

/** So long may a pattern be with its `{a,b}` written out, the ends of the ways counted: three times what the defaults need. */
const LONGEST = 800;

const UNENDED: Refusal = {
  because:
    "is no pattern: `[abc]` and `{a,b}` hold something and have an end, and what follows `\\` is a character that is meant itself",
};
const EXTENSION: Refusal = {
  because: "asks for what `(` means after `@`, `+`, `?`, `*` or `!`; write `{a,b}` for either, `\\(` for a bracket",
};
const STARS: Refusal = {
  because: "has `**` beside other characters between two slashes; write `**/*.pem` for such files in any folder",
};
const TOO_LONG: Refusal = {
  because: `is longer than ${LONGEST} characters with its \`{a,b}\` written out; make several patterns of it`,
};

/**
 * Reads a pattern: `*` stands for anything within a segment, `**` as a segment for any number of segments and at the end
 * for one at least, `?` for one character within a segment, `[a-z]` and `[!a-z]` for one of those and one of the others,
 * `{a,b}` for either, and what follows `\` for itself. Case counts, and a dot in front is like any other character.
 */
export function readGlob(pattern: string): Glob | Refusal {
  if (EXTENDED.test(pattern.replace(/\\./gsu, ""))) return EXTENSION;
  const ways = waysOf(pattern.replace(/^\.\//, ""));
  if ("because" in ways) return ways;
  const parts = ways.map((way) => parted(way, (token) => token === "/"));
  if (parts.flat().some((own) => own.length > 1 && own.some(isCrossing))) return STARS;
  try {
    return parts.map(wayOf);
  } catch {
    // A set such as `[z-a]`.
    return UNENDED;
  }
}

/** Whether a path or a branch is meant; never one that git has not, such as `feature/../..` or `feature/`. */
export function fits(glob: Glob, path: string): boolean {
  const parts = path.split("/");
  return !parts.some(isNoName) && glob.some((way) => fitsWay(way, parts));
}

const isNoName = (part: string) => part === "" || part === "." || part === "..";

function fitsWay(way: Way, parts: readonly string[]): boolean {
  // What most files differ in, and `**` is never the last.
  if (!fitsSegment(way.at(-1) as Segment, parts.at(-1) as string)) return false;
  let [segment, part] = [0, 0];
  let again: { readonly segment: number; readonly part: number } | null = null;
  while (part < parts.length) {
    const here = way[segment];
    if (here === null) {
      segment += 1;
      again = { segment, part };
    } else if (here !== undefined && fitsSegment(here, parts[part] as string)) {
      segment += 1;
      part += 1;
    } else if (again !== null) {
      again = { segment: again.segment, part: again.part + 1 };
      ({ segment, part } = again);
    } else return false;
  }
  return segment === way.length;
}

function fitsSegment(segment: Segment, text: string): boolean {
  if (typeof segment === "string") return segment === text;
  let from = 0;
  for (const piece of segment) {
    piece.lastIndex = from;
    if (!piece.test(text)) return false;
    from = piece.lastIndex;
  }
  return true;
}

/** The tokens of a pattern in each way in which its alternatives can be chosen. */
function waysOf(pattern: string): readonly (readonly string[])[] | Refusal {
  /** Of the braces that are open, from the outermost: what stands before them, and their alternatives so far. */
  const open: { readonly before: readonly string[][]; readonly choices: string[][] }[] = [];
  let ways: string[][] = [[]];
  for (const [token, plain, not, set] of pattern.matchAll(TOKEN)) {
    const inside = open.at(-1);
    if (token === "{") {
      open.push({ before: ways, choices: [] });
      ways = [[]];
    } else if (token === "," && inside !== undefined) {
      inside.choices.push(...ways);
      ways = [[]];
    } else if (token === "}") {
      if (inside === undefined || inside.choices.length === 0) return UNENDED;
      const choices = [...inside.choices, ...ways];
      if (inside.before.length * choices.length > LONGEST) return TOO_LONG;
      ways = inside.before.flatMap((before) => choices.map((choice) => [...before, ...choice]));
      open.pop();
    } else if (token === "[" || token === "\\") return UNENDED;
    else {
      const expression = expressionOf(token, plain, not, set);
      for (const way of ways) way.push(expression);
    }
  }
  if (open.length > 0) return UNENDED;
  return ways.reduce((length, way) => length + way.length + 1, 0) > LONGEST ? TOO_LONG : ways;
}

/** What a token is in a regular expression of one segment; slashes and stars stay as they are. */
function expressionOf(token: string, plain?: string, not?: string, set?: string): string {
  if (plain !== undefined) return plain.replace(SYNTAX, "\\$&");
  if (set !== undefined) return `[${not === "" ? "" : "^"}${set.replaceAll("^", "\\^")}]`;
  if (token === "?") return ".";
  return token === "/" || token.startsWith("*") ? token : token.replace(SYNTAX, "\\$&");
}

const isCrossing = (token: string) => token.startsWith("**");

function wayOf(parts: readonly (readonly string[])[]): Way {
  const segments = parts.map((own) => (own.some(isCrossing) ? null : segmentOf(own)));
  return segments.at(-1) === null ? [...segments, segmentOf(["*"])] : segments;
}

function segmentOf(tokens: readonly string[]): Segment {
  const [first = "", ...more] = parted(tokens, (token) => token === "*").map((piece) => piece.join(""));
  if (more.length === 0 && PLAIN.test(first)) return first.replace(/\\(.)/gsu, "$1");
  const pieces = [`^${first}`, ...more].map((piece, n) => (n === more.length ? `${piece}$` : piece));
  // Between two stars, or a star and an end, may be nothing.
  return pieces.filter((piece) => piece !== "^" && piece !== "$").map((piece) => new RegExp(piece, "gsu"));
}

/** What lies between the tokens that part them: one more than there are of these. */
function parted(tokens: readonly string[], parts: (token: string) => boolean): readonly (readonly string[])[] {
  const ends = [...tokens.keys()].filter((n) => parts(tokens[n] as string));
  return [...ends, tokens.length].map((end, n) => tokens.slice(n === 0 ? 0 : (ends[n - 1] as number) + 1, end));
}
