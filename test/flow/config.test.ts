import { describe, expect, it } from "@jest/globals";
import {
  type Config,
  DEFAULT_DATA_IGNORE,
  DEFAULT_DATA_PATHS,
  DEFAULT_DATA_TRANSITION,
  DEFAULT_FEATURES,
  DEFAULT_POLICY,
  policyOf,
} from "../../src/flow/config.ts";
import { inOneLine, readConfig } from "../../src/flow/config-file.ts";

/** What is wrong with a file, each with its place. */
const problems = (text: string): readonly string[] => {
  const read = readConfig(text);
  return "problems" in read ? read.problems.map(({ line, column, because }) => `${line}:${column} ${because}`) : [];
};

describe("a config file", () => {
  it("that is empty asks for the defaults, enforced", () => {
    for (const text of ["", "# nothing yet\n", "{}"]) expect(readConfig(text)).toEqual({ config: {} });
    expect(policyOf({})).toEqual({ ...DEFAULT_POLICY, enforcement: "managed" });
    expect(DEFAULT_POLICY).toEqual({
      enforcement: "observed",
      enforcementGrace: { milliseconds: 4 * 3_600_000 },
      severalRoles: false,
      stages: ["development", "staging", "master"],
      features: DEFAULT_FEATURES,
      forks: "allow",
      roles: { "release-manager": null, operations: null, quality: null, engineering: null },
      approvals: { staging: ["operations"], master: ["maintainer"], hotfix: ["release-manager"] },
      checks: { required: [], allowNone: false },
      provenance: { trusted: [] },
      artifacts: {
        activation: null,
        services: {},
        forbidden: [],
        allowed: [],
        secrets: [],
        build: {},
        onFeature: false,
      },
      runBook: {
        required: true,
        default: null,
        directory: "docs/runbooks",
        phases: { before: [], deploy: [], test: [], rollback: [], monitor: [] },
      },
      backup: {
        when: "always",
        maxAge: { milliseconds: 24 * 3_600_000 },
        maxAgeDestructive: { milliseconds: 4 * 3_600_000 },
        systems: [],
        workflows: {},
        restoreTest: null,
        verifier: null,
      },
      data: { paths: DEFAULT_DATA_PATHS, ignore: DEFAULT_DATA_IGNORE, transition: DEFAULT_DATA_TRANSITION },
      override: { closeWithin: { milliseconds: 5 * 24 * 3_600_000 } },
      hotfix: { reviewWithin: { workingDays: 2 } },
      readiness: { blockers: ["severity-1"], verdict: false },
      changeOrder: { required: false, pattern: "ECO-\\d{4}" },
      gateChecks: true,
      trains: {},
      mergeBy: "promote",
      mergeFirst: null,
      promotionHead: "pinned",
      release: { publish: "automatic" },
    });
  });

  it("says what it sets and leaves the rest as it is", () => {
    const text =
      "enforcement: report\nstages: [dev, uat, main]\nflow: { features: ['work/**'], forks: refuse }\nchecks: { required: [build, { name: lint, app: 15368 }] }\n";
    const read = readConfig(text);
    expect("config" in read && policyOf(read.config)).toMatchObject({
      enforcement: "report",
      stages: ["dev", "uat", "main"],
      features: ["work/**"],
      forks: "refuse",
      checks: {
        required: [
          { name: "build", app: null },
          { name: "lint", app: 15368 },
        ],
        allowNone: false,
      },
    });
  });

  it.each([
    ["no mapping", "- a\n- b\n", ["1:1 The file takes a mapping, not a list."]],
    ["text", "managed", ["1:1 The file takes a mapping, not text."]],
    ["a tab", "stages:\n\t- dev\n", ["2:1 Tabs are not allowed as indentation."]],
    ["a key twice", "enforcement: managed\nenforcement: report\n", ["2:1 Map keys must be unique."]],
    ["a stage twice", "enforcement: managed\nstages: [dev, dev]\n", ["2:1 `stages` names a stage twice."]],
    [
      "a stage that is called as tags are",
      "stages: [tags, main]\n",
      ["1:1 `stages` calls a stage `tags`, which is kept for the tags of releases."],
    ],
    ["one stage", "stages: [dev]\n", ["1:1 `stages` needs two stages or more, in promotion order."]],
    ["stages of another kind", "stages: master\n", ["1:1 `stages` takes a list, not text."]],
    ["nothing where something belongs", "flow:\n", ["1:1 `flow` takes a mapping, not nothing."]],
    [
      "a path that leaves the repository",
      "artifacts: { activation: ../x.sh }\n",
      ["1:14 `artifacts.activation` is no path from the root of the repository, such as `scripts/activate.sh`."],
    ],
    [
      "an absolute path",
      "artifacts:\n  services:\n    dns: /docs/dns.md\n",
      ["3:5 `artifacts.services.dns` is no path from the root of the repository, such as `scripts/activate.sh`."],
    ],
    [
      "more services than can be read",
      `artifacts: { services: { ${Array.from({ length: 41 }, (_, n) => `s${n}: a.md`).join(", ")} } }\n`,
      ["1:14 `artifacts.services` lists more than 40 services."],
    ],
    [
      "more build commands than can be read",
      `artifacts: { build: { ${Array.from({ length: 101 }, (_, n) => `d${n}: a.sh`).join(", ")} } }\n`,
      ["1:14 `artifacts.build` lists more than 100 Dockerfiles."],
    ],
    [
      "a phase that is none",
      "runbook: { phases: { depoly: [Los] } }\n",
      ["1:22 `runbook.phases.depoly` is no key of the config. Did you mean `runbook.phases.deploy`?"],
    ],
    [
      "a key of artifacts that is nearly one",
      "artifacts: { secret: [] }\n",
      ["1:14 `artifacts.secret` is no key of the config. Did you mean `artifacts.secrets`?"],
    ],
    [
      "a word that is nearly one",
      "flow:\n  forks: refused\n",
      ["2:3 `flow.forks` takes `allow`, `refuse`; did you mean `refuse`?"],
    ],
    ["a word that is none", "flow:\n  forks: maybe\n", ["2:3 `flow.forks` takes `allow`, `refuse`."]],
    ["a train of one", "trains: { city: [api] }\n", ["1:11 `trains.city` takes two repositories or more along."]],
    [
      "a train that takes one along twice",
      "trains: { city: [api, API] }\n",
      ["1:11 `trains.city` names a repository twice."],
    ],
    [
      "a train of another owner's",
      "trains: { city: [acme/api, web] }\n",
      ["1:18 `trains.city.0` is no name of a repository; it stands without its owner."],
    ],
    [
      "a train that nobody can ask for",
      "trains: { '\"': [api, web] }\n",
      [
        "1:1 `trains` calls a train by something else than up to 100 letters, digits and `.`, `_`, `-`, or blanks within.",
      ],
    ],
    [
      "more trains than anybody needs",
      `trains: { ${Array.from({ length: 41 }, (_, place) => `t${place}: [api, web]`).join(", ")} }\n`,
      ["1:1 `trains` lists more than 40 trains."],
    ],
    ["a number for a word", "flow:\n  forks: 1\n", ["2:3 `flow.forks` takes `allow`, `refuse`."]],
    ["a name no branch can have", "stages: [dev, 'a b']\n", ["1:15 `stages.1` is no name that a branch can have."]],
    ["a name with two dots", "stages: [dev, a..b]\n", ["1:15 `stages.1` is no name that a branch can have."]],
    ["an empty name", "flow: { features: [''] }\n", ["1:20 `flow.features.0` takes at least 1 characters."]],
    [
      "keys that nobody knows",
      "enforcment: managed\nflow:\n  feature: []\n  x: 1\n",
      [
        "1:1 `enforcment` is no key of the config. Did you mean `enforcement`?",
        "3:3 `flow.feature` is no key of the config. Did you mean `flow.features`?",
        "4:3 `flow.x` is no key of the config. Known here: `features`, `forks`.",
      ],
    ],
    [
      "checks that are none",
      "checks:\n  required: [{nam: x}, 3, build]\n",
      [
        "2:14 `checks.required.0` takes a name, or a mapping with `name` and, if you like, `app`, its numeric id.",
        "2:24 `checks.required.1` takes a name, or a mapping with `name` and, if you like, `app`, its numeric id.",
      ],
    ],
    [
      "a number for text, and a list for a mapping, in a list",
      "checks: { allow_none: 3, required: [] }\nstages: [1, dev]\napprovals: { master: 3 }\n",
      [
        "1:11 `checks.allow_none` takes `true` or `false`, not a number.",
        "2:10 `stages.0` takes text, not a number.",
        "3:14 `approvals.master` takes a list, not a number.",
      ],
    ],
    [
      "roles for nobody",
      "roles: { operations: [], quality: ['a b'], release-manager: rita }\n",
      [
        "1:10 `roles.operations` names nobody; leave it out instead.",
        "1:36 `roles.quality.0` is neither a team, `@organisation/team`, nor a login.",
        "1:44 `roles.release-manager` takes a list, not text.",
      ],
    ],
    [
      "an approval of nobody known",
      "approvals: { master: [qualty] }\n",
      [
        "1:23 `approvals.master.0` takes `release-manager`, `operations`, `quality`, `engineering`; did you mean `quality`?",
      ],
    ],
    [
      "a pattern that is none",
      "change_order: { pattern: '(' }\n",
      ["1:17 `change_order.pattern` is no regular expression in RE2's syntax."],
    ],
    [
      "a pattern that could run away elsewhere, such as a back reference",
      "change_order: { pattern: '(a)\\1' }\n",
      ["1:17 `change_order.pattern` is no regular expression in RE2's syntax."],
    ],
    [
      "a pattern of branches that has no end",
      "flow: { features: ['feature/**', 'fix/{a,b'] }\n",
      [
        "1:34 `flow.features.1` is no pattern: `[abc]` and `{a,b}` hold something and have an end, and what follows `\\` is a character that is meant itself.",
      ],
    ],
    [
      "patterns of files that would mean less than they look, and one that stands for too many",
      `artifacts: { forbidden: ['**.pem'], allowed: ['!(a)'] }\ndata: { paths: ['${"{a,b}".repeat(9)}'], ignore: ['[Z-a]'], transition: ['a}'] }\n`,
      [
        "1:26 `artifacts.forbidden.0` has `**` beside other characters between two slashes; write `**/*.pem` for such files in any folder.",
        "1:47 `artifacts.allowed.0` asks for what `(` means after `@`, `+`, `?`, `*` or `!`; write `{a,b}` for either, `\\(` for a bracket.",
        "2:17 `data.paths.0` is longer than 800 characters with its `{a,b}` written out; make several patterns of it.",
        expect.stringContaining("`data.ignore.0` is no pattern"),
        expect.stringContaining("`data.transition.0` is no pattern"),
      ],
    ],
    [
      "too many stages",
      `stages: [${Array.from({ length: 21 }, (_, n) => `s${n}`).join(", ")}]\n`,
      ["1:1 `stages` takes at most 20 entries."],
    ],
  ])("with %s is refused with line, column, key and cure", (_what, text, told) => {
    expect(problems(text)).toEqual(told);
  });

  it("cannot grow without bounds", () => {
    const bomb = `a: &a [${"x,".repeat(9)}x]\n${"bcdefghij"
      .split("")
      .map((letter, n) => `${letter}: &${letter} [${Array(10).fill(`*${"abcdefghi"[n]}`).join(",")}]`)
      .join("\n")}\n`;
    expect(problems(bomb)).toEqual(["1:1 Excessive alias count indicates a resource exhaustion attack."]);
    expect(problems(`# ${"x".repeat(1_000_000)}`)).toEqual([
      "1:1 The file is over 1000000 characters long; shorten it.",
    ]);
  });

  it("takes keys that JavaScript gives a meaning for what they are: unknown", () => {
    expect(problems("__proto__: { enforcement: observe }\nconstructor: 1\n")).toEqual([
      expect.stringContaining("`__proto__` is no key of the config."),
      expect.stringContaining("`constructor` is no key of the config."),
    ]);
  });

  it("with several problems names the first in a sentence, and counts the others", () => {
    const at = { line: 3, column: 5 };
    expect(inOneLine([{ ...at, because: "This is wrong." }])).toBe(
      ".github/flowgate.yml line 3, column 5: This is wrong.",
    );
    expect(
      inOneLine([
        { ...at, because: "This is wrong." },
        { ...at, because: "That too." },
      ]),
    ).toBe(".github/flowgate.yml line 3, column 5: This is wrong. And 1 more.");
  });
});

