import { lstat, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { CONFIG_PATH, DEFAULT_POLICY, type Policy } from "../flow/config.ts";
import { readConfig } from "../flow/config-file.ts";
import { digestOf } from "../flow/ledger.ts";
import { sha } from "../flow/names.ts";
import { madeOf } from "../flow/policy.ts";
import { isValid } from "../flow/run-book.ts";
import { count } from "../flow/words.ts";
import { openReader } from "../reader.ts";

/** What was found, a line each as compilers write it, `file:line: …`, and a last one that sums it up. */
export type Checked = { readonly lines: readonly string[]; readonly isWell: boolean };

/**
 * Reads the config and the run-books of a component in a folder, as Flowgate would read them on GitHub. What the
 * organisation's config adds is not known here.
 */
export async function check(folder: string): Promise<Checked> {
  const isThere = await stat(folder).then((found) => found.isDirectory(), ifAbsent);
  if (!isThere) return { lines: [`There is no folder ${folder}.`], isWell: false };
  const text = await readFile(join(folder, CONFIG_PATH), "utf8").catch(ifAbsent);
  const read = text === null ? null : readConfig(text);
  if (read !== null && "problems" in read)
    return summed(
      read.problems.map(({ line, column, because }) => `${CONFIG_PATH}:${line}:${column}: ${because}`),
      read.problems.length,
      null,
    );
  const { policy, problems } = read === null ? { policy: DEFAULT_POLICY, problems: [] } : madeOf(read.config, null);
  const flaws = problems.map(({ path, because }) => `${CONFIG_PATH}: ${path.join(".")}: ${because}`);
  const found = read === null ? [`${CONFIG_PATH}: There is none; the defaults are taken.`] : [];
  const books = await runBooks(folder, policy);
  return summed([...found, ...flaws, ...books.lines], flaws.length + books.wrong, books.paths);
}

async function runBooks(
  folder: string,
  policy: Policy,
): Promise<{ readonly lines: readonly string[]; readonly wrong: number; readonly paths: readonly string[] }> {
  const inDirectory = await markdownIn(folder, policy.runBook.directory.replace(/\/+$/, ""));
  const usual = policy.runBook.default;
  const isThere = usual === null || (await lstat(join(folder, usual)).then((found) => found.isFile(), ifAbsent));
  const paths = [...new Set([...inDirectory, ...(usual !== null && isThere ? [usual] : [])])];
  const reader = openReader();
  const lines = isThere ? [] : [`${CONFIG_PATH}: runbook.default: There is no file ${usual}.`];
  let wrong = lines.length;
  try {
    for (const path of paths) {
      const bytes = await readFile(join(folder, path));
      const blob = sha(digestOf(bytes.toString("latin1")));
      const asked = { phases: policy.runBook.phases, activation: policy.artifacts.activation };
      const book = await reader.runBook(blob, bytes, asked);
      if (!isValid(book)) wrong++;
      lines.push(
        ...book.findings.map(
          ({ line, severity, because }) => `${path}:${line}: ${severity === "failed" ? "" : "warning: "}${because}`,
        ),
        `${path}: ${isValid(book) ? "valid" : "not valid"}, ${count(book.items.length, "item")}.`,
      );
    }
  } finally {
    await reader.stop();
  }
  return { lines, wrong, paths };
}

/** The Markdown files below a folder, in order; a link is none. */
async function markdownIn(folder: string, directory: string): Promise<readonly string[]> {
  const found = await readdir(join(folder, directory), { recursive: true }).catch(ifAbsent);
  const paths = (found ?? []).filter((name) => /\.(md|markdown)$/i.test(name)).map((name) => `${directory}/${name}`);
  const kinds = await Promise.all(paths.map(async (path) => (await lstat(join(folder, path))).isFile()));
  return paths.filter((_, place) => kinds[place]).sort();
}

function ifAbsent(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}

function summed(lines: readonly string[], wrong: number, books: readonly string[] | null): Checked {
  const read = books === null ? "No run-book was read." : `${count(books.length, "run-book")} read.`;
  const sum = wrong === 0 ? "Nothing is wrong." : `${wrong} ${wrong === 1 ? "is" : "are"} to be repaired.`;
  return { lines: [...lines, `${read} ${sum}`], isWell: wrong === 0 };
}
