import type { ComponentMemory, Memory } from "../../flow/memory.ts";
import type { Instant } from "../../flow/names.ts";
import type { Answer, Heard, Open } from "../../flow/request.ts";
import { type Subject, subjectKey } from "../../flow/subject.ts";
import type { Connection } from "../database.ts";
import { parsed, type Row } from "../rows.ts";

/** So long what was closed is seen to having its issue closed too. */
export const CLOSED_MS = 7 * 24 * 3_600_000;

/** What is known before what is beside it is looked for. */
export type Around<Of extends Memory> = {
  readonly memory: Of | null;
  readonly row: Row | undefined;
  readonly component: ComponentMemory | null;
  readonly now: Instant;
};

/** What people asked for and nobody answered yet, oldest first. */
export async function requestsOf(on: Connection, subject: Subject): Promise<readonly Open[]> {
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
