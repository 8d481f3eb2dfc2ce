import { describe, expect, it } from "@jest/globals";
import { decide } from "../../src/decide.ts";
import type { Decision } from "../../src/flow/decision.ts";
import type { Fact, KnownDeviation, StageKnown } from "../../src/flow/facts.ts";
import { branch, later, type Sha } from "../../src/flow/names.ts";
import { type Arrivals, NO_ARRIVALS, type Push, type Records } from "../../src/flow/provenance.ts";
import { deviationKey, type StandingOf } from "../../src/flow/standing.ts";
import {
  ARRIVALS,
  at,
  component,
  known,
  LATER,
  NO_RECORDS,
  NOW,
  policy,
  pullFacts,
  REPOSITORY,
  stageMemory,
  unknown,
} from "../builders.ts";
import { HOUSE } from "./facts.ts";

const STAGE = branch("development");
const ABOUT = "stage:42:development";
const DEVIN = { id: 6, login: "devin", bot: false };
const push = (more: Partial<Push> = {}): Push => ({
  how: "push",
  before: at("before"),
  after: at("after"),
  by: DEVIN,
  commits: 1,
  at: NOW,
  ...more,
});
const OLD = push({ at: later(NOW, -600_000) });
const deviation = (one: Push, more: Partial<KnownDeviation> = {}): KnownDeviation => ({
  standing: {
    kind: "deviation",
    key: deviationKey(REPOSITORY, STAGE, one),
    by: { id: 6, login: "devin" },
    at: NOW,
    because: "It was pushed",
    repository: REPOSITORY,
    stage: STAGE,
    push: one,
  },
  closed: null,
  slot: written("before"),
  ...more,
});
const written = (fingerprint: string) => ({
  written: { fingerprint: fingerprint as never, id: 31, completed: false, at: NOW },
  refused: null,
});
const merge = (passed: boolean, commits = 1): Records => ({
  merges: [{ number: 12, commit: at("after"), commits, passed }],
  groups: new Map(),
});
const facts = (arrivals: Partial<Arrivals>, more: Partial<StageKnown> = {}): StageKnown => ({
  now: NOW,
  cause: null,
  read: new Map(),
  // Without a ruleset of its own, so that only what moved it is decided on.
  component: component({ config: { ...component().config, policy: policy({ enforcement: "report" }) } }),
  subject: { kind: "stage", repository: REPOSITORY, branch: STAGE },
  memory: stageMemory({ arrivals: { ...ARRIVALS, ...arrivals } }),
  unchecked: [],
  slots: {},
  records: NO_RECORDS,
  deviations: [],
  backMerge: null,
  closedBackMerges: [],
  releases: [],
  ...more,
});
const answer = (arrivals: Partial<Arrivals>, more: Partial<StageKnown> = {}) => decide(facts(arrivals, more), HOUSE);
function judge(arrivals: Partial<Arrivals>, more: Partial<StageKnown> = {}): Decision {
  const came = answer(arrivals, more);
  if (!("decided" in came)) throw new Error(`it lacks ${JSON.stringify(came.lacks)}`);
  return came.decided;
}
const left = (decision: Decision) => (decision.memory?.kind === "stage" ? decision.memory.arrivals : null);
const read = (...answers: readonly (readonly [string, Fact<unknown>])[]) => new Map(answers);
const NEXT = [{ priority: "bulk", openPulls: { repository: REPOSITORY, base: "staging" } }];

