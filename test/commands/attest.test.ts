import { describe, expect, it } from "@jest/globals";
import { attest } from "../../src/commands/attest.ts";
import type { Asked, Came, OnPull } from "../../src/commands/command.ts";
import { commandsIn, type Written } from "../../src/commands/grammar.ts";
import {
  type Answers,
  type BroughtBy,
  type Comparison,
  type Fact,
  type MayAffect,
  type Want,
  type WorkflowRun,
  wantKey,
} from "../../src/flow/facts.ts";
import { looking } from "../../src/flow/looking.ts";
import { branch, installationId, later, type Person } from "../../src/flow/names.ts";
import type { Standing } from "../../src/flow/standing.ts";
import { dataImpact } from "../../src/release/data-impact.ts";
import { at, known, NOW, policy, REPOSITORY, unknown } from "../builders.ts";
import { DORA, ERIN, OLGA, OTTO, QUINN, RITA, right } from "../gates/asking.ts";
import { waiver, attested as written } from "../release/attested.ts";
import { word } from "./walking.ts";

const PEOPLE: Answers["collaborators"] = [
  right(DORA, "write"),
  right(OLGA, "write"),
  right(OTTO, "admin"),
  right(QUINN, "write"),
];
const ROLES = { "release-manager": null, operations: ["otto", "olga"], quality: ["quinn"], engineering: null };
const MIGRATION = { path: "db/migrate/1_add.rb", before: null, blob: at("one"), destructive: [] };
const HOUR = 3_600_000;
const commit = (name: string, author: Person | null, parents = 1) => ({
  sha: at(name),
  parents: Array.from({ length: parents }, (_, n) => at(`${name} ${n}`)),
  tree: at("t"),
  title: name,
  author,
});
const CARRIED: Comparison = {
  ahead: 2,
  behind: 0,
  mergeBase: at("master"),
  mergeBaseTree: at("tree of master"),
  whole: true,
  commits: [commit("migrate", DORA), commit("other", OLGA), commit("merge", RITA, 2)],
  changes: { files: [MIGRATION], whole: true },
};
const pull = (number: number, author: Person, base = "development", merged = true): BroughtBy => ({
  number,
  author,
  merged,
  base: branch(base),
  head: at("x"),
});
const RUN: WorkflowRun = {
  id: 123456,
  attempt: 2,
  repository: "acme/ops",
  defaultBranch: branch("main"),
  workflow: ".github/workflows/backup.yml",
  branch: branch("main"),
  foreign: false,
  conclusion: "success",
  started: later(NOW, -2 * HOUR),
  finished: later(NOW, -HOUR),
};

type World = {
  readonly by?: Person;
  readonly on?: Partial<OnPull["pull"]>;
  readonly backup?: Partial<ReturnType<typeof policy>["backup"]>;
  readonly standing?: readonly Standing[];
  readonly spent?: Asked["spent"];
  readonly mayAffect?: readonly MayAffect[];
  readonly carried?: Partial<Comparison>;
  readonly lastRelease?: Asked["lastRelease"];
  readonly judged?: Asked["judged"];
  /** The review that it stands in; left out: it is a comment. */
  readonly review?: number;
  /** What GitHub answers beside, by the words of the want; a fact stands for itself. */
  readonly answers?: { readonly [want: string]: unknown };
};

