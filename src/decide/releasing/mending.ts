import { type SlotState, standsIn } from "../../flow/effect.ts";
import type { PullKnown } from "../../flow/facts.ts";
import { opens } from "../../flow/ledger.ts";
import type { StandingOf } from "../../flow/standing.ts";
import { subjectKey } from "../../flow/subject.ts";
import { isLeft, leftUntil, undoneOf } from "../undoing.ts";
import { NOTHING_RELEASED, type Releasing } from "./making.ts";

/**
 * What others changed of a release that is on its way is put right, and that is written down with it. More often than five times
 * in ten minutes it is left alone for a while: then nothing more is made of the release, since what is published is what was decided.
 *
 * @param slot of its tag or of its draft. @param again what puts that right.
 */
export function mending(
  { subject, now }: PullKnown,
  release: StandingOf<"release">,
  slot: SlotState | null,
  again: Releasing,
): Releasing {
  const written = slot?.written ?? null;
  if (written === null) return again;
  const undone = undoneOf(release, now);
  const last = undone.at(-1);
  // What was begun and cut off is the same time still.
  if (again.effects.length === 0 || (last !== undefined && last > written.at)) return again;
  if (isLeft(undone)) return { ...NOTHING_RELEASED, lookAgainAt: leftUntil(undone) };
  const because = "somebody else changed what stands of it on GitHub";
  const counted = { ...release, because, undone: [...undone, now] };
  return { ...again, entries: [opens(subjectKey(subject), counted), ...again.entries] };
}

/** Whether what others changed of it is left alone just now. */
export const isLeftAlone = (
  { tag, release: slot, now }: Pick<PullKnown, "tag" | "release" | "now">,
  release: StandingOf<"release">,
): boolean => [tag, slot].some((one) => one?.written && standsIn(one) === null) && isLeft(undoneOf(release, now));
