import { describe, expect, it } from "@jest/globals";
import { decide } from "../../src/decide.ts";
import type { Decision } from "../../src/flow/decision.ts";
import { backMergeFingerprint, type SlotState } from "../../src/flow/effect.ts";
import { type Fact, type KnownBackMerge, type PullKnown, type StageKnown, wantKey } from "../../src/flow/facts.ts";
import { digestOf } from "../../src/flow/ledger.ts";
import type { PullFacts, PullMemory, StageMemory } from "../../src/flow/memory.ts";
import { branch, type Hash, type Instant, later } from "../../src/flow/names.ts";
import {
  at,
  component,
  history,
  known,
  LATER,
  NOW,
  policy,
  pullFacts,
  pullMemory,
  REPOSITORY,
  stageMemory,
  unknown,
  verdict,
} from "../builders.ts";
import { decided, HOUSE, stageKnown } from "./facts.ts";
import { brings, FREE, type Hub, judge } from "./hub.ts";

const LIVE = at("live");
const COMMIT = LIVE.slice(0, 7);
const DEVELOPMENT = branch("development");
const written = (fingerprint: Hash, id = 31): SlotState => ({
  written: { fingerprint, id, completed: false, at: NOW },
  refused: null,
});
const OLD = { fingerprint: digestOf(`merge back ${at("live")}`), id: 12, completed: false, at: later(NOW, -3_600_000) };
const refusedBy = (fingerprint: Hash, because: string, at: Instant = NOW): SlotState => ({
  written: null,
  refused: { fingerprint, because, at },
});

