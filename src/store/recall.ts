import type { Effect } from "../flow/effect.ts";
import type { Facts } from "../flow/facts.ts";
import type { ComponentMemory, GroupMemory, Memory, PullMemory, StageMemory } from "../flow/memory.ts";
import type { Instant } from "../flow/names.ts";
import { type Subject, subjectKey } from "../flow/subject.ts";
import type { Connection } from "./database.ts";
import type { Around } from "./recall/around.ts";
import { besideComponent } from "./recall/component.ts";
import { besideGroup } from "./recall/group.ts";
import { besidePull } from "./recall/pull.ts";
import { besideStage } from "./recall/stage.ts";
import { memoryOf, parsed, rowOf } from "./rows.ts";

export type Recalled = {
  readonly facts: Facts;
  readonly unsettled: readonly { readonly effect: Effect; readonly decidedAt: Instant }[];
  readonly nudges: number;
};

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
  const common = { now, cause: row?.cause ?? null, read: new Map(), component };
  return {
    facts: {
      ...common,
      ...(await beside(on, subject, { memory: parsed<Memory>(row?.memory), row, component, now })),
    } as unknown as Facts,
    unsettled: effects.map(({ effect, decided_at }) => ({
      effect: JSON.parse(effect) as Effect,
      decidedAt: decided_at as Instant,
    })),
    nudges: row?.nudges ?? 0,
  };
}

function beside(on: Connection, subject: Subject, around: Around<Memory>): Promise<object> {
  switch (subject.kind) {
    case "pull":
      return besidePull(on, subject, around as Around<PullMemory>);
    case "group":
      return besideGroup(on, subject, around as Around<GroupMemory>);
    case "stage":
      return besideStage(on, subject, around as Around<StageMemory>);
    case "component":
      return besideComponent(on, subject, around as Around<ComponentMemory>);
  }
}
