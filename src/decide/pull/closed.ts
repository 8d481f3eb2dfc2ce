import { type Answer, type Decision, NO_NEWS } from "../../flow/decision.ts";
import { type PullKnown, wantKey } from "../../flow/facts.ts";
import type { House } from "../../flow/house.ts";
import type { ComponentMemory, Lesson, PullMemory } from "../../flow/memory.ts";
import type { Nudge } from "../../flow/subject.ts";
import { configLetThrough, type Verdict } from "../../flow/verdict.ts";
import { decided, earlier } from "../answer.ts";
import { landing } from "../releasing/landing.ts";
import { owing } from "../releasing/owing.ts";
import { releasing } from "../releasing/releasing.ts";
import { withdrawing } from "../releasing/withdrawing.ts";
import { closedUnmerged, wentOn } from "./closed-back-merge.ts";
import { showing } from "./execution.ts";

/** What is closed is not judged any more: what is to be said of it, and where it is merged, what that brings about. */
export function decideClosed(known: PullKnown, pull: PullMemory, house: House): Answer {
  const { component } = known;
  const gone = { ...closed(known, pull), ...(pull !== known.memory && { memory: pull }) };
  if (component === null) return decided(gone);
  if (pull.merged) return merged(gone, known, pull, component, house);
  const told = closedUnmerged(known, pull, component);
  if ("lacks" in told) return told;
  const { nudges, ...rest } = told;
  return decided({ ...gone, ...rest, news: { ...gone.news, nudges: [...gone.news.nudges, ...nudges] } });
}

/**
 * Once it is merged its verdict is kept: it explains how the base moved, and where it let a change of the config
 * through, it is what brings that into force.
 */
function closed(known: PullKnown, pull: PullMemory): ReturnType<typeof none> {
  const { component, verdict, subject } = known;
  const gone = freeingItsStage(none(known, "It is closed."), known, pull);
  if (!pull.merged) return gone;
  const { verdict: _, ...kept } = gone;
  const brings = component !== null && pull.base === component.defaultBranch;
  if (!brings || component.config.spent.includes(subject.number)) return kept;
  if (configLetThrough(verdict, pull.head.sha, pull.base) === null) return kept;
  const { repository } = subject;
  const { name } = component;
  const lesson: Lesson = {
    of: "component",
    repository,
    installation: null,
    name,
    defaultBranch: null,
    look: true,
    branch: null,
  };
  const nudge: Nudge = { priority: "bulk", subject: { kind: "component", repository } };
  return {
    ...kept,
    because: "It is merged, and brings a change of the config.",
    news: { ...NO_NEWS, lessons: [lesson], nudges: [...kept.news.nudges, nudge] },
  };
}

/** What landed while one of ours brought something back waited for it, there and in the stages before. */
function freeingItsStage(
  gone: ReturnType<typeof none>,
  { backMerge, component, subject: { repository } }: PullKnown,
  { base }: PullMemory,
): ReturnType<typeof none> {
  if (backMerge === null) return gone;
  const stages = component?.config.policy.stages ?? [];
  const before = stages.slice(0, Math.max(0, stages.indexOf(base)));
  const nudges = [base, ...before].map(
    (branch): Nudge => ({ priority: "bulk", subject: { kind: "stage", repository, branch } }),
  );
  return { ...gone, news: { ...gone.news, nudges: [...gone.news.nudges, ...nudges] } };
}

/** It goes on as far as its run-book does, what was attested for it is used up, a hotfix owes what a release has, and both make one. */
function merged(
  gone: ReturnType<typeof none>,
  known: PullKnown,
  pull: PullMemory,
  component: ComponentMemory,
  house: House,
): Answer {
  const lands = landing(known, pull, component);
  const owes = owing(known, pull, component, house);
  const shows = showing(known, pull, component, house, null);
  const releases = releasing(known, pull, component, house);
  // What they lack is asked for together.
  const lacks = [lands, owes, shows, releases].flatMap((part) => ("lacks" in part ? part.lacks : []));
  if ("lacks" in lands || "lacks" in owes || "lacks" in shows || "lacks" in releases)
    return { lacks: [...new Map(lacks.map((want) => [wantKey(want), want])).values()] };
  const withdraws = withdrawing(known, pull, component);
  const goesOn = wentOn(known, pull, component);
  return decided({
    ...gone,
    entries: [
      ...goesOn.entries,
      ...lands.entries,
      ...owes.entries,
      ...shows.entries,
      ...withdraws.entries,
      ...releases.entries,
    ],
    effects: [...shows.effects, ...withdraws.effects, ...releases.effects, ...owes.effects],
    ...(shows.walked && { walked: shows.walked }),
    news: {
      ...gone.news,
      lessons: [...gone.news.lessons, ...lands.lessons],
      nudges: [...gone.news.nudges, ...goesOn.nudges, ...owes.nudges, ...withdraws.nudges],
    },
    lookAgainAt: [lands, owes, shows, withdraws, releases].map((part) => part.lookAgainAt).reduce(earlier, null),
  });
}

/** There is nothing to say about it (any more); those that shared its check say it without it. */
export function none(
  { subject, verdict }: PullKnown,
  because: string,
): Partial<Decision> & Pick<Decision, "because" | "news"> {
  if (verdict === null) return { because, news: NO_NEWS };
  return { because, verdict: null, compared: [], news: { ...NO_NEWS, nudges: sharing(subject.repository, verdict) } };
}

export const sharing = (repository: PullKnown["subject"]["repository"], { head, base }: Verdict): readonly Nudge[] => [
  { priority: "bulk", openPulls: { repository, head, base } },
];
