import { type Effect, releaseSlot, tagSlot } from "../flow/effect.ts";
import type { PullKnown, Want } from "../flow/facts.ts";
import type { House } from "../flow/house.ts";
import { closes, digestOf, type Entry, GENESIS, opens } from "../flow/ledger.ts";
import { looking } from "../flow/looking.ts";
import type { ComponentMemory, PullMemory } from "../flow/memory.ts";
import type { Branch, Instant, Sha } from "../flow/names.ts";
import type { StandingOf } from "../flow/standing.ts";
import { subjectKey } from "../flow/subject.ts";
import type { Exceptions } from "../release/notes.ts";
import { isVerified, skippedIn } from "../release/progress.ts";
import { releaseNotes } from "../report/notes.ts";
import { tagMessage } from "../report/release.ts";
import { unlessThere } from "./answer.ts";
import { candidateFor } from "./choosing.ts";
import { type Walks, walksOn } from "./execution.ts";
import { makesRelease, promotionOn, releaseOn } from "./under-way.ts";

type Release = StandingOf<"release">;

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
  if (!makesRelease(known, pull, component)) return NOTHING_RELEASED;
  const release = releaseOn(known);
  if (release === undefined) return known.tag?.written ? NOTHING_RELEASED : begun(known, pull, component, house);
  if (!known.tag?.written)
    return known.tag?.refused ? begun(known, pull, component, house) : tagging(known, component, release);

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
  known: PullKnown,
  pull: PullMemory,
  component: ComponentMemory,
  house: House,
): Releasing | { readonly lacks: readonly Want[] } {
  const look = looking(known.read);
  const commit = pull.mergeCommit as Sha;
  const asked = promotionOn(known)?.version ?? null;
  const bringing = { known, pull, component, base: before(known, commit), head: commit };
  const wanted = candidateFor(bringing, asked, look);
  // What was asked for was taken by somebody else's tag since.
  const candidate = wanted !== null && "refused" in wanted ? candidateFor(bringing, null, look) : wanted;
  const walks = walksOn(known, pull, component, house, null);
  const missing = look.missing();
  if (missing !== null) return "lacks" in missing ? missing : { ...NOTHING_RELEASED, lookAgainAt: missing.retryAt };
  if (walks !== null && "lacks" in walks) return walks;
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
    notes: releaseNotes({
      chosen,
      number: subject.number,
      by,
      carried,
      exceptions: exceptionsOf(walks),
      compareUrl:
        chosen.previous === null
          ? null
          : `${house.web}/${component.name}/compare/${encodeURIComponent(chosen.previous)}...${chosen.tag}`,
    }),
  };
  const { entries, ...next } = tagging(known, component, release);
  return { ...next, entries: [opens(subjectKey(subject), release), ...entries] };
}

/** What was let through on somebody's word: items of the run-book that were skipped. */
const exceptionsOf = (walks: Walks | null): Exceptions => ({
  skipped: (walks === null ? [] : [walks.rehearsal, walks.production])
    .flatMap(skippedIn)
    .map(({ label, item, came: { because, by, confirmedBy } }) => ({
      label,
      text: item.text,
      because,
      by,
      confirmedBy,
    })),
  overrides: [],
  deviations: [],
});

/** Where the last stage was before that merge. */
function before({ stage, component }: PullKnown, commit: Sha): Sha | Branch {
  const heads = stage?.arrivals.heads ?? [];
  const place = heads.indexOf(commit);
  return heads[place === -1 ? heads.length - 1 : place - 1] ?? (component?.config.policy.stages.at(-2) as Branch);
}

function tagging(
  { subject, tag: slot, ledger, now }: PullKnown,
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
    message: tagMessage({ version, number: subject.number, ledger: ledger ?? GENESIS }),
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
