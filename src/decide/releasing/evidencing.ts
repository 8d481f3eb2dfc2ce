import { assetsSlot, type Effect, standsIn, type Written } from "../../flow/effect.ts";
import type { PullKnown, Want } from "../../flow/facts.ts";
import { digestOf, opens } from "../../flow/ledger.ts";
import { type Look, looking } from "../../flow/looking.ts";
import { later, type Sha } from "../../flow/names.ts";
import type { Evidenced, StandingOf } from "../../flow/standing.ts";
import { subjectKey } from "../../flow/subject.ts";
import { verdictOn } from "../../flow/verdict.ts";
import { type EvidenceFile, lackedBy, MANIFEST_FILE } from "../../release/evidence/files.ts";
import { approversIn, gathered } from "../../release/evidence/gathered.ts";
import type { Evidence } from "../../release/evidence/record.ts";
import { walkedFrom } from "../../release/evidence/walked.ts";
import { evidenceFiles } from "../../release/evidence.ts";
import { brought } from "../../release/merged.ts";
import { digestOfVerified } from "../../release/progress.ts";
import { evidenceMarkdown } from "../../report/evidence.ts";
import { unlessThere } from "../answer.ts";
import { carriedBy } from "../promoting/choosing.ts";
import type { Walks } from "../pull/execution.ts";
import type { OnRecord } from "./begun.ts";
import { type Making, NOTHING_RELEASED, type Releasing, told } from "./making.ts";

/** So many names of approvers are asked for, a read each. */
const MOST_NAMED = 30;
/** A tag that does not name its commit is put right by people; so soon it is looked at again. */
const TAG_AGAIN_MS = 600_000;
/** What GitHub said of a tag when it was made is not asked again for so long. */
const JUST_MADE_MS = 60_000;

/**
 * The evidence of a release, attached to its draft. It is made once for each state: from then on it stands as it is, whatever
 * happens meanwhile, but for final evidence of what was done anew since. Until it is there, the same facts give the same bytes,
 * however often it is tried.
 *
 * @returns null where it is there.
 */
export function evidencing(
  at: Making,
  walks: Walks | null,
  state: Evidenced["state"],
): Releasing | { readonly lacks: readonly Want[] } | null {
  const { known, release } = at;
  if (stands(known, release, state) && !isOutdated(release, walks)) return null;
  const { ledger, recorded, now } = known;
  // That it is merged was only just found out: once it is remembered, so is what is on record of it.
  if (ledger === null || recorded === null) return { ...NOTHING_RELEASED, lookAgainAt: now };
  const look = looking(known.read);
  const evidence = evidenceOn({ ...at, known: { ...known, ledger, recorded } }, walks, state, look);
  const missing = look.missing();
  if (missing !== null) return "lacks" in missing ? missing : { ...NOTHING_RELEASED, lookAgainAt: missing.retryAt };
  if (evidence === null) return { ...NOTHING_RELEASED, lookAgainAt: later(now, TAG_AGAIN_MS) };
  const before = release.evidence?.state === state ? release.evidence : null;
  const again =
    before && filesOf(at, { ...evidence, made: before.made, ledger: { ...evidence.ledger, head: before.head } });
  return again !== null && fingerprintOf(again) === before?.fingerprint
    ? attached(at, state, again)
    : attachedNew(at, evidence, walks);
}

/** Not where the tag was made anew since: it is another object then, which has to be named. */
const stands = (known: PullKnown, release: StandingOf<"release">, state: Evidenced["state"]): boolean =>
  isAttached(known, release) &&
  release.evidence?.state === state &&
  (standsIn(known.tag) as Written).at <= release.evidence.made;

/** Whether something that had to be done was undone and done again since the final evidence was made. */
export const isOutdated = ({ evidence }: Pick<StandingOf<"release">, "evidence">, walks: Walks | null): boolean =>
  evidence?.verified !== undefined && walks !== null && evidence.verified !== digestOfVerified(walks.production);

/** Whether the evidence that was made last is there. */
export const isAttached = (
  { assets }: Pick<PullKnown, "assets">,
  { evidence }: Pick<StandingOf<"release">, "evidence">,
): boolean => evidence !== undefined && assets?.written?.fingerprint === evidence.fingerprint;

