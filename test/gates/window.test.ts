import { describe, expect, it } from "@jest/globals";
import { digestOf } from "../../src/flow/ledger.ts";
import { branch, installationId, later } from "../../src/flow/names.ts";
import type { Standing } from "../../src/flow/standing.ts";
import type { Deed } from "../../src/flow/touched.ts";
import type { Lane } from "../../src/flow/verdict.ts";
import { window } from "../../src/gates/window.ts";
import { at, LATER, NOW, REPOSITORY, unknown } from "../builders.ts";
import { rollback } from "../decide/under-way.ts";
import { type Asking, asked, cure, OTTO, overriding, RITA, said } from "./asking.ts";

const common = { key: "k", by: RITA, at: NOW, repository: REPOSITORY } as const;
const hold: Standing = { ...common, kind: "hold", because: "the vendor has to look first", number: 12 };
const freeze: Standing = {
  key: "k",
  by: RITA,
  at: NOW,
  kind: "freeze",
  because: "quarter close",
  of: { repository: REPOSITORY },
  stage: branch("master"),
  until: LATER,
};
const outage: Standing = { ...common, kind: "outage", because: "Log-in fails", severity: "critical" };
const owed: Extract<Standing, { kind: "owed" }> = {
  ...common,
  kind: "owed",
  because: "it had none",
  what: "hotfix-review",
  role: "quality",
  number: 7,
  due: NOW,
  issue: 44,
};
const overdue = overriding({ number: 7, confirmed: { by: OTTO, at: NOW, due: NOW } });
const inFlight: Standing = {
  ...common,
  kind: "release",
  because: "merged as 1234567",
  version: "v1.4.0",
  number: 7,
  commit: at("merged"),
  notes: "",
  previous: null,
  ledger: { sequence: 1, hash: digestOf("1") },
};
const push = { how: "push", before: at("a"), after: at("b"), by: null, commits: 1, at: NOW } as const;
const deviation: Standing = { ...common, kind: "deviation", because: "It was pushed", stage: branch("staging"), push };

const LANES: readonly Lane[] = ["feature", "promotion", "release", "hotfix", "back-merge"];
const found = (standing: readonly Standing[], asking: Asking = {}) => asked(window, { ...asking, standing });
/** In which lanes it holds. */
const holdsIn = (one: Standing) => LANES.filter((lane) => said(found([one], { lane }))[0] === "pending");

