import { closestMatch } from "leven";
import { isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument } from "yaml";
import { z } from "zod";
import { CONFIG_PATH, type Config, configSchema } from "./config.ts";

/** A file beyond this many characters is refused unread. */
const LARGEST_FILE = 1_000_000;
/** An alias may stand for so much and no more, so that ten lines cannot grow into a gigabyte. */
const MOST_ALIASES = 100;
/** A word further off than this is no slip of the fingers. */
const NEAR = 2;

/** What is wrong in a file, and where: lines and columns from 1. */
export type Problems = readonly [Problem, ...Problem[]];
export type Problem = { readonly line: number; readonly column: number; readonly because: string };

/**
 * Reads the text of a config file.
 *
 * @returns what it says, or everything that is wrong with it, at least one thing, in the order of the lines.
 */
export function readConfig(text: string): { readonly config: Config } | { readonly problems: Problems } {
  if (text.length > LARGEST_FILE) {
    return { problems: [{ ...TOP, because: `The file is over ${LARGEST_FILE} characters long; shorten it.` }] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ pos, message }) => ({ ...place(pos[0]), because: sentence(message) }));
    return { problems: problems as unknown as Problems };
  }
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: MOST_ALIASES }) ?? {};
  } catch (error) {
    return { problems: [{ ...TOP, because: sentence((error as Error).message) }] };
  }
  const parsed = configSchema.safeParse(content);
  if (parsed.success) return { config: content as Config };
  const problems = parsed.error.issues.flatMap((issue) =>
    told(issue, content).map(({ path, because }) => ({ ...place(offsetOf(document.contents, path)), because })),
  );
  return { problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column) as unknown as Problems };
}

const TOP = { line: 1, column: 1 };

/** Where in a valid file a key stands, or as much of its path as is there. */
export function placeOf(text: string, path: readonly string[]): Pick<Problem, "line" | "column"> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const { line, col } = lines.linePos(offsetOf(document.contents, path));
  return { line, column: col };
}

/** All problems of a file in one sentence or two: the first with its place, and how many more there are. */
export function inOneLine([first, ...more]: Problems): string {
  const rest = more.length === 0 ? "" : ` And ${more.length} more.`;
  return `${CONFIG_PATH} line ${first.line}, column ${first.column}: ${first.because}${rest}`;
}

type Path = readonly PropertyKey[];
type Told = { readonly path: Path; readonly because: string };

function told(issue: z.core.$ZodIssue, content: unknown): readonly Told[] {
  const { path } = issue;
  const key = path.length === 0 ? "The file" : code(path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((name) => ({ path: [...path, name], because: unknownKey([...path, name]) }));
    case "invalid_type":
      return [{ path, because: `${key} takes ${KINDS[issue.expected]}, not ${kindOf(at(content, path))}.` }];
    case "invalid_value":
      return [{ path, because: `${key} takes ${oneOf(issue.values.map(String), at(content, path))}` }];
    case "invalid_union":
      return [
        { path, because: `${key} takes a name, or a mapping with \`name\` and, if you like, \`app\`, its numeric id.` },
      ];
    case "too_big":
      return [{ path, because: `${key} ${limit("at most", issue.maximum, issue.origin)}.` }];
    case "too_small":
      return [{ path, because: `${key} ${own(issue.message) ?? limit("at least", issue.minimum, issue.origin)}.` }];
    default:
      return [{ path, because: `${key} ${issue.message}.` }];
  }
}

/** A message that the schema gives itself; zod's own begin with a capital. */
const own = (message: string): string | null => (/^\p{Lu}/u.test(message) ? null : message);

const KINDS: Readonly<Record<string, string>> = {
  object: "a mapping",
  record: "a mapping",
  array: "a list",
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "`true` or `false`",
};

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  return KINDS[typeof value] as string;
}

const limit = (how: string, count: number | bigint, origin: string) =>
  `takes ${how} ${count} ${origin === "array" ? "entries" : "characters"}`;

const code = (path: Path) => `\`${path.map(String).join(".")}\``;
const list = (words: readonly string[]) => words.map((word) => `\`${word}\``).join(", ");

function oneOf(words: readonly string[], value: unknown): string {
  const near = typeof value === "string" ? closestMatch(value, words, { maxDistance: NEAR }) : undefined;
  return `${list(words)}${near === undefined ? "." : `; did you mean \`${near}\`?`}`;
}

function unknownKey(path: Path): string {
  const known = keysAt(path.slice(0, -1));
  const near = closestMatch(String(path.at(-1)), known, { maxDistance: NEAR });
  const cure =
    near === undefined ? `Known here: ${list(known)}.` : `Did you mean ${code([...path.slice(0, -1), near])}?`;
  return `${code(path)} is no key of the config. ${cure}`;
}

/** The keys that the schema knows at a path. */
function keysAt(path: Path): readonly string[] {
  let node: unknown = configSchema;
  for (const key of path) {
    node = bare(node);
    if (node instanceof z.ZodObject) node = node.shape[String(key)];
  }
  return Object.keys((bare(node) as z.ZodObject).shape);
}

function bare(node: unknown): unknown {
  let inner = node;
  while (inner instanceof z.ZodPrefault || inner instanceof z.ZodDefault || inner instanceof z.ZodOptional)
    inner = inner.unwrap();
  return inner;
}

function at(content: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => (value as { [key: PropertyKey]: unknown } | null)?.[key], content);
}

/** Where in the text the thing at a path begins: its key where there is one. */
function offsetOf(contents: ParsedNode | null, path: Path): number {
  let node: unknown = contents;
  let at: unknown = contents;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key: name }) => isScalar(name) && String(name.value) === String(key));
      at = pair?.key;
      node = pair?.value;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      at = node;
    }
  }
  return (at as ParsedNode | null | undefined)?.range[0] ?? 0;
}

/** The first line of what a parser says, as a sentence. */
const sentence = (message: string) => `${message.replace(/\n.*/s, "").replace(/[.:]?$/, "")}.`;
