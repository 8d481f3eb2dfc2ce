import { describe, expect, it } from "@jest/globals";
import type { Config } from "../../src/flow/config.ts";
import type { Document, Review } from "../../src/flow/facts.ts";
import type { ComponentMemory, ConfigState } from "../../src/flow/memory.ts";
import { branch, type Person } from "../../src/flow/names.ts";
import { madeIn } from "../../src/flow/policy.ts";
import type { Annotation } from "../../src/flow/verdict.ts";
import { policy } from "../../src/gates/policy.ts";
import { at, component, FORK, NOW, pullFacts, REPOSITORY, unknown } from "../builders.ts";
import { type Asking, asked, cure, DORA, ERIN, OLGA, OTTO, QUINN, RITA, right, said } from "./asking.ts";

const HEAD = at("login");
const head = HEAD.slice(0, 7);
const PATH = ".github/flowgate.yml";
/** A file whose blob is named after its text; null: there is none. */
const file = (text: string | null): Document =>
  text === null ? { found: false } : { found: true, blob: at(text), text };
const approval = (by: Person, more: Partial<Review> = {}, bot = false): Review => ({
  id: 1,
  by: { ...by, bot },
  state: "approved",
  commit: HEAD,
  at: NOW,
  ...more,
});
const OURS = "enforcement: managed\n";
const IN_FORCE: Config = { enforcement: "managed" };

type World = Omit<Asking, "answers" | "component" | "policy"> & {
  /** The file on the head, on the base now, and where the two parted. */
  readonly head?: string | null;
  readonly base?: string | null;
  readonly parted?: string | null;
  /** What is in force. */
  readonly inForce?: Config | null;
  readonly above?: Config | null;
  readonly config?: Partial<ConfigState>;
  readonly of?: Partial<ComponentMemory>;
  readonly reviews?: readonly Review[];
  readonly pushers?: readonly Person[];
  readonly people?: readonly ReturnType<typeof right>[];
  /** In place of what GitHub would answer. */
  readonly answers?: { readonly [want: string]: unknown };
};
const PEOPLE = [right(DORA, "write"), right(OTTO, "write"), right(RITA, "maintain"), right(OLGA, "admin")];

/** A pull request by dora. Only what is asked for has to be there: the wants that must not be asked are not answered. */
function told(of: World = {}) {
  const { head: headText = OURS, base = OURS, parted = base, inForce = IN_FORCE, above = null, ...asking } = of;
  const name = of.of?.name ?? "acme/api";
  const now = madeIn(name, inForce, above).policy;
  const memory = component({
    ...of.of,
    config: {
      ...component().config,
      policy: now,
      blob: base === null ? null : at(base),
      own: inForce,
      above,
      ...of.config,
    },
  });
  const to =
    asking.pull?.base ??
    { feature: "development", promotion: "staging", "back-merge": "staging" }[asking.lane as "feature"] ??
    "master";
  return asked(policy, {
    ...asking,
    policy: now,
    component: memory,
    answers: {
      [`file ${PATH} ${HEAD}`]: file(headText),
      [`file ${PATH} ${at(to)}`]: file(base),
      [`document ${PATH}`]: file(base),
      [`file ${PATH} ${at("parted")}`]: file(parted),
      [`compare ${to} ${HEAD}`]: { ahead: 1, behind: 1, mergeBase: at("parted"), commits: [], whole: true },
      [`compare ${at(to)} ${HEAD}`]: { ahead: 1, behind: 1, mergeBase: at("parted"), commits: [], whole: true },
      "reviews 12": of.reviews ?? [],
      [`pushers ${asking.pull?.head ?? "hotfix/login"}`]: of.pushers ?? [DORA],
      collaborators: of.people ?? PEOPLE,
      "team @acme/release-managers": [RITA],
      "merged-pulls": [],
      ...of.answers,
    },
  });
}
/** A hotfix: into the default branch, and no stage itself. */
const hotfix = (of: World = {}) => told({ lane: "hotfix", ...of });
const OTHER = "enforcement: observe\n";

