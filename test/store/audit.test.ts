import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { closes, type Entry, opens } from "../../src/flow/ledger.ts";
import { readExport } from "../../src/flow/ledger-export.ts";
import { installationId, later, repositoryId, sha } from "../../src/flow/names.ts";
import type { Standing } from "../../src/flow/standing.ts";
import { subjectKey } from "../../src/flow/subject.ts";
import { openAudit } from "../../src/store/audit.ts";
import { entryOf } from "../../src/store/ledger.ts";
import type { Store } from "../../src/store/store.ts";
import { NOW, REPOSITORY } from "../builders.ts";
import { dialect, freshPlace, type Place } from "./place.ts";
import {
  check,
  component,
  componentLesson,
  decides,
  decision,
  entry,
  news,
  nudge,
  opened,
  pull,
  take,
} from "./told.ts";

let place: Place;
let store: Store;
const CHAIN = "repository:42";
const DORA = { id: 5, login: "dora" };

beforeEach(async () => {
  place = await freshPlace();
  store = await place.open();
});
afterEach(() => place.end());

const text = (because: string): Entry => entry({ says: { because } });
const write = (...entries: readonly Entry[]) => decides(store, pull(12), { entries });
const rows = () =>
  place.console((on) => on.selectFrom("ledger_entry").selectAll().orderBy("chain").orderBy("sequence").execute());
const redacted = (sequence: number, chain = CHAIN) =>
  store.audit.redact({ chain, sequence, because: "it named a patient", by: "cli:olga" });
async function exported(chain: string | null = null): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of store.audit.lines(chain)) lines.push(line);
  return lines;
}
const chainsIn = (lines: readonly string[]) => readExport(lines.map((line) => Buffer.from(line)));

describe("The whole ledger", () => {
  it("is exported line by line, and is whole by itself", async () => {
    await write(text("a"), text("b"));
    await decides(store, pull(1, repositoryId(77)), { entries: [text("c")] });
    const lines = await exported();
    expect(lines.map((line) => JSON.parse(line)).map(({ chain, sequence }) => `${chain} ${sequence}`)).toEqual([
      "repository:42 1",
      "repository:42 2",
      "repository:77 1",
    ]);
    expect(chainsIn(lines)).toHaveProperty("chains");
    expect(await exported(CHAIN)).toEqual(lines.slice(0, 2));
    expect(await exported("repository:1")).toEqual([]);
  });

  it("is found by the name of a component, whatever its capitals", async () => {
    await store.learn(news({ lessons: [componentLesson()], nudges: [nudge(component)] }));
    expect(await store.audit.chainOf("Acme/API")).toBe(CHAIN);
    expect(await store.audit.chainOf("acme/web")).toBeNull();
  });

  it("is verified and exported whole however long it is", async () => {
    for (let part = 0; part < 5; part++)
      await write(...Array.from({ length: 250 }, (_, n) => text(`${part * 250 + n}`)));
    expect(await store.ledgerFlaw()).toBeNull();
    const read = chainsIn(await exported());
    expect("chains" in read && read.chains.get(CHAIN)?.sequence).toBe(1250);
    const unlock = dialect("drop trigger ledger_no_update", "alter table ledger_entry disable trigger user");
    await place.console(async (on) => {
      await sql.raw(unlock).execute(on);
      await sql.raw(`update ledger_entry set actor = 'mallory' where sequence = 1234`).execute(on);
    });
    store = await place.open();
    expect(await store.ledgerFlaw()).toContain("Entry 1234 of chain repository:42 was changed");
  });

  it("is not said to be whole where nobody waited for it", async () => {
    await write(text("a"));
    const ending = new AbortController();
    const flaw = store.ledgerFlaw(ending.signal);
    ending.abort();
    await expect(flaw).rejects.toThrow("aborted");
  });

  it("has every entry counted, also one in front of the first", async () => {
    await write(text("a"));
    await place.console((on) =>
      sql
        .raw(
          "insert into ledger_entry select chain, 0, at, what, actor, about, says, digest, previous, hash from ledger_entry",
        )
        .execute(on),
    );
    store = await place.open();
    expect(await store.ledgerFlaw()).toBe("Chain repository:42 has 2 entries where its head says 1.");
  });

  it("can be asked while no server runs", async () => {
    await write(text("a"));
    await store.stop();
    const audit = await openAudit(place.url, place.folder, place.clock);
    expect(await audit.flaw()).toBeNull();
    expect(await audit.redact({ chain: CHAIN, sequence: 1, because: "x", by: "cli:olga" })).toHaveProperty("done");
    await audit.stop();
  });

  it("cannot be opened where it is made by a newer Flowgate, and is let go of", async () => {
    await place.console((on) =>
      sql
        .raw("insert into kysely_migration (name, timestamp) values ('9999-newer', '2030-01-01T00:00:00.000Z')")
        .execute(on),
    );
    await expect(openAudit(place.url, place.folder, place.clock)).rejects.toThrow("9999-newer");
    await place.console((on) => sql.raw("delete from kysely_migration where name = '9999-newer'").execute(on));
  });
});

