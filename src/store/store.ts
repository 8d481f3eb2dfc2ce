import { randomUUID } from "node:crypto";
import pg from "pg";
import type { Decision, News } from "../flow/decision.ts";
import type { Receipt } from "../flow/effect.ts";
import type { ComponentMemory, PullMemory } from "../flow/memory.ts";
import { type InstallationId, type Instant, later, type Person, type RepositoryId } from "../flow/names.ts";
import { type Lease, type PullSubject, subjectKey } from "../flow/subject.ts";
import { apply } from "./apply.ts";
import { auditOf } from "./audit.ts";
import { type Ask, claim } from "./claim.ts";
import { commit, record, release } from "./commit.ts";
import { type Database, openDatabase } from "./database.ts";
import { ledgerFlaw } from "./ledger-check.ts";
import { migrate } from "./migrations.ts";
import { type Recalled, recall } from "./recall.ts";
import { parsed } from "./rows.ts";
import { sessionsOf } from "./sessions.ts";
import { askedOnPage, componentsView, isAnswered, pullView, triedOnPage } from "./views.ts";

export type StoreOptions = {
  /** PostgreSQL; null: the embedded database. */
  readonly url: string | null;
  /** Of the embedded database; null: in memory. */
  readonly folder: string | null;
  readonly clock: { now(): Instant };
  /** How long a lease holds without a sign of life, in milliseconds. */
  readonly leaseMs: number;
  readonly log: { warn(fields: object, message: string): void };
};
export type Store = Awaited<ReturnType<typeof openStore>>;

const CHANNEL = "flowgate_work";
/** Deliveries are known again this long: GitHub sends one again for three days. */
const KEPT_MS = 3 * 24 * 3_600_000;
/** Answers kept for conditional requests, the newest. */
const MOST_ETAGS = 20_000;

