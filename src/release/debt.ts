import type { Commit, Comparison } from "../flow/facts.ts";
import type { Look } from "../flow/looking.ts";
import type { Sha } from "../flow/names.ts";

/**
 * Which of the commits that one side has and the other lacks brought something, oldest first: these are owed to the other
 * side. A merge of two brought nothing of its own where its tree is that of either, and where it is that of a back-merge, which
 * GitHub made: what its two sides have stands in the list by itself.
 *
 * @param missing what is lacked, of which GitHub may not list all.
 * @param backMerges what pull requests that were back-merges were merged as.
 * @returns null while something is still to be read: `look` knows what.
 */
export function owed(look: Look, missing: Comparison, backMerges: readonly Sha[]): readonly Commit[] | null {
  const trees = new Map(missing.commits.map(({ sha, tree }) => [sha, tree])).set(
    missing.mergeBase,
    missing.mergeBaseTree,
  );
  const treeOf = (commit: Sha) => trees.get(commit) ?? look.at({ want: "tree", commit });
  const brought = missing.commits.filter(({ sha, parents, tree }) => {
    const [first, second, more] = parents;
    if (first === undefined || second === undefined || more !== undefined) return true;
    if (backMerges.includes(sha)) return false;
    const merged = treeOf(second);
    // While one is unread there is no answer; few merges come so far that the other one is asked for.
    return merged !== null && tree !== merged && tree !== treeOf(first);
  });
  return look.missing() === null ? brought : null;
}
