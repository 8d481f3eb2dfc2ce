import { describe, expect, it } from "@jest/globals";
import type { BroughtBy, Review } from "../../src/flow/facts.ts";
import { branch } from "../../src/flow/names.ts";
import { flowGate } from "../../src/gates/flow.ts";
import {
  at,
  candidate,
  FORK,
  type History,
  history,
  NOW,
  type PullOptions,
  policy,
  product,
  REPOSITORY,
  unknown,
} from "../builders.ts";

type Judged = { readonly lane: string | null; readonly outcome: string; readonly because: string };

function judge(git: History, options: PullOptions, more: Parameters<typeof policy>[0] = {}): Judged {
  const { finding, lane } = git.answering((read) => flowGate(candidate(options), policy(more), read));
  return { lane: lane?.lane ?? null, outcome: finding.outcome, because: finding.because };
}

/** The lane, or what kind of no. */
const laneOf = ({ lane, outcome }: Judged) => lane ?? outcome;

describe("every pair of lane and base, in the repository and from a fork", () => {
  /** What each head is, and which bases it may enter: by place of the base, first to last. */
  const heads = (stages: readonly string[]) => {
    const last = stages.length - 1;
    const stageHeads = stages.map((stage, place) => ({
      head: stage,
      tip: at(stage),
      lane: (to: number) =>
        to === place + 1 ? (to === last ? "release" : "promotion") : to < place ? "back-merge" : null,
    }));
    const features = [
      "feature/login",
      "fix/x",
      "bugfix/a/b",
      "chore/c",
      "docs/d",
      "dependabot/npm/e",
      "renovate/f",
      "copilot/g",
      "revert-12-login",
      "dora-patch-1",
      "pre-commit-ci-update",
    ];
    return [
      ...stageHeads,
      ...features.map((head) => ({ head, tip: at("login"), lane: (to: number) => (to === 0 ? "feature" : null) })),
      { head: "login", tip: at("login"), lane: () => null },
      { head: "Feature/login", tip: at("login"), lane: () => null },
      { head: "feature", tip: at("login"), lane: () => null },
      { head: "hotfix/fix", tip: at("fix"), lane: (to: number) => (to === last ? "hotfix" : null) },
      { head: "hotfix/login", tip: at("login"), lane: () => null },
      {
        head: "release/1",
        tip: at(stages[last - 1] as string),
        // What staging has, development has: so it is pinned at a commit of the stage before each of them.
        lane: (to: number) => (to === last ? "release" : to === 0 ? (last > 1 ? "back-merge" : null) : "promotion"),
      },
      {
        head: "back-merge/1",
        tip: at(stages[last] as string),
        lane: (to: number) => (to < last ? "back-merge" : null),
      },
      { head: "anything", tip: at(stages[last] as string), lane: (to: number) => (to < last ? "back-merge" : null) },
    ];
  };
  const flows = [
    ["development", "staging", "master"],
    ["dev", "uat", "main"],
    ["dev", "test", "acceptance", "main"],
    ["development", "master"],
  ];
  const cases = flows.flatMap((stages) =>
    heads(stages).flatMap(({ head, tip, lane }) =>
      stages.flatMap((base, to) =>
        base === head
          ? []
          : [
              { stages, head, tip, base, from: REPOSITORY as typeof REPOSITORY | null, lane: lane(to) },
              { stages, head, tip, base, from: FORK, lane: to === 0 ? "feature" : null },
              { stages, head, tip, base, from: null, lane: to === 0 ? "feature" : null },
            ],
      ),
    ),
  );
  const from = (repository: number | null) =>
    repository === null ? "a deleted fork's " : repository === FORK ? "a fork's " : "";

  it.each(
    cases.map((one) => [`${one.stages.join(" → ")}: ${from(one.from)}${one.head} into ${one.base}`, one] as const),
  )("%s", (_, { stages, head, tip, base, from, lane }) => {
    const judged = judge(product(stages), { head, tip, base, from }, { stages });
    expect(laneOf(judged)).toBe(lane ?? "failed");
  });
});

const approval = (by: number, commit: string, state: Review["state"] = "approved", bot = false): Review => ({
  id: 1,
  by: { id: by, login: `person-${by}`, bot },
  state,
  commit: at(commit),
  at: NOW,
});
const broughtBy = (more: Partial<BroughtBy> = {}): BroughtBy => ({
  number: 31,
  author: { id: 5, login: "dora" },
  merged: true,
  base: branch("release/2"),
  head: at("own"),
  ...more,
});

