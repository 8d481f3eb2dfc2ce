import { describe, expect, it } from "@jest/globals";
import { decide } from "../../src/decide.ts";
import type { Policy } from "../../src/flow/config.ts";
import type { Decision } from "../../src/flow/decision.ts";
import type { Effect, SlotState } from "../../src/flow/effect.ts";
import type { BranchRule, Fact, StageKnown } from "../../src/flow/facts.ts";
import type { RulesetMemory, StageMemory } from "../../src/flow/memory.ts";
import { branch, type Hash, later } from "../../src/flow/names.ts";
import { type LiveRuleset, type RulesetContent, wantedRulesets } from "../../src/flow/ruleset.ts";
import { APP, component, known, liveRuleset, NOW, policy, REPOSITORY, stageMemory } from "../builders.ts";
import { decided, HOUSE, stageKnown } from "./facts.ts";

const MASTER = branch("master");
const MERGES = "flowgate: master merges";
const TAGS = "flowgate: tags";
const FINAL = "flowgate: tags are final";
/** What the last stage has. */
const ALL = wantedRulesets({ stage: MASTER, first: false, last: true, mergeBy: "promote", app: APP });
const TITLES = ALL.map(({ name }) => name);

type Change = { readonly [title: string]: Partial<LiveRuleset> | null };
/** What GitHub shows of those titles, in order but for what is changed; null: it is not there. */
const shown = (change: Change = {}, titles: readonly string[] = TITLES): readonly LiveRuleset[] =>
  ALL.flatMap((content, place) => {
    const more = change[content.name];
    return more === null || !titles.includes(content.name) ? [] : [liveRuleset(content, { id: place + 1, ...more })];
  });
const RULES: readonly BranchRule[] = [
  { type: "required_status_checks", checks: [{ context: "flowgate: master", app: APP }] },
  { type: "update", checks: [] },
];
const read = (change: Change = {}, { titles = TITLES, rules = RULES } = {}) =>
  new Map<string, Fact<unknown>>([
    [`rulesets ${titles.join(",")}`, known(shown(change, titles))],
    ["rules master", known(rules)],
  ]);
const written = (contents: readonly RulesetContent[] = ALL): StageMemory["rulesets"] =>
  Object.fromEntries(
    contents.map((content, place): [string, RulesetMemory] => [
      content.name,
      { written: { id: place + 1, content }, repairs: [], disabled: null },
    ]),
  );
const withPolicy = (more: Partial<Policy>) => component({ config: { ...component().config, policy: policy(more) } });
const facts = (more: Partial<StageKnown> = {}) =>
  stageKnown({
    read: read(),
    component: withPolicy({}),
    subject: { kind: "stage", repository: REPOSITORY, branch: MASTER },
    memory: stageMemory({ look: true, rulesets: written() }),
    ...more,
  });
const answer = (more: Partial<StageKnown> = {}) => decide(facts(more), HOUSE);
const judge = (more: Partial<StageKnown> = {}): Decision => decided(answer(more));
const memoryOf = ({ memory }: Decision) => memory as StageMemory;
const butOf = (decision: Decision) => {
  const { enforced } = memoryOf(decision);
  return enforced.state === "yes" ? enforced.but : enforced;
};
type Ruleset = Extract<Effect, { readonly thing: "ruleset" }>;
const writes = ({ effects }: Decision) =>
  (effects as readonly Ruleset[]).map(({ title, over, content }) => [title, over, content === null ? "gone" : "there"]);
const slot = (more: Partial<SlotState>): SlotState => ({ written: null, refused: null, ...more });
const stood = slot({ written: { fingerprint: "then" as Hash, id: 4, completed: false, at: NOW } });