/** What comes of one line on the release #12, written by otto. */
function says(line: string, world: World = {}): Came | string | null {
  const [text] = commandsIn(line) as [Written];
  const read = attest.read(text, NOW);
  if ("not" in read) return read.not;
  const base = world.on?.base ?? branch("master");
  const given: { readonly [want: string]: unknown } = {
    collaborators: PEOPLE,
    [`compare ${at(base)} ${at("login")}`]: { ...CARRIED, ...world.carried },
    [`touched ${MIGRATION.path} ${at("login")}`]: [at("migrate"), at("before")],
    [`brought-by ${at("migrate")}`]: [pull(3, ERIN), pull(4, OTTO, "staging"), pull(5, OTTO, "development", false)],
    ...world.answers,
  };
  const facts = new Map<string, Fact<unknown>>();
  for (let round = 0; round < 6; round++) {
    const look = looking(facts);
    const asked: Asked = {
      unexplained: [],
      by: world.by ?? OTTO,
      at: NOW,
      now: NOW,
      repository: REPOSITORY,
      installation: installationId(1),
      pull: {
        number: 12,
        head: at("login"),
        ref: branch("staging"),
        author: RITA,
        state: "open",
        draft: false,
        fork: false,
        base,
        baseHead: at(base),
        sourceHead: null,
        lane: "release",
        verdict: null,
        body: null,
        dataLabel: false,
        mergeCommit: null,
        ...world.on,
      },
      name: "Acme/api",
      web: "https://github.com",
      policy: policy({ roles: ROLES, backup: { ...policy().backup, ...world.backup } }),
      organisation: policy(),
      standing: world.standing ?? [],
      spent: world.spent ?? [],
      mayAffect: world.mayAffect ?? [],
      lastRelease: world.lastRelease ?? null,
      judged: world.judged === undefined ? at("login") : world.judged,
      saw: null,
      comment: world.review === undefined ? 900 : null,
      review: world.review ?? null,
      look,
    };
    const may = (read.allows ?? attest.allows)(asked);
    const came = may === "yes" ? read.act(asked as OnPull) : may === "unread" ? null : may;
    const missing = look.missing();
    if (missing === null) return came;
    if ("unknown" in missing) return missing.unknown;
    for (const want of missing.lacks) facts.set(wantKey(want), answered(want, given));
  }
  throw new Error("it keeps asking");
}

function answered(want: Want, given: { readonly [want: string]: unknown }): Fact<unknown> {
  const key = wantKey(want);
  if (!Object.hasOwn(given, key)) throw new Error(`nothing answers “${key}”`);
  const answer = given[key];
  return typeof answer === "object" && answer !== null && "known" in answer ? (answer as Fact<unknown>) : known(answer);
}

const opened = (came: Came | string | null) =>
  typeof came === "object" && came?.came === "done" ? (came.entries ?? []).map(({ says: one }) => one) : [];

const DATA = dataImpact({
  policy: policy(),
  comparison: CARRIED,
  pull: { body: null, dataLabel: false },
  mayAffect: [],
}).data;
const LINE = "/attest backup system=postgres-main id=snap-8f31 at=2026-11-24T09:00:00Z";
const RUN_LINE = "/attest backup system=postgres-main run=https://github.com/acme/ops/actions/runs/123456";
const WORKFLOWS = { "acme/ops/.github/workflows/Backup.yml": ["postgres-main", "redis"] };
const REF = "run acme/ops 123456 ";