describe("a hotfix", () => {
  it.each([
    ["cut from development", ["login"], "hotfix/x was not cut from master: it brings commit"],
    ["that merged staging in", ["fix", "staging"], "it brings commit"],
    ["that merged another hotfix in", ["fix", "other"], null],
  ])("%s", (_situation, parents, because) => {
    const git = product(["development", "staging", "master"]);
    git.commit("other", ["master"]);
    git.commit("hot", parents);
    const judged = judge(git, { head: "hotfix/x", base: "master", tip: at("hot") });
    expect(judged).toMatchObject(
      because === null
        ? { lane: "hotfix" }
        : { lane: null, outcome: "failed", because: expect.stringContaining(because) },
    );
  });

  it("may cherry-pick what development has, since that is a new commit", () => {
    const git = product(["development", "staging", "master"]);
    git.commit("login picked", ["master"]);
    expect(judge(git, { head: "hotfix/x", base: "master", tip: at("login picked") })).toMatchObject({ lane: "hotfix" });
  });

  it("names the first commit that does not belong, and its stage", () => {
    expect(
      judge(product(["development", "staging", "master"]), { head: "hotfix/x", base: "master", tip: at("login") })
        .because,
    ).toBe(
      `hotfix/x was not cut from master: it brings commit ${at("staging").slice(0, 7)} “Add staging” of development.`,
    );
  });

  it("that brings more commits than GitHub lists is refused, not guessed", () => {
    const judged = judge(product(["development", "staging", "master"], { listed: 1 }), {
      head: "hotfix/x",
      base: "master",
      tip: at("login"),
    });
    expect(judged).toMatchObject({
      lane: null,
      outcome: "failed",
      because: expect.stringContaining("more than can be looked at"),
    });
  });

  it("goes into the last stage only, and is told so", () => {
    expect(
      judge(product(["development", "staging", "master"]), { head: "hotfix/x", base: "staging", tip: at("fix") })
        .because,
    ).toBe("hotfix/x is a hotfix and goes into master, not into staging.");
  });
});

