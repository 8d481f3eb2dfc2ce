import { describe, expect, test } from "@jest/globals";
import { answerOf } from "../../src/board/answer.ts";
import { NO_CONFIG } from "../../src/flow/absorb.ts";
import { DEFAULT_POLICY, type Policy } from "../../src/flow/config.ts";
import { OUTCOMES, type Whole } from "../../src/flow/verdict.ts";
import { checkRun } from "../../src/report/check-run.ts";
import { component, judged, MANAGED, NOW, pull, stage, stories, story } from "./samples.ts";

const WHOLES = OUTCOMES.filter((outcome): outcome is Whole => outcome !== "overridden");

test("what passes by an override says so, and asks for nothing more", () => {
  const { mark, sentence, clear } = answerOf(stories.overridden());
  expect(mark).toEqual({ tone: "passed", word: "✓ passed" });
  expect(sentence).toMatch(/^Overridden by rita, confirmed by carl: the runner is down /);
  expect(clear).toEqual([]);
});

describe("the sentence that is the answer", () => {
  test.each<[keyof typeof stories, string, string]>([
    ["refused", "✗ refused", "feature/login enters at development, not at master. Open it into development instead."],
    ["passed", "✓ passed", "feature/login is a feature branch (feature/**) and may enter development."],
    [
      "errored",
      "? not known",
      "Could not find out what hotfix/double-dose brings. GitHub answered 502 to the comparison; it is asked again.",
    ],
    ["gates", "✗ refused", "The newest backup is 26 h old."],
    [
      "observed",
      "✗ would refuse",
      "Would refuse: feature/login enters at development, not at master. Open it into development instead.",
    ],
    ["stale", "… not judged yet", "abad1de into development is not judged yet."],
    ["unjudged", "… not judged yet", "This pull request is not judged yet."],
    ["merged", "● merged", "Merged into development."],
    ["shared", "… waiting", "Waits for `operations` to approve."],
    ["closed", "○ closed", "Closed without a merge."],
    ["elsewhere", "– no check", "experiments is no stage, so this pull request gets no check."],
    ["incomplete", "– no check", "glucose/api lacks staging and is left alone until it has all stage branches."],
  ])("%s", (name, word, sentence) => {
    expect(answerOf(stories[name]())).toMatchObject({ mark: { word }, sentence });
  });

  test("before the first look at the repository", () => {
    const view = story({ component: component({ stages: null }), verdict: null });
    expect(answerOf(view)).toMatchObject({
      standing: { is: "not looked at" },
      sentence: "glucose/api was not looked at yet.",
    });
  });

  const policies: readonly Policy["enforcement"][] = ["managed", "report", "observe", "observed"];
  test.each(policies.flatMap((enforcement) => WHOLES.map((outcome) => ({ enforcement, outcome }))))(
    "is the check's title, word by word: %j",
    ({ enforcement, outcome }) => {
      const policy = { ...MANAGED, enforcement };
      const { findings, ...verdict } = judged(pull(), policy);
      const told = { ...verdict, outcome, findings: findings.map((finding) => ({ ...finding, outcome })) };
      const view = story({ component: component({}, policy), verdict: told }, policy);
      const house = { app: 1, links: null, web: "https://github.com" };
      const check = checkRun({
        name: "flowgate: master",
        verdict: told,
        pull: 42,
        sharedBy: 0,
        component: view.component,
        stage: null,
        house,
        now: NOW,
        cause: null,
      });
      expect(answerOf(view).sentence).toBe(check.title);
    },
  );
});

describe("what else bears on the answer", () => {
  test.each<[string, Parameters<typeof story>[0], string]>([
    [
      "GitHub does not enforce",
      { stage: stage({ state: "no", because: "the App may not write rulesets" }) },
      "Advice only: GitHub will not block this merge because the App may not write rulesets.",
    ],
    [
      "not enforced yet",
      { stage: stage({ state: "waiting", because: "The ruleset waits until #40 has its check." }) },
      "Not enforced yet. The ruleset waits until #40 has its check.",
    ],
    [
      "not held in all",
      { stage: stage({ state: "yes", readAt: NOW, but: ["Tags can be moved.", "The button merges, too."] }) },
      "Tags can be moved. The button merges, too.",
    ],
    ["the stage was not read yet", { stage: null }, "Not enforced yet. The rules of master were not read yet."],
    [
      "observed",
      { component: component({}, DEFAULT_POLICY) },
      "Nothing is enforced here: add `.github/flowgate.yml` to the default branch to switch it on.",
    ],
    [
      "observe",
      { component: component({}, { ...MANAGED, enforcement: "observe" }) },
      "Nothing is enforced here: `enforcement: observe` is set in `.github/flowgate.yml`.",
    ],
    [
      "a broken config",
      {
        component: component({
          config: {
            ...NO_CONFIG,
            policy: MANAGED,
            newest: { blob: null, because: "line 3 is wrong." },
            problem: "line 3 is wrong.",
          },
        }),
      },
      "The newest config is not in force: line 3 is wrong.",
    ],
    [
      "contradicting events",
      { memory: pull({ doubt: true }) },
      "What GitHub told of this pull request contradicts itself; it is read afresh.",
    ],
    [
      "no access",
      { mayWork: false },
      "Flowgate has no access to glucose/api any more, so this is what it knew last. An owner of the account can install the App again or end its suspension.",
    ],
    [
      "merged past the gates",
      stories.past(),
      "It was merged although Flowgate had not let it pass: feature/login enters at development, not at master. Open it into development instead.",
    ],
    [
      "a check that GitHub refused",
      stories.waiting(),
      "GitHub did not take the check: the App lacks the permission checks: write.",
    ],
    [
      "a check that shows another's verdict",
      stories.shared(),
      "#43 has the same commit and base, so there is one check for all. It shows the verdict of #43; that of this pull request is below.",
    ],
  ])("%s", (_, given, note) => {
    expect(answerOf(story(given)).notes).toContain(note);
  });

  test("a check that two share and that shows this one's verdict", () => {
    const view = stories.refused();
    const siblings = [{ number: 43, verdict: view.verdict as NonNullable<typeof view.verdict> }];
    expect(answerOf({ ...view, siblings }).notes).toEqual([
      "#43 has the same commit and base, so there is one check for all. It shows the verdict of this pull request.",
    ]);
  });

  test("nothing, where GitHub blocks and all is well", () => {
    expect(answerOf(stories.refused()).notes).toEqual([]);
  });
});

describe("the verdict that is explained", () => {
  test("of a closed pull request it is the last one in the ledger", () => {
    const { explained } = answerOf(stories.past());
    expect(explained?.verdict).toEqual(judged(pull()));
    expect(explained?.judged?.at).toBe("2026-11-22T08:10:00.000Z");
  });

  test("an entry of a shape that is not known explains nothing", () => {
    const view = stories.past();
    const entries = view.entries.map((entry) => ({ ...entry, says: { outcome: "splendid" } }));
    expect(answerOf({ ...view, entries }).explained).toBeNull();
  });

  test("without its entry it has no time", () => {
    const redacted = stories.refused().entries.map((entry) => ({ ...entry, says: null }));
    expect(answerOf({ ...stories.refused(), entries: redacted }).explained?.judged).toBeNull();
    expect(answerOf({ ...stories.refused(), entries: [] }).explained?.judged).toBeNull();
  });
});