describe("/attest backup", () => {
  it("puts a person's word on record", () => {
    const came = says(`${LINE} location="do:nyc3, rack 4" because it was Tuesday`);
    expect(came).toMatchObject({
      came: "done",
      says: "Backup `snap-8f31` of `postgres-main`, finished at 2026-11-24 09:00 UTC, claimed by otto. It counts until 2026-11-25 08:59 UTC, and while the files that affect data and this comment stay as they are.",
      nudges: [{ priority: "person", openPulls: { repository: REPOSITORY, head: at("login"), base: "master" } }],
    });
    expect(opened(came)).toEqual([
      {
        kind: "attestation",
        key: "attestation:backup:42:12:postgres-main",
        by: OTTO,
        at: NOW,
        because: "it was Tuesday",
        repository: REPOSITORY,
        number: 12,
        head: at("login"),
        comment: 900,
        what: "backup",
        level: "claimed",
        system: "postgres-main",
        id: "snap-8f31",
        finished: "2026-11-24T09:00:00.000Z",
        restoreTested: null,
        data: DATA,
        fields: { location: "do:nyc3, rack 4" },
      },
    ]);
    expect(opened(says(LINE))).toMatchObject([
      { because: "the backup snap-8f31 of postgres-main was finished at 2026-11-24 09:00 UTC" },
    ]);
    expect(opened(says(LINE, { review: 7 }))).toMatchObject([{ comment: null, review: 7 }]);
  });

  it("is kept on a promotion for the release that carries it", () => {
    const on = { base: branch("staging"), lane: "promotion", ref: branch("development") } as const;
    const came = says(LINE, { on });
    expect(word(came)).toContain("It is kept for the release that carries this, and counts until");
    expect(came).toMatchObject({
      nudges: [{ priority: "person" }, { priority: "bulk", openPulls: { repository: REPOSITORY, base: "master" } }],
    });
  });

  it("compares a hotfix as its lane does, and whoever opened it wrote it", () => {
    const answers = { [`compare master ${at("login")}`]: CARRIED };
    expect(word(says(LINE, { on: { lane: "hotfix" }, answers }))).toMatch(/^done/);
    expect(word(says(LINE, { on: { lane: "hotfix", author: OTTO }, answers }))).toMatch(/^refused: You wrote/);
  });

  it.each<[string, World["on"]]>([
    ["a feature", { lane: "feature", base: branch("development") }],
    ["a pull request into the first stage", { lane: null, base: branch("development") }],
    ["one into no stage", { lane: null, base: branch("main"), baseHead: null }],
  ])("counts nowhere on %s", (_what, on = {}) => {
    for (const line of [LINE, "/attest no-data-impact because x", "/attest no-data-transition because x"])
      expect(word(says(line, { on }))).toBe(
        `refused: It counts on a release or a hotfix, and on a promotion for the release that follows. This one goes into \`${on.base}\`: write it on the pull request that takes it on from there.`,
      );
  });

  it("is for operations", () => {
    expect(word(says(LINE, { by: QUINN }))).toBe(
      "refused: This needs somebody in operations; you have `write` here. @olga or @otto could.",
    );
    expect(says(LINE, { answers: { collaborators: unknown("GitHub answered 502.") } })).toBe("GitHub answered 502.");
  });

  it("names a system that the config has", () => {
    expect(word(says(LINE, { backup: { systems: ["mongo", "redis"] } }))).toBe(
      "refused: `system` is none that `backup.systems` names: `mongo` or `redis`.",
    );
    expect(word(says(LINE, { backup: { systems: ["postgres-main"] } }))).toMatch(/^done/);
  });

  it("is young enough", () => {
    const line = LINE.replace("24T09", "23T09");
    expect(word(says(line))).toBe(
      "refused: `at`: it was finished 25 h ago, and 24 h is the limit here. Make another, and attest that.",
    );
    const files = [{ ...MIGRATION, destructive: ["DROP TABLE a"] }];
    const early = LINE.replace("T09", "T04");
    expect(word(says(early, { carried: { changes: { files, whole: true } } }))).toContain("6 h ago, and 4 h is");
    expect(word(says(early))).toMatch(/^done/);
  });

  it("says when a restore was tested, where the config asks for it", () => {
    const backup = { restoreTest: { milliseconds: 90 * 24 * HOUR } };
    expect(word(says(LINE, { backup }))).toBe(
      "refused: It needs `restore-tested`, the day of the last restore that was tried, no longer ago than 90 days: `restore-tested=2026-10-30`.",
    );
    expect(word(says(`${LINE} restore-tested=2026-01-02`, { backup }))).toBe(
      "refused: `restore-tested`: that is longer ago than 90 days. Try a restore, and attest it anew.",
    );
    expect(opened(says(`${LINE} restore-tested=2026-10-30`, { backup }))).toMatchObject([
      { restoreTested: "2026-10-30" },
    ]);
  });

  it("serves one release", () => {
    const used = (more: object) => written({ number: 11, head: at("gone"), ...more });
    const taken =
      "refused: `id` `snap-8f31` was attested for #11 already, and one backup serves one release: make another";
    expect(word(says(LINE, { standing: [used({})] }))).toBe(
      `${taken}, or take it back there first: \`/attest revoke id=snap-8f31 because …\`.`,
    );
    for (const one of [
      used({ id: "snap-9" }),
      used({ number: 12 }),
      used({ head: at("other") }),
      used({ repository: 43 as never }),
      { ...waiver(), number: 11 },
      { kind: "hold" } as never,
    ])
      expect(word(says(LINE, { standing: [one] }))).toMatch(/^done/);
  });

  it("serves no other one than the release that was merged by it", () => {
    const spent = (served: number, closed: string | null = null) => [
      { standing: written({ number: 9, served }), closed },
      { standing: waiver({ served }), closed },
    ];
    const taken = "refused: `id` `snap-8f31` served #11 already, and one backup serves one release: make another.";
    expect(word(says(LINE, { spent: spent(11) }))).toBe(taken);
    expect(word(says(LINE, { spent: spent(11, "revoked by otto: wrong cluster") }))).toBe(taken);
    expect(word(says(LINE, { spent: spent(12), standing: [written({ served: 12 })] }))).toMatch(/^done/);
    expect(word(says(LINE.replace("snap-8f31", "snap-9"), { spent: spent(11) }))).toMatch(/^done/);
  });

  it("of a release that is merged is held against what that brought", () => {
    const on = { mergeCommit: at("merge"), baseHead: at("merge") };
    const answers = {
      [`parents ${at("merge")}`]: [at("before"), at("login")],
      [`compare ${at("before")} ${at("login")}`]: CARRIED,
    };
    expect(opened(says(LINE, { on, answers }))).toMatchObject([{ id: "snap-8f31", data: DATA }]);
    for (const want of Object.keys(answers))
      expect(says(LINE, { on, answers: { ...answers, [want]: unknown("GitHub answered 502.") } })).toBe(
        "GitHub answered 502.",
      );
  });

  it("is a claim of nobody who wrote what affects data", () => {
    const wrote = "refused: You wrote some of what affects data here";
    const touched = (name: string) => ({
      [`touched ${MIGRATION.path} ${at("login")}`]: [at(name)],
      [`brought-by ${at(name)}`]: [pull(3, ERIN), pull(6, DORA, "release/1")],
    });
    expect(word(says(LINE, { by: OLGA }))).toMatch(/^done/);
    expect(word(says(LINE, { by: OLGA, answers: touched("other") }))).toContain(wrote);
    expect(word(says(LINE, { answers: { [`brought-by ${at("migrate")}`]: [pull(3, OTTO)] } }))).toContain(wrote);
    expect(word(says(LINE, { answers: { [`brought-by ${at("migrate")}`]: [pull(3, OTTO, "release/1")] } }))).toContain(
      wrote,
    );
    expect(word(says(LINE, { answers: touched("merge") }))).toMatch(/^done/);
    expect(word(says(LINE, { carried: { commits: [commit("migrate", null)] } }))).toMatch(/^done/);
  });

  it("is a claim of nobody who wrote a pull request that says so itself", () => {
    const mayAffect = (name: string, says_: boolean): readonly MayAffect[] => [
      { number: 3, body: null, dataLabel: says_, mergeCommit: at(name) },
      { number: 2, body: null, dataLabel: true, mergeCommit: null },
      { number: 1, body: null, dataLabel: false, mergeCommit: at("migrate") },
    ];
    const carried = { changes: { files: [], whole: true } };
    const answers = { [`brought-by ${at("other")}`]: [pull(3, OTTO)] };
    expect(word(says(LINE, { mayAffect: mayAffect("other", true), carried, answers }))).toMatch(/^refused: You wrote/);
    expect(word(says(LINE, { mayAffect: mayAffect("other", false), carried }))).toMatch(/^done/);
  });

  it("is a claim of nobody who wrote anything, where there is too much to ask about", () => {
    const commits = [commit("one", OTTO), commit("two", null), commit("merge", OLGA, 2)];
    const refused = (carried: Partial<Comparison>, by: Person, answers: World["answers"] = {}) =>
      word(says(LINE, { carried: { commits, ...carried }, by, answers }))?.startsWith("refused: You wrote");
    const many = {
      files: Array.from({ length: 11 }, (_, n) => ({ ...MIGRATION, path: `db/migrate/${n}` })),
      whole: true,
    };
    expect([refused({ changes: many }, OTTO), refused({ changes: many }, OLGA)]).toEqual([true, false]);
    const cut = { files: [MIGRATION], whole: false };
    expect([refused({ changes: cut }, OTTO), refused({ changes: cut }, OLGA)]).toEqual([true, false]);
    const touched = { [`touched ${MIGRATION.path} ${at("login")}`]: Array.from({ length: 100 }, (_, n) => at(`${n}`)) };
    expect([refused({}, OTTO, touched), refused({}, OLGA, touched)]).toEqual([true, false]);
    const names = Array.from({ length: 11 }, (_, n) => `${n}`);
    const all = { [`touched ${MIGRATION.path} ${at("login")}`]: names.map(at) };
    expect(refused({ commits: names.map((name) => commit(name, OTTO)) }, OTTO, all)).toBe(true);
    expect(word(says(LINE, { carried: { whole: false } }))).toMatch(
      /^refused: GitHub does not list all commits that this carries/,
    );
  });

  it("waits for what GitHub has not said", () => {
    const silent = unknown("GitHub answered 502.");
    for (const want of [
      `compare ${at("master")} ${at("login")}`,
      `touched ${MIGRATION.path} ${at("login")}`,
      `brought-by ${at("migrate")}`,
    ])
      expect(says(LINE, { answers: { [want]: silent } })).toBe("GitHub answered 502.");
    expect(says(RUN_LINE, { answers: { [REF]: silent } })).toBe("GitHub answered 502.");
  });

  it("is confirmed by the verifier of the config, whoever wrote what", () => {
    const backup = { verifier: { url: "https://backups.example.com" } };
    const want = "verified postgres-main snap-8f31 2026-11-24T09:00:00.000Z";
    const by = { by: OLGA, backup };
    const is = { is: true, finished: later(NOW, -HOUR) };
    expect(word(says(LINE, { ...by, answers: { [want]: is } }))).toContain(
      "finished at 2026-11-24 08:40 UTC, checked.",
    );
    expect(word(says(LINE, { ...by, answers: { [want]: { is: false, because: "There is no such snapshot." } } }))).toBe(
      "refused: `id` `snap-8f31` is not confirmed by the verifier of `backup.verifier`: There is no such snapshot.",
    );
    expect(says(LINE, { ...by, answers: { [want]: unknown("It does not answer.") } })).toBe("It does not answer.");
  });
});

