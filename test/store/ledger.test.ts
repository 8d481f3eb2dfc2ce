import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { chainHash, entryDigest, flawIn, GENESIS } from "../../src/flow/ledger.ts";
import { later, repositoryId } from "../../src/flow/names.ts";
import type { Lease } from "../../src/flow/subject.ts";
import { entryOf } from "../../src/store/ledger.ts";
import type { Store } from "../../src/store/store.ts";
import { at, NOW } from "../builders.ts";
import { dialect, freshPlace, type Place } from "./place.ts";
import { ALL, check, decision, entry, keysOf, nudged, pull, take } from "./told.ts";

let place: Place;
let store: Store;
const one = pull(12);
const two = pull(1, repositoryId(77));

beforeEach(async () => {
  place = await freshPlace();
  store = await place.open();
  await store.learn(nudged(one, two));
});
afterEach(() => place.end());

async function write(lease: Lease, ...says: readonly string[]): Promise<void> {
  const entries = says.map((because) =>
    entry({ says: { because, "Ünïcode ☃": [null, 1.5, { b: true, a: "\u0000" }] } }),
  );
  expect(await store.commit(lease, await store.recall(lease, NOW), decision({ entries }), place.clock.now())).toBe(
    "written",
  );
}
/** Three entries of one repository, two of another, the last two seconds after the first. */
async function writeFive(): Promise<void> {
  const leases = await store.claim(ALL);
  const [first, second] = [one, two].map(({ repository }) =>
    leases.find(({ subject }) => subject.repository === repository),
  );
  if (!first || !second) throw new Error(`only ${keysOf(leases)}`);
  await write(first, "a", "b");
  await write(second, "c");
  place.clock.pass(2_000);
  await write(first, "d");
  await write(second, "e");
}
const rows = () =>
  place.console((on) => on.selectFrom("ledger_entry").selectAll().orderBy("chain").orderBy("sequence").execute());
const run = (...statements: readonly string[]) =>
  place.console(async (on) => {
    for (const statement of statements) await sql.raw(statement).execute(on);
  });

describe("The ledger", () => {
  it("has a chain of its own for each repository, numbered without a gap, each entry holding the hash of the one before", async () => {
    await writeFive();
    const entries = (await rows()).map(entryOf).filter((entry) => entry.says !== null);
    expect(entries.map(({ chain, sequence, at: when, says }) => [chain, sequence, when, says["because"]])).toEqual([
      ["repository:42", 1, NOW, "a"],
      ["repository:42", 2, NOW, "b"],
      ["repository:42", 3, later(NOW, 2_000), "d"],
      ["repository:77", 1, NOW, "c"],
      ["repository:77", 2, later(NOW, 2_000), "e"],
    ]);
    for (const [index, placed] of entries.entries()) {
      const previous = placed.sequence === 1 ? GENESIS : entries[index - 1]?.hash;
      expect(placed).toMatchObject({ previous, digest: entryDigest(placed) });
      expect(placed.hash).toBe(chainHash(placed.previous, placed.digest));
    }
    expect(flawIn(entries.slice(0, 3))).toBeNull();
    store = await place.open();
    expect(await store.ledgerFlaw()).toBeNull();
  });

  it("is whole when there is nothing in it yet", async () => {
    expect(await store.ledgerFlaw()).toBeNull();
  });

  it("goes on where it was after a restart", async () => {
    await writeFive();
    await store.stop();
    store = await place.open();
    await store.learn(nudged(one));
    const lease = { subject: one, installation: 1, priority: "bulk", token: "" } as unknown as Lease;
    await store.record(lease, { effect: check(), at: NOW, came: "done", id: 7 });
    expect(await store.ledgerFlaw()).toBeNull();
    expect((await rows()).map(({ chain, sequence }) => `${chain} ${sequence}`)).toContain("repository:42 4");
  });

  it("keeps a receipt with what was done, under the name GitHub gave it, or why not", async () => {
    const lease = await take(store, one);
    await store.record(lease, { effect: check(), at: NOW, came: "done", id: 7 });
    await store.record(lease, { effect: check("failed", at("other")), at: NOW, came: "refused", because: "No." });
    const entries = (await rows()).map(entryOf);
    expect(entries).toMatchObject([
      {
        what: "done",
        about: "pull:42:12",
        says: { slot: check().slot, id: 7, title: "passed", conclusion: "success", fingerprint: check().fingerprint },
      },
      { what: "refused", actor: "app", says: { because: "No.", title: "failed" } },
    ]);
  });

  it("stays one chain when many write to it at the same moment", async () => {
    await store.learn(nudged(...Array.from({ length: 20 }, (_, n) => pull(100 + n))));
    const leases = await store.claim(ALL);
    await Promise.all(leases.map((lease) => write(lease, "a", "b")));
    expect(await store.counts()).toMatchObject({ ledgerEntries: 44 });
    expect(await store.ledgerFlaw()).toBeNull();
  });

  it("is whole to whoever reads it while others write to it", async () => {
    const lease = await take(store, one);
    const recalled = await store.recall(lease, NOW);
    const flaws = await Promise.all(
      // More than share one transaction, each reading a little later, so that they meet the writers at every step.
      Array.from({ length: 100 }, async (_, n) => {
        await store.commit(lease, recalled, decision({ entries: [entry()] }), NOW);
        for (let step = 0; step < n; step++) await Promise.resolve();
        return store.ledgerFlaw();
      }),
    );
    expect(new Set(flaws)).toEqual(new Set([null]));
  });
});

