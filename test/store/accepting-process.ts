import { openStore } from "../../src/store/store.ts";
import { NOW } from "../builders.ts";
import { delivery, opened, pull } from "./told.ts";

/**
 * A process that accepts deliveries, sixteen at once, until it is killed, and says the id of each on its output once it
 * was acknowledged. Where the database is comes in the environment.
 */
const { url, folder } = JSON.parse(process.env["FLOWGATE_PLACE"] ?? "{}") as {
  readonly url: string | null;
  readonly folder: string | null;
};
const store = await openStore({
  url,
  folder,
  clock: { now: () => NOW },
  leaseMs: 60_000,
  log: { warn: () => {} },
});

let number = 0;
async function accept(): Promise<void> {
  for (;;) {
    number += 1;
    const id = `${number}`;
    await store.accept(delivery(number % 7 === 0 ? null : opened(pull(number)), id));
    process.stdout.write(`${id}\n`);
  }
}
await Promise.all(Array.from({ length: 16 }, accept));
