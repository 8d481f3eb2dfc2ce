import { describe, expect, it } from "@jest/globals";
import type { ChangedFile, Comparison, MayAffect } from "../../src/flow/facts.ts";
import { canonical, digestOf } from "../../src/flow/ledger.ts";
import { bodyThatCounts } from "../../src/flow/listed.ts";
import { dataImpact, isMigration, saysSo } from "../../src/release/data-impact.ts";
import { at, policy } from "../builders.ts";

const changes = (path: string, more: Partial<ChangedFile> = {}): ChangedFile => ({
  path,
  before: null,
  blob: at(path),
  destructive: [],
  ...more,
});
const commit = (name: string) => ({ sha: at(name), parents: [], tree: at("tree"), title: name, author: null });
type Change = {
  readonly files?: readonly ChangedFile[];
  readonly listed?: boolean;
  readonly commits?: readonly string[];
  readonly whole?: boolean;
  readonly body?: string;
  readonly dataLabel?: boolean;
  readonly mayAffect?: readonly MayAffect[];
  readonly data?: Partial<ReturnType<typeof policy>["data"]>;
};
function impact({ files = [], listed = true, commits = ["one"], whole = true, ...of }: Change) {
  const comparison: Comparison = {
    ahead: commits.length,
    behind: 0,
    mergeBase: at("parted"),
    mergeBaseTree: at("tree of parted"),
    commits: commits.map(commit),
    whole,
    changes: { files, whole: listed },
  };
  return dataImpact({
    policy: policy({ data: { ...policy().data, ...of.data } }),
    comparison,
    pull: { body: of.body ?? null, dataLabel: of.dataLabel ?? false },
    mayAffect: of.mayAffect ?? [],
  });
}
const why = (of: Change) => {
  const { affected, because } = impact(of);
  return affected ? because : null;
};

describe("data is affected by a file", () => {
  it.each([
    "db/migrate/20260101_add.rb",
    "services/api/db/migrate/20260101_add.rb",
    "db/schema.rb",
    "db/structure.sql",
    "db/data/2026_fill.rb",
    "db/migrations/20260101_add.sql",
    "shop/migrations/0002_add.py",
    "alembic/versions/abc_add.py",
    "migrations/versions/abc_add.py",
    "database/migrations/2026_add.php",
    "src/Migrations/Version20260101.php",
    "prisma/schema.prisma",
    "prisma/schema/user.prisma",
    "apps/api/prisma/migrations/1_init/migration.sql",
    "src/migrations/1-add.ts",
    "src/migrations/deep/1-add.cjs",
    "drizzle/0000_add.sql",
    "drizzle/meta/_journal.json",
    "src/main/resources/db/migration/V2__add.sql",
    "src/main/resources/db/migration/V3__Add.java",
    "db/changelog/1.xml",
    "src/db.changelog-master.yaml",
    "changelog.yml",
    "0001.up.sql",
    "sqitch.plan",
    "deploy/add.sql",
    "priv/repo/migrations/1_add.exs",
    "Data/Migrations/20260101_Add.cs",
    "supabase/migrations/1.sql",
    "migration/src/m2026.rs",
    "core/server/data/schema/schema.js",
    "core/server/data/migrations/5/1.js",
    "scripts/backfill-users.py",
    "scripts/migrate_orders.sh",
    "scripts/transition-2026.sh",
    "DUMP.SQL",
    "odd\nname.sql",
  ])("%j", (path) => {
    expect(why({ files: [changes("README.md"), changes(path)] })).toMatch(/^It changes `.+`\.$/);
  });

  it.each([
    "src/a.ts",
    "README.md",
    "CHANGELOG",
    "CHANGELOG.md",
    "CHANGELOG.json",
    "packages/web/CHANGELOG.yml",
    "test/dump.sql",
    "src/fixtures/users.sql",
    "spec/migrations/1_spec.rb",
    "src/migrate.test.ts",
    "tools/migrate_test.py",
    "tools/test_migrate.py",
    "shop/migrations/__init__.py",
    "src/schema.ts",
    "docs/migrations.md",
    "src/models/user.rb",
    "db",
  ])("not by %s", (path) => {
    expect(why({ files: [changes(path)] })).toBeNull();
  });

  it("that is gone, or had such a path", () => {
    expect(why({ files: [changes("db/old.sql", { blob: null })] })).toBe("It changes `db/old.sql`.");
    expect(why({ files: [changes("docs/old.txt", { before: "db/old.sql" })] })).toBe("It changes `docs/old.txt`.");
    expect(why({ files: [changes("docs/new.txt", { before: "docs/old.txt" })] })).toBeNull();
  });

  it("by the lists of the config", () => {
    const files = [changes("models/a.rb"), changes("models/b.rb"), changes("models/C.rb"), changes("a.sql")];
    expect(why({ files, data: { paths: ["models/*"], ignore: ["models/c.rb"] } })).toBe(
      "It changes `models/C.rb` and 2 others.",
    );
    expect(why({ files, data: { paths: ["models/*"], ignore: ["**/*.rb"] } })).toBeNull();
    expect(why({ files, data: { paths: ["models/c.RB", "*.sql"] } })).toBe("It changes `a.sql` and 1 other.");
  });

  it("that GitHub does not list", () => {
    expect(why({ listed: false })).toBe("GitHub does not list all files that it changes.");
    expect(why({ listed: false, files: [changes("a.sql")] })).toBe("It changes `a.sql`.");
  });
});

