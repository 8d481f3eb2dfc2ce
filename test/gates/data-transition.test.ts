import { describe, expect, it } from "@jest/globals";
import type { ChangedFile, Comparison, TreeEntry } from "../../src/flow/facts.ts";
import { branch, repositoryId, type Sha } from "../../src/flow/names.ts";
import type { Item, RunBook } from "../../src/flow/run-book.ts";
import type { StandingOf } from "../../src/flow/standing.ts";
import { dataTransition } from "../../src/gates/data-transition.ts";
import { dataImpact } from "../../src/release/data-impact.ts";
import { at, component, NOW, policy, REPOSITORY, unknown } from "../builders.ts";
import { item as numbered } from "../release/walks.ts";
import { type Asking, asked, cure, OLGA, said } from "./asking.ts";

const HEAD = at("login");
const BOOK = "docs/runbooks/release.md";
const SCRIPT = "scripts/transition-users.sh";
const short = (path: string) => at(path).slice(0, 7);

const changes = (path: string, blob: Sha | null = at(path)): ChangedFile => ({ path, before: null, blob });
const item = (text: string, more: Partial<Item> = {}): Item => numbered(3, { text, phase: "deploy", ...more });
const commit = (sha: Sha) => ({ sha, parents: [], tree: at("tree"), title: "Add", author: null });
const compared = (files: readonly ChangedFile[], whole = true): Comparison => ({
  ahead: 2,
  behind: 0,
  mergeBase: at("parted"),
  mergeBaseTree: at("tree of parted"),
  commits: [commit(at("promoted")), commit(HEAD)],
  whole: true,
  changes: { files, whole },
});
const entries = (paths: readonly string[]): readonly TreeEntry[] =>
  paths.map((path) => ({ path, kind: "file", blob: at(path), size: 10 }));

type Change = Omit<Asking, "answers" | "policy"> & {
  readonly files?: readonly ChangedFile[];
  readonly listed?: boolean;
  /** Of the run-book; null: none is linked. */
  readonly items?: readonly Item[] | null;
  /** What else is in the commit, and what was where it parted. */
  readonly has?: readonly string[];
  readonly had?: readonly string[];
  readonly answers?: Asking["answers"];
};
function judged({ files = [], listed = true, items = [], has = [], had = [], answers, ...asking }: Change) {
  const book: Pick<RunBook, "items" | "findings"> = { items: items ?? [], findings: [] };
  return asked(dataTransition, {
    says: items === null ? {} : { body: `Run-book: ${BOOK}` },
    ...asking,
    answers: {
      ...Object.fromEntries(
        [at("staging"), at("master"), "master", "staging"].map((base) => [
          `compare ${base} ${HEAD}`,
          compared(files, listed),
        ]),
      ),
      [`entries ${HEAD}`]: entries([BOOK, ...has]),
      [`entries ${at("parted")}`]: entries(had),
      [`run-book ${BOOK} ${at(BOOK)}`]: book,
      ...answers,
    },
  });
}
const migrates = [changes("db/migrate/1.rb")];

describe("a data transition is asked for", () => {
  it.each<[string, Asking, string]>([
    ["on a release", { lane: "release" }, "passed"],
    ["on a hotfix", { lane: "hotfix" }, "passed"],
    ["on a promotion into the stage before the last", { lane: "promotion" }, "passed"],
    ["on a back-merge there with commits of its own", { lane: "back-merge", own: true }, "passed"],
    ["not on another", { lane: "back-merge" }, "not asked"],
    ["not on one into the first stage", { lane: "back-merge", own: true, pull: { base: "development" } }, "not asked"],
    ["not on a feature", { lane: "feature" }, "not asked"],
  ])("%s", (_what, of, outcome) => {
    expect(said(judged(of as Change))[0]).toBe(outcome);
  });

  it("not on promotions before that, nor into the first of two stages", () => {
    const of = (stages: readonly string[], base: string, lane: "promotion" | "back-merge") =>
      said(
        asked(dataTransition, {
          lane,
          ...(lane === "back-merge" && { own: true }),
          pull: { base },
          policy: { stages },
          component: component({ stages: Object.fromEntries(stages.map((stage) => [stage, at(stage)])) }),
        }),
      );
    const notAsked = ["not asked", "Asked on releases, hotfixes, and promotions into the stage before the last."];
    expect(of(["development", "test", "staging", "master"].map(branch), "test", "promotion")).toEqual(notAsked);
    expect(of(["staging", "master"], "staging", "back-merge")).toEqual(notAsked);
  });

  it("and a feature that says so hears what its release will need", () => {
    const feature = (says: Asking["says"]) =>
      said(asked(dataTransition, { lane: "feature", ...(says && { says }) }))[1];
    const needs =
      "its release will need a script that carries the data over, and an item of the run-book that names it.";
    expect(feature({ dataLabel: true })).toBe(`This pull request has the label \`data-impact\`: ${needs}`);
    expect(feature({ body: "Data impact: yes" })).toBe(`This pull request says \`Data impact: yes\`: ${needs}`);
    expect(feature({})).toMatch(/^Asked on releases/);
  });
});

