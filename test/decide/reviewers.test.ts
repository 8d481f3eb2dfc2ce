import { describe, expect, it } from "@jest/globals";
import type { Need } from "../../src/flow/config.ts";
import type { Decision } from "../../src/flow/decision.ts";
import type { PullKnown } from "../../src/flow/facts.ts";
import type { StandingOf } from "../../src/flow/standing.ts";
import { component, LATER, NOW, REPOSITORY, unknown } from "../builders.ts";
import { DORA, OTTO, RITA, right } from "../gates/asking.ts";
import { goesOn, INTO } from "./going-on.ts";
import { FREE, type Hub, hub, type judge, says } from "./hub.ts";
import { done, slot, underWay, written } from "./under-way.ts";

describe("What was opened", () => {
  const needs = (...of: readonly Need[]) =>
    component({ config: { ...component().config, policy: { ...FREE, approvals: { staging: of } } } });
  const people = { ...hub(), collaborators: [right(RITA, "maintain"), right(OTTO, "maintain"), right(DORA, "write")] };
  const opened = (facts: Partial<PullKnown> = {}, answers: Hub = people) =>
    goesOn({ component: needs("operations"), next: written(9, "any"), ...facts }, answers);
  const effectOf = (decision: ReturnType<typeof judge>) => decision.effects.find(({ thing }) => thing === "reviewers");

  it("has those asked to review it whose approvals it needs, without who asked for it", () => {
    const decision = opened();
    expect(effectOf(decision)).toMatchObject({
      slot: `reviewers:${REPOSITORY}:12`,
      number: 9,
      people: ["otto"],
      teams: [],
    });
    expect(says(decision)).toEqual([]);
    expect(decision.entries).toContainEqual(
      expect.objectContaining({ says: expect.objectContaining({ does: "asks for reviews of #9" }) }),
    );
  });

  it.each<[string, Partial<PullKnown>, Hub, string]>([
    ["they were asked", { reviewers: written(9, "any") }, people, INTO],
    ["nobody else could be", {}, { ...hub(), collaborators: [right(RITA, "maintain")] }, INTO],
    ["nobody is needed", { component: needs() }, people, INTO],
    [
      "it needs no approvals at all",
      { component: component({ config: { ...component().config, policy: FREE } }) },
      people,
      INTO,
    ],
    [
      "GitHub would not ask them",
      { reviewers: slot({ refused: { fingerprint: "x" as never, because: "GitHub answered 422.", at: NOW } }) },
      people,
      `${INTO} Nobody could be asked to review it. GitHub answered 422.`,
    ],
  ])("is the answer where %s", (_what, facts, answers, words) => {
    const decision = opened(facts, answers);
    expect([says(decision), done(decision).includes("reviewers")]).toEqual([[words], false]);
    // Who asked for it does not approve it.
    expect(decision.entries).toContainEqual(
      expect.objectContaining({ about: "pull:42:9", says: expect.objectContaining({ kind: "on-word", by: RITA }) }),
    );
  });

  it("waits where GitHub does not say who they are", () => {
    const silent = { ...people, collaborators: unknown("GitHub answered 502.") };
    expect(opened({}, silent)).toMatchObject({ effects: [], lookAgainAt: LATER });
  });
});

