import { describe, expect, it } from "@jest/globals";
import type { Source } from "../../src/flow/facts.ts";
import { branch, later } from "../../src/flow/names.ts";
import type { Push } from "../../src/flow/provenance.ts";
import type { Standing } from "../../src/flow/standing.ts";
import { provenance } from "../../src/gates/provenance.ts";
import { at, NOW, REPOSITORY, unknown } from "../builders.ts";
import { type Asking, asked, cure, DORA, said, source } from "./asking.ts";

const HEAD = at("login");
const CARRIED = `compare ${at("staging")} ${HEAD}`;
const push = (name: string, more: Partial<Push> = {}): Push => ({
  how: "push",
  before: at("development"),
  after: at(name),
  by: { ...DORA, bot: false },
  commits: 1,
  at: NOW,
  ...more,
});
const deviation = (one: Push, stage = "development"): Standing => ({
  kind: "deviation",
  key: `deviation ${one.after}`,
  by: DORA,
  at: NOW,
  because: `${(one.after ?? one.before).slice(0, 7)} was pushed by dora`,
  repository: REPOSITORY,
  stage: branch(stage),
  push: one,
});
/** What the promotion brings to the base. */
const brings = (...names: readonly string[]) => ({
  [CARRIED]: { whole: true, commits: names.map((name) => ({ sha: at(name) })) },
});
const promotion = (from: Partial<Source> = {}, asking: Asking = {}) =>
  asked(provenance, { lane: "promotion", source: source("promotion", from), ...asking });

describe("Provenance", () => {
  it("is asked on promotions and releases, where pushes are recorded", () => {
    for (const lane of ["feature", "hotfix", "back-merge"] as const)
      expect(said(asked(provenance, { lane }))).toEqual(["not asked", "Asked on promotions and releases."]);
    expect(said(asked(provenance, { lane: "promotion", source: null }))[0]).toBe("not asked");
    expect(said(promotion({}, { policy: { enforcement: "observe" } }))).toEqual([
      "not asked",
      "Pushes are recorded from when enforcement is switched on.",
    ]);
  });

  it("reads nothing where every push is explained", () => {
    const passed = "came by pull requests that passed.";
    expect(said(promotion())).toEqual([
      "passed",
      `Everything that came onto development since 2026-11-24 09:40 UTC ${passed}`,
    ]);
    expect(said(asked(provenance))[1]).toBe(`Everything that came onto staging since 2026-11-24 09:40 UTC ${passed}`);
  });

  it("waits until it was told how the head came there", () => {
    const told = `GitHub has not told yet how ${HEAD.slice(0, 7)} came onto development.`;
    expect(said(promotion({ since: null }))).toEqual(["pending", told]);
    expect(said(promotion({ heads: [] }))).toEqual(["pending", told]);
    const tip = at("development");
    const pinned = (beyondTold: number, own: number, heads = [tip]) =>
      promotion(
        { heads },
        {
          pull: { head: "release/1", base: "staging" },
          answers: {
            [`compare ${tip} ${HEAD}`]: { ahead: beyondTold },
            [`compare development ${HEAD}`]: { ahead: own },
          },
        },
      );
    expect(said(pinned(1, 0))).toEqual(["pending", told]);
    expect(said(pinned(0, 0))[0]).toBe("passed");
    expect(said(pinned(2, 2))[0]).toBe("passed");
    expect(said(pinned(0, 0, []))).toEqual(["pending", told]);
    expect(said(promotion({ heads: [tip] }))).toEqual(["pending", told]);
    const failing = {
      [`compare ${tip} ${HEAD}`]: unknown("GitHub answered 502."),
      [`compare development ${HEAD}`]: { ahead: 0 },
    };
    const pull = { head: "release/1", base: "staging" };
    expect(said(promotion({ heads: [tip] }, { pull, answers: failing }))[0]).toBe("errored");
  });

  it("gives a push ten minutes", () => {
    const found = promotion({ unexplained: [push("login")] }, { answers: brings("login") });
    expect(found).toMatchObject({
      outcome: "pending",
      because: `${HEAD.slice(0, 7)} came onto development by @dora, and GitHub has told of no merge yet.`,
      cure: `It is given until 2026-11-24 09:50 UTC. A push past every pull request has to be taken back, or accepted: \`/accept ${HEAD.slice(0, 7)} because …\` does that at once.`,
      until: later(NOW, 600_000),
    });
    const seen = promotion(
      { unexplained: [push("login", { by: null, how: "deletion", after: null })] },
      { answers: brings() },
    );
    expect(said(seen)[1]).toBe(
      `${at("development").slice(0, 7)} came onto development, and GitHub has told of no merge yet.`,
    );
  });

  it("refuses what came past the gates, and names who can clear it", () => {
    const found = promotion({}, { standing: [deviation(push("x"))], answers: brings("x", "login") });
    const commit = at("x").slice(0, 7);
    expect(said(found)).toEqual(["failed", `${commit} was pushed by dora.`]);
    expect(cure(found)).toBe(
      `Take it back by a pull request into \`development\`, or a release manager or somebody in engineering who did not push it writes \`/accept ${commit} because …\`.`,
    );
    const many = ["a", "b", "c", "d", "e"].map((name) => deviation(push(name)));
    const all = promotion({}, { standing: many, answers: brings("a", "b", "c", "d", "e") });
    expect(said(all)[1]).toMatch(
      /^\w{7} was pushed by dora; \w{7} was pushed by dora; \w{7} was .* dora, and 2 more\.$/,
    );
  });

  it("does not ask about what is not of this promotion", () => {
    const passes = (standing: Standing, answers: Asking["answers"] = brings("login")) =>
      said(promotion({}, { standing: [standing], answers: answers ?? {} }))[0];
    expect(passes(deviation(push("elsewhere")))).toBe("passed");
    expect(passes(deviation(push("login"), "staging"))).toBe("passed");
    expect(passes(deviation(push("elsewhere", { how: "force-push" })))).toBe("failed");
    expect(passes(deviation(push("elsewhere", { how: "deletion", after: null })))).toBe("failed");
    expect(passes(deviation(push("elsewhere")), { [CARRIED]: { whole: false, commits: [] } })).toBe("failed");
    expect(passes(deviation(push("login")), { [CARRIED]: unknown("GitHub answered 502.") })).toBe("errored");
    const hold: Standing = {
      kind: "hold",
      key: "hold",
      by: DORA,
      at: NOW,
      because: "wait",
      repository: REPOSITORY,
      number: 12,
    };
    expect(said(promotion({}, { standing: [hold] }))[0]).toBe("passed");
  });

  it("lists what Apps pushed that the config trusts", () => {
    const renovate = { id: 9, login: "renovate[bot]", bot: true };
    const trusted = (...names: readonly string[]) => names.map((name) => push(name, { by: renovate }));
    const names = ["a", "b", "c", "d"];
    expect(said(promotion({ trusted: trusted("x", "login") }, { answers: brings("login") }))).toEqual([
      "passed",
      `Everything that came onto development came by pull requests that passed, but for what Apps pushed that the config trusts: ${HEAD.slice(0, 7)} by renovate[bot].`,
    ]);
    expect(said(promotion({ trusted: trusted(...names) }, { answers: brings(...names) }))[1]).toMatch(
      /, and 1 before\.$/,
    );
    const deleted = push("x", { by: renovate, after: null, how: "force-push" });
    expect(said(promotion({ trusted: [deleted] }, { answers: brings() }))[1]).toContain(at("development").slice(0, 7));
  });
});
