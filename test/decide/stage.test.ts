import { describe, expect, it } from "@jest/globals";
import { decide } from "../../src/decide.ts";
import { NO_CONFIG } from "../../src/flow/absorb.ts";
import type { Decision } from "../../src/flow/decision.ts";
import type { BranchRule, Fact, StageKnown } from "../../src/flow/facts.ts";
import type { RulesetMemory, StageMemory } from "../../src/flow/memory.ts";
import { branch, later } from "../../src/flow/names.ts";
import { checkRuleset, type LiveRuleset, type RulesetContent } from "../../src/flow/ruleset.ts";
import {
  APP,
  at,
  component,
  known,
  LATER,
  liveRuleset,
  NOW,
  policy,
  REPOSITORY,
  stageMemory,
  unknown,
} from "../builders.ts";
import { decided, HOUSE, stageKnown } from "./facts.ts";

const STAGING = branch("staging");
const TITLE = "flowgate: staging";
const wanted = checkRuleset({ stage: STAGING, first: false, app: APP });
/** Its one ruleset as we remember it. */
const kept = (more: Partial<RulesetMemory> = {}, content: RulesetContent = wanted): StageMemory["rulesets"] => ({
  [content.name]: { written: { id: 9, content }, repairs: [], disabled: null, ...more },
});
const live = (more: Partial<LiveRuleset> = {}) => liveRuleset(wanted, more);
const requires: BranchRule = { type: "required_status_checks", checks: [{ context: "flowgate: staging", app: APP }] };

/** What GitHub says of the ruleset and of the branch's rules. */
const read = (ruleset: LiveRuleset | null | undefined, rules: readonly BranchRule[] = [requires]) =>
  new Map<string, Fact<unknown>>([
    ...(ruleset === undefined ? [] : [[`rulesets ${TITLE}`, known(ruleset === null ? [] : [ruleset])] as const]),
    ["rules staging", known(rules)],
  ]);
/** Where GitHub's button merges too, so that a stage in the middle has one ruleset. */
const byAnyone = component({ config: { ...component().config, policy: policy({ mergeBy: "anyone" }) } });
const facts = (more: Partial<StageKnown> = {}) =>
  stageKnown({
    component: byAnyone,
    memory: stageMemory({ look: true, rulesets: kept() }),
    ...more,
  });
const answer = (more: Partial<StageKnown> = {}) => decide(facts(more), HOUSE);
const judge = (more: Partial<StageKnown> = {}): Decision => decided(answer(more));
const memoryOf = (decision: Decision) => decision.memory as StageMemory | undefined;
const fresh = stageMemory({ look: true, enforced: { state: "waiting", because: "new" } });
const withPolicy = (enforcement: "managed" | "report" | "observe" | "observed", stages?: readonly string[]) =>
  component({
    config: {
      ...NO_CONFIG,
      policy: policy({ enforcement, mergeBy: "anyone", ...(stages && { stages }) }),
    },
  });
const ADMINS = [{ actor_type: "RepositoryRole", actor_id: 5, bypass_mode: "always" }];
const minutesAgo = (n: number) => later(NOW, -n * 60_000);

