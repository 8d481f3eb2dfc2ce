import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type Effect, issueSlot } from "../../src/flow/effect.ts";
import type { PullKnown, StageKnown } from "../../src/flow/facts.ts";
import { closes, digestOf, opens } from "../../src/flow/ledger.ts";
import { branch, installationId, later, repositoryId } from "../../src/flow/names.ts";
import { owedKey } from "../../src/flow/owed.ts";
import type { Standing } from "../../src/flow/standing.ts";
import type { Subject } from "../../src/flow/subject.ts";
import { entryOf } from "../../src/store/ledger.ts";
import { project } from "../../src/store/standing.ts";
import type { Store } from "../../src/store/store.ts";
import {
  ARRIVALS,
  at,
  component as componentMemory,
  finding,
  NOW,
  pullMemory,
  REPOSITORY,
  stageMemory,
  verdict,
} from "../builders.ts";
import { overriding } from "../gates/asking.ts";
import { attested } from "../release/attested.ts";
import { freshPlace, type Place } from "./place.ts";
import { decides, groupLesson, INSTALLATION, news, nudged, pull, pullLesson, take } from "./told.ts";

let place: Place;
let store: Store;
beforeEach(async () => {
  place = await freshPlace();
  store = await place.open();
});
afterEach(() => place.end());

const RITA = { id: 10, login: "rita" };
const ABOUT = "pull:42:12";
const hold = (number: number, more: Partial<Standing> = {}): Standing =>
  ({
    kind: "hold",
    key: `hold:${number}`,
    by: RITA,
    at: NOW,
    because: "wait",
    repository: REPOSITORY,
    number,
    ...more,
  }) as Standing;
const freeze = (key: string, of: object): Standing => ({
  kind: "freeze",
  key,
  by: RITA,
  at: NOW,
  because: "quarter close",
  of: of as never,
  stage: branch("development"),
  until: null,
});
const push = { how: "push", before: at("a"), after: at("b"), by: null, commits: 1, at: NOW } as const;
const deviation = (stage: string): Standing => ({
  kind: "deviation",
  key: `deviation:${stage}`,
  by: null,
  at: NOW,
  because: "It was pushed",
  repository: REPOSITORY,
  stage: branch(stage),
  push,
});
const subject: Subject = { kind: "stage", repository: REPOSITORY, branch: branch("development") };

async function writes(...entries: Parameters<typeof decides>[2]["entries"] & object): Promise<void> {
  await decides(store, pull(12), { entries });
}
async function known<T>(of: Subject): Promise<T> {
  await store.learn(nudged(of));
  const lease = await take(store, of);
  const { facts } = await store.recall(lease, place.clock.now());
  await store.release(lease, 1_000, null);
  return facts as T;
}
const standing = async (of: Subject = pull(12)) => (await known<PullKnown>(of)).standing.map(({ key }) => key);

/** Makes all rows from the ledger, compares them with those that were there, and says how many. */
async function madeAnew(): Promise<number> {
  let rows = 0;
  await place.console(async (on) => {
    const before = await on.selectFrom("standing").selectAll().orderBy("key").execute();
    await on.deleteFrom("standing").execute();
    const entries = await on.selectFrom("ledger_entry").selectAll().orderBy("sequence").execute();
    for (const entry of entries) await project(on, entryOf(entry));
    expect(await on.selectFrom("standing").selectAll().orderBy("key").execute()).toEqual(before);
    rows = before.length;
  });
  return rows;
}

