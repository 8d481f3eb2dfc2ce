import { describe, expect, it } from "@jest/globals";
import { decide } from "../../src/decide.ts";
import { NO_CONFIG } from "../../src/flow/absorb.ts";
import { DEFAULT_POLICY } from "../../src/flow/config.ts";
import type { Decision } from "../../src/flow/decision.ts";
import type { ComponentKnown, Fact } from "../../src/flow/facts.ts";
import type { ComponentMemory } from "../../src/flow/memory.ts";
import { branch } from "../../src/flow/names.ts";
import { APP, at, component, known, LATER, NOW, policy, pullFacts, REPOSITORY, unknown } from "../builders.ts";

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
const answer = (
  memory: ComponentMemory | null,
  read = new Map<string, Fact<unknown>>(),
  organisation: ComponentKnown["organisation"] = null,
) => {
  const facts: ComponentKnown = {
    now: NOW,
    read,
    component: memory,
    subject: { kind: "component", repository: REPOSITORY },
    memory,
    organisation,
  };
  return decide(facts, { app: APP, links: null });
};
function judge(
  memory: ComponentMemory | null,
  read = says(),
  organisation: ComponentKnown["organisation"] = null,
): Decision {
  const came = answer(memory, read, organisation);
  if (!("decided" in came)) throw new Error(`it lacks ${JSON.stringify(came.lacks)}`);
  return came.decided;
}
const memoryAfter = (decision: Decision) => decision.memory as ComponentMemory;
const stagesNudged = ({ news }: Decision) =>
  news.nudges.flatMap((nudge) => ("subject" in nudge && nudge.subject.kind === "stage" ? [nudge.subject.branch] : []));

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
    expect(memoryAfter(judge(fresh, says({ file: file("stages: [dev]\n") }))).config).toEqual({
      policy: DEFAULT_POLICY,
      blob: null,
      own: null,
      organisation: null,
      above: null,
      problem:
        ".github/flowgate.yml line 1, column 1: `stages` needs two stages or more, in promotion order. Until it is mended, nothing is enforced.",
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
  const before = component({ look: true });
  const same = says({ file: known({ found: true, blob: at("config"), text: "enforcement: managed\n" }) });

  it("does not happen without a reason", () => {
    expect(judge(component(), new Map())).toMatchObject({ entries: [], effects: [], news: { nudges: [] } });
    expect(judge(null)).toMatchObject({ because: "Nobody has told us of this repository yet." });
  });

  it("that finds nothing new writes nothing down", () => {
    const decision = judge(before, same);
    expect(decision).toMatchObject({ entries: [], news: { nudges: [], lessons: [] } });
    expect(memoryAfter(decision)).toEqual(
      component({ config: { ...component().config, own: { enforcement: "managed" } } }),
    );
  });

  it("at another policy has everything judged anew, the stages of before as well", () => {
    const decision = judge(
      before,
      says({ file: file("stages: [dev, staging, master]\n"), branches: all(["dev", "staging", "master"]) }),
    );
    expect(decision.entries).toMatchObject([{ what: "config" }]);
    expect(stagesNudged(decision)).toEqual(["development", "staging", "master", "dev"]);
  });

  it("at a broken file keeps the last good one, and says so in every check", () => {
    const decision = judge(before, says({ file: file("enforcement: sometimes\n") }));
    expect(memoryAfter(decision).config).toMatchObject({
      policy: policy(),
      blob: at("config"),
      problem: expect.stringContaining("Until it is mended, the last good one stays in force."),
    });
    expect(decision.news.nudges).toEqual([{ priority: "bulk", openPulls: { repository: REPOSITORY } }]);
  });

  it("that finds a stage gone ends the component, and its rulesets with it", () => {
    const decision = judge(
      before,
      says({
        file: known({ found: true, blob: at("config"), text: "enforcement: managed\n" }),
        branches: { ...all(DEFAULT), staging: known(null) },
      }),
    );
    expect(decision.because).toBe("acme/api is incomplete and left alone: it lacks staging.");
    expect(stagesNudged(decision)).toEqual(DEFAULT);
  });

  it("looks for a stage that a push brought, whatever is remembered of it", () => {
    const partly = component({ look: true, stages: {} });
    expect(judge(partly, same)).toMatchObject({
      because: "acme/api is a component: it has development, staging, master.",
    });
  });
});

describe("the organisation's config", () => {
  const above = { blob: at("above"), config: { checks: { required: ["build"] }, lock: ["checks"] } };

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