function attachedNew(at: Making, evidence: Evidence, walks: Walks | null): Releasing {
  const files = filesOf(at, evidence);
  const { state, made, ledger } = evidence;
  const because = `its ${state} evidence was made`;
  const release = {
    ...at.release,
    because,
    evidence: {
      state,
      made,
      head: ledger.head,
      fingerprint: fingerprintOf(files),
      ...(state === "final" && walks !== null && { verified: digestOfVerified(walks.production) }),
    },
  };
  const { entries, ...next } = attached(at, state, files);
  return { ...next, entries: [opens(subjectKey(at.known.subject), release), ...entries] };
}

function attached(
  { known, component, release }: Making,
  state: Evidenced["state"],
  files: readonly EvidenceFile[],
): Releasing {
  const { subject, now } = known;
  const effect: Effect = {
    does: "set",
    thing: "assets",
    slot: assetsSlot(subject.repository, subject.number),
    fingerprint: fingerprintOf(files),
    repository: subject.repository,
    name: component.name,
    tag: release.version,
    release: known.release?.written?.id as number,
    sendTo: known.assets === null ? (known.release?.written?.told ?? null) : null,
    // First goes what says more than is so any more.
    files: [...lackedBy(files).map((name) => ({ name, text: null })), ...files],
  };
  const { effects, retryAt } = unlessThere(effect, known.assets, now);
  return {
    effects,
    entries: effects.length > 0 ? [told(subject, `attaches the ${state} evidence of ${release.version}`)] : [],
    lookAgainAt: retryAt,
  };
}

const filesOf = ({ house }: Making, evidence: Evidence): readonly EvidenceFile[] =>
  evidenceFiles(evidence, evidenceMarkdown(evidence), house.signer);

/** Its manifest has the sums of all others. */
const fingerprintOf = (files: readonly EvidenceFile[]) =>
  digestOf((files.find(({ name }) => name === MANIFEST_FILE) as EvidenceFile).text);

/** As GitHub made it a moment ago; null: that was earlier, or nobody heard what it answered. */
function justTagged({ tag, now }: Pick<PullKnown, "tag" | "now">, commit: Sha): { object: Sha; commit: Sha } | null {
  const written = standsIn(tag);
  if (written?.told === undefined || now > later(written.at, JUST_MADE_MS)) return null;
  return { object: written.told as Sha, commit };
}

/** As it is now; null while something is to be read, which `look` knows, and where the tag does not name the commit any more. */
function evidenceOn(
  { known, pull, component, house, release }: Making & { readonly known: OnRecord },
  walks: Walks | null,
  state: Evidenced["state"],
  look: Look,
): Evidence | null {
  const { subject, merged, recorded, standing, now } = known;
  const { commit, previous } = release;
  const reviews = look.at({ want: "reviews", number: subject.number });
  const approvers = approversIn(reviews ?? []).slice(0, MOST_NAMED);
  const names = approvers.map(({ id, login }) => [id, look.at({ want: "user", id, login })?.name ?? null] as const);
  const tag = justTagged(known, commit) ?? look.at({ want: "tag", tag: release.version });
  const before = previous === null ? null : look.at({ want: "tag", tag: previous });
  const tree = look.at({ want: "tree", commit });
  const comparison = brought(look, pull.head.sha, commit);
  const parents = look.at({ want: "parents", commit });
  const carried =
    parents && carriedBy({ known, pull, component, into: pull.base, base: parents[0], head: pull.head.sha }, look);
  if (reviews === null || tag === null || tree === null || comparison === null || carried === null) return null;
  if (tag.commit !== commit) return null;
  return gathered({
    state,
    made: now,
    flowgate: house.version,
    runBook: walks && {
      path: walks.path,
      blob: walks.blob,
      walks: [walks.rehearsal, walks.production].map(walkedFrom),
    },
    component: {
      id: subject.repository,
      name: component.name,
      config: component.config.blob,
      stages: component.config.policy.stages,
    },
    release,
    pull: { ...pull, number: subject.number },
    verdict: verdictOn(known.verdict, pull.head.sha, pull.base),
    tag,
    tree,
    before: before?.commit ?? null,
    carried,
    comparison,
    merged,
    recorded,
    standing,
    reviews,
    names: new Map(names),
    head: known.ledger,
  });
}