/** Opens the database, brings it to the newest schema and, where it is embedded, takes back what a dead process held. */
export async function openStore({ url, folder, clock, leaseMs, log }: StoreOptions) {
  const database: Database = openDatabase(url, folder);
  const { db, kind, write } = database;
  const worker = randomUUID();
  const listeners: (() => void)[] = [];
  const real = () => Date.now();
  await migrate(database).catch(async (error: unknown) => {
    await database.stop();
    throw error;
  });
  if (kind === "sqlite") {
    await write((on) =>
      on
        .updateTable("subject")
        .set({ lease_token: null, lease_until: 0 })
        .where("lease_token", "is not", null)
        .execute(),
    );
  }
  const channel = url === null ? null : listen(url, () => rouse(), log);

  function rouse(): void {
    for (const listener of listeners) listener();
  }
  async function tell(): Promise<void> {
    rouse();
    if (channel !== null)
      await db.selectNoFrom((row) => row.fn("pg_notify", [row.val(CHANNEL), row.val(worker)]).as("told")).execute();
  }
  const nudges = (news: News) => news.nudges.length > 0 || news.access.length > 0;

  return {
    /**
     * Remembers a delivery once, with what it teaches and whom it nudges. `news` null: it could not be read; when it
     * comes again and can be, it is.
     */
    async accept(delivery: {
      readonly id: string;
      readonly event: string;
      readonly body: string;
      readonly news: News | null;
    }): Promise<"stored" | "known"> {
      const now = clock.now();
      const { id, event, news } = delivery;
      const stored = await write(async (on) => {
        const inserted = await on
          .insertInto("delivery")
          .values({
            id,
            event,
            received_at: now,
            done_at: news === null ? null : now,
            body: news === null ? delivery.body : null,
          })
          .onConflict((conflict) =>
            news === null
              ? conflict.column("id").doNothing()
              : conflict.column("id").doUpdateSet({ done_at: now, body: null }).where("delivery.done_at", "is", null),
          )
          .executeTakeFirst();
        if (Number(inserted.numInsertedOrUpdatedRows ?? 0) === 0) return false;
        if (news !== null) await apply(on, kind, news, now, null);
        return true;
      });
      if (stored && news !== null && nudges(news)) await tell();
      return stored ? "stored" : "known";
    },
    /** Remembers what no delivery told. */
    async learn(news: News): Promise<void> {
      await write((on) => apply(on, kind, news, clock.now(), null));
      await tell();
    },
    claim: (ask: Ask): Promise<readonly Lease[]> =>
      write((on) => claim(on, kind, ask, clock.now(), real(), worker, leaseMs)),
    recall: (lease: Lease, now: Instant): Promise<Recalled> => recall(db, lease.subject, now),
    async commit(
      lease: Lease,
      recalled: Recalled,
      decision: Decision,
      now: Instant,
    ): Promise<"written" | "stale" | "busy"> {
      const came = await write((on) => commit(on, kind, lease, recalled, decision, now));
      if (came === "written" && nudges(decision.news)) await tell();
      return came;
    },
    record: (lease: Lease, receipt: Receipt): Promise<void> => write((on) => record(on, kind, lease, receipt), "soon"),
    release: (lease: Lease, seen: number, at: Instant | null): Promise<void> =>
      write((on) => release(on, lease, seen, at, clock.now()), "soon"),
    /** The holder is still at it: the lease does not run out yet. */
    async renew({ subject, token }: Lease): Promise<void> {
      const lease_until = real() + leaseMs;
      await write(
        (on) =>
          on
            .updateTable("subject")
            .set({ lease_until })
            .where("key", "=", subjectKey(subject))
            .where("lease_token", "=", token)
            .execute(),
        "soon",
      );
    },
    /** GitHub wants no calls of this installation until then: nothing of it is claimed. */
    async pause(installation: InstallationId, until: Instant): Promise<void> {
      await write((on) =>
        on
          .insertInto("installation")
          .values({ id: installation, account: "", may_work: 1, paused_until: until, worker: null, worker_until: 0 })
          .onConflict((conflict) => conflict.column("id").doUpdateSet({ paused_until: until }))
          .execute(),
      );
    },
    /** When the next subject's turn comes; null: never, as things are. */
    async nextDue(): Promise<Instant | null> {
      const row = await db
        .selectFrom("subject")
        .leftJoin("installation", "installation.id", "subject.installation")
        .select((row) =>
          row.fn
            .min<Instant | null>(
              row.fn.coalesce(
                row
                  .case()
                  .when("installation.paused_until", ">", row.ref("subject.due_at"))
                  .then(row.ref("installation.paused_until"))
                  .end(),
                "subject.due_at",
              ),
            )
            .as("due"),
        )
        .where("subject.due_at", "is not", null)
        .where("subject.may_work", "=", 1)
        .where("subject.lease_until", "<=", real())
        .where((row) => row.or([row("installation.may_work", "is", null), row("installation.may_work", "=", 1)]))
        // What another process serves is its own to wait for.
        .where((row) =>
          row.or([
            row("installation.worker", "is", null),
            row("installation.worker", "=", worker),
            row("installation.worker_until", "<=", real()),
          ]),
        )
        .executeTakeFirst();
      return row?.due ?? null;
    },
    /** Calls the listener when something may have become due, here or in another process. */
    onWork(listener: () => void): void {
      listeners.push(listener);
    },

    components: async (installation: InstallationId) =>
      (
        await db
          .selectFrom("subject")
          .select(["repository", "memory"])
          .where("kind", "=", "component")
          .where("installation", "=", installation)
          .where("memory", "is not", null)
          .execute()
      ).map(({ repository, memory }) => ({
        repository: repository as RepositoryId,
        memory: parsed<ComponentMemory>(memory) as ComponentMemory,
      })),
    openPulls: async (repository: RepositoryId): Promise<ReadonlyMap<number, PullMemory>> =>
      new Map(
        (
          await db
            .selectFrom("subject")
            .select(["number", "memory"])
            .where("repository", "=", repository)
            .where("kind", "=", "pull")
            .where("open", "=", 1)
            .execute()
        ).map(({ number, memory }) => [number as number, parsed<PullMemory>(memory) as PullMemory]),
      ),
    async setting(key: string): Promise<string | null> {
      return (await db.selectFrom("setting").select("value").where("key", "=", key).executeTakeFirst())?.value ?? null;
    },
    async set(key: string, value: string): Promise<void> {
      await write((on) =>
        on
          .insertInto("setting")
          .values({ key, value })
          .onConflict((conflict) => conflict.column("key").doUpdateSet({ value }))
          .execute(),
      );
    },
    /** What GitHub answered at this address, and the tag it had. */
    async cached(url: string): Promise<{ readonly etag: string; readonly body: string } | null> {
      return (await db.selectFrom("etag").select(["etag", "body"]).where("url", "=", url).executeTakeFirst()) ?? null;
    },
    async keep(url: string, etag: string, body: string): Promise<void> {
      const at = clock.now();
      await write((on) =>
        on
          .insertInto("etag")
          .values({ url, etag, body, at })
          .onConflict((conflict) => conflict.column("url").doUpdateSet({ etag, body, at }))
          .execute(),
      );
    },
    /** Throws away what is no longer of use. */
    async forgetOld(): Promise<void> {
      const oldest = later(clock.now(), -KEPT_MS);
      await write(async (on) => {
        await on.deleteFrom("delivery").where("done_at", "<", oldest).execute();
        const keep = on.selectFrom("etag").select("url").orderBy("at", "desc").limit(MOST_ETAGS);
        await on.deleteFrom("etag").where("url", "not in", keep).execute();
        await on.deleteFrom("session").where("until", "<=", clock.now()).execute();
      });
    },

    sessions: sessionsOf(database, clock, real),
    pullView: (name: string, number: number) => pullView(db, name, number, clock.now()),
    askedOnPage: (pull: PullSubject, by: Person["id"]) => askedOnPage(db, pull, by),
    triedOnPage: (pull: PullSubject, by: Person["id"]) => triedOnPage(db, pull, by),
    isAnswered: (id: string) => isAnswered(db, id),
    componentsView: () => componentsView(db, clock.now()),
    ledgerFlaw: (signal?: AbortSignal) => ledgerFlaw(database, signal),
    audit: auditOf(database, clock),
    /** Null when the database answers. */
    async unready(): Promise<string | null> {
      try {
        await db.selectFrom("setting").select("key").limit(1).execute();
        return null;
      } catch (error) {
        return `The database does not answer: ${(error as Error).message}`;
      }
    },
    async counts() {
      const now = clock.now();
      const count = async (
        table: "subject" | "effect" | "delivery" | "ledger_entry",
        where: readonly [string, string, unknown][],
      ) => {
        let query = db.selectFrom(table).select((row) => row.fn.countAll<number>().as("count"));
        for (const [column, is, value] of where) query = query.where(column as never, is as never, value as never);
        return Number((await query.executeTakeFirstOrThrow()).count);
      };
      return {
        due: await count("subject", [
          ["due_at", "<=", now],
          ["may_work", "=", 1],
        ]),
        leased: await count("subject", [
          ["lease_token", "is not", null],
          ["lease_until", ">", real()],
        ]),
        unsettled: await count("effect", [["settled_at", "is", null]]),
        unread: await count("delivery", [["done_at", "is", null]]),
        openPulls: await count("subject", [
          ["kind", "=", "pull"],
          ["open", "=", 1],
        ]),
        ledgerEntries: await count("ledger_entry", []),
      };
    },
    /** Whether nothing is due, in hand or unsettled. */
    async idle(): Promise<boolean> {
      const { due, leased, unsettled } = await this.counts();
      return due + leased + unsettled === 0;
    },
    async stop(): Promise<void> {
      if (kind === "postgres") {
        await write((on) =>
          on.updateTable("installation").set({ worker: null, worker_until: 0 }).where("worker", "=", worker).execute(),
        ).catch(() => {});
      }
      channel?.stop();
      await database.stop();
    },
  };
}

/** A connection of its own that hears of work in other processes, and comes back when it is cut. */
function listen(url: string, heard: () => void, log: StoreOptions["log"]): { stop(): void } {
  let client: pg.Client | null = null;
  let stopped = false;
  async function connect(): Promise<void> {
    if (stopped) return;
    const next = new pg.Client({ connectionString: url });
    client = next;
    next.on("notification", heard);
    next.on("error", (error) => {
      log.warn({ err: error }, "The connection that hears of other processes' work was cut; it is opened again.");
      next.end().catch(() => {});
      setTimeout(() => void connect(), 1_000).unref();
    });
    try {
      await next.connect();
      await next.query(`listen ${CHANNEL}`);
      heard();
    } catch {
      setTimeout(() => void connect(), 1_000).unref();
    }
  }
  void connect();
  return {
    stop() {
      stopped = true;
      client?.end().catch(() => {});
    },
  };
}