describe("a stage's ruleset", () => {
  it("is not written before every open pull request has its check", () => {
    expect(answer({ memory: fresh })).toEqual({ lacks: [{ want: "rulesets", titles: [TITLE] }] });
    const waiting = judge({ memory: fresh, read: read(null), unchecked: [12, 13] });
    expect(waiting).toMatchObject({
      effects: [],
      because: "The ruleset waits until #12 has its check.",
      lookAgainAt: later(NOW, 1_000),
    });
    expect(
      judge({ memory: memoryOf(waiting) as StageMemory, read: read(null), unchecked: [12] }).memory,
    ).toBeUndefined();
    expect(judge({ memory: fresh, read: read(null) })).toMatchObject({
      because: "The ruleset “flowgate: staging” is switched on.",
      effects: [{ thing: "ruleset", title: "flowgate: staging", over: null, content: wanted }],
      entries: [{ what: "ruleset" }],
    });
  });

  it("is called enforced only after the branch's rules were read back", () => {
    expect(answer({ memory: fresh, read: new Map([[`rulesets ${TITLE}`, known([live()])]]) })).toEqual({
      lacks: [{ want: "rules", branch: "staging" }],
    });
    expect(memoryOf(judge({ memory: fresh, read: read(live()) }))).toMatchObject({
      look: false,
      rulesets: kept(),
      enforced: { state: "yes", but: [] },
    });
    const idle = judge({ memory: fresh, read: read(live(), []) });
    expect(memoryOf(idle)?.enforced).toEqual({
      state: "no",
      because: expect.stringContaining("does not apply it: private repositories need a paid plan"),
    });
    expect(idle.news.nudges).toEqual([{ priority: "bulk", openPulls: { repository: REPOSITORY, base: "staging" } }]);
    const elsewhere = {
      type: "required_status_checks",
      checks: [
        { context: "flowgate: staging", app: 8 },
        { context: "other", app: APP },
      ],
    };
    expect(memoryOf(judge({ memory: fresh, read: read(live(), [elsewhere]) }))?.enforced.state).toBe("no");
  });

  it("in order is not read again until somebody says it changed", () => {
    expect(judge({ memory: stageMemory({ rulesets: kept() }) })).toMatchObject({
      effects: [],
      entries: [],
      because: "staging is enforced.",
    });
    expect(judge({ read: read(live()) })).toMatchObject({ effects: [], entries: [] });
  });

  it("follows the config, and takes over one that is left from before", () => {
    const before = checkRuleset({ stage: STAGING, first: true, app: APP });
    const memory = stageMemory({ rulesets: kept({}, before) });
    const rules = before.rules.map((rule) => ({
      type: rule.type,
      parameters: "parameters" in rule ? { ...rule.parameters } : {},
    }));
    expect(judge({ memory, read: read(live({ rules })) })).toMatchObject({
      because: "The ruleset “flowgate: staging” follows the config.",
      effects: [{ over: 9 }],
      memory: { rulesets: { [TITLE]: { repairs: [] } } },
    });
    expect(judge({ memory: fresh, read: read(live({ rules: [] })) })).toMatchObject({ effects: [{ over: 9 }] });
  });

  it("changed by hand is put right again, and who did it is said", () => {
    const decision = judge({
      memory: stageMemory({ look: true, rulesets: kept(), changedBy: "ada" }),
      read: read(live({ bypassActors: ADMINS })),
    });
    expect(decision).toMatchObject({
      because:
        "The ruleset “flowgate: staging” was changed by @ada (who has `admin` may bypass it) and is put right again.",
      effects: [{ thing: "ruleset", over: 9 }],
      entries: [{ what: "ruleset", says: { changedBy: "ada" } }],
      memory: { rulesets: { [TITLE]: { repairs: [NOW] } } },
    });
    expect(judge({ read: read(null) })).toMatchObject({
      because: expect.stringContaining("was changed by hand (was deleted)"),
      effects: [{ over: null }],
    });
  });

  it("that GitHub does not keep as we write it counts as changed, so that we do not write for ever", () => {
    const written = judge({ memory: fresh, read: read(null) }).effects[0]?.fingerprint as never;
    const slot = { written: { fingerprint: written, id: 9, completed: false, at: NOW }, refused: null };
    expect(judge({ memory: fresh, slots: { [TITLE]: slot }, read: read(live({ rules: [] })) })).toMatchObject({
      memory: { rulesets: { [TITLE]: { repairs: [NOW] } } },
    });
  });

  it("is left for an hour after three repairs within one, and that is said loudly", () => {
    const repairs = [minutesAgo(50), minutesAgo(30), minutesAgo(10)];
    const decision = judge({
      memory: stageMemory({ look: true, rulesets: kept({ repairs }) }),
      read: read(live({ bypassActors: ADMINS })),
    });
    expect(decision).toMatchObject({
      effects: [],
      lookAgainAt: minutesAgo(-10),
      memory: { enforced: { state: "no", because: expect.stringContaining("after 3 repairs within an hour") } },
    });
    expect(decision.news.nudges).toHaveLength(1);
    const old = [minutesAgo(70), ...repairs.slice(1)];
    expect(
      judge({
        memory: stageMemory({ look: true, rulesets: kept({ repairs: old }) }),
        read: read(live({ bypassActors: ADMINS })),
      }).effects,
    ).toHaveLength(1);
  });

  it("switched off by an admin is left for four hours, shown, and then switched on", () => {
    const disabled = live({ enforcement: "disabled" });
    const first = judge({ read: read(disabled) });
    expect(first).toMatchObject({
      effects: [],
      lookAgainAt: later(NOW, 4 * 3_600_000),
      memory: {
        look: false,
        rulesets: { [TITLE]: { disabled: { since: NOW, by: null } } },
        enforced: {
          state: "no",
          because:
            "the ruleset “flowgate: staging” was disabled by hand; Flowgate switches it on again at 2026-11-24 13:40 UTC",
        },
      },
    });
    const memory = memoryOf(first) as StageMemory;
    expect(judge({ memory, read: read(disabled) })).toMatchObject({ effects: [], entries: [] });
    expect(judge({ memory, now: later(NOW, 4 * 3_600_000), read: read(disabled) })).toMatchObject({
      effects: [{ over: 9 }],
      memory: { rulesets: { [TITLE]: { disabled: null } } },
    });
  });

  it("that GitHub refuses to take is said where people read it, and tried again after an hour", () => {
    const fingerprint = judge({ memory: fresh, read: read(null) }).effects[0]?.fingerprint as never;
    const slot = {
      written: null,
      refused: { fingerprint, because: "Flowgate may not write rulesets here.", at: minutesAgo(10) },
    };
    expect(judge({ memory: fresh, slots: { [TITLE]: slot }, read: read(null) })).toMatchObject({
      effects: [],
      lookAgainAt: minutesAgo(-50),
      memory: { enforced: { state: "no", because: "Flowgate may not write rulesets here." } },
    });
  });

  it.each<[string, Map<string, Fact<unknown>>]>([
    ["the ruleset", new Map([[`rulesets ${TITLE}`, unknown("GitHub answered 502.")]])],
    [
      "the rules",
      new Map<string, Fact<unknown>>([
        [`rulesets ${TITLE}`, known([live()])],
        ["rules staging", unknown("GitHub answered 502.")],
      ]),
    ],
  ])("is not guessed where GitHub does not show %s", (_what, some) => {
    expect(judge({ memory: fresh, read: some })).toMatchObject({
      effects: [],
      because: "GitHub answered 502.",
      lookAgainAt: LATER,
    });
  });
});

