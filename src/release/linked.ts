import type { Policy } from "../flow/config.ts";
import type { Answers, TreeEntry } from "../flow/facts.ts";
import type { Look } from "../flow/looking.ts";
import type { PullFacts } from "../flow/memory.ts";
import { type Branch, type Sha, short } from "../flow/names.ts";
import type { RunBook } from "../flow/run-book.ts";
import type { Standing, StandingOf } from "../flow/standing.ts";
import type { Lane } from "../flow/verdict.ts";
import { listed } from "../flow/words.ts";
import { LARGEST } from "./run-book/source.ts";
import { type Linked, linkedIn } from "./run-book-link.ts";

/** A pull request, and what its links are understood by. */
export type Linking = {
  readonly pull: Pick<PullFacts, "body" | "head" | "base"> & { readonly number: number };
  readonly policy: Policy;
  /** `owner/name`. */
  readonly repository: string;
  /** Where GitHub's pages are, without a slash at the end. */
  readonly web: string;
  readonly standing: readonly Standing[];
  readonly look: Look;
};
/** The run-book of a pull request as it is at its head, read; or why there is none, and what to do. */
export type LinkedBook =
  | { readonly path: string; readonly blob: Sha; readonly book: RunBook }
  | { readonly missing: string; readonly cure: string; readonly copy: string | null };

/** So many files are listed to choose from. */
const LISTED = 5;

/**
 * The run-book that a pull request links, in its body or by `/runbook`. What the command named counts until the body's line
 * changes.
 *
 * @returns null while something is still to be read: `look` knows what.
 */
export function linkedBook(of: Linking): LinkedBook | null {
  const { pull, policy, look } = of;
  const entries = look.at({ want: "entries", commit: pull.head.sha });
  const link = linkOf(of);
  if (link !== null && "wrong" in link) return { missing: link.wrong, cure: REPAIR, copy: null };
  const pinned = link?.commit != null ? look.at({ want: "entries", commit: link.commit }) : [];
  if (entries === null || pinned === null) return null;
  if (link === null) return nothingLinked(entries, policy.runBook.directory);
  const entry = entryAt(entries, link.path);
  if ("missing" in entry) return entry;
  if (link.commit !== null && !pinned.some(({ path, blob }) => path === link.path && blob === entry.blob))
    return {
      missing: `The link shows ${link.path} as it is in ${short(link.commit)}, which is not what ${short(pull.head.sha)} brings.`,
      cure: "Link the file by its path: then the one counts that is released.",
      copy: naming(link.path),
    };
  const book = look.at({ want: "run-book", path: link.path, sha: entry.blob });
  return book === null ? null : { path: link.path, blob: entry.blob, book };
}

const REPAIR = "Repair the line `Run-book: …` of the body, or name the file with `/runbook PATH`.";

/** Where the run-book is said to lie. */
function linkOf({ pull, policy, repository, web, standing }: Linking): Linked | { readonly wrong: string } | null {
  const branches: readonly Branch[] = [pull.head.ref, ...policy.stages];
  const inBody = pull.body === null ? null : linkedIn(pull.body, { repository, web, branches });
  const command = standing.find((one): one is StandingOf<"link"> => one.kind === "link" && one.number === pull.number);
  return command !== undefined && command.body === said(pull.body) ? { path: command.path, commit: null } : inBody;
}

/** What a body says, to tell whether it changed since a command. */
export const said = (body: string | null): string => body ?? "";

/** A path that a person may name, checked as a link is; or what is wrong with it. */
export const pathNamed = (
  words: string,
  {
    repository,
    web,
    branches,
  }: { readonly repository: string; readonly web: string; readonly branches: readonly Branch[] },
): Linked | { readonly wrong: string } =>
  linkedIn(`Run-book: ${words}`, { repository, web, branches }) ?? { wrong: `\`${words}\` is no path.` };

/** The command that names a path: what would end it there is written as in a link. */
const naming = (path: string): string => `/runbook ${path.replace(/[%\s?#]/g, encodeURIComponent)}`;

type NotThere = Extract<LinkedBook, { readonly missing: string }>;

function entryAt(entries: readonly TreeEntry[], path: string): TreeEntry | NotThere {
  const entry = entries.find((one) => one.path === path);
  const no = (missing: string, cure: string, copy: string | null = null): NotThere => ({ missing, cure, copy });
  if (entry === undefined) {
    if (entries.some((one) => one.path.startsWith(`${path}/`)))
      return no(`${path} is a folder.`, "Link one file of it.");
    const alike = entries.find((one) => one.path.toLowerCase() === path.toLowerCase());
    if (alike !== undefined)
      return no(`There is no ${path}, but there is ${alike.path}: case counts.`, REPAIR, naming(alike.path));
    return no(`The run-book ${path} is not in this commit.`, "Commit it on the branch, or link another file.");
  }
  if (entry.kind === "link") return no(`${path} is a symbolic link.`, "Link the file itself.");
  if (entry.kind === "submodule") return no(`${path} lies in another repository.`, "Commit a run-book in this one.");
  if (entry.size > LARGEST)
    return no(`${path} has ${entry.size} bytes, and ${LARGEST} are read.`, "Split it, or shorten it.");
  return entry;
}

/**
 * The run-book that the pull request after this one links: its own, else the default of the config, else the only one there
 * is; null: none, and its gate says what there is.
 *
 * @param lane of this one, as far as it was judged: a feature's own is its author's business.
 */
export function handedOn(of: Linking, lane: Lane | null | undefined): string | null {
  const { runBook } = of.policy;
  if (!runBook.required) return null;
  const own = lane === "feature" ? null : linkOf(of);
  if (own !== null && "path" in own) return own.path;
  if (runBook.default !== null) return runBook.default;
  const entries = of.look.at({ want: "entries", commit: of.pull.head.sha });
  const [only, another] = entries === null ? [] : runBooksIn(entries, folderOf(runBook.directory));
  return only !== undefined && another === undefined ? only : null;
}

const folderOf = (directory: string): string => `${directory.replace(/\/+$/, "")}/`;
const runBooksIn = (entries: Answers["entries"], folder: string): readonly string[] =>
  entries.flatMap(({ path, kind }) =>
    path.startsWith(folder) && (kind === "file" || kind === "executable") && /\.(md|markdown)$/i.test(path)
      ? [path]
      : [],
  );

/** Names what there is to link. */
function nothingLinked(entries: Answers["entries"], directory: string): NotThere {
  const folder = folderOf(directory);
  const files = runBooksIn(entries, folder);
  const [first] = files;
  if (first === undefined)
    return {
      missing: `No run-book is linked, and there is none in ${folder}.`,
      cure: `Somebody commits one there, and names it with \`/runbook PATH\` or a line \`Run-book: PATH\` in the body.`,
      copy: null,
    };
  const more = files.length - LISTED;
  const names = files.slice(0, LISTED).map((path) => `\`${path}\``);
  return {
    missing: `No run-book is linked. There ${files.length === 1 ? "is" : "are"} ${more > 0 ? `${names.join(", ")} and ${more} more` : listed(names)}.`,
    cure: "Whoever may write names one with `/runbook PATH`, or with a line `Run-book: PATH` in the body.",
    copy: naming(first),
  };
}
