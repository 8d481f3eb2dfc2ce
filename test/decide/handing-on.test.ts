import { describe, expect, it } from "@jest/globals";
import type { Need } from "../../src/flow/config.ts";
import type { ListedPull, PullKnown } from "../../src/flow/facts.ts";
import { at, component, LATER, NOW, pullFacts, pullMemory, REPOSITORY, unknown } from "../builders.ts";
import { DORA, OTTO, RITA, right } from "../gates/asking.ts";
import { brings, FREE, type Hub, hub, judge, says } from "./hub.ts";
import { done, MERGED, OPEN, slot, underWay, written } from "./under-way.ts";

const INTO = `#12 is in development as ${MERGED.slice(0, 7)}. #9 takes it on to staging.`;
/** #12 is merged into development, and its `/promote` goes on. */
const goesOn = (facts: Partial<PullKnown>, answers: Hub) =>
  judge(
    {
      memory: pullMemory({}, { state: "closed", merged: true, mergeCommit: MERGED }),
      standing: [underWay()],
      requests: OPEN,
      ...facts,
    },
    answers,
  );

describe("What is open already when something is promoted", () => {
  const open = (more: Partial<ListedPull["facts"]> = {}): Hub => ({
    ...hub(),
    "open-pulls": [
      { number: 9, asOf: NOW, facts: { ...pullFacts({ head: "development", base: "staging", tip: MERGED }), ...more } },
    ],
    [`compare ${at("staging")} ${MERGED}`]: brings("feat: a"),
  });
  const adopted = (facts: Partial<PullKnown> = {}, answers = open()) => {
    const decision = goesOn(facts, answers);
    return { decision, effect: decision.effects.find(({ thing }) => thing === "pull-body") };
  };

  it("lists from here on what it carries", () => {
    const { decision, effect } = adopted();
    expect(effect).toMatchObject({ slot: `adoption:${REPOSITORY}:12`, number: 9, adds: true, title: null });
    expect(effect).toHaveProperty("list", expect.stringMatching(/^It carries 0 pull requests\.\n/));
    expect(says(decision)).toEqual([]);
    expect(decision.entries).toContainEqual(
      expect.objectContaining({ says: expect.objectContaining({ does: "lists on #9 what that carries" }) }),
    );
    const gone = component({
      stages: { ...component().stages, staging: null },
      config: { ...component().config, policy: FREE },
    });
    expect(adopted({ component: gone }, { ...open(), [`compare staging ${MERGED}`]: brings() }).effect).toBeDefined();
  });

  it.each<[string, Partial<PullKnown>, Hub]>([
    ["it has a list", {}, open({ list: "seen:9" })],
    ["it was given one", { adoption: written(9, "any") }, open()],
    [
      "GitHub would not",
      { adoption: slot({ refused: { fingerprint: "x" as never, because: "No.", at: NOW } }) },
      open(),
    ],
  ])("is the answer where %s", (_what, facts, answers) => {
    const { decision, effect } = adopted(facts, answers);
    expect([says(decision), effect]).toEqual([[INTO], undefined]);
  });

  it("waits where GitHub does not say what it carries", () => {
    const silent = { ...open(), [`compare ${at("staging")} ${MERGED}`]: unknown("GitHub answered 502.") };
    expect(adopted({}, silent).decision).toMatchObject({ effects: [], lookAgainAt: LATER });
  });
});

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
