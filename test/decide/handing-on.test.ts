import { describe, expect, it } from "@jest/globals";
import type { ListedPull, PullKnown } from "../../src/flow/facts.ts";
import { at, component, LATER, NOW, pullFacts, REPOSITORY, unknown } from "../builders.ts";
import { goesOn, INTO } from "./going-on.ts";
import { brings, FREE, type Hub, hub, says } from "./hub.ts";
import { MERGED, slot, written } from "./under-way.ts";

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
