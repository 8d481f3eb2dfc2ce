import { describe, expect, it } from "@jest/globals";
import { configNote, gatedAs, isComponent, isEnforced, isHome, missingStages } from "../../src/flow/component.ts";
import { branch } from "../../src/flow/names.ts";
import { at, component, policy } from "../builders.ts";

const whole = component();
const lacking = component({ stages: { development: at("development"), staging: null, master: at("master") } });
const unseen = component({ stages: null });

describe("a component", () => {
  it("has all stage branches of its policy", () => {
    expect([whole, lacking, unseen, null].map(isComponent)).toEqual([true, false, false, false]);
    expect([whole, lacking, unseen].map(missingStages)).toEqual([[], ["staging"], []]);
  });

  it("is gated into its stages, and into its default branch by its config where that is no stage", () => {
    const trunk = component({ defaultBranch: branch("trunk") });
    expect(["development", "trunk", "other"].map((base) => gatedAs(trunk, branch(base)))).toEqual([
      "stage",
      "config",
      null,
    ]);
    expect(gatedAs(lacking, branch("master"))).toBeNull();
    const home = component({ ...lacking, name: "acme/.github", defaultBranch: branch("main") });
    expect(["master", "main"].map((base) => gatedAs(home, branch(base)))).toEqual([null, "config"]);
  });

  it("is enforced where its checks are red and green", () => {
    const enforcements = ["managed", "report", "observe", "observed"] as const;
    expect(enforcements.map((enforcement) => isEnforced(policy({ enforcement })))).toEqual([true, true, false, false]);
  });
});

it("the organisation's repository is called .github, whatever the case", () => {
  expect(["acme/.github", "acme/.GitHub", "acme/x.github", "acme/github", "acme/.github-private"].map(isHome)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

describe("a config", () => {
  const { config } = whole;

  it("that is in force as it was written needs no word", () => {
    expect(configNote(config)).toBeNull();
  });

  it("that is not in force says so", () => {
    const newest = { blob: at("newest"), because: "Line 3 is wrong." };
    expect(configNote({ ...config, newest, problem: "Line 3 is wrong." })).toBe(
      "The newest config is not in force: Line 3 is wrong.",
    );
  });

  it("that is in force but for one key does not say that it is not", () => {
    expect(configNote({ ...config, problem: "`roles` is locked." })).toBe(
      "The config is in force, but for this: `roles` is locked.",
    );
  });
});