describe("data is affected by what is said", () => {
  const says = (more: Partial<MayAffect> = {}): MayAffect => ({
    number: 5,
    body: null,
    dataLabel: false,
    mergeCommit: at("one"),
    ...more,
  });

  it("by the pull request itself", () => {
    expect(why({ dataLabel: true })).toBe("It has the label `data-impact`.");
    expect(why({ body: "Data impact: yes" })).toBe("It says `Data impact: yes`.");
    expect(why({ body: "Data impact: no" })).toBeNull();
  });

  it("by one that it carries", () => {
    expect(why({ mayAffect: [says({ dataLabel: true })] })).toBe("It carries #5, which has the label `data-impact`.");
    const others = [
      says(),
      says({ number: 6, body: "Data impact: no" }),
      says({ number: 7, body: "data impact: yes" }),
    ];
    expect(why({ mayAffect: others })).toBe("It carries #7, which says `Data impact: yes`.");
    expect(why({ commits: ["other"], mayAffect: others })).toBeNull();
    expect(why({ mayAffect: [says({ dataLabel: true, mergeCommit: null })] })).toBeNull();
  });

  it("by any that it may carry, where GitHub does not list all commits", () => {
    expect(why({ whole: false, commits: ["other"], mayAffect: [says({ dataLabel: true })] })).toBe(
      "It may carry #5, which has the label `data-impact`.",
    );
    expect(why({ whole: false, mayAffect: [says({ dataLabel: true })] })).toMatch(/^It carries #5/);
  });

  it("and no `no` overrides a file", () => {
    expect(why({ files: [changes("a.sql")], body: "Data impact: no" })).toBe("It changes `a.sql`.");
  });

  it.each([
    "data impact: YES",
    "Why.\n\n- Data impact: yes, it drops a column\n- ECO-0042",
    "**Data impact:** yes",
    "**Data impact**: yes",
    "Data impact: **yes**",
    "Data impact: `yes`",
    "Data impact: [yes](https://example.com)",
    "Data impact: <!-- yes or no --> yes",
    "Run-book: a.md\nData  impact : yes",
    "- Notes\n  - Data impact: yes",
    "ECO-0042\r\nData impact: yes\r\n",
  ])("in the line %j", (body) => {
    expect(saysSo({ body: bodyThatCounts(body), dataLabel: false })).toBe("says `Data impact: yes`");
  });

  it.each([
    "",
    "It has no data impact.",
    "Data impact:",
    "Data impact: no, yes it has none",
    "Data impact: yesterday",
    "> Data impact: yes",
    "```\nData impact: yes\n```",
    "    Data impact: yes",
    "<!-- Data impact: yes -->",
    "The data impact: yes",
    "Data impact: [so](https://example.com) yes",
    "Data impact: [![yes](a.png)](https://example.com)",
  ])("not in %j", (body) => {
    expect(saysSo({ body, dataLabel: false })).toBeNull();
  });

  it("and what nobody can read counts as said", () => {
    const long = `Data impact: yes\n${"x".repeat(30_000)}`;
    for (const body of [long, `Data impact: yes\n${"> ".repeat(60)}x`])
      expect(why({ body })).toBe("It has a body that is too intricate to be read for its line `Data impact: …`.");
    expect(why({ body: "yes ".repeat(10_000) })).toBeNull();
  });
});

describe("the fingerprint", () => {
  it("is of the files that affect data, in any order", () => {
    const files = [changes("b.sql"), changes("README.md"), changes("a.sql", { blob: null })];
    const { data, files: counted } = impact({ files });
    expect(counted).toEqual([
      { path: "a.sql", blob: null },
      { path: "b.sql", blob: at("b.sql") },
    ]);
    const pairs = [
      ["a.sql", null],
      ["b.sql", at("b.sql")],
    ];
    expect(data).toBe(digestOf(canonical(pairs)));
    expect(impact({ files: files.toReversed(), commits: ["other"] }).data).toBe(data);
    expect(impact({ files: [changes("b.sql"), changes("a.sql")] }).data).not.toBe(data);
  });

  it("is of the commits as well where GitHub does not list all files", () => {
    const files = [changes("a.sql")];
    const of = (...commits: readonly string[]) => impact({ files, listed: false, commits }).data;
    expect(of("one")).toBe(of("one"));
    expect(new Set([impact({ files }).data, of("one"), of("other"), of("one", "two")]).size).toBe(4);
  });
});

describe("a statement that may destroy data", () => {
  it.each<[string, readonly ChangedFile[], string | null]>([
    ["none", [changes("a.sql")], null],
    [
      "the first",
      [changes("b.sql", { destructive: ["DROP b"] }), changes("a.sql", { destructive: ["DROP a", "x"] })],
      "DROP a",
    ],
    ["not of other files", [changes("a.sql"), changes("README.md", { destructive: ["drop it"] })], null],
  ])("%s", (_what, files, expected) => {
    expect(impact({ files }).destructive).toBe(expected);
  });

  it("is not ruled out where GitHub does not show the lines", () => {
    const hidden = (path: string, blob: ChangedFile["blob"] = at(path)): ChangedFile => ({ path, before: null, blob });
    expect(impact({ files: [hidden("a.SQL")] }).destructive).toBe("GitHub does not show what is new in `a.SQL`.");
    expect(impact({ files: [hidden("db/migrate/1.rb")] }).destructive).toMatch(/in `db\/migrate\/1\.rb`\.$/);
    expect(impact({ files: [hidden("a.sql"), changes("b.sql", { destructive: ["DROP b"] })] }).destructive).toBe(
      "DROP b",
    );
    expect(impact({ files: [hidden("a.sql", null)] }).destructive).toBeNull();
    expect(impact({ files: [hidden("prisma/schema.prisma")] }).destructive).toBeNull();
    expect(impact({ listed: false }).destructive).toBe("GitHub does not list all files that it changes.");
  });
});

it.each([
  ["db/migrate/1.rb", true],
  ["a/db/Migrate/1.rb", true],
  ["shop/migrations/0001.py", true],
  ["shop/migrations/__init__.py", false],
  ["db/schema.rb", false],
  ["db/structure.sql", false],
  ["prisma/schema.prisma", false],
  ["test/db/migrate/1.rb", false],
])("%s is a migration: %s", (path, expected) => {
  expect(isMigration(path, policy())).toBe(expected);
});
