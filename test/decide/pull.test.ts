import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { decide } from "../../src/decide.ts";
import { NO_CONFIG } from "../../src/flow/absorb.ts";
import type { Decision } from "../../src/flow/decision.ts";
import { checkSlot, type SlotState } from "../../src/flow/effect.ts";
import type { Fact, PullKnown } from "../../src/flow/facts.ts";
import { branch, later } from "../../src/flow/names.ts";
import type { Finding } from "../../src/flow/verdict.ts";
import {
  at,
  component,
  finding,
  known,
  LATER,
  NOW,
  policy,
  pullFacts,
  pullKnown,
  pullMemory,
  REPOSITORY,
  unknown,
  verdict,
} from "../builders.ts";
import { ITEMS, FACTS as RUN_BOOK_FACTS, PATH as RUN_BOOK_PATH } from "../commands/walking.ts";
import { decided, HOUSE } from "./facts.ts";

const NO_CHANGES = { files: [], whole: true };
const judge = (more: Partial<PullKnown> = {}) => decided(decide(pullKnown(more), HOUSE));
const slot = checkSlot(REPOSITORY, at("login"), "flowgate: development");
const check = (decision: Decision) => {
  const [effect] = decision.effects;
  return effect?.thing === "check-run" ? effect : undefined;
};
/** What stands on GitHub after a decision was carried out. */
const carriedOut = (decision: Decision): SlotState => ({
  written: { fingerprint: check(decision)?.fingerprint as never, id: 1, completed: true, at: NOW },
  refused: null,
});

describe("a pull request", () => {
  it("gets its verdict, an entry with the reason, and one check that says so", () => {
    const decision = judge();
    expect(decision).toMatchObject({
      because: "feature/login is a feature branch (feature/**) and may enter development.",
      verdict: { head: at("login"), base: "development", lane: "feature", outcome: "passed" },
      entries: [
        {
          what: "judged",
          actor: "app",
          about: "pull:42:12",
          says: { lane: "feature", from: "feature/login", author: "dora", policy: at("config") },
        },
      ],
      compared: [],
      lookAgainAt: null,
    });
    expect(check(decision)).toMatchObject({
      slot,
      head: at("login"),
      name: "acme/api",
      over: null,
      content: { name: "flowgate: development", conclusion: "success" },
    });
  });

  it("that is judged the same again costs nothing", () => {
    const first = judge();
    const again = judge({ verdict: first.verdict ?? null, slot: carriedOut(first) });
    expect(again).toMatchObject({ entries: [], effects: [], news: { nudges: [] } });
  });

  it("whose check somebody asks for again gets it written again, with an entry", () => {
    const first = judge();
    const written = { fingerprint: "" as never, id: 1, completed: true, at: NOW };
    const again = judge({ verdict: first.verdict ?? null, slot: { written, refused: null } });
    expect(again.entries).toHaveLength(1);
    expect(check(again)?.over).toEqual(written);
  });

  it("is not written again for an hour where GitHub refused this very content", () => {
    const refused = (minutes: number) => ({
      written: null,
      refused: { fingerprint: check(judge())?.fingerprint as never, because: "No.", at: later(NOW, -minutes * 60_000) },
    });
    expect(judge({ slot: refused(10) })).toMatchObject({ effects: [], lookAgainAt: later(NOW, 50 * 60_000) });
    expect(judge({ slot: refused(61) }).effects).toHaveLength(1);
    expect(
      judge({ slot: { written: null, refused: { ...refused(1).refused, fingerprint: "other" as never } } }).effects,
    ).toHaveLength(1);
  });

  it.each<[string, Partial<PullKnown>]>([
    ["into a branch that is no stage", { memory: pullMemory({ base: "gh-pages" }) }],
    ["that is closed", { memory: pullMemory({}, { state: "closed" }) }],
    [
      "of a repository that lacks a stage",
      { component: component({ stages: { development: at("development"), staging: null, master: at("master") } }) },
    ],
  ])("%s gets no check, and gives up the verdict it had", (_what, more) => {
    expect(judge(more)).toMatchObject({ effects: [], entries: [] });
    expect(judge(more).verdict).toBeUndefined();
    expect(judge({ ...more, verdict: verdict() })).toMatchObject({
      verdict: null,
      news: {
        nudges: [{ priority: "bulk", openPulls: { repository: REPOSITORY, head: at("login"), base: "development" } }],
      },
    });
  });

  it.each([null, component({ stages: null })])("of a repository not looked at yet waits for that look", (component) => {
    expect(judge({ component })).toMatchObject({
      effects: [],
      news: { nudges: [{ priority: "person", subject: { kind: "component", repository: REPOSITORY } }] },
    });
  });

  it("that was pushed to or retargeted tells those that shared its check", () => {
    const { nudges } = judge({ verdict: verdict({ head: at("old") }) }).news;
    expect(nudges).toEqual([
      { priority: "bulk", openPulls: { repository: REPOSITORY, head: at("login"), base: "development" } },
      { priority: "bulk", openPulls: { repository: REPOSITORY, head: at("old"), base: "development" } },
    ]);
    expect(judge({ verdict: verdict({ base: branch("master"), lane: null }) }).news.nudges).toHaveLength(2);
  });

  it("shares its check with others on the same commit and base: the strictest lane speaks", () => {
    const refused = verdict({
      lane: null,
      outcome: "failed",
      findings: [finding({ outcome: "failed", because: "login matches no feature pattern." })],
    });
    expect(check(judge({ siblings: [{ number: 13, verdict: refused }] }))?.content).toMatchObject({
      conclusion: "success",
      summary: expect.stringContaining("2 open pull requests share this commit"),
    });
    expect(
      check(
        judge({
          memory: pullMemory({ head: "login", base: "development" }),
          siblings: [{ number: 13, verdict: verdict() }],
          read: new Map([
            [`compare staging ${at("login")}`, known({ ahead: 1, commits: [], whole: true, changes: NO_CHANGES })],
            [`compare master ${at("login")}`, known({ ahead: 1, commits: [], whole: true, changes: NO_CHANGES })],
          ]),
        }),
      )?.content,
    ).toMatchObject({ conclusion: "success" });
  });
});

