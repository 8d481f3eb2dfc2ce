import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { freshPlace, type Place } from "./place.ts";
import { startAccepting } from "./started.ts";
import { delivery, keysOf, opened, pull } from "./told.ts";

let place: Place;
beforeEach(async () => {
  place = await freshPlace();
});
afterEach(() => place.end());

it.each([1, 300])(
  "A process that is killed after %j acknowledgements loses none of them, nor what they teach",
  async (count) => {
    const accepting = await startAccepting(place);
    await accepting.acknowledged(count);
    await accepting.kill();
    const ids = accepting.ids();
    expect(ids.length).toBeGreaterThanOrEqual(count);

    const store = await place.open();
    const due = new Set(keysOf(await store.claim({ limit: 10_000, perInstallation: 10_000, personsOnly: false })));
    const read = ids.filter((id) => Number(id) % 7 !== 0);
    expect(read.filter((id) => !due.has(`pull:42:${id}`))).toEqual([]);
    expect((await store.counts()).unread).toBeGreaterThanOrEqual(ids.length - read.length);
    for (const id of ids)
      expect([id, await store.accept(delivery(Number(id) % 7 === 0 ? null : opened(pull(9)), id))]).toEqual([
        id,
        "known",
      ]);
    expect(await store.ledgerFlaw()).toBeNull();
  },
);
