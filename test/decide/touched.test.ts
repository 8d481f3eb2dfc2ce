import { describe, expect, it } from "@jest/globals";
import { decide } from "../../src/decide.ts";
import type { Decision } from "../../src/flow/decision.ts";
import type { KnownDeviation, MadeRelease, StageKnown } from "../../src/flow/facts.ts";
import { digestOf } from "../../src/flow/ledger.ts";
import { branch, type Hash, later, type Person } from "../../src/flow/names.ts";
import { NO_ARRIVALS } from "../../src/flow/provenance.ts";
import { type StandingOf, touchedKey } from "../../src/flow/standing.ts";
import type { Deed, Touch } from "../../src/flow/touched.ts";
import { ARRIVALS, at, component, NOW, policy, REPOSITORY, stageMemory } from "../builders.ts";
import { RITA } from "../gates/asking.ts";
import { HOUSE, stageKnown } from "./facts.ts";

const MASTER = branch("master");
const ABOUT = "stage:42:master";
const touch = (more: Partial<Touch> = {}): Touch => ({
  did: "edited",
  tags: ["v1.4.0"],
  draft: false,
  by: RITA,
  at: NOW,
  ...more,
});
const release = (version: string, number: number, ended: MadeRelease["ended"]): MadeRelease => ({
  standing: {
    kind: "release",
    key: `release:42:${number}`,
    by: null,
    at: NOW,
    because: "minor",
    repository: REPOSITORY,
    number,
    version,
    commit: at(version),
    notes: "Notes",
    previous: null,
    ledger: { sequence: 1, hash: digestOf("1") },
  },
  ended,
});
const RELEASED = release("v1.4.0", 12, { as: "released" });
const WITHDRAWN = release("v1.4.0", 12, { as: "withdrawn", by: 20 });
const ON_ITS_WAY = release("v1.4.0", 12, null);
const key = (did: Deed, by: Person | null = RITA) => touchedKey(REPOSITORY, MASTER, { tag: "v1.4.0", did }, by);
const standing = (did: Deed, by: Person | null = RITA): StandingOf<"deviation"> => ({
  kind: "deviation",
  key: key(did, by),
  by,
  at: NOW,
  because: "It was touched",
  repository: REPOSITORY,
  stage: MASTER,
  touched: { did, tag: "v1.4.0", commit: at("v1.4.0"), ended: "released", at: NOW },
});

function judge(
  touched: readonly Touch[],
  releases: readonly MadeRelease[] = [RELEASED],
  more: Partial<StageKnown> = {},
): Decision {
  const came = decide(
    stageKnown({
      // Without a ruleset of its own, so that only what was done by hand is decided on.
      component: component({ config: { ...component().config, policy: policy({ enforcement: "report" }) } }),
      subject: { kind: "stage", repository: REPOSITORY, branch: MASTER },
      memory: stageMemory({ arrivals: ARRIVALS, touched }),
      releases,
      ...more,
    }),
    HOUSE,
  );
  if (!("decided" in came)) throw new Error(`it lacks ${JSON.stringify(came.lacks)}`);
  expect(came.decided.memory ?? {}).not.toHaveProperty("touched");
  return came.decided;
}
const opened = ({ entries }: Decision) => entries.filter(({ what }) => what === "opened").map(({ says }) => says);
const issues = ({ effects }: Decision) => effects.flatMap((effect) => (effect.thing === "issue" ? [effect] : []));