describe("a stage that lacks what landed in a later one", () => {
  /** master has a hotfix, merged as `live`, that development lacks. */
  const git = history();
  git.commit("root", []);
  git.commit("login", ["root"]);
  git.commit("fix", ["root"], { title: "fix: *crash*" });
  git.commit("live", ["root", "fix"], { tree: "tree of fix" });
  git.branch("development", "login");

  const reporting = (more: Parameters<typeof policy>[0] = {}) =>
    component({ config: { ...component().config, policy: policy({ enforcement: "report", ...more }) } });
  const owes = { from: branch("master"), commit: LIVE };
  const ask = (more: Partial<StageKnown> = {}, backMerge: Partial<KnownBackMerge> | null = {}) => {
    const read = new Map<string, Fact<unknown>>();
    const facts = stageKnown({
      component: reporting(),
      subject: { kind: "stage", repository: REPOSITORY, branch: DEVELOPMENT },
      memory: stageMemory({ owes }),
      backMerge: backMerge && { slot: null, open: false, later: [], rollbacks: [], ...backMerge },
      read,
      ...more,
    });
    for (let round = 0; round < 5; round++) {
      const answer = decide(facts, HOUSE);
      if ("decided" in answer) return { ...answer.decided, asked: [...read.keys()] };
      for (const want of answer.lacks) read.set(wantKey(want), want.want === "rules" ? known([]) : git.answer(want));
    }
    throw new Error("it asks for ever");
  };
  /** Whether it still owes it. */
  const left = ({ memory }: Decision) =>
    memory === undefined || (memory as StageMemory).owes !== undefined ? "still" : "nothing";
  const opened = ({ effects }: Decision) => effects.filter(({ thing }) => thing === "promotion");

  it("is brought it back by a pull request", () => {
    const came = ask();
    expect(opened(came)).toEqual([
      {
        does: "set",
        thing: "promotion",
        slot: "back-merge:42:development",
        fingerprint: backMergeFingerprint(LIVE),
        repository: REPOSITORY,
        name: "acme/api",
        branch: `back-merge/development-${COMMIT}`,
        base: "development",
        pinned: LIVE,
        title: "Merge master back into development",
        body: expect.stringContaining("`master` has 1 commit that `development` lacks"),
      },
    ]);
    expect(came.entries).toEqual([
      {
        what: "promoting",
        actor: "app",
        about: "stage:42:development",
        says: { does: `opens the pull request that merges ${COMMIT} of master back into development` },
      },
    ]);
    expect(left(came)).toBe("still");
    expect(came.final).toBeUndefined();
  });

  it("is brought back once, whatever becomes of it", () => {
    const came = ask({}, { slot: written(backMergeFingerprint(LIVE)), open: true });
    expect(opened(came)).toEqual([]);
    expect(left(came)).toBe("nothing");
    expect(came.asked).not.toContain(`compare development ${LIVE}`);
  });

  it("waits for an older one that is open", () => {
    const older = written(backMergeFingerprint(at("older")));
    const waits = ask({}, { slot: older, open: true });
    expect([opened(waits), left(waits)]).toEqual([[], "still"]);
    expect(opened(ask({}, { slot: older }))).toHaveLength(1);
  });

  it("is not where it has all of it, or what it lacks brought nothing", () => {
    for (const [lacked, later] of [
      [brings(), []],
      [
        { ...brings("merge"), commits: [{ ...brings("merge").commits[0], parents: [at("a"), at("b")] }] },
        [at("merge")],
      ],
    ] as const) {
      const read = new Map<string, Fact<unknown>>([
        [`compare development ${LIVE}`, known(lacked)],
        ["rules development", known([])],
      ]);
      const came = ask({ read }, { later: [...later] });
      expect([opened(came), left(came)]).toEqual([[], "nothing"]);
    }
  });

  it("is brought back what GitHub does not list to its end", () => {
    const read = new Map<string, Fact<unknown>>([
      [`compare development ${LIVE}`, known({ ...brings(), whole: false })],
      ["rules development", known([])],
    ]);
    expect(opened(ask({ read }))).toEqual([
      expect.objectContaining({
        body: expect.stringContaining("`master` has more commits that `development` lacks than GitHub lists"),
      }),
    ]);
  });

  it("is looked at again where GitHub does not answer, or does not let it be opened", () => {
    const silent = new Map<string, Fact<unknown>>([
      [`compare development ${LIVE}`, unknown("GitHub answered 502.")],
      ["rules development", known([])],
    ]);
    const waits = ask({ read: silent });
    expect([opened(waits), left(waits), waits.lookAgainAt]).toEqual([[], "still", LATER]);
    const no = ask({}, { slot: refusedBy(backMergeFingerprint(LIVE), "no") });
    expect([opened(no), no.entries, no.lookAgainAt]).toEqual([[], [], later(NOW, 3_600_000)]);
  });

  it.each<[string, Partial<StageKnown>, Partial<KnownBackMerge> | null, "still" | "nothing"]>([
    ["it owes nothing", { memory: stageMemory() }, null, "still"],
    ["nothing was read of it", {}, null, "still"],
    ["nothing is enforced", { component: reporting({ enforcement: "observe" }) }, {}, "still"],
    ["a stage is missing", { component: { ...reporting(), stages: { development: at("d") } } }, {}, "still"],
    ["it is no stage any more", { component: reporting({ stages: ["staging", "master"] }) }, {}, "nothing"],
    [
      "it is the later one now",
      { component: reporting({ stages: ["staging", "master", "development"] }) },
      {},
      "nothing",
    ],
  ])("is left alone where %s", (_what, facts, backMerge, owed) => {
    const stages = { development: at("login"), staging: at("staging"), master: LIVE };
    const came = ask(
      "component" in facts && facts.component?.stages?.["master"] === undefined
        ? facts
        : { ...facts, component: { ...(facts.component ?? reporting()), stages } },
      backMerge,
    );
    expect([opened(came), left(came)]).toEqual([[], owed]);
  });

  it("remembers so although its rulesets are settled as well", () => {
    const managed = component({ config: { ...component().config, policy: policy({ mergeBy: "anyone" }) } });
    const facts = { component: managed, read: new Map([["rulesets flowgate: development", known([])]]) };
    const came = decided(
      decide(
        stageKnown({
          ...facts,
          subject: { kind: "stage", repository: REPOSITORY, branch: DEVELOPMENT },
          memory: stageMemory({ owes, look: true }),
          backMerge: { slot: written(backMergeFingerprint(LIVE)), open: true, later: [], rollbacks: [] },
        }),
        HOUSE,
      ),
    );
    expect(left(came)).toBe("nothing");
    expect(came.effects).toMatchObject([{ thing: "ruleset" }]);
  });
});

