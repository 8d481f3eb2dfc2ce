import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import type { InstallationId, Instant } from "../flow/names.ts";
import type { Lease, Subject } from "../flow/subject.ts";
import type { Connection, Database } from "./database.ts";
import type { Tables } from "./schema.ts";

/** An installation stays with the process that last claimed of it for this part of a lease. */
const WORKER_SHARE = 0.25;
/** So many times what is asked for is read at once, since of some installations not all may be taken. */
const READ_AHEAD = 4;

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
  const taken = await fairly(ask, await handsOf(on, real), (full) => {
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
      .where((row) =>
        row.or([row("installation.paused_until", "is", null), row("installation.paused_until", "<=", now)]),
      )
      .orderBy("subject.priority")
      .orderBy("subject.due_at")
      .limit(ask.limit * READ_AHEAD);
    if (ask.personsOnly) query = query.where("subject.priority", "=", 0);
    if (full.persons.length > 0) query = query.where("subject.installation", "not in", full.persons);
    if (full.bulk.length > 0) {
      query = query.where((row) =>
        row.or([row("subject.priority", "=", 0), row("subject.installation", "not in", full.bulk)]),
      );
    }
    if (kind === "postgres") {
      query = query.where("installation.worker", "=", worker).forUpdate("subject").skipLocked();
    }
    return query.execute();
  });
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

/** How many of its subjects are in hand, by installation. */
type Hands = Map<number, { readonly all: number; readonly persons: number }>;
/** Installations that have as many hands as they get, for bulk work and for persons. */
type Full = { readonly bulk: readonly number[]; readonly persons: readonly number[] };

/**
 * No installation gets more hands than its share, so that a slow one delays no other; hands that bulk work holds are
 * not counted against a person. Where one's queue hides the others, they are looked for without it.
 */
async function fairly(
  { limit, perInstallation }: Ask,
  hands: Hands,
  dueBut: (full: Full) => Promise<readonly Due[]>,
): Promise<readonly Due[]> {
  const taken = new Map<string, Due>();
  const having = (what: "all" | "persons") =>
    [...hands].filter(([, has]) => has[what] >= perInstallation).map(([installation]) => installation);
  while (true) {
    const due = await dueBut({ bulk: having("all"), persons: having("persons") });
    for (const row of due) {
      if (taken.size === limit) break;
      const { all, persons } = hands.get(row.installation) ?? { all: 0, persons: 0 };
      const person = row.priority === 0;
      if (taken.has(row.key) || (person ? persons : all) >= perInstallation) continue;
      hands.set(row.installation, { all: all + 1, persons: persons + (person ? 1 : 0) });
      taken.set(row.key, row);
    }
    if (taken.size === limit || due.length < limit * READ_AHEAD) return [...taken.values()];
  }
}

async function handsOf(on: Connection, real: number): Promise<Hands> {
  const rows = await on
    .selectFrom("subject")
    .select(["installation", "priority", (row) => row.fn.countAll<number>().as("count")])
    .where("lease_token", "is not", null)
    .where("lease_until", ">", real)
    .groupBy(["installation", "priority"])
    .execute();
  const hands: Hands = new Map();
  for (const { installation, priority, count } of rows) {
    const { all, persons } = hands.get(installation) ?? { all: 0, persons: 0 };
    hands.set(installation, {
      all: all + Number(count),
      persons: persons + (priority === 0 ? Number(count) : 0),
    });
  }
  return hands;
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
