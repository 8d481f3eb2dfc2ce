import { describe, expect, it } from "@jest/globals";
import type { Answers, Comparison } from "../../src/flow/facts.ts";
import { later } from "../../src/flow/names.ts";
import type { Standing } from "../../src/flow/standing.ts";
import { backup } from "../../src/gates/backup.ts";
import { dataImpact } from "../../src/release/data-impact.ts";
import { at, NOW, policy, unknown } from "../builders.ts";
import { waiver, attested as written } from "../release/attested.ts";
import { type Asking, asked, cure, OLGA, OTTO, right, said } from "./asking.ts";

const HOUR = 3_600_000;
const MIGRATION = { path: "db/migrate/1_add.rb", before: null, blob: at("one"), destructive: [] };
const comparison = (files: Comparison["changes"]["files"]): Comparison => ({
  ahead: 1,
  behind: 0,
  mergeBase: at("master"),
  mergeBaseTree: at("tree of master"),
  whole: true,
  commits: [{ sha: at("carried"), parents: [at("x")], tree: at("t"), title: "Add", author: null }],
  changes: { files, whole: true },
});
type World = Omit<Asking, "policy" | "answers"> & {
  readonly files?: Comparison["changes"]["files"];
  readonly backup?: Partial<ReturnType<typeof policy>["backup"]>;
  readonly people?: Answers["collaborators"] | ReturnType<typeof unknown>;
};

const PEOPLE = [right(OLGA, "maintain"), right(OTTO, "admin")];
/** What the gate says of a release that changes a migration. */
const release = ({ files = [MIGRATION], people = PEOPLE, ...more }: World = {}) => {
  const base = more.lane === "hotfix" ? "master" : at("master");
  return asked(backup, {
    ...more,
    policy: { backup: { ...policy().backup, ...more.backup } },
    answers: { [`compare ${base} ${at("login")}`]: comparison(files), collaborators: people },
  });
};
/** Of the files of a release. */
const dataOf = (files: Comparison["changes"]["files"] = [MIGRATION]) =>
  dataImpact({
    policy: policy(),
    comparison: comparison(files),
    pull: { body: null, dataLabel: false },
    mayAffect: [],
  }).data;
const DATA = dataOf();
const attested = (more: Parameters<typeof written>[0] = {}) => written({ data: DATA, ...more });
const hoursOld = (hours: number, standing: readonly Standing[], more: World = {}) =>
  release({ standing, now: later(NOW, hours * HOUR), ...more });

