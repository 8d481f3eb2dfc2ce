import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import pg from "pg";
import { type News, NO_NEWS } from "../../src/flow/decision.ts";
import { checkSlot } from "../../src/flow/effect.ts";
import { branch, installationId } from "../../src/flow/names.ts";
import type { Lease } from "../../src/flow/subject.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { at, NOW, pullFacts, REPOSITORY } from "../builders.ts";
import { freshDatabase } from "./fresh.ts";

/** Two processes' stores on one database, and a person with a database console between them. */
let database: Awaited<ReturnType<typeof freshDatabase>>;
let here: Store;
let there: Store;
let console_: pg.Client;

const subject = { kind: "pull", repository: REPOSITORY, number: 12 } as const;
const installation = installationId(1);
const slot = checkSlot(REPOSITORY, at("login"), "flowgate: development");
const nudge: News = { ...NO_NEWS, installation, nudges: [{ priority: "bulk", subject }] };
const learned: News = {
  ...nudge,
  access: [{ installation, may: "work", account: "acme" }],
  lessons: [
    {
      of: "component",
      repository: REPOSITORY,
      installation,
      name: "acme/api",
      defaultBranch: branch("master"),
      look: false,
      branch: null,
    },
    { of: "pull", repository: REPOSITORY, number: 12, asOf: NOW, from: {}, facts: pullFacts() },
  ],
};
const open = (url: string) =>
  openStore({ url, folder: null, leaseMs: 60_000, clock: { now: () => NOW }, log: { warn: () => {} } });
const all = { limit: 10, perInstallation: 10, personsOnly: false };
const take = async (store: Store) => (await store.claim(all)).find((lease) => lease.subject.kind === "pull");

beforeAll(async () => {
  database = await freshDatabase();
  const url = database?.url ?? "";
  [here, there] = await Promise.all([open(url), open(url)]);
  console_ = new pg.Client({ connectionString: url });
  await console_.connect();
  await here.learn(learned);
});
afterAll(async () => {
  await console_.end();
  await Promise.all([here.stop(), there.stop()]);
  await database?.drop();
});

describe("With two processes", () => {
  it("two that open a new database at once both find its newest schema", async () => {
    const other = await freshDatabase();
    const stores = await Promise.all([open(other?.url ?? ""), open(other?.url ?? ""), open(other?.url ?? "")]);
    await Promise.all(stores.map((store) => store.stop()));
    await other?.drop();
  });

  it("no wake-up is lost when an accept is held open before its commit while the subject is given back", async () => {
    const lease = (await take(here)) as Lease;
    const { nudges } = await here.recall(lease, NOW);
    await console_.query("insert into slot (slot, completed) values ($1, 0)", [slot]);
    await console_.query("begin");
    await console_.query("select * from slot where slot = $1 for update", [slot]);

    // It has nudged the subject and now waits for the slot, its transaction open.
    let accepted = false;
    let released = false;
    const accepting = there
      .accept({ id: randomUUID(), event: "check_run", body: "", news: { ...nudge, forget: [slot] } })
      .then(() => {
        accepted = true;
      });
    await new Promise((resolve) => setTimeout(resolve, 200));
    const releasing = here.release(lease, nudges, null).then(() => {
      released = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect({ accepted, released }).toEqual({ accepted: false, released: false });

    await console_.query("commit");
    await Promise.all([accepting, releasing]);
    expect(await here.nextDue()).toBe(NOW);
    const again = await take(here);
    expect(again?.subject).toEqual(subject);
    await here.release(again as Lease, (await here.recall(again as Lease, NOW)).nudges, null);
  });

  it("an installation's subjects are claimed by one process, and by the other once that one stops", async () => {
    await here.learn(nudge);
    const lease = (await take(here)) as Lease;
    await here.release(lease, 1_000, NOW);
    expect(await take(there)).toBeUndefined();
    await here.stop();
    expect((await take(there))?.subject).toEqual(subject);
    here = await open(database?.url ?? "");
  });

  it("many claimers never hold one subject twice", async () => {
    const lessons = Array.from({ length: 100 }, (_, n) => ({
      of: "pull" as const,
      repository: REPOSITORY,
      number: 100 + n,
      asOf: NOW,
      from: {},
      facts: pullFacts(),
    }));
    await there.learn({
      ...nudge,
      lessons,
      nudges: lessons.map(({ number }) => ({
        priority: "bulk",
        subject: { kind: "pull", repository: REPOSITORY, number },
      })),
    });
    const claims: Lease[] = [];
    for (let round = 0; round < 20; round++) {
      const claiming = Array.from({ length: 16 }, () => there.claim({ ...all, perInstallation: 200 }));
      claims.push(...(await Promise.all(claiming)).flat());
    }
    const keys = claims.map((lease) => JSON.stringify(lease.subject));
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBeGreaterThanOrEqual(100);
  });
});