describe("the last stage", () => {
  const nothing = { [TITLES[0] as string]: null, [MERGES]: null, [TAGS]: null, [FINAL]: null };

  it("has all its rulesets switched on together, when every open pull request has its check", () => {
    const fresh = stageMemory({ look: true, enforced: { state: "waiting", because: "new" } });
    expect(answer({ memory: fresh, read: new Map() })).toEqual({ lacks: [{ want: "rulesets", titles: TITLES }] });
    expect(judge({ memory: fresh, read: read(nothing), unchecked: [12] })).toMatchObject({
      effects: [],
      because: "The ruleset waits until #12 has its check.",
      lookAgainAt: later(NOW, 1_000),
    });
    const on = judge({ memory: fresh, read: read(nothing) });
    expect(writes(on)).toEqual(TITLES.map((title) => [title, null, "there"]));
    expect(on.because).toBe(TITLES.map((title) => `The ruleset “${title}” is switched on.`).join(" "));
    expect(on.entries).toHaveLength(1);
    const done = memoryOf(judge({ memory: fresh }));
    expect(done).toMatchObject({ look: false, rulesets: written(), enforced: { state: "yes", but: [] } });
    expect(judge({ memory: done, read: new Map() })).toMatchObject({ because: "master is enforced.", effects: [] });
  });

  it("waits with the one for merges alone where that comes later", () => {
    const [check, , ...tags] = ALL;
    const memory = stageMemory({ rulesets: written([check as RulesetContent, ...tags]) });
    const waiting = judge({ memory, read: read({ [MERGES]: null }), unchecked: [12] });
    expect(waiting).toMatchObject({ effects: [], lookAgainAt: later(NOW, 1_000), memory: { look: true } });
    expect(butOf(waiting)).toEqual([
      "GitHub's button merges into master, too: The ruleset waits until #12 has its check.",
    ]);
    expect(waiting.news.nudges).toHaveLength(1);
    expect(writes(judge({ memory: memoryOf(waiting), read: read({ [MERGES]: null }) }))).toEqual([
      [MERGES, null, "there"],
    ]);
  });

  it("stays enforced where an admin switches another one off than that of the check, and says what that opens", () => {
    const read1 = read({ [MERGES]: { enforcement: "disabled" } });
    const off = judge({ memory: stageMemory({ look: true, rulesets: written(), changedBy: "ada" }), read: read1 });
    expect(off).toMatchObject({ effects: [], lookAgainAt: later(NOW, 4 * 3_600_000), memory: { look: false } });
    const because =
      "GitHub's button merges into master, too: the ruleset “flowgate: master merges” was disabled by @ada; Flowgate switches it on again at 2026-11-24 13:40 UTC.";
    expect(butOf(off)).toEqual([because]);
    expect(off.because).toBe(`master is enforced: GitHub requires flowgate: master. ${because}`);
    expect(off.entries).toHaveLength(1);
    expect(off.news.nudges).toEqual([{ priority: "bulk", openPulls: { repository: REPOSITORY, base: "master" } }]);
    // Somebody else changes another one meanwhile.
    const memory = { ...memoryOf(off), look: true, changedBy: "olaf" };
    const both = judge({ memory, read: read({ [MERGES]: { enforcement: "disabled" }, [TAGS]: null }) });
    expect(both.because).toBe(
      "The ruleset “flowgate: tags” was changed by @olaf (was deleted) and is put right again.",
    );
    expect(butOf(judge({ memory, read: read1 }))).toEqual([because]);
    expect(writes(judge({ memory, read: read1, now: later(NOW, 4 * 3_600_000) }))).toEqual([[MERGES, 2, "there"]]);
    const again = judge({ memory });
    expect(again).toMatchObject({ memory: { changedBy: null, enforced: { but: [] } } });
    expect(again.news.nudges).toHaveLength(1);
  });

  it("counts the repairs of each by itself", () => {
    const repairs = [-30, -20, -10].map((minutes) => later(NOW, minutes * 60_000));
    const rulesets = written();
    const memory = stageMemory({
      look: true,
      rulesets: { ...rulesets, [TAGS]: { ...(rulesets[TAGS] as RulesetMemory), repairs } },
    });
    const change = { [TAGS]: { rules: [] }, [FINAL]: { rules: [] } };
    expect(writes(judge({ memory, read: read(change) }))).toEqual([[FINAL, 4, "there"]]);
    const left = judge({ memory, read: read({ [TAGS]: { rules: [] } }) });
    expect(left).toMatchObject({ effects: [], lookAgainAt: later(NOW, 30 * 60_000), memory: { look: true } });
    expect(butOf(left)).toEqual([
      expect.stringMatching(/^Tags of releases can be made by hand: .* after 3 repairs within an hour/),
    ]);
  });

  it("says what GitHub does not take or apply, and that a queue cannot merge", () => {
    const none = read({ [FINAL]: null });
    const [effect] = judge({ read: none }).effects;
    const refused = { fingerprint: effect?.fingerprint as Hash, because: "GitHub has no rulesets for tags.", at: NOW };
    const no = judge({ read: none, slots: { [FINAL]: slot({ refused }) } });
    expect(butOf(no)).toEqual(["Tags of releases can be moved and deleted: GitHub has no rulesets for tags."]);
    expect(no).toMatchObject({ effects: [], lookAgainAt: later(NOW, 3_600_000), memory: { look: true } });
    expect(butOf(judge({ read: read({}, { rules: RULES.slice(0, 1) }) }))).toEqual([
      "GitHub's button merges into master, too: GitHub shows the ruleset “flowgate: master merges” and does not apply it.",
    ]);
    const queued = read({}, { rules: [...RULES, { type: "merge_queue", checks: [] }] });
    expect(butOf(judge({ read: queued }))).toEqual([
      "master has a merge queue, and the ruleset “flowgate: master merges” keeps it from merging: set `merge_by: anyone`, or take the queue away.",
    ]);
  });

  it("is not enforced where the one of its check is off, whatever else is", () => {
    const off = judge({ read: read({ "flowgate: master": { enforcement: "disabled" }, [TAGS]: { rules: [] } }) });
    expect(off).toMatchObject({ memory: { enforced: { state: "no" } } });
    expect(writes(off)).toEqual([[TAGS, 3, "there"]]);
  });
});

