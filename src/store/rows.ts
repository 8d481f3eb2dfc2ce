import type { Memory } from "../flow/memory.ts";
import type { Connection } from "./database.ts";
import type { Tables } from "./schema.ts";

export type Row = Tables["subject"];

/** The row of a subject, by its key. */
export async function rowOf(on: Connection, key: string): Promise<Row | undefined> {
  return on.selectFrom("subject").selectAll().where("key", "=", key).executeTakeFirst();
}

export async function memoryOf<M extends Memory>(on: Connection, key: string): Promise<M | null> {
  const row = await on.selectFrom("subject").select("memory").where("key", "=", key).executeTakeFirst();
  return parsed<M>(row?.memory);
}

export const parsed = <T>(json: string | null | undefined): T | null => (json == null ? null : (JSON.parse(json) as T));
