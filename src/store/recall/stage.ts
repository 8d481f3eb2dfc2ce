import { backMergeSlot, checkSlot, rulesetSlot, type SlotState } from "../../flow/effect.ts";
import type { KnownDeviation, StageKnown } from "../../flow/facts.ts";
import type { ComponentMemory, StageMemory } from "../../flow/memory.ts";
import { type Branch, later, type RepositoryId, type Sha } from "../../flow/names.ts";
import { checkName, titlesOf } from "../../flow/ruleset.ts";
import type { StageSubject } from "../../flow/subject.ts";
import { subjectKey } from "../../flow/subject.ts";
import { recordsOf } from "../arrivals.ts";
import type { Connection } from "../database.ts";
import { memoryOf, type Row, rowOf } from "../rows.ts";
import { isBlank, slotState, stateOf, withIssues } from "../slots.ts";
import { closedBackMergesInto, deviationsOn, releasesOf, rollbacksIn } from "../standing.ts";
import { type Around, CLOSED_MS } from "./around.ts";

/** All that is beside a stage. */
export async function besideStage(
  on: Connection,
  subject: StageSubject,
  { memory, component, now }: Around<StageMemory>,
): Promise<object> {
  const { repository, branch } = subject;
  const [unchecked, slots, records, deviations, closedBackMerges, releases] = await Promise.all([
    uncheckedInto(on, repository, branch),
    rulesetSlotsOf(on, repository, branch),
    recordsOf(on, repository, branch, memory?.arrivals ?? null),
    deviationsOn(on, repository, branch, later(now, -CLOSED_MS)),
    closedBackMergesInto(on, repository, branch),
    memory?.touched === undefined ? [] : releasesOf(on, repository),
  ]);
  const known: readonly KnownDeviation[] = await withIssues(on, repository, deviations);
  const backMerge = await backMergeInto(on, subject, memory, component);
  return { subject, memory, unchecked, slots, records, deviations: known, backMerge, closedBackMerges, releases };
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
export async function lastBackMerge(
  on: Connection,
  repository: RepositoryId,
  stage: Branch,
): Promise<{ readonly slot: SlotState | null; readonly pull: Row | undefined }> {
  const slot = await slotState(on, backMergeSlot(repository, stage));
  const number = slot?.written?.id;
  const pull = number === undefined ? undefined : await rowOf(on, subjectKey({ kind: "pull", repository, number }));
  return { slot, pull };
}

/** The slots of all rulesets that a stage may have, by their titles. */
async function rulesetSlotsOf(on: Connection, repository: RepositoryId, stage: Branch): Promise<StageKnown["slots"]> {
  const before = rulesetSlot(repository, "").length;
  const slots = titlesOf({ stage, last: true }).map((title) => rulesetSlot(repository, title));
  const rows = await on.selectFrom("slot").selectAll().where("slot", "in", slots).execute();
  return Object.fromEntries(rows.filter((row) => !isBlank(row)).map((row) => [row.slot.slice(before), stateOf(row)]));
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
