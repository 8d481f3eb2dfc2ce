import type { ChangedFile, Comparison } from "../flow/facts.ts";
import type { Look } from "../flow/looking.ts";
import type { Branch, Sha } from "../flow/names.ts";
import type { Tree } from "./artifacts/reading.ts";
import { type Case, headOf } from "./gate.ts";

/**
 * The comparison that is read anyway: a promotion and a release are compared by commit for their approvals, a hotfix and a
 * back-merge by branch for their lane. Null: still to be read.
 */
export function changeOf({
  lane,
  pull,
  component,
  look,
}: Pick<Case, "lane" | "pull" | "component" | "look">): Comparison | null {
  const base: Branch | Sha =
    lane.lane === "hotfix" || lane.lane === "back-merge" ? pull.base : headOf(component, pull.base);
  return look.at({ want: "compare", base, head: pull.head.sha });
}

/** The files of a commit. Null: still to be read. */
export function filesAt(look: Look, commit: Sha): Tree | null {
  const entries = look.at({ want: "entries", commit });
  return entries && new Map(entries.map((entry) => [entry.path, entry]));
}

/** What differs between two commits. A file that was only made executable has the same blob, and brings nothing. */
export function differing(before: Tree, tree: Tree): readonly ChangedFile[] {
  const brought = [...tree.values()].filter(({ path, blob }) => before.get(path)?.blob !== blob);
  const gone = [...before.keys()].filter((path) => !tree.has(path));
  return [
    ...brought.map(({ path, blob }) => ({ path, before: null, blob })),
    ...gone.map((path) => ({ path, before: null, blob: null })),
  ];
}
