import { checkSlot, type Effect, enrolmentSlot, rulesetSlot, type SlotState, turnedBackSlot } from "../flow/effect.ts";
import type { ComponentKnown, Facts, Sibling } from "../flow/facts.ts";
import type { ComponentMemory, GroupMemory, Memory, PullMemory, StageMemory } from "../flow/memory.ts";
import type { Branch, Instant, RepositoryId, Sha, Slot } from "../flow/names.ts";
import { checkName, rulesetTitle } from "../flow/ruleset.ts";
import { type Subject, subjectKey } from "../flow/subject.ts";
import { configLetThrough, type Verdict } from "../flow/verdict.ts";
import type { Connection } from "./database.ts";
import type { Tables } from "./schema.ts";

type Row = Tables["subject"];
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
  const memory = parsed<Memory>(row?.memory);
  const common = { now, read: new Map(), component };
  return {
    facts: { ...common, ...(await beside(on, subject, memory, row, component)) } as unknown as Facts,
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
): Promise<object> {
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
          stage: null,
        };
      const check = checkName(pull.base);
      const verdict = parsed<Verdict>(row?.verdict);
      // Into the first stage no gate has a check of its own, but for one that our own config was found to change.
      const none =
        component?.config.policy.stages[0] === pull.base &&
        !verdict?.findings.some(({ changesConfig }) => changesConfig !== undefined);
      const [siblings, slot, turnedBack, gateSlots, stage] = await Promise.all([
        siblingsOf(on, subject.repository, pull.head.sha, pull.base, subject.number),
        slotState(on, checkSlot(subject.repository, pull.head.sha, check)),
        slotState(on, turnedBackSlot(subject.repository, subject.number, pull.head.sha)),
        none ? {} : gateSlotsOf(on, subject.repository, pull.head.sha, check),
        memoryOf<StageMemory>(on, subjectKey({ kind: "stage", repository: subject.repository, branch: pull.base })),
      ]);
      return { subject, memory, verdict, siblings, slot, turnedBack, gateSlots, stage };
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
      const [unchecked, slot] = await Promise.all([
        uncheckedInto(on, subject.repository, subject.branch),
        slotState(on, rulesetSlot(subject.repository, rulesetTitle(subject.branch))),
      ]);
      return { subject, memory, unchecked, slot };
    }
    case "component": {
      const of = memory as ComponentMemory | null;
      const [organisation, letThrough, enrolment] = await Promise.all([
        organisationOf(on, row, of),
        of?.look && of.defaultBranch !== null ? letThroughInto(on, subject.repository, of.defaultBranch) : [],
        slotState(on, enrolmentSlot(subject.repository)),
      ]);
      return { subject, memory, organisation, letThrough, enrolment };
    }
  }
}

export async function rowOf(on: Connection, key: string): Promise<Row | undefined> {
  return on.selectFrom("subject").selectAll().where("key", "=", key).executeTakeFirst();
}

export async function memoryOf<M extends Memory>(on: Connection, key: string): Promise<M | null> {
  const row = await on.selectFrom("subject").select("memory").where("key", "=", key).executeTakeFirst();
  return parsed<M>(row?.memory);
}

export const parsed = <T>(json: string | null | undefined): T | null => (json == null ? null : (JSON.parse(json) as T));

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

/** The slots of the checks of a pull request's gates, by the check's name. */
async function gateSlotsOf(
  on: Connection,
  repository: RepositoryId,
  head: Sha,
  check: string,
): Promise<{ readonly [name: string]: SlotState }> {
  const prefix = checkSlot(repository, head, `${check} / `);
  const rows = await on
    .selectFrom("slot")
    .selectAll()
    .where("slot", ">=", prefix)
    .where("slot", "<", `${prefix}\u{10FFFF}`)
    .execute();
  const before = checkSlot(repository, head, "").length;
  return Object.fromEntries(rows.filter((row) => !isBlank(row)).map((row) => [row.slot.slice(before), stateOf(row)]));
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
  const { blob, own } = home?.config ?? { blob: null, own: null };
  return blob === null || own === null ? null : { blob, config: own };
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
