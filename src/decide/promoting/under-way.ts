import { isEnforced } from "../../flow/component.ts";
import type { PullKnown } from "../../flow/facts.ts";
import type { ComponentMemory, PullMemory } from "../../flow/memory.ts";
import type { StandingOf } from "../../flow/standing.ts";
import { isPassed } from "../../flow/verdict.ts";

/** The `/promote` that is under way for a pull request, if one is. */
export const promotionOn = ({
  standing,
  subject,
}: Pick<PullKnown, "standing" | "subject">): StandingOf<"promotion"> | undefined =>
  standing.find((one): one is StandingOf<"promotion"> => one.kind === "promotion" && one.number === subject.number);

/** The release that a merged pull request made and that is not published yet. */
export const releaseOn = ({
  standing,
  subject,
}: Pick<PullKnown, "standing" | "subject">): StandingOf<"release"> | undefined =>
  standing.find((one): one is StandingOf<"release"> => one.kind === "release" && one.number === subject.number);

/** Whether a release comes of it: it was merged into the last stage, at the head that had passed, or was accepted since. */
export function makesRelease(known: PullKnown, pull: PullMemory, { config }: ComponentMemory): boolean {
  const { policy } = config;
  return (
    pull.merged &&
    pull.mergeCommit !== null &&
    pull.base === policy.stages.at(-1) &&
    isEnforced(policy) &&
    (isPassed(known.verdict, pull.head.sha, pull.base) || isAccepted(known, pull))
  );
}

/** Whether what it was merged as was accepted, though it had not passed then. */
export const isAccepted = ({ standing, subject }: PullKnown, { mergeCommit }: PullMemory): boolean =>
  standing.some((one) => one.kind === "accepted" && one.number === subject.number && one.commit === mergeCommit);
