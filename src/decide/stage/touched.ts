import { assetsSlot, releaseSlot, tagSlot } from "../../flow/effect.ts";
import type { MadeRelease, StageLookedAt } from "../../flow/facts.ts";
import type { Entry } from "../../flow/ledger.ts";
import type { Slot } from "../../flow/names.ts";
import { type StandingOf, touchedKey } from "../../flow/standing.ts";
import { type Nudge, subjectKey } from "../../flow/subject.ts";
import type { Touch, Touched } from "../../flow/touched.ts";
import { touchedSentence } from "../../report/touched.ts";
import { isLeft, undoneOf } from "../undoing.ts";

type Settled = {
  readonly opened: readonly StandingOf<"deviation">[];
  readonly entries: readonly Entry[];
  readonly nudges: readonly Nudge[];
  /** What does not stand on GitHub any more, and is to. */
  readonly forget: readonly Slot[];
};
type Ours = { readonly touch: Touch; readonly release: MadeRelease };

/**
 * What follows from what was done by hand to our releases. Whatever others could see is a deviation, which stands until it
 * is accepted. A draft is ours alone until it is published: what was done to it is written down and put right, and so is
 * a tag that is gone before its release is out. Where that has no end it is left alone for a while, and a deviation too.
 */
export function settleTouched(known: StageLookedAt): Settled {
  const { memory, releases, deviations, subject } = known;
  const ours = (memory.touched ?? []).flatMap((touch): readonly Ours[] => {
    const release = releases.find(({ standing }) => touch.tags.includes(standing.version));
    return release === undefined ? [] : [{ touch, release }];
  });
  const about = subjectKey(subject);
  const mended = ours.filter(isMended);
  const open = deviations.flatMap(({ standing, closed }) => (closed === null ? [standing.key] : []));
  const deviating = ours.flatMap((one) => (isSeen(one, known) ? [deviationOf(one, known)] : []));
  return {
    opened: [...new Map(deviating.map((one) => [one.key, one])).values()].filter(({ key }) => !open.includes(key)),
    entries: mended.flatMap((one) => (isSeen(one, known) ? [] : [entryOf(about, one)])),
    nudges: mended.map(({ release: { standing } }) => ({
      priority: "bulk",
      subject: { kind: "pull", repository: subject.repository, number: standing.number },
    })),
    forget: mended.flatMap(({ touch, release }) => slotsOf(touch, release)),
  };
}

/** What Flowgate makes anew: only while it has not released it yet, and never over what somebody published. */
const isMended = ({ touch: { did, draft }, release: { ended } }: Ours): boolean =>
  ended === null && (did === "deleted" || did === "tag-deleted" || (did === "edited" && draft));

/** Only who may write sees a draft: it is a matter for all once putting it right has no end. */
const isSeen = (one: Ours, { now }: StageLookedAt): boolean =>
  !one.touch.draft || (isMended(one) && isLeft(undoneOf(one.release.standing, now)));

function slotsOf({ did }: Touch, { standing: { repository, number } }: MadeRelease): readonly Slot[] {
  if (did === "tag-deleted") return [tagSlot(repository, number)];
  const release = releaseSlot(repository, number);
  return did === "deleted" ? [release, assetsSlot(repository, number)] : [release];
}

function deviationOf(
  { touch: { did, draft, by, at }, release: { standing, ended } }: Ours,
  { subject, now }: StageLookedAt,
): StandingOf<"deviation"> {
  const { version: tag, commit } = standing;
  const touched: Touched = { did, ...(draft && { draft }), tag, commit, ended: ended?.as ?? null, at };
  return {
    kind: "deviation",
    key: touchedKey(subject.repository, subject.branch, touched, by),
    by,
    at: now,
    because: touchedSentence(touched, by),
    repository: subject.repository,
    stage: subject.branch,
    touched,
  };
}

const entryOf = (about: string, { touch: { did, by }, release }: Ours): Entry => ({
  what: "touched",
  actor: by?.login ?? "app",
  about,
  says: { tag: release.standing.version, did, draft: true },
});