describe("What stands", () => {
  beforeEach(async () => {
    await store.learn(news({ lessons: [pullLesson(pull(12))] }));
  });

  it("is opened by one entry of the ledger and closed by another", async () => {
    expect(await standing()).toEqual([]);
    await writes(opens(ABOUT, hold(12)));
    expect((await known<PullKnown>(pull(12))).standing).toEqual([hold(12)]);
    await writes(closes(ABOUT, "rita", "hold:12", "the vendor has looked"));
    expect(await standing()).toEqual([]);
    await writes(opens(ABOUT, hold(12)));
    expect(await standing()).toEqual(["hold:12"]);
    expect(await store.ledgerFlaw()).toBeNull();
  });

  it("holds whom it concerns", async () => {
    await writes(
      opens(ABOUT, hold(13)),
      opens(ABOUT, freeze("here", { repository: REPOSITORY })),
      opens(ABOUT, freeze("there", { repository: repositoryId(43) })),
      opens(ABOUT, freeze("everywhere", { installation: INSTALLATION })),
      opens(ABOUT, freeze("elsewhere", { installation: installationId(999) })),
    );
    expect(await standing()).toEqual(["everywhere", "here"]);
  });

  it("is listed oldest first", async () => {
    await writes(
      opens(ABOUT, hold(12, { key: "b", at: later(NOW, 1) })),
      opens(ABOUT, hold(12, { key: "a", at: later(NOW, 2) })),
    );
    expect(await standing()).toEqual(["b", "a"]);
  });

  it("holds all that share a check with what is held", async () => {
    await store.learn(news({ lessons: [pullLesson(pull(13))] }));
    await decides(store, pull(13), { verdict: verdict() });
    await writes(opens(ABOUT, hold(13)), opens(ABOUT, hold(14)));
    expect(await standing()).toEqual(["hold:13"]);
  });

  it("is told with what was merged where a promotion lists that", async () => {
    const memory = pullMemory({}, { state: "closed", merged: true, mergeCommit: at("merged") });
    await decides(store, pull(13), { memory });
    expect(await known<PullKnown>(pull(12))).toMatchObject({ merged: [] });
    await decides(store, pull(12), {
      memory: pullMemory({ head: "development", base: "staging" }, { list: "seen:9" }),
    });
    expect(await known<PullKnown>(pull(12))).toMatchObject({ merged: [{ number: 13 }], body: null, merge: null });
  });

  it("can be made anew from the ledger alone", async () => {
    await writes(opens(ABOUT, hold(12)), opens(ABOUT, hold(13)), opens(ABOUT, deviation("development")));
    await writes(closes(ABOUT, "rita", "hold:12", "done"), opens(ABOUT, hold(13, { because: "wait longer" })));
    await writes(closes(ABOUT, "rita", "hold:12", "once more"), closes(ABOUT, "rita", "nothing", "no"));
    await writes(closes(ABOUT, "app", "hold:13", "it is out", { as: "released" }));
    expect(await madeAnew()).toBe(3);
  });
});

describe("What a hotfix owes", () => {
  const owed = (role: "engineering" | "quality"): Standing => ({
    kind: "owed",
    what: "hotfix-review",
    role,
    key: owedKey(REPOSITORY, 12, { what: "hotfix-review", role }),
    by: null,
    at: NOW,
    because: "the hotfix went out without it",
    repository: REPOSITORY,
    number: 12,
    due: NOW,
    issue: null,
  });
  const merged = pullMemory({ base: "master" }, { state: "closed", merged: true });
  const knownOf = async (lane: "hotfix" | "release") => {
    await decides(store, pull(12), { memory: merged, verdict: verdict({ lane, base: branch("master") }) });
    return (await known<PullKnown>(pull(12))).owed.all.map(({ standing, closed }) => [standing.key, closed]);
  };

  it("holds the whole component while it stands, and stays known on the hotfix", async () => {
    await store.learn(news({ lessons: [pullLesson(pull(12)), pullLesson(pull(13))] }));
    await writes(opens(ABOUT, owed("engineering")), opens(ABOUT, owed("quality")));
    expect(await standing(pull(13))).toEqual(["owed:42:12:engineering", "owed:42:12:quality"]);
    await writes(closes(ABOUT, "app", "owed:42:12:quality", "quinn approved it"));
    expect(await standing(pull(13))).toEqual(["owed:42:12:engineering"]);
    expect(await knownOf("hotfix")).toEqual([
      ["owed:42:12:engineering", null],
      ["owed:42:12:quality", "quinn approved it"],
    ]);
    expect(await knownOf("release")).toEqual([]);
  });
});