describe("a release branch", () => {
  function own(reviews: readonly Review[], pull: Partial<BroughtBy> | null = {}): History {
    const git = product(["development", "staging", "master"]);
    git.commit("own", ["development"]);
    if (pull !== null) git.broughtBy("own", broughtBy(pull), reviews);
    return git;
  }
  const into = (base: string) => ({ head: "release/2", base, tip: at("own") });

  it("pinned at a commit of the stage before is a promotion, or the release", () => {
    const git = product(["development", "staging", "master"]);
    git.commit("next", ["development"]);
    git.branch("development", "next");
    expect(judge(git, { head: "release/2", base: "staging", tip: at("development") })).toMatchObject({
      lane: "promotion",
    });
    expect(judge(git, { head: "release/2", base: "master", tip: at("staging") })).toMatchObject({ lane: "release" });
  });

  it.each([
    ["approved by somebody else as it was merged", own([approval(6, "own")]), "promotion"],
    ["pushed directly", own([], null), null],
    ["of a pull request that was not merged", own([approval(6, "own")], { merged: false }), null],
    ["of a pull request into another branch", own([approval(6, "own")], { base: branch("development") }), null],
    ["that nobody approved", own([]), null],
    ["approved by its author", own([approval(5, "own")]), null],
    ["approved by a bot", own([approval(6, "own", "approved", true)]), null],
    ["approved at an earlier commit", own([approval(6, "login")]), null],
    [
      "approved, and then asked to be changed",
      own([approval(6, "own"), approval(6, "own", "changes-requested")]),
      null,
    ],
    ["approved, and the approval dismissed", own([approval(6, "own"), approval(6, "own", "dismissed")]), null],
    ["approved, and then commented on", own([approval(6, "own"), approval(6, "own", "commented")]), "promotion"],
  ])("with a commit of its own %s", (_situation, git, lane) => {
    expect(laneOf(judge(git, into("staging")))).toBe(lane ?? "failed");
  });

  it("does not take the approval of who wrote the commit", () => {
    const git = product(["development", "staging", "master"]);
    git.commit("own", ["development"], { author: { id: 6, login: "devin" } });
    git.broughtBy("own", broughtBy(), [approval(6, "own")]);
    expect(laneOf(judge(git, into("staging")))).toBe("failed");
  });

  it("does not take the approval of who opened the pull request with somebody else's commit", () => {
    const git = product(["development", "staging", "master"]);
    git.commit("own", ["development"], { author: { id: 8, login: "olga" } });
    git.broughtBy("own", broughtBy(), [approval(5, "own")]);
    expect(laneOf(judge(git, into("staging")))).toBe("failed");
  });

  it("takes the approval of who pressed the button as well, though the merge commit is theirs", () => {
    const git = product(["development", "staging", "master"]);
    git.commit("own", ["development"]);
    git.commit("merged", ["development", "own"], { author: { id: 6, login: "devin" } });
    git.broughtBy("own", broughtBy(), [approval(6, "own")]);
    git.broughtBy("merged", broughtBy(), [approval(6, "own")]);
    expect(laneOf(judge(git, { head: "release/2", base: "staging", tip: at("merged") }))).toBe("promotion");
  });

  it("does not stumble over a commit whose author GitHub does not know, or a long title", () => {
    const git = product(["development", "staging", "master"]);
    git.commit("own", ["development"], { author: null, title: "x".repeat(100) });
    expect(judge(git, into("staging")).because).toBe(
      `release/2 has commit ${at("own").slice(0, 7)} “${"x".repeat(59)}…”, which came by no pull request into it.`,
    );
    git.broughtBy("own", broughtBy(), [approval(6, "own")]);
    expect(laneOf(judge(git, into("staging")))).toBe("promotion");
    expect(
      judge(product(["development", "staging", "master"], { listed: 0 }), {
        head: "release/2",
        base: "master",
        tip: at("login"),
      }).because,
    ).toContain("release/2 has 2 commits that staging lacks.");
  });

  it("takes no commits of its own into the last stage or the first", () => {
    const git = own([approval(6, "own")]);
    expect(judge(git, into("master")).because).toContain("that staging lacks");
    expect(laneOf(judge(git, into("development")))).toBe("failed");
  });

  it("with more commits of its own than are looked at one by one is refused", () => {
    const git = product(["development", "staging", "master"]);
    git.commit("own0", ["development"]);
    for (let n = 1; n <= 101; n++) git.commit(`own${n}`, [`own${n - 1}`]);
    expect(judge(git, { head: "release/2", base: "staging", tip: at("own101") }).because).toContain(
      "brings 102 commits",
    );
  });
});

describe("a back-merge branch", () => {
  const conflict = (git: History) => {
    git.commit("other work", ["development"]);
    git.branch("development", "other work");
    git.commit("hotfixed", ["master"]);
    git.branch("master", "hotfixed");
    git.commit("resolved", ["hotfixed", "other work"]);
  };

  it("may bring the merge commit that resolves a conflict", () => {
    const git = product(["development", "staging", "master"]);
    conflict(git);
    expect(judge(git, { head: "back-merge/development-1", tip: at("resolved") })).toMatchObject({
      lane: "back-merge",
      because: expect.stringContaining("1 merge commit of its own"),
    });
  });

  it.each([
    ["with a commit of somebody's own work on top", ["resolved"], "which is on no later stage"],
    ["that merged a feature in", ["resolved", "feature"], "which is on no later stage"],
  ])("%s is refused", (_situation, parents, because) => {
    const git = product(["development", "staging", "master"]);
    conflict(git);
    git.commit("feature", ["development"]);
    git.commit("more", parents);
    expect(judge(git, { head: "back-merge/x", tip: at("more") })).toMatchObject({
      lane: null,
      because: expect.stringContaining(because),
    });
  });

  it("that brings nothing of a later stage is refused, though it has only merge commits", () => {
    const git = product(["development", "staging", "master"]);
    git.commit("side", ["root"]);
    git.branch("development", "development");
    git.commit("two of development", ["development", "staging"]);
    expect(judge(git, { head: "back-merge/x", tip: at("two of development") }).because).toContain(
      "brings nothing of staging and master",
    );
  });

  it("with lists that were cut off is refused, not guessed", () => {
    const git = product(["development", "staging", "master"], { listed: 1 });
    conflict(git);
    expect(judge(git, { head: "back-merge/x", tip: at("resolved") }).because).toContain("more than can be looked at");
  });
});