describe("a change that today's people could never pass", () => {
  const ROLES = "roles:\n  quality: ['@acme/quality']\n  engineering: [erin]\n";
  const people = [...PEOPLE, right(ERIN, "write"), right(QUINN, "write")];
  const with_ = (head: string, answers: World["answers"] = {}, more: World = {}) =>
    hotfix({
      head,
      people,
      answers: { "team @acme/quality": [QUINN], "team-access @acme/quality": true, ...answers },
      ...more,
    });

  it("is none where everybody is there", () => {
    expect(said(with_(ROLES))[0]).toBe("pending");
    expect(said(with_("approvals: { master: [operations, operations] }\n"))[0]).toBe("pending");
  });

  it("names a team that is not there, on its line", () => {
    const found = with_(ROLES, { "team @acme/quality": null });
    expect(said(found)).toEqual([
      "failed",
      `${PATH} line 2, column 3: \`roles.quality\` names @acme/quality, and there is no such team, or the App may not see it; correct its name.`,
    ]);
    expect(found).toMatchObject({ annotations: [{ line: 2, column: 3 }], changesConfig: { to: at(ROLES) } });
    expect(found).toHaveProperty("firm");
  });

  it("names for whom nobody is left", () => {
    const never = (of: string, who: string, more = ", one role a person") =>
      `\`approvals.${of}\` could never be complete: nobody is left for ${who}${more}; add people to \`roles\`, or ask for less.`;
    expect(said(with_(ROLES, { "team @acme/quality": [] }))[1]).toContain(never("master", "quality"));
    const same = "roles: { quality: [erin], engineering: [erin] }\n";
    expect(said(with_(same))[1]).toContain(never("master", "quality"));
    expect(said(with_(`team: small\n${same}`))[0]).toBe("pending");
    expect(said(with_("team: small\nroles: { quality: [nobody] }\n"))[1]).toContain(never("master", "quality", ""));
    const three = "enforcement: managed\napprovals:\n  staging: [operations, operations, operations]\n";
    const found = with_(three);
    expect(said(found)[1]).toBe(`${PATH} line 3, column 3: ${never("staging", "operations")}`);
    expect(found).toMatchObject({ annotations: [{ line: 3, column: 3 }] });
  });

  it("says where nobody could merge past the first stage", () => {
    const nobody = "roles: { release-manager: [nobody] }\napprovals: { hotfix: [] }\n";
    const found = with_(nobody);
    expect(said(found)).toEqual([
      "failed",
      `${PATH} line 1, column 10: Nobody could merge past the first stage: nobody is a release manager, who says \`/promote\`; add people to \`roles.release-manager\`, or set \`merge_by: anyone\`.`,
    ]);
    expect(said(with_(`${nobody}merge_by: anyone\n`))[0]).toBe("pending");
    expect(said(with_(`${nobody}enforcement: report\n`))[0]).toBe("pending");
    const before: World = { people: [right(DORA, "write")], inForce: { ...IN_FORCE, merge_by: "anyone" } };
    expect(said(with_("approvals: { master: [] }\n", {}, before))[1]).toContain("Nobody could merge past");
  });

  it("is not known while GitHub does not say who is in a team", () => {
    expect(said(with_(ROLES, { "team @acme/quality": unknown("GitHub answered 502.") }))[0]).toBe("errored");
  });

  it("is none of the organisation's own repository, nor of a change that asks nobody else", () => {
    const nobody = { collaborators: PEOPLE, "team @acme/quality": unknown("not to be asked") };
    expect(said(with_(ROLES, nobody, { of: { name: "acme/.github", stages: {} } }))[0]).toBe("pending");
    expect(said(with_(OTHER, nobody))[0]).toBe("pending");
    expect(said(with_(ROLES, nobody, { head: null }))[0]).toBe("pending");
  });
});