describe("What people overrode", () => {
  const WEEK = 7 * 24 * 3_600_000;
  const overrides = async (of = pull(12)) =>
    (await known<PullKnown>(of)).overrides.map(({ standing, closed, slot }) => [
      standing.key,
      closed,
      slot?.written?.id ?? null,
    ]);
  const [here, there] = [overriding(), overriding({ number: 13 })];
  beforeEach(async () => {
    await store.learn(news({ lessons: [pullLesson(pull(12)), pullLesson(pull(13))] }));
    await writes(opens(ABOUT, here), opens(ABOUT, there));
  });

  it("stands for the whole component, and is known on its own pull request a week longer", async () => {
    expect(await standing()).toEqual([here.key, there.key]);
    expect(await standing(pull(13))).toEqual([here.key, there.key]);
    expect(await overrides()).toEqual([[here.key, null, null]]);
    await writes(closes(ABOUT, "quinn", here.key, "quinn closed it: it is well"));
    expect(await standing()).toEqual([there.key]);
    expect(await overrides()).toEqual([[here.key, "quinn closed it: it is well", null]]);
    place.clock.pass(WEEK + 1);
    expect(await overrides()).toEqual([]);
    expect(await overrides(pull(13))).toEqual([[there.key, null, null]]);
  });

  it("has an issue", async () => {
    const effect: Effect = {
      does: "set",
      thing: "issue",
      slot: issueSlot(REPOSITORY, here.key),
      fingerprint: "f" as never,
      repository: REPOSITORY,
      name: "acme/api",
      title: "t",
      mark: "m",
      body: "b",
      state: "open",
      over: null,
    };
    await store.learn(nudged(pull(12)));
    const lease = await take(store, pull(12));
    await store.record(lease, { effect, at: NOW, came: "done", id: 44 });
    await store.release(lease, 1_000, null);
    expect(await overrides()).toEqual([[here.key, null, 44]]);
  });

  it("is told with what was merged by it", async () => {
    const over = { by: RITA, confirmedBy: { id: 11, login: "carl" }, because: "the runner is down" };
    const judged = verdict({ findings: [finding({ gate: "checks", outcome: "overridden", override: over })] });
    const memory = pullMemory({}, { state: "closed", merged: true, mergeCommit: at("merged") });
    await decides(store, pull(13), { memory, verdict: judged });
    const promotes = { id: "comment:1", by: RITA, at: NOW, body: "/promote", how: "written" } as const;
    await store.learn(news({ asks: [{ of: pull(12), request: { ...promotes, origin: { number: 12, comment: 1 } } }] }));
    expect((await known<PullKnown>(pull(12))).merged).toMatchObject([
      { number: 13, overridden: [{ gate: "checks", ...over }] },
    ]);
  });

  it("can be made anew from the ledger alone", async () => {
    await writes(
      closes(ABOUT, "quinn", here.key, "quinn closed it: it is well"),
      opens(ABOUT, { ...there, issue: 45 }),
    );
    expect(await madeAnew()).toBe(2);
  });
});

describe("What served a release that is merged", () => {
  const merged = pull(12);
  const other = pull(13);
  const backup = attested();
  const served = { ...backup, key: `served:12:${backup.key}`, served: 12 };
  const landed = (number: number, minutes: number): Standing => ({
    kind: "landed",
    key: `landed:${number}`,
    by: null,
    at: later(NOW, minutes * 60_000),
    because: "it was merged as it had passed",
    repository: REPOSITORY,
    number,
  });
  const asks = (of: Subject, body: string) => ({
    of,
    request: {
      id: `comment:${body}`,
      by: RITA,
      at: NOW,
      body,
      how: "written",
      origin: { number: 12, comment: 1 },
    } as const,
  });
  beforeEach(async () => {
    await store.learn(news({ lessons: [pullLesson(merged), pullLesson(other)] }));
    await writes(opens(ABOUT, backup));
    await writes(closes(ABOUT, "app", backup.key, "it served #12"), opens(ABOUT, served));
    await writes(opens(ABOUT, landed(12, 1)), opens(ABOUT, landed(11, 0)), opens(ABOUT, landed(10, -1)));
  });

  it("stands for that one alone", async () => {
    expect(await standing(merged)).toEqual([served.key, "landed:12"]);
    expect(await standing(other)).toEqual([]);
  });

  it("is known where somebody attests something, or takes it back, and so is the last release before", async () => {
    const facts = async (of: Subject) => {
      const { spent, lastRelease } = await known<PullKnown>(of);
      return { spent: spent.map(({ standing, closed }) => [standing.key, closed]), lastRelease };
    };
    expect(await facts(other)).toEqual({ spent: [], lastRelease: null });
    await store.learn(news({ asks: [asks(other, "/ATTEST backup …"), asks(merged, "/attest revoke …")] }));
    expect(await facts(other)).toEqual({ spent: [[served.key, null]], lastRelease: later(NOW, 60_000) });
    expect(await facts(merged)).toMatchObject({ lastRelease: NOW });
    await writes(closes(ABOUT, "otto", served.key, "revoked by otto: wrong cluster"));
    expect(await facts(other)).toMatchObject({ spent: [[served.key, "revoked by otto: wrong cluster"]] });
    expect(await standing(merged)).toEqual(["landed:12"]);
  });

  it("can be made anew from the ledger alone", async () => {
    await writes(closes(ABOUT, "otto", served.key, "revoked by otto: wrong cluster"));
    await madeAnew();
  });
});

