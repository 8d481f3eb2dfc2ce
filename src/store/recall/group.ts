import { checkSlot } from "../../flow/effect.ts";

import type { GroupMemory, PullMemory } from "../../flow/memory.ts";
import { checkName } from "../../flow/ruleset.ts";
import type { GroupSubject } from "../../flow/subject.ts";
import { subjectKey } from "../../flow/subject.ts";
import type { Verdict } from "../../flow/verdict.ts";
import type { Connection } from "../database.ts";
import { parsed, rowOf } from "../rows.ts";
import { slotState } from "../slots.ts";
import type { Around } from "./around.ts";

/** All that is beside a merge group. */
export async function besideGroup(
  on: Connection,
  subject: GroupSubject,
  { memory }: Around<GroupMemory>,
): Promise<object> {
  if (memory === null) return { subject, memory, pull: null, slot: null };
  const [pull, slot] = await Promise.all([
    rowOf(on, subjectKey({ kind: "pull", repository: subject.repository, number: memory.number })),
    slotState(on, checkSlot(subject.repository, subject.head, checkName(memory.base))),
  ]);
  const known = parsed<PullMemory>(pull?.memory);
  return { subject, memory, slot, pull: known && { memory: known, verdict: parsed<Verdict>(pull?.verdict) } };
}