describe("a change of who approves", () => {
  const ROLES = "roles: { quality: ['@acme/Quality', '@other/quality'], operations: ['@acme/ops'] }\n";
  const people = [...PEOPLE, right(ERIN, "write"), right(QUINN, "write")];
  const change = (quality: unknown, more: World = {}) =>
    hotfix({
      head: ROLES,
      people,
      ...more,
      answers: {
        "team @acme/Quality": [QUINN],
        "team @other/quality": [QUINN],
        "team @acme/ops": [OTTO],
        "team-access @acme/quality": quality,
        "team-access @acme/ops": true,
        ...more.answers,
      },
    });

  it("says which team GitHub would ask for no review", () => {
    expect(said(change(true))[1]).toMatch(/ to approve\.$/);
    expect(said(change(false))).toEqual([
      "pending",
      expect.stringMatching(
        / to approve\. @acme\/quality has no access to acme\/api, so nobody of it is asked for reviews; an admin of acme\/api gives it that on GitHub, under Settings, Collaborators and teams\.$/,
      ),
    ]);
  });

  it("waits while GitHub does not say, and asks of no team that nobody needs", () => {
    expect(said(change(unknown("GitHub answered 502.")))[0]).toBe("errored");
    const none = `${ROLES}approvals: { staging: [], master: [operations], hotfix: [] }\n`;
    expect(said(change(unknown("not to be asked"), { head: none }))[1]).toMatch(/ to approve\.$/);
  });
});

describe("a change of the lanes says what they would have stopped", () => {
  const merged = (number: number, head: string, base = "development") => ({
    number,
    asOf: NOW,
    facts: { ...pullFacts({ head, base }), state: "closed", merged: true },
  });
  const change = (head: string, ...pulls: readonly object[]) =>
    said(hotfix({ head, answers: { "merged-pulls": pulls } }))[1].replace(/^.* to approve\./, "");
  const WORK = "flow: { features: ['work/**'] }\n";

  it("by their branches", () => {
    const pulls = [merged(4, "feature/a"), merged(5, "work/b"), merged(6, "odd"), merged(7, "x", "elsewhere")];
    expect(change(WORK, ...pulls)).toBe(
      " It would have stopped 1 of the last 3 pull requests merged into these stages: #4.",
    );
    const many = [1, 2, 3, 4, 5].map((number) => merged(number, `feature/${number}`));
    expect(change(WORK, ...many)).toBe(
      " It would have stopped 5 of the last 5 pull requests merged into these stages: #1, #2, #3 and 2 more.",
    );
    expect(change(WORK, merged(5, "work/b"))).toBe(
      " It would have stopped none of the last 1 pull request merged into these stages.",
    );
    expect(change(WORK)).toBe("");
    const renamed = "stages: [development, uat, master]\n";
    expect(change(renamed, merged(4, "feature/a"), merged(5, "development", "master"), merged(6, "x", "uat"))).toBe(
      " It would have stopped 1 of the last 3 pull requests merged into these stages: #6.",
    );
  });

  it("where it changes them, and there are any", () => {
    const silent = unknown("GitHub answered 502.");
    expect(said(hotfix({ head: WORK, answers: { "merged-pulls": silent } }))[0]).toBe("errored");
    expect(said(hotfix({ head: OTHER, answers: { "merged-pulls": silent } }))[0]).toBe("pending");
    const home = { name: "acme/.github", stages: {} };
    expect(said(hotfix({ head: WORK, of: home, answers: { "merged-pulls": silent } }))[0]).toBe("pending");
  });
});

describe("policy is asked", () => {
  it.each<[string, World, string]>([
    ["on features into another branch than the default one", { lane: "feature" }, "not asked"],
    ["on features into the default one", { lane: "feature", of: { defaultBranch: branch("development") } }, "passed"],
    ["on promotions", { lane: "promotion" }, "passed"],
    ["on releases", { lane: "release" }, "passed"],
    ["on hotfixes", { lane: "hotfix" }, "passed"],
    ["on back-merges", { lane: "back-merge" }, "not asked"],
    ["on back-merges with commits of their own", { lane: "back-merge", own: true }, "passed"],
  ])("%s: %s", (_what, of, outcome) => {
    expect(said(told(of))[0]).toBe(outcome);
  });
});

const UNCHANGED = ["passed", `It leaves \`${PATH}\` as it is.`];