describe("a ruleset that is not wanted any more", () => {
  const anyone = withPolicy({ mergeBy: "anyone" });
  const observed = withPolicy({ enforcement: "observe" });

  it("is taken away by itself, and what GitHub says to that is said", () => {
    const gone = judge({ component: anyone, memory: stageMemory({ rulesets: written() }) });
    expect(writes(gone)).toEqual([[MERGES, 2, "gone"]]);
    expect(gone.because).toBe("The ruleset “flowgate: master merges” is taken away: the config does not ask for it.");
    expect(gone).toMatchObject({ memory: { enforced: { state: "yes" } } });
    const refused = { fingerprint: gone.effects[0]?.fingerprint as Hash, because: "It may not.", at: NOW };
    expect(butOf(judge({ component: anyone, slots: { [MERGES]: slot({ refused }) } }))).toEqual([
      "The ruleset “flowgate: master merges” is to be taken away: It may not.",
    ]);
    const after = memoryOf(judge({ component: anyone, read: read({ [MERGES]: null }) }));
    expect(Object.keys(after.rulesets)).toEqual(["flowgate: master", TAGS, FINAL]);
    expect(after.enforced).toMatchObject({ but: [] });
  });

  it("goes with all others where nothing is enforced, also what was only just written", () => {
    expect(writes(judge({ component: observed }))).toEqual(TITLES.map((title, place) => [title, place + 1, "gone"]));
    const slots = { [TAGS]: stood, [FINAL]: slot({}) };
    const memory = stageMemory({ look: true });
    expect(writes(judge({ component: observed, memory, slots, read: read({}, { titles: [TAGS] }) }))).toEqual([
      [TAGS, 3, "gone"],
    ]);
    expect(judge({ component: observed, memory: stageMemory(), slots, read: new Map() })).toMatchObject({
      effects: [],
      because: "The component is observed, not enforced.",
    });
    const [effect] = judge({ component: observed, memory, slots, read: read({}, { titles: [TAGS] }) }).effects;
    const away = slot({ written: { fingerprint: effect?.fingerprint as Hash, id: 0, completed: false, at: NOW } });
    expect(judge({ component: observed, memory, slots: { [TAGS]: away }, read: new Map() })).toMatchObject({
      effects: [],
    });
  });

  it("is left to the stage that is the last one now, which takes it over", () => {
    const shorter = withPolicy({ stages: [branch("development"), branch("staging")] });
    const titles = TITLES.slice(0, 2);
    const before = judge({ component: shorter, read: read({}, { titles }) });
    expect(writes(before)).toEqual(titles.map((title, place) => [title, place + 1, "gone"]));
    expect(Object.keys(memoryOf(before).rulesets)).toEqual(titles);

    const takes = judge({ memory: stageMemory({ rulesets: written(ALL.slice(0, 2)) }), slots: { [TAGS]: stood } });
    expect(takes).toMatchObject({ effects: [], memory: { rulesets: written() } });
  });
});
