import { isEnforced } from "../../flow/component.ts";
import type { Policy } from "../../flow/config.ts";
import type { PullKnown, Want } from "../../flow/facts.ts";
import { closes, type Entry, opens } from "../../flow/ledger.ts";
import { looking } from "../../flow/looking.ts";
import type { ComponentMemory, Lesson, PullMemory } from "../../flow/memory.ts";
import type { Instant, RepositoryId } from "../../flow/names.ts";
import { subjectKey } from "../../flow/subject.ts";
import { isPassed } from "../../flow/verdict.ts";
import { type Attested, attestedFor } from "../../release/attestation.ts";
import { brought } from "../../release/merged.ts";
import { isAccepted } from "../promoting/under-way.ts";

/** What goes on record of what is merged, and who learns of it; later again where GitHub did not answer. */
type Landing = {
  readonly entries: readonly Entry[];
  readonly lessons: readonly Lesson[];
  readonly lookAgainAt: Instant | null;
};
const NOTHING_LANDED: Landing = { entries: [], lessons: [], lookAgainAt: null };

/**
 * A release or a hotfix that is merged uses up what was attested for it, on it and on the promotions that it carries, and
 * what is attested for it later: from then on that counts for it alone. The moment of the merge goes on record where it had
 * passed, or is accepted since; backups of the next release begin after it, and the earlier stages are to have what it brought.
 */
export function landing(
  known: PullKnown,
  pull: PullMemory,
  { config }: ComponentMemory,
): Landing | { readonly lacks: readonly Want[] } {
  const { subject, standing, verdict, read } = known;
  const { repository, number } = subject;
  const lane = verdict?.base === pull.base ? verdict.lane : null;
  if (lane === "back-merge") return { ...NOTHING_LANDED, lessons: backMerged(known, pull, config.policy) };
  const late = isAccepted(known, pull);
  const goesOut = lane === "release" || lane === "hotfix" || late;
  if (pull.base !== config.policy.stages.at(-1) || !goesOut) return NOTHING_LANDED;

  const open = standing.filter((one): one is Attested => one.kind === "attestation" && one.served === undefined);
  const look = looking(read);
  const carries = lane === "release" && pull.mergeCommit !== null && open.some((one) => one.number !== number);
  const carried = carries ? brought(look, pull.head.sha, pull.mergeCommit) : null;
  const missing = look.missing();
  if (missing !== null && "lacks" in missing) return missing;
  const attested = attestedFor(open, { repository, number, lane, commits: carried?.commits ?? [] });

  const about = subjectKey(subject);
  const isKnown = standing.some((one) => one.kind === "landed" && one.number === number);
  const lands = !isKnown && (late || isPassed(verdict, pull.head.sha, pull.base));
  return {
    entries: [
      ...(lands ? [landed(known, pull.asOf, late), ...(lane === "release" ? broughtAgain(known) : [])] : []),
      ...attested.flatMap((one) => [
        closes(about, "app", one.key, `it served #${number}`),
        { ...opens(about, { ...one, key: servedKey(one, number), served: number }), actor: "app" },
      ]),
    ],
    lessons: lands ? owing(repository, pull, config.policy) : [],
    lookAgainAt: missing?.retryAt ?? null,
  };
}

/** What was rolled back before comes again with a release. */
const broughtAgain = ({ subject, standing }: PullKnown): readonly Entry[] =>
  standing.flatMap((one) =>
    one.kind === "rollback" && one.commit !== null && one.broughtAgainBy === null
      ? [{ ...opens(subjectKey(subject), { ...one, broughtAgainBy: subject.number }), actor: "app" }]
      : [],
  );

/** Where nothing is enforced, each has its own way of bringing things back. */
function owing(
  repository: RepositoryId,
  { mergeCommit: commit, base: from }: PullMemory,
  policy: Policy,
): readonly Lesson[] {
  if (commit === null || !isEnforced(policy)) return [];
  const before = policy.stages.slice(0, policy.stages.indexOf(from));
  return before.map((branch) => ({ of: "landing", repository, branch, from, commit }));
}

/** It brought nothing of its own, but for a conflict that somebody resolved on it: that is to go on to the stages before. */
function backMerged(
  { subject: { repository }, verdict, backMerge }: PullKnown,
  pull: PullMemory,
  policy: Policy,
): readonly Lesson[] {
  const { base: branch, mergeCommit: commit } = pull;
  if (commit === null || !isPassed(verdict, pull.head.sha, branch)) return [];
  return [
    { of: "back-merge", repository, branch, commit },
    ...(backMerge?.changed ? owing(repository, pull, policy) : []),
  ];
}

function landed({ subject: { repository, number } }: PullKnown, at: Instant, late: boolean): Entry {
  return opens(subjectKey({ kind: "pull", repository, number }), {
    kind: "landed",
    key: `landed:${repository}:${number}`,
    by: null,
    at,
    because: late ? "it was merged past its gates, and accepted since" : "it was merged as it had passed",
    repository,
    number,
  });
}

/** By its id as well: another one of the same system may be attested for it later. */
const servedKey = (one: Attested, number: number): string =>
  `served:${number}:${one.key}${one.what === "backup" ? `:${one.id}` : ""}`;
