import { describe, expect, it } from "@jest/globals";
import { absorb } from "../../src/flow/absorb.ts";
import { type CheckSeen, withSeen } from "../../src/flow/check-seen.ts";
import type { ChecksSeen } from "../../src/flow/memory.ts";
import { at, NOW, pullMemory, REPOSITORY } from "../builders.ts";

const run = (more: Partial<CheckSeen> = {}): CheckSeen => ({
  name: "build",
  app: 1,
  ended: "pending",
  id: 10,
  ...more,
});

describe("one more check", () => {
  it.each<[string, CheckSeen, CheckSeen, boolean]>([
    ["the end of the same run", run(), run({ ended: "failure" }), true],
    ["a newer run", run({ ended: "success" }), run({ id: 11 }), true],
    ["an older run, come late", run({ id: 11 }), run({ ended: "success" }), false],
    ["the beginning of the same run, come late", run({ ended: "success" }), run(), false],
    ["the same once more", run({ ended: "success" }), run({ ended: "success" }), false],
  ])("%s", (_what, before, seen, counts) => {
    expect(withSeen([before], seen)).toEqual([counts ? seen : before]);
  });

  it("leaves the others as they are", () => {
    const lint = run({ name: "lint" });
    expect(withSeen([lint, run()], run({ ended: "success" }))).toEqual([lint, run({ ended: "success" })]);
  });

  it("of another App or name stands beside it, and a status is none of any App", () => {
    const others = [run({ app: 2 }), run({ name: "lint" }), run({ app: null })];
    expect(others.reduce<readonly CheckSeen[]>(withSeen, [run()])).toEqual([run(), ...others]);
  });

  it("of a status whose context differs in its case only is the same", () => {
    const status = (name: string, id: number) => run({ app: null, name, id });
    expect(withSeen([status("CI/Build", 1)], status("ci/build", 2))).toEqual([status("ci/build", 2)]);
  });
});

describe("a pull request remembers checks", () => {
  const lesson = (seen: CheckSeen, head = at("login")) =>
    ({ of: "checks", repository: REPOSITORY, head, seen }) as const;
  const checks: ChecksSeen = { head: at("login"), since: NOW, seen: [run()] };

  it("where they were asked for, on this head", () => {
    const known = pullMemory({}, { checks });
    expect(absorb(known, lesson(run({ ended: "success" })))).toEqual({
      ...known,
      checks: { ...checks, seen: [run({ ended: "success" })] },
    });
    expect(absorb(known, lesson(run()))).toBe(known);
    expect(absorb(known, lesson(run({ ended: "success" }), at("other")))).toBe(known);
  });

  it("nowhere else: nobody waits for them", () => {
    const known = pullMemory();
    expect(absorb(known, lesson(run()))).toBe(known);
  });

  it("until some may have been missed: then they are read again", () => {
    const doubted = absorb(pullMemory({}, { checks }), { ...lesson(run()), seen: null });
    expect(doubted).toEqual(pullMemory({}, { checks: { ...checks, doubt: true } }));
    expect(absorb(doubted, { ...lesson(run()), seen: null })).toBe(doubted);
    expect(absorb(doubted, lesson(run({ ended: "success" })))).toMatchObject({
      checks: { doubt: true, seen: [run({ ended: "success" })] },
    });
  });

  it("until its head moves", () => {
    const known = pullMemory({}, { checks });
    const told = { of: "pull", repository: REPOSITORY, number: 12, from: {} } as const;
    const { kind: _, asOf, from: __, doubt: ___, ...facts } = pullMemory();
    const later = "2026-11-24T10:00:00.000Z" as typeof asOf;
    expect(absorb(known, { ...told, asOf: later, facts })).toMatchObject({ checks });
    const pushed = { ...facts, head: { ...facts.head, sha: at("next") } };
    expect(absorb(known, { ...told, asOf: later, facts: pushed })).not.toHaveProperty("checks");
  });
});
