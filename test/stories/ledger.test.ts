import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { startWorld } from "../world.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flowgate-ledger-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What somebody could do who has the database's file in hand, and takes the triggers out of the way. */
function tamper(statement: string): void {
  const database = new DatabaseSync(join(folder, "flowgate.db"));
  database.exec("drop trigger ledger_no_update");
  expect(database.prepare(statement).run().changes).toBe(1);
  database.close();
}

it("A ledger that somebody changed by hand is told at the next start, and one that nobody touched is not", async () => {
  const world = await startWorld({ settings: { databaseUrl: null, folder } });
  try {
    const dora = world.person("dora");
    await dora.pushes("feature/login", "development");
    await dora.opens("feature/login", "master");
    await world.quiet();
    await world.stopApp();
    await world.start();
    await world.quiet();
    expect(world.warnings).toEqual([]);
    await world.stopApp();
    tamper("update ledger_entry set says = replace(says, 'failed', 'passed') where what = 'judged'");
    await world.start();
    await world.quiet();
    expect(world.warnings).toMatchObject([
      {
        level: 50,
        msg: "The ledger was tampered with: keep this database as it is, and compare it with a copy.",
        flaw: expect.stringMatching(
          /^Entry \d+ of chain repository:\d+ was changed: its content does not have its digest\.$/,
        ),
      },
    ]);
    expect(await world.app().ledgerFlaw()).toMatch(/^Entry \d+ of chain/);
  } finally {
    await world.stop();
  }
}, 30_000);
