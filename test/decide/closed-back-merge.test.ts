import { describe, expect, it } from "@jest/globals";
import { decide } from "../../src/decide.ts";
import type { Decision } from "../../src/flow/decision.ts";
import { backMergeFingerprint, backMergeOf } from "../../src/flow/effect.ts";
import type { Comparison, Fact, PullKnown, StageKnown } from "../../src/flow/facts.ts";
import { digestOf } from "../../src/flow/ledger.ts";
import type { PullMemory } from "../../src/flow/memory.ts";
import { branch, later } from "../../src/flow/names.ts";
import type { StandingOf } from "../../src/flow/standing.ts";
import {
  at,
  component,
  known,
  LATER,
  NOW,
  policy,
  pullFacts,
  pullMemory,
  REPOSITORY,
  stageMemory,
  unknown,
  verdict,
} from "../builders.ts";
import { decided, HOUSE, stageKnown } from "./facts.ts";
import { brings, FREE, judge } from "./hub.ts";
import { slot, written } from "./under-way.ts";

const LIVE = at("live");
const [DEVELOPMENT, STAGING] = [branch("development"), branch("staging")];
const REF = `back-merge/staging-${LIVE.slice(0, 7)}`;
const BECAUSE =
  "#12 was to bring back what staging lacks, and was closed: reopen it, or merge its branch into staging by another pull request";
const CLOSED: StandingOf<"closed-back-merge"> = {
  kind: "closed-back-merge",
  key: `closed-back-merge:${REPOSITORY}:12`,
  by: null,
  at: NOW,
  because: BECAUSE,
  repository: REPOSITORY,
  stage: STAGING,
  number: 12,
  commit: LIVE,
};
const MARK = "<!-- flowgate:back-merge-closed 12 -->";
/** What stands from now on, and what does not any more. */
const recorded = ({ entries }: Decision) =>
  entries.flatMap(({ what, says }) => (what === "opened" || what === "closed" ? [[what, says["because"]]] : []));
const withPolicy = (more: Partial<typeof FREE> = {}) =>
  component({ config: { ...component().config, policy: { ...FREE, ...more } } });

describe("A back-merge that somebody closes", () => {
  const OURS = { head: REF, base: "staging", tip: LIVE };
  type Asking = {
    readonly more?: Partial<PullKnown>;
    readonly memory?: Partial<PullMemory>;
    readonly lacks?: Comparison | Fact<never>;
    readonly waiting?: readonly ReturnType<typeof branch>[];
    readonly said?: ReturnType<typeof slot>;
  };
  const answer = ({ more, memory, lacks = brings("fix"), waiting = [], said }: Asking = {}) =>
    judge(
      {
        component: withPolicy(),
        memory: pullMemory(OURS, { state: "closed", ...memory }),
        verdict: verdict({ head: LIVE, base: STAGING, lane: "back-merge" }),
        backMerge: { changed: false, said: null, closed: { commit: LIVE, said: said ?? null, waiting } },
        ...more,
      },
      {
        [`compare ${memory?.base ?? "staging"} ${LIVE}`]: lacks,
        [`compare master ${LIVE}`]: brings(),
        "branch staging": at("staging"),
        "branch development": at("development"),
        "pull 12": { number: 12, asOf: NOW, facts: pullFacts(OURS) },
      },
    );
  const comments = ({ effects }: Decision) =>
    effects.flatMap((effect) => (effect.thing === "comment" ? [effect.body] : []));
  /** Whether promotions out of its stage are looked at again. */
  const tells = ({ news }: Decision): boolean =>
    news.nudges.some((nudge) => "openPulls" in nudge && nudge.openPulls.base === "master");

  it("says there and on the board what waits for it, and what to do", () => {
    const decision = answer();
    expect(comments(decision)).toEqual([
      `This was closed, so \`staging\` lacks what it brings: the gate \`back-merge\` holds promotions from there until it has that. Reopen this, with *Restore branch* first where that is gone, and Flowgate merges it once its check is green; or merge its branch, \`${REF}\`, into \`staging\` by another pull request, by a merge commit.\n\n${MARK}`,
    ]);
    expect(decision.entries).toContainEqual(expect.objectContaining({ what: "opened", actor: "app", says: CLOSED }));
    expect(decision.entries).toContainEqual(
      expect.objectContaining({ says: { does: "says what waits because it is closed" } }),
    );
    expect(tells(decision)).toBe(true);
    const rolledBack = answer({ waiting: [branch("alpha"), DEVELOPMENT] });
    expect(comments(rolledBack)[0]).toContain("until it has that, and `alpha` and `development` wait for it as well. ");
    expect(recorded(rolledBack)).toEqual([["opened", `${BECAUSE}; alpha and development wait for it as well`]]);
    expect(recorded(answer({ waiting: [DEVELOPMENT] }))).toEqual([
      ["opened", `${BECAUSE}; development waits for it as well`],
    ]);
  });

  it("says so once", () => {
    const said = written(900, digestOf(MARK));
    const again = answer({ said, more: { standing: [CLOSED] } });
    expect([comments(again), recorded(again), tells(again)]).toEqual([[], [], false]);
    // It was reopened meanwhile.
    const anew = answer({ said });
    expect([comments(anew), recorded(anew), tells(anew)]).toEqual([[], [["opened", BECAUSE]], true]);
    const no = slot({ refused: { fingerprint: digestOf(MARK), because: "GitHub answered 403.", at: NOW } });
    const refused = answer({ said: no, more: { standing: [CLOSED] } });
    expect([comments(refused), refused.lookAgainAt]).toEqual([[], later(NOW, 3_600_000)]);
  });

  it.each<[string, Asking]>([
    ["the stage has what it brings", { lacks: brings() }],
    ["Flowgate did not open it", { more: { backMerge: null } }],
    ["nothing is enforced", { more: { component: withPolicy({ enforcement: "observe" }) } }],
    ["a stage is missing", { more: { component: { ...withPolicy(), stages: { staging: at("staging") } } } }],
    ["the repository was not looked at", { more: { component: null } }],
    ["it went into what is no stage any more", { memory: { base: branch("beta") } }],
    ["it went into what is the last stage now", { memory: { base: branch("master") } }],
  ])("says nothing where %s", (_what, asking) => {
    const decision = answer(asking);
    expect([comments(decision), recorded(decision)]).toEqual([[], []]);
  });

  it("waits where GitHub does not say what the stage lacks", () => {
    const decision = answer({ lacks: unknown("GitHub answered 502.") });
    expect([comments(decision), recorded(decision), decision.lookAgainAt]).toEqual([[], [], LATER]);
  });

  it("is owed no longer once it is reopened or merged", () => {
    const standing = [{ ...CLOSED, number: 7, key: "closed-back-merge:42:7" }, CLOSED];
    const open = answer({ memory: { state: "open" }, more: { standing, backMerge: null } });
    expect([recorded(open), tells(open)]).toEqual([[["closed", "it was reopened"]], true]);
    const merged = answer({
      memory: { state: "closed", merged: true, mergeCommit: at("merged") },
      more: { standing, backMerge: null },
    });
    expect([recorded(merged), tells(merged)]).toEqual([[["closed", "it was merged after all"]], true]);
    const gone = withPolicy({ stages: [DEVELOPMENT, STAGING] });
    expect(tells(answer({ memory: { state: "open" }, more: { standing, component: gone } }))).toBe(false);
  });
});