describe("A release that was touched by hand", () => {
  it("is a deviation of the last stage, reported by an issue", () => {
    const decision = judge([touch()]);
    const because = "Release v1.4.0 was edited by hand, by rita at 2026-11-24 09:40 UTC";
    expect(decision).toMatchObject({
      because: `${because}.`,
      entries: [
        {
          what: "opened",
          actor: "rita",
          about: ABOUT,
          says: {
            kind: "deviation",
            key: key("edited"),
            because,
            stage: "master",
            touched: { did: "edited", tag: "v1.4.0", commit: at("v1.4.0"), ended: "released", at: NOW },
          },
        },
        { what: "reported", says: { issues: [`issue:42:${key("edited")}`] } },
      ],
      effects: [{ thing: "issue", title: "Release v1.4.0 was edited by hand", state: "open", over: null }],
      news: { nudges: [], forget: [] },
    });
  });

  it.each<[Deed, string]>([
    ["published", "Release v1.4.0 was published by hand"],
    ["unpublished", "Release v1.4.0 was unpublished by hand"],
    ["deleted", "Release v1.4.0 was deleted by hand"],
    ["tag-moved", "The tag v1.4.0 was moved by hand"],
    ["tag-deleted", "The tag v1.4.0 was deleted by hand"],
  ])("and released before is only reported: %s", (did, title) => {
    const decision = judge([touch({ did })]);
    expect(issues(decision)).toMatchObject([{ title, state: "open" }]);
    expect(decision.news).toMatchObject({ nudges: [], forget: [] });
  });

  it("is none of ours where we released nothing by that tag", () => {
    for (const releases of [[], [release("v1.3.0", 9, null)]])
      expect(judge([touch()], releases)).toMatchObject({ entries: [], effects: [], news: { nudges: [], forget: [] } });
    expect(issues(judge([touch({ tags: ["theirs", "v1.4.0"] })]))).toHaveLength(1);
  });

  it("is reported once, whoever does it again while that stands, and for each who did", () => {
    const OTTO_TOO = { id: 99, login: "otto" };
    const decision = judge([touch(), touch({ at: NOW }), touch({ by: OTTO_TOO }), touch({ by: null })]);
    expect(opened(decision).map(({ key }) => key)).toEqual([
      key("edited"),
      key("edited", OTTO_TOO),
      key("edited", null),
    ]);
    const there = { written: { fingerprint: "f" as Hash, id: 31, completed: false, at: NOW }, refused: null };
    const open: KnownDeviation = { standing: standing("edited"), closed: null, slot: there };
    expect(opened(judge([touch()], [RELEASED], { deviations: [open] }))).toEqual([]);
    const accepted: KnownDeviation = { ...open, closed: "accepted by otto: a typo" };
    const again = judge([touch()], [RELEASED], { deviations: [accepted] });
    expect(opened(again)).toHaveLength(1);
    expect(issues(again)).toMatchObject([{ state: "open", over: { id: 31 } }]);
  });

  it("has its issue closed once it is accepted", () => {
    const there = { written: { fingerprint: "f" as Hash, id: 31, completed: false, at: NOW }, refused: null };
    const accepted = { standing: standing("edited"), closed: "accepted by otto: a typo", slot: there };
    const memory = stageMemory({ arrivals: ARRIVALS });
    const decision = judge([], [], { deviations: [accepted], memory });
    expect(issues(decision)).toMatchObject([
      { state: "closed", body: expect.stringContaining("Cleared: accepted by") },
    ]);
  });

  it("is not looked at where nothing is enforced, nor from before it was", () => {
    const observed = component({ config: { ...component().config, policy: policy({ enforcement: "observe" }) } });
    expect(judge([touch()], [RELEASED], { component: observed }).effects).toEqual([]);
    const memory = stageMemory({ arrivals: NO_ARRIVALS, touched: [touch()] });
    expect(issues(judge([], [RELEASED], { memory }))).toEqual([]);
  });
});