describe("a change that affects data", () => {
  it("is the only one that is asked for more", () => {
    expect(said(judged({ files: [changes("src/a.ts"), changes(SCRIPT.replace("transition", "start"))] }))).toEqual([
      "passed",
      "No data is affected.",
    ]);
  });

  it.each<[string, Change, string]>([
    ["by a file", { files: [changes("db/schema.rb")] }, "It changes `db/schema.rb`."],
    ["by a migration that is gone", { files: [changes("db/migrate/1.rb", null)] }, "It changes `db/migrate/1.rb`."],
    ["by its label", { says: { dataLabel: true } }, "It has the label `data-impact`."],
    [
      "by one that it carries",
      { mayAffect: [{ number: 5, body: null, dataLabel: true, mergeCommit: at("promoted") }] },
      "It carries #5, which has the label `data-impact`.",
    ],
    ["by a list that is cut off", { listed: false }, "GitHub does not list all files that it changes."],
  ])("%s needs a script", (_what, of, because) => {
    const found = judged({ ...of, items: null });
    expect(said(found)).toEqual(["failed", `No script carries the data over. ${because}`]);
    expect(cure(found)).toMatch(/^Commit one, .+`\/attest no-data-transition because …`\.$/);
  });

  it.each<[string, readonly ChangedFile[], Item, string]>([
    ["a migration", migrates, item("Run `db/migrate/1.rb`"), "db/migrate/1.rb"],
    ["a script", [changes("db/schema.rb"), changes(SCRIPT)], item(`Run ${SCRIPT}`, { phase: "before" }), SCRIPT],
    ["a script by its name", [changes(SCRIPT)], item("Run it", { details: "sh transition-users.sh" }), SCRIPT],
  ])("passes where the run-book names %s", (_what, files, one, path) => {
    expect(said(judged({ files, items: [one] }))).toEqual([
      "passed",
      `Item 3 of \`${BOOK}\` names \`${path}\` (${short(path)}).`,
    ]);
  });

  it("and where it names one of several, the others are counted", () => {
    const files = [changes("db/migrate/1.rb"), changes("db/migrate/2.rb"), changes(SCRIPT)];
    const items = [item("Run db/migrate/2.rb")];
    expect(said(judged({ files, items }))[1]).toBe(
      `Item 3 of \`${BOOK}\` names \`db/migrate/2.rb\` (${short("db/migrate/2.rb")}); 2 other scripts of this change are not named.`,
    );
    expect(said(judged({ files: files.slice(1), items }))[1]).toMatch(
      /; 1 other script of this change is not named\.$/,
    );
  });

  it.each<[string, Item]>([
    ["in another phase", item("Run db/migrate/1.rb", { phase: "rollback" })],
    ["that may be left out", item("Run db/migrate/1.rb", { optional: true })],
    ["that is not to be done", item("Run db/migrate/1.rb", { notApplicable: "no data" })],
    ["that names another", item("Run db/migrate/11.rb")],
  ])("is refused with an item %s", (_what, one) => {
    const found = judged({ files: migrates, items: [one] });
    expect(said(found)).toEqual([
      "failed",
      `No *before* or *deploy* item of \`${BOOK}\` that has to be done names \`db/migrate/1.rb\`.`,
    ]);
    expect(found).toMatchObject({ copy: "- [ ] Run `db/migrate/1.rb`" });
    expect(cure(found)).toMatch(/^Add the line to the run-book/);
  });

  it("waits for its run-book where none is linked", () => {
    const found = judged({ files: [...migrates, changes(SCRIPT)], items: null });
    expect(said(found)).toEqual([
      "pending",
      `The run-book that is to name \`db/migrate/1.rb\` and 1 other script is not linked. No run-book is linked. There is \`${BOOK}\`.`,
    ]);
    expect(found).toMatchObject({ copy: `/runbook ${BOOK}` });
  });

  it("is looked through by the files of both commits where GitHub does not list them all", () => {
    const items = [item(`Run ${SCRIPT}`)];
    expect(said(judged({ listed: false, has: [SCRIPT], items }))[0]).toBe("passed");
    expect(said(judged({ listed: false, has: [SCRIPT], had: [SCRIPT], items }))[0]).toBe("failed");
  });

  it("is not decided without an answer", () => {
    const none = unknown("GitHub answered 502.");
    const of = (want: string, more: Change = {}) => judged({ files: migrates, ...more, answers: { [want]: none } });
    expect(said(of(`compare ${at("master")} ${HEAD}`))[0]).toBe("errored");
    expect(said(of(`entries ${HEAD}`))[0]).toBe("errored");
    expect(said(of(`run-book ${BOOK} ${at(BOOK)}`))[0]).toBe("errored");
    expect(said(of(`entries ${at("parted")}`, { listed: false }))[0]).toBe("errored");
    expect(said(of(`entries ${HEAD}`, { listed: false, items: null }))[0]).toBe("errored");
  });
});