describe("A text that is taken out of the ledger", () => {
  it("is gone, says so by an entry of its own, and leaves the chain whole", async () => {
    await write(text("Erika Mustermann, born 1964"), text("b"));
    const [before] = await rows();
    store = await place.open();
    place.clock.pass(1_000);
    expect(await redacted(1)).toEqual({
      done: "The text of entry 1 of chain repository:42 was taken out; entry 3 says so, and the chain is whole. What stands on GitHub still stands there, and what was exported or backed up before holds it too.",
    });
    expect(await store.ledgerFlaw()).toBeNull();
    const lines = await exported();
    expect(lines.join("")).not.toContain("Mustermann");
    expect(chainsIn(lines)).toHaveProperty("chains");
    const [first, , third] = await rows();
    expect(first).toEqual({ ...before, says: "null" });
    expect(third && entryOf(third)).toMatchObject({
      what: "redacted",
      actor: "cli:olga",
      about: "entry:1",
      at: later(NOW, 1_000),
      says: { entry: 1, digest: before?.digest, because: "it named a patient" },
    });
  });

  it("is not in the database's file either, once Flowgate was stopped", async () => {
    if (place.folder === null) return;
    await write(text("Erika Mustermann"), text(`Erika Mustermann ${"and so on ".repeat(2_000)}`));
    const file = join(place.folder, "flowgate.db");
    await redacted(1);
    await redacted(2);
    await store.stop();
    expect(readdirSync(place.folder)).toEqual(["flowgate.db"]);
    expect(/Mustermann|and so on/.test(readFileSync(file, "latin1"))).toBe(false);
  });

  it("is found out where what is left of it is changed afterwards", async () => {
    await write(text("a"));
    await redacted(1);
    const unlock = dialect("drop trigger ledger_no_update", "alter table ledger_entry disable trigger user");
    await place.console(async (on) => {
      await sql.raw(unlock).execute(on);
      await sql.raw(`update ledger_entry set actor = 'mallory' where sequence = 1`).execute(on);
    });
    store = await place.open();
    expect(await store.ledgerFlaw()).toBe(
      "Entry 1 of chain repository:42 was changed: it is not what entry 2 says was redacted.",
    );
  });

  it("is refused where there is none, twice, and of the entry that says so", async () => {
    await write(text("a"));
    expect(await redacted(7)).toEqual({ not: "There is no entry 7 of chain repository:42." });
    expect(await redacted(1, "repository:9")).toEqual({ not: "There is no entry 1 of chain repository:9." });
    const both = await Promise.all([redacted(1), redacted(1)]);
    expect(both.map((came) => Object.keys(came))).toEqual([["done"], ["not"]]);
    expect(both[1]).toEqual({ not: "The text of entry 1 of chain repository:42 was taken out before." });
    expect(await redacted(2)).toEqual({
      not: expect.stringContaining("What entry 2 of chain repository:42 says stays"),
    });
    expect(await store.ledgerFlaw()).toBeNull();
    expect(await rows()).toHaveLength(2);
  });

  it.each([
    ["more than the text", "update ledger_entry set says = 'null', actor = 'x' where sequence = 1"],
    ["it to be put back", "update ledger_entry set says = '{}' where sequence = 1"],
    ["another one to go with it", "update ledger_entry set says = 'null' where sequence = 2"],
    ["the entry that says so to go too", "update ledger_entry set says = 'null' where sequence = 3"],
  ])("lets the database refuse %s", async (_what, statement) => {
    await write(text("a"), text("b"));
    await redacted(1);
    await expect(place.console((on) => sql.raw(statement).execute(on))).rejects.toThrow("the ledger is append-only");
  });
});