describe("a pull request of ours that brings something back", () => {
  const OURS = { head: `back-merge/development-${COMMIT}`, base: "development", tip: LIVE };
  const FREED = component({ config: { ...component().config, policy: FREE } });
  const ONCE = digestOf(`merge back ${LIVE}`);
  const AGAIN = digestOf(`merge back ${LIVE} again`);
  const answers = (more: Partial<PullFacts> = {}, rest: Hub = {}): Hub => ({
    [`compare staging ${LIVE}`]: brings("fix"),
    [`compare master ${LIVE}`]: brings(),
    "branch development": at("development"),
    "pull 12": { number: 12, asOf: NOW, facts: { ...pullFacts(OURS), ...more } },
    ...rest,
  });
  const facts = (more: Partial<PullKnown> = {}, memory: Partial<PullMemory> = {}): Partial<PullKnown> => ({
    component: FREED,
    memory: pullMemory(OURS, memory),
    verdict: verdict({ head: LIVE, lane: "back-merge" }),
    backMerge: { changed: false, said: null },
    ...more,
  });
  const merges = ({ effects }: Decision) => effects.filter(({ thing }) => thing === "merge");
  const comments = ({ effects }: Decision) =>
    effects.flatMap((effect) => (effect.thing === "comment" ? [effect.body] : []));

  it("is merged at its head by a merge commit, once its check is green on facts read fresh", () => {
    const came = judge(facts(), answers());
    expect(merges(came)).toEqual([
      {
        does: "set",
        thing: "merge",
        slot: `merge:42:12:${LIVE}`,
        fingerprint: ONCE,
        repository: REPOSITORY,
        name: "acme/api",
        number: 12,
        head: LIVE,
        method: "merge",
      },
    ]);
    expect(came.asked).toEqual(expect.arrayContaining(["branch development", "pull 12"]));
    expect(came.entries).toContainEqual({
      what: "promoting",
      actor: "app",
      about: "pull:42:12",
      says: { does: `merges ${COMMIT} back into development` },
    });
    expect(came.final).toBe(false);
  });

  it.each<[string, Partial<PullKnown>, Partial<PullMemory>]>([
    ["it is none of ours", { backMerge: null }, {}],
    ["it is a draft", {}, { draft: true }],
    [
      "it is held",
      {
        standing: [
          { kind: "hold", key: "hold:12", by: null, at: NOW, because: "wait", repository: REPOSITORY, number: 12 },
        ],
      },
      {},
    ],
    [
      "another one on the same commit is not let through",
      { siblings: [{ number: 13, verdict: verdict({ head: LIVE, lane: "back-merge", outcome: "pending" }) }] },
      {},
    ],
    [
      "nothing is enforced",
      { component: { ...FREED, config: { ...FREED.config, policy: { ...FREE, enforcement: "observe" } } } },
      {},
    ],
    ["it was just merged", { merge: written(ONCE) }, {}],
    ["GitHub said long ago that it merged it", { merge: { ...written(ONCE), written: OLD } as SlotState }, {}],
  ])("is not where %s", (_what, more, memory) => {
    expect(merges(judge(facts(more, memory), answers(memory)))).toEqual([]);
  });

  it("is looked at again where it was just merged", () => {
    expect(judge(facts({ merge: written(ONCE) }), answers()).lookAgainAt).toBe(later(NOW, 2_000));
  });

  it.each<[string, Hub]>([
    ["it became a draft", answers({ draft: true })],
    ["it was closed", answers({ state: "closed" })],
    ["it goes elsewhere", answers({ base: branch("docs") })],
    ["GitHub does not tell where the stage is", answers({}, { "branch development": unknown("GitHub answered 502.") })],
    ["GitHub does not tell how it is", answers({}, { "pull 12": unknown("GitHub answered 502.") })],
    [
      "its head is another commit",
      answers(
        { head: { sha: at("pushed"), ref: branch("back-merge/x"), repository: REPOSITORY } },
        {
          [`compare staging ${at("pushed")}`]: brings("work"),
          [`compare master ${at("pushed")}`]: brings("work"),
          [`compare development ${at("pushed")}`]: brings("work"),
        },
      ),
    ],
  ])("is not where meanwhile %s", (_what, hub) => {
    expect(merges(judge(facts(), hub))).toEqual([]);
  });

  it("is tried again soon where GitHub says that it cannot be merged: it may not know yet", () => {
    const no = refusedBy(ONCE, "GitHub answered 405 (Pull Request is not mergeable) when asked to merge #12.");
    const waits = judge(facts({ merge: no }), answers());
    expect([merges(waits), comments(waits), waits.lookAgainAt]).toEqual([[], [], later(NOW, 30_000)]);
    const then = judge(facts({ merge: no, now: later(NOW, 30_000) }), answers());
    expect(merges(then)).toMatchObject([{ fingerprint: AGAIN }]);
  });

  it("is said to conflict once, with what to do, and tried again every hour", () => {
    const no = refusedBy(AGAIN, "GitHub answered 405 (Pull Request is not mergeable) when asked to merge #12.");
    const says = judge(facts({ merge: no }), answers());
    expect(merges(says)).toEqual([]);
    expect(comments(says)).toEqual([
      expect.stringContaining(`git switch ${OURS.head}\ngit merge origin/development\n`),
    ]);
    expect(says.lookAgainAt).toBe(later(NOW, 3_600_000));
    expect(says.entries).toContainEqual({
      what: "promoting",
      actor: "app",
      about: "pull:42:12",
      says: { does: `says that GitHub does not merge ${COMMIT} back into development` },
    });
    const said = written(digestOf(`<!-- flowgate:back-merge ${LIVE} -->`));
    const silent = judge(facts({ merge: no, backMerge: { changed: false, said } }), answers());
    expect([comments(silent), silent.lookAgainAt]).toEqual([[], later(NOW, 3_600_000)]);
    const then = judge(facts({ merge: no, now: later(NOW, 3_600_000) }), answers());
    expect(merges(then)).toMatchObject([{ fingerprint: AGAIN }]);
  });

  it("waits for what others' checks say, which GitHub asks for, and says so only after an hour", () => {
    const words = 'GitHub answered 405 (Required status check "build" is expected.) when asked to merge #12.';
    const waits = (now: Instant, since: Instant = now) =>
      judge(facts({ merge: refusedBy(AGAIN, words, since), now }), answers());
    const soon = waits(later(NOW, 60_000));
    expect([merges(soon), comments(soon), soon.lookAgainAt]).toEqual([[], [], later(NOW, 6 * 60_000)]);
    expect(merges(waits(later(NOW, 6 * 60_000), later(NOW, 60_000)))).toMatchObject([{ fingerprint: AGAIN }]);
    const long = waits(later(NOW, 3_600_000));
    expect(comments(long)).toEqual([expect.stringContaining("This was not merged. GitHub answered 405")]);
    expect(long.lookAgainAt).toBe(later(NOW, 7_200_000));
  });

  it("that is closed frees its stage for the next, and the stages before that had waited for it", () => {
    const stages = (more: Partial<PullKnown>) =>
      judge(facts(more, { state: "closed", base: branch("staging") }), answers()).news.nudges.flatMap((nudge) =>
        "subject" in nudge && nudge.subject.kind === "stage" ? [nudge.subject.branch] : [],
      );
    expect(stages({})).toEqual(["staging", "development"]);
    expect(stages({ component: null })).toEqual(["staging"]);
    const closed = judge(facts({}, { state: "closed" }), answers());
    expect(closed.news.nudges).toContainEqual({
      priority: "bulk",
      subject: { kind: "stage", repository: REPOSITORY, branch: "development" },
    });
    const other = judge(facts({ backMerge: null }, { state: "closed" }), answers());
    expect(other.news.nudges).not.toContainEqual(expect.objectContaining({ subject: expect.anything() }));
  });

  it("that is merged is remembered by its stage, and what was resolved on it goes on to those before", () => {
    const INTO = branch("staging");
    const merged = { state: "closed", merged: true, mergeCommit: at("merged") } as const;
    const lessons = (more: Partial<PullKnown> = {}, memory: Partial<PullMemory> = {}) =>
      judge(
        facts(
          { verdict: verdict({ head: LIVE, base: INTO, lane: "back-merge" }), ...more },
          { ...merged, base: INTO, ...memory },
        ),
        answers(),
      ).news.lessons;
    const remembers = { of: "back-merge", repository: REPOSITORY, branch: INTO, commit: at("merged") };
    expect(lessons()).toEqual([remembers]);
    expect(lessons({ backMerge: null })).toEqual([remembers]);
    expect(lessons({ backMerge: { changed: true, said: null } })).toEqual([
      remembers,
      { of: "landing", repository: REPOSITORY, branch: DEVELOPMENT, from: INTO, commit: at("merged") },
    ]);
    expect(lessons({}, { mergeCommit: null })).toEqual([]);
    expect(lessons({ verdict: verdict({ head: LIVE, base: INTO, lane: "back-merge", outcome: "pending" }) })).toEqual(
      [],
    );
  });
});
