import type { PullKnown } from "../flow/facts.ts";
import type { Look } from "../flow/looking.ts";
import type { ComponentMemory } from "../flow/memory.ts";
import type { Branch, Sha } from "../flow/names.ts";
import type { VersionAsked } from "../flow/standing.ts";
import { type Carried, carriedIn } from "../release/carried.ts";
import { type Chosen, versionOf } from "../release/version.ts";

/** What a release would be: its version, and what it carries. */
export type Candidate = { readonly chosen: Chosen; readonly carried: Carried };

/**
 * The version of what `head` has over `base`.
 *
 * @returns `refused` in a sentence; null while something is still to be read: `look` knows what.
 */
export function candidateFor(
  { merged, subject }: Pick<PullKnown, "merged" | "subject">,
  { config }: ComponentMemory,
  look: Look,
  of: { readonly base: Sha | Branch; readonly head: Sha; readonly asked: VersionAsked | null },
): Candidate | { readonly refused: string } | null {
  const tags = look.at({ want: "tags" });
  const comparison = look.at({ want: "compare", base: of.base, head: of.head });
  if (tags === null || comparison === null) return null;
  const { stages } = config.policy;
  const carried = carriedIn(comparison, merged, { stages, repository: subject.repository });
  const chosen = versionOf({ tags, asked: of.asked, carried, files: [] });
  return "refused" in chosen ? chosen : { chosen, carried };
}
