import { describe, expect, it } from "@jest/globals";
import { decide } from "../../src/decide.ts";
import { NO_CONFIG } from "../../src/flow/absorb.ts";
import { DEFAULT_POLICY } from "../../src/flow/config.ts";
import type { Decision } from "../../src/flow/decision.ts";
import type { ComponentKnown, Fact } from "../../src/flow/facts.ts";
import type { ComponentMemory } from "../../src/flow/memory.ts";
import { branch, installationId } from "../../src/flow/names.ts";
import { at, component, known, LATER, NOW, policy, pullFacts, REPOSITORY, unknown } from "../builders.ts";
import { HOUSE } from "./facts.ts";

const fresh = component({
  look: true,
  stages: null,
  defaultBranch: null,
  config: NO_CONFIG,
});
const file = (text: string | null) => known(text === null ? { found: false } : { found: true, blob: at(text), text });
type Github = {
  readonly repository?: Fact<unknown>;
  readonly file?: Fact<unknown>;
  readonly branches?: Readonly<Record<string, Fact<unknown>>>;
  readonly pulls?: Fact<unknown>;
};
const all = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, known(at(name))]));
const DEFAULT = ["development", "staging", "master"];
const says = ({
  repository = known({ name: "acme/api", defaultBranch: branch("master") }),
  file: config = file("enforcement: managed\n"),
  branches = all(DEFAULT),
  pulls = known([]),
}: Github = {}) =>
  new Map<string, Fact<unknown>>([
    ["repository", repository],
    ["document .github/flowgate.yml", config],
    ["open-pulls", pulls],
    ...Object.entries(branches).map(([name, fact]) => [`branch ${name}`, fact] as const),
  ]);
/** The config was proposed before. */
const DONE = { written: { fingerprint: "f" as never, id: 3, completed: false, at: NOW }, refused: null };
const answer = (
  memory: ComponentMemory | null,
  read = new Map<string, Fact<unknown>>(),
  organisation: ComponentKnown["organisation"] = null,
  letThrough: ComponentKnown["letThrough"] = [],
  enrolment: ComponentKnown["enrolment"] = DONE,
) => {
  const facts: ComponentKnown = {
    now: NOW,
    cause: null,
    read,
    component: memory,
    subject: { kind: "component", repository: REPOSITORY },
    memory,
    organisation,
    letThrough,
    enrolment,
    standing: [],
    trains: [],
    allTrains: [],
    requests: [],
    installation: installationId(1),
  };
  return decide(facts, HOUSE);
};
function judge(
  memory: ComponentMemory | null,
  read = says(),
  organisation: ComponentKnown["organisation"] = null,
  letThrough: ComponentKnown["letThrough"] = [],
  enrolment: ComponentKnown["enrolment"] = DONE,
): Decision {
  const came = answer(memory, read, organisation, letThrough, enrolment);
  if (!("decided" in came)) throw new Error(`it lacks ${JSON.stringify(came.lacks)}`);
  return came.decided;
}
const memoryAfter = (decision: Decision) => decision.memory as ComponentMemory;
const stagesNudged = ({ news }: Decision) =>
  news.nudges.flatMap((nudge) => ("subject" in nudge && nudge.subject.kind === "stage" ? [nudge.subject.branch] : []));

const letThrough = (number: number, to: string | null, merged = true): ComponentKnown["letThrough"][number] => ({
  number,
  head: at("login"),
  to: to === null ? null : at(to),
  merged,
});

