import { describe, expect, it } from "@jest/globals";
import type { Policy } from "../../src/flow/config.ts";
import type { Comparison, TreeEntry } from "../../src/flow/facts.ts";
import { instant } from "../../src/flow/names.ts";
import type { RunBook } from "../../src/flow/run-book.ts";
import { runBook as gate } from "../../src/gates/run-book.ts";
import { at, policy, unknown } from "../builders.ts";
import { BLOB, entry, HEAD, ITEMS, PATH, runBook, walkedBefore } from "../commands/walking.ts";
import { rollback } from "../decide/under-way.ts";
import { item } from "../release/walks.ts";
import { type Asking, asked, cure, DORA, OLGA, OTTO, right, said } from "./asking.ts";

const LINKED = {
  kind: "link",
  key: "link:42:12",
  by: null,
  at: instant(0),
  because: "dora named it",
  repository: 42,
  number: 12,
  path: PATH,
  body: "",
} as unknown as NonNullable<Asking["standing"]>[number];
const OLD = at("the run-book before");

type File = { readonly path: string; readonly before?: string | null };
type Repository = Omit<Asking, "policy" | "answers"> & {
  readonly book?: RunBook;
  /** What the base has there; null: nothing. */
  readonly was?: RunBook | null;
  readonly wasAt?: Partial<TreeEntry>;
  /** Changed files; undefined: the run-book. */
  readonly changed?: readonly File[];
  readonly whole?: boolean;
  readonly settings?: Partial<Policy["runBook"]>;
  readonly roles?: Policy["roles"];
  readonly reviews?: readonly object[];
  readonly answers?: Asking["answers"];
};
const NOBODY: Policy["roles"] = { "release-manager": null, operations: null, quality: null, engineering: null };
const OPERATIONS = { ...NOBODY, operations: ["otto", "olga"] };

/** What the gate says of a pull request that links a run-book. */
function judged({
  book = runBook(ITEMS),
  was = null,
  wasAt = {},
  changed = [{ path: PATH }],
  whole = true,
  settings,
  roles = NOBODY,
  reviews = [],
  answers = {},
  standing = [],
  ...more
}: Repository = {}): ReturnType<typeof asked> {
  const compared = {
    changes: { files: changed.map((file) => ({ before: null, blob: BLOB, ...file })), whole },
    ahead: 1,
  } as unknown as Comparison;
  const before = was === null ? [] : [entry(PATH, { blob: OLD, ...wasAt })];
  const bases = ["master", "staging", "development", at("master"), at("staging"), at("development")];
  return asked(gate, {
    ...more,
    policy: { runBook: { ...policy().runBook, required: true, ...settings }, roles },
    standing: [LINKED, ...standing],
    answers: {
      [`entries ${HEAD}`]: [entry(PATH)],
      [`run-book ${PATH} ${BLOB}`]: book,
      ...Object.fromEntries(bases.map((base) => [`compare ${base} ${HEAD}`, compared])),
      ...Object.fromEntries(["master", "staging"].map((base) => [`entries ${at(base)}`, before])),
      [`run-book ${before[0]?.path} ${OLD}`]: was,
      "reviews 12": reviews,
      collaborators: [right(OTTO, "maintain"), right(OLGA, "write"), right(DORA, "maintain")],
      ...answers,
    },
  });
}
const copy = (found: ReturnType<typeof asked>) => ("notAsked" in found ? null : found.copy);
const HERE = `${PATH} (${BLOB.slice(0, 7)})`;
const done = (...labels: readonly string[]) => labels.map((label) => walkedBefore(label, { state: "done" }));
const REHEARSAL = ["S1", "S2", "S3", "S5", "S6"];

describe("Where it is asked", () => {
  it("is on releases, hotfixes and what goes into the stage before the last", () => {
    const notAsked = ["not asked", "Asked on releases, on hotfixes, and on promotions into the stage before the last."];
    expect(said(judged({ lane: "feature" }))).toEqual(notAsked);
    expect(said(judged({ lane: "back-merge" }))).toEqual(notAsked);
    expect(said(judged({ settings: { required: false } }))).toEqual(["not asked", "`runbook.required` is false."]);
    expect(said(judged({ lane: "promotion" }))).toEqual(["passed", `${HERE} is linked and valid.`]);
  });
});

