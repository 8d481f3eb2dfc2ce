import { digestOfList, readSeen } from "../../flow/carried-list.ts";
import { isEnforced } from "../../flow/component.ts";
import { bodySlot, type Effect } from "../../flow/effect.ts";
import type { PullKnown, Want } from "../../flow/facts.ts";
import { digestOf } from "../../flow/ledger.ts";
import { type Look, looking } from "../../flow/looking.ts";
import type { ComponentMemory, PullMemory } from "../../flow/memory.ts";
import type { Branch, Instant } from "../../flow/names.ts";
import type { Verdict } from "../../flow/verdict.ts";
import { headOf } from "../../gates/gate.ts";
import { type Carried, type CarriedPull, carriedIn } from "../../release/carried.ts";
import { isPromotionTitle, promotionList, promotionTitle } from "../../report/carried.ts";
import { unlessThere } from "../answer.ts";
import { type Bringing, candidateFor, carriedBy } from "../promoting/choosing.ts";
import { promotionOn } from "../promoting/under-way.ts";

/** What keeps the body of a promotion current. */
export type BodyKept = {
  readonly effects: readonly Effect[];
  /** The stage that it was pinned at, which it is looked at again for when that moves. */
  readonly compared: readonly Branch[];
  readonly lookAgainAt: Instant | null;
};
export const NOTHING_KEPT: BodyKept = { effects: [], compared: [], lookAgainAt: null };

/**
 * The list in the body of an open promotion or release, and its title, as they are to be. Kept where the body has our list,
 * as where Flowgate opened it or a `/promote` took it on: who takes the list away has the body for their own. It is told by
 * what its gates compared, so that nothing more is read while its stage is where it is.
 */
export function keepingBody(
  known: PullKnown,
  pull: PullMemory,
  component: ComponentMemory,
  verdict: Pick<Verdict, "lane">,
): BodyKept | { readonly lacks: readonly Want[] } {
  const { subject, now, standing, body: slot } = known;
  const { policy } = component.config;
  const isKept = verdict.lane === "promotion" || verdict.lane === "release";
  if (!pull.list || !isKept || !isEnforced(policy)) return NOTHING_KEPT;
  // That it has a list was only just found out: once that is remembered, so is what it may carry.
  if (!known.memory?.list) return { ...NOTHING_KEPT, lookAgainAt: now };
  const from = policy.stages[policy.stages.indexOf(pull.base) - 1] as Branch;
  const bringing: Bringing = {
    known: { subject, merged: known.merged, verdict: null, standing },
    pull,
    component,
    into: pull.base,
    base: headOf(component, pull.base),
    head: pull.head.sha,
  };
  const look = looking(known.read);
  const carried = carriedBy(bringing, look);
  const since = sinceThen(bringing, from, look);
  const title = titleOf(known, bringing, from, look);
  const compared = pull.head.ref === from ? [] : [from];
  const missing = look.missing();
  if (missing !== null) return "lacks" in missing ? missing : { effects: [], compared, lookAgainAt: missing.retryAt };

  const { shows, room } = readSeen(pull.list);
  const list = promotionList({ carried: carried as Carried, since: { stage: from, pulls: since } }, room);
  if (list === null || (digestOfList(list) === shows && title === pull.title)) return { ...NOTHING_KEPT, compared };
  const effect: Effect = {
    does: "set",
    thing: "pull-body",
    slot: bodySlot(subject.repository, subject.number),
    // From what to what: until GitHub has told that it is so it is not done again, and what others make of it once more they keep.
    fingerprint: digestOf([pull.list, pull.title, list, title].join("\n")),
    repository: subject.repository,
    name: component.name,
    number: subject.number,
    list,
    adds: false,
    title: title === pull.title ? null : { from: pull.title, to: title },
  };
  const { effects, retryAt } = unlessThere(effect, slot, now);
  return { effects, compared, lookAgainAt: retryAt };
}

/** What came to its stage that it does not carry. */
function sinceThen({ known, pull, component }: Bringing, from: Branch, look: Look): readonly CarriedPull[] {
  const stage = headOf(component, from);
  if (pull.head.ref === from || stage === pull.head.sha) return [];
  const comparison = look.at({ want: "compare", base: pull.head.sha, head: stage });
  const of = { stages: component.config.policy.stages, repository: known.subject.repository };
  return comparison === null ? [] : carriedIn(comparison, known.merged, of).pulls;
}

/** What a release is called follows its version; what people call it stays. */
function titleOf(known: PullKnown, bringing: Bringing, from: Branch, look: Look): string {
  const { pull, component } = bringing;
  const isRelease = pull.base === component.config.policy.stages.at(-1);
  if (!isRelease || !isPromotionTitle(pull.title, { from, to: pull.base })) return pull.title;
  const candidate = candidateFor(bringing, promotionOn(known)?.version ?? null, look);
  return candidate !== null && "chosen" in candidate ? promotionTitle({ tag: candidate.chosen.tag }) : pull.title;
}
