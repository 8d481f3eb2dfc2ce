import type { PullKnown } from "../../flow/facts.ts";
import type { Look } from "../../flow/looking.ts";
import type { ComponentMemory, PullMemory } from "../../flow/memory.ts";
import type { Branch, Sha } from "../../flow/names.ts";
import type { VersionAsked } from "../../flow/version-asked.ts";
import { broughtAgain } from "../../release/again.ts";
import { type Again, type Carried, carriedAlone, carriedWithAgain } from "../../release/carried.ts";
import { type Chosen, versionOf } from "../../release/version.ts";
import type { VersionFile } from "../../release/version-files.ts";

/** Where it is looked at: a pull request, and the two ends of what it brings. */
export type Bringing = {
  readonly known: Pick<PullKnown, "merged" | "subject" | "verdict" | "standing">;
  readonly pull: PullMemory;
  readonly component: ComponentMemory;
  /** The stage that it goes into. */
  readonly into: Branch;
  readonly base: Sha | Branch;
  readonly head: Sha;
};

/**
 * What it brings, by pull request; a hotfix brings itself, and a release also what was rolled back before it. Null while
 * something is still to be read: `look` knows what.
 */
export function carriedBy(bringing: Bringing, look: Look): Carried | null {
  const { known, pull, component, base, head } = bringing;
  const isHotfix = known.verdict?.lane === "hotfix";
  const comparison = look.at({ want: "compare", base, head });
  const again = isHotfix ? NOTHING_AGAIN : againWith(bringing, look);
  if (comparison === null || again === null) return null;
  const { number, repository } = known.subject;
  if (!isHotfix) {
    const of = { stages: component.config.policy.stages, repository };
    return carriedWithAgain({ comparison, ...again }, known.merged, of);
  }
  const { title, author, bump } = pull;
  return carriedAlone(comparison, { number, title, author, labels: bump === null ? [] : [`release:${bump}`] });
}

const NOTHING_AGAIN: Again = { again: [], rollbacks: [] };

/** Into the last stage comes what rollbacks took away. */
function againWith({ known, component, into }: Bringing, look: Look): Again | null {
  const { subject, standing } = known;
  if (into !== component.config.policy.stages.at(-1)) return NOTHING_AGAIN;
  const again = broughtAgain(standing, subject.number, look);
  const rollbacks = standing.flatMap((one) => (one.kind === "rollback" ? [one.number] : []));
  return again && { again, rollbacks };
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
