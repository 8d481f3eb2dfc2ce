import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { type Connection, type Database, type Durability, openDatabase } from "../../src/store/database.ts";
import { migrate } from "../../src/store/migrations.ts";
import { dialect, embedded, freshPlace, type Place } from "./place.ts";

let place: Place;
let database: Database;
beforeEach(async () => {
  place = await freshPlace();
  database = openDatabase(place.url, place.folder);
  await migrate(database);
});
afterEach(async () => {
  await database.stop();
  await place.end();
});

const put = (on: Connection, key: string) => on.insertInto("setting").values({ key, value: "" }).execute();
const keys = async (on = database.db) =>
  (await on.selectFrom("setting").select("key").orderBy("key").execute()).map(({ key }) => key);

describe("A write", () => {
  it("gives what its work gives", async () => {
    expect(await database.write(async () => 42)).toBe(42);
    expect(await database.write(async () => undefined)).toBeUndefined();
  });

  it("that fails leaves nothing, fails by its own error, and fails no other of the same moment", async () => {
    const writes = Array.from({ length: 10 }, (_, n) =>
      database.write(async (on) => {
        await put(on, `${n}`);
        if (n % 5 === 2) throw new Error(`no ${n}`);
        return n;
      }),
    );
    const came = await Promise.allSettled(writes);
    expect(came.map((one) => (one.status === "fulfilled" ? one.value : (one.reason as Error).message))).toEqual([
      0,
      1,
      "no 2",
      3,
      4,
      5,
      6,
      "no 7",
      8,
      9,
    ]);
    expect(await keys()).toEqual(["0", "1", "3", "4", "5", "6", "8", "9"]);
  });

  it("that fails by what the database refuses leaves nothing either, and the next one is written", async () => {
    const twice = database.write(async (on) => {
      await put(on, "a");
      await put(on, "a");
    });
    await expect(twice).rejects.toThrow(/unique/i);
    await database.write((on) => put(on, "a"));
    expect(await keys()).toEqual(["a"]);
  });

  it("that throws nothing at all still fails", async () => {
    // A rejection need not be an error.
    await expect(database.write(() => Promise.reject(null))).rejects.toBeNull();
    expect(await database.write(async () => 1)).toBe(1);
  });

  it.each<readonly [Durability, Durability]>([
    ["synced", "soon"],
    ["soon", "synced"],
  ])("is there when it is done, whether it was wanted %s or %s", async (first, second) => {
    await database.write((on) => put(on, "a"), first);
    await database.write((on) => put(on, "b"), second);
    await Promise.all([database.write((on) => put(on, "c"), first), database.write((on) => put(on, "d"), second)]);
    expect(await keys()).toEqual(["a", "b", "c", "d"]);
    await database.stop();
    database = openDatabase(place.url, place.folder);
    expect(await keys()).toEqual(["a", "b", "c", "d"]);
  });

  it("that is under way at the end is finished, and one after it refused", async () => {
    const underWay = Array.from({ length: 3 }, (_, n) => database.write((on) => put(on, `${n}`)));
    const stopped = database.stop();
    await expect(database.write((on) => put(on, "late"))).rejects.toThrow("the database is closed");
    await Promise.all([...underWay, stopped]);
    await expect(database.write((on) => put(on, "later"))).rejects.toThrow("the database is closed");
    database = openDatabase(place.url, place.folder);
    expect(await keys()).toEqual(["0", "1", "2"]);
  });
});

/** On PostgreSQL each write has a transaction of its own, and what follows does not concern it. */
(embedded ? describe : describe.skip)("Writers of the same moment, on the embedded database,", () => {
  it("share one transaction, at most 64 of them, so that one sync serves them all", async () => {
    let settled = 0;
    const settledBefore: number[] = [];
    const writes = Array.from({ length: 65 }, (_, n) =>
      database
        .write(async (on) => {
          await put(on, `${n}`);
          settledBefore[n] = settled;
        })
        .then(() => {
          settled += 1;
        }),
    );
    await Promise.all(writes);
    expect(settledBefore.slice(0, 64)).toEqual(Array.from({ length: 64 }, () => 0));
    expect(settledBefore[64]).toBeGreaterThan(0);
  });

  it("are all told when the transaction they share fails, and nothing of any stays", async () => {
    const writes = [
      database.write((on) => put(on, "a")),
      database.write(async (on) => {
        await sql`rollback`.execute(on);
      }),
      database.write((on) => put(on, "b")),
    ];
    const came = await Promise.allSettled(writes);
    expect(came.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    await database.write((on) => put(on, "c"));
    expect(await keys()).toEqual(["c"]);
  });

  it("are told that it is written when it is, not before: a copy of the files made at that moment holds it", async () => {
    const copy = mkdtempSync(join(tmpdir(), "flowgate-copy-"));
    const writes = Array.from({ length: 100 }, (_, n) => database.write((on) => put(on, `${n + 100}`)));
    await writes[80];
    cpSync(place.folder as string, copy, { recursive: true });
    const copied = openDatabase(null, copy);
    expect(await keys(copied.db)).toEqual(expect.arrayContaining(Array.from({ length: 81 }, (_, n) => `${n + 100}`)));
    await copied.stop();
    await Promise.all(writes);
    rmSync(copy, { recursive: true });
  });

  it.each<readonly [string, readonly Durability[], string]>([
    ["those that must be on disk are synced", ["synced"], "full"],
    ["those that need not be are not", ["soon", "soon"], "normal"],
    ["one of them that must be is enough", ["soon", "synced", "soon"], "full"],
  ])("%s", async (_, wanted, level) => {
    const names = ["off", "normal", "full", "extra"];
    const levels: (string | undefined)[] = [];
    for (const durabilities of [["soon"], wanted, ["synced"], wanted] as const)
      await Promise.all(
        durabilities.map((durability) =>
          database.write(async (on) => {
            const { rows } = await sql<{ synchronous: number }>`pragma synchronous`.execute(on);
            levels.push(names[rows[0]?.synchronous ?? -1]);
          }, durability),
        ),
      );
    const own = wanted.map(() => level);
    expect(levels).toEqual(["normal", ...own, "full", ...own]);
  });
});

it("Any other trouble with opening is told as it is", async () => {
  const open = async () => {
    const nowhere = openDatabase(
      dialect(null, "postgresql://flowgate@localhost:1/nowhere"),
      dialect("/dev/null/flowgate", null),
    );
    await keys(nowhere.db).finally(() => nowhere.stop());
  };
  await expect(open()).rejects.toThrow(dialect("ENOTDIR", "ECONNREFUSED"));
});