describe("the file is unchanged", () => {
  it("where the head has what the base has, which is remembered of the default branch", () => {
    expect(said(hotfix({ answers: { [`file ${PATH} ${at("master")}`]: unknown("not to be asked") } }))).toEqual(
      UNCHANGED,
    );
    expect(said(hotfix({ base: null, head: null, inForce: null }))).toEqual(UNCHANGED);
    expect(hotfix()).not.toHaveProperty("changesConfig");
  });

  it.each<[string, World]>([
    ["is not in force as it stands", { config: { newest: { blob: at("broken"), because: "It was broken." } } }],
    ["may have changed just now", { of: { look: true } }],
  ])("or has what is on the default branch, which is read where that %s", (_what, more) => {
    const other = { ...more, answers: { [`file ${PATH} ${at("master")}`]: file(OTHER) } };
    expect(said(hotfix({ ...other, head: OTHER }))).toEqual(UNCHANGED);
  });

  it("where the base's is another by now, but the head's is that of where they parted", () => {
    expect(said(hotfix({ base: OTHER, parted: OURS }))).toEqual(UNCHANGED);
    expect(said(told({ lane: "promotion", base: OTHER, parted: OURS }))).toEqual(UNCHANGED);
    expect(
      said(told({ lane: "feature", base: OTHER, parted: OURS, of: { defaultBranch: branch("development") } })),
    ).toEqual(UNCHANGED);
  });
});

describe("a file that is not valid", () => {
  const line = `${PATH} line 1, column 1: \`enforcement\` takes \`managed\`, \`report\`, \`observe\`; did you mean \`managed\`?`;

  it("fails, with the first problem in the sentence, the others counted, and each on its line", () => {
    const text = "enforcement: maneged\nstages: [dev]\nteem: small\n";
    const found = hotfix({ head: text, reviews: [approval(RITA)] });
    expect(said(found)).toEqual(["failed", `${line} And 2 more.`]);
    expect(cure(found)).toBe(`Mend \`${PATH}\` on this branch: the lines are marked among the changed files.`);
    expect(found).toMatchObject({
      changesConfig: { to: at(text) },
      firm: "Nobody lets a config through that is not valid.",
      annotations: [
        { path: PATH, line: 1, column: 1, message: expect.stringContaining("`enforcement` takes") },
        { path: PATH, line: 2, column: 1, message: "`stages` needs two stages or more, in promotion order." },
        { path: PATH, line: 3, column: 1, message: expect.stringContaining("`teem` is no key of the config.") },
      ],
    });
  });

  it("is marked on lines that are there only", () => {
    const marks = (of: World) => {
      const found = hotfix(of);
      expect(found).toMatchObject({ outcome: "failed" });
      return (found as { annotations: readonly Annotation[] }).annotations.map(({ line, column }) => [line, column]);
    };
    expect(marks({ head: "stages: [development\nenforcement:" })).toEqual([[2, 1]]);
    expect(marks({ head: "roles:\n  quality: [\n" })).toEqual([[2, undefined]]);
    expect(marks({ head: "", above: { approvals: { main: [] } } })).toEqual([]);
  });

  it("may be so only under what the organisation says", () => {
    const text = "enforcement: managed\nchecks:\n  required: [lint]\n";
    const above = { checks: { required: ["build"] }, lock: ["checks.required", "roles"] };
    const found = hotfix({ head: text, above });
    expect(said(found)).toEqual([
      "failed",
      `${PATH} line 3, column 3: \`checks.required\` is locked by the organisation's ${PATH}, so the value here does not count; take it out.`,
    ]);
    expect(found).toMatchObject({ annotations: [{ line: 3, column: 3 }] });
    expect(said(hotfix({ head: text }))[0]).toBe("pending");
  });

  it("is none in the organisation's own repository where it locks", () => {
    const home = { of: { name: "acme/.github" } };
    expect(said(hotfix({ ...home, head: "lock: [roles]\n" }))).toEqual([
      "pending",
      `It changes \`${PATH}\`, but nothing that holds. Waits for a release manager to approve.`,
    ]);
    expect(said(hotfix({ head: "lock: [roles]\n" }))[0]).toBe("failed");
  });
});

