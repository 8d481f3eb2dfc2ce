import type { Sha } from "../model.ts";
import type { TreeEntry } from "./objects.ts";
import type { Git } from "./store.ts";

/** What is to stand at a path: an object, with the mode it had before where `mode` is null; null: nothing. */
export type Placed = { readonly mode: string | null; readonly sha: Sha } | null;

type Files = Readonly<Record<string, string | Buffer | null>>;

/**
 * A tree like `base` (null: empty) with some files written or, where the content is null, taken away.
 * Paths are relative; a file keeps its mode, a new one is an ordinary file. Answers the new tree.
 */
export async function writeFiles(git: Git, id: number, base: Sha | null, files: Files): Promise<Sha> {
  const placed: Record<string, Placed> = {};
  for (const [path, content] of Object.entries(files)) {
    placed[path] = content === null ? null : { mode: null, sha: await git.write(id, "blob", Buffer.from(content)) };
  }
  return writeEntries(git, id, base, placed);
}

/** The same for objects that are there already, which may also be folders, links and submodules. */
export async function writeEntries(
  git: Git,
  id: number,
  base: Sha | null,
  placed: Readonly<Record<string, Placed>>,
): Promise<Sha> {
  const entries = new Map(((base && (await git.tree(id, base))) || []).map((entry) => [entry.name, entry]));
  const below = new Map<string, Record<string, Placed>>();
  for (const [path, one] of Object.entries(placed)) {
    const slash = path.indexOf("/");
    if (slash >= 0) {
      const folder = path.slice(0, slash);
      below.set(folder, { ...below.get(folder), [path.slice(slash + 1)]: one });
    } else if (one === null) {
      entries.delete(path);
    } else {
      const known = entries.get(path);
      const mode = one.mode ?? (known?.mode.startsWith("100") ? known.mode : "100644");
      entries.set(path, { name: path, sha: one.sha, mode });
    }
  }
  for (const [folder, inside] of below) {
    const known = entries.get(folder);
    const sha = await writeEntries(git, id, known?.mode === "040000" ? known.sha : null, inside);
    const kept = (await git.tree(id, sha)) ?? [];
    if (kept.length === 0) entries.delete(folder);
    else entries.set(folder, { name: folder, sha, mode: "040000" });
  }
  return git.writeTree(id, [...entries.values()]);
}

/** What stands at a path of a tree; undefined when nothing does. The empty path is the tree itself. */
export async function entryAt(git: Git, id: number, tree: Sha, path: string): Promise<TreeEntry | undefined> {
  let here: TreeEntry = { mode: "040000", name: "", sha: tree };
  for (const part of path.split("/").filter(Boolean)) {
    if (here.mode !== "040000") return undefined;
    const next: TreeEntry | undefined = (await git.tree(id, here.sha))?.find((entry) => entry.name === part);
    if (!next) return undefined;
    here = next;
  }
  return here;
}
