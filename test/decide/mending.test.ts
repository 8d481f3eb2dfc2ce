import { describe, expect, it } from "@jest/globals";
import type { Decision } from "../../src/flow/decision.ts";
import type { SlotState } from "../../src/flow/effect.ts";
import type { PullKnown } from "../../src/flow/facts.ts";
import { type Instant, later } from "../../src/flow/names.ts";
import { NOW } from "../builders.ts";
import { judge, says } from "./hub.ts";
import { attached, github, known, made, refusing, release, there } from "./released.ts";
import { OPEN, underWay } from "./under-way.ts";

const ago = (...minutes: readonly number[]): readonly Instant[] => minutes.map((one) => later(NOW, -one * 60_000));
const [A_MINUTE_AGO, JUST_NOW] = ago(1, 0) as [Instant, Instant];

/** Written then, and changed by somebody else since. */
const changed = (id: number, at: Instant = A_MINUTE_AGO, refused: SlotState["refused"] = null): SlotState => ({
  written: { fingerprint: "" as never, id, completed: false, at },
  refused,
});
const draft = (at?: Instant): Partial<PullKnown> => ({ ...known, tag: there(0), release: changed(900, at) });
const tag = (at?: Instant): Partial<PullKnown> => ({ ...known, tag: changed(0, at), release: there(900) });
const undone = ({ entries }: Decision) => entries.find(({ says }) => says["kind"] === "release")?.says["undone"];

describe("What somebody else changed of a release on its way", () => {
  it.each<[string, Partial<PullKnown>, "release" | "tag"]>([
    ["its draft", draft(), "release"],
    ["its tag", tag(), "tag"],
  ])("is put right, and that is written down first: %s", (_what, facts, thing) => {
    const decision = judge({ ...facts, standing: [release({ undone: ago(11, 8) })] });
    expect(made(decision).map((effect) => effect.thing)).toEqual([thing]);
    expect(undone(decision)).toEqual([...ago(8), NOW]);
    expect(decision.entries.map(({ what }) => what).slice(-2)).toEqual(["opened", "promoting"]);
  });

  it.each<[string, Partial<PullKnown>]>([
    ["its draft", draft()],
    ["its tag", tag()],
  ])("is left alone after five times in ten minutes, and nothing is published then: %s", (_what, facts) => {
    const left = judge({ ...facts, standing: [release({ undone: ago(9, 8, 7, 6, 5) })] });
    expect([made(left), undone(left), left.lookAgainAt]).toEqual([[], undefined, later(NOW, 60_000)]);
    const then = judge({ ...facts, standing: [release({ undone: ago(10, 8, 7, 6, 5) })] });
    expect(made(then)).toHaveLength(1);
    expect(undone(then)).toEqual([...ago(8, 7, 6, 5), NOW]);
  });

  it("is counted once, however often putting it right is tried", () => {
    const cutOff = judge({ ...draft(), standing: [release({ undone: ago(4, 3, 2, 1, 0) })] });
    expect([made(cutOff).length, undone(cutOff)]).toEqual([1, undefined]);
    const done = judge({ ...draft(JUST_NOW), standing: [release({ undone: ago(4, 3, 2, 1, 0) })] });
    expect(made(done)).toEqual([]);
  });

  it("is not counted where GitHub refuses it, nor what is made for the first time", () => {
    const first = judge({ ...draft(), standing: [release()] });
    const no = { ...changed(900), refused: refusing(made(first), "GitHub answered 403.").refused };
    const refused = judge({ ...draft(), release: no, standing: [release()] });
    expect([made(refused), undone(refused), refused.lookAgainAt]).toEqual([[], undefined, later(NOW, 3_600_000)]);
    const fresh = judge({ ...known, tag: there(0), release: null, standing: [release()] });
    expect([made(fresh).length, undone(fresh)]).toEqual([1, undefined]);
  });

  it("keeps who asked for it waiting until it is put right", () => {
    const { standing, slot } = attached("preliminary", { undone: ago(9, 8, 7, 6, 5) });
    const facts = { ...draft(), standing: [standing, underWay()], assets: slot, requests: OPEN };
    expect(says(judge(facts, github))).toEqual([]);
    expect(says(judge({ ...facts, tag: changed(0) }, github))).toEqual([]);
  });

  it("has nothing to do with what stands as it was written", () => {
    const { standing, slot } = attached("final", { undone: ago(9, 8, 7, 6, 5) });
    const right = { ...known, standing: [standing], tag: there(0), release: there(900), assets: slot };
    expect(made(judge(right))).toMatchObject([{ thing: "release", draft: false }]);
  });
});