describe("What was copied from a text that is taken out", () => {
  const about = subjectKey(pull(12));
  const hold = (because: string): Standing => ({
    ...{ kind: "hold", key: "hold:42:12", repository: REPOSITORY, number: 12 },
    ...{ by: DORA, at: NOW, because },
  });
  const backup: Standing = {
    ...{ kind: "attestation", key: "backup:1", repository: REPOSITORY, number: 12, by: DORA, at: NOW },
    ...{ because: "it holds Erika's data", what: "backup", level: "claimed", system: "db", id: "snap-1" },
    ...{ finished: NOW, fields: { location: "Erika's desk" }, restoreTested: null, data: "d" as never },
    ...{ head: sha("a".repeat(40)), comment: 1 },
  };
  const item: Standing = {
    ...{ kind: "item", key: "item:1", repository: REPOSITORY, number: 12, walk: "production", item: "i1", by: DORA },
    ...{ at: NOW, because: "Erika did it", state: "done", note: "asked Erika", url: "https://erika.example" },
    ...{ confirmedBy: null, blob: sha("b".repeat(40)), head: sha("a".repeat(40)), clicks: [] },
  };
  const standing = () => place.console((on) => on.selectFrom("standing").selectAll().orderBy("key").execute());

  it("stays while it stands, since nobody may forget what holds", async () => {
    await write(opens(about, hold("Erika said so")));
    expect(await redacted(1)).toEqual({
      not: "What entry 1 opened still stands (hold:42:12): its text can be taken out once that is closed.",
    });
    await write(closes(about, "dora", "hold:42:12", "Erika agreed"));
    expect(await redacted(1)).toHaveProperty("done");
    expect(await redacted(2)).toHaveProperty("done");
    const [row] = await standing();
    expect(row).toMatchObject({ closed_because: "redacted" });
    expect(JSON.stringify(row)).not.toContain("Erika");
    expect(JSON.parse(row?.standing ?? "")).toEqual(hold("redacted"));
  });

  it("goes without what else is known by it", async () => {
    await write(opens(about, backup), opens(about, item));
    await write(
      closes(about, "app", "backup:1", "it served v1.4.0"),
      closes(about, "app", "item:1", "the release is over"),
    );
    for (const sequence of [1, 2, 3, 4]) expect(await redacted(sequence)).toHaveProperty("done");
    const [served, done] = await standing();
    expect(JSON.stringify([served, done])).not.toMatch(/Erika|erika/);
    expect(JSON.parse(served?.standing ?? "")).toEqual({ ...backup, because: "redacted", fields: {} });
    expect(served?.closed_because).toBe("redacted");
    expect(JSON.parse(done?.standing ?? "")).toMatchObject({ because: "redacted", note: null, url: null });
  });

  it("goes with what somebody wrote, once it is answered", async () => {
    const request = {
      id: "7:0",
      by: DORA,
      at: NOW,
      body: "/hold because Erika",
      how: "written",
      origin: { number: 12, comment: 7 },
    } as const;
    await store.learn({ ...opened(pull(12)), installation: installationId(1), asks: [{ of: pull(12), request }] });
    const told: Entry = { what: "answered", actor: "dora", about, says: { request: "7:0", lines: [request.body] } };
    const answered = (body: string | null) => [{ id: "7:0", answer: { came: "done" as const, body } }];
    await decides(store, pull(12), { entries: [told], answered: answered("Held, because Erika.") });
    expect(await redacted(1)).toEqual({
      not: expect.stringContaining("What entry 1 answers is not answered on GitHub yet"),
    });
    await decides(store, pull(12), { entries: [text("b")], answered: answered(null) });
    expect(await redacted(1)).toHaveProperty("done");
    const requests = await place.console((on) => on.selectFrom("request").selectAll().execute());
    expect(requests).toHaveLength(1);
    expect(JSON.stringify(requests)).not.toContain("Erika");
  });

  it("goes with what was done by it, and nothing else does", async () => {
    await decides(store, pull(12), { entries: [text("a"), text("b")], effects: [check("Erika")] });
    await store.learn(opened(pull(12)));
    const lease = await take(store, pull(12));
    const more = decision({ entries: [text("c")], effects: [check("later")] });
    await store.commit(lease, await store.recall(lease, NOW), more, later(NOW, 1_000));
    await store.record(lease, { effect: check("later"), at: NOW, came: "done", id: 7 });
    const effects = () =>
      place.console(async (on) =>
        (await on.selectFrom("effect").select("effect").execute()).map(({ effect }) => effect),
      );
    expect(await effects()).toHaveLength(2);
    store = await place.open();
    expect(await redacted(1)).toHaveProperty("done");
    expect((await effects()).join()).not.toContain("Erika");
    expect(await effects()).toHaveLength(1);
  });
});