describe("a valid change", () => {
  const change = "It changes the policy: enforcement: managed → observe.";

  it("waits for a release manager, and says what would hold then", () => {
    const found = hotfix({ head: OTHER });
    expect(said(found)).toEqual(["pending", `${change} Waits for a release manager to approve.`]);
    expect(cure(found)).toBe(`@rita or @dora can approve ${head}.`.replace("@rita or @dora", "@rita or @olga"));
    expect(found).toMatchObject({ changesConfig: { to: at(OTHER) } });
    expect(found).not.toHaveProperty("annotations");
    expect(found).not.toHaveProperty("firm");
  });

  it("is said in its first three lines", () => {
    const text =
      "enforcement: observe\nteam: small\nflow: { forks: refuse }\nreport: { gate_checks: false }\nchecks: { allow_none: true }\n";
    expect(said(hotfix({ head: text }))[1]).toBe(
      "It changes the policy: enforcement: managed → observe; severalRoles: false → true; forks: allow → refuse; and 3 more. Waits for a release manager to approve.",
    );
  });

  it.each<[string, World, string]>([
    ["by one", { reviews: [approval(RITA)] }, "passed"],
    [
      "by a release manager into the default branch, be it the first stage",
      {
        lane: "feature",
        of: { defaultBranch: branch("development") },
        reviews: [approval(RITA)],
        answers: { "pushers feature/login": [DORA] },
      },
      "passed",
    ],
    [
      "by one on a promotion, whose head is a stage that many push to",
      { lane: "promotion", reviews: [approval(RITA)], answers: { "pushers development": unknown("not to be asked") } },
      "passed",
    ],
    [
      "by one on a fork's, where nobody pushes here",
      {
        lane: "feature",
        of: { defaultBranch: branch("development") },
        pull: { from: FORK, base: "development" },
        reviews: [approval(RITA)],
        answers: { "pushers feature/login": unknown("not to be asked") },
      },
      "passed",
    ],
    ["by one on another commit", { reviews: [approval(RITA, { commit: at("before") })] }, "pending"],
    [
      "by one who took it back",
      { reviews: [approval(RITA), approval(RITA, { state: "changes-requested" })] },
      "pending",
    ],
    ["by one whose approval was dismissed", { reviews: [approval(RITA, { state: "dismissed" })] }, "pending"],
    [
      "by one who had more to say after it",
      { reviews: [approval(RITA), approval(RITA, { state: "commented" })] },
      "passed",
    ],
    ["by somebody else", { reviews: [approval(OTTO)] }, "pending"],
    ["by a bot", { reviews: [approval(RITA, {}, true)] }, "pending"],
    [
      "by the author",
      { people: [right(DORA, "admin"), right(RITA, "maintain")], reviews: [approval(DORA)] },
      "pending",
    ],
    ["by one who pushed to it", { pushers: [DORA, RITA], reviews: [approval(RITA)] }, "pending"],
  ])("is approved %s", (_what, more, outcome) => {
    expect(said(told({ lane: "hotfix", head: OTHER, ...more }))[0]).toBe(outcome);
  });

  it("says who approved it", () => {
    expect(said(hotfix({ head: OTHER, reviews: [approval(RITA)] }))[1]).toBe(`${change} rita approved it at ${head}.`);
  });

  it("is nobody's to approve where only who made it could", () => {
    const found = hotfix({ head: OTHER, people: [right(RITA, "maintain")], pushers: [RITA] });
    expect(said(found)).toEqual(["failed", `${change} Nobody is left who could approve it as a release manager.`]);
    expect(cure(found)).toContain("somebody else pushes the change to a new branch");
    expect(cure(hotfix({ head: OTHER, people: [right(DORA, "write")] }))).toBe(
      "An owner of the organisation gives somebody the right on this repository.",
    );
    const named = { roles: { "release-manager": ["@acme/release-managers", "quinn"] } };
    expect(said(hotfix({ head: OTHER, inForce: named, reviews: [approval(RITA)] }))[0]).toBe("passed");
    expect(
      cure(
        hotfix({
          head: `${OTHER}roles: { release-manager: ["@acme/release-managers", quinn] }\n`,
          inForce: named,
          people: [right(QUINN, "none")],
          answers: { "team @acme/release-managers": null },
        }),
      ),
    ).toBe(
      "Nobody who may read this repository is among @acme/release-managers and quinn: an owner of the organisation adds somebody.",
    );
  });

  it("that takes the file away says what that means", () => {
    expect(said(hotfix({ head: null }))).toEqual([
      "pending",
      `It takes \`${PATH}\` away, which would switch enforcement off. Waits for a release manager to approve.`,
    ]);
    expect(hotfix({ head: null })).toMatchObject({ changesConfig: { to: null } });
    expect(said(hotfix({ head: null, above: { team: "small" }, inForce: { team: "standard" } }))[1]).toBe(
      `It takes \`${PATH}\` away: severalRoles: false → true; backup.when: always → data. Waits for a release manager to approve.`,
    );
    expect(said(hotfix({ head: null, above: {} }))[1]).toBe(
      `It takes \`${PATH}\` away, but nothing that holds. Waits for a release manager to approve.`,
    );
    expect(said(hotfix({ head: null, inForce: { enforcement: "report" } }))[1]).toContain("switch enforcement off");
    expect(said(hotfix({ head: null, inForce: { enforcement: "observe" } }))[1]).toBe(
      `It takes \`${PATH}\` away: enforcement: observe → observed. Waits for a release manager to approve.`,
    );
  });

  it("of what was changed on both sides was seen by nobody, so the base is merged first", () => {
    const found = hotfix({ head: OTHER, parted: "team: small\n", reviews: [approval(RITA)] });
    expect(said(found)).toEqual([
      "failed",
      `Both hotfix/login and master have changed \`${PATH}\` since they parted, so nobody has seen what a merge makes of it.`,
    ]);
    expect(cure(found)).toBe("Merge `master` into `hotfix/login` first.");
    expect(found).toMatchObject({
      changesConfig: { to: at(OTHER) },
      firm: "Nobody lets a config through that nobody has seen.",
    });
  });

  it("costs no second read where the head was cut from what the base is at", () => {
    const answers = {
      [`compare master ${HEAD}`]: { ahead: 1, behind: 0, mergeBase: at("master"), commits: [], whole: true },
      [`file ${PATH} ${at("parted")}`]: unknown("not to be asked"),
    };
    expect(said(hotfix({ head: OTHER, answers }))[0]).toBe("pending");
  });
});