describe("/attest backup with a run", () => {
  const run = (more: Partial<WorkflowRun> | null = {}, world: World = {}, line = RUN_LINE) =>
    says(line, {
      backup: { workflows: WORKFLOWS },
      answers: { [REF]: more && { ...RUN, ...more } },
      ...world,
    });

  it("is checked, whoever wrote what", () => {
    const came = run({}, { by: OLGA });
    expect(word(came)).toMatch(
      /^done: Backup `run-123456\.2` of `postgres-main`, finished at 2026-11-24 08:40 UTC, checked\./,
    );
    expect(opened(came)).toMatchObject([
      { level: "checked", id: "run-123456.2", finished: RUN.finished, fields: { run: RUN_LINE.split("run=")[1] } },
    ]);
  });

  it.each([
    ["/attempts/2", "2"],
    ["/attempts/2/job/7", "2"],
    ["/job/7?pr=1#step:2:3", ""],
    ["/", ""],
  ])("may be linked with %s", (more, attempt) => {
    const answers = { [`run acme/ops 123456 ${attempt}`]: RUN };
    expect(word(run({}, { answers }, `${RUN_LINE}${more}`))).toMatch(/^done/);
  });

  it.each([
    ["https://github.com/acme/ops/actions/runs/12x"],
    ["https://github.com/acme/ops/pull/123456"],
    ["https://github.com.evil.example/acme/ops/actions/runs/123456"],
    ["https://evil.example/github.com/acme/ops/actions/runs/123456"],
    ["https://github.com/acme/ops/actions/runs/1234567890123456"],
    ["https://github.com/acme/../ops/actions/runs/1"],
  ])("is no link as %s", (link) => {
    expect(word(run({}, {}, `/attest backup system=postgres-main run=${link}`))).toBe(
      "refused: `run` is no link to a run, such as `https://github.com/acme/ops/actions/runs/123456`.",
    );
  });

  it.each<[string, string, Partial<WorkflowRun> | null]>([
    ["nobody can see", "There is no run 123456 of acme/ops, or the App may not see it", null],
    ["went to somebody else", "`run` has to be of a repository of acme, as this one is.", { repository: "evil/ops" }],
    ["no workflow of the config made", "which `backup.workflows` does not list: name a run", { workflow: "x.yml" }],
    ["a fork's commit ran on", "`run` 123456 ran on a commit of a fork", { foreign: true }],
    ["ran elsewhere", "did not run on the default branch `main`. Name one that did", { branch: branch("x") }],
    ["ran on no branch", "did not run on the default branch", { branch: null }],
    ["goes on", "`run` 123456 has not ended.", { conclusion: null }],
    ["failed", "`run` 123456 ended in `failure`, not in `success`.", { conclusion: "failure" }],
    [
      "is too old",
      "`run`: it was finished 30 h ago, and 24 h is the limit here.",
      { finished: later(NOW, -30 * HOUR) },
    ],
  ])("is refused where it %s", (_what, because, more) => {
    const came = word(run(more));
    expect(came).toMatch(/^refused: /);
    expect(came).toContain(because);
  });

  it("is of the same owner", () => {
    const line = RUN_LINE.replace("acme/ops", "evil/ops");
    expect(word(run({}, {}, line))).toBe("refused: `run` has to be of a repository of acme, as this one is.");
  });

  it("backs up the system that is named", () => {
    const line = RUN_LINE.replace("postgres-main", "mongo");
    expect(word(run({}, {}, line))).toBe(
      "refused: `run` is of `acme/ops/.github/workflows/backup.yml`, which backs up `postgres-main` and `redis`: name a run that backs up `mongo`.",
    );
  });

  it("began after the last release", () => {
    expect(word(run({}, { lastRelease: RUN.started }))).toBe(
      "refused: `run` 123456 began at 2026-11-24 07:40 UTC, before the last release at 2026-11-24 07:40 UTC: run the workflow again.",
    );
    expect(word(run({}, { lastRelease: later(RUN.started, -1) }))).toMatch(/^done/);
  });
});

