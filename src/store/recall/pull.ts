import { checkSlot, executionSlot, issueSlot, mergeSlot, type SlotState, turnedBackSlot } from "../../flow/effect.ts";
import type { KnownOverride, KnownOwed, MayAffect, PullKnown, Sibling, Source } from "../../flow/facts.ts";
import type { ComponentMemory, PullMemory, StageMemory } from "../../flow/memory.ts";
import { type Branch, type Hash, type Instant, later, type RepositoryId, type Sha } from "../../flow/names.ts";
import { owedOf } from "../../flow/owed.ts";
import { unexplained } from "../../flow/provenance.ts";
import type { Open } from "../../flow/request.ts";
import { checkName } from "../../flow/ruleset.ts";
import { rollbackBy } from "../../flow/standing.ts";
import { type PullSubject, subjectKey } from "../../flow/subject.ts";
import type { Verdict } from "../../flow/verdict.ts";
import { recordsOf } from "../arrivals.ts";
import type { Connection } from "../database.ts";
import { memoryOf, parsed, type Row } from "../rows.ts";
import { slotState, slotsFrom, stateOf, withIssues } from "../slots.ts";
import { lastLanding, overridesOn, owedOn, spentIn, standingFor } from "../standing.ts";
import { type Around, CLOSED_MS, requestsOf } from "./around.ts";
import { backMergeOn, NOT_PROMOTED, promotionOf, rollbackOf } from "./promotion.ts";
import { lastBackMerge } from "./stage.ts";

/** All that is beside a pull request. */
export async function besidePull(
  on: Connection,
  subject: PullSubject,
  { memory, row, component, now }: Around<PullMemory>,
): Promise<object> {
  const key = subjectKey(subject);
  if (memory === null)
    return {
      subject,
      memory,
      verdict: null,
      siblings: [],
      slot: null,
      turnedBack: null,
      gateSlots: {},
      sticky: null,
      itemIssues: {},
      overrides: [],
      owed: NOTHING_OWED,
      ...NOT_PROMOTED,
      rollback: null,
      backMerge: null,
      walked: null,
      stage: null,
      source: null,
      standing: [],
      spent: [],
      lastRelease: null,
      mayAffect: [],
      requests: [],
      installation: row?.installation ?? 0,
    };
  const check = checkName(memory.base);
  const verdict = parsed<Verdict>(row?.verdict);
  // Into the first stage no gate has a check of its own, but for one that our own config was found to change.
  const none =
    component?.config.policy.stages[0] === memory.base &&
    !verdict?.findings.some(({ changesConfig }) => changesConfig !== undefined);
  const { installation } = row as Row;
  const into = component?.config.policy.stages.indexOf(memory.base) ?? -1;
  const [
    siblings,
    slot,
    turnedBack,
    gateSlots,
    stage,
    source,
    standing,
    requests,
    mayAffect,
    sticky,
    itemIssues,
    walked,
  ] = await Promise.all([
    siblingsOf(on, subject.repository, memory.head.sha, memory.base, subject.number),
    slotState(on, checkSlot(subject.repository, memory.head.sha, check)),
    slotState(on, turnedBackSlot(subject.repository, subject.number, memory.head.sha)),
    none ? {} : gateSlotsOf(on, subject.repository, memory.head.sha, check),
    memoryOf<StageMemory>(on, subjectKey({ kind: "stage", repository: subject.repository, branch: memory.base })),
    sourceOf(on, subject.repository, memory.base, component),
    standingFor(on, subject.repository, installation, subject.number),
    requestsOf(on, subject),
    into > 0 ? speaking(on, subject.repository) : [],
    into > 0 ? slotState(on, executionSlot(subject.repository, subject.number)) : null,
    into > 0 ? itemIssuesOf(on, subject) : {},
    into > 0 ? walkedDigest(on, key) : null,
  ]);
  const asked = standing.some((one) => one.kind === "promotion") || requests.some(asksToPromote);
  const intoLast = into > 0 && into === (component?.config.policy.stages.length ?? 0) - 1;
  const promoted = await promotionOf(on, subject, memory, { asked, released: intoLast && (memory.merged || asked) });
  const backMerge = await backMergeOn(on, subject, memory, component?.config.policy.stages ?? []);
  // What was attested may be taken back, too; command words know no case.
  const attests = requests.some(({ request }) => /\/attest/i.test(request.body));
  const rolls = standing.some((one) => one.kind === "rolling-back");
  const numbers = [subject.number, ...siblings.map(({ number }) => number)];
  return {
    subject,
    memory,
    verdict,
    siblings,
    slot,
    turnedBack,
    gateSlots,
    stage,
    source,
    requests,
    installation,
    mayAffect,
    sticky,
    itemIssues,
    overrides: await overridesKnown(on, subject, now),
    owed: memory.merged && verdict?.lane === "hotfix" ? await owedKnown(on, subject) : NOTHING_OWED,
    ...promoted,
    rollback: await rollbackOf(on, subject, {
      rolls,
      own: rollbackBy(standing, subject.number),
      names: intoLast && memory.merged && memory.body !== null && /withdraws/i.test(memory.body),
      made: intoLast && memory.merged,
    }),
    ...(backMerge !== null && {
      merge: await slotState(on, mergeSlot(subject.repository, subject.number, memory.head.sha)),
    }),
    backMerge,
    walked,
    spent: attests || rolls ? await spentIn(on, subject.repository) : [],
    lastRelease: attests ? await lastLanding(on, subject.repository, subject.number) : null,
    // One check speaks for all that share it, so a hold on one holds all.
    standing: standing.filter((one) => one.kind !== "hold" || numbers.includes(one.number)),
  };
}