const PATH = ".github/flowgate.yml";
const file = (blob: string) => known({ found: true, blob: at(blob), text: "enforcement: observe\n" });

describe("into a default branch that is no stage", () => {
  const trunk = component({ defaultBranch: branch("trunk") });
  const memory = pullMemory({ head: "anything", base: "trunk" });

  it("a pull request has no lane, and passes where it leaves Flowgate's config: one read, one write", () => {
    expect(decide(pullKnown({ component: trunk, memory }), HOUSE)).toEqual({
      lacks: [{ want: "file", path: PATH, at: at("login") }],
    });
    const decision = judge({
      component: trunk,
      memory,
      read: new Map([[`file ${PATH} ${at("login")}`, file("config")]]),
    });
    expect(decision).toMatchObject({ verdict: { lane: null, base: "trunk", outcome: "passed" }, compared: [] });
    expect(decision.effects).toHaveLength(1);
    expect(check(decision)?.content).toMatchObject({
      name: "flowgate: trunk",
      conclusion: "success",
      title: `It leaves ${PATH} as it is.`,
    });
    expect(check(decision)?.content.summary).not.toContain("Advice only");
  });

  it("a change of it waits for a release manager, with a check of its own", () => {
    const read = new Map<string, Fact<unknown>>([
      [`file ${PATH} ${at("login")}`, file("other")],
      [`file ${PATH} ${at("parted")}`, file("config")],
      [
        `compare trunk ${at("login")}`,
        known({ ahead: 1, mergeBase: at("parted"), commits: [], whole: true, changes: NO_CHANGES }),
      ],
      ["reviews 12", known([])],
      ["pushers anything", known([])],
      ["collaborators", known([{ person: { id: 10, login: "rita" }, right: "maintain" }])],
    ]);
    const decision = judge({ component: trunk, memory, read });
    expect(decision).toMatchObject({ verdict: { outcome: "pending" }, compared: ["trunk"] });
    expect(decision.effects.map((effect) => effect.thing === "check-run" && effect.content.name)).toEqual([
      "flowgate: trunk",
      "flowgate: trunk / policy",
    ]);
  });

  it("a pull request of the organisation's own repository is gated, though that is no component", () => {
    const stages = { development: null, staging: null, master: null };
    const home = { name: "acme/.github", defaultBranch: branch("trunk"), stages };
    expect(decide(pullKnown({ component: component(home), memory }), HOUSE)).toHaveProperty("lacks");
    expect(judge({ component: component({ ...home, name: "acme/api" }), memory }).because).toBe(
      "The repository lacks stage branches.",
    );
    expect(judge({ component: component(home), memory: pullMemory({ base: "docs" }) })).toMatchObject({ effects: [] });
  });

  it("a pull request waits while GitHub does not show the file", () => {
    const read = new Map([[`file ${PATH} ${at("login")}`, unknown("GitHub answered 502.")]]);
    expect(judge({ component: trunk, memory, read })).toMatchObject({
      verdict: { outcome: "errored" },
      lookAgainAt: LATER,
    });
  });
});

