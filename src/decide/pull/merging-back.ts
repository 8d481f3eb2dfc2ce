import { isEnforced } from "../../flow/component.ts";
import { type Effect, mergeSlot, notMergedBackSlot, type SlotState } from "../../flow/effect.ts";
import type { PullKnown } from "../../flow/facts.ts";
import { digestOf, type Entry } from "../../flow/ledger.ts";
import type { ComponentMemory, PullMemory } from "../../flow/memory.ts";
import { type Branch, type Hash, later, type Sha, short } from "../../flow/names.ts";
import { subjectKey } from "../../flow/subject.ts";
import { notMergedBack } from "../../report/back-merge.ts";
import { refusalOf, unlessThere } from "../answer.ts";
import { NOTHING_PROMOTED, notShown, type Promoting } from "../promoting/promotion.ts";

/** Until GitHub has worked out whether two branches conflict it says that they do. */
const UNSURE_MS = 30_000;
/** Where GitHub waits for others' checks, which tell us nothing here, it is asked so often; and nothing is said, for so long. */
const AWAITED = /status check/i;
const AWAITED_MS = 5 * 60_000;
const PATIENCE_MS = 3_600_000;

type BringsBack = PullKnown & { readonly backMerge: NonNullable<PullKnown["backMerge"]> };

/** Whether it is one of ours that brings something back, and still to be merged. */
export const bringsBack = (known: PullKnown): known is BringsBack =>
  known.backMerge !== null && known.memory?.state === "open" && !known.memory.draft;

/** What keeps it from being merged though its check is green, or null. */
export function heldBack(known: BringsBack, pull: PullMemory, component: ComponentMemory): Promoting | null {
  const { merge: slot, now } = known;
  if (!isEnforced(component.config.policy)) return NOTHING_PROMOTED;
  if (slot?.written) return notShown(slot.written, now) ?? NOTHING_PROMOTED;
  const { once, again } = tries(pull.head.sha);
  const no = slot?.refused;
  if (no?.fingerprint === once) {
    const retryAt = later(no.at, UNSURE_MS);
    return retryAt > now ? { ...NOTHING_PROMOTED, lookAgainAt: retryAt } : null;
  }
  const refused = refusalOf(slot, again, now);
  if (no == null || refused === null) return null;
  if (!AWAITED.test(no.because) || later(pull.asOf, PATIENCE_MS) <= now)
    return { ...saying(known, pull, component, refused.refused), lookAgainAt: refused.retryAt };
  const retryAt = later(no.at, AWAITED_MS);
  return retryAt > now ? { ...NOTHING_PROMOTED, lookAgainAt: retryAt } : null;
}

/** It is merged, at the head that was judged. */
export function mergedBack(
  { merge: slot, subject }: PullKnown,
  { head: { sha: head }, base }: PullMemory,
  { name }: ComponentMemory,
): Promoting {
  const effect: Effect = {
    does: "set",
    thing: "merge",
    slot: mergeSlot(subject.repository, subject.number, head),
    fingerprint: nextTry(slot, head),
    repository: subject.repository,
    name,
    number: subject.number,
    head,
    method: "merge",
  };
  const entry: Entry = {
    what: "promoting",
    actor: "app",
    about: subjectKey(subject),
    says: { does: `merges ${short(head)} back into ${base}` },
  };
  return { ...NOTHING_PROMOTED, effects: [effect], entries: [entry] };
}

/** The first time at a head, and every later one. */
const tries = (head: Sha): { readonly once: Hash; readonly again: Hash } => ({
  once: digestOf(`merge back ${head}`),
  again: digestOf(`merge back ${head} again`),
});
const nextTry = (slot: SlotState | null, head: Sha): Hash =>
  slot?.refused == null ? tries(head).once : tries(head).again;

/** That GitHub does not merge it, once for each head. */
function saying(
  { subject, backMerge, now }: BringsBack,
  { head, base }: PullMemory,
  { name, config }: ComponentMemory,
  because: string,
): Promoting {
  const mark = `<!-- flowgate:back-merge ${head.sha} -->`;
  const between = { from: config.policy.stages.at(-1) as Branch, into: base };
  const effect: Effect = {
    does: "set",
    thing: "comment",
    slot: notMergedBackSlot(subject.repository, subject.number, head.sha),
    // The first one stands, whatever GitHub says later.
    fingerprint: digestOf(mark),
    repository: subject.repository,
    name,
    number: subject.number,
    mark,
    body: `${notMergedBack(between, head.ref, because)}\n\n${mark}`,
  };
  const { effects } = unlessThere(effect, backMerge.said, now);
  const entry: Entry = {
    what: "promoting",
    actor: "app",
    about: subjectKey(subject),
    says: { does: `says that GitHub does not merge ${short(head.sha)} back into ${base}` },
  };
  return { ...NOTHING_PROMOTED, effects, entries: effects.length > 0 ? [entry] : [] };
}