describe("What came onto a stage", () => {
  const stage = (more: object = {}) => stageMemory({ arrivals: { ...ARRIVALS, ...more } });
  const remember = (of: Subject, memory: Parameters<typeof decides>[2]["memory"] & object) =>
    decides(store, of, { memory });
  beforeEach(async () => {
    await store.learn(news({ lessons: [pullLesson(pull(12))] }));
    await remember({ kind: "component", repository: REPOSITORY }, componentMemory());
  });
  const pushed = { of: "push", repository: REPOSITORY, branch: branch("development"), push } as const;

  it("is told to a stage that is known, and makes no other", async () => {
    await store.learn(news({ lessons: [pushed] }));
    expect((await store.counts()).due).toBe(0);
    await remember(subject, stage());
    await store.learn(news({ lessons: [pushed] }));
    expect((await store.counts()).due).toBe(1);
    expect((await known<StageKnown>(subject)).memory?.arrivals).toMatchObject({ pushes: [push], heads: [at("b")] });
    const merge = { number: 12, commit: at("b"), commits: 1 };
    await store.learn(
      news({ lessons: [{ of: "merge", repository: REPOSITORY, branch: branch("development"), merge }] }),
    );
    const facts = await known<StageKnown>(subject);
    expect(facts.memory?.arrivals.merges).toEqual([merge]);
    expect(facts.records.merges).toEqual([{ ...merge, passed: false }]);
  });

  it("and what was done by hand to releases are told to the last stage, with the releases that were made", async () => {
    const master: Subject = { kind: "stage", repository: REPOSITORY, branch: branch("master") };
    const touch = { did: "edited", tags: ["v1.4.0"], draft: false, by: RITA, at: NOW } as const;
    const touched = { of: "release", repository: REPOSITORY, touch } as const;
    const release = (number: number): Standing => ({
      kind: "release",
      key: `release:${REPOSITORY}:${number}`,
      by: null,
      at: NOW,
      because: "patch",
      repository: REPOSITORY,
      number,
      version: `v1.${number}.0`,
      commit: at("b"),
      notes: "",
      previous: null,
      ledger: { sequence: 1, hash: digestOf("1") },
    });
    await store.learn(news({ lessons: [touched, { ...touched, repository: repositoryId(999) }] }));
    expect((await store.counts()).due).toBe(0);
    await remember(master, stage());
    await writes(opens(ABOUT, release(3)), opens(ABOUT, release(4)));
    await writes(closes(ABOUT, "app", `release:${REPOSITORY}:3`, "v1.3.0 is released", { as: "released" }));
    expect((await known<StageKnown>(master)).releases).toEqual([]);
    await store.learn(news({ lessons: [touched] }));
    const facts = await known<StageKnown>(master);
    expect(facts.memory?.touched).toEqual([touch]);
    expect(facts.releases).toEqual([
      { standing: release(3), ended: { as: "released" } },
      { standing: release(4), ended: null },
    ]);
  });

  it("is explained by the verdict that a merged pull request had for its head and that base", async () => {
    const merges = [{ number: 12, commit: at("b"), commits: 1 }];
    await remember(
      subject,
      stage({ pushes: [push], merges: [...merges, { number: 99, commit: at("z"), commits: 1 }] }),
    );
    const passed = async (given: Parameters<typeof verdict>[0]) => {
      await decides(store, pull(12), {
        verdict: verdict(given),
        memory: pullMemory({}, { state: "closed", merged: true }),
      });
      return (await known<StageKnown>(subject)).records.merges;
    };
    expect(await passed({})).toEqual([{ ...merges[0], passed: true }]);
    expect(await passed({ outcome: "pending" })).toEqual([{ ...merges[0], passed: false }]);
    expect(await passed({ head: at("other") })).toEqual([{ ...merges[0], passed: false }]);
    expect(await passed({ base: branch("staging") })).toEqual([{ ...merges[0], passed: false }]);
  });

  it("is explained by merge groups, each made on the one before", async () => {
    await remember(subject, stage({ pushes: [push] }));
    const group = (head: string, from: string, number: number) =>
      groupLesson({ head: at(head), from: at(from), number });
    await store.learn(news({ lessons: [group("b", "first", 13), group("first", "a", 12)] }));
    await decides(store, { kind: "group", repository: REPOSITORY, head: at("b") }, { verdict: verdict() });
    expect([...(await known<StageKnown>(subject)).records.groups.values()]).toEqual([
      { from: at("first"), number: 13, passed: true },
      { from: at("a"), number: 12, passed: false },
    ]);
  });

  it("past its gates is known as long as it is open, and a week beyond", async () => {
    await remember(subject, stage());
    await writes(opens(ABOUT, deviation("development")), opens(ABOUT, deviation("staging")));
    const of = async () =>
      (await known<StageKnown>(subject)).deviations.map(({ standing, closed }) => [standing.key, closed]);
    expect(await of()).toEqual([["deviation:development", null]]);
    await writes(closes(ABOUT, "rita", "deviation:development", "accepted"));
    expect(await of()).toEqual([["deviation:development", "accepted"]]);
    place.clock.pass(8 * 24 * 3_600_000);
    expect(await of()).toEqual([]);
  });

  it("is known to what promotes it", async () => {
    const promotion = pull(12);
    const source = async () => (await known<PullKnown>(promotion)).source;
    expect(await source()).toBeNull();
    await decides(store, promotion, { memory: pullMemory({ head: "development", base: "staging" }) });
    expect(await source()).toEqual({ stage: "development", since: null, heads: [], unexplained: [], trusted: [] });
    await remember(subject, stage({ pushes: [push], heads: [at("b")] }));
    expect(await source()).toMatchObject({ stage: "development", since: NOW, heads: [at("b")], unexplained: [push] });
  });
});

