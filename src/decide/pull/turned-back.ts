import { isEnforced } from "../../flow/component.ts";
import { type Effect, turnedBackSlot } from "../../flow/effect.ts";
import type { PullKnown } from "../../flow/facts.ts";
import { digestOf } from "../../flow/ledger.ts";
import type { ComponentMemory } from "../../flow/memory.ts";
import type { Verdict } from "../../flow/verdict.ts";
import { type Told, turnedBack } from "../../report/check-run.ts";

/** A comment, once for each commit, where it had passed and does not any more; not while GitHub merely does not answer. */
export function saysTurnedBack(
  { subject, component }: PullKnown,
  told: Pick<Told, "name" | "verdict">,
): readonly Extract<Effect, { thing: "comment" }>[] {
  const { head, outcome, turnedBack: turned } = told.verdict;
  const { name, config } = component as ComponentMemory;
  if (!turned || !isEnforced(config.policy) || (outcome !== "failed" && outcome !== "pending")) return [];
  const mark = `<!-- flowgate:turned-back ${head} -->`;
  return [
    {
      does: "set",
      thing: "comment",
      slot: turnedBackSlot(subject.repository, subject.number, head),
      // The first one stands, whatever is open later.
      fingerprint: digestOf(mark),
      repository: subject.repository,
      name,
      number: subject.number,
      mark,
      body: turnedBack(told, mark),
    },
  ];
}

/** Whether the same commit had passed for the same base. A feature is only ever held, which is said where it was asked for. */
export const wasGreen = (before: Verdict | null, { head, base }: Pick<Verdict, "head" | "base">): boolean =>
  before !== null &&
  before.lane !== "feature" &&
  before.head === head &&
  before.base === base &&
  (before.outcome === "passed" || before.turnedBack === true);