describe("The window", () => {
  it("says of a release that it was published by hand, while nobody has accepted that", () => {
    const touched = (did: Deed, tag: string): Standing => ({
      ...common,
      kind: "deviation",
      because: "It was touched",
      stage: branch("master"),
      touched: { did, tag, commit: at("merged"), ended: null, at: NOW },
    });
    const because = (...more: readonly Standing[]) =>
      said(found([inFlight, deviation, ...more], { lane: "release" }))[1];
    expect(because(touched("published", "v1.4.0"))).toBe(
      "v1.4.0 is merged and not released yet, though it was published by hand.",
    );
    expect(because(touched("edited", "v1.4.0"), touched("published", "v1.3.0"))).toBe(
      "v1.4.0 is merged and not released yet.",
    );
  });

  it("is open where nothing stands", () => {
    for (const lane of LANES) expect(said(found([], { lane }))).toEqual(["passed", "Nothing holds it."]);
  });

  it("is closed to each lane by what concerns it", () => {
    expect(holdsIn(hold)).toEqual(LANES);
    expect(holdsIn(freeze)).toEqual(["release", "hotfix"]);
    expect(holdsIn({ ...freeze, stage: branch("staging") } as Standing)).toEqual(["promotion", "back-merge"]);
    expect(holdsIn({ ...freeze, stage: branch("development") } as Standing)).toEqual(["feature"]);
    expect(holdsIn(outage)).toEqual(["promotion", "release"]);
    expect(holdsIn({ ...outage, severity: "major" } as Standing)).toEqual(["promotion", "release"]);
    expect(holdsIn({ ...outage, severity: "minor" } as Standing)).toEqual([]);
    expect(holdsIn(owed)).toEqual(["release"]);
    expect(holdsIn(overdue)).toEqual(["release"]);
    // Nobody agreed to it, or it is what lets this very pull request through.
    expect(holdsIn({ ...overdue, confirmed: null })).toEqual([]);
    expect(holdsIn({ ...overdue, number: 12 })).toEqual([]);
    expect(holdsIn(inFlight)).toEqual(["release"]);
    expect(holdsIn(deviation)).toEqual([]);
    expect(holdsIn({ ...hold, kind: "attestation", what: "readiness", head: at("a"), comment: 1 } as Standing)).toEqual(
      [],
    );
  });

  it.each<[string, Standing, string, string]>([
    [
      "a hold",
      hold,
      "Held by @rita on #12: the vendor has to look first.",
      "`/unhold` lifts it, by somebody with at least the right of who set it.",
    ],
    [
      "a hold of Flowgate's own",
      { ...hold, by: null },
      "Held by Flowgate on #12: the vendor has to look first.",
      "`/unhold` lifts it, by somebody with at least the right of who set it.",
    ],
    [
      "a freeze with an end",
      freeze,
      "master is frozen until 2026-11-24 09:50 UTC: quarter close.",
      "It opens by itself then; before that it is lifted by @rita or another release manager with `/unfreeze master`.",
    ],
    [
      "a freeze without one",
      { ...freeze, until: null, by: null } as Standing,
      "master is frozen: quarter close.",
      "It is lifted by a release manager with `/unfreeze master`.",
    ],
    [
      "a freeze of all components",
      { ...freeze, until: null, of: { installation: installationId(1) } } as Standing,
      "master is frozen in all components: quarter close.",
      "It is lifted by @rita or another release manager with `/unfreeze master all`.",
    ],
    [
      "an outage",
      outage,
      "A critical outage is open since 2026-11-24 09:40 UTC: Log-in fails.",
      "It goes on when operations write `/outage resolve`.",
    ],
    [
      "an override that is overdue",
      overdue,
      "The override of checks on #7 was to be closed by 2026-11-24 09:40 UTC: the runner is down.",
      "Somebody in quality, or a release manager who took no part in it, closes it: `/override close 44 because …`.",
    ],
    [
      "one that has no issue",
      { ...overdue, issue: null },
      "The override of checks on #7 was to be closed by 2026-11-24 09:40 UTC: the runner is down.",
      "Somebody in quality, or a release manager who took no part in it, closes it: `/override close 7 because …`.",
    ],
    [
      "reviews that are overdue",
      owed,
      "The hotfix #7 was to have an approval of quality by 2026-11-24 09:40 UTC.",
      "#44 tells who can, and how. What it owes is given on #7, merged as it is: an approval by a review there, a rehearsal by ticking its items.",
    ],
    [
      "another release",
      inFlight,
      "v1.4.0 is merged and not released yet.",
      "One release at a time: v1.4.0 is tested and published, or taken back by `/rollback`, first.",
    ],
  ])("names %s, and who ends it", (_what, one, because, how) => {
    expect(said(found([one]))).toEqual(["pending", because]);
    expect(cure(found([one]))).toBe(how);
  });

  it("is closed to the next release while what was rolled back is not mended", () => {
    const merged = rollback({ commit: at("the rollback"), issue: 21 });
    const says = (issue: unknown, one: Standing = merged) => {
      const came = found([one], { answers: { "issue 21": issue } });
      return [...said(came), cure(came)];
    };
    const because = "#20 rolled v1.1.0 back, and this would bring it again.";
    expect(says({ open: true, closedBy: null })).toEqual([
      "pending",
      `${because} #21 is open.`,
      "Whoever mended it or took it out closes #21.",
    ]);
    expect(says({ open: true, closedBy: null }, { ...merged, withdraws: ["v1.1.1", "v1.1.0"] })[1]).toBe(
      "#20 rolled v1.1.1 and v1.1.0 back, and this would bring them again. #21 is open.",
    );
    expect(says({ open: false, closedBy: RITA }).slice(0, 2)).toEqual(["passed", "Nothing holds it."]);
    expect(says(null)).toEqual([
      "pending",
      `${because} Its issue #21 is gone.`,
      "Once it is mended, two release managers let this commit pass with `/override window because …`.",
    ]);
    expect(says(null, { ...merged, issue: null })).toEqual([
      "pending",
      because,
      "Flowgate opens an issue about it, which is closed once it is mended.",
    ]);
    expect(says(unknown("GitHub answered 502."))[0]).toBe("errored");
    expect(holdsIn({ ...merged, issue: null })).toEqual(["release"]);
    expect(holdsIn({ ...merged, broughtAgainBy: 12 })).toEqual([]);
    expect(holdsIn(rollback())).toEqual([]);
  });

  it("names all that holds it", () => {
    expect(said(found([hold, outage]))[1]).toBe(
      "Held by @rita on #12: the vendor has to look first. A critical outage is open since 2026-11-24 09:40 UTC: Log-in fails.",
    );
  });

  it("names all that one hotfix owes together", () => {
    const of = { ...owed, issue: null };
    const rehearsal: Standing = {
      ...common,
      kind: "owed",
      what: "hotfix-rehearsal",
      because: "",
      number: 7,
      due: NOW,
      issue: null,
    };
    const other = { ...of, number: 9 };
    const held = found([{ ...of, role: "engineering" } as Standing, of, rehearsal, other]);
    expect(said(held)[1]).toBe(
      "The hotfix #7 was to have an approval of engineering, an approval of quality and its rehearsal by 2026-11-24 09:40 UTC. The hotfix #9 was to have an approval of quality by 2026-11-24 09:40 UTC.",
    );
    expect(cure(held)).toMatch(/^What it owes is given on #7, .* What it owes is given on #9, /);
    const back = rollback({ number: 9, commit: at("the rollback"), broughtAgainBy: 8 });
    expect(said(found([of, other, back]))[1]).toMatch(/^The hotfix #7 was to have .* The rollback #9 was to have /);
  });

  it("opens by itself when a freeze ends, and is looked at then", () => {
    expect(found([freeze, hold])).toMatchObject({ outcome: "pending", until: LATER });
    expect(found([freeze], { now: LATER })).toMatchObject({ outcome: "passed", until: null });
  });

  it("closes by itself when something is overdue, and is looked at then", () => {
    const due = { ...owed, due: LATER } as Standing;
    expect(found([due])).toMatchObject({ outcome: "passed", until: LATER });
    expect(found([due], { now: LATER })).toMatchObject({ outcome: "pending", until: null });
    expect(found([due, { ...freeze, until: later(LATER, 1) } as Standing])).toMatchObject({ until: LATER });
    expect(found([due], { lane: "hotfix" })).toMatchObject({ outcome: "passed", until: null });
    const open = overriding({ number: 7, confirmed: { by: OTTO, at: NOW, due: LATER } });
    expect(found([open])).toMatchObject({ outcome: "passed", until: LATER });
    expect(found([open], { now: LATER })).toMatchObject({ outcome: "pending", until: null });
  });
});
