import { isComponent, isEnforced } from "../../flow/component.ts";
import { backMergeFingerprint, backMergeSlot, type Effect } from "../../flow/effect.ts";
import type { Comparison, KnownBackMerge, StageLookedAt, Want } from "../../flow/facts.ts";
import type { Entry } from "../../flow/ledger.ts";
import { type Look, looking } from "../../flow/looking.ts";
import type { StageMemory } from "../../flow/memory.ts";
import { type Branch, type Instant, later, type Sha, short } from "../../flow/names.ts";
import type { MergedRollback } from "../../flow/standing.ts";
import { subjectKey } from "../../flow/subject.ts";
import { owed } from "../../release/debt.ts";
import {
  type Between,
  backMergeBody,
  backMergeTitle,
  handingOnBody,
  keepingBody,
  keepingMessage,
} from "../../report/back-merge.ts";
import { unlessThere } from "../answer.ts";

/** Whoever closes what brings a rollback into the stage after tells nobody when they bring it there by hand. */
const ELSEWHERE_MS = 3_600_000;

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
  const stageAfter = policy.stages[place + 1] as Branch;
  const by = stageAfter === policy.stages.at(-1) ? null : stageAfter;
  const next = lacked && nextPart({ from, into, commit, by }, lacked, backMerge, look);
  const missing = look.missing();
  if (missing !== null) return "lacks" in missing ? missing : { ...nothing, lookAgainAt: missing.retryAt };
  if (next === "waits") return { ...nothing, lookAgainAt: later(now, ELSEWHERE_MS) };
  if (next === null || backMerge.slot?.written?.fingerprint === backMergeFingerprint(next.commit)) return done;
  const effect: Effect = {
    does: "set",
    slot: backMergeSlot(subject.repository, into),
    fingerprint: backMergeFingerprint(next.commit),
    repository: subject.repository,
    name: component.name,
    branch: backMergeBranch(into, next.commit),
    base: into,
    title: backMergeTitle({ from: next.from, into }),
    ...next.brings,
  };
  const { effects, retryAt } = unlessThere(effect, backMerge.slot, now);
  const entry: Entry = {
    what: "promoting",
    actor: "app",
    about: subjectKey(subject),
    says: { does: `opens the pull request that merges ${short(next.commit)} of ${next.from} back into ${into}` },
  };
  return { ...nothing, effects, entries: effects.length > 0 ? [entry] : [], lookAgainAt: retryAt };
}

/** What it owes; `by`: the stage after it, which has rollbacks before it; null: that is the last one. */
type Owes = Between & { readonly commit: Sha; readonly by: Branch | null };
/** What is brought back next, from where, up to which commit, and how. */
type Part = {
  readonly from: Branch;
  readonly commit: Sha;
  readonly brings:
    | Pick<Extract<Effect, { readonly thing: "promotion" }>, "thing" | "pinned" | "body">
    | Pick<
        Extract<Effect, { readonly thing: "commit" }>,
        "thing" | "parents" | "tree" | "folders" | "message" | "body"
      >;
};

/**
 * All of it at once; where that would take a rollback along, first what was there before it, and then the rollback, without
 * what it took away.
 *
 * @returns null where nothing is left, and while something is still to be read: `look` knows what.
 */
function nextPart(owes: Owes, lacked: Comparison, backMerge: KnownBackMerge, look: Look): Part | "waits" | null {
  const places = new Map(lacked.commits.map(({ sha }, place) => [sha, place]));
  const placeOf = ({ commit }: MergedRollback) => places.get(commit) ?? -1;
  const [rollback] = backMerge.rollbacks
    .filter((one) => placeOf(one) >= 0)
    .toSorted((one, other) => placeOf(one) - placeOf(other));
  if (rollback === undefined) return merging(owes, lacked, backMerge, look);
  if (owes.by !== null) return handedOn(owes.into, owes.by, rollback, look);
  const { target } = rollback;
  if (places.has(target)) {
    const before = look.at({ want: "compare", base: owes.into, head: target });
    const first = before && merging({ ...owes, commit: target }, before, backMerge, look);
    if (first !== null || look.missing() !== null) return first;
  }
  return keeping(owes, rollback, look);
}

/**
 * A rollback comes to the stages before the one that kept its files by that one's merge: had each a merge of its own, the
 * rolled-back files would be what they have in common, and what is mended in the one would conflict in the other, or come
 * back there after it was taken out.
 */
function handedOn(into: Branch, by: Branch, rollback: MergedRollback, look: Look): Part | "waits" | null {
  const lacks = look.at({ want: "compare", base: by, head: rollback.commit });
  if (lacks === null) return null;
  if (lacks.ahead > 0) return "waits";
  const commit = look.at({ want: "branch", branch: by });
  if (commit === null) return null;
  const body = handingOnBody({ from: by, into }, rollback);
  return { from: by, commit, brings: { thing: "promotion", pinned: commit, body } };
}

/** A rollback is brought back by a merge of ours that leaves the stage as it is. */
function keeping({ from, into }: Owes, rollback: MergedRollback, look: Look): Part | null {
  const { commit } = rollback;
  const head = look.at({ want: "branch", branch: into });
  const tree = head && look.at({ want: "tree", commit: head });
  if (head === null || tree === null) return null;
  return {
    from,
    commit,
    brings: {
      thing: "commit",
      parents: [head, commit],
      tree,
      folders: [],
      message: keepingMessage({ from, into }, rollback),
      body: keepingBody({ from, into }, rollback),
    },
  };
}

/** What is brought back by an ordinary merge; null where nothing is, or not known yet. */
function merging({ from, into, commit }: Owes, lacked: Comparison, { later }: KnownBackMerge, look: Look): Part | null {
  const brought = owed(look, lacked, later);
  if (brought === null || (brought.length === 0 && lacked.whole)) return null;
  const body = backMergeBody({ from, into }, { owed: brought, whole: lacked.whole });
  return { from, commit, brings: { thing: "promotion", pinned: commit, body } };
}

/** `back-merge/STAGE-SHA7`. */
const backMergeBranch = (into: Branch, commit: Sha): Branch => `back-merge/${into}-${short(commit)}` as Branch;
