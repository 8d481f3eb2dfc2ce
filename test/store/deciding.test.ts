import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Decision } from "../../src/flow/decision.ts";
import { type Effect, type Receipt, rulesetSlot, type SlotState } from "../../src/flow/effect.ts";
import type { PullKnown } from "../../src/flow/facts.ts";
import { branch, later } from "../../src/flow/names.ts";
import { rulesetTitle } from "../../src/flow/ruleset.ts";
import type { Lease } from "../../src/flow/subject.ts";
import type { Store } from "../../src/store/store.ts";
import { at, LATER, NOW, pullMemory, REPOSITORY, verdict } from "../builders.ts";
import { freshPlace, type Place } from "./place.ts";
import {
  check,
  componentLesson,
  decision,
  entry,
  INSTALLATION,
  news,
  nudged,
  opened,
  pull,
  pullLesson,
  stage,
  take,
} from "./told.ts";

let place: Place;
let store: Store;
let lease: Lease;
beforeEach(async () => {
  place = await freshPlace();
  store = await place.open();
  await store.learn(opened(pull(12)));
  lease = await take(store, pull(12));
});
afterEach(() => place.end());

const recall = (of = lease) => store.recall(of, NOW);
const commit = async (given: Partial<Decision>, of = lease, seen = recall(of)) =>
  store.commit(of, await seen, decision(given), NOW);
/** Decides an effect, for the pull request of the lease. */
const deciding = (effect: Effect): Partial<Decision> => ({ entries: [entry()], effects: [effect] });
const slot = async (): Promise<SlotState | null> => ((await recall()).facts as PullKnown).slot;
const entries = async () => (await store.counts()).ledgerEntries;
const came = (given: { readonly effect: Effect } & Record<string, unknown>): Receipt =>
  ({ at: NOW, ...given }) as Receipt;

describe("A decision", () => {
  it("is written with all that follows from it", async () => {
    const memory = pullMemory({}, { title: "Sign in" });
    const given = { verdict: verdict(), memory, ...deciding(check()), news: nudged(pull(13)) };
    expect(await commit(given)).toBe("written");
    const { facts, unsettled } = await recall();
    expect(facts).toMatchObject({ verdict: verdict(), memory });
    expect(unsettled).toEqual([{ effect: check(), decidedAt: NOW }]);
    expect(await store.counts()).toMatchObject({ unsettled: 1, ledgerEntries: 1, due: 2 });
    expect(await store.idle()).toBe(false);
  });

  it("about a memory also says which pull requests are open, and of what head and base", async () => {
    const tip = at("pushed");
    await commit({ memory: pullMemory({ tip, base: "staging" }) });
    const by = (base: string) =>
      news({ nudges: [{ priority: "bulk", openPulls: { repository: REPOSITORY, head: tip, base: branch(base) } }] });
    await store.learn(by("development"));
    expect((await recall()).nudges).toBe(1);
    await store.learn(by("staging"));
    expect((await recall()).nudges).toBe(2);
    await commit({ memory: pullMemory({}, { state: "closed" }) });
    expect([...(await store.openPulls(REPOSITORY)).keys()]).toEqual([]);
  });

  it("that says nothing of verdict and memory leaves them, and one that says there is none takes it back", async () => {
    await commit({ verdict: verdict() });
    await commit({});
    expect((await recall()).facts).toMatchObject({ verdict: verdict(), memory: { title: "Log in" } });
    await commit({ verdict: null });
    expect((await recall()).facts).toMatchObject({ verdict: null });
  });

  it("with effects and no entry is refused whole: nothing happens without its reason in the ledger", async () => {
    await expect(commit({ verdict: verdict(), effects: [check()] })).rejects.toThrow(
      "an effect or an answer without an entry",
    );
    expect((await recall()).facts).toMatchObject({ verdict: null });
    expect((await recall()).unsettled).toEqual([]);
  });

  it("that cannot be written whole is not written at all", async () => {
    const unwritable = entry({ actor: null as never });
    await expect(
      commit({ verdict: verdict(), entries: [entry(), unwritable], news: nudged(pull(13)) }),
    ).rejects.toThrow();
    expect((await recall()).facts).toMatchObject({ verdict: null });
    expect(await entries()).toBe(0);
    expect((await store.counts()).due).toBe(1);
  });

  it("about a memory is stale when the subject was nudged or taught since, and then nothing of it is written", async () => {
    const before = recall();
    await before;
    await store.learn(nudged(pull(12)));
    const given = { memory: pullMemory({}, { title: "Mine" }), ...deciding(check()) };
    expect(await commit(given, lease, before)).toBe("stale");
    const after = recall();
    await after;
    await store.learn(news({ lessons: [pullLesson(pull(12), {}, { title: "Theirs" }, LATER)] }));
    expect(await commit(given, lease, after)).toBe("stale");
    expect(await entries()).toBe(0);
    expect((await recall()).facts.memory).toMatchObject({ title: "Theirs" });
    expect(await commit(given)).toBe("written");
  });

  it("that leaves the memory stands though the subject was nudged meanwhile, which is then due again", async () => {
    const before = recall();
    const { nudges } = await before;
    await store.learn(nudged(pull(12)));
    expect(await commit({ verdict: verdict() }, lease, before)).toBe("written");
    await store.release(lease, nudges, null);
    expect(await store.nextDue()).toBe(NOW);
  });
});

