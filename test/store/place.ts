import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jest } from "@jest/globals";
import { type Instant, later } from "../../src/flow/names.ts";
import { type Connection, openDatabase } from "../../src/store/database.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { NOW } from "../builders.ts";
import { freshDatabase } from "../postgres/fresh.ts";

/** Where a database is: a folder of its own, or on PostgreSQL where the suite runs there. */
export type Place = {
  readonly url: string | null;
  readonly folder: string | null;
  readonly clock: { now(): Instant; pass(milliseconds: number): void };
  /** Opens a store here; what is still open when the test ends is stopped then. */
  open(): Promise<Store>;
  /**
   * Does something to the tables themselves, as a person with a database console could. The embedded database serves
   * one, so the stores are stopped first.
   */
  console<T>(work: (on: Connection) => Promise<T>): Promise<T>;
  /** Ends everything, and throws the database away. */
  end(): Promise<void>;
};

export const LEASE_MS = 60_000;
export const embedded = process.env["FLOWGATE_TEST_DATABASE_URL"] === undefined;
/** What to write once for both databases; words that only one of them has. */
export const dialect = <T>(sqlite: T, postgres: T): T => (embedded ? sqlite : postgres);

/** An empty database, and a clock that goes only when told. */
export async function freshPlace(): Promise<Place> {
  const database = await freshDatabase();
  const folder = database === null ? mkdtempSync(join(tmpdir(), "flowgate-store-")) : null;
  const url = database?.url ?? null;
  const opened = new Set<Store>();
  let now = NOW;
  const clock = {
    now: () => now,
    pass(milliseconds: number) {
      now = later(now, milliseconds);
    },
  };
  const stopAll = async () => {
    await Promise.all([...opened].map((store) => store.stop()));
    opened.clear();
  };
  return {
    url,
    folder,
    clock,
    async open() {
      const store = await openStore({ url, folder, clock, leaseMs: LEASE_MS, log: { warn: () => {} } });
      opened.add(store);
      return store;
    },
    async console(work) {
      if (folder !== null) await stopAll();
      const console_ = openDatabase(url, folder);
      return work(console_.db).finally(() => console_.stop());
    },
    async end() {
      jest.restoreAllMocks();
      await stopAll();
      await database?.drop();
      if (folder !== null) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Moves the real clock, by which leases run out; `freshPlace().end()` puts it right again. */
export function passReally(milliseconds: number): void {
  const at = Date.now() + milliseconds;
  jest.restoreAllMocks();
  const ahead = at - Date.now();
  const real = Date.now.bind(Date);
  jest.spyOn(Date, "now").mockImplementation(() => real() + ahead);
}
export const letLeasesRunOut = (): void => passReally(LEASE_MS + 1);
