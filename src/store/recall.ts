import { organisationNote } from "../flow/component.ts";
import {
  adoptionSlot,
  assetsSlot,
  backMergeFingerprint,
  backMergeSlot,
  bodySlot,
  branchSlot,
  checkSlot,
  type Effect,
  enrolmentSlot,
  executionSlot,
  issueSlot,
  mergeSlot,
  notMergedBackSlot,
  promotionSlot,
  releaseSlot,
  reviewersSlot,
  rollbackSlot,
  rulesetSlot,
  type SlotState,
  tagSlot,
  turnedBackSlot,
} from "../flow/effect.ts";
import {
  type ComponentKnown,
  type Facts,
  type KnownDeviation,
  type KnownOverride,
  type KnownOwed,
  type MayAffect,
  type MergedPull,
  NO_ROLLBACK,
  type PullKnown,
  type RollbackKnown,
  type Sibling,
  type Source,
  type StageKnown,
} from "../flow/facts.ts";

import type { ComponentMemory, GroupMemory, Memory, PullMemory, StageMemory } from "../flow/memory.ts";
import { type Branch, type Hash, type Instant, later, type RepositoryId, type Sha, type Slot } from "../flow/names.ts";
import { owedOf } from "../flow/owed.ts";
import { unexplained } from "../flow/provenance.ts";
import type { Answer, Heard, Open } from "../flow/request.ts";
import { checkName, titlesOf } from "../flow/ruleset.ts";
import type { Standing } from "../flow/standing.ts";
import { type PullSubject, type Subject, subjectKey } from "../flow/subject.ts";
import { concessionsIn, configLetThrough, type Verdict } from "../flow/verdict.ts";
import { recordsOf } from "./arrivals.ts";
import type { Connection } from "./database.ts";
import { chainOf, lastPlace } from "./ledger.ts";
import { recordedOf } from "./recorded.ts";
import { memoryOf, parsed, type Row, rowOf } from "./rows.ts";
import type { Tables } from "./schema.ts";
import {
  deviationsOn,
  isWithdrawn,
  lastLanding,
  overridesOn,
  owedOn,
  releasesOf,
  rollbacksIn,
  spentIn,
  standingFor,
} from "./standing.ts";
import { trainsFor } from "./trains.ts";

export type Recalled = {
  readonly facts: Facts;
  readonly unsettled: readonly { readonly effect: Effect; readonly decidedAt: Instant }[];
  readonly nudges: number;
};

/** So long what was closed is seen to having its issue closed too. */
const CLOSED_MS = 7 * 24 * 3_600_000;

/** All that is known of a subject without asking GitHub. */
export async function recall(on: Connection, subject: Subject, now: Instant): Promise<Recalled> {
  const key = subjectKey(subject);
  const [row, component, effects] = await Promise.all([
    rowOf(on, key),
    memoryOf<ComponentMemory>(on, subjectKey({ kind: "component", repository: subject.repository })),
    on
      .selectFrom("effect")
      .select(["effect", "decided_at"])
      .where("subject", "=", key)
      .where("settled_at", "is", null)
      .orderBy("id")
      .execute(),
  ]);
  const memory = parsed<Memory>(row?.memory);
  const common = { now, cause: row?.cause ?? null, read: new Map(), component };
  return {
    facts: { ...common, ...(await beside(on, subject, memory, row, component, now)) } as unknown as Facts,
    unsettled: effects.map(({ effect, decided_at }) => ({
      effect: JSON.parse(effect) as Effect,
      decidedAt: decided_at as Instant,
    })),
    nudges: row?.nudges ?? 0,
  };
}

