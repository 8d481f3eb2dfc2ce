import { statSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { openDatabase } from "../../src/store/database.ts";
import { embedded, freshPlace, type Place } from "./place.ts";
import { startAccepting } from "./started.ts";

let place: Place;
beforeEach(async () => {
  place = await freshPlace();
});
afterEach(() => place.end());

const refusal = (folder: string | null) =>
  `another process has the database in ${folder} open. The embedded database serves one process: stop the other one, or give both a DATABASE_URL.`;

(embedded ? describe : describe.skip)("The embedded database", () => {
  it("serves one process: a second is told which folder it is about and what to do, and the first goes on", async () => {
    const accepting = await startAccepting(place);
    await accepting.acknowledged(1);
    await expect(place.open()).rejects.toThrow(refusal(place.folder));
    const before = accepting.ids().length;
    await accepting.acknowledged(before + 10);
    await accepting.kill();
    const store = await place.open();
    expect((await store.counts()).due).toBeGreaterThan(0);
  });

  it("serves one opener of the same process as well, and is free once that has stopped", async () => {
    const first = await place.open();
    await expect(place.open()).rejects.toThrow(refusal(place.folder));
    await first.stop();
    expect(await (await place.open()).unready()).toBeNull();
  });

  it("lies in a folder that is made where it is missing, and that nobody else may enter", async () => {
    const folder = `${place.folder}/a/b`;
    const database = openDatabase(null, folder);
    await database.stop();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it("needs no folder where nothing has to last", async () => {
    const one = openDatabase(null, null);
    const other = openDatabase(null, null);
    await Promise.all([one.stop(), other.stop()]);
  });
});