describe("The file", () => {
  it("is linked", () => {
    const found = judged({ answers: { [`entries ${HEAD}`]: [] } });
    expect(said(found)).toEqual(["failed", `The run-book ${PATH} is not in this commit.`]);
    expect(cure(found)).toBe("Commit it on the branch, or link another file.");
  });

  it("is valid, else its lines are named", () => {
    const finding = (line: number, severity: "failed" | "warning" = "failed") => ({ line, severity, because: "No." });
    const one = judged({ book: runBook(ITEMS, { findings: [finding(3), finding(4, "warning")] }) });
    expect(said(one)).toEqual(["failed", `${PATH} is not valid. Line 3: No.`]);
    expect(one).toMatchObject({ annotations: [{ path: PATH, line: 3, message: "No." }] });
    const seven = judged({ book: runBook(ITEMS, { findings: [1, 2, 3, 4, 5, 6, 7].map((line) => finding(line)) }) });
    expect(said(seven)[1]).toMatch(/Line 5: No\. And 2 more\.$/);

    const warned = (...lines: readonly number[]) =>
      said(
        judged({
          lane: "promotion",
          book: runBook(ITEMS, { findings: lines.map((line) => finding(line, "warning")) }),
        }),
      )[1];
    expect(warned(4)).toBe(`${HERE} is linked and valid. To look at: line 4: No.`);
    expect(warned(4, 5, 6)).toBe(`${HERE} is linked and valid. To look at: line 4: No. And 2 more.`);
  });

  it("waits for GitHub", () => {
    const silent = unknown("GitHub answered 502.");
    for (const want of [`entries ${HEAD}`, `run-book ${PATH} ${BLOB}`, `compare ${at("master")} ${HEAD}`])
      expect(said(judged({ answers: { [want]: silent } }))[0]).toBe("errored");
    const was = runBook([item(1, { text: "Other" })]);
    for (const want of [`entries ${at("master")}`, `run-book ${PATH} ${OLD}`, "reviews 12", "collaborators"])
      expect(said(judged({ was, answers: { [want]: silent } }))[0]).toBe("errored");
  });
});

describe("A run-book that asks for less", () => {
  const was = runBook([...ITEMS, item(10, { text: "Count the rows" })]);
  const less = `${PATH} asks for less than on staging: “Count the rows” removed`;
  const on = { lane: "promotion", was, roles: OPERATIONS } as const;
  const approval = { by: OTTO, state: "approved", commit: HEAD };

  it("is approved by operations at this commit", () => {
    const waits = judged(on);
    expect(said(waits)).toEqual(["pending", `${less}.`]);
    expect(cure(waits)).toBe(`Operations approve ${HEAD.slice(0, 7)} on GitHub: @otto or @olga can.`);
    expect(said(judged({ ...on, reviews: [approval] }))).toEqual([
      "passed",
      `${HERE} is linked and valid. ${less}; otto approved that.`,
    ]);
    for (const other of [{ by: DORA }, { commit: at("before") }, { state: "changes requested" }])
      expect(said(judged({ ...on, reviews: [{ ...approval, ...other }] }))[0]).toBe("pending");
    // Nobody approves their own.
    const own = { ...on, roles: { ...NOBODY, operations: ["dora"] }, reviews: [{ ...approval, by: DORA }] };
    expect(said(judged(own))[0]).toBe("pending");
  });

  it("says how, in few words", () => {
    const items = (more: object) => runBook([1, 2, 3, 4, 5, 6].map((n) => item(n, { text: `Do ${n}`, ...more })));
    const told = (more: object, than: object = {}) => said(judged({ ...on, was: items(than), book: items(more) }))[1];
    expect(told({ optional: true })).toMatch(/“Do 5” made optional and 1 more\.$/);
    expect(told({ notApplicable: "no" })).toContain("“Do 1” marked as not applicable,");
    expect(told({ phase: "monitor" })).toContain("“Do 1” moved to another phase,");
    expect(told({ text: "Do nothing" })).toContain("“Do 1” reworded,");
    expect(told({}, { owner: "@otto" })).toContain("“Do 1” given to somebody else,");
    expect(told({}, { needsResult: true })).toContain("“Do 1” without its result,");
  });

  it("is held against the same file there", () => {
    const passed = (more: Repository) => said(judged({ ...on, ...more }))[0];
    expect(passed({ changed: [{ path: "other" }] })).toBe("passed");
    // GitHub did not give the whole list: then it may have changed.
    expect(passed({ changed: [], whole: false })).toBe("pending");
    expect(passed({ was: null })).toBe("passed");
    for (const wasAt of [{ blob: BLOB }, { kind: "link" }, { kind: "submodule" }] as const)
      expect(passed({ wasAt })).toBe("passed");
    const renamed = { changed: [{ path: PATH, before: "old.md" }], wasAt: { path: "old.md" } };
    expect(passed({ ...renamed, answers: { [`run-book old.md ${OLD}`]: was } })).toBe("pending");
    expect(passed({ changed: [{ path: PATH, before: "new.md" }] })).toBe("passed");
  });

  it("is looked at on hotfixes as well", () => {
    expect(said(judged({ ...on, lane: "hotfix" }))).toEqual(["pending", `${less.replace("staging", "master")}.`]);
  });
});

