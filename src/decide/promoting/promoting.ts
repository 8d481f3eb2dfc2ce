import type { Answer, Decision } from "../../flow/decision.ts";
import type { Effect } from "../../flow/effect.ts";
import type { PullKnown, Want } from "../../flow/facts.ts";
import type { House } from "../../flow/house.ts";
import type { ComponentMemory, PullMemory } from "../../flow/memory.ts";
import { agreed, type Verdict } from "../../flow/verdict.ts";
import { allOf } from "../answer.ts";
import { bringsBack, heldBack, mergedBack } from "../pull/merging-back.ts";
import { merging } from "./merging.ts";
import { onwards } from "./onwards.ts";
import { NOTHING_PROMOTED, type Promoting, type Step } from "./promotion.ts";
import { refreshing } from "./refreshing.ts";
import { promotionOn } from "./under-way.ts";

type Known = PullKnown & { readonly memory: PullMemory };
type Judge = (known: PullKnown) => Answer;

/**
 * A pull request, judged, and what a `/promote` that is under way for it does next. What cannot be undone is judged once more, on
 * facts read fresh.
 */
export function promoting(
  known: Known,
  component: ComponentMemory,
  house: House,
  judge: Judge,
): (Promoting & { readonly judged: Decision }) | { readonly lacks: readonly Want[] } {
  const promotion = promotionOn(known);
  const first = judge(isTold(known) ? known : { ...known, memory: { ...known.memory, doubt: true } });
  if ("lacks" in first) return first;
  if (promotion === undefined) return bringingBack(known, component, first.decided, judge);
  const at = { known, pull: pullIn(first.decided, known), component, promotion };
  if (promotion.refreshTo !== null) return withJudged(refreshing(at, promotion.refreshTo), first.decided);
  const seen = shownBy(first.decided, known);
  if (at.pull.state === "closed") return withJudged(goingOn(at, first.decided, house), first.decided);
  if (seen === undefined) return { ...NOTHING_PROMOTED, judged: first.decided };
  if (seen?.outcome !== "passed") return withJudged(merging(at, seen, first.decided.because), first.decided);

  const again = judgedAfresh(known, component, judge);
  if (!("again" in again)) return again;
  const now = { ...at, pull: again.pull, component: again.component };
  const shown = shownBy(again.again, known);
  if (now.pull.state === "closed") return withJudged(goingOn(now, again.again, house), again.again);
  if (shown === undefined) return { ...NOTHING_PROMOTED, judged: again.again };
  return withJudged(merging(now, shown, again.again.because), again.again);
}

type Promoted = ReturnType<typeof promoting>;

/** One that brings something back needs nobody's word: it is merged once its check is green. */
function bringingBack(known: Known, component: ComponentMemory, first: Decision, judge: Judge): Promoted {
  const nothing = { ...NOTHING_PROMOTED, judged: first };
  if (!bringsBack(known) || !isMergedBack(first, known)) return nothing;
  const held = heldBack(known, pullIn(first, known), component);
  if (held !== null) return { ...held, judged: first };
  const again = judgedAfresh(known, component, judge);
  if (!("again" in again)) return again;
  const isStill = bringsBack({ ...known, memory: again.pull }) && isMergedBack(again.again, known);
  return { ...(isStill ? mergedBack(known, again.pull, again.component) : NOTHING_PROMOTED), judged: again.again };
}

/** Whether the check lets it through as what it is. */
const isMergedBack = (judged: Decision, known: Known): boolean =>
  judged.verdict?.lane === "back-merge" && shownBy(judged, known)?.outcome === "passed";

/** The judgement once more, on facts read fresh; or what has to be read for it, or what there is to say without it. */
function judgedAfresh(
  known: Known,
  component: ComponentMemory,
  judge: Judge,
): { readonly again: Decision; readonly pull: PullMemory; readonly component: ComponentMemory } | Promoted {
  const fresh = withFreshStages(known, component);
  if ("answer" in fresh)
    return "lacks" in fresh.answer ? fresh.answer : { ...NOTHING_PROMOTED, judged: fresh.answer.decided };
  const again = judge({ ...known, memory: { ...doubting(known.memory), doubt: true }, component: fresh.component });
  if ("lacks" in again) return again;
  const pull = pullIn(again.decided, known);
  // The stages that were read are of another base: from here on it is remembered.
  if (pull.base !== known.memory.base) return { ...NOTHING_PROMOTED, judged: again.decided, lookAgainAt: known.now };
  return { again: again.decided, pull, component: fresh.component };
}

/** Whether what we did ourselves is known: GitHub may not have told yet. */
function isTold({ merge, branch, memory, ...known }: Known): boolean {
  const to = promotionOn(known)?.refreshTo ?? null;
  if (to !== null) return !branch?.written || memory.head.sha === to;
  return !merge?.written || memory.state === "closed";
}

const MAKING: readonly Effect["thing"][] = ["tag", "release", "assets"];
/** What is being made of the release is told once it is there. */
const goingOn = (at: Parameters<typeof onwards>[0], { effects }: Decision, house: House) =>
  effects.some(({ thing }) => MAKING.includes(thing)) ? NOTHING_PROMOTED : onwards(at, house);

const withJudged = (next: Step, judged: Decision): ReturnType<typeof promoting> =>
  "lacks" in next ? next : { ...next, judged };

/** Others' checks are read afresh. */
export const doubting = (pull: PullMemory): PullMemory =>
  pull.checks === undefined ? pull : { ...pull, checks: { ...pull.checks, doubt: true } };

/** The pull request as it was judged. */
export const pullIn = ({ memory }: Decision, known: Pick<Known, "memory">): PullMemory =>
  memory?.kind === "pull" ? memory : known.memory;

/** What the check says of all that share it; null: there is none. Undefined: GitHub did not say enough to judge it just now. */
export function shownBy({ verdict }: Decision, { siblings }: Pick<PullKnown, "siblings">): Verdict | null | undefined {
  return verdict && agreed([verdict, ...siblings.map((sibling) => sibling.verdict)]);
}

/** The component with its stages where they are right now. */
function withFreshStages(
  { read, memory }: Known,
  component: ComponentMemory,
): { readonly component: ComponentMemory } | { readonly answer: Answer } {
  const { stages } = component.config.policy;
  const before = stages[stages.indexOf(memory.base) - 1];
  const named = before === undefined ? [memory.base] : [memory.base, before];
  const wants = named.map((branch) => ({ want: "branch", branch }) as const);
  const heads = allOf(read, wants);
  if ("answer" in heads) return heads;
  const fresh = Object.fromEntries(named.map((branch, place) => [branch, heads.values[place] ?? null]));
  return { component: { ...component, stages: { ...component.stages, ...fresh } } };
}
