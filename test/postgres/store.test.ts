import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import pg from "pg";
import { branch } from "../../src/flow/names.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { at, NOW, REPOSITORY } from "../builders.ts";
import {
  ALL,
  check,
  decision,
  entry,
  keysOf,
  news,
  nudge,
  nudged,
  opened,
  pull,
  pullLesson,
  take,
} from "../store/told.ts";
import { freshDatabase } from "./fresh.ts";

/** What is so with a database that several processes share. */
let database: NonNullable<Awaited<ReturnType<typeof freshDatabase>>>;
let here: Store;
let warnings: string[];

const open = () =>
  openStore({
    url: database.url,
    folder: null,
    leaseMs: 60_000,
    clock: { now: () => NOW },
    log: { warn: (_, message) => void warnings.push(message) },
  });
async function start(like?: string): Promise<void> {
  const made = await freshDatabase(like);
  if (made === null) throw new Error("These tests need PostgreSQL.");
  database = made;
  here = await open();
}
async function console_<Row extends pg.QueryResultRow>(statement: string): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<Row>(statement).finally(() => client.end());
  return rows;
}
beforeEach(() => {
  warnings = [];
});
afterEach(async () => {
  await here.stop();
  await database.drop();
});

async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe("On a server whose language orders text in its own way", () => {
  it("a slot is named by how it begins, and by nothing else", async () => {
    await start("template template0 locale_provider icu icu_locale 'en-US' locale 'C.UTF-8'");
    await here.learn(opened(pull(12)));
    const lease = await take(here, pull(12));
    const decide = async () =>
      here.commit(lease, await here.recall(lease, NOW), decision({ entries: [entry()], effects: [check()] }), NOW);
    const fingerprint = async () => {
      const { facts } = await here.recall(lease, NOW);
      return "slot" in facts ? facts.slot?.written?.fingerprint : undefined;
    };
    await decide();
    await here.record(lease, { effect: check(), at: NOW, came: "done", id: 7 });
    await here.learn(news({ forget: [`check:${REPOSITORY}:${at("log")}:`, "CHECK:"] }));
    expect(await fingerprint()).toBe(check().fingerprint);
    await here.learn(news({ forget: [`check:${REPOSITORY}:${at("login")}:`] }));
    expect(await fingerprint()).toBe("");
  });
});

describe("Who writes at the same moment", () => {
  it("waits for each other, and where two wait in a ring one is tried again, so that all are written", async () => {
    await start();
    const pulls = Array.from({ length: 12 }, (_, n) => pull(n));
    await here.learn(opened(...pulls));
    const all = { priority: "bulk", openPulls: { repository: REPOSITORY } } as const;
    const leases = await here.claim(ALL);
    expect(leases).toHaveLength(12);
    const recalled = await Promise.all(leases.map((lease) => here.recall(lease, NOW)));
    const came = await Promise.all([
      ...leases.map((lease, n) => {
        const seen = recalled[n];
        if (seen === undefined) throw new Error("not recalled");
        return here.commit(lease, seen, decision({ entries: [entry()], news: news({ nudges: [all] }) }), NOW);
      }),
      ...pulls.map((one) => here.learn(news({ lessons: [pullLesson(one)], nudges: [all, nudge(one)] }))),
    ]);
    expect(came.filter((one) => one === "written")).toHaveLength(12);
    expect(await here.ledgerFlaw()).toBeNull();
    expect((await here.counts()).ledgerEntries).toBe(12);
  });
});

describe("Work that comes to one process", () => {
  it("is heard of by the others", async () => {
    await start();
    const there = await open();
    let heard = 0;
    there.onWork(() => {
      heard += 1;
    });
    await until(async () => (await listeners()) === 2);
    heard = 0;
    await here.accept({ id: "one", event: "push", body: "", news: nudged(pull(12)) });
    await until(() => heard > 0);
    expect(keysOf(await there.claim(ALL))).toEqual(["pull:42:12"]);
    await there.stop();
  });

  /** Other suites have their own databases beside this one. */
  const LISTENING = "from pg_stat_activity where datname = current_database() and query = 'listen flowgate_work'";
  const listeners = async () => (await console_<{ pid: number }>(`select pid ${LISTENING}`)).length;

  it("is heard of again, by one connection, after that was cut", async () => {
    await start();
    let heard = 0;
    here.onWork(() => {
      heard += 1;
    });
    await until(async () => (await listeners()) === 1);
    await console_(`select pg_terminate_backend(pid) ${LISTENING}`);
    await until(async () => (await listeners()) === 0);
    heard = 0;
    await until(async () => (await listeners()) > 0);
    // It may have missed something, so it looks at once.
    await until(() => heard > 0);
    expect(new Set(warnings)).toEqual(
      new Set(["The connection that hears of other processes' work was cut; it is opened again."]),
    );
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(await listeners()).toBe(1);
    expect(warnings).toHaveLength(1);
  });

  it("is not listened for any more once a process has stopped", async () => {
    await start();
    const there = await open();
    await until(async () => (await listeners()) === 2);
    await there.stop();
    await until(async () => (await listeners()) === 1);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(await listeners()).toBe(1);
  });
});

it("A branch is a branch, whatever letters it has: one that differs by case is another", async () => {
  await start("template template0 locale_provider icu icu_locale 'en-US' locale 'C.UTF-8'");
  await here.learn(news({ lessons: [pullLesson(pull(12), { base: "Main" }), pullLesson(pull(13), { base: "main" })] }));
  await here.learn(
    news({ nudges: [{ priority: "bulk", openPulls: { repository: REPOSITORY, base: branch("main") } }] }),
  );
  expect(keysOf(await here.claim(ALL))).toEqual(["pull:42:13"]);
});
