import type { Comparison } from "../flow/facts.ts";
import type { Look } from "../flow/looking.ts";
import type { Sha } from "../flow/names.ts";

/**
 * What a pull request brought that is merged: compared as it was when it was judged, with the commit that its base was at
 * before. Null: still to be read.
 */
export function brought(look: Look, head: Sha, mergeCommit: Sha): Comparison | null {
  const parents = look.at({ want: "parents", commit: mergeCommit });
  return parents && look.at({ want: "compare", base: parents[0], head });
}