describe("a refusal says what to do instead", () => {
  const git = product(["development", "staging", "master"]);
  const cures = (options: PullOptions, more = {}) => {
    const { finding } = git.answering((read) => flowGate(candidate(options), policy(more), read));
    return { because: finding.because, cure: finding.cure, copy: finding.copy };
  };

  it.each<[string, PullOptions, string, string | null]>([
    [
      "a feature",
      { base: "master" },
      "feature/login enters at development, not at master. Open it into development instead.",
      "gh pr edit 12 --base development",
    ],
    [
      "a stage that skips one",
      { head: "development", base: "master", tip: at("development") },
      "development goes into staging, not into master: no stage is skipped.",
      "gh pr create --head development --base staging",
    ],
    [
      "a bot",
      { head: "dependabot/npm/x", base: "master", bot: true },
      "dependabot/npm/x enters at development, not at master. Set its target branch to development.",
      "target-branch: development",
    ],
    [
      "a fork",
      { base: "staging", from: FORK },
      "A fork may only enter development, whatever its branch is called.",
      "gh pr edit 12 --base development",
    ],
    [
      "a name without a pattern",
      { head: "login" },
      "login matches no feature pattern. Push it as feature/login and open that into development.",
      "git push origin HEAD:feature/login",
    ],
    [
      "a name without a pattern, aiming later",
      { head: "dora/login", base: "staging" },
      "dora/login may not enter staging. Push it as feature/login and open that into development.",
      "git push origin HEAD:feature/login",
    ],
    [
      "a name that a shell would run",
      { head: "$(reboot)'s" },
      "$(reboot)'s matches no feature pattern. Push it as feature/$(reboot)'s and open that into development.",
      "git push origin HEAD:'feature/$(reboot)'\\''s'",
    ],
  ])("%s", (_who, options, because, copy) => {
    expect(cures(options)).toMatchObject({ because, copy });
    expect(cures(options).cure).toMatch(/\.$/);
  });

  it("tells other bots to look into their own documentation", () => {
    expect(cures({ head: "renovate/x", base: "master", bot: true }).cure).toContain("its documentation says where");
  });

  it("says that forks are not taken where the config refuses them", () => {
    expect(cures({ from: FORK }, { forks: "refuse" })).toMatchObject({
      because: "Pull requests from forks are not taken here.",
      copy: null,
    });
  });
});

describe("what GitHub did not say", () => {
  it("is asked for first", () => {
    expect(flowGate(candidate({ head: "hotfix/x", base: "master" }), policy(), new Map())).toEqual({
      lacks: [
        { want: "compare", base: "master", head: at("login") },
        { want: "compare", base: "development", head: at("login") },
        { want: "compare", base: "staging", head: at("login") },
      ],
    });
  });

  it.each<[string, PullOptions]>([
    ["of a hotfix", { head: "hotfix/x", base: "master" }],
    ["of a release branch", { head: "release/2", base: "staging" }],
    ["of a back-merge", { head: "back-merge/x", base: "development" }],
    ["of any branch into an earlier stage", { head: "login", base: "staging" }],
  ])("%s is never read as yes", (_what, options) => {
    const read = new Map();
    let gate = flowGate(candidate(options), policy(), read);
    while ("lacks" in gate) {
      for (const want of gate.lacks) read.set(Object.values(want).join(" "), unknown("GitHub answered 502."));
      gate = flowGate(candidate(options), policy(), read);
    }
    expect(gate).toMatchObject({
      lane: null,
      finding: { outcome: "errored", because: expect.stringContaining("GitHub answered 502.") },
    });
  });

  it("is not guessed either when only one of several answers failed", () => {
    const git = history();
    const read = new Map([
      [`compare master ${at("login")}`, git.answer({ want: "compare", base: branch("master"), head: at("login") })],
    ]);
    const gate = flowGate(candidate({ head: "hotfix/x", base: "master" }), policy(), read);
    expect(gate).toMatchObject({ lacks: [{ base: "development" }, { base: "staging" }] });
  });
});

it("tells what it read, for the page", () => {
  const git = product(["development", "staging", "master"]);
  const { finding } = git.answering((read) =>
    flowGate(candidate({ head: "hotfix/x", base: "master", tip: at("fix") }), policy(), read),
  );
  const fix = at("fix").slice(0, 7);
  expect(finding.read).toEqual([
    `${fix} has 1 commit that master lacks`,
    `${fix} has 1 commit that development lacks`,
    `${fix} has 1 commit that staging lacks`,
  ]);
});
