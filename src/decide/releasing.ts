import { type Effect, releaseSlot, tagSlot } from "../flow/effect.ts";
import type { Comparison, PullKnown, Want } from "../flow/facts.ts";
import type { House } from "../flow/house.ts";
import { closes, digestOf, type Entry, opens } from "../flow/ledger.ts";
import { type Look, looking } from "../flow/looking.ts";
import type { ComponentMemory, PullMemory } from "../flow/memory.ts";
import type { Hash, Instant, Sha } from "../flow/names.ts";
import type { StandingOf, VersionAsked } from "../flow/standing.ts";
import { subjectKey } from "../flow/subject.ts";
import { concessionsIn } from "../flow/verdict.ts";
import { brought } from "../release/merged.ts";
import type { Exceptions } from "../release/notes.ts";
import { isVerified, skippedIn } from "../release/progress.ts";
import { releaseNotes } from "../report/notes.ts";
import { tagMessage } from "../report/release.ts";
import { rollsBackLine } from "../report/rollback.ts";
import { unlessThere } from "./answer.ts";
import { type Bringing, candidateFor } from "./choosing.ts";
import { type Walks, walksOn } from "./execution.ts";
import { makesRelease, promotionOn, releaseOn } from "./under-way.ts";
import { rollbackOn } from "./withdrawing.ts";

type Release = StandingOf<"release">;
type WithLedger = PullKnown & { readonly ledger: Hash };

/** What a release does next, and where it is. */
export type Releasing = {
  readonly entries: readonly Entry[];
  readonly effects: readonly Effect[];
  readonly lookAgainAt: Instant | null;
};
export const NOTHING_RELEASED: Releasing = { entries: [], effects: [], lookAgainAt: null };

/**
 * What a merge into the last stage still needs: its tag, its draft, and once it is deployed and tested its publication. Each
 * step sees what is done by what stands on GitHub, so that one who was cut off finishes, once.
 */
export function releasing(
  known: PullKnown,
  pull: PullMemory,
  component: ComponentMemory,
  house: House,
): Releasing | { readonly lacks: readonly Want[] } {
  if (!makesRelease(known, pull, component) || known.rollback?.withdrawn) return NOTHING_RELEASED;
  const release = releaseOn(known);
  if (!known.tag?.written) {
    const { ledger } = known;
    // That it is merged was only just found out: once it is remembered, so is what stands for it.
    if (ledger === null) return { ...NOTHING_RELEASED, lookAgainAt: known.now };
    return release === undefined || known.tag?.refused
      ? begun({ ...known, ledger }, pull, component, house)
      : tagging({ ...known, ledger }, component, release);
  }
  if (release === undefined) return NOTHING_RELEASED;

  const at = { known, component, release };
  if (!known.release?.written) return written(at, true);
  if (!known.release.written.completed) {
    const walks = walksOn(known, pull, component, house, null);
    if (walks !== null && "lacks" in walks) return walks;
    const isTested = walks !== null && "production" in walks && isVerified(walks.production);
    return written(at, component.config.policy.runBook.required && !isTested);
  }
  const { subject } = known;
  return {
    ...NOTHING_RELEASED,
    entries: [closes(subjectKey(subject), "app", release.key, `${release.version} is released`)],
  };
}

/** Its version and its notes are settled, once; again only where GitHub refused the tag and somebody else has taken it by then. */
function begun(
  known: WithLedger,
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
    notes: `${noted(known)}${releaseNotes({
      chosen,
      number: subject.number,
      by,
      carried,
      exceptions: exceptionsOf(known, walks, brought(look, pull.head.sha, commit)),
      compareUrl:
        chosen.previous === null
          ? null
          : `${house.web}/${component.name}/compare/${encodeURIComponent(chosen.previous)}...${chosen.tag}`,
    })}`,
  };
  const { entries, ...next } = tagging(known, component, release);
  return { ...next, entries: [opens(subjectKey(subject), release), ...entries] };
}

/** Of a rollback the notes say first what it takes back. */
function noted(known: PullKnown): string {
  const rollback = rollbackOn(known);
  return rollback === undefined ? "" : `${rollsBackLine(rollback)}\n\n`;
}

/** What was asked for may have been taken by somebody else's tag since. */
function numbered(bringing: Bringing, asked: VersionAsked | null, look: Look): ReturnType<typeof candidateFor> {
  const wanted = candidateFor(bringing, asked, look);
  return wanted !== null && "refused" in wanted ? candidateFor(bringing, null, look) : wanted;
}

/** What was let through on somebody's word: items of the run-book that were skipped, and gates here and on the way. */
const exceptionsOf = (
  { verdict, merged }: PullKnown,
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

function tagging(
  { subject, tag: slot, ledger, now }: WithLedger,
  { name }: ComponentMemory,
  { version, commit }: Release,
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
    message: tagMessage({ version, number: subject.number, ledger }),
  };
  const { effects, retryAt } = unlessThere(effect, slot, now);
  return {
    ...NOTHING_RELEASED,
    effects,
    entries: effects.length > 0 ? [told(subject, `tags ${version}`)] : [],
    lookAgainAt: retryAt,
  };
}

/** The GitHub Release as it is to be: a draft, until it is published. */
function written(
  {
    known,
    component,
    release,
  }: { readonly known: PullKnown; readonly component: ComponentMemory; readonly release: Release },
  draft: boolean,
): Releasing {
  const { subject, release: slot, now } = known;
  const mark = `<!-- flowgate:release ${subject.number} -->`;
  const effect: Effect = {
    does: "set",
    thing: "release",
    slot: releaseSlot(subject.repository, subject.number),
    fingerprint: digestOf(`${release.version} ${draft} ${release.notes}`),
    repository: subject.repository,
    name: component.name,
    tag: release.version,
    title: release.version,
    mark,
    body: `${release.notes}\n\n${mark}`,
    draft,
    over: slot?.written?.id ?? null,
  };
  const { effects, retryAt } = unlessThere(effect, slot, now);
  const does = `${draft ? "drafts" : "publishes"} ${release.version}`;
  return {
    ...NOTHING_RELEASED,
    effects,
    entries: effects.length > 0 ? [told(subject, does)] : [],
    lookAgainAt: retryAt,
  };
}

const told = (subject: PullKnown["subject"], does: string): Entry => ({
  what: "promoting",
  actor: "app",
  about: subjectKey(subject),
  says: { does },
});
