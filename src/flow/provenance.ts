import type { Instant, Person, Sha } from "./names.ts";

/** How long a push may go without its merge: GitHub tells of the two in any order, and may have to tell again. */
export const EXPLAINED_WITHIN_MS = 10 * 60_000;

/** A stage branch moved, as GitHub told. */
export type Push = {
  readonly how: "push" | "force-push" | "deletion";
  readonly before: Sha;
  /** Null: the branch is gone. */
  readonly after: Sha | null;
  /** Null: nobody told us, only where the branch is now was seen. */
  readonly by: (Person & { readonly bot: boolean }) | null;
  /** How many commits it brought; GitHub lists 2,048 at most. Null: not told. */
  readonly commits: number | null;
  /** When we heard of it: what a commit says of its time is up to its author. */
  readonly at: Instant;
};
/** A pull request that was merged into a stage. */
export type Merge = {
  readonly number: number;
  /** What the base moved to by it: the merge commit, the squashed one, or the last of the rebased ones. */
  readonly commit: Sha;
  /** How many commits the pull request had. */
  readonly commits: number;
};

/** How a stage came to be where it is, as far as that is not settled. */
export type Arrivals = {
  /** Where it was then is the baseline; null while nothing is enforced, and then nothing is recorded. */
  readonly since: Instant | null;
  readonly pushes: readonly Push[];
  /** Merges whose push was not told yet. */
  readonly merges: readonly Merge[];
  /** The last pushes of Apps that the config trusts. */
  readonly trusted: readonly Push[];
  /** Where the stage was, as told: the baseline and what came after, newest last, of the last ones. */
  readonly heads: readonly Sha[];
  /** The head at which it was last looked whether a revert cleared what came past the gates. */
  readonly compared: Sha | null;
};
export const NO_ARRIVALS: Arrivals = { since: null, pushes: [], merges: [], trusted: [], heads: [], compared: null };

/** So much is kept of each: what is older is asked of GitHub. */
const KEPT = 50;
export const newest = <T>(all: readonly T[]): readonly T[] => all.slice(-KEPT);

/** The arrivals after a push was told; while nothing is enforced nothing is recorded. */
export function pushed(arrivals: Arrivals, push: Push): Arrivals {
  const { since, pushes, heads } = arrivals;
  if (since === null) return arrivals;
  const seenOnly = push.by === null;
  if (seenOnly && push.after !== null && heads.includes(push.after)) return arrivals;
  const same = pushes.find(
    ({ before, after, by }) => after === push.after && before === push.before && (by !== null || seenOnly),
  );
  if (same !== undefined) return arrivals;
  // Of a push that was only seen by its outcome more is known now.
  const others = pushes.filter(({ after, by }) => after !== push.after || by !== null);
  return {
    ...arrivals,
    pushes: [...others, push],
    heads: push.after === null || heads.includes(push.after) ? heads : newest([...heads, push.after]),
  };
}

/** The arrivals after a merge was told. */
export function merged(arrivals: Arrivals, merge: Merge): Arrivals {
  const { since, merges } = arrivals;
  if (since === null || merges.some(({ commit }) => commit === merge.commit)) return arrivals;
  return { ...arrivals, merges: newest([...merges, merge]) };
}

/** What our own records say of merges and merge groups. `passed`: the verdict for the merged head had passed. */
export type Records = {
  readonly merges: readonly (Merge & { readonly passed: boolean })[];
  /** By the commit that a group makes; `from`: the commit that it was made on. */
  readonly groups: ReadonlyMap<Sha, { readonly from: Sha; readonly number: number; readonly passed: boolean }>;
};

/**
 * The pull requests by which a push is explained; null while none explains it.
 *
 * By one that passed and moved the base to just there, if no more commits came than it had and its merge commit: what
 * was pushed beside it is not explained by it. Or by merge groups that all passed, each made on the one before.
 */
export function explanation(push: Push, { merges, groups }: Records): readonly number[] | null {
  if (push.how !== "push" || push.after === null) return null;
  return byGroups(push.after, push.before, groups) ?? byMerge(push, merges);
}

function byMerge({ after, commits }: Push, merges: Records["merges"]): readonly number[] | null {
  const merge = merges.find(({ commit, passed }) => passed && commit === after);
  return merge !== undefined && commits !== null && commits <= merge.commits + 1 ? [merge.number] : null;
}

function byGroups(after: Sha, before: Sha, groups: Records["groups"]): readonly number[] | null {
  const numbers: number[] = [];
  const seen = new Set<Sha>();
  for (let commit = after; commit !== before; ) {
    const group = groups.get(commit);
    if (group === undefined || !group.passed || seen.has(commit)) return null;
    seen.add(commit);
    numbers.unshift(group.number);
    commit = group.from;
  }
  return numbers.length > 0 ? numbers : null;
}

/** Pushes that nothing explains yet. */
export const unexplained = ({ pushes }: Arrivals, records: Records): readonly Push[] =>
  pushes.filter((push) => explanation(push, records) === null);
