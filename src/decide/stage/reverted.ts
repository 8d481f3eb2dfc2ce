import type { Comparison, StageLookedAt, Want } from "../../flow/facts.ts";
import { looking } from "../../flow/looking.ts";
import { type Instant, type Sha, short } from "../../flow/names.ts";

/** What stands no longer, by its key, and why. */
export type Closing = { readonly key: string; readonly because: string };
/** What was cleared, and the head at which that was looked for; later again where GitHub did not answer. */
type Cleared = {
  readonly closed: readonly Closing[];
  readonly compared: Sha | null;
  readonly retryAt: Instant | null;
};

/** What open deviations brought and the stage no longer has: everything that they touched is as it was before them. */
export function reverted(known: StageLookedAt): Cleared | { readonly lacks: readonly Want[] } {
  const { memory, deviations, read, subject } = known;
  const { heads, compared } = memory.arrivals;
  const told = heads.at(-1) ?? null;
  const open = deviations.flatMap(({ standing: { key, push }, closed }) =>
    closed === null && push?.how === "push" && push.after !== null ? [{ key, ...push, after: push.after }] : [],
  );
  if (told === compared || open.length === 0) return { closed: [], compared, retryAt: null };
  const look = looking(read);
  // Pushes are told in any order, so the last one told may not be where the stage is.
  const head = look.at({ want: "branch", branch: subject.branch });
  const pairs =
    head === null
      ? []
      : open.map(({ key, before, after }) => ({
          key,
          before,
          brought: look.at({ want: "compare", base: before, head: after }),
          since: look.at({ want: "compare", base: before, head }),
        }));
  const missing = look.missing();
  if (missing !== null && "lacks" in missing) return missing;
  const closed = pairs.flatMap(({ key, before, brought, since }): readonly Closing[] => {
    if (!brought?.changes.whole || !since?.changes.whole) return [];
    // Where the branch was forced to somewhere else, the list is not of what came since.
    if (brought.mergeBase !== before || since.mergeBase !== before) return [];
    const differing = new Set(pathsIn(since));
    if (pathsIn(brought).some((path) => differing.has(path))) return [];
    return [{ key, because: `at ${short(head as Sha)} everything that it touched is as it was before it` }];
  });
  return missing === null ? { closed, compared: told, retryAt: null } : { closed, compared, retryAt: missing.retryAt };
}

/** Of a renamed file both. */
const pathsIn = ({ changes }: Comparison): readonly string[] =>
  changes.files.flatMap(({ path, before }) => (before === null ? [path] : [path, before]));
