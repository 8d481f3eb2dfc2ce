import { mergeSlot } from "../flow/effect.ts";
import type { MergedPull, Recorded } from "../flow/facts.ts";
import { digestOf } from "../flow/ledger.ts";
import type { Instant, Person } from "../flow/names.ts";
import type { StandingOf } from "../flow/standing.ts";
import { type PullSubject, subjectKey } from "../flow/subject.ts";
import type { Lane } from "../flow/verdict.ts";
import type { Connection } from "./database.ts";
import { chainOf } from "./ledger.ts";

/** Those that take on what others brought, or go past them. */
const TAKE_ON: readonly (Lane | null)[] = ["promotion", "release", "hotfix"];

/** What is on record that the evidence of a release tells of. @param merged pull requests of which it may carry some. */
export async function recordedOf(
  on: Connection,
  subject: PullSubject,
  merged: readonly MergedPull[],
): Promise<Recorded> {
  const { repository } = subject;
  const takenOn = merged.filter(({ lane }) => TAKE_ON.includes(lane));
  const [from, promoters, landed, overrides, deviations] = await Promise.all([
    firstAbout(on, subject),
    promotersOf(on, subject, takenOn),
    standingsOf(on, subject, "landed"),
    standingsOf(on, subject, "override"),
    standingsOf(on, subject, "deviation"),
  ]);
  const numbers = new Set([subject.number, ...merged.map(({ number }) => number)]);
  return {
    chain: chainOf(repository),
    from,
    promoters,
    landings: landed.map(({ standing }) => standing.at),
    overrides: await Promise.all(
      overrides
        .filter(({ standing }) => numbers.has(standing.number))
        .map(async ({ standing, closedBy, closed }) => ({
          standing,
          closed: closed === null ? null : { ...closed, by: await actorOf(on, standing, closedBy) },
        })),
    ),
    deviations: deviations.map(({ standing, closed }) => ({ standing, closed: closed?.because ?? null })),
  };
}

async function firstAbout(on: Connection, subject: PullSubject): Promise<number> {
  const { first } = await on
    .selectFrom("ledger_entry")
    .select((entry) => entry.fn.min("sequence").as("first"))
    .where("about", "=", subjectKey(subject))
    .executeTakeFirstOrThrow();
  return Number(first);
}

/** All of a kind that ever stood in the repository and was not replaced, as it stood last. */
async function standingsOf<Kind extends "landed" | "override" | "deviation">(
  on: Connection,
  { repository }: PullSubject,
  kind: Kind,
) {
  const rows = await on
    .selectFrom("standing")
    .select(["standing", "closed_by", "closed_at", "closed_because"])
    .where("repository", "=", repository)
    .where("kind", "=", kind)
    .orderBy("key")
    .execute();
  return rows.map(({ standing, closed_by, closed_at, closed_because }) => ({
    standing: JSON.parse(standing) as StandingOf<Kind>,
    closedBy: closed_by,
    closed: closed_by === null ? null : { at: closed_at as Instant, because: closed_because as string },
  }));
}

/** Whose entry closed it. */
async function actorOf(
  on: Connection,
  { repository, number }: StandingOf<"override">,
  hash: string | null,
): Promise<string> {
  const { actor } = await on
    .selectFrom("ledger_entry")
    .select("actor")
    .where("about", "=", subjectKey({ kind: "pull", repository, number }))
    .where("hash", "=", hash)
    .executeTakeFirstOrThrow();
  return actor;
}

/** A merge of ours has the fingerprint of the `/promote` that it was done for; of others nobody is known. */
async function promotersOf(
  on: Connection,
  { repository }: PullSubject,
  merged: readonly MergedPull[],
): Promise<Recorded["promoters"]> {
  if (merged.length === 0) return {};
  const slotOf = ({ number, head }: MergedPull) => mergeSlot(repository, number, head.sha);
  const [rows, slots] = await Promise.all([
    on
      .selectFrom("standing")
      .select("standing")
      .where("repository", "=", repository)
      .where("kind", "=", "promotion")
      .where(
        "number",
        "in",
        merged.map(({ number }) => number),
      )
      .execute(),
    on.selectFrom("slot").select(["slot", "fingerprint"]).where("slot", "in", merged.map(slotOf)).execute(),
  ]);
  const written = new Map(slots.map(({ slot, fingerprint }) => [slot, fingerprint]));
  const asked = new Map(
    rows.map(({ standing }) => {
      const promotion = JSON.parse(standing) as StandingOf<"promotion">;
      return [promotion.number, promotion];
    }),
  );
  return Object.fromEntries(
    merged.flatMap((pull): [number, Person][] => {
      const promotion = asked.get(pull.number);
      const mergedBy = promotion && digestOf(`${promotion.head} ${promotion.request.id}`);
      return mergedBy !== undefined && written.get(slotOf(pull)) === mergedBy
        ? [[pull.number, promotion?.request.by as Person]]
        : [];
    }),
  );
}