describe("the first look at a repository", () => {
  it("asks for what it needs, one after the other", () => {
    const read = new Map<string, Fact<unknown>>();
    const asked: unknown[] = [];
    for (let round = 0; round < 5; round++) {
      const came = answer(fresh, read);
      if (!("lacks" in came)) break;
      asked.push(came.lacks.map((want) => Object.values(want).join(" ")));
      for (const want of came.lacks)
        read.set(Object.values(want).join(" "), says().get(Object.values(want).join(" ")) as Fact<unknown>);
    }
    expect(asked).toEqual([
      ["repository"],
      ["document .github/flowgate.yml"],
      ["branch development", "branch staging", "branch master"],
      ["open-pulls"],
    ]);
  });

  it("finds a component: its baseline is written, its pull requests and stages are looked at", () => {
    const decision = judge(fresh, says({ pulls: known([{ number: 12, asOf: NOW, facts: pullFacts() }]) }));
    expect(memoryAfter(decision)).toMatchObject({
      look: false,
      name: "acme/api",
      defaultBranch: "master",
      stages: { staging: at("staging") },
      config: { policy: { enforcement: "managed" }, blob: at("enforcement: managed\n"), problem: null },
    });
    expect(decision).toMatchObject({
      because: "acme/api is a component: it has development, staging, master.",
      entries: [
        { what: "baseline", about: "component:42", says: { name: "acme/api", blob: at("enforcement: managed\n") } },
      ],
    });
    expect(decision.news.lessons.map((lesson) => lesson.of)).toEqual(["pull", "stage", "stage", "stage"]);
    expect(decision.news.nudges).toEqual(
      expect.arrayContaining([
        { priority: "bulk", subject: { kind: "pull", repository: REPOSITORY, number: 12 } },
        { priority: "bulk", openPulls: { repository: REPOSITORY } },
      ]),
    );
    expect(stagesNudged(decision)).toEqual(DEFAULT);
  });

  it.each<[string, Readonly<Record<string, Fact<unknown>>>, string]>([
    [
      "none of the stages",
      { development: known(null), staging: known(null), master: known(null) },
      "acme/api has no stage branch, so it is left alone.",
    ],
    [
      "some of them",
      { development: known(null), staging: known(at("staging")), master: known(at("master")) },
      "acme/api is incomplete and left alone: it lacks development.",
    ],
  ])("with %s leaves it alone, said once", (_what, branches, because) => {
    const decision = judge(fresh, says({ branches }));
    expect(decision).toMatchObject({ because, entries: [{ what: "baseline" }] });
    expect(stagesNudged(decision)).toEqual([]);
    expect(judge(memoryAfter(decision), says({ branches }))).toMatchObject({ entries: [], because });
  });

  it("without a file observes it", () => {
    expect(memoryAfter(judge(fresh, says({ file: file(null) })))).toMatchObject({
      config: { policy: { enforcement: "observed" }, blob: null, problem: null },
    });
  });

  it("with a broken file observes it and says why", () => {
    const BROKEN =
      ".github/flowgate.yml line 1, column 1: `stages` needs two stages or more, in promotion order. Until it is mended, nothing is enforced.";
    expect(memoryAfter(judge(fresh, says({ file: file("stages: [dev]\n") }))).config).toEqual({
      policy: DEFAULT_POLICY,
      blob: null,
      own: null,
      organisation: null,
      above: null,
      aboveNote: null,
      newest: { blob: at("stages: [dev]\n"), because: BROKEN },
      spent: [],
      problem: BROKEN,
    });
  });

  it.each<[string, Github]>([
    ["the repository", { repository: unknown("GitHub answered 502.") }],
    ["the file", { file: unknown("GitHub answered 502.") }],
    ["a branch", { branches: { ...all(DEFAULT), staging: unknown("GitHub answered 502.") } }],
    ["the open pull requests", { pulls: unknown("GitHub answered 502.") }],
  ])("waits where GitHub does not show %s", (_what, github) => {
    expect(judge(fresh, says(github))).toMatchObject({
      because: "GitHub answered 502.",
      lookAgainAt: LATER,
      entries: [],
      effects: [],
    });
    expect(memoryAfter(judge(fresh, says(github)))).toBeUndefined();
  });
});

