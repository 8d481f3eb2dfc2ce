import { type Effect, tagSlot } from "../flow/effect.ts";
import type { Comparison, PullKnown, Recorded, Want } from "../flow/facts.ts";
import type { House } from "../flow/house.ts";
import { digestOf, opens } from "../flow/ledger.ts";
import { type Look, looking } from "../flow/looking.ts";
import type { ComponentMemory, PullMemory } from "../flow/memory.ts";
import type { Place, Sha } from "../flow/names.ts";
import type { StandingOf, VersionAsked } from "../flow/standing.ts";
import { subjectKey } from "../flow/subject.ts";
import { concessionsIn } from "../flow/verdict.ts";
import { deviationsIn } from "../release/evidence/gathered.ts";
import { brought } from "../release/merged.ts";
import type { Exceptions } from "../release/notes.ts";
import { skippedIn } from "../release/progress.ts";
import { releaseNotes } from "../report/notes.ts";
import { tagMessage } from "../report/release.ts";
import { unlessThere } from "./answer.ts";
import { type Bringing, candidateFor } from "./choosing.ts";
import { type Walks, walksOn } from "./execution.ts";
import { NOTHING_RELEASED, type Releasing, told } from "./making.ts";
import { promotionOn, releaseOn } from "./under-way.ts";

type Release = StandingOf<"release">;
/** What is on record, once it is remembered that it is merged. */
export type OnRecord = PullKnown & { readonly ledger: Place; readonly recorded: Recorded };

/** Its version and its notes are settled, once; again only where GitHub refused the tag and somebody else has taken it by then. */
export function begun(
  known: OnRecord,
  pull: PullMemory,
  component: ComponentMemory,
  house: House,
): Releasing | { readonly lacks: readonly Want[] } {
  const look = looking(known.read);
  const commit = pull.mergeCommit as Sha;
  const asked = promotionOn(known)?.version ?? null;
  const parents = look.at({ want: "parents", commit });
  const candidate = parents && numbered({ known, pull, component, base: parents[0], head: pull.head.sha }, asked, look);
  const walks = walksOn(known, pull, component, house, null);
  if (walks !== null && "lacks" in walks) return walks;
  const missing = look.missing();
  if (missing !== null) return "lacks" in missing ? missing : { ...NOTHING_RELEASED, lookAgainAt: missing.retryAt };
  if (walks !== null && "retryAt" in walks) return { ...NOTHING_RELEASED, lookAgainAt: walks.retryAt };
  if (candidate === null || "refused" in candidate) return NOTHING_RELEASED;
  const { chosen, carried } = candidate;
  const settled = releaseOn(known);
  if (settled?.version === chosen.tag) return tagging(known, component, settled);
  const { subject, now } = known;
  const by = promotionOn(known)?.by ?? null;
  // It was compared to find out what it carries.
  const comparison = brought(look, pull.head.sha, commit) as Comparison;
  const release: Release = {
    kind: "release",
    key: `release:${subject.repository}:${subject.number}`,
    by,
    at: now,
    because: chosen.because,
    repository: subject.repository,
    number: subject.number,
    version: chosen.tag,
    commit,
    notes: releaseNotes({
      chosen,
      number: subject.number,
      by,
      carried,
      exceptions: exceptionsOf({ known, pull, component }, walks, comparison, chosen.tag),
      compareUrl:
        chosen.previous === null
          ? null
          : `${house.web}/${component.name}/compare/${encodeURIComponent(chosen.previous)}...${chosen.tag}`,
    }),
    previous: chosen.previous,
    ledger: known.ledger,
  };
  const { entries, ...next } = tagging(known, component, release);
  return { ...next, entries: [opens(subjectKey(subject), release), ...entries] };
}

/** What was asked for may have been taken by somebody else's tag since. */
function numbered(bringing: Bringing, asked: VersionAsked | null, look: Look): ReturnType<typeof candidateFor> {
  const wanted = candidateFor(bringing, asked, look);
  return wanted !== null && "refused" in wanted ? candidateFor(bringing, null, look) : wanted;
}

/**
 * What was let through on somebody's word: items of the run-book that were skipped, and gates here and on the way; and what
 * came past the gates.
 */
const exceptionsOf = (
  {
    known: { verdict, merged, recorded },
    pull,
    component,
  }: { readonly known: OnRecord; readonly pull: PullMemory; readonly component: ComponentMemory },
  walks: Walks | null,
  comparison: Comparison,
  version: string,
): Exceptions => ({
  skipped: (walks === null ? [] : [walks.rehearsal, walks.production])
    .flatMap(skippedIn)
    .map(({ label, item, came: { because, by, confirmedBy } }) => ({
      label,
      text: item.text,
      because,
      by,
      confirmedBy,
    })),
  overrides: [
    ...concessionsIn(verdict),
    ...merged
      .filter(({ mergeCommit }) => comparison.commits.some(({ sha }) => sha === mergeCommit))
      .toSorted((a, b) => a.number - b.number)
      .flatMap(({ number, overridden }) => overridden.map((one) => ({ ...one, on: number }))),
  ],
  deviations: deviationsIn({ comparison, recorded, component: component.config.policy }, version, pull.mergedAt).map(
    ({ standing: { because }, closed }) => ({ because, cleared: closed }),
  ),
});

/** The same message each time, whatever was written down meanwhile. */
export function tagging(
  { subject, tag: slot, now }: PullKnown,
  { name }: ComponentMemory,
  { version, commit, ledger }: Release,
): Releasing {
  const effect: Effect = {
    does: "set",
    thing: "tag",
    slot: tagSlot(subject.repository, subject.number),
    fingerprint: digestOf(`${version} ${commit}`),
    repository: subject.repository,
    name,
    tag: version,
    commit,
    message: tagMessage({ version, number: subject.number, ledger: ledger.hash }),
  };
  const { effects, retryAt } = unlessThere(effect, slot, now);
  return {
    ...NOTHING_RELEASED,
    effects,
    entries: effects.length > 0 ? [told(subject, `tags ${version}`)] : [],
    lookAgainAt: retryAt,
  };
}
