import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import type { InstallationId, Instant } from "../flow/names.ts";
import type { Lease, Subject } from "../flow/subject.ts";
import type { Connection, Database } from "./database.ts";
import type { Tables } from "./schema.ts";

/** An installation stays with the process that last claimed of it for this part of a lease. */
const WORKER_SHARE = 0.25;

export type Ask = { readonly limit: number; readonly perInstallation: number; readonly personsOnly: boolean };

/**
 * Takes subjects whose turn has come, persons first, then the longest due. Nobody else can take them until they are
 * given back or the lease runs out. On PostgreSQL one process at a time serves an installation, so that GitHub's
 * budget of it is kept by one.
 *
 * @param real milliseconds since 1970 by the real clock, for leases; `now` may have been moved.
 */
export async function claim(
  on: Connection,
  kind: Database["kind"],
  ask: Ask,
  now: Instant,
  real: number,
  worker: string,
  leaseMs: number,
): Promise<readonly Lease[]> {
  if (kind === "postgres") await takeInstallations(on, now, real, worker, real + leaseMs * WORKER_SHARE);
  let query = on
    .selectFrom("subject")
    .leftJoin("installation", "installation.id", "subject.installation")
    .select([
      "subject.key",
      "subject.kind",
      "subject.installation",
      "subject.repository",
      "subject.number",
      "subject.head",
      "subject.base",
      "subject.priority",
    ])
    .where("subject.due_at", "<=", now)
    .where("subject.lease_until", "<=", real)
    .where("subject.may_work", "=", 1)
    .where((row) => row.or([row("installation.may_work", "is", null), row("installation.may_work", "=", 1)]))
    .where((row) => row.or([row("installation.paused_until", "is", null), row("installation.paused_until", "<=", now)]))
    .orderBy("subject.priority")
    .orderBy("subject.due_at")
    .limit(ask.limit * 4);
  if (ask.personsOnly) query = query.where("subject.priority", "=", 0);
  if (kind === "postgres") {
    query = query.where("installation.worker", "=", worker).forUpdate("subject").skipLocked();
  }
  const due = await query.execute();
  const taken = due.length === 0 ? [] : fairly(due, ask, await leasedOf(on, real));
  const leases = taken.map(
    (row): Lease => ({
      subject: subjectOf(row),
      installation: row.installation as InstallationId,
      priority: row.priority === 0 ? "person" : "bulk",
      token: randomUUID(),
    }),
  );
  for (const [place, { token }] of leases.entries()) {
    const key = taken[place]?.key as string;
    await on
      .updateTable("subject")
      .set({ lease_token: token, lease_until: real + leaseMs })
      .where("key", "=", key)
      .execute();
  }
  return leases;
}

type Due = Pick<
  Tables["subject"],
  "key" | "kind" | "installation" | "repository" | "number" | "head" | "base" | "priority"
>;

/** No installation gets more hands than its share, so that a slow one delays no other. */
function fairly(due: readonly Due[], { limit, perInstallation }: Ask, leased: Map<number, number>): readonly Due[] {
  const taken: Due[] = [];
  for (const row of due) {
    const has = leased.get(row.installation) ?? 0;
    if (taken.length === limit) break;
    if (has >= perInstallation && row.priority !== 0) continue;
    leased.set(row.installation, has + 1);
    taken.push(row);
  }
  return taken;
}

async function leasedOf(on: Connection, real: number): Promise<Map<number, number>> {
  const rows = await on
    .selectFrom("subject")
    .select(["installation", (row) => row.fn.countAll<number>().as("count")])
    .where("lease_until", ">", real)
    .groupBy("installation")
    .execute();
  return new Map(rows.map(({ installation, count }) => [installation, Number(count)]));
}

function subjectOf(row: Due): Subject {
  const repository = row.repository as Subject["repository"];
  switch (row.kind) {
    case "pull":
      return { kind: "pull", repository, number: row.number as number };
    case "group":
      return { kind: "group", repository, head: row.head } as Subject;
    case "stage":
      return { kind: "stage", repository, branch: row.base } as Subject;
    case "component":
      return { kind: "component", repository };
  }
}

/** Installations that have something due and that nobody serves become ours, ours stay ours. */
async function takeInstallations(
  on: Connection,
  now: Instant,
  real: number,
  worker: string,
  until: number,
): Promise<void> {
  await on
    .insertInto("installation")
    .columns(["id", "account", "may_work", "worker_until"])
    .expression((from) =>
      from
        .selectFrom("subject")
        .select([
          "subject.installation as id",
          sql.lit("").as("account"),
          sql.lit(1).as("may_work"),
          sql.lit(0).as("worker_until"),
        ])
        .where("due_at", "<=", now)
        .where((row) =>
          row.not(
            row.exists(
              row
                .selectFrom("installation")
                .select("installation.id")
                .whereRef("installation.id", "=", "subject.installation"),
            ),
          ),
        )
        .groupBy("subject.installation"),
    )
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
  const free = await on
    .selectFrom("installation")
    .select("id")
    .where((row) => row.or([row("worker", "is", null), row("worker", "=", worker), row("worker_until", "<=", real)]))
    .where((row) =>
      row.or([
        row("worker", "=", worker),
        row.exists(
          row
            .selectFrom("subject")
            .select("subject.key")
            .whereRef("subject.installation", "=", "installation.id")
            .where("due_at", "<=", now),
        ),
      ]),
    )
    .orderBy("id")
    .forUpdate()
    .skipLocked()
    .execute();
  if (free.length === 0) return;
  await on
    .updateTable("installation")
    .set({ worker, worker_until: until })
    .where(
      "id",
      "in",
      free.map(({ id }) => id),
    )
    .execute();
}