describe("/attest no-data-impact and no-data-transition", () => {
  it("put operations' word on record, for the files as they are", () => {
    const came = says("/attest NO-data-impact because it adds an unused index");
    expect(word(came)).toBe(
      "done: otto attests that no data is affected: it adds an unused index. It counts while the files that affect data stay as they are. What Flowgate sees: It changes `db/migrate/1_add.rb`.",
    );
    expect(opened(came)).toMatchObject([
      {
        key: "attestation:no-data-impact:42:12",
        what: "no-data-impact",
        data: DATA,
        because: "it adds an unused index",
      },
    ]);
    expect(word(says("/attest no-data-transition because x"))).toContain("that no data has to be carried over: x.");
    const into = { lane: "back-merge", base: branch("staging") } as const;
    const answers = { [`compare staging ${at("login")}`]: CARRIED };
    expect(word(says("/attest no-data-transition because x", { on: into, answers }))).toMatch(/^done/);
    expect(word(says("/attest no-data-impact because x", { by: DORA }))).toMatch(
      /^refused: This needs somebody in oper/,
    );
    expect(word(says("/attest no-data-transition because x", { by: DORA }))).toMatch(/^refused: This needs/);
  });

  it("wait for what GitHub has not said", () => {
    const answers = { [`compare ${at("master")} ${at("login")}`]: unknown("GitHub answered 502.") };
    expect(says("/attest no-data-impact because x", { answers })).toBe("GitHub answered 502.");
  });
});