async function beside(
  on: Connection,
  subject: Subject,
  memory: Memory | null,
  row: Row | undefined,
  component: ComponentMemory | null,
  now: Instant,
): Promise<object> {
  const key = subjectKey(subject);
  switch (subject.kind) {
    case "pull": {
      const pull = memory as PullMemory | null;
      if (pull === null)
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
      const check = checkName(pull.base);
      const verdict = parsed<Verdict>(row?.verdict);
      // Into the first stage no gate has a check of its own, but for one that our own config was found to change.
      const none =
        component?.config.policy.stages[0] === pull.base &&
        !verdict?.findings.some(({ changesConfig }) => changesConfig !== undefined);
      const { installation } = row as Row;
      const into = component?.config.policy.stages.indexOf(pull.base) ?? -1;
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
        siblingsOf(on, subject.repository, pull.head.sha, pull.base, subject.number),
        slotState(on, checkSlot(subject.repository, pull.head.sha, check)),
        slotState(on, turnedBackSlot(subject.repository, subject.number, pull.head.sha)),
        none ? {} : gateSlotsOf(on, subject.repository, pull.head.sha, check),
        memoryOf<StageMemory>(on, subjectKey({ kind: "stage", repository: subject.repository, branch: pull.base })),
        sourceOf(on, subject.repository, pull.base, component),
        standingFor(on, subject.repository, installation, subject.number),
        requestsOf(on, subject),
        into > 0 ? speaking(on, subject.repository) : [],
        into > 0 ? slotState(on, executionSlot(subject.repository, subject.number)) : null,
        into > 0 ? itemIssuesOf(on, subject) : {},
        into > 0 ? walkedDigest(on, key) : null,
      ]);
      const asked = standing.some((one) => one.kind === "promotion") || requests.some(asksToPromote);
      const intoLast = into > 0 && into === (component?.config.policy.stages.length ?? 0) - 1;
      const promoted = await promotionOf(on, subject, pull, { asked, released: intoLast && (pull.merged || asked) });
      const backMerge = await backMergeOn(on, subject, pull);
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
        owed: pull.merged && verdict?.lane === "hotfix" ? await owedKnown(on, subject) : NOTHING_OWED,
        ...promoted,
        rollback: await rollbackOf(on, subject, {
          rolls,
          own: standing.find((one) => one.kind === "rollback" && one.number === subject.number),
          names: intoLast && pull.merged && pull.body !== null && /withdraws/i.test(pull.body),
          made: intoLast && pull.merged,
        }),
        ...(backMerge !== null && {
          merge: await slotState(on, mergeSlot(subject.repository, subject.number, pull.head.sha)),
        }),
        backMerge,
        walked,
        spent: attests || rolls ? await spentIn(on, subject.repository) : [],
        lastRelease: attests ? await lastLanding(on, subject.repository, subject.number) : null,
        // One check speaks for all that share it, so a hold on one holds all.
        standing: standing.filter((one) => one.kind !== "hold" || numbers.includes(one.number)),
      };
    }
    case "group": {
      const group = memory as GroupMemory | null;
      if (group === null) return { subject, memory, pull: null, slot: null };
      const [pull, slot] = await Promise.all([
        rowOf(on, subjectKey({ kind: "pull", repository: subject.repository, number: group.number })),
        slotState(on, checkSlot(subject.repository, subject.head, checkName(group.base))),
      ]);
      const known = parsed<PullMemory>(pull?.memory);
      return { subject, memory, slot, pull: known && { memory: known, verdict: parsed<Verdict>(pull?.verdict) } };
    }
    case "stage": {
      const { repository, branch } = subject;
      const stage = memory as StageMemory | null;
      const [unchecked, slots, records, deviations, releases] = await Promise.all([
        uncheckedInto(on, repository, branch),
        rulesetSlotsOf(on, repository, branch),
        recordsOf(on, repository, branch, stage?.arrivals ?? null),
        deviationsOn(on, repository, branch, later(now, -CLOSED_MS)),
        stage?.touched === undefined ? [] : releasesOf(on, repository),
      ]);
      const known: readonly KnownDeviation[] = await withIssues(on, repository, deviations);
      const backMerge = await backMergeInto(on, subject, stage, component);
      return { subject, memory, unchecked, slots, records, deviations: known, backMerge, releases };
    }
    case "component": {
      const of = memory as ComponentMemory | null;
      const installation = row?.installation ?? 0;
      const [organisation, letThrough, enrolment, requests, trains] = await Promise.all([
        organisationOf(on, row, of),
        of?.look && of.defaultBranch !== null ? letThroughInto(on, subject.repository, of.defaultBranch) : [],
        slotState(on, enrolmentSlot(subject.repository)),
        requestsOf(on, subject),
        trainsFor(on, subject.repository, installation),
      ]);
      const standing = requests.length > 0 ? await standingFor(on, subject.repository, installation, null) : [];
      return { subject, memory, organisation, letThrough, enrolment, requests, standing, installation, ...trains };
    }
  }
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

