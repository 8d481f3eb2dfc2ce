import { type Branch, isSha, type Sha } from "../flow/names.ts";
import { linesIn, type Piece } from "./body.ts";

/** Where a pull request says its run-book lies: a path from the root, and the commit where the link names one. */
export type Linked = { readonly path: string; readonly commit: Sha | null };

/** Where links of a pull request lead. */
export type Place = {
  /** `owner/name`. */
  readonly repository: string;
  /** Where GitHub's pages are, without a slash at the end. */
  readonly web: string;
  /** Branches that a link may name, such as the head and the stages: a branch may have slashes in its name. */
  readonly branches: readonly Branch[];
};

const LONGEST_PATH = 1_024;

/**
 * The run-book that a pull request's body links: a line `Run-book: …` in plain text or in a list, with a path, a relative
 * link, a link to the file on GitHub, or a permalink. What stands in a quote, in code or in a comment is no link.
 *
 * @returns null where no line links one; `wrong` in a sentence where what is linked cannot be one, or several are.
 */
export function linkedIn(body: string, place: Place): Linked | { readonly wrong: string } | null {
  const lines = linesIn(body);
  if (lines === null)
    return { wrong: "The body is too intricate to be read for its run-book; name it with `/runbook PATH`." };
  const targets = [...new Set(lines.flatMap(targetIn))];
  const [first, second] = targets;
  if (first === undefined) return null;
  if (second !== undefined)
    return {
      wrong: `The body links several run-books, \`${first}\` and \`${second}\`; leave one line \`Run-book: …\`.`,
    };
  return pathOf(first, place);
}

/** The first thing that stands behind `Run-book:`. */
function targetIn(line: readonly Piece[]): readonly string[] {
  const [first, ...rest] = line;
  const words = first !== undefined && "text" in first ? first.text : "";
  const found = /^[\s*_]*run-?book[*_]*\s*:[*_]*(.*)$/is.exec(words);
  if (found === null) return [];
  for (const piece of [{ text: found[1] as string }, ...rest]) {
    if ("link" in piece) return [piece.link];
    const word = piece.text.trim().split(/\s+/, 1)[0] as string;
    if (word !== "") return [word];
  }
  return [];
}

function pathOf(target: string, place: Place): Linked | { readonly wrong: string } {
  const plain = target.replace(/^<|>$/g, "").replace(/[?#].*$/s, "");
  const inside = /^[a-z][a-z\d+.-]*:/i.test(plain) ? ofUrl(plain, place) : ofRelative(plain, place);
  if (inside === null)
    return { wrong: `\`${target}\` leads out of ${place.repository}; a run-book lies in the repository itself.` };
  const path = decoded(inside.rest.replace(/^(\.?\/)+/, ""));
  const parts = path?.split("/") ?? [];
  if (
    path === null ||
    path.length > LONGEST_PATH ||
    /[\p{C}\\]/u.test(path) ||
    parts.some((part) => part === "" || part === "." || part === "..")
  )
    return { wrong: `\`${target}\` is no path to a file of the repository.` };
  if (!/\.(md|markdown)$/i.test(path))
    return { wrong: `\`${target}\` is no Markdown file; a run-book ends in \`.md\`.` };
  return { path, commit: inside.commit };
}

type Inside = { readonly rest: string; readonly commit: Sha | null };

/** A page of a file of this repository. */
function ofUrl(url: string, { repository, web, branches }: Place): Inside | null {
  const start = `${web}/${repository}/`.toLowerCase();
  return url.toLowerCase().startsWith(start) ? afterRef(url.slice(start.length), branches) : null;
}

/** GitHub's own relative links begin at the pull request: `../blob/staging/docs/x.md`. */
function ofRelative(path: string, { branches }: Place): Inside | null {
  const up = /^(?:\.\.\/)+(.*)$/s.exec(path)?.[1];
  return up === undefined ? { rest: path, commit: null } : afterRef(up, branches);
}

/** `blob/REF/PATH`, where the ref is a commit or a branch that is known, else its first part. */
function afterRef(page: string, branches: readonly Branch[]): Inside | null {
  const named = /^(?:blob|tree|raw|edit)\/(.+)$/s.exec(page)?.[1];
  if (named === undefined) return null;
  const known = branches.find((branch) => named.startsWith(`${branch}/`)) ?? (named.split("/", 1)[0] as string);
  return { rest: named.slice(known.length), commit: isSha(known) ? known : null };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