describe("a later look", () => {
  /** The builders ask for no run-book, and files do. */
  const AS_READ = { ...component().config, policy: policy({ runBook: DEFAULT_POLICY.runBook }) };
  const before = component({ look: true, config: AS_READ });
  const same = says({ file: known({ found: true, blob: at("config"), text: "enforcement: managed\n" }) });

  it("does not happen without a reason", () => {
    expect(judge(component(), new Map())).toMatchObject({ entries: [], effects: [], news: { nudges: [] } });
    expect(judge(null)).toMatchObject({ because: "Nobody has told us of this repository yet." });
  });

  it("that finds nothing new writes nothing down", () => {
    const decision = judge(before, same);
    expect(decision).toMatchObject({ entries: [], news: { nudges: [], lessons: [] } });
    expect(memoryAfter(decision)).toEqual(component({ config: { ...AS_READ, own: { enforcement: "managed" } } }));
  });

  it("at another policy has everything judged anew, the stages of before as well", () => {
    const decision = judge(
      before,
      says({ file: file("stages: [dev, staging, master]\n"), branches: all(["dev", "staging", "master"]) }),
      null,
      [letThrough(12, "stages: [dev, staging, master]\n")],
    );
    expect(decision.entries).toMatchObject([{ what: "config" }]);
    expect(stagesNudged(decision)).toEqual(["development", "staging", "master", "dev"]);
  });

  it("at a broken file keeps the last good one, and says so in every check", () => {
    const decision = judge(before, says({ file: file("enforcement: sometimes\n") }));
    expect(memoryAfter(decision).config).toMatchObject({
      policy: AS_READ.policy,
      blob: at("config"),
      problem: expect.stringContaining("Until it is mended, the last good one stays in force."),
    });
    expect(decision.news.nudges).toEqual([{ priority: "bulk", openPulls: { repository: REPOSITORY } }]);
  });

  it("that finds a stage gone ends the component, and its rulesets with it", () => {
    const decision = judge(
      { ...before, doubted: true },
      says({
        file: known({ found: true, blob: at("config"), text: "enforcement: managed\n" }),
        branches: { ...all(DEFAULT), staging: known(null) },
      }),
    );
    expect(decision.because).toBe("acme/api is incomplete and left alone: it lacks staging.");
    expect(stagesNudged(decision)).toEqual(DEFAULT);
  });

  it("that finds a stage elsewhere than was told says so, and has all judged anew", () => {
    const read = says({ branches: { ...all(DEFAULT), staging: known(at("moved")) } });
    const memory = component({
      look: true,
      doubted: true,
      config: { ...AS_READ, blob: at("enforcement: managed\n") },
    });
    const { news } = judge(memory, read);
    expect(news.lessons).toEqual([
      {
        of: "push",
        repository: REPOSITORY,
        branch: "staging",
        push: { how: "push", before: at("staging"), after: at("moved"), by: null, commits: null, at: NOW },
      },
    ]);
    expect(news.nudges).toEqual([{ priority: "bulk", openPulls: { repository: REPOSITORY } }]);
    const again = judge({ ...memory, stages: { ...memory.stages, staging: at("moved") } }, read);
    expect(again.news).toMatchObject({ lessons: [], nudges: [] });
    expect(memoryAfter(again).doubted).toBeUndefined();
  });

  it("at the file alone reads where no stage is, and leaves the rulesets alone where they stay the same", () => {
    const file_ = file("change_order: { pattern: 'X' }\n");
    const read = new Map<string, Fact<unknown>>([["document .github/flowgate.yml", file_]]);
    const memory = component({ look: true, config: { ...component().config, policy: DEFAULT_POLICY } });
    const decision = judge(memory, read);
    expect(memoryAfter(decision).stages).toEqual(memory.stages);
    const other = judge(component({ look: true }), read, null, [letThrough(12, "change_order: { pattern: 'X' }\n")]);
    expect(stagesNudged(other)).toEqual([]);
    expect(other.news.nudges).toContainEqual({ priority: "bulk", openPulls: { repository: REPOSITORY } });
  });

  it("looks for a stage that a push brought, whatever is remembered of it", () => {
    const partly = component({ look: true, stages: {} });
    expect(judge(partly, same)).toMatchObject({
      because: "acme/api is a component: it has development, staging, master.",
    });
  });
});

