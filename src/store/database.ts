import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { Kysely, PostgresDialect, type SqliteDatabase, SqliteDialect, type Transaction } from "kysely";
import pg from "pg";
import type { Tables } from "./schema.ts";

export type Connection = Kysely<Tables> | Transaction<Tables>;

/**
 * `synced`: on disk when `write` resolves, whatever happens to the machine. `soon`: a killed process loses nothing,
 * but a power cut may lose the last moments; for what is found out again afterwards, such as who holds a lease.
 */
export type Durability = "synced" | "soon";

/** Either database behind one small interface. */
export type Database = {
  readonly kind: "sqlite" | "postgres";
  /** For reads; what is written must go through `write`. */
  readonly db: Kysely<Tables>;
  /**
   * Does everything `work` does, or nothing; `synced` when nothing is said. On SQLite, what several callers write
   * at the same moment shares one transaction, each in a savepoint of its own; on PostgreSQL each has its own, tried
   * again after a deadlock, so `work` may run more than once.
   */
  write<T>(work: (on: Connection) => Promise<T>, durability?: Durability): Promise<T>;
  /**
   * Writes the embedded database anew, so that nothing that was overwritten or deleted is left in its files; others wait
   * meanwhile. PostgreSQL does this at its own time.
   */
  compact(): Promise<void>;
  /** Finishes what is being written; what comes later is refused. */
  stop(): Promise<void>;
};

/** Opens the database. Rejects with a sentence for people where another process holds the embedded one. */
export function openDatabase(url: string | null, folder: string | null): Database {
  const opened = url === null ? openSqlite(folder) : openPostgres(url);
  const underWay = new Set<Promise<unknown>>();
  let ended = false;
  return {
    ...opened,
    async write(work, durability) {
      if (ended) throw new Error("the database is closed");
      const writing = opened.write(work, durability);
      underWay.add(writing);
      return writing.finally(() => underWay.delete(writing));
    },
    async stop() {
      ended = true;
      await Promise.allSettled(underWay);
      await opened.stop();
    },
  };
}

function openSqlite(folder: string | null): Database {
  if (folder !== null) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = folder === null ? ":memory:" : join(folder, "flowgate.db");
  const sqlite = new DatabaseSync(file, { timeout: 500 });
  try {
    sqlite.exec(
      "pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;",
    );
    sqlite.exec("begin immediate; commit;");
  } catch (error) {
    sqlite.close();
    if (!/locked|busy/i.test((error as Error).message)) throw error;
    throw new Error(
      `another process has the database in ${folder} open. The embedded database serves one process: stop the other one, or give both a DATABASE_URL.`,
    );
  }
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: adapter(sqlite) }) });
  const group = groupCommit(sqlite);
  return {
    kind: "sqlite",
    db,
    write: (work, durability = "synced") => group.write(() => work(db), durability),
    compact: () => group.between(() => sqlite.exec("vacuum; pragma wal_checkpoint(truncate);")),
    async stop() {
      await db.destroy();
    },
  };
}

/** What Kysely wants of a driver, over node:sqlite; each statement is prepared once. */
function adapter(sqlite: DatabaseSync): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>();
  return {
    close: () => sqlite.close(),
    prepare(text) {
      let statement = prepared.get(text);
      if (statement === undefined) {
        statement = statementOf(sqlite.prepare(text));
        prepared.set(text, statement);
      }
      return statement;
    },
  };
}

type SqliteStatement = ReturnType<SqliteDatabase["prepare"]>;

function statementOf(ready: StatementSync): SqliteStatement {
  const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
  return {
    reader: ready.columns().length > 0,
    all: (parameters) => ready.all(...values(parameters)),
    run: (parameters) => ready.run(...values(parameters)),
    iterate: (parameters) => ready.iterate(...values(parameters)) as IterableIterator<unknown>,
  };
}

type Job = {
  readonly durability: Durability;
  readonly run: () => Promise<void>;
  readonly settle: (failed: unknown) => void;
};
/** So many jobs at most share one sync, so that the first is not kept waiting by those after it. */
const LARGEST_GROUP = 64;

type Group = {
  write<T>(work: () => Promise<T>, durability: Durability): Promise<T>;
  /** Does something outside of every transaction. */
  between(work: () => void): Promise<void>;
};

function groupCommit(sqlite: DatabaseSync): Group {
  const jobs: Job[] = [];
  const alone: (() => void)[] = [];
  let running = false;
  let syncs = true;

  /** One job that must be on disk is enough: a sync covers all that was written before it. */
  function syncFor(group: readonly Job[]): void {
    const wanted = group.some(({ durability }) => durability === "synced");
    if (wanted !== syncs) sqlite.exec(`pragma synchronous = ${wanted ? "full" : "normal"}`);
    syncs = wanted;
  }

  async function commitAll(): Promise<void> {
    running = true;
    // What arrives in the same moment is let in before the transaction begins.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (jobs.length + alone.length > 0) {
      for (const work of alone.splice(0)) work();
      const group = jobs.splice(0, LARGEST_GROUP);
      let failed: unknown;
      try {
        syncFor(group);
        sqlite.exec("begin immediate");
        for (const job of group) await job.run();
        sqlite.exec("commit");
      } catch (error) {
        failed = error ?? new Error("the transaction failed");
        if (sqlite.isTransaction) sqlite.exec("rollback");
      }
      for (const job of group) job.settle(failed);
    }
    running = false;
  }

  const write = <T>(work: () => Promise<T>, durability: Durability) =>
    new Promise<T>((resolve, reject) => {
      let outcome: { readonly value: T } | { readonly error: unknown } | null = null;
      jobs.push({
        durability,
        async run() {
          sqlite.exec("savepoint job");
          try {
            outcome = { value: await work() };
          } catch (error) {
            outcome = { error };
            sqlite.exec("rollback to job");
          }
          sqlite.exec("release job");
        },
        settle(failed) {
          if (failed !== undefined) reject(failed);
          else if (outcome !== null && "value" in outcome) resolve(outcome.value);
          else reject(outcome?.error);
        },
      });
      if (!running) void commitAll();
    });

  const between = (work: () => void) =>
    new Promise<void>((resolve, reject) => {
      alone.push(() => {
        try {
          work();
          resolve();
        } catch (error) {
          reject(error as Error);
        }
      });
      if (!running) void commitAll();
    });

  return { write, between };
}

/** bigint: node-postgres gives text, since a number may not hold it; ours all fit. */
const types = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    oid === 20 ? Number : pg.types.getTypeParser(oid, format),
};
/** PostgreSQL's codes for a deadlock and for a transaction that could not be put in order with others. */
const TRY_AGAIN = ["40P01", "40001"];
const TRIES = 5;

function openPostgres(url: string): Database {
  const pool = new pg.Pool({ connectionString: url, max: 20, types: types as pg.CustomTypesConfig });
  pool.on("error", () => {
    // An idle connection broke; the next query opens another.
  });
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return {
    kind: "postgres",
    db,
    async write(work) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await db.transaction().execute(work);
        } catch (error) {
          if (attempt === TRIES || !TRY_AGAIN.includes((error as { code?: string } | null)?.code ?? "")) throw error;
        }
      }
    },
    compact: async () => {},
    stop: () => db.destroy(),
  };
}