describe("A team without access", () => {
  const TEAMS = component({
    config: {
      ...component().config,
      policy: {
        ...FREE,
        roles: { ...FREE.roles, operations: ["@acme/Operations", "@acme/quality"], quality: ["@acme/quality", "otto"] },
        approvals: { staging: ["operations", "quality"] },
      },
    },
  });
  const OPERATIONS: StandingOf<"unasked"> = {
    kind: "unasked",
    key: `unasked:${REPOSITORY}:@acme/operations`,
    by: null,
    at: NOW,
    because:
      "@acme/operations has no access to acme/api, so nobody of it is asked for reviews; an admin of acme/api gives it that on GitHub, under Settings, Collaborators and teams",
    repository: REPOSITORY,
    team: "@acme/operations",
    number: 12,
  };
  const QUALITY = { ...OPERATIONS, key: `unasked:${REPOSITORY}:@acme/quality`, team: "@acme/quality" };
  const NEWS =
    "Nobody of @acme/operations was asked to review it: that team has no access to acme/api, and an admin of acme/api gives it that on GitHub, under Settings, Collaborators and teams.";
  const access = (operations: unknown, quality: unknown): Hub => ({
    ...hub(),
    collaborators: [right(OTTO, "read")],
    "team-access @acme/operations": operations,
    "team-access @acme/quality": quality,
  });
  const refused = (fingerprint = "x") =>
    slot({ refused: { fingerprint: fingerprint as never, because: "GitHub answered 422.", at: NOW } });
  const opened = (facts: Partial<PullKnown>, answers: Hub = access(true, true)) =>
    goesOn({ component: TEAMS, next: written(9, "any"), ...facts }, answers);
  const asked = ({ effects }: Decision) =>
    effects.flatMap((effect) => (effect.thing === "reviewers" ? [[...effect.people, ...effect.teams]] : []));
  const fingerprint = (decision: Decision) =>
    decision.effects.find(({ thing }) => thing === "reviewers")?.fingerprint as string;
  /** What stands from now on, and what does not any more. */
  const recorded = ({ entries }: Decision) =>
    entries.flatMap(({ what, says }) =>
      String(says["key"]).startsWith("unasked:") ? [`${what} ${says["key"]}: ${says["because"]}`] : [],
    );
  const byNow = (team: string, because: string) => `closed unasked:${REPOSITORY}:${team}: ${because}`;

  it("is found where GitHub asks nobody because of it: then the others are asked, and that is said", () => {
    const first = opened({});
    expect([asked(first), recorded(first)]).toEqual([[["otto", "operations", "quality"]], []]);
    const found = opened({ reviewers: refused(fingerprint(first)) }, access(false, true));
    expect([asked(found), says(found)]).toEqual([[["otto", "quality"]], []]);
    expect(found.entries).toContainEqual(expect.objectContaining({ what: "opened", actor: "app", says: OPERATIONS }));
    const standing = [underWay(), OPERATIONS];
    const taken = opened({ standing, reviewers: written(9, fingerprint(found)) });
    expect([says(taken), recorded(taken)]).toEqual([[`${INTO} ${NEWS}`], []]);
    // Should GitHub want none of the others either, it is told in its words.
    const again = opened({ standing, reviewers: refused(fingerprint(found)) }, access(false, true));
    expect(says(again)).toEqual([`${INTO} ${NEWS} Nobody could be asked to review it. GitHub answered 422.`]);
  });

  it("is no news to the next one", () => {
    const standing = [underWay(), { ...OPERATIONS, number: 7 }];
    const found = opened({ standing, reviewers: refused() }, access(false, true));
    expect([asked(found), recorded(found)]).toEqual([[["otto", "quality"]], []]);
    expect(says(opened({ standing, reviewers: written(9, fingerprint(found)) }))).toEqual([INTO]);
  });

  it("that nobody else could be asked beside is the answer at once", () => {
    const alone = component({
      config: {
        ...TEAMS.config,
        policy: { ...TEAMS.config.policy, approvals: { staging: ["operations"] } },
      },
    });
    const decision = opened({ component: alone, reviewers: refused() }, access(false, false));
    expect(says(decision)).toEqual([
      `${INTO} Nobody of @acme/operations or @acme/quality was asked to review it: these teams have no access to acme/api, and an admin of acme/api gives them that on GitHub, under Settings, Collaborators and teams.`,
    ]);
    expect(recorded(decision)).toHaveLength(2);
  });

  it.each<[string, readonly StandingOf<"unasked">[], Partial<PullKnown>, Hub, readonly string[]]>([
    [
      "GitHub says that it has it",
      [OPERATIONS, QUALITY],
      { reviewers: refused() },
      access(true, false),
      [byNow("@acme/operations", "@acme/operations has access to acme/api by now")],
    ],
    [
      "the config names it no more",
      [{ ...OPERATIONS, key: `unasked:${REPOSITORY}:@acme/gone`, team: "@acme/gone" }],
      { reviewers: written(9, "any") },
      access(true, true),
      [byNow("@acme/gone", "no role names @acme/gone any more")],
    ],
    [
      "nobody is asked any more",
      [{ ...OPERATIONS, key: `unasked:${REPOSITORY}:@acme/gone`, team: "@acme/gone" }],
      { component: component({ config: { ...component().config, policy: FREE } }) },
      access(true, true),
      [byNow("@acme/gone", "no role names @acme/gone any more")],
    ],
  ])("is on record until %s", (_what, unasked, facts, answers, closed) => {
    expect(recorded(opened({ standing: [underWay(), ...unasked], ...facts }, answers))).toEqual(closed);
  });

  it("is on record until GitHub asks it with all others", () => {
    const standing = [underWay(), { ...OPERATIONS, number: 7 }];
    const all = fingerprint(opened({ standing }));
    const taken = opened({ standing, reviewers: written(9, all) });
    expect([says(taken), recorded(taken)]).toEqual([
      [INTO],
      [byNow("@acme/operations", "@acme/operations has access to acme/api by now")],
    ]);
  });

  it("is not blamed where GitHub does not say, or says that it has access", () => {
    const no = `${INTO} Nobody could be asked to review it. GitHub answered 422.`;
    expect(says(opened({ reviewers: refused() }, access(unknown("GitHub answered 403."), true)))).toEqual([no]);
    expect(says(opened({ reviewers: refused() }))).toEqual([no]);
  });
});