describe("a change of the file", () => {
  const NEWER = "enforcement: observe\n";
  const SLIPPED = `The config on master was changed past its gate (commit ${at("master").slice(0, 7)}); the last good one stays. A release manager brings it in by a pull request.`;
  const before = component({ look: true });
  const listed = (number: number, merged: boolean, tip = at("login")) => ({
    number,
    asOf: NOW,
    facts: { ...pullFacts({ tip }), merged, state: merged ? ("closed" as const) : ("open" as const) },
  });
  /** What is in force after a look at a newer file. */
  const looked = (
    text: string | null,
    pulls: ComponentKnown["letThrough"] = [],
    of: ComponentMemory = before,
    more: Github & { readonly read?: Readonly<Record<string, Fact<unknown>>> } = {},
  ) => {
    const { read = {}, ...github } = more;
    const decision = judge(
      of,
      new Map([...says({ ...github, file: file(text) }), ...Object.entries(read)]),
      null,
      pulls,
    );
    return { decision, ...memoryAfter(decision).config };
  };

  it("comes into force where a pull request brought it whose gate let it through, and the ledger names that", () => {
    const { decision, ...config } = looked(NEWER, [letThrough(12, NEWER), letThrough(9, "other")]);
    expect(config).toMatchObject({
      policy: { enforcement: "observe" },
      blob: at(NEWER),
      newest: null,
      problem: null,
      spent: [12, 9],
    });
    expect(decision.entries).toMatchObject([{ what: "config", says: { blob: at(NEWER), broughtBy: 12 } }]);
  });

  it("past its gate does not: the last good one stays, and every check says so", () => {
    const { decision, ...config } = looked(NEWER);
    expect(config).toMatchObject({
      policy: { enforcement: "managed" },
      blob: at("config"),
      newest: { blob: at(NEWER), because: SLIPPED },
      problem: SLIPPED,
    });
    expect(decision.entries).toMatchObject([{ what: "config", says: { problem: SLIPPED, broughtBy: null } }]);
    expect(decision.news.nudges).toEqual([{ priority: "bulk", openPulls: { repository: REPOSITORY } }]);
  });

  it("past its gate is said with the commit at which it was first seen, until another file is there", () => {
    const { decision: _first, ...slipped } = looked(NEWER);
    const later = component({ look: true, config: slipped });
    const moved = { branches: { ...all(DEFAULT), master: known(at("moved on")) } };
    const again = looked(NEWER, [], later, moved);
    expect(again).toMatchObject({ problem: SLIPPED, decision: { entries: [] } });
    expect(looked("team: small\n", [], later, moved).problem).toContain(at("moved on").slice(0, 7));
    // Back to what is in force: nobody needs to let that in.
    const back = judge(
      later,
      says({ file: known({ found: true, blob: at("config"), text: "enforcement: managed\n" }) }),
    );
    expect(memoryAfter(back).config).toMatchObject({ newest: null, problem: null, policy: { enforcement: "managed" } });
  });

  it("past its gate stays out when the organisation's changes, with the reason", () => {
    const { decision: _first, ...slipped } = looked(NEWER);
    const config = memoryAfter(
      judge(component({ config: slipped }), says(), { blob: at("above"), config: { team: "small" }, note: null }),
    ).config;
    expect(config).toMatchObject({ policy: { severalRoles: true, enforcement: "managed" }, problem: SLIPPED });
  });

  it("that takes the file away is one as well", () => {
    expect(looked(null)).toMatchObject({ policy: { enforcement: "managed" }, problem: SLIPPED });
    expect(looked(null, [letThrough(12, null)])).toMatchObject({ policy: { enforcement: "observed" }, blob: null });
  });

  it("counts once for each pull request, so that an older one is not brought back past the gate", () => {
    const config = { ...before.config, spent: [12] };
    expect(looked(NEWER, [letThrough(12, NEWER)], component({ look: true, config })).problem).toBe(SLIPPED);
    expect(
      looked(NEWER, [letThrough(12, NEWER), letThrough(15, NEWER)], component({ look: true, config })),
    ).toMatchObject({
      problem: null,
      spent: [12, 15],
    });
  });

  it("by a pull request of whose merge nobody told yet is read once", () => {
    const open = [letThrough(12, NEWER, false), letThrough(13, NEWER, false)];
    expect(answer(before, says({ file: file(NEWER) }), null, open)).toEqual({
      lacks: [
        { want: "pull", number: 12 },
        { want: "pull", number: 13 },
      ],
    });
    const read = (twelve: object, thirteen: object) => ({ "pull 12": known(twelve), "pull 13": known(thirteen) });
    const merged = looked(NEWER, open, before, { read: read(listed(12, false), listed(13, true)) });
    expect(merged).toMatchObject({ policy: { enforcement: "observe" }, spent: [13] });
    expect(merged.decision.entries).toMatchObject([{ says: { broughtBy: 13 } }]);
    for (const [twelve, thirteen] of [
      [listed(12, false), listed(13, false)],
      [listed(12, false), listed(13, true, at("pushed after"))],
    ] as const)
      expect(looked(NEWER, open, before, { read: read(twelve, thirteen) }).problem).toBe(SLIPPED);
    const failing = { "pull 12": unknown("GitHub answered 502."), "pull 13": known(listed(13, false)) };
    expect(
      judge(before, new Map([...says({ file: file(NEWER) }), ...Object.entries(failing)]), null, open),
    ).toMatchObject({
      because: "GitHub answered 502.",
      entries: [],
    });
  });

  it("waits where GitHub does not say at which commit it came, and names none where there is none", () => {
    const branches = (master: Fact<unknown>) => ({ branches: { ...all(DEFAULT), master } });
    expect(judge(before, says({ file: file(NEWER), ...branches(unknown("GitHub answered 502.")) }))).toMatchObject({
      because: "GitHub answered 502.",
    });
    expect(looked(NEWER, [], before, branches(known(null))).problem).toMatch(
      /^The config on master was changed past its gate; /,
    );
  });

  it.each<[string, ComponentMemory]>([
    ["while nothing is in force", component({ look: true, config: NO_CONFIG })],
    ["where a stage is missing, so that nothing is judged", component({ look: true, stages: { staging: null } })],
  ])("needs nobody to let it in %s", (_what, of) => {
    expect(looked(NEWER, [], of)).toMatchObject({ policy: { enforcement: "observe" }, problem: null });
  });

  it("needs somebody in the organisation's own repository, though it is no component", () => {
    const home = component({
      look: true,
      name: "acme/.github",
      stages: Object.fromEntries(DEFAULT.map((name) => [name, null])),
    });
    const none = { branches: { ...Object.fromEntries(DEFAULT.map((name) => [name, known(null)])) } };
    const main = { ...home, defaultBranch: branch("main") };
    const read = { "branch main": known(at("main")) };
    expect(looked(NEWER, [], main, { ...none, read }).problem).toContain(
      "The config on main was changed past its gate",
    );
    expect(looked(NEWER, [letThrough(3, NEWER)], main, none)).toMatchObject({ problem: null });
  });

  it("of a comment alone is written down, and everything is judged by it", () => {
    const { decision } = looked("# ours\nenforcement: managed\n", [letThrough(12, "# ours\nenforcement: managed\n")]);
    expect(decision.entries).toMatchObject([{ what: "config" }]);
    expect(decision.news.nudges).toEqual([{ priority: "bulk", openPulls: { repository: REPOSITORY } }]);
  });
});