describe("The walks", () => {
  it("begin with the rehearsal", () => {
    const found = judged();
    expect(said(found)).toEqual(["pending", "Rehearsal in staging: 5 items open, next S1 “Do thing 1”."]);
    expect(cure(found)).toBe("Whoever may write ticks the items in the comment with the run-book, or with `/done`.");
    expect(copy(found)).toBe("/done S1");
    expect(copy(judged({ standing: done("S1") }))).toBe('/done S2 note="…"');
  });

  it("go on with what comes before the merge, by operations", () => {
    const found = judged({ standing: done(...REHEARSAL, "P1"), roles: OPERATIONS });
    expect(said(found)).toEqual(["pending", "Before the merge: 1 item open, next P2 “Do thing 2”."]);
    expect(cure(found)).toBe("Operations tick the items in the comment with the run-book, or with `/done`.");
    expect(cure(judged({ standing: done(...REHEARSAL) }))).toMatch(/^Somebody with `maintain` tick/);
  });

  it("let a release pass then", () => {
    const standing = done(...REHEARSAL, "P1", "P2");
    expect(said(judged({ standing }))).toEqual([
      "passed",
      `Rehearsed by ${HERE}, and what comes before the merge is done.`,
    ]);
    const warned = runBook(ITEMS, { findings: [{ line: 4, severity: "warning", because: "No." }] });
    expect(said(judged({ standing, book: warned }))[1]).toMatch(/is done\. To look at: line 4: No\.$/);
  });

  it("of a hotfix begin with production, and its rehearsal is owed", () => {
    expect(said(judged({ lane: "hotfix" }))[1]).toBe("Before the merge: 2 items open, next P1 “Do thing 1”.");
    expect(said(judged({ lane: "hotfix", standing: done("P1", "P2") }))).toEqual([
      "passed",
      `Ready by ${HERE}, and what comes before the merge is done. Its rehearsal is owed.`,
    ]);
    expect(said(judged({ lane: "hotfix", standing: done("P1", "P2", ...REHEARSAL) }))[1]).toMatch(/is done\.$/);
  });

  it("of a rollback are none in staging, which runs later files than those it goes back to", () => {
    const standing = [rollback({ number: 12 }), ...done("P1", "P2")];
    expect(said(judged({ lane: "hotfix", standing }))[1]).toMatch(/is done\.$/);
  });

  it("say what failed, what waits and what is to be done again", () => {
    const failed = walkedBefore("S1", { state: "failed" });
    const asks = (label: string) => walkedBefore(label, { state: "skip-asked" });
    expect(said(judged({ standing: [failed, asks("S2")] }))[1]).toBe(
      "Rehearsal in staging: 5 items open, next S1 “Do thing 1”. S1 failed. S2 waits for somebody else's `/confirm`.",
    );
    const all = judged({ standing: [...done(...REHEARSAL), asks("P1"), asks("P2")] });
    expect(said(all)[1]).toContain("P1 and P2 wait for somebody else's `/confirm`.");
    expect([cure(all), copy(all)]).toEqual(["Somebody else writes `/confirm P1`.", "/confirm P1"]);
    const moved = walkedBefore("S3", { state: "done", head: at("before") });
    expect(said(judged({ standing: [moved] }))[1]).toContain(
      "1 item to do again, since the run-book or the commit is another one.",
    );
  });

  it("tell what was skipped", () => {
    const skipped = walkedBefore("S1", { state: "skipped", by: OTTO, confirmedBy: OLGA });
    expect(said(judged({ standing: [skipped] }))[1]).toMatch(/ 1 item skipped\.$/);
    expect(said(judged({ standing: [skipped, ...done("S2", "S3", "S5", "S6", "P1", "P2")] }))).toEqual([
      "passed",
      `Rehearsed by ${HERE}, and what comes before the merge is done. 1 item skipped.`,
    ]);
    expect(judged({ standing: [skipped] })).toMatchObject({ outcome: "pending", skipped: 1 });
    expect(judged({ standing: [skipped, ...done("S2", "S3", "S5", "S6")] })).toMatchObject({ skipped: 1 });
    expect(judged()).not.toHaveProperty("skipped");
  });

  it("cut long texts", () => {
    const book = runBook([item(1, { text: "a".repeat(81) })]);
    expect(said(judged({ book }))[1]).toContain(`next S1 “${"a".repeat(79)}…”`);
  });
});
