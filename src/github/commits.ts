import { type CheckSeen, checkKey } from "../flow/check-seen.ts";
import type { Answers, ChangedFile, Comparison } from "../flow/facts.ts";
import { type Branch, type Instant, isSha, later, type Sha } from "../flow/names.ts";
import { failed, found, type Outcome } from "./failure.ts";
import * as shapes from "./parse-commits.ts";
import { PER_PAGE, type Read } from "./read.ts";
import { type Place, root } from "./repository.ts";

/** A comparison of more commits than this is not read to its end. */
const MOST_COMMITS = 1_000;
/** It lists no more files than this, and does not say where it cut them off. */
const MOST_FILES = 300;
/** A check of a commit that has more of them than this is not told from one that was never there. */
const MOST_CHECKS = 5_000;
/** How soon a list is read anew that changed while its pages were read. */
const MOVED_MS = 1_000;
/** A commit never changes: what is too much of it stays so. */
const HUGE_MS = 3_600_000;

/** Its tree and what it was made on, in one answer. https://docs.github.com/rest/git/commits#get-a-commit-object */
export const commitAt = (read: Read, place: Place, commit: Sha) =>
  read.one(place, `${root(place)}/git/commits/${commit}`, shapes.commitShape, { immutable: true });

export async function treeAt(read: Read, place: Place, commit: Sha): Promise<Outcome<Sha>> {
  const outcome = await commitAt(read, place, commit);
  return outcome.ok ? found(outcome.value.tree) : outcome;
}

export async function parentsOf(
  read: Read,
  place: Place,
  { commit, now }: { readonly commit: Sha; readonly now: () => Instant },
): Promise<Outcome<Answers["parents"]>> {
  const outcome = await commitAt(read, place, commit);
  if (!outcome.ok) return outcome;
  const [first, ...others] = outcome.value.parents;
  return first === undefined
    ? unclear("The commit was made on no other", later(now(), HUGE_MS))
    : found([first, ...others]);
}

/**
 * The commits up to `head` that touched a file, newest first; the last hundred at most.
 * https://docs.github.com/rest/commits/commits#list-commits
 */
export const touchedBy = (
  read: Read,
  place: Place,
  { path, head }: { readonly path: string; readonly head: Sha },
): Promise<Outcome<Answers["touched"]>> => {
  const query = `sha=${head}&path=${encodeURIComponent(path)}&per_page=${PER_PAGE}`;
  return read.one(place, `${root(place)}/commits?${query}`, shapes.commitsShape, { immutable: true });
};

/** https://docs.github.com/rest/git/trees#get-a-tree */
export async function entriesOf(
  read: Read,
  place: Place,
  { commit, now }: { readonly commit: Sha; readonly now: () => Instant },
): Promise<Outcome<Answers["entries"]>> {
  const address = `${root(place)}/git/trees/${commit}?recursive=1`;
  const outcome = await read.one(place, address, shapes.entriesShape, { immutable: true });
  if (!outcome.ok) return outcome;
  return outcome.value === null
    ? unclear("The commit has more files than GitHub lists", later(now(), HUGE_MS))
    : found(outcome.value);
}

/** Without what lies in folders, which may be much. */
export const rootFilesOf = (read: Read, place: Place, commit: Sha): Promise<Outcome<Answers["root-files"]>> =>
  read.one(place, `${root(place)}/git/trees/${commit}`, shapes.rootFilesShape, { immutable: true });
/**
 * The trees of folders in a commit, looked for from the root down, each tree once.
 * https://docs.github.com/rest/git/trees#get-a-tree
 */
export async function foldersIn(
  read: Read,
  place: Place,
  { commit, paths, now }: { readonly commit: Sha; readonly paths: readonly string[]; readonly now: () => Instant },
): Promise<Outcome<Answers["folders"]>> {
  const seen = new Map<Sha, ReadonlyMap<string, Sha>>();
  const folders: (Sha | null)[] = [];
  for (const path of paths) {
    let at: Sha | null = commit;
    for (const name of path.split("/")) {
      if (at === null) break;
      const below: ReadonlyMap<string, Sha> | undefined = seen.get(at);
      const outcome: Outcome<ReadonlyMap<string, Sha>> =
        below === undefined ? await foldersBelow(read, place, at, now) : found(below);
      if (!outcome.ok) return outcome;
      seen.set(at, outcome.value);
      at = outcome.value.get(name) ?? null;
    }
    folders.push(at);
  }
  return found(folders);
}

