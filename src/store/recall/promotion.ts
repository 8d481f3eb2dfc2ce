import {
  adoptionSlot,
  assetsSlot,
  backMergeFingerprint,
  backMergeOf,
  backMergeSlot,
  bodySlot,
  branchSlot,
  closedBackMergeSlot,
  issueSlot,
  mergeSlot,
  notMergedBackSlot,
  promotionSlot,
  releaseSlot,
  reviewersSlot,
  rollbackSlot,
  tagSlot,
} from "../../flow/effect.ts";
import { type MergedPull, NO_ROLLBACK, type PullKnown, type RollbackKnown } from "../../flow/facts.ts";
import type { PullMemory, StageMemory } from "../../flow/memory.ts";
import type { Branch, RepositoryId } from "../../flow/names.ts";
import type { Standing } from "../../flow/standing.ts";
import { type PullSubject, subjectKey } from "../../flow/subject.ts";
import { concessionsIn, type Verdict } from "../../flow/verdict.ts";
import type { Connection } from "../database.ts";
import { chainOf, lastPlace } from "../ledger.ts";
import { recordedOf } from "../recorded.ts";
import { memoryOf, parsed } from "../rows.ts";
import { slotState } from "../slots.ts";
import { isWithdrawn, releasesOf, rollbacksIn } from "../standing.ts";
import { lastBackMerge } from "./stage.ts";

type Promoted = Pick<
  PullKnown,
  | "merge"
  | "next"
  | "body"
  | "adoption"
  | "reviewers"
  | "branch"
  | "tag"
  | "release"
  | "assets"
  | "merged"
  | "ledger"
  | "recorded"
>;

export const NOT_PROMOTED: Promoted = {
  merge: null,
  next: null,
  body: null,
  adoption: null,
  reviewers: null,
  branch: null,
  tag: null,
  release: null,
  assets: null,
  merged: [],
  ledger: null,
  recorded: null,
};

/** What a `/promote` has done, a release, and our list. Most pull requests are merged by nobody's command, make no release, and list nothing. */
export async function promotionOf(
  on: Connection,
  subject: PullSubject,
  { head, state, merged: isMerged, list = null }: PullMemory,
  { asked, released }: { readonly asked: boolean; readonly released: boolean },
): Promise<Promoted> {
  const lists = list !== null && state === "open";
  if (!asked && !released && !lists) return NOT_PROMOTED;
  const { repository, number } = subject;
  const [merge, next, body, adoption, reviewers, branch, tag, release, assets, merged, ledger] = await Promise.all([
    asked ? slotState(on, mergeSlot(repository, number, head.sha)) : null,
    asked ? slotState(on, promotionSlot(repository, number)) : null,
    lists ? slotState(on, bodySlot(repository, number)) : null,
    asked ? slotState(on, adoptionSlot(repository, number)) : null,
    asked ? slotState(on, reviewersSlot(repository, number)) : null,
    asked ? slotState(on, branchSlot(repository, head.ref)) : null,
    released ? slotState(on, tagSlot(repository, number)) : null,
    released ? slotState(on, releaseSlot(repository, number)) : null,
    released ? slotState(on, assetsSlot(repository, number)) : null,
    mergedOf(on, repository),
    released ? lastPlace(on, chainOf(repository)) : null,
  ]);
  const isMade = release?.written?.completed === true;
  const recorded = released && isMerged && !isMade ? await recordedOf(on, subject, merged) : null;
  return { merge, next, body, adoption, reviewers, branch, tag, release, assets, merged, ledger, recorded };
}

/**
 * What a `/rollback` on a pull request has done, and what the pull request withdraws.
 *
 * @param own what stands of it as a rollback; `names`: its body may name releases; `made`: it may have made one.
 */
export async function rollbackOf(
  on: Connection,
  { repository, number }: PullSubject,
  {
    rolls,
    own,
    names,
    made,
  }: { readonly rolls: boolean; readonly own: Standing | undefined; readonly names: boolean; readonly made: boolean },
): Promise<RollbackKnown | null> {
  const withdrawn = made && (await isWithdrawn(on, repository, number));
  if (!rolls && own === undefined && !names) return withdrawn ? { ...NO_ROLLBACK, withdrawn } : null;
  const [opened, issue, releases] = await Promise.all([
    rolls ? slotState(on, rollbackSlot(repository, number)) : null,
    own === undefined ? null : slotState(on, issueSlot(repository, own.key)),
    releasesOf(on, repository),
  ]);
  const slots = await Promise.all(
    releases.map(({ standing }) => slotState(on, releaseSlot(repository, standing.number))),
  );
  return { opened, issue, releases: releases.map((one, place) => ({ ...one, slot: slots[place] ?? null })), withdrawn };
}

/** Whether we opened a pull request to bring something back, and what was said there. */
export async function backMergeOn(
  on: Connection,
  { repository, number }: PullSubject,
  { head, base, state, merged }: PullMemory,
  stages: readonly Branch[],
): Promise<PullKnown["backMerge"]> {
  if (!head.ref.startsWith("back-merge/")) return null;
  const slot = await slotState(on, backMergeSlot(repository, base));
  if (slot?.written?.id !== number) return null;
  const { fingerprint } = slot.written;
  return {
    changed: fingerprint !== backMergeFingerprint(head.sha),
    said: await slotState(on, notMergedBackSlot(repository, number, head.sha)),
    ...(state === "closed" &&
      !merged && {
        closed: {
          commit: backMergeOf(fingerprint),
          said: await slotState(on, closedBackMergeSlot(repository, number)),
          waiting: await waitingFor(on, repository, stages.slice(0, Math.max(0, stages.indexOf(base)))),
        },
      }),
  };
}

/** Those of the stages that owe something and have nothing open that brings it: a rollback comes to them from the stage after. */
async function waitingFor(
  on: Connection,
  repository: RepositoryId,
  stages: readonly Branch[],
): Promise<readonly Branch[]> {
  if ((await rollbacksIn(on, repository)).length === 0) return [];
  const waiting = await Promise.all(
    stages.map(async (branch) => {
      const memory = await memoryOf<StageMemory>(on, subjectKey({ kind: "stage", repository, branch }));
      if (memory?.owes === undefined) return [];
      return (await lastBackMerge(on, repository, branch)).pull?.open === 1 ? [] : [branch];
    }),
  );
  return waiting.flat();
}

/** More than a release carries; older ones were released long ago. */
const MERGED = 1_000;

/** Merged pull requests of a repository, the last ones. */
async function mergedOf(on: Connection, repository: RepositoryId): Promise<readonly MergedPull[]> {
  const rows = await on
    .selectFrom("subject")
    .select(["number", "memory", "verdict"])
    .where("repository", "=", repository)
    .where("kind", "=", "pull")
    .where("open", "=", 0)
    .orderBy("number", "desc")
    .limit(MERGED)
    .execute();
  return rows.flatMap(({ number, memory, verdict }) => {
    const pull = parsed<PullMemory>(memory);
    if (!pull?.merged) return [];
    const { title, author, head, base, mergeCommit, mergedAt, bump } = pull;
    const labels = bump === null ? [] : [`release:${bump}`];
    const judged = parsed<Verdict>(verdict);
    const lane = judged?.lane ?? null;
    const overridden = concessionsIn(judged);
    const facts = { title, author, head, base, mergeCommit, mergedAt };
    return [{ number: number as number, ...facts, labels, lane, overridden }];
  });
}