describe("the organisation's config", () => {
  const above = { blob: at("above"), config: { checks: { required: ["build"] }, lock: ["checks"] }, note: null };

  it("enforces where the component has no file", () => {
    expect(memoryAfter(judge(fresh, says({ file: file(null) }), above)).config).toMatchObject({
      policy: { enforcement: "managed", checks: { required: [{ name: "build", app: null }] } },
      blob: null,
      organisation: at("above"),
    });
  });

  it("is laid under the component's own anew when it changes, without reading that again", () => {
    const decision = judge(component(), says({ file: unknown("nobody asks for it") }), above);
    expect(decision.entries).toMatchObject([{ what: "config", says: { organisation: at("above") } }]);
    expect(memoryAfter(decision).config).toMatchObject({
      policy: { checks: { required: [{ name: "build", app: null }] } },
      blob: at("config"),
      organisation: at("above"),
      problem: null,
    });
    const after = memoryAfter(decision);
    expect(judge(after, new Map(), above)).toMatchObject({ entries: [], effects: [] });
    expect(memoryAfter(judge(after, says(), null)).config).toMatchObject({ organisation: null });
  });

  it("keeps what it locks, and the component is told", () => {
    const own = file("checks: { required: [lint] }\n");
    expect(memoryAfter(judge(fresh, says({ file: own }), above)).config).toMatchObject({
      policy: { checks: { required: [{ name: "build", app: null }] } },
      problem: expect.stringContaining("`checks` is locked by the organisation's"),
    });
  });

  it("alone holds while the component's own file was never valid", () => {
    const broken = memoryAfter(judge(fresh, says({ file: file("stages: 1\n") }), above)).config;
    expect(broken).toMatchObject({ policy: { enforcement: "managed" }, own: null });
    expect(broken.problem).toMatch(/Until it is mended, only the organisation's holds\.$/);
    const later = memoryAfter(
      judge(component({ stages: fresh.stages, config: { ...broken } }), says({ file: file("stages: 1\n") }), above),
    );
    expect(later.config.problem).toBe(broken.problem);
  });

  it("lies in the repository `.github`: there it may lock, and a change has every component looked at", () => {
    const home = { ...fresh, name: "acme/.github" };
    const decision = judge(
      home,
      says({
        file: file("lock: [roles]\n"),
        branches: Object.fromEntries(DEFAULT.map((name) => [name, known(null)])),
        repository: known({ name: "acme/.github", defaultBranch: branch("main") }),
      }),
      above,
    );
    expect(memoryAfter(decision).config).toMatchObject({ own: { lock: ["roles"] }, organisation: null, problem: null });
    expect(decision.news.nudges).toContainEqual({ priority: "bulk", componentsBeside: REPOSITORY });
  });
});

describe("an organisation's config that is not in force as it was written", () => {
  const above = { blob: at("above"), config: {}, note: null };
  const note = "The organisation's newest config is not in force: line 3 is wrong.";

  it("is said on every component's checks, from when it is known until it is mended", () => {
    const before = memoryAfter(judge(component(), says(), above));
    const decision = judge(before, says(), { ...above, note });
    expect(memoryAfter(decision).config).toMatchObject({ aboveNote: note, organisation: at("above"), problem: null });
    expect(decision.entries).toMatchObject([{ what: "config" }]);
    expect(decision.news.nudges).toEqual([{ priority: "bulk", openPulls: { repository: REPOSITORY } }]);
    expect(judge(memoryAfter(decision), says(), { ...above, note }).entries).toEqual([]);
    expect(memoryAfter(judge(memoryAfter(decision), says(), above)).config.aboveNote).toBeNull();
  });

  it("holds for none where none was ever valid, and that is said too", () => {
    const never = { blob: null, config: null, note };
    const { config } = memoryAfter(judge(fresh, says({ file: file(null) }), never));
    expect(config).toMatchObject({
      policy: { enforcement: "observed" },
      organisation: null,
      above: null,
      aboveNote: note,
    });
    const broken = memoryAfter(judge(fresh, says({ file: file("stages: 1\n") }), never)).config;
    expect(broken.problem).toMatch(/Until it is mended, nothing is enforced\.$/);
  });

  it("has the components beside it looked at as soon as it is broken", () => {
    const home = component({ name: "acme/.github", look: true, stages: {}, defaultBranch: branch("main") });
    const read = says({ file: file("stages: 1\n"), branches: { ...all(DEFAULT), main: known(at("main")) } });
    expect(judge(home, read).news.nudges).toContainEqual({ priority: "bulk", componentsBeside: REPOSITORY });
  });
});

describe("a component without a config", () => {
  const merged = [
    { number: 9, asOf: NOW, facts: { ...pullFacts({ base: "master" }), state: "closed" as const, merged: true } },
    { number: 8, asOf: NOW, facts: { ...pullFacts(), state: "closed" as const, merged: true } },
    {
      number: 7,
      asOf: NOW,
      facts: { ...pullFacts({ head: "release/1", base: "staging" }), state: "closed" as const, merged: true },
    },
    { number: 6, asOf: NOW, facts: { ...pullFacts({ base: "another" }), state: "closed" as const, merged: true } },
  ];
  const without = (more: Github & { readonly merged?: Fact<unknown> } = {}) =>
    new Map([...says({ file: file(null), ...more }), ["merged-pulls", more.merged ?? known(merged)] as const]);
  const proposals = ({ effects }: Decision) => effects.filter((effect) => effect.thing === "proposal");
  const proposed = (read = without(), memory = fresh) => judge(memory, read, null, [], null);

  it("gets one pull request that switches enforcement on and says what it would have stopped", () => {
    const decision = proposed();
    expect(decision.entries).toHaveLength(1);
    expect(proposals(decision)).toEqual([
      {
        does: "set",
        thing: "proposal",
        slot: "enrolment:42",
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
        repository: REPOSITORY,
        name: "acme/api",
        branch: "hotfix/flowgate",
        base: "master",
        from: at("master"),
        path: ".github/flowgate.yml",
        title: "Hold pull requests to their stages",
        text: "# Changes go through these stages one by one, and GitHub refuses a merge that skips one.\nenforcement: managed\nstages: [development, staging, master]\n",
        body: expect.stringContaining(
          "Of the last 3 merged pull requests it would have stopped 1: Of 1 their branches alone do not tell.\n\n- #9: feature/login enters at development",
        ),
      },
    ]);
  });

  it("gets it from a branch that its lanes allow", () => {
    const read = without({ repository: known({ name: "acme/api", defaultBranch: branch("development") }) });
    expect(proposals(proposed(read))).toMatchObject([{ branch: "chore/flowgate", base: "development" }]);
  });

  it("gets it once, also when it was closed, and again where a restart came in between", () => {
    const after = memoryAfter(proposed());
    expect(proposals(judge(after, without()))).toEqual([]);
    expect(proposals(judge(after, without(), null, [], null))).toHaveLength(1);
  });

  it("gets none while its own file is broken, nor where the organisation has one", () => {
    expect(proposals(proposed(without({ file: file("stages: 1\n") })))).toEqual([]);
    expect(proposals(judge(fresh, without(), { blob: at("above"), config: {}, note: null }, [], null))).toEqual([]);
  });

  it("gets none while GitHub does not tell what was merged, nor from a branch that is gone", () => {
    expect(proposed(without({ merged: unknown("GitHub answered 502.") }))).toMatchObject({
      because: "GitHub answered 502.",
      lookAgainAt: LATER,
    });
    const elsewhere = without({
      repository: known({ name: "acme/api", defaultBranch: branch("trunk") }),
      branches: { ...all(DEFAULT), trunk: known(null) },
    });
    expect(proposals(proposed(elsewhere))).toEqual([]);
  });
});