describe("a merged pull request whose gate let a change of the config through", () => {
  const let_ = (more: Partial<Finding> = {}) =>
    verdict({
      base: branch("master"),
      findings: [finding(), finding({ gate: "policy", changesConfig: { to: at("other") }, ...more })],
    });
  const merged = (more: Partial<PullKnown> = {}) =>
    judge({
      memory: pullMemory({ head: "hotfix/config", base: "master" }, { state: "closed", merged: true }),
      verdict: let_(),
      ...more,
    });

  it("keeps its verdict, and has the repository looked at", () => {
    expect(merged()).toMatchObject({
      because: "It is merged, and brings a change of the config.",
      compared: [],
      news: {
        lessons: [{ of: "component", repository: REPOSITORY, name: "acme/api", defaultBranch: null, look: true }],
        nudges: [
          { priority: "bulk", openPulls: { repository: REPOSITORY, head: at("login"), base: "master" } },
          { priority: "bulk", subject: { kind: "component", repository: REPOSITORY } },
        ],
      },
    });
    expect(merged().verdict).toBeUndefined();
  });

  it.each<[string, Partial<PullKnown>]>([
    ["was let through for another head", { verdict: { ...let_(), head: at("before") } }],
    ["was let through into another branch", { verdict: { ...let_(), base: branch("staging") } }],
    ["was not let through", { verdict: let_({ outcome: "pending" }) }],
    ["changes no config", { verdict: verdict({ base: branch("master") }) }],
    ["was merged into another branch", { component: component({ defaultBranch: branch("trunk") }) }],
    ["brought its change in before", { component: component({ config: { ...component().config, spent: [12] } }) }],
    ["is of a repository that was never looked at", { component: null }],
  ])("only keeps it where it %s", (_what, more) => {
    expect(merged(more)).toMatchObject({ because: "It is closed.", compared: [], news: { lessons: [] } });
    expect(merged(more).verdict).toBeUndefined();
  });

  it("gives it up where it was closed without a merge", () => {
    expect(merged({ memory: pullMemory({ base: "master" }, { state: "closed" }) })).toMatchObject({
      because: "It is closed.",
      verdict: null,
    });
  });

  it("has none where it had none", () => {
    expect(merged({ verdict: null }).verdict).toBeUndefined();
    expect(merged({ verdict: null }).because).toBe("It is closed.");
  });
});

describe("what is not known", () => {
  it.each([null, pullMemory({}, { doubt: true })])("of the pull request itself is read once", (memory) => {
    expect(decide(pullKnown({ memory }), HOUSE)).toEqual({ lacks: [{ want: "pull", number: 12 }] });
    const listed = { number: 12, asOf: LATER, facts: { ...pullFacts(), title: "Read" } };
    expect(judge({ memory, read: new Map([["pull 12", known(listed)]]) })).toMatchObject({
      memory: { title: "Read", asOf: LATER, doubt: false, from: {} },
      verdict: { outcome: "passed" },
    });
    expect(
      judge({ memory, read: new Map<string, Fact<unknown>>([["pull 12", unknown("GitHub answered 502.")]]) }),
    ).toMatchObject({ because: "GitHub answered 502.", effects: [], lookAgainAt: LATER });
  });

  it("of its commits is asked for, and while GitHub does not say, the check waits", () => {
    const memory = pullMemory({ head: "hotfix/x", base: "master" });
    const lacking = decide(pullKnown({ memory }), HOUSE);
    expect(lacking).toMatchObject({ lacks: [{ want: "compare" }, { want: "compare" }, { want: "compare" }] });
    const read = new Map<string, Fact<unknown>>(
      [`master`, `development`, `staging`].map((stage) => [
        `compare ${stage} ${at("login")}`,
        unknown("GitHub answered 502."),
      ]),
    );
    const decision = judge({ memory, read });
    expect(decision).toMatchObject({
      verdict: { outcome: "errored", lane: null },
      lookAgainAt: LATER,
      compared: ["master", "development", "staging"],
    });
    expect(check(decision)?.content).toMatchObject({
      status: "in_progress",
      conclusion: null,
      title: expect.stringContaining("Could not find out"),
    });
  });

  it("never makes a verdict pass", () => {
    const branches = fc.constantFrom("hotfix/x", "release/1", "back-merge/x", "login", "anything");
    const bases = fc.constantFrom("development", "staging", "master");
    fc.assert(
      fc.property(branches, bases, fc.array(fc.nat(3), { minLength: 3, maxLength: 3 }), (head, base, ahead) => {
        const read = new Map<string, Fact<unknown>>();
        for (const [place, stage] of ["development", "staging", "master"].entries()) {
          const n = ahead[place] as number;
          read.set(
            `compare ${stage} ${at("login")}`,
            n === 3
              ? unknown("GitHub answered 502.")
              : known({ ahead: n, commits: [], whole: true, changes: NO_CHANGES }),
          );
        }
        const answer = decide(pullKnown({ memory: pullMemory({ head, base }), read }), HOUSE);
        if ("decided" in answer && [...read.values()].every((fact) => !fact.known))
          expect(answer.decided.verdict?.outcome).not.toBe("passed");
      }),
    );
  });
});

