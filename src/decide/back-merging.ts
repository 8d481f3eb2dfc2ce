import { isComponent, isEnforced } from "../flow/component.ts";
import { backMergeFingerprint, backMergeSlot, type Effect } from "../flow/effect.ts";
import type { StageLookedAt, Want } from "../flow/facts.ts";
import type { Entry } from "../flow/ledger.ts";
import { looking } from "../flow/looking.ts";
import type { StageMemory } from "../flow/memory.ts";
import { type Branch, type Instant, type Sha, short } from "../flow/names.ts";
import { subjectKey } from "../flow/subject.ts";
import { owed } from "../release/debt.ts";
import { backMergeBody, backMergeTitle } from "../report/back-merge.ts";
import { unlessThere } from "./answer.ts";

/** What is done about what a later stage has and this one lacks. */
export type BackMerging = {
  readonly memory: StageMemory;
  /** Whether the memory is another than before. */
  readonly changed: boolean;
  readonly entries: readonly Entry[];
  readonly effects: readonly Effect[];
  readonly lookAgainAt: Instant | null;
};

/**
 * Opens the pull request that brings back into a stage what landed in a later one, where that brought something: one for each
 * landing, whatever becomes of it, and one at a time. While an older one is open it is waited for; what landed since has that in
 * it too.
 */
export function backMerging(known: StageLookedAt): BackMerging | { readonly lacks: readonly Want[] } {
  const { memory, component, subject, backMerge, now } = known;
  const { policy } = component.config;
  const nothing: BackMerging = { memory, changed: false, entries: [], effects: [], lookAgainAt: null };
  const { owes, ...paid } = memory;
  if (owes === undefined || backMerge === null || !isEnforced(policy) || !isComponent(component)) return nothing;
  const done = { ...nothing, memory: paid, changed: true };
  const { from, commit } = owes;
  const into = subject.branch;
  const fingerprint = backMergeFingerprint(commit);
  const place = policy.stages.indexOf(into);
  const isEarlier = place >= 0 && place < policy.stages.indexOf(from);
  if (!isEarlier || backMerge.slot?.written?.fingerprint === fingerprint) return done;
  if (backMerge.open) return nothing;

  const look = looking(known.read);
  // By its name: where the branch is may not have been told yet.
  const lacked = look.at({ want: "compare", base: into, head: commit });
  const brought = lacked && owed(look, lacked, backMerge.later);
  const missing = look.missing();
  if (missing !== null) return "lacks" in missing ? missing : { ...nothing, lookAgainAt: missing.retryAt };
  if (lacked === null || brought === null || (brought.length === 0 && lacked.whole)) return done;
  const effect: Effect = {
    does: "set",
    thing: "promotion",
    slot: backMergeSlot(subject.repository, into),
    fingerprint,
    repository: subject.repository,
    name: component.name,
    branch: backMergeBranch(into, commit),
    base: into,
    pinned: commit,
    title: backMergeTitle({ from, into }),
    body: backMergeBody({ from, into }, { owed: brought, whole: lacked.whole }),
  };
  const { effects, retryAt } = unlessThere(effect, backMerge.slot, now);
  const entry: Entry = {
    what: "promoting",
    actor: "app",
    about: subjectKey(subject),
    says: { does: `opens the pull request that merges ${short(commit)} of ${from} back into ${into}` },
  };
  return { ...nothing, effects, entries: effects.length > 0 ? [entry] : [], lookAgainAt: retryAt };
}

/** `back-merge/STAGE-SHA7`. */
const backMergeBranch = (into: Branch, commit: Sha): Branch => `back-merge/${into}-${short(commit)}` as Branch;