describe("/attest readiness", () => {
  it("is quality's alone", () => {
    expect(word(says("/attest readiness because tested", { by: QUINN }))).toMatch(/^done: .* is ready by quinn's word/);
    expect(word(says("/attest readiness because tested"))).toBe(
      "refused: This needs somebody in quality; you have `admin` here. @quinn could.",
    );
  });
});

describe("/attest revoke", () => {
  const line = "/attest revoke id=snap-8f31 because wrong cluster";

  it("takes a backup back, wherever it was attested", () => {
    const standing = [written(), written({ number: 11, key: "other" }), written({ id: "else", key: "else" }), waiver()];
    const came = says(line, { standing });
    expect(word(came)).toBe("done: Backup `snap-8f31` does not count any more: wrong cluster.");
    expect(opened(came)).toEqual([
      { key: "attestation:backup:42:12:postgres-main", because: "revoked by otto: wrong cluster" },
      { key: "other", because: "revoked by otto: wrong cluster" },
    ]);
    expect(word(says(line, { by: QUINN, standing }))).toMatch(/^refused: This needs somebody in operations/);
    // It may count for any release that is open.
    expect(came).toMatchObject({
      nudges: [
        { priority: "person", openPulls: { repository: REPOSITORY, head: at("login"), base: "master" } },
        { priority: "bulk", openPulls: { repository: REPOSITORY, base: "master" } },
      ],
    });
  });

  it("takes back what served a release, too", () => {
    const served = written({ key: "served", served: 11 });
    expect(opened(says(line, { spent: [{ standing: served, closed: null }], standing: [served] }))).toEqual([
      { key: "served", because: "revoked by otto: wrong cluster" },
    ]);
    expect(word(says(line, { spent: [{ standing: served, closed: "its comment was deleted" }] }))).toBe(
      "refused: No backup `snap-8f31` is attested here.",
    );
    const other = { standing: written({ key: "other", served: 11, id: "snap-7" }), closed: null };
    expect(word(says(line, { spent: [other] }))).toBe("refused: No backup `snap-8f31` is attested here.");
  });

  it("says what there is", () => {
    expect(word(says(line))).toBe("refused: No backup `snap-8f31` is attested here.");
    const others = [
      written({ id: "a" }),
      written({ id: "b" }),
      written({ id: "a", number: 3 }),
      { kind: "hold" } as never,
    ];
    expect(word(says(line, { standing: others }))).toBe(
      "refused: No backup `snap-8f31` is attested here. There is `a` and `b`.",
    );
  });
});

describe("what is not understood", () => {
  const NO_REASON = "It goes on record, so it needs its reason: end the line with `because …`.";
  const REVOKE = "`revoke` takes the `id` of a backup.";
  it.each([
    ["/attest backup", "It needs `system`."],
    ["/attest backup because x", "It needs `system`."],
    ["/attest backup system=a id=b", "It needs `at`, or `run`"],
    ["/attest no-data-impact", NO_REASON],
    ["/attest no-data-transition because", NO_REASON],
    ["/attest no-data-impact here because x", "`/attest no-data-impact` takes no “here”"],
    ["/attest revoke because x", REVOKE],
    ["/attest revoke snap-8f31 because x", REVOKE],
    ["/attest revoke id= because x", REVOKE],
    ["/attest revoke id=a id=b because x", REVOKE],
    ["/attest revoke id=a", NO_REASON],
  ])("%s", (line, not) => {
    expect(says(line)).toContain(not);
  });
});