describe("A release on its way that was touched by hand", () => {
  const pull = [{ priority: "bulk", subject: { kind: "pull", repository: REPOSITORY, number: 12 } }];
  it.each<[string, Partial<Touch>, readonly string[], boolean]>([
    ["a draft that was edited: written again", { did: "edited", draft: true }, ["release:42:12"], false],
    [
      "a draft that was deleted: made anew with its files",
      { did: "deleted", draft: true },
      ["release:42:12", "assets:42:12"],
      false,
    ],
    [
      "one that was published, too, and then deleted: drafted anew",
      { did: "deleted" },
      ["release:42:12", "assets:42:12"],
      true,
    ],
    ["one that was published by hand, and edited: left alone", { did: "edited" }, [], true],
    ["one that was published by hand: it goes on", { did: "published" }, [], true],
    ["its tag that was deleted: made anew", { did: "tag-deleted" }, ["tag:42:12"], true],
    ["its tag that was moved: never moved back", { did: "tag-moved" }, [], true],
  ])("%s", (_what, more, forget, isDeviation) => {
    const decision = judge([touch(more)], [ON_ITS_WAY]);
    expect(decision.news).toMatchObject({ forget, nudges: forget.length > 0 ? pull : [] });
    expect(issues(decision)).toHaveLength(isDeviation ? 1 : 0);
    const drafts = decision.entries.filter(({ what }) => what === "touched");
    expect(drafts).toEqual(
      isDeviation
        ? []
        : [{ what: "touched", actor: "rita", about: ABOUT, says: { tag: "v1.4.0", did: more.did, draft: true } }],
    );
  });

  describe("again and again", () => {
    const undone = (...minutes: readonly number[]): MadeRelease => ({
      ...ON_ITS_WAY,
      standing: { ...ON_ITS_WAY.standing, undone: minutes.map((ago) => later(NOW, -ago * 60_000)) },
    });
    const LEFT = undone(9, 8, 7, 6, 5);
    it.each<[string, MadeRelease, Deed, boolean]>([
      ["five times in ten minutes: left alone, and told of", LEFT, "edited", true],
      ["the same of one that is deleted", LEFT, "deleted", true],
      ["four times: put right as ever", undone(9, 8, 7, 6), "edited", false],
      ["five times, but not in ten minutes", undone(10, 8, 7, 6, 5), "edited", false],
    ])("%s", (_what, release, did, isTold) => {
      const decision = judge([touch({ did, draft: true })], [release]);
      expect(issues(decision).map(({ title }) => title)).toEqual(
        isTold ? [`The draft of v1.4.0 was ${did} by hand again and again`] : [],
      );
      expect(opened(decision).map(({ key }) => key)).toEqual(
        isTold ? [`deviation:42:master:release:v1.4.0:draft-${did}:${RITA.id}`] : [],
      );
      expect(decision.entries.filter(({ what }) => what === "touched")).toHaveLength(isTold ? 0 : 1);
      // When the time has come it is put right all the same.
      expect(decision.news.nudges).toEqual(pull);
      expect(decision.news.forget).toContain("release:42:12");
    });

    it("is told once while that stands, and beside what is told of it once it is out", () => {
      const [one] = opened(judge([touch({ draft: true })], [LEFT]));
      const open: KnownDeviation = { standing: one as unknown as StandingOf<"deviation">, closed: null, slot: null };
      const again = judge([touch({ draft: true })], [LEFT], { deviations: [open] });
      expect(again.entries.filter(({ what }) => what !== "reported")).toEqual([]);
      expect(opened(judge([touch()], [RELEASED], { deviations: [open] }))).toMatchObject([{ key: key("edited") }]);
    });

    it("is somebody's own draft, and its tag told of as ever, where it was released", () => {
      const over: MadeRelease = { ...LEFT, ended: { as: "released" } };
      expect(judge([touch({ draft: true })], [over])).toMatchObject({ entries: [], effects: [] });
      expect(opened(judge([touch({ did: "tag-deleted" })], [over]))).toMatchObject([{ key: key("tag-deleted") }]);
    });
  });

  it("by nobody that GitHub names is written down as told to us", () => {
    expect(judge([touch({ draft: true, by: null })], [ON_ITS_WAY]).entries).toMatchObject([{ actor: "app" }]);
  });

  it.each<[string, MadeRelease]>([
    ["released", RELEASED],
    ["withdrawn", WITHDRAWN],
  ])("is somebody's own draft where it was %s", (_how, over) => {
    for (const did of ["edited", "deleted"] as const)
      expect(judge([touch({ did, draft: true })], [over])).toMatchObject({
        entries: [],
        effects: [],
        news: { forget: [] },
      });
  });

  it("and was withdrawn by then is told so", () => {
    const decision = judge([touch({ did: "published" })], [WITHDRAWN]);
    expect(opened(decision)).toMatchObject([{ touched: { did: "published", ended: "withdrawn" } }]);
    expect(issues(decision)).toMatchObject([{ body: expect.stringContaining(", though it was withdrawn.") }]);
  });
});