describe("A stage that lacks what was closed", () => {
  const ask = (lacks: Fact<unknown>, more: Partial<StageKnown> = {}) =>
    decided(
      decide(
        stageKnown({
          component: component({ config: { ...component().config, policy: policy({ enforcement: "report" }) } }),
          memory: stageMemory(),
          closedBackMerges: [CLOSED],
          read: new Map([
            [`compare staging ${LIVE}`, lacks],
            ["rules staging", known([])],
          ]),
          ...more,
        }),
        HOUSE,
      ),
    );
  const nudged = ({ news }: Decision) =>
    news.nudges.flatMap((nudge) =>
      "subject" in nudge && nudge.subject.kind === "stage" ? [nudge.subject.branch] : [],
    );

  it("finds that it came by another way, which those before have waited for", () => {
    const there = ask(known(brings()));
    expect([recorded(there), nudged(there)]).toEqual([[["closed", "staging has what it was to bring"]], [DEVELOPMENT]]);
    const missing = ask(known(brings("fix")));
    expect([recorded(missing), nudged(missing)]).toEqual([[], []]);
  });

  it("asks GitHub, and waits where it does not say", () => {
    const asked = decide(
      stageKnown({
        component: component({ config: { ...component().config, policy: policy({ enforcement: "report" }) } }),
        memory: stageMemory(),
        closedBackMerges: [CLOSED],
      }),
      HOUSE,
    );
    expect(asked).toEqual({ lacks: [{ want: "compare", base: STAGING, head: LIVE }] });
    const silent = ask(unknown("GitHub answered 502."));
    expect([recorded(silent), silent.lookAgainAt]).toEqual([[], LATER]);
  });

  it.each([
    ["nothing is enforced", policy({ enforcement: "observe" })],
    ["it is no stage", policy({ enforcement: "report", stages: ["development", "master"] })],
  ])("owes nothing any more where %s", (_what, config) => {
    const none = { component: component({ config: { ...component().config, policy: config } }) };
    expect(recorded(ask(known(brings("fix")), none))).toEqual([
      ["closed", "nothing is brought back into staging any more"],
    ]);
  });
});

it("tells what a pull request brings back by what was kept of it", () => {
  expect(backMergeOf(backMergeFingerprint(LIVE))).toBe(LIVE);
});