describe("The board", () => {
  it("shows what stands in a component's way, but for what is over and for holds", async () => {
    await store.learn(news({ lessons: [pullLesson(pull(12))] }));
    await decides(store, { kind: "component", repository: REPOSITORY }, { memory: componentMemory() });
    await writes(
      opens(ABOUT, hold(12)),
      opens(ABOUT, deviation("staging")),
      opens(ABOUT, overriding()),
      opens(ABOUT, overriding({ gate: "backup", confirmed: null })),
      opens(ABOUT, freeze("for ever", { repository: REPOSITORY })),
      opens(ABOUT, {
        ...freeze("for an hour", { installation: INSTALLATION }),
        until: later(NOW, 3_600_000),
      } as Standing),
    );
    const shown = async () => (await store.componentsView()).map(({ standing: all }) => all.map(({ key }) => key));
    expect(await shown()).toEqual([["deviation:staging", "for an hour", "for ever", overriding().key]]);
    place.clock.pass(3_600_000);
    expect(await shown()).toEqual([["deviation:staging", "for ever", overriding().key]]);
  });
});

describe("A push that leaves in doubt where a stage is", () => {
  it("has the repository looked at", async () => {
    await decides(store, { kind: "component", repository: REPOSITORY }, { memory: componentMemory() });
    const told = (before: string, after: string) =>
      store.learn(
        news({
          lessons: [
            {
              of: "component",
              repository: REPOSITORY,
              installation: INSTALLATION,
              name: "acme/api",
              defaultBranch: null,
              look: false,
              branch: { name: branch("staging"), before: at(before), at: at(after) },
            },
          ],
        }),
      );
    await told("staging", "x");
    expect((await store.counts()).due).toBe(0);
    await told("y", "z");
    expect((await store.counts()).due).toBe(1);
  });
});