describe("an attestation", () => {
  const { data } = dataImpact({
    policy: policy(),
    comparison: compared(migrates),
    pull: { body: null, dataLabel: false },
    mayAffect: [],
  });
  const attested = (more: Partial<StandingOf<"attestation">> = {}): StandingOf<"attestation"> =>
    ({
      kind: "attestation",
      key: "attestation",
      by: OLGA,
      at: NOW,
      because: "an index only",
      repository: REPOSITORY,
      number: 12,
      head: at("earlier"),
      comment: 7,
      what: "no-data-transition",
      data,
      ...more,
    }) as StandingOf<"attestation">;
  const with_ = (more: Parameters<typeof attested>[0], of: Change = {}) =>
    said(judged({ files: migrates, standing: [attested(more)], ...of }));

  it("stands for a script", () => {
    expect(with_({})).toEqual([
      "passed",
      "olga attested that no script is needed to carry the data over: an index only.",
    ]);
    expect(with_({ what: "no-data-impact" })).toEqual([
      "passed",
      "olga attested that no data is affected: an index only.",
    ]);
    expect(with_({ by: null })[1]).toMatch(/^Somebody attested/);
    for (const lane of ["promotion", "hotfix"] as const) expect(with_({}, { lane })[0]).toBe("passed");
  });

  it("on a promotion counts for the release that carries it", () => {
    const promoted = { number: 11, head: at("promoted") };
    expect(with_(promoted)[0]).toBe("passed");
    expect(with_({ ...promoted, head: at("other") })[0]).toBe("failed");
    for (const lane of ["promotion", "hotfix"] as const) expect(with_(promoted, { lane })[0]).toBe("failed");
  });

  it("of other files, of something else, or in another repository does not", () => {
    expect(with_({}, { files: [...migrates, changes("db/migrate/2.rb")] })[0]).toBe("failed");
    expect(with_({ what: "readiness" })[0]).toBe("failed");
    expect(with_({ repository: repositoryId(43) })[0]).toBe("failed");
    const hold = { kind: "hold", key: "hold", by: OLGA, at: NOW, because: "wait", repository: REPOSITORY, number: 12 };
    expect(said(judged({ files: migrates, standing: [hold as StandingOf<"hold">] }))[0]).toBe("failed");
  });
});
