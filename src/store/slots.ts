import { issueSlot, type SlotState } from "../flow/effect.ts";
import type { Instant, RepositoryId, Slot } from "../flow/names.ts";
import type { Connection } from "./database.ts";
import type { Tables } from "./schema.ts";

/** What stands in a slot; a row that only says who writes there next says nothing of it. */
export async function slotState(on: Connection, slot: Slot): Promise<SlotState | null> {
  const row = await on.selectFrom("slot").selectAll().where("slot", "=", slot).executeTakeFirst();
  return row === undefined || isBlank(row) ? null : stateOf(row);
}

/** What stands in all slots whose names begin so. */
export async function slotsFrom(on: Connection, prefix: string): Promise<readonly Tables["slot"][]> {
  const rows = await on
    .selectFrom("slot")
    .selectAll()
    .where("slot", ">=", prefix)
    .where("slot", "<", `${prefix}\u{10FFFF}`)
    .execute();
  return rows.filter((row) => !isBlank(row));
}

/** A row may be there before anything was ever put into the slot: it was locked. */
export const isBlank = (row: Tables["slot"]): boolean => row.github_id === null && row.refused_fingerprint === null;

/** A row that is not blank, as it is looked at. */
export function stateOf(row: Tables["slot"]): SlotState {
  return {
    written:
      row.github_id === null
        ? null
        : {
            fingerprint: (row.fingerprint ?? "") as never,
            id: row.github_id,
            completed: row.completed === 1,
            at: row.written_at as Instant,
            ...(row.told !== null && { told: row.told }),
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

/** With the slot of the issue of each. */
export function withIssues<One extends { readonly standing: { readonly key: string } }>(
  on: Connection,
  repository: RepositoryId,
  all: readonly One[],
): Promise<readonly (One & { readonly slot: SlotState | null })[]> {
  return Promise.all(
    all.map(async (one) => ({ ...one, slot: await slotState(on, issueSlot(repository, one.standing.key)) })),
  );
}