describe("What moved a stage", () => {
  it("is recorded from when enforcement is switched on; where it is then is the baseline", () => {
    const decision = judge(
      { since: null, pushes: [push()] },
      { deviations: [deviation(push()), deviation(push({ after: at("x") }), { closed: "it was taken back" })] },
    );
    expect(left(decision)).toEqual({
      ...ARRIVALS,
      heads: [at("development")],
      compared: at("development"),
    });
    expect(decision.entries).toMatchObject([
      { what: "baseline", about: ABOUT, says: { stage: "development", head: at("development") } },
      {
        what: "closed",
        says: {
          key: deviationKey(REPOSITORY, STAGE, push()),
          because: "enforcement was switched on anew: this is the baseline",
        },
      },
      { what: "reported" },
    ]);
    expect(decision.effects).toMatchObject([
      { thing: "issue", state: "closed", over: { id: 31 } },
      { state: "closed" },
    ]);
    const gone = component({ ...facts({}).component, stages: { development: null, staging: null, master: null } });
    expect(left(judge({ since: null }, { component: gone }))).toMatchObject({ heads: [], compared: null });
  });

  it("is not recorded where nothing is enforced, nor of a branch that is no stage any more", () => {
    const observed = component({ config: { ...component().config, policy: policy({ enforcement: "observe" }) } });
    expect(left(judge({ pushes: [push()] }, { component: observed }))).toMatchObject({ since: null, pushes: [] });
    expect(left(judge({ ...NO_ARRIVALS }, { component: observed }))).toEqual(NO_ARRIVALS);
    const others = policy({ enforcement: "report", stages: ["dev", "master"] });
    const moved = component({
      stages: { dev: at("dev"), master: at("master") },
      config: { ...component().config, policy: others },
    });
    expect(left(judge({}, { component: moved }))).toMatchObject({ since: null });
  });

  it("is nothing to write about where nothing moved", () => {
    expect(judge({})).toMatchObject({ entries: [], effects: [], lookAgainAt: null, news: { nudges: [] } });
    expect(judge({}).memory).toBeUndefined();
  });

  it("is explained by a merge that passed, without asking GitHub", () => {
    const decision = judge({ pushes: [push()], merges: [...merge(true).merges] }, { records: merge(true) });
    expect(left(decision)).toMatchObject({ pushes: [], merges: [] });
    expect(decision).toMatchObject({
      entries: [{ what: "push", actor: "devin", about: ABOUT, says: { after: at("after"), explainedBy: [12] } }],
      effects: [],
      news: { nudges: NEXT },
    });
    const last = judge(
      { pushes: [push()] },
      { records: merge(true), subject: { kind: "stage", repository: REPOSITORY, branch: branch("master") } },
    );
    expect(last.news.nudges).toEqual([]);
  });

  it("is explained by merge groups also where nobody told whose push it was", () => {
    const groups = new Map([[at("after"), { from: at("before"), number: 12, passed: true }]]);
    const decision = judge({ pushes: [push({ by: null, commits: null })] }, { records: { merges: [], groups } });
    expect(decision.entries).toMatchObject([{ what: "push", actor: "app", says: { explainedBy: [12] } }]);
  });

  it("is listed where an App did it that the config trusts", () => {
    const trusting = component({
      config: {
        ...component().config,
        policy: policy({ enforcement: "report", provenance: { trusted: ["renovate"] } }),
      },
    });
    const by = (login: string, bot: boolean, more: Partial<Push> = {}) =>
      judge({ pushes: [push({ by: { id: 9, login, bot }, ...more })] }, { component: trusting });
    const decision = by("renovate[bot]", true);
    expect(left(decision)).toMatchObject({ pushes: [], trusted: [{ after: at("after") }] });
    expect(decision.entries).toMatchObject([{ what: "push", actor: "renovate[bot]", says: { trusted: true } }]);
    expect(left(by("renovate", false))).toBeNull();
    expect(left(by("other[bot]", true))).toBeNull();
    expect(by("renovate[bot]", true, { how: "force-push" }).entries).toMatchObject([{ what: "opened" }, {}]);
  });
});