it("follows the enforcement in force", () => {
  const observed = component({
    config: {
      ...NO_CONFIG,
      policy: policy({ enforcement: "observed" }),
    },
  });
  expect(check(judge({ component: observed }))?.content).toMatchObject({
    conclusion: "neutral",
    title: expect.stringMatching(/^Would pass: /),
  });
});

/** The head has the config that is in force. */
const CONFIG_AS_IT_IS = [
  `file .github/flowgate.yml ${at("login")}`,
  known({ found: true, blob: at("config"), text: "" }),
] as const;

describe("what turns back from green", () => {
  const release = pullMemory({ head: "staging", base: "master" });
  const asked = component({
    config: {
      ...component().config,
      policy: policy({ approvals: { master: ["maintainer"] }, backup: { ...policy().backup, when: "data" } }),
    },
  });
  /** GitHub's answers to a release: one person may approve, and has or has not. */
  const answers = (
    approved: boolean,
    collaborators: Fact<unknown> = known([{ person: { id: 9, login: "erin" }, right: "admin" }]),
  ) =>
    new Map<string, Fact<unknown>>([
      [
        `compare ${at("login")} ${at("master")}`,
        known({ ahead: 0, behind: 1, whole: true, commits: [], changes: NO_CHANGES }),
      ],
      [
        `compare ${at("master")} ${at("login")}`,
        known({ ahead: 1, behind: 0, whole: true, commits: [], changes: NO_CHANGES }),
      ],
      [
        "reviews 12",
        known(
          approved
            ? [{ by: { id: 9, login: "erin", bot: false }, state: "approved", commit: at("login"), at: NOW }]
            : [],
        ),
      ],
      ["collaborators", collaborators],
      [`entries ${at("login")}`, known([])],
      ["rules master", known([])],
      [`checks ${at("login")}`, known([{ name: "build", app: 1, ended: "success", id: 1 }])],
      ["issues severity-1", known([])],
      [`entries ${at("login")}`, known([])],
      CONFIG_AS_IT_IS,
    ]);
  const judged = (approved: boolean, more: Partial<PullKnown> = {}, read = answers(approved)) =>
    judge({ memory: release, component: asked, read, ...more });
  const comments = ({ effects }: Decision) => effects.filter((effect) => effect.thing === "comment");
  const passed = judged(true).verdict as NonNullable<Decision["verdict"]>;

  it("is not how far a run-book is, which is shown in its comment and on its page", () => {
    const { runBook: of, approvals } = policy();
    const required = policy({ approvals, runBook: { ...of, required: true } });
    const read = new Map([...answers(true), ...Object.entries(RUN_BOOK_FACTS)]);
    const shows = judged(true, {
      memory: { ...release, body: `Run-book: ${RUN_BOOK_PATH}` },
      component: component({ config: { ...component().config, policy: required } }),
      read,
    });
    expect(comments(shows)).toMatchObject([{ mark: "<!-- flowgate:execution revision=1 -->" }]);
    expect(shows.walked).toMatchObject({ path: RUN_BOOK_PATH, head: at("login"), items: ITEMS });
    expect(judged(true).walked).toBeUndefined();
  });

  it("is said once in a comment that names who can clear it", () => {
    expect(comments(judged(true))).toEqual([]);
    const back = judged(false, { verdict: passed });
    expect(back.verdict).toMatchObject({ outcome: "pending", turnedBack: true });
    expect(comments(back)).toMatchObject([{ number: 12, mark: `<!-- flowgate:turned-back ${at("login")} -->` }]);
    expect(comments(back)[0]).toHaveProperty(
      "body",
      expect.stringMatching(
        /^`flowgate: master` was green on `[0-9a-f]{7}` and is not any more\.\n\n- `approvals`: Waits for/,
      ),
    );
    const said: SlotState = {
      written: { fingerprint: comments(back)[0]?.fingerprint as never, id: 1, completed: false, at: NOW },
      refused: null,
    };
    expect(comments(judged(false, { verdict: back.verdict ?? null, turnedBack: said }))).toEqual([]);
  });

  it("is said also where a restart came between the verdict and the comment", () => {
    const back = judged(false, { verdict: passed }).verdict ?? null;
    expect(comments(judged(false, { verdict: back }))).toHaveLength(1);
  });

  it("is none while GitHub does not answer, and after that it is", () => {
    const errored = judged(false, { verdict: passed }, answers(false, unknown("GitHub answered 502.")));
    expect(errored.verdict).toMatchObject({ outcome: "errored", turnedBack: true });
    expect(comments(errored)).toEqual([]);
    expect(comments(judged(false, { verdict: errored.verdict ?? null }))).toHaveLength(1);
    expect(judged(true, { verdict: errored.verdict ?? null }).verdict).not.toHaveProperty("turnedBack");
  });

  it("is none on another commit or base, on a feature, and where nothing is enforced", () => {
    for (const before of [{ head: at("before") }, { base: branch("staging") }, { lane: "feature" as const }])
      expect(comments(judged(false, { verdict: { ...passed, ...before } }))).toEqual([]);
    for (const enforcement of ["observe", "observed"] as const) {
      const config = { ...asked.config, policy: { ...asked.config.policy, enforcement } };
      expect(comments(judged(false, { verdict: passed, component: component({ config }) }))).toEqual([]);
    }
  });

  it("tells what to do only where there is something to do", () => {
    const red = answers(true);
    red.set(`checks ${at("login")}`, known([{ name: "build", app: 1, ended: "failure", id: 1 }]));
    red.set(`compare ${at("login")} ${at("master")}`, unknown("GitHub answered 502."));
    const body = comments(judged(true, { verdict: passed }, red))[0];
    expect(body).toHaveProperty("body", expect.stringContaining("Nobody has to do anything"));
  });
});

