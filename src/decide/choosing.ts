import type { PullKnown } from "../flow/facts.ts";
import type { Look } from "../flow/looking.ts";
import type { ComponentMemory, PullMemory } from "../flow/memory.ts";
import type { Branch, Sha } from "../flow/names.ts";
import type { VersionAsked } from "../flow/version-asked.ts";
import { type Carried, carriedAlone, carriedIn } from "../release/carried.ts";
import { type Chosen, versionOf } from "../release/version.ts";
import type { VersionFile } from "../release/version-files.ts";

/** Where it is looked at: a pull request, and the two ends of what it brings. */
export type Bringing = {
  readonly known: Pick<PullKnown, "merged" | "subject" | "verdict">;
  readonly pull: PullMemory;
  readonly component: ComponentMemory;
  readonly base: Sha | Branch;
  readonly head: Sha;
};

/** What it brings, by pull request; a hotfix brings itself. Null while something is still to be read: `look` knows what. */
export function carriedBy({ known, pull, component, base, head }: Bringing, look: Look): Carried | null {
  const comparison = look.at({ want: "compare", base, head });
  if (comparison === null) return null;
  const { number, repository } = known.subject;
  if (known.verdict?.lane !== "hotfix")
    return carriedIn(comparison, known.merged, { stages: component.config.policy.stages, repository });
  const { title, author, bump } = pull;
  return carriedAlone(comparison, { number, title, author, labels: bump === null ? [] : [`release:${bump}`] });
}

/** What a release would be: its version, and what it carries. */
export type Candidate = { readonly chosen: Chosen; readonly carried: Carried };

/**
 * The version of what it brings; `refused` in a sentence. Null while something is still to be read: `look` knows what.
 *
 * @param files whose versions are held against it: they have no say in it.
 */
export function candidateFor(
  bringing: Bringing,
  asked: VersionAsked | null,
  look: Look,
  files: readonly VersionFile[] = [],
): Candidate | { readonly refused: string } | null {
  const tags = look.at({ want: "tags" });
  const carried = carriedBy(bringing, look);
  if (tags === null || carried === null) return null;
  const chosen = versionOf({ tags, asked, carried, files });
  return "refused" in chosen ? chosen : { chosen, carried };
}