/** What was asked to be overridden on a pull request, with the slots of the issues. */
async function overridesKnown(
  on: Connection,
  { repository, number }: PullKnown["subject"],
  now: Instant,
): Promise<readonly KnownOverride[]> {
  return withIssues(on, repository, await overridesOn(on, repository, number, later(now, -CLOSED_MS)));
}

/** What a merged hotfix owes, with the slot of its issue. */
async function owedKnown(on: Connection, { repository, number }: PullKnown["subject"]): Promise<KnownOwed> {
  const [all, slot] = await Promise.all([
    owedOn(on, repository, number),
    slotState(on, issueSlot(repository, owedOf(repository, number))),
  ]);
  return { all, slot };
}

const NOTHING_OWED: KnownOwed = { all: [], slot: null };

const asksToPromote = ({ request }: Open): boolean => /^\/promote\b/im.test(request.body);

/** Merged pull requests whose label or body may say that they affect data. */
async function speaking(on: Connection, repository: RepositoryId): Promise<readonly MayAffect[]> {
  const rows = await on
    .selectFrom("subject")
    .select(["number", "memory"])
    .where("repository", "=", repository)
    .where("speaks", "=", 1)
    .orderBy("number")
    .execute();
  return rows.flatMap(({ number, memory }) => {
    const { merged, body, dataLabel, mergeCommit } = parsed<PullMemory>(memory) as PullMemory;
    return merged ? [{ number: number as number, body, dataLabel, mergeCommit }] : [];
  });
}

/** The stage before the base, and what moved it. */
async function sourceOf(
  on: Connection,
  repository: RepositoryId,
  base: Branch,
  component: ComponentMemory | null,
): Promise<Source | null> {
  const stages = component?.config.policy.stages ?? [];
  const stage = stages[stages.indexOf(base) - 1];
  if (stage === undefined) return null;
  const memory = await memoryOf<StageMemory>(on, subjectKey({ kind: "stage", repository, branch: stage }));
  if (memory === null) return { stage, since: null, heads: [], unexplained: [], trusted: [] };
  const { arrivals } = memory;
  const [records, { pull }] = await Promise.all([
    recordsOf(on, repository, stage, arrivals),
    lastBackMerge(on, repository, stage),
  ]);
  return {
    ...arrivals,
    stage,
    unexplained: unexplained(arrivals, records),
    ...(pull?.open === 1 && { backMerge: pull.number as number }),
  };
}

/** Other open pull requests with this head and base, as they were judged there. */
export async function siblingsOf(
  on: Connection,
  repository: RepositoryId,
  head: Sha,
  base: Branch,
  number: number,
): Promise<readonly Sibling[]> {
  const rows = await on
    .selectFrom("subject")
    .select(["number", "verdict"])
    .where("repository", "=", repository)
    .where("kind", "=", "pull")
    .where("open", "=", 1)
    .where("head", "=", head)
    .where("base", "=", base)
    .where("number", "!=", number)
    .where("verdict", "is not", null)
    .orderBy("number")
    .execute();
  return rows.flatMap(({ number: other, verdict }) => {
    const judged = parsed<Verdict>(verdict);
    return judged !== null && judged.head === head && judged.base === base
      ? [{ number: other as number, verdict: judged }]
      : [];
  });
}

/** The slots of the issues about failed items of a pull request's run-book, by the item's key. */
async function itemIssuesOf(
  on: Connection,
  { repository, number }: PullKnown["subject"],
): Promise<PullKnown["itemIssues"]> {
  const before = issueSlot(repository, "").length;
  const prefix = issueSlot(repository, `item:${repository}:${number}:`);
  return Object.fromEntries((await slotsFrom(on, prefix)).map((row) => [row.slot.slice(before), stateOf(row)]));
}

/** Which run-book the page of a pull request shows; null: none. */
async function walkedDigest(on: Connection, pull: string): Promise<Hash | null> {
  const row = await on.selectFrom("walked").select("digest").where("pull", "=", pull).executeTakeFirst();
  return (row?.digest ?? null) as Hash | null;
}

/** The slots of the checks of a pull request's gates, by the check's name. */
async function gateSlotsOf(
  on: Connection,
  repository: RepositoryId,
  head: Sha,
  check: string,
): Promise<{ readonly [name: string]: SlotState }> {
  const prefix = checkSlot(repository, head, `${check} / `);
  const rows = await slotsFrom(on, prefix);
  const before = checkSlot(repository, head, "").length;
  return Object.fromEntries(rows.map((row) => [row.slot.slice(before), stateOf(row)]));
}