describe("a backup", () => {
  it("is asked for on releases and hotfixes", () => {
    for (const lane of ["feature", "promotion", "back-merge"] as const)
      expect(said(release({ lane }))).toEqual(["not asked", "Asked on releases and hotfixes."]);
    expect(said(release({ lane: "hotfix" }))[0]).toBe("pending");
  });

  it("with `backup.when: data` only where data is affected", () => {
    const when = { when: "data" } as const;
    expect(said(release({ files: [], backup: when }))).toEqual([
      "not asked",
      "No data is affected, and `backup.when` asks only where it is.",
    ]);
    expect(said(release({ backup: when }))[0]).toBe("pending");
    expect(said(release({ files: [] }))[0]).toBe("pending");
    const label = { says: { dataLabel: true }, files: [], backup: when };
    expect(said(release(label))[0]).toBe("pending");
  });

  it("is waited for, with who can and the line to copy", () => {
    const found = release();
    expect(said(found)).toEqual(["pending", "Waiting for operations: no backup is attested."]);
    expect(cure(found)).toBe(
      "@olga or @otto makes a backup and copies the line with its id and when it was finished, or names the run that made it. Where no data is affected they say `/attest no-data-impact because …`.",
    );
    expect(found).toMatchObject({ copy: "/attest backup system=SYSTEM id=BACKUP-ID at=YYYY-MM-DDTHH:MM:SSZ" });
    expect(cure(release({ people: [] }))).toMatch(/^Somebody in operations makes/);
  });

  it("of each system that the config names", () => {
    const two = { backup: { systems: ["postgres-main", "redis"] } };
    const none = release(two);
    expect(said(none)[1]).toBe(
      "Waiting for operations: no backup of `postgres-main` is attested and no backup of `redis` is attested.",
    );
    expect(cure(none)).toContain("A line for each: `postgres-main` and `redis`.");
    const one = release({ ...two, standing: [attested()] });
    expect(said(one)[1]).toBe("Waiting for operations: no backup of `redis` is attested.");
    expect(one).toMatchObject({ copy: expect.stringMatching(/^\/attest backup system=redis /) });
    const both = [attested(), attested({ system: "redis", id: "r-1", level: "checked", finished: later(NOW, -HOUR) })];
    expect(release({ ...two, standing: both })).toMatchObject({
      outcome: "passed",
      because:
        "`snap-8f31` of `postgres-main` was finished at 2026-11-24 09:40 UTC (claimed by otto) and `r-1` of `redis` was finished at 2026-11-24 08:40 UTC (checked). Counts until 2026-11-25 08:39 UTC.",
      until: later(NOW, 23 * HOUR - 60_000),
    });
    expect(said(release({ ...two, standing: [attested({ system: "mongo" })] }))[0]).toBe("pending");
  });

  it("turns by itself before it is too old", () => {
    const standing = [attested({ by: null })];
    expect(hoursOld(23.9, standing)).toMatchObject({ outcome: "passed", until: later(NOW, 24 * HOUR - 60_000) });
    const old = hoursOld(26, standing);
    expect(said(old)).toEqual([
      "pending",
      "Waiting for operations: the newest backup of `postgres-main` is 26 h old, and 24 h is the limit.",
    ]);
    expect(old).toMatchObject({ copy: expect.stringContaining("system=postgres-main"), until: null });
    expect(said(hoursOld(24 - 1 / 60, standing))[1]).toContain("is 24 h old, and 24 h is the limit");
  });

  it("counts for less where something may be destroyed", () => {
    const files = [{ ...MIGRATION, destructive: ["DROP TABLE users"] }];
    const standing = [attested({ data: dataOf(files) })];
    expect(said(hoursOld(3, standing, { files }))[0]).toBe("passed");
    const old = hoursOld(5, standing, { files });
    expect(said(old)[1]).toContain("is 5 h old, and 4 h is the limit");
    expect(cure(old)).toContain("What it brings may destroy data: `DROP TABLE users`.");
    const { destructive: _, ...hidden } = MIGRATION;
    expect(cure(release({ files: [hidden] }))).toContain("may destroy data: GitHub does not show what is new in");
  });

  it("is the newest one that counts", () => {
    const standing = [
      attested({ id: "old", finished: later(NOW, -30 * HOUR) }),
      attested({ id: "older", finished: later(NOW, -40 * HOUR) }),
    ];
    expect(said(release({ standing }))[1]).toContain("is 30 h old");
    const newer = attested({ id: "mid", finished: later(NOW, -2 * HOUR) });
    const newest = attested({ id: "new", finished: later(NOW, -HOUR) });
    expect(said(release({ standing: [...standing, newer, newest, newer] }))[1]).toMatch(/^`new` of/);
  });

  it("is asked for again when what affects data changed", () => {
    const standing = [attested({ data: dataOf([]) })];
    expect(said(release({ standing }))[1]).toBe(
      "Waiting for operations: the files that affect data changed since `snap-8f31` of `postgres-main` was attested.",
    );
  });

  it("needs a restore that was tested, where the config says so", () => {
    const more = { backup: { restoreTest: { milliseconds: 90 * 24 * HOUR } } };
    const none = release({ ...more, standing: [attested()] });
    expect(said(none)[1]).toContain("does not say when a restore was tested last (`restore-tested`)");
    expect(none).toMatchObject({ copy: expect.stringMatching(/ restore-tested=YYYY-MM-DD$/) });
    expect(said(release({ ...more, standing: [attested({ restoreTested: "2026-01-02" })] }))[1]).toContain(
      "the last restore of `postgres-main` was tested on 2026-01-02, and 90 days is the limit",
    );
    expect(said(release({ ...more, standing: [attested({ restoreTested: "2026-11-01" })] }))[0]).toBe("passed");
  });

  it("is not needed where operations attested that no data is affected", () => {
    expect(said(release({ standing: [waiver({ data: DATA })] }))).toEqual([
      "passed",
      "otto attested that no data is affected: it adds an unused index.",
    ]);
    expect(said(release({ standing: [waiver({ data: DATA, by: null })] }))[1]).toMatch(/^Somebody attested/);
    expect(said(release({ standing: [waiver({ data: dataOf([]) })] }))[0]).toBe("pending");
    expect(said(release({ standing: [waiver({ data: DATA, what: "no-data-transition" })] }))[0]).toBe("pending");
  });

  it("may have been attested on a promotion that this release carries", () => {
    const kept = attested({ number: 11, head: at("carried") });
    expect(said(release({ standing: [kept] }))[0]).toBe("passed");
    expect(said(release({ standing: [{ ...kept, head: at("elsewhere") }] }))[0]).toBe("pending");
    expect(said(release({ standing: [kept], lane: "hotfix" }))[0]).toBe("pending");
  });

  it("is not decided on while GitHub does not answer", () => {
    expect(said(release({ people: unknown("GitHub answered 502.") }))[0]).toBe("errored");
    const answers = { [`compare ${at("master")} ${at("login")}`]: unknown("GitHub answered 502.") };
    expect(said(asked(backup, { answers }))[0]).toBe("errored");
  });
});