describe("Pull requests that share a head and a base", () => {
  let sibling: Lease;
  beforeEach(async () => {
    await store.learn(opened(pull(13)));
    sibling = await take(store, pull(13));
  });

  it("know of each other's verdicts on just that", async () => {
    await commit({ verdict: verdict({ outcome: "failed" }) }, sibling);
    const { facts } = await recall();
    expect(facts).toMatchObject({ siblings: [{ number: 13, verdict: verdict({ outcome: "failed" }) }] });
    await commit({ verdict: verdict({ head: at("older") }) }, sibling);
    expect((await recall()).facts).toMatchObject({ siblings: [] });
  });

  it("are judged again when another's verdict changed meanwhile", async () => {
    const before = recall();
    await before;
    await commit({ verdict: verdict({ outcome: "failed" }) }, sibling);
    expect(await commit({ verdict: verdict() }, lease, before)).toBe("stale");
    expect(await commit(deciding(check()), lease, before)).toBe("stale");
    expect(await commit({ verdict: null }, lease, before)).toBe("written");
    expect(await commit({ verdict: verdict() })).toBe("written");
  });

  it("write their check one after the other: the second waits, and nothing of it is written", async () => {
    expect(await commit(deciding(check()))).toBe("written");
    expect(await commit({ verdict: verdict(), ...deciding(check("failed")) }, sibling)).toBe("busy");
    expect(await entries()).toBe(1);
    expect((await recall(sibling)).facts).toMatchObject({ verdict: null, slot: null });
    await store.record(lease, came({ effect: check(), came: "done", id: 7 }));
    expect(await commit(deciding(check("failed")), sibling)).toBe("written");
  });

  it("do not wait for what they themselves once began: that is looked for first", async () => {
    await commit(deciding(check()));
    expect(await commit(deciding(check("failed")))).toBe("written");
    expect((await recall()).unsettled.map(({ effect }) => effect)).toEqual([check(), check("failed")]);
  });

  it("do not wait for another head's check", async () => {
    await commit(deciding(check()));
    await store.learn(news({ lessons: [pullLesson(pull(13), { tip: at("other") }, {}, LATER)] }));
    expect(await commit(deciding(check("passed", at("other"))), sibling)).toBe("written");
  });

  it("never write one slot at once, however many decide at the same moment", async () => {
    const others = Array.from({ length: 8 }, (_, n) => pull(20 + n));
    await store.learn(opened(...others));
    const leases = await store.claim({ limit: 20, perInstallation: 20, personsOnly: false });
    expect(leases).toHaveLength(8);
    const all = await Promise.all(leases.map((one) => commit(deciding(check()), one)));
    expect([...all].sort()).toEqual([...Array.from({ length: 7 }, () => "busy"), "written"]);
  });
});

