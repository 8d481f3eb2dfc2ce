import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { openDatabase } from "../../src/store/database.ts";
import { migrate } from "../../src/store/migrations.ts";
import { NOW } from "../builders.ts";
import { dialect, freshPlace, type Place } from "./place.ts";
import { ALL, check, decision, entry, keysOf, opened, pull, take } from "./told.ts";

let place: Place;
beforeEach(async () => {
  place = await freshPlace();
});
afterEach(() => place.end());

const run = (statement: string) => place.console((on) => sql.raw(statement).execute(on));
/** Every table and trigger, as the database describes it. */
const schema = () =>
  place.console(async (on) => {
    const described = dialect(
      "select name, sql from sqlite_master order by name",
      "select table_name, column_name, data_type from information_schema.columns where table_schema = 'public' order by 1, 2",
    );
    return (await sql.raw(described).execute(on)).rows;
  });
const applied = () =>
  place.console(async (on) => (await sql<{ name: string }>`select name from kysely_migration`.execute(on)).rows);

describe("The schema", () => {
  it("is made in an empty database", async () => {
    const store = await place.open();
    expect(await store.unready()).toBeNull();
    expect(await store.counts()).toEqual({
      due: 0,
      leased: 0,
      unsettled: 0,
      unread: 0,
      openPulls: 0,
      ledgerEntries: 0,
    });
    expect((await applied()).map(({ name }) => name)).toEqual([
      "0001-first",
      "0002-sessions",
      "0003-standing-and-requests",
      "0004-run-books",
      "0005-walked",
      "0006-redaction",
      "0007-told",
      "0008-ended",
    ]);
  });

  it("is made once: what is there at the next start stays as it is, and so does what is in it", async () => {
    const first = await place.open();
    await first.learn(opened(pull(12)));
    const lease = await take(first, pull(12));
    await first.commit(
      lease,
      await first.recall(lease, NOW),
      decision({ entries: [entry()], effects: [check()] }),
      NOW,
    );
    await first.release(lease, 1, NOW);
    const before = await schema();
    await first.stop();
    const second = await place.open();
    expect(await second.counts()).toMatchObject({ due: 1, unsettled: 1, ledgerEntries: 1, openPulls: 1 });
    expect(keysOf(await second.claim(ALL))).toEqual(["pull:42:12"]);
    expect(await second.ledgerFlaw()).toBeNull();
    expect(await schema()).toEqual(before);
    expect(await applied()).toHaveLength(8);
  });

  it("may be asked for by two at once", async () => {
    const database = openDatabase(place.url, place.folder);
    await Promise.all([migrate(database), migrate(database)]);
    await database.stop();
    expect(await applied()).toHaveLength(8);
  });

  it("of a newer Flowgate is refused and left as it is, and works again for who knows it", async () => {
    await place.open();
    const newer = "insert into kysely_migration (name, timestamp) values ('9999-newer', '2030-01-01T00:00:00.000Z')";
    await run(newer);
    await expect(place.open()).rejects.toThrow("9999-newer");
    await run("delete from kysely_migration where name = '9999-newer'");
    expect(await (await place.open()).unready()).toBeNull();
  });

  it("that cannot be made leaves nothing half made", async () => {
    await run("create table setting (other text)");
    await expect(place.open()).rejects.toThrow(/setting.* already exists/);
    await run("drop table setting");
    expect(await (await place.open()).unready()).toBeNull();
  });
});

it("Times are kept as text in one form, so that their order is the order of time", async () => {
  const store = await place.open();
  await store.learn(opened(pull(12)));
  await store.accept({ id: "one", event: "push", body: "", news: null });
  await store.keep("/user", "etag", "{}");
  const lease = await take(store, pull(12));
  await store.commit(lease, await store.recall(lease, NOW), decision({ entries: [entry()], effects: [check()] }), NOW);
  const times = await place.console(async (on) => [
    ...(await on.selectFrom("subject").select("due_at as at").where("due_at", "is not", null).execute()),
    ...(await on.selectFrom("delivery").select("received_at as at").execute()),
    ...(await on.selectFrom("etag").select("at").execute()),
    ...(await on.selectFrom("effect").select("decided_at as at").execute()),
    ...(await on.selectFrom("ledger_entry").select("at").execute()),
  ]);
  expect(times).toHaveLength(5);
  for (const { at } of times) expect(at).toBe(NOW);
});
