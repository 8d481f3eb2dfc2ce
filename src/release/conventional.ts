import { CommitParser } from "conventional-commits-parser";
import { breakingFooter } from "../flow/breaking.ts";

/** What a change is, as its author says; the strongest first, which is also the order in which notes tell of them. */
export const KINDS = ["breaking", "feature", "fix", "performance", "revert", "documentation", "other"] as const;
export type Kind = (typeof KINDS)[number];

const TYPES: ReadonlyMap<string, Kind> = new Map([
  ["feat", "feature"],
  ["feature", "feature"],
  ["fix", "fix"],
  ["perf", "performance"],
  ["revert", "revert"],
  ["docs", "documentation"],
  ...["build", "chore", "ci", "refactor", "style", "test"].map((type) => [type, "other"] as const),
]);

/** What a title or a message says of its change. */
export type Said = {
  /** Null: it is not written as Conventional Commits are, or with a type that says nothing. */
  readonly kind: Kind | null;
  /** What it breaks, in its author's words; null: nothing. */
  readonly breaks: string | null;
};

/** A header that is longer is none: GitHub takes titles of 256 characters. */
const LONGEST_HEADER = 1_000;

/**
 * Reads a title or a whole message after Conventional Commits 1.0.0: case does not count, but for `BREAKING CHANGE`.
 * https://www.conventionalcommits.org/en/v1.0.0/#specification
 */
export function saidBy(message: string): Said {
  const header = message.trimStart().split(/[\r\n]/, 1)[0] as string;
  if (header === "" || header.length > LONGEST_HEADER) return { kind: null, breaks: null };
  // The parser looks for mentions and references too, which takes longer than all the rest: it is given what counts.
  const footer = breakingFooter(message);
  const { type, notes } = PARSER.parse(footer === null ? header : `${header}\n\n${footer}`);
  const [breaks] = notes;
  if (breaks !== undefined) return { kind: "breaking", breaks: breaks.text };
  return { kind: TYPES.get(type?.toLowerCase() ?? "") ?? null, breaks: null };
}

const PARSER = new CommitParser({
  headerPattern: /^(\w+)(?:\(([^()]*)\))?: (.*)$/,
  breakingHeaderPattern: /^(\w+)(?:\(([^()]*)\))?!: (.*)$/,
  // Its own pattern takes the words in any case, which sentences have too.
  notesPattern: (keywords) => new RegExp(`^(${keywords}): (.*)`),
  // Lines such as `-notes-` would set what they name.
  fieldPattern: /(?!)/,
});

/** The strongest of what several titles and messages say, null where none says anything. */
export function strongest(messages: readonly string[]): Kind | null {
  const said = new Set(messages.map((message) => saidBy(message).kind));
  return KINDS.find((kind) => said.has(kind)) ?? null;
}