/** With the slot of the issue of each. */
function withIssues<One extends { readonly standing: { readonly key: string } }>(
  on: Connection,
  repository: RepositoryId,
  all: readonly One[],
): Promise<readonly (One & { readonly slot: SlotState | null })[]> {
  return Promise.all(
    all.map(async (one) => ({ ...one, slot: await slotState(on, issueSlot(repository, one.standing.key)) })),
  );
}

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
const NOT_PROMOTED: Promoted = {
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
async function promotionOf(
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
async function rollbackOf(
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

/** How a stage comes to have what landed in a later one; where it owes nothing that is not read. */
async function backMergeInto(
  on: Connection,
  { repository, branch }: StageKnown["subject"],
  stage: StageMemory | null,
  component: ComponentMemory | null,
): Promise<StageKnown["backMerge"]> {
  if (stage?.owes === undefined) return null;
  const stages = component?.config.policy.stages ?? [];
  const [{ slot, pull }, rollbacks, ...later] = await Promise.all([
    lastBackMerge(on, repository, branch),
    rollbacksIn(on, repository),
    ...stages
      .slice(stages.indexOf(branch) + 1)
      .map((later) => memoryOf<StageMemory>(on, subjectKey({ kind: "stage", repository, branch: later }))),
  ]);
  return { slot, open: pull?.open === 1, later: later.flatMap((memory) => memory?.backMerges ?? []), rollbacks };
}

/** Our own pull request that brought something back into a stage last. */
async function lastBackMerge(
  on: Connection,
  repository: RepositoryId,
  stage: Branch,
): Promise<{ readonly slot: SlotState | null; readonly pull: Row | undefined }> {
  const slot = await slotState(on, backMergeSlot(repository, stage));
  const number = slot?.written?.id;
  const pull = number === undefined ? undefined : await rowOf(on, subjectKey({ kind: "pull", repository, number }));
  return { slot, pull };
}

/** Whether we opened a pull request to bring something back, and what was said there. */
async function backMergeOn(
  on: Connection,
  { repository, number }: PullSubject,
  { head, base }: PullMemory,
): Promise<PullKnown["backMerge"]> {
  if (!head.ref.startsWith("back-merge/")) return null;
  const slot = await slotState(on, backMergeSlot(repository, base));
  if (slot?.written?.id !== number) return null;
  return {
    changed: slot.written.fingerprint !== backMergeFingerprint(head.sha),
    said: await slotState(on, notMergedBackSlot(repository, number, head.sha)),
  };
}

const asksToPromote = ({ request }: Open): boolean => /^\/promote\b/im.test(request.body);

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

async function requestsOf(on: Connection, subject: Subject): Promise<readonly Open[]> {
  const rows = await on
    .selectFrom("request")
    .select(["request", "answer"])
    .where("subject", "=", subjectKey(subject))
    .where("replied_at", "is", null)
    .orderBy("at")
    .orderBy("id")
    .execute();
  return rows.map(({ request, answer }) => ({
    request: JSON.parse(request) as Heard,
    answer: parsed<Answer>(answer),
  }));
}

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

/** What stands in a slot; a row that only says who writes there next says nothing of it. */
export async function slotState(on: Connection, slot: Slot): Promise<SlotState | null> {
  const row = await on.selectFrom("slot").selectAll().where("slot", "=", slot).executeTakeFirst();
  return row === undefined || isBlank(row) ? null : stateOf(row);
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

/** What stands in all slots whose names begin so. */
async function slotsFrom(on: Connection, prefix: string): Promise<readonly Tables["slot"][]> {
  const rows = await on
    .selectFrom("slot")
    .selectAll()
    .where("slot", ">=", prefix)
    .where("slot", "<", `${prefix}\u{10FFFF}`)
    .execute();
  return rows.filter((row) => !isBlank(row));
}

/** The slots of all rulesets that a stage may have, by their titles. */
async function rulesetSlotsOf(on: Connection, repository: RepositoryId, stage: Branch): Promise<StageKnown["slots"]> {
  const before = rulesetSlot(repository, "").length;
  const slots = titlesOf({ stage, last: true }).map((title) => rulesetSlot(repository, title));
  const rows = await on.selectFrom("slot").selectAll().where("slot", "in", slots).execute();
  return Object.fromEntries(rows.filter((row) => !isBlank(row)).map((row) => [row.slot.slice(before), stateOf(row)]));
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

/** The config of the repository `.github` of the same owner, where the App works on it. */
async function organisationOf(
  on: Connection,
  row: Row | undefined,
  memory: ComponentMemory | null,
): Promise<ComponentKnown["organisation"]> {
  const owner = memory?.name.split("/")[0];
  if (row === undefined || owner === undefined) return null;
  const rows = await on
    .selectFrom("subject")
    .select("memory")
    .where("kind", "=", "component")
    .where("installation", "=", row.installation)
    .where("key", "!=", row.key)
    .where("memory", "is not", null)
    .execute();
  const named = `${owner}/.github`.toLowerCase();
  const home = rows
    .map((other) => parsed<ComponentMemory>(other.memory))
    .find((other) => other?.name.toLowerCase() === named);
  if (home === undefined || home === null) return null;
  const { blob, own } = home.config;
  return { blob, config: own, note: organisationNote(home.config) };
}

/** Pull requests into the default branch whose gate let a change of the config through: few, so that rows are read one by one. */
async function letThroughInto(
  on: Connection,
  repository: RepositoryId,
  base: Branch,
): Promise<ComponentKnown["letThrough"]> {
  const rows = await on
    .selectFrom("subject")
    .select(["number", "memory", "verdict"])
    .where("repository", "=", repository)
    .where("kind", "=", "pull")
    .where("base", "=", base)
    .where("verdict", "like", "%changesConfig%")
    .orderBy("number")
    .execute();
  return rows.flatMap(({ number, memory, verdict }) => {
    const pull = parsed<PullMemory>(memory);
    const change = pull && configLetThrough(parsed<Verdict>(verdict), pull.head.sha, base);
    return pull && change
      ? [{ number: number as number, head: pull.head.sha, to: change.to, merged: pull.merged }]
      : [];
  });
}

/** A row may be there before anything was ever put into the slot: it was locked. */
const isBlank = (row: Tables["slot"]): boolean => row.github_id === null && row.refused_fingerprint === null;

function stateOf(row: Tables["slot"]): SlotState {
  return {
    written:
      row.github_id === null
        ? null
        : {
            fingerprint: (row.fingerprint ?? "") as never,
            id: row.github_id,
            completed: row.completed === 1,
            at: row.written_at as Instant,
          },
    refused:
      row.refused_fingerprint === null
        ? null
        : {
            fingerprint: row.refused_fingerprint as never,
            because: row.refused_because ?? "",
            at: (row.refused_at ?? "") as Instant,
          },
  };
}

async function uncheckedInto(on: Connection, repository: RepositoryId, base: Branch): Promise<readonly number[]> {
  const pulls = await on
    .selectFrom("subject")
    .select(["number", "head"])
    .where("repository", "=", repository)
    .where("kind", "=", "pull")
    .where("open", "=", 1)
    .where("base", "=", base)
    .orderBy("number")
    .execute();
  if (pulls.length === 0) return [];
  const slots = pulls.map(({ head }) => checkSlot(repository, head as Sha, checkName(base)));
  const written = await on
    .selectFrom("slot")
    .select("slot")
    .where("slot", "in", slots)
    .where("fingerprint", "is not", null)
    .execute();
  const there = new Set(written.map(({ slot }) => slot));
  return pulls
    .filter(({ head }) => !there.has(checkSlot(repository, head as Sha, checkName(base))))
    .map(({ number }) => number as number);
}
