import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Sha } from "../../src/flow/names.ts";
import {
  type Arrivals,
  explanation,
  merged,
  NO_ARRIVALS,
  type Push,
  pushed,
  type Records,
  unexplained,
} from "../../src/flow/provenance.ts";
import { ARRIVALS, at, LATER, NOW } from "../builders.ts";

const DORA = { id: 5, login: "dora", bot: false };
const push = (more: Partial<Push> = {}): Push => ({
  how: "push",
  before: at("before"),
  after: at("merge"),
  by: DORA,
  commits: 3,
  at: NOW,
  ...more,
});
const merge = (more: object = {}) => ({ number: 12, commit: at("merge"), commits: 2, passed: true, ...more });
const group = (from: string, number: number, passed = true) => ({ from: at(from), number, passed });
const by = (merges: Records["merges"], groups: Record<string, ReturnType<typeof group>> = {}): Records => ({
  merges,
  groups: new Map(Object.entries(groups).map(([head, one]): [Sha, ReturnType<typeof group>] => [at(head), one])),
});

describe("A push", () => {
  it.each<[string, Partial<Push>, Records, readonly number[] | null]>([
    ["by the merge that made its commit", {}, by([merge()]), [12]],
    ["by a squashed one", { commits: 1 }, by([merge({ commits: 9 })]), [12]],
    ["not where nothing was merged", {}, by([]), null],
    ["not by a merge that had not passed", {}, by([merge({ passed: false })]), null],
    ["not by a merge that made another commit", {}, by([merge({ commit: at("other") })]), null],
    ["not where more commits came than the pull request had", { commits: 4 }, by([merge()]), null],
    ["not where GitHub does not say how many came", { commits: null }, by([merge()]), null],
    ["not where it was forced", { how: "force-push" }, by([merge()]), null],
    ["not where the branch is gone", { how: "deletion", after: null }, by([merge()]), null],
    ["by a merge group", {}, by([], { merge: group("before", 12) }), [12]],
    [
      "by all groups that came at once",
      {},
      by([], { merge: group("first", 13), first: group("before", 12) }),
      [12, 13],
    ],
    [
      "not where one of them had not passed",
      {},
      by([], { merge: group("x", 13), x: group("before", 12, false) }),
      null,
    ],
    ["not where one of them is missing", {}, by([], { merge: group("first", 13) }), null],
    ["not by groups that were made on each other", {}, by([], { merge: group("x", 1), x: group("merge", 2) }), null],
    ["not by a push to where it was", { after: at("before"), commits: 0 }, by([]), null],
  ])("is explained: %s", (_what, more, records, numbers) => {
    expect(explanation(push(more), records)).toEqual(numbers);
    expect(unexplained({ ...ARRIVALS, pushes: [push(more)] }, records)).toHaveLength(numbers === null ? 1 : 0);
  });
});

describe("What is remembered", () => {
  const seen = push({ by: null, commits: null });

  it("is nothing while nothing is enforced", () => {
    expect(pushed(NO_ARRIVALS, push())).toBe(NO_ARRIVALS);
    expect(merged(NO_ARRIVALS, merge())).toBe(NO_ARRIVALS);
  });

  it("is each push and merge once", () => {
    const once = pushed(ARRIVALS, push());
    expect(once).toMatchObject({ pushes: [push()], heads: [at("merge")] });
    expect(pushed(once, push({ at: LATER }))).toBe(once);
    expect(pushed(once, push({ before: at("other") })).pushes).toHaveLength(2);
    const merges = merged(ARRIVALS, merge());
    expect(merges.merges).toHaveLength(1);
    expect(merged(merges, merge({ number: 13 }))).toBe(merges);
  });

  it("is what was told rather than what was only seen", () => {
    const first = pushed(ARRIVALS, seen);
    expect(first.pushes).toEqual([seen]);
    expect(pushed(first, push({ before: at("other") })).pushes).toEqual([push({ before: at("other") })]);
    // Also where it was seen to come from just there: only what was told can be explained.
    expect(pushed(first, push()).pushes).toEqual([push()]);
    expect(pushed(first, seen)).toBe(first);
    const told = pushed(ARRIVALS, push());
    expect(pushed(told, seen)).toBe(told);
    expect(pushed({ ...told, pushes: [] }, seen).pushes).toEqual([]);
  });

  it("is where the stage was, and of a deletion that it is gone", () => {
    const gone = push({ how: "deletion", after: null });
    expect(pushed(ARRIVALS, gone)).toMatchObject({ pushes: [gone], heads: [] });
    expect(pushed(ARRIVALS, { ...gone, by: null })).toMatchObject({ pushes: [{ by: null }] });
  });

  it("does not grow for ever, and forgets no push", () => {
    const heads = Array.from({ length: 60 }, (_, n) => at(`${n}`));
    const all = heads.reduce<Arrivals>((arrivals, after) => pushed(arrivals, push({ after })), ARRIVALS);
    expect(all.pushes).toHaveLength(60);
    expect(all.heads).toEqual(heads.slice(-50));
    const merges = heads.reduce<Arrivals>((arrivals, commit) => merged(arrivals, merge({ commit })), ARRIVALS);
    expect(merges.merges).toHaveLength(50);
  });

  it("is the same in whatever order and however often it is told", () => {
    const chain = ["a", "b", "c", "d"].map((name, n, all) =>
      push({ before: at(all[n - 1] ?? "root"), after: at(name) }),
    );
    const told = fc.shuffledSubarray([...chain, ...chain], { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(told, (pushes) => {
        const after = pushes.reduce(pushed, ARRIVALS);
        const sorted = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).sort();
        expect(sorted(after.pushes)).toEqual(sorted(chain));
        expect(sorted(after.heads)).toEqual(sorted(chain.map((one) => one.after)));
      }),
    );
  });
});
