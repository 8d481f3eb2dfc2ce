import type { TreeEntry } from "../../flow/facts.ts";
import type { Look } from "../../flow/looking.ts";
import { listed } from "../../flow/words.ts";
import { readCompose } from "./compose.ts";
import { isCompose, isEnvFile, isMakefile, isShell, isTemplate, isWorkflow, mayBeShell } from "./paths.ts";
import { NOTHING, type Recipe } from "./recipe.ts";
import { readMakefile, readShell } from "./script.ts";
import { readWorkflow } from "./workflow.ts";

/** What has to change, in one sentence without its full stop, and how. */
export type Problem = { readonly because: string; readonly cure: string; readonly copy?: string };
/** The files of a commit, by path. */
export type Tree = ReadonlyMap<string, TreeEntry>;

/** So many files are read for one answer; more would take all that GitHub lets us ask in an hour. */
export const MOST_READ = 60;
/** Beyond so many bytes a file is not read: nobody wrote it, and taking it to pieces holds up everybody else. */
const LONGEST = 50_000;

export type Texted = { readonly text: string } | { readonly unread: string };

/** The text of a file, or why it has none; null while it is still to be read. */
export function textIn(look: Look, tree: Tree, path: string): Texted | null {
  const entry = tree.get(path);
  if (entry === undefined) return { unread: "it is not in the repository" };
  if (!isFile(entry)) return { unread: `it is a ${entry.kind}` };
  if (entry.size > LONGEST) return { unread: `it is over ${LONGEST} bytes long` };
  const text = look.at({ want: "blob", path, sha: entry.blob });
  return text === null ? null : { text };
}

export const isFile = (entry: TreeEntry | undefined): boolean =>
  entry !== undefined && (entry.kind === "file" || entry.kind === "executable");

/** Whether a file may say how an image is built. */
export const maySay = (path: string, executable: boolean): boolean =>
  isShell(path) || isMakefile(path) || isCompose(path) || isWorkflow(path) || (executable && mayBeShell(path));

/**
 * What a file says about images, by its name; without an ending, by a first line that names a shell.
 *
 * @param setsVariables whether it is one of variables, whatever its name.
 */
export function recipeIn(path: string, text: string, setsVariables = false): Recipe | { readonly unread: string } {
  if (setsVariables || isEnvFile(path)) return { builds: [], sets: variablesIn(text, isTemplate(path)) };
  if (isCompose(path)) return readCompose(path, text);
  if (isWorkflow(path)) return readWorkflow(text);
  if (isMakefile(path)) return readMakefile(path, text);
  return isShell(path) || /^#!.*\b(ba|z|k|da)?sh\b/.test(text) ? readShell(path, text) : NOTHING;
}

/** In a template a line that is commented out names its variable as well. */
function variablesIn(text: string, template: boolean): Recipe["sets"] {
  const line = template
    ? /^[ \t]*(?:#[ \t]*)?(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=/gm
    : /^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=/gm;
  return [...text.matchAll(line)].map(([, name = ""]) => ({ name, needs: [] }));
}

const NAMED = 5;
/** The first few, and how many more. */
export const firstOf = (words: readonly string[]): string =>
  words.length > NAMED ? `${words.slice(0, NAMED).join(", ")} and ${words.length - NAMED} more` : listed(words);