describe("The ledger refuses", () => {
  it.each([
    ["a change", `update ledger_entry set actor = 'mallory' where sequence = 1`],
    ["a change that changes nothing", "update ledger_entry set actor = actor"],
    ["a text to be lost that no entry says was taken out", "update ledger_entry set says = 'null' where sequence = 1"],
    ["a deletion", "delete from ledger_entry where sequence = 3"],
    ["to be emptied", dialect("delete from ledger_entry", "truncate ledger_entry")],
    ["to be emptied along with something else", dialect("delete from ledger_entry", "truncate chain, ledger_entry")],
    [
      "an entry put in another's place",
      dialect(
        "insert or replace into ledger_entry select chain, sequence, at, what, 'mallory', about, says, digest, previous, hash from ledger_entry",
        "insert into ledger_entry select * from ledger_entry on conflict (chain, sequence) do update set actor = 'mallory'",
      ),
    ],
  ])("%s", async (_, statement) => {
    await writeFive();
    const before = await rows();
    await expect(run(statement)).rejects.toThrow("the ledger is append-only");
    expect(await rows()).toEqual(before);
  });
});

describe("Who gets round that is found out:", () => {
  const unlock = dialect(
    ["drop trigger ledger_no_update", "drop trigger ledger_no_delete"],
    ["alter table ledger_entry disable trigger user"],
  );
  it.each([
    [
      "what was changed",
      [`update ledger_entry set actor = 'mallory' where chain = 'repository:42' and sequence = 2`],
      "Entry 2 of chain repository:42 was changed",
    ],
    [
      "what it says",
      [`update ledger_entry set says = '{}' where chain = 'repository:77' and sequence = 1`],
      "Entry 1 of chain repository:77 was changed",
    ],
    [
      "what was taken out",
      [`delete from ledger_entry where chain = 'repository:42' and sequence = 2`],
      "Entry 3 of chain repository:42 stands where entry 2 should",
    ],
    [
      "an end cut off",
      [`delete from ledger_entry where chain = 'repository:42' and sequence = 3`],
      "Chain repository:42 has 2 entries where its head says 3.",
    ],
    [
      "a chain cut off whole",
      [`delete from ledger_entry where chain = 'repository:42'`],
      "Chain repository:42 has 0 entries where its head says 3.",
    ],
    [
      "an end added",
      [
        `insert into ledger_entry select chain, 4, at, what, actor, about, says, digest, previous, hash from ledger_entry where chain = 'repository:42' and sequence = 3`,
      ],
      "Entry 4 of chain repository:42",
    ],
    [
      "a head set back",
      [`update chain set sequence = 2 where name = 'repository:42'`],
      "Chain repository:42 has 3 entries where its head says 2.",
    ],
    ["another head", [`update chain set hash = '${GENESIS}' where name = 'repository:77'`], "Chain repository:77"],
    [
      "a head taken away",
      [`delete from chain where name = 'repository:77'`],
      "Chain repository:77 has 2 entries and no head.",
    ],
    [
      "an entry moved elsewhere",
      [`update ledger_entry set chain = 'repository:77', sequence = 3 where chain = 'repository:42' and sequence = 3`],
      "repository:42",
    ],
  ])("%s", async (_, statements, words) => {
    await writeFive();
    await run(...unlock, ...statements);
    store = await place.open();
    expect(await store.ledgerFlaw()).toContain(words);
  });
});