describe("where nothing is enforced", () => {
  it.each([withPolicy("observe"), withPolicy("observed"), withPolicy("managed", ["dev", "main"])])(
    "our ruleset is taken away",
    (observed) => {
      expect(answer({ component: observed })).toEqual({ lacks: [{ want: "rulesets", titles: [TITLE] }] });
      expect(judge({ component: observed, read: read(live()) })).toMatchObject({
        effects: [{ content: null, over: 9 }],
        because: expect.stringContaining("is taken away"),
      });
      expect(judge({ component: observed, read: read(null) })).toMatchObject({
        effects: [],
        memory: { rulesets: {}, look: false },
      });
      expect(
        judge({ component: observed, read: new Map([[`rulesets ${TITLE}`, unknown("GitHub answered 502.")]]) }),
      ).toMatchObject({ effects: [], lookAgainAt: LATER });
      expect(judge({ component: observed, memory: fresh })).toMatchObject({
        effects: [],
        memory: { look: false, enforced: { state: "no" } },
      });
    },
  );

  it("report writes no ruleset, and says whether GitHub requires the check", () => {
    const report = withPolicy("report");
    expect(answer({ component: report, memory: fresh })).toEqual({ lacks: [{ want: "rules", branch: "staging" }] });
    expect(memoryOf(judge({ component: report, memory: fresh, read: read(undefined) }))).toMatchObject({
      enforced: { state: "yes" },
    });
    expect(memoryOf(judge({ component: report, memory: fresh, read: read(undefined, []) }))).toMatchObject({
      enforced: { state: "no", because: "no rule of this repository requires “flowgate: staging”" },
    });
    expect(judge({ component: report, memory: stageMemory() })).toMatchObject({ because: "Read before.", effects: [] });
    expect(
      judge({ component: report, memory: fresh, read: new Map([["rules staging", unknown("GitHub answered 502.")]]) }),
    ).toMatchObject({ lookAgainAt: LATER });
    expect(judge({ component: report, read: read(live()) })).toMatchObject({ effects: [{ content: null }] });
  });

  it.each([null, component({ stages: null })])("a repository that was not looked at waits", (component) => {
    expect(judge({ component })).toMatchObject({ effects: [], because: "The repository was not looked at yet." });
  });
  it("a stage that nobody told of waits", () => {
    expect(judge({ memory: null })).toMatchObject({ effects: [] });
    expect(
      judge({
        component: component({ stages: { development: at("x"), staging: at("x"), master: null } }),
        memory: fresh,
      }),
    ).toMatchObject({ effects: [], because: "staging is no stage of a component." });
  });
});
