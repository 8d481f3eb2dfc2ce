import type { Sha } from "../model.ts";
import type { Commit } from "./objects.ts";
import type { Git } from "./store.ts";

/** True when `ancestor` is `descendant` or is reachable from it. */
export function isAncestor(git: Git, id: number, ancestor: Sha, descendant: Sha): Promise<boolean> {
  if (ancestor === descendant) return Promise.resolve(true);
  return git.remembered(`ancestor ${id} ${ancestor} ${descendant}`, async () => {
    const { code } = await git.run(id, ["merge-base", "--is-ancestor", ancestor, descendant]);
    return code === 0;
  });
}

/** The best common ancestor; null when the two share no history. */
export function mergeBase(git: Git, id: number, one: Sha, other: Sha): Promise<Sha | null> {
  if (one === other) return Promise.resolve(one);
  return git.remembered(`base ${id} ${one} ${other}`, async () => {
    const { stdout } = await git.run(id, ["merge-base", one, other]);
    return stdout.toString().trim().split("\n")[0] || null;
  });
}

/** How many commits only `head` has and how many only `base` has. */
export function aheadBehind(
  git: Git,
  id: number,
  base: Sha,
  head: Sha,
): Promise<{ readonly ahead: number; readonly behind: number }> {
  if (base === head) return Promise.resolve({ ahead: 0, behind: 0 });
  return git.remembered(`counts ${id} ${base} ${head}`, async () => {
    const { stdout } = await git.run(id, ["rev-list", "--left-right", "--count", `${base}...${head}`]);
    const [behind, ahead] = stdout.toString().trim().split(/\s+/).map(Number);
    return { ahead: ahead ?? 0, behind: behind ?? 0 };
  });
}

/** SHAs of the commits `head` has and `base` has not, oldest first, parents before children. `base` null: all. */
export function commitsBetween(git: Git, id: number, base: Sha | null, head: Sha): Promise<readonly Sha[]> {
  return git.remembered(`between ${id} ${base} ${head}`, async () => {
    const range = base ? [head, `^${base}`] : [head];
    const { stdout } = await git.run(id, ["rev-list", "--topo-order", "--reverse", ...range, "--"]);
    return stdout.toString().split("\n").filter(Boolean);
  });
}

/** SHAs of the commits up to `head` that changed a file or what is below a folder, newest first, as `git log` picks them. */
export function commitsTouching(git: Git, id: number, path: string, head: Sha): Promise<readonly Sha[]> {
  return git.remembered(`touching ${id} ${head} ${path}`, async () => {
    const { stdout } = await git.run(id, ["rev-list", head, "--", `:(literal)${path}`]);
    return stdout.toString().split("\n").filter(Boolean);
  });
}

/** A file that two trees differ in, as GitHub lists it. */
export type ChangedFile = {
  readonly sha: Sha | null;
  readonly filename: string;
  readonly status: "added" | "removed" | "modified" | "renamed" | "changed";
  readonly previous_filename?: string;
  readonly additions: number;
  readonly deletions: number;
  /** Left out of a binary file and of a large difference. */
  readonly patch?: string;
};

/** https://docs.github.com/repositories/creating-and-managing-repositories/repository-limits#diffs */
const longestPatch = { lines: 20_000, bytes: 500 * 1000 };

const words: Readonly<Record<string, ChangedFile["status"]>> = {
  A: "added",
  D: "removed",
  M: "modified",
  T: "changed",
  R: "renamed",
};

/** Files that differ from tree or commit `base` (null: the empty tree) to `head`, with their patches. */
export function changedFiles(git: Git, id: number, base: Sha | null, head: Sha): Promise<readonly ChangedFile[]> {
  return git.remembered(`files ${id} ${base} ${head}`, async () => {
    const from = base ?? "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    const options = ["-r", "-M", "--no-color", "--no-ext-diff", "--full-index"];
    const [raw, numbers, patch] = await Promise.all([
      git.run(id, ["diff-tree", "-z", "--raw", ...options, from, head]),
      git.run(id, ["diff-tree", "-z", "--numstat", ...options, from, head]),
      git.run(id, ["diff-tree", "-p", ...options, from, head]),
    ]);
    return joinFiles(raw.stdout.toString(), numbers.stdout.toString(), patch.stdout.toString());
  });
}

function joinFiles(raw: string, numbers: string, patch: string): ChangedFile[] {
  const counts = numbers.split("\0");
  const patches = patch.split(/^diff --git /m).slice(1);
  const fields = raw.split("\0");
  const files: ChangedFile[] = [];
  let countAt = 0;
  for (let at = 0; at + 1 < fields.length; ) {
    const [, , , newSha, letters] = (fields[at] ?? "").slice(1).split(" ");
    const status = words[(letters ?? "M").slice(0, 1)] ?? "modified";
    const moved = status === "renamed";
    const previous = fields[at + 1] ?? "";
    const filename = moved ? (fields[at + 2] ?? "") : previous;
    at += moved ? 3 : 2;
    const [additions, deletions] = (counts[countAt] ?? "").split("\t");
    countAt += moved ? 3 : 1;
    const text = patches[files.length] ?? "";
    const hunk = text.search(/^@@ /m);
    files.push({
      sha: newSha && !/^0+$/.test(newSha) ? newSha : null,
      filename,
      status,
      ...(moved ? { previous_filename: previous } : {}),
      additions: Number(additions) || 0,
      deletions: Number(deletions) || 0,
      ...(hunk >= 0 && isShown(text.slice(hunk)) ? { patch: text.slice(hunk).replace(/\n$/, "") } : {}),
    });
  }
  return files;
}

function isShown(patch: string): boolean {
  return Buffer.byteLength(patch) <= longestPatch.bytes && patch.split("\n").length - 1 <= longestPatch.lines;
}

const mergeKey = (id: number, ours: Sha, theirs: Sha) => `merge ${id} ${ours} ${theirs}`;

/** Whether somebody has tried this merge before. */
export function mergeTried(git: Git, id: number, ours: Sha, theirs: Sha): boolean {
  return git.remembers(mergeKey(id, ours, theirs));
}

/** The tree of a three-way merge, or null when it conflicts. */
export function mergeTrees(git: Git, id: number, ours: Sha, theirs: Sha): Promise<Sha | null> {
  return git.remembered(mergeKey(id, ours, theirs), async () => {
    const { code, stdout } = await git.run(id, [
      "merge-tree",
      "--write-tree",
      "--allow-unrelated-histories",
      ours,
      theirs,
    ]);
    return code === 0 ? (stdout.toString().split("\n")[0] ?? null) : null;
  });
}

/** The commits of `shas` replayed onto `onto` (merge commits dropped), or null when one conflicts. */
export async function replay(
  git: Git,
  id: number,
  shas: readonly Sha[],
  onto: Sha,
  committer: Commit["committer"],
): Promise<Sha | null> {
  let tip = onto;
  let tree = (await git.commit(id, onto))?.tree ?? "";
  for (const sha of shas) {
    const commit = await git.commit(id, sha);
    if (!commit || commit.parents.length > 1) continue;
    const stand = await git.writeCommit(id, { ...commit, tree, parents: commit.parents.slice(0, 1), committer });
    const merged = await mergeTrees(git, id, stand, sha);
    if (!merged) return null;
    tree = merged;
    tip = await git.writeCommit(id, { ...commit, tree, parents: [tip], committer });
  }
  return tip;
}
