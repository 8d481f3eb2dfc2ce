import { type Effect, tagSlot } from "../../flow/effect.ts";
import type { Comparison, PullKnown, Recorded, Want } from "../../flow/facts.ts";
import type { House } from "../../flow/house.ts";
import { digestOf, opens } from "../../flow/ledger.ts";
import { type Look, looking } from "../../flow/looking.ts";
import type { ComponentMemory, PullMemory } from "../../flow/memory.ts";
import type { Place, Sha } from "../../flow/names.ts";
import { releaseKey, type StandingOf } from "../../flow/standing.ts";
import { subjectKey } from "../../flow/subject.ts";
import { concessionsIn, verdictOn } from "../../flow/verdict.ts";
import type { VersionAsked } from "../../flow/version-asked.ts";
import { deviationsIn } from "../../release/evidence/gathered.ts";
import { brought } from "../../release/merged.ts";
import type { Exceptions } from "../../release/notes.ts";
import { skippedIn } from "../../release/progress.ts";
import type { Chosen } from "../../release/version.ts";
import { releaseNotes } from "../../report/notes.ts";
import { tagMessage } from "../../report/release.ts";
import { rollsBackLine } from "../../report/rollback.ts";
import { unlessThere } from "../answer.ts";
import { type Bringing, candidateFor } from "../promoting/choosing.ts";
import { promotionOn, releaseOn } from "../promoting/under-way.ts";
import { type Walks, walksOn } from "../pull/execution.ts";
import { NOTHING_RELEASED, type Releasing, told } from "./making.ts";
import { rollbackOn } from "./withdrawing.ts";

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
  const promotion = promotionOn(known);
  const asked = promotion?.version ?? null;
  const parents = look.at({ want: "parents", commit });
  const at = { known, pull, component, into: pull.base, head: pull.head.sha };
  const candidate = parents && numbered({ ...at, base: parents[0] }, asked, look);
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
  const by = promotion?.by ?? null;
  // Of its files it was looked at before the merge.
  const remarks = promotion?.foreseen?.tag === chosen.tag ? promotion.foreseen.remarks : chosen.remarks;
  // It was compared to find out what it carries.
  const comparison = brought(look, pull.head.sha, commit) as Comparison;
  const release: Release = {
    kind: "release",
    key: releaseKey(subject.repository, subject.number),
    by,
    at: now,
    because: chosen.because,
    repository: subject.repository,
    number: subject.number,
    version: chosen.tag,
    commit,
    notes: `${noted(known)}${releaseNotes({
      chosen: { ...chosen, remarks },
      number: subject.number,
      by,
      carried,
      exceptions: {
        ...exceptionsOf({ ...known, verdict: verdictOn(known.verdict, pull.head.sha, pull.base) }, walks, comparison),
        deviations: deviationsIn(
          { comparison, recorded: known.recorded, component: component.config.policy },
          { version: chosen.tag, commit, mergedAt: pull.mergedAt },
        ).map(({ standing: { because }, closed }) => ({ because, cleared: closed })),
      },
      compareUrl: compareUrl(chosen, component, house),
    })}`,
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

/** What was let through on somebody's word: items of the run-book that were skipped, and gates here and on the way. */
export const exceptionsOf = (
  { verdict, merged }: Pick<PullKnown, "verdict" | "merged">,
  walks: Walks | null,
  comparison: Comparison | null,
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
      .filter(({ mergeCommit }) => comparison?.commits.some(({ sha }) => sha === mergeCommit))
      .toSorted((a, b) => a.number - b.number)
      .flatMap(({ number, overridden }) => overridden.map((one) => ({ ...one, on: number }))),
  ],
  deviations: [],
});

/** Where GitHub shows all that changed since the version before; null: there is none. */
export const compareUrl = (
  { previous, tag }: Pick<Chosen, "previous" | "tag">,
  { name }: ComponentMemory,
  { web }: House,
): string | null => (previous === null ? null : `${web}/${name}/compare/${encodeURIComponent(previous)}...${tag}`);

/** Of a rollback the notes say first what it takes back. */
function noted(known: PullKnown): string {
  const rollback = rollbackOn(known);
  return rollback === undefined ? "" : `${rollsBackLine(rollback)}\n\n`;
}

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