describe("What came of an effect", () => {
  beforeEach(() => commit(deciding(check())));

  it("was done: it stands in its slot, is settled, and the ledger says so", async () => {
    await store.record(lease, came({ effect: check(), came: "done", id: 7 }));
    const written = { fingerprint: check().fingerprint, id: 7, completed: true, at: NOW };
    expect(await slot()).toEqual({ written, refused: null });
    expect((await recall()).unsettled).toEqual([]);
    expect(await entries()).toBe(2);
  });

  it("was done, and what GitHub said of it is kept as long as that stands there", async () => {
    await store.record(lease, came({ effect: check(), came: "done", id: 7, told: "its object" }));
    expect(await slot()).toMatchObject({ written: { id: 7, told: "its object" } });
    await commit(deciding(check("failed")));
    await store.record(lease, came({ effect: check("failed"), came: "done", id: 8 }));
    expect((await slot())?.written).not.toHaveProperty("told");
  });

  it("was done and is not the last word: a check in progress, and a ruleset, are never completed", async () => {
    const first = check();
    if (first.thing !== "check-run") throw new Error("a check is a check run");
    const begun: Effect = { ...first, content: { ...first.content, status: "in_progress", conclusion: null } };
    await store.record(lease, came({ effect: begun, came: "done", id: 7 }));
    expect(await slot()).toMatchObject({ written: { id: 7, completed: false } });
    const { does, fingerprint, repository, name } = first;
    const title = rulesetTitle(branch("development"));
    const ruleset: Effect = {
      ...{ does, fingerprint, repository, name, title },
      thing: "ruleset",
      slot: rulesetSlot(repository, title),
      content: null,
      over: 8,
    };
    await store.record(lease, came({ effect: ruleset, came: "done", id: 8 }));
    const known = await store.recall({ ...lease, subject: stage }, NOW);
    expect(known.facts).toMatchObject({ slots: { [title]: { written: { id: 8, completed: false } } } });
  });

  it("was refused: the reason is kept beside what stands there, until something else is done", async () => {
    await store.record(lease, came({ effect: check(), came: "done", id: 7 }));
    const next = check("failed");
    await commit(deciding(next));
    const because = "GitHub is read-only.";
    await store.record(lease, came({ effect: next, came: "refused", because, at: LATER }));
    const refused = { fingerprint: next.fingerprint, because, at: LATER };
    expect(await slot()).toMatchObject({ written: { id: 7, fingerprint: check().fingerprint }, refused });
    expect((await recall()).unsettled).toEqual([]);
    await commit(deciding(check()));
    await store.record(lease, came({ effect: check(), came: "done", id: 8 }));
    expect(await slot()).toMatchObject({ written: { id: 8 }, refused: null });
  });

  it("was refused before anything stood there: still nothing is written there", async () => {
    await store.record(lease, came({ effect: check(), came: "refused", because: "No.", at: NOW }));
    expect(await slot()).toEqual({
      written: null,
      refused: { fingerprint: check().fingerprint, because: "No.", at: NOW },
    });
  });

  it("is unsure: it stays unsettled, to be looked for, and the ledger says nothing yet", async () => {
    await store.record(lease, came({ effect: check(), came: "unsure", because: "502", retryAt: LATER }));
    expect((await recall()).unsettled).toEqual([{ effect: check(), decidedAt: NOW }]);
    expect(await slot()).toBeNull();
    expect(await entries()).toBe(1);
  });

  it("is absent: it is settled and nothing stands in its slot", async () => {
    await store.record(lease, came({ effect: check(), came: "absent" }));
    expect((await recall()).unsettled).toEqual([]);
    expect(await slot()).toBeNull();
    expect(await entries()).toBe(1);
  });

  it("may be told twice and settles it once", async () => {
    const receipt = came({ effect: check(), came: "done", id: 7 });
    await store.record(lease, receipt);
    await store.record(lease, receipt);
    expect(await slot()).toMatchObject({ written: { id: 7 } });
    expect(await store.counts()).toMatchObject({ unsettled: 0 });
    expect(await store.ledgerFlaw()).toBeNull();
  });

  it("outlives the process: another finds what was begun and not seen through", async () => {
    await store.stop();
    store = await place.open();
    expect((await recall()).unsettled).toEqual([{ effect: check(), decidedAt: NOW }]);
    expect(await store.idle()).toBe(false);
  });
});

describe("A slot that no longer stands as it was written", () => {
  const standing = async () => (await slot())?.written ?? null;
  beforeEach(async () => {
    await commit(deciding(check()));
    await store.record(lease, came({ effect: check(), came: "done", id: 7 }));
  });

  it("keeps its id and loses its fingerprint, so that it is written again over the same one", async () => {
    await store.learn(news({ forget: [check().slot] }));
    expect(await standing()).toMatchObject({ id: 7, completed: true });
    expect((await standing())?.fingerprint).not.toBe(check().fingerprint);
  });

  it("may be named by how it begins", async () => {
    await store.learn(news({ forget: [check().slot.slice(0, -"flowgate: development".length)] }));
    expect((await standing())?.fingerprint).not.toBe(check().fingerprint);
  });

  it.each(["check:42:x", "check:4:", `${check().slot}:`, "CHECK:"])(
    "is not one that begins otherwise than %j",
    async (prefix) => {
      await store.learn(news({ forget: [prefix] }));
      expect((await standing())?.fingerprint).toBe(check().fingerprint);
    },
  );
});

describe("Rights that are granted", () => {
  const refuse = async () => {
    await commit(deciding(check()));
    await store.record(lease, came({ effect: check(), came: "refused", because: "No.", at: NOW }));
  };
  const grant = (installation = INSTALLATION) =>
    store.learn(news({ access: [{ installation, may: "work", account: "acme" }] }));

  it("make what was refused before be tried again, in the installation they are of", async () => {
    await store.learn(
      news({
        lessons: [componentLesson()],
      }),
    );
    await refuse();
    await grant((INSTALLATION + 1) as typeof INSTALLATION);
    expect(await slot()).toMatchObject({ refused: { because: "No." } });
    await grant();
    expect(await slot()).toBeNull();
  });
});

it("A time to look again survives to the millisecond", async () => {
  const until = later(NOW, 123_456_789);
  await store.release(lease, (await recall()).nudges, until);
  expect(await store.nextDue()).toBe(until);
});