/** The folders that lie directly in a commit or a folder, by their names. */
async function foldersBelow(
  read: Read,
  place: Place,
  tree: Sha,
  now: () => Instant,
): Promise<Outcome<ReadonlyMap<string, Sha>>> {
  const outcome = await read.one(place, `${root(place)}/git/trees/${tree}`, shapes.foldersShape, { immutable: true });
  if (!outcome.ok) return outcome;
  return outcome.value === null
    ? unclear("The folder has more files than GitHub lists", later(now(), HUGE_MS))
    : found(new Map(outcome.value.map(({ path, sha }) => [path, sha])));
}

export async function comparison(
  read: Read,
  place: Place,
  { base, head, now }: { readonly base: Branch | Sha; readonly head: Sha; readonly now: () => Instant },
): Promise<Outcome<Comparison>> {
  const address = `${root(place)}/compare/${encodeURIComponent(base)}...${head}`;
  const outcome = await read.pages(
    place,
    address,
    shapes.comparisonShape,
    ({ commits }) => commits.length,
    MOST_COMMITS / PER_PAGE,
    { immutable: isSha(base) && isSha(head) },
  );
  if (!outcome.ok) return outcome;
  const { pages, whole } = outcome.value;
  const first = pages[0];
  if (first === undefined || pages.some((page) => page.base !== first.base || page.total !== first.total))
    return moved(base, now());
  const { ahead, behind, mergeBase, mergeBaseTree, total } = first;
  const commits = pages.flatMap((page) => page.commits);
  const changes = changesIn(first.files);
  return found({ ahead, behind, mergeBase, mergeBaseTree, commits, whole: whole && commits.length === total, changes });
}

function changesIn(listed: readonly (ChangedFile | null)[] | null): Comparison["changes"] {
  const files = (listed ?? []).filter((file) => file !== null);
  return { files, whole: listed !== null && listed.length < MOST_FILES && files.length === listed.length };
}

/**
 * The check runs and commit statuses of a commit. GitHub leaves out older runs of a name only within a check suite,
 * so the newest of each App is picked here.
 */
export async function checksOn(
  read: Read,
  place: Place,
  { head, now }: { readonly head: Sha; readonly now: () => Instant },
): Promise<Outcome<Answers["checks"]>> {
  const [runs, statuses] = await Promise.all([runsOn(read, place, head, now), statusesOn(read, place, head, now)]);
  if (!runs.ok) return runs;
  if (!statuses.ok) return statuses;
  return found(newest([...runs.value, ...statuses.value]));
}

async function runsOn(read: Read, place: Place, head: Sha, now: () => Instant): Promise<Outcome<readonly CheckSeen[]>> {
  const address = `${root(place)}/commits/${head}/check-runs?filter=latest`;
  const outcome = await read.pages(
    place,
    address,
    shapes.allRunsShape,
    ({ runs }) => runs.length,
    MOST_CHECKS / PER_PAGE,
  );
  if (!outcome.ok) return outcome;
  const { pages, whole } = outcome.value;
  if (!whole) return tooMany("check runs", now());
  const runs = new Map(pages.flatMap((page) => page.runs).map((run) => [run.id, run]));
  // A run that slipped from one page to another may have been missed on both.
  if (pages.some(({ total }) => total > runs.size)) return moved("The list", now());
  return found([...runs.values()]);
}

async function statusesOn(
  read: Read,
  place: Place,
  head: Sha,
  now: () => Instant,
): Promise<Outcome<readonly CheckSeen[]>> {
  const address = `${root(place)}/commits/${head}/status`;
  const size = (statuses: readonly CheckSeen[]) => statuses.length;
  const outcome = await read.pages(place, address, shapes.statusesShape, size, MOST_CHECKS / PER_PAGE);
  if (!outcome.ok) return outcome;
  return outcome.value.whole ? found(outcome.value.pages.flat()) : tooMany("statuses", now());
}

/** Of those that share App and name, the one with the highest id: it was made last. */
function newest(checks: readonly CheckSeen[]): readonly CheckSeen[] {
  const ascending = checks.toSorted((a, b) => a.id - b.id);
  return [...new Map(ascending.map((check) => [checkKey(check), check])).values()];
}

const moved = (what: string, now: Instant) =>
  unclear(`${what} moved between two pages of the answer`, later(now, MOVED_MS));
const tooMany = (what: string, now: Instant) =>
  unclear(`The commit has more than ${MOST_CHECKS} ${what}, which is more than Flowgate reads`, later(now, 60_000));

function unclear(how: string, until: Instant): Outcome<never> {
  return failed({ kind: "unclear", status: null, message: "", how, until });
}