describe("a team", () => {
  const teams = (config: Config) => {
    const { severalRoles, changeOrder, readiness, release } = policyOf(config);
    return [severalRoles, changeOrder.required, readiness.verdict, release.publish === "by-hand"];
  };

  it("sets defaults only", () => {
    expect(teams({})).toEqual([false, false, false, false]);
    expect(teams({ team: "small" })).toEqual([true, false, false, false]);
    expect(teams({ team: "regulated" })).toEqual([false, true, true, true]);
    expect(teams({ team: "regulated", change_order: { required: false }, readiness: { verdict: "off" } })).toEqual([
      false,
      false,
      false,
      true,
    ]);
    expect(teams({ team: "regulated", release: { publish: "automatic" } })).toEqual([false, true, true, false]);
    expect(teams({ release: { publish: "by-hand" } })).toEqual([false, false, false, true]);
  });
});

describe("backups", () => {
  const backup = (more: Config["backup"] = {}, team: NonNullable<Config["team"]> = "standard") =>
    policyOf({ team, backup: more }).backup;

  it("are asked for as the team does", () => {
    expect(backup({}, "small")).toMatchObject({ when: "data", restoreTest: null });
    expect(backup({ when: "always" }, "small")).toMatchObject({ when: "always" });
    expect(backup({}, "regulated")).toMatchObject({ when: "always", restoreTest: { milliseconds: 90 * 86_400_000 } });
    expect(backup({ restore_test: "off" }, "regulated")).toMatchObject({ restoreTest: null });
    expect(backup({ restore_test: "30d" })).toMatchObject({ restoreTest: { milliseconds: 30 * 86_400_000 } });
  });

  it("are of systems, made by workflows, and known to a verifier", () => {
    const workflows = { "acme/ops/.github/workflows/backup.yml": ["postgres-main"] };
    const verifier = { url: "https://backups.example.com/verify?of=acme" };
    expect(backup({ systems: ["postgres-main"], workflows, verifier })).toMatchObject({
      systems: ["postgres-main"],
      workflows,
      verifier,
    });
  });

  it.each([
    ["systems: [a, a]", "`backup.systems` names a system twice."],
    ["systems: ['a b']", "`backup.systems.0` is no name of a system"],
    ["systems: ['@ops']", "`backup.systems.0` is no name of a system"],
    ["workflows: { backup.yml: [a] }", "names no workflow such as `acme/ops/.github/workflows/backup.yml`"],
    ["workflows: { acme/ops/.github/workflows/b.yml: [] }", "backs up nothing; leave it out instead"],
    ["verifier: { url: 'http://a.example' }", "begins with `https://`"],
    ["verifier: { url: 'https://me:secret@a.example' }", "holds no credentials"],
    ["verifier: { url: 'https://a.example/#x' }", "is no address"],
    ["restore_test: never", "restore_test"],
    ["max_age: soon", "is no time such as"],
  ])("refuse %s", (text, because) => {
    expect(problems(`backup: { ${text} }`).join(" ")).toContain(because);
  });
});

describe("approvals", () => {
  const asked = (config: Config) => policyOf(config).approvals;

  it("into the last stage ask each of engineering, operations and quality that somebody was named for", () => {
    expect(asked({ roles: { quality: ["quinn"], engineering: ["@acme/devs"] } })).toMatchObject({
      master: ["engineering", "quality"],
    });
  });

  it("between the first and the last stage ask operations, at each", () => {
    expect(asked({ stages: ["dev", "test", "uat", "main"] })).toEqual({
      test: ["operations"],
      uat: ["operations"],
      main: ["maintainer"],
      hotfix: ["release-manager"],
    });
  });

  it("are what the file says, where it says it", () => {
    expect(asked({ approvals: { master: ["quality", "quality"], hotfix: [] } })).toEqual({
      staging: ["operations"],
      master: ["quality", "quality"],
      hotfix: [],
    });
  });
});