describe("others' checks", () => {
  const asked = component({
    config: { ...component().config, policy: policy({ approvals: {}, backup: { ...policy().backup, when: "data" } }) },
  });
  const hotfix = pullMemory({ head: "hotfix/login", base: "master" });
  const read = (...more: readonly (readonly [string, Fact<unknown>])[]) =>
    new Map<string, Fact<unknown>>([
      [`compare master ${at("login")}`, known({ ahead: 0, behind: 0, whole: true, commits: [], changes: NO_CHANGES })],
      [
        `compare development ${at("login")}`,
        known({ ahead: 0, behind: 0, whole: true, commits: [], changes: NO_CHANGES }),
      ],
      [`compare staging ${at("login")}`, known({ ahead: 0, behind: 0, whole: true, commits: [], changes: NO_CHANGES })],
      [`entries ${at("login")}`, known([])],
      ["rules master", known([])],
      [`entries ${at("login")}`, known([])],
      CONFIG_AS_IT_IS,
      ...more,
    ]);
  const green = { name: "build", app: 1, ended: "success", id: 1 } as const;
  const onHead = [`checks ${at("login")}`, known([green])] as const;
  const checks = { head: at("login"), since: NOW, seen: [green] };
  const judged = (memory: PullKnown["memory"], ...more: readonly (readonly [string, Fact<unknown>])[]) =>
    decide(pullKnown({ memory, component: asked, read: read(...more) }), HOUSE);

  it("are read once on each head, and remembered", () => {
    expect(judged(hotfix)).toEqual({ lacks: [{ want: "checks", head: at("login") }] });
    expect(decided(judged(hotfix, onHead)).memory).toEqual({ ...hotfix, checks });
    expect(decided(judged({ ...hotfix, checks })).memory).toBeUndefined();
    expect(decided(judged({ ...hotfix, checks })).verdict).toMatchObject({ outcome: "passed" });
  });

  it("are read again on another head, and what is known of the one before is let go", () => {
    const before = { ...hotfix, checks: { ...checks, head: at("before") } };
    expect(judged(before)).toHaveProperty("lacks");
    expect(decided(judged(before, onHead)).memory).toEqual({ ...hotfix, checks });
    const feature = { ...pullMemory(), checks: { ...checks, head: at("before") } };
    expect(decided(judged(feature)).memory).toEqual(pullMemory());
  });

  it("are read again where some may have been missed, and still count since they were first looked at", () => {
    const doubted = { ...hotfix, checks: { ...checks, doubt: true as const } };
    expect(judged(doubted)).toHaveProperty("lacks");
    const later = decide(pullKnown({ memory: doubted, component: asked, read: read(onHead), now: LATER }), HOUSE);
    expect(decided(later).memory).toEqual({ ...hotfix, checks });
  });
});