describe("What nothing explains", () => {
  it("is given ten minutes", () => {
    const decision = judge({ pushes: [push()] });
    expect(left(decision)).toBeNull();
    expect(decision).toMatchObject({ entries: [], effects: [], lookAgainAt: later(NOW, 600_000) });
  });

  const BROUGHT = `brought-by ${at("after")}`;
  const asked = (brought: Fact<unknown>, ...pulls: readonly (readonly [string, Fact<unknown>])[]) =>
    read([BROUGHT, brought], ...pulls);
  const one = { number: 12, merged: true, base: STAGE, head: at("login"), author: DEVIN };
  const pull = (mergedAs?: object) =>
    known({ number: 12, asOf: NOW, facts: pullFacts(), ...(mergedAs && { mergedAs }) });

  it("is asked for once then, and is past the gates where GitHub knows of no merge either", () => {
    expect(answer({ pushes: [OLD] })).toEqual({ lacks: [{ want: "brought-by", commit: at("after") }] });
    const key = deviationKey(REPOSITORY, STAGE, OLD);
    const because = `${at("after").slice(0, 7)} was pushed to development by devin at 2026-11-24 09:30 UTC, and no pull request that passed explains it`;
    const decision = judge({ pushes: [OLD] }, { read: asked(known([])) });
    expect(decision).toMatchObject({
      because: `${because}.`,
      entries: [
        { what: "opened", actor: "devin", about: ABOUT, says: { kind: "deviation", key, because, push: OLD } },
        { what: "reported", actor: "app", says: { issues: [`issue:42:${key}`] } },
      ],
      effects: [
        { thing: "issue", slot: `issue:42:${key}`, title: "Unreviewed push to development", state: "open", over: null },
      ],
      news: { nudges: NEXT },
    });
    expect(left(decision)).toMatchObject({ pushes: [] });
    const others = asked(
      known([
        { ...one, merged: false },
        { ...one, base: branch("master") },
      ]),
    );
    expect(judge({ pushes: [OLD] }, { read: others }).entries).toMatchObject([{ what: "opened" }, {}]);
  });

  it("waits while GitHub does not say", () => {
    const waits = { entries: [], effects: [], lookAgainAt: LATER };
    expect(judge({ pushes: [OLD] }, { read: asked(unknown("GitHub answered 502.")) })).toMatchObject(waits);
    const silent = asked(known([one]), ["pull 12", unknown("GitHub answered 502.")]);
    expect(judge({ pushes: [OLD] }, { read: silent })).toMatchObject(waits);
  });

  it("may be a merge that nobody told us of: it is judged by its own records at once", () => {
    expect(answer({ pushes: [OLD] }, { read: asked(known([one])) })).toEqual({ lacks: [{ want: "pull", number: 12 }] });
    const told = asked(known([one]), ["pull 12", pull({ commit: at("after"), commits: 1 })]);
    const decision = judge({ pushes: [OLD] }, { read: told });
    expect(left(decision)).toMatchObject({
      pushes: [OLD],
      merges: [{ number: 12, commit: at("after"), commits: 1 }],
    });
    expect(decision).toMatchObject({ entries: [], lookAgainAt: NOW });
    const other = asked(known([one]), ["pull 12", pull({ commit: at("other"), commits: 1 })]);
    expect(judge({ pushes: [OLD] }, { read: other }).entries).toMatchObject([{ what: "opened" }, {}]);
    const bare = asked(known([one]), ["pull 12", pull()]);
    expect(judge({ pushes: [OLD] }, { read: bare }).entries).toMatchObject([{ what: "opened" }, {}]);
  });

  it("is past the gates where the merge had not passed", () => {
    const decision = judge({ pushes: [OLD], merges: [...merge(false).merges] }, { records: merge(false) });
    expect(decision.because).toMatch(/^#12 was merged into development as \w{7} by devin at .*, and had not passed\.$/);
    expect(decision.entries[0]?.says).toMatchObject({ kind: "deviation", merged: 12 });
    const forced = judge(
      { pushes: [push({ how: "force-push" })], merges: merge(false).merges },
      { records: merge(false) },
    );
    expect(forced.entries[0]?.says).not.toHaveProperty("merged");
  });

  it("is settled where that very push was accepted before its ten minutes were over", () => {
    const one = push({ at: later(NOW, -1) });
    const accepted = (more: Partial<Push>) => [
      deviation({ ...one, ...more }, { closed: "accepted by rita: it is ours", slot: null }),
    ];
    const settled = judge({ pushes: [one] }, { deviations: accepted({}) });
    expect([left(settled), settled.entries]).toEqual([expect.objectContaining({ pushes: [] }), []]);
    const open = [deviation(one, { slot: null })];
    const others = [{ at: NOW }, { before: at("other") }, { after: at("other") }].map(accepted);
    for (const deviations of [open, ...others])
      expect(judge({ pushes: [one] }, { deviations }).lookAgainAt).toBe(later(one.at, 600_000));
  });

  it("is past the gates at once where it was forced or deleted", () => {
    expect(judge({ pushes: [push({ how: "force-push" })] }).entries).toMatchObject([{ what: "opened" }, {}]);
    const gone = judge({ pushes: [push({ how: "deletion", after: null, by: null })] });
    expect(gone.entries).toMatchObject([{ what: "opened", actor: "app", says: { by: null } }, {}]);
    expect(gone.effects).toMatchObject([{ title: "development was deleted" }]);
  });

  it("is reported again under the same issue where it happens again", () => {
    const again = push({ how: "force-push" });
    const before = deviation({ ...again, at: later(NOW, -1) }, { closed: "accepted" });
    const decision = judge({ pushes: [again] }, { deviations: [before] });
    expect(decision.effects).toMatchObject([{ thing: "issue", state: "open", over: { id: 31 } }]);
  });
});

describe("What came past the gates", () => {
  const HEAD = at("head");
  const moved = { heads: [at("after"), HEAD], compared: at("after") };
  const BRANCH = ["branch development", known(HEAD)] as const;
  const [BROUGHT, SINCE] = [`compare ${at("before")} ${at("after")}`, `compare ${at("before")} ${HEAD}`];
  const changes = (paths: readonly string[], { mergeBase = at("before"), whole = true } = {}) =>
    known({ mergeBase, changes: { files: paths.map((path) => ({ path, before: null, blob: at(path) })), whole } });
  const open = (more: Partial<KnownDeviation> = {}) => {
    const one = deviation(push(), more);
    return { deviations: [{ ...one, slot: one.slot }] };
  };
  const closings = (decision: Decision) =>
    decision.entries.flatMap(({ what, says }) => (what === "closed" ? [says["because"]] : []));
  const compared = (brought: Fact<unknown>, since: Fact<unknown>, head: Fact<unknown> = known(HEAD)) =>
    judge(moved, { ...open(), read: read(["branch development", head], [BROUGHT, brought], [SINCE, since]) });

  it("is closed when everything that it touched is as before", () => {
    expect(answer(moved, open())).toEqual({ lacks: [{ want: "branch", branch: "development" }] });
    expect(answer(moved, { ...open(), read: read(BRANCH) })).toEqual({
      lacks: [
        { want: "compare", base: at("before"), head: at("after") },
        { want: "compare", base: at("before"), head: HEAD },
      ],
    });
    const decision = compared(changes(["a.ts"]), changes(["b.ts"]));
    expect(closings(decision)).toEqual([`at ${HEAD.slice(0, 7)} everything that it touched is as it was before it`]);
    expect(decision.effects).toMatchObject([{ thing: "issue", state: "closed" }]);
    expect(decision.news.nudges).toEqual(NEXT);
    expect(left(decision)).toMatchObject({ compared: HEAD });
  });

  it("is there as long as a file has the name that it gave it", () => {
    const renamed = [{ path: "b.ts", before: "a.ts", blob: at("x") }];
    const brought = known({ mergeBase: at("before"), changes: { files: renamed, whole: true } });
    expect(closings(compared(brought, changes(["a.ts"])))).toEqual([]);
    expect(closings(compared(brought, changes(["b.ts"])))).toEqual([]);
    expect(closings(compared(brought, changes(["c.ts"])))).toHaveLength(1);
  });

  it("stays open while something of it is there, or GitHub does not list all", () => {
    for (const decision of [
      compared(changes(["a.ts", "b.ts"]), changes(["b.ts"])),
      compared(changes(["a.ts"], { whole: false }), changes([])),
      compared(changes(["a.ts"]), changes([], { whole: false })),
      compared(changes(["a.ts"], { mergeBase: at("x") }), changes([])),
      compared(changes(["a.ts"]), changes([], { mergeBase: at("x") })),
    ]) {
      expect(closings(decision)).toEqual([]);
      expect(left(decision)).toMatchObject({ compared: HEAD });
    }
  });

  it("is compared later where GitHub does not answer", () => {
    const silent = unknown("GitHub answered 502.");
    for (const decision of [compared(changes(["a.ts"]), silent), compared(changes([]), changes([]), silent)]) {
      expect(closings(decision)).toEqual([]);
      expect(decision).toMatchObject({ lookAgainAt: LATER });
    }
  });

  it("is compared once for each head, and only where a revert could clear it", () => {
    expect(judge({ ...moved, compared: HEAD }, open()).entries).toMatchObject([{ what: "reported" }]);
    const forced = { deviations: [deviation(push({ how: "force-push" }))] };
    expect(closings(judge(moved, forced))).toEqual([]);
    expect(closings(judge(moved, { ...open({ closed: "accepted" }) }))).toEqual([]);
    expect(closings(judge({ heads: [], compared: null }, open()))).toEqual([]);
  });

  it("is closed where its merge was told after all", () => {
    const decision = judge({ pushes: [push()] }, { records: merge(true), ...open() });
    expect(closings(decision)).toEqual(["it came by #12 after all"]);
  });

  it("has an issue that is made, kept right and closed once", () => {
    const issue = (of: KnownDeviation) => judge({}, { deviations: [of] }).effects;
    const [made] = issue(deviation(push(), { slot: null }));
    expect(made).toMatchObject({ state: "open", over: null });
    expect(issue(deviation(push(), { slot: written(made?.fingerprint as string) }))).toEqual([]);
    expect(issue(deviation(push(), { slot: null, closed: "accepted" }))).toEqual([]);
    const no = { written: null, refused: { fingerprint: made?.fingerprint as never, because: "No.", at: NOW } };
    expect(judge({}, { deviations: [deviation(push(), { slot: no })] })).toMatchObject({
      effects: [],
      lookAgainAt: later(NOW, 3_600_000),
    });
  });
});

it("a deviation names the commit to accept", () => {
  const { standing } = deviation(push({ after: null, how: "deletion" }));
  expect((standing satisfies StandingOf<"deviation">).key).toBe(`deviation:42:development:${at("before") as Sha}`);
});