describe("where nothing was ever in force", () => {
  const first = { head: OURS, base: null, inForce: null };

  it("one with `admin` approves the first file", () => {
    const found = hotfix(first);
    expect(said(found)).toEqual([
      "pending",
      "It changes the policy: enforcement: observed → managed. Waits for somebody with `admin` to approve.",
    ]);
    expect(cure(found)).toBe(`@olga can approve ${head}.`);
    expect(said(hotfix({ ...first, reviews: [approval(RITA)] }))[0]).toBe("pending");
    expect(said(hotfix({ ...first, reviews: [approval(OLGA)] }))[0]).toBe("passed");
    const alone = hotfix({ ...first, people: [right(ERIN, "write")] });
    expect(said(alone)[1]).toMatch(/Nobody is left who could approve it as one with `admin`\.$/);
    expect(cure(alone)).toBe("An owner of the organisation gives somebody the right on this repository.");
  });

  it("but for the organisation's, a release manager does", () => {
    expect(said(hotfix({ ...first, above: {} }))[1]).toContain("Waits for a release manager to approve.");
  });
});

it("a branch that is no stage has no lane, and is asked all the same", () => {
  const bare = (of: World) =>
    told({
      ...of,
      lane: null,
      of: { defaultBranch: branch("trunk") },
      pull: { head: "anything", base: "trunk", from: REPOSITORY },
    });
  expect(said(bare({}))).toEqual(UNCHANGED);
  expect(
    said(bare({ config: { newest: { blob: at("broken"), because: "It was broken." } }, head: OTHER, base: OTHER })),
  ).toEqual(UNCHANGED);
  expect(said(bare({ head: OTHER }))[0]).toBe("pending");
});

it("without an answer nothing is decided", () => {
  const none = unknown("GitHub answered 502.");
  const all: World = { head: OTHER, reviews: [approval(RITA)] };
  for (const [want, more] of [
    [`file ${PATH} ${HEAD}`, {}],
    [`file ${PATH} ${at("master")}`, { of: { look: true } }],
    [`file ${PATH} ${at("parted")}`, {}],
    [`compare master ${HEAD}`, {}],
    ["reviews 12", {}],
    ["pushers hotfix/login", {}],
    ["collaborators", {}],
    ["collaborators", { inForce: null, base: null }],
  ] as const)
    expect([want, said(hotfix({ ...all, ...more, answers: { [want]: none } }))[0]]).toEqual([want, "errored"]);
});
