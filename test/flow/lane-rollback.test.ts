import { describe, expect, it } from "@jest/globals";
import { type Fact, type Want, wantKey } from "../../src/flow/facts.ts";
import { laneOf } from "../../src/flow/lane.ts";
import { flowGate } from "../../src/gates/flow.ts";
import { at, candidate, history, known, policy, unknown } from "../builders.ts";
import { HELD, rollback } from "../decide/under-way.ts";

/** Staging has v1.1.0, which master took back as `back`. */
const git = history();
git.commit("v1.0.0", []);
git.commit("v1.1.0", ["v1.0.0"]);
git.commit("rolled", ["v1.1.0"]);
git.commit("back", ["v1.1.0", "rolled"]);
git.commit("kept", ["v1.1.0", "back"], { tree: "tree of v1.1.0" });
git.commit("changed", ["v1.1.0", "back"]);
git.commit("three", ["v1.1.0", "back", "rolled"], { tree: "tree of v1.1.0" });
git.commit("other", ["v1.1.0", "rolled"], { tree: "tree of v1.1.0" });
git.commit("both", ["kept", "back"]);
git.branch("development", "v1.1.0");
git.branch("staging", "v1.1.0");
git.branch("master", "back");

const answer = (want: Want): Fact<unknown> =>
  want.want === "tree" ? known(at(want.commit === at("v1.1.0") ? "tree of v1.1.0" : "tree of kept")) : git.answer(want);
/** What it is to Flowgate where `back` is a rollback that is merged. */
function judge(tip: string, rollbacks = [at("back")], answers = answer, name = "back-merge/staging-1") {
  const pull = candidate({ head: name, base: "staging", tip: at(tip) });
  const read = new Map<string, Fact<unknown>>();
  for (let round = 0; round < 6; round++) {
    const came = laneOf(pull, policy(), read, rollbacks);
    if (!("lacks" in came)) return came;
    for (const want of came.lacks) read.set(wantKey(want), answers(want));
  }
  throw new Error("it keeps asking");
}
const OWN = { lane: "back-merge", own: true };

describe("A merge of a rollback into an earlier stage", () => {
  it("that leaves the stage as it is, is a back-merge that nobody has to look at", () => {
    const came = judge("kept");
    expect(came).toMatchObject({
      lane: "back-merge",
      because: "back-merge/staging-1 takes a rollback of master into the history of staging, which stays as it is.",
    });
    expect(came).not.toHaveProperty("own");
  });

  it.each<[string, string, ReturnType<typeof at>[]]>([
    ["changes something", "changed", [at("back")]],
    ["merges more", "three", [at("back")]],
    ["merges another commit", "other", [at("back")]],
    ["merges what is no rollback", "kept", []],
    ["has another one below it that changes something", "both", [at("back")]],
  ])("is looked at where it %s", (_what, tip, rollbacks) => {
    expect(judge(tip, rollbacks)).toMatchObject(OWN);
  });

  it("is not told while GitHub does not say what it was merged into", () => {
    const silent = (want: Want) => (want.want === "tree" ? unknown("GitHub answered 502.") : answer(want));
    expect(judge("kept", [at("back")], silent)).toMatchObject({ unknown: "GitHub answered 502." });
  });

  it("goes by our own records", () => {
    const pull = candidate({ head: "back-merge/staging-1", base: "staging", tip: at("kept") });
    const found = (standing: Parameters<typeof flowGate>[3]) => {
      const read = new Map<string, Fact<unknown>>();
      for (let round = 0; round < 6; round++) {
        const came = flowGate(pull, policy(), read, standing);
        if (!("lacks" in came)) return came.lane;
        for (const want of came.lacks) read.set(wantKey(want), answer(want));
      }
      throw new Error("it keeps asking");
    };
    expect(found([HELD, rollback({ commit: at("back") })])).not.toHaveProperty("own");
    expect(found([rollback()])).toMatchObject(OWN);
    expect(found([])).toMatchObject(OWN);
  });
});
