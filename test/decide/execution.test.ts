import { describe, expect, it } from "@jest/globals";
import { showing } from "../../src/decide/pull/execution.ts";
import type { Effect, SlotState } from "../../src/flow/effect.ts";
import type { Fact, PullKnown } from "../../src/flow/facts.ts";
import type { Hash, Instant, Person } from "../../src/flow/names.ts";
import { later } from "../../src/flow/names.ts";
import { digestOfWalked, type WalkedBook } from "../../src/flow/run-book.ts";
import type { Standing, StandingOf } from "../../src/flow/standing.ts";
import type { Lane } from "../../src/flow/verdict.ts";
import { at, component, known, LATER, NOW, pullKnown, unknown, verdict } from "../builders.ts";
import { BLOB, FACTS, HEAD, ITEMS, PATH, runBook, walkedBefore } from "../commands/walking.ts";
import { OTTO } from "../gates/asking.ts";
import { item } from "../release/walks.ts";
import { execution, HOUSE, release, WITH_RUN_BOOK } from "./facts.ts";
import { rollback } from "./under-way.ts";

const BOOK = `run-book ${PATH} ${BLOB}`;

/** What the page shows by then. */
const WALKED: WalkedBook = { path: PATH, blob: BLOB, head: HEAD, walks: ["rehearsal", "production"], items: ITEMS };

type Asking = {
  readonly lane?: Lane | null;
  readonly links?: string | null;
  readonly facts?: { readonly [want: string]: Fact<unknown> };
  readonly in?: typeof WITH_RUN_BOOK;
  readonly merged?: boolean;
  readonly more?: Partial<PullKnown>;
};

function shown({
  lane = "release",
  links = null,
  facts = {},
  in: here = WITH_RUN_BOOK,
  merged = false,
  more,
}: Asking = {}) {
  const pull = release({ merged });
  const read = new Map(Object.entries({ ...FACTS, ...facts }));
  return showing(
    pullKnown({ read, memory: pull, walked: digestOfWalked(WALKED), ...more }),
    pull,
    here,
    { ...HOUSE, links },
    lane,
  );
}
function written(asking: Asking = {}) {
  const came = shown(asking);
  if ("lacks" in came) throw new Error(`it lacks ${JSON.stringify(came.lacks)}`);
  return came;
}
const comments = (asking: Asking) =>
  written(asking).effects.flatMap((effect) => (effect.thing === "comment" ? [effect] : []));
const issues = (asking: Asking) =>
  written(asking).effects.flatMap((effect) => (effect.thing === "issue" ? [effect] : []));
const executionOf = (asking: Asking) => {
  const opened = written(asking).entries.map(({ says }) => says as unknown as Standing);
  return opened.find((one): one is StandingOf<"execution"> => one.kind === "execution");
};
const slot = (fingerprint: Hash, id = 900): SlotState => ({
  written: { fingerprint, id, completed: false, at: NOW },
  refused: null,
});
/** As it stands once all was written. */
const stands = (more: Partial<StandingOf<"execution">> = {}): StandingOf<"execution"> => ({
  ...(executionOf({}) as StandingOf<"execution">),
  ...more,
});
const again = (execution = stands(), more: Partial<PullKnown> = {}): Partial<PullKnown> => ({
  standing: [execution],
  sticky: slot(execution.shows),
  ...more,
});
const NOTHING = { entries: [], effects: [], lookAgainAt: null };

describe("The comment with the run-book", () => {
  it("is written, and what it shows goes on record", () => {
    const [comment] = comments({});
    expect(comment).toMatchObject({
      slot: "comment:42:12:execution",
      number: 12,
      over: null,
      mark: "<!-- flowgate:execution revision=1 -->",
      body: expect.stringMatching(/^<!-- flowgate:execution revision=1 -->\n<!-- flowgate:run-book /),
    });
    expect(written({}).entries).toEqual([
      {
        what: "opened",
        actor: "app",
        about: "pull:42:12",
        says: execution({ revision: 1, shows: comment?.fingerprint as Hash, before: [] }),
      },
    ]);
  });

  it("links its page where there is one", () => {
    expect(comments({})[0]?.body).not.toContain("The page of this run-book");
    expect(comments({ links: "https://flow.example" })[0]?.body).toContain(
      "(https://flow.example/acme/api/pull/12#run-book)",
    );
  });

  it("shows first what is walked first", () => {
    const order = (asking: Asking) => comments(asking)[0]?.body.match(/^### .*$/gm);
    const [rehearsal, production] = ["### Rehearsal in staging", "### Production"];
    expect(order({})).toEqual([rehearsal, production]);
    expect(order({ lane: "hotfix" })).toEqual([production, rehearsal]);
    // Staging runs later files than those that a rollback goes back to.
    expect(order({ lane: "hotfix", more: { standing: [rollback({ number: 12 })] } })).toEqual([production]);
    // Once merged as it was before.
    const merged = { lane: null, merged: true } as const;
    const standing = [stands({ shows: "other" as Hash })];
    expect(order({ ...merged, more: { standing, verdict: verdict({ lane: "hotfix" }) } })).toEqual([
      production,
      rehearsal,
    ]);
    expect(order({ ...merged, more: { standing, verdict: verdict({ lane: "release" }) } })).toEqual([
      rehearsal,
      production,
    ]);
    expect(order({ ...merged, more: { standing } })).toEqual([rehearsal, production]);
  });

  it("is none where none is asked for", () => {
    for (const asking of [
      { in: component() },
      { lane: "promotion" },
      { lane: "feature" },
      // Merged before a run-book was walked.
      { lane: null },
      { facts: { [`entries ${HEAD}`]: known([]) } },
      { facts: { [BOOK]: known(runBook(ITEMS, { findings: [{ line: 1, severity: "failed", because: "No." }] })) } },
    ] as const)
      expect(shown(asking)).toEqual(NOTHING);
  });

  it("waits for GitHub", () => {
    expect(shown({ more: { read: new Map() } })).toEqual({ lacks: [{ want: "entries", commit: HEAD }] });
    expect(shown({ facts: { [BOOK]: unknown("GitHub answered 502.") } })).toEqual({ ...NOTHING, lookAgainAt: LATER });
  });

  it("stays while it shows the same", () => {
    expect(shown({ more: again() })).toEqual(NOTHING);
  });

  it("is written over with one revision more where something else is to be shown", () => {
    const standing = [stands({ revision: 4 }), walkedBefore("S1", { state: "done" })];
    const asking = { more: { ...again(), standing, now: LATER } };
    expect(comments(asking)).toMatchObject([{ over: 900, mark: "<!-- flowgate:execution revision=5 -->" }]);
    expect(executionOf(asking)).toMatchObject({ revision: 5, at: LATER, because: "it shows how far its run-book is" });
    expect(executionOf(asking)?.shows).not.toBe(stands().shows);
  });

  it("is written again with one revision more where somebody changed it", () => {
    const standing = [stands({ revision: 4 })];
    const forgotten: SlotState | null = null;
    expect(executionOf({ more: { standing, sticky: forgotten } })).toMatchObject({
      revision: 5,
      shows: stands().shows,
    });
    const refused: SlotState = { written: null, refused: null };
    expect(executionOf({ more: { standing, sticky: refused } })).toMatchObject({ revision: 5 });
  });

  it("is not asked of GitHub again while that says no", () => {
    const fingerprint = stands().shows;
    const refused = { fingerprint, because: "It is locked.", at: NOW };
    const came = written({ more: { sticky: { written: null, refused } } });
    expect(came).toMatchObject({ entries: [], effects: [] });
    expect(came.lookAgainAt).not.toBeNull();
  });

  it("knows the files that it was walked by before, newest first and ten of them", () => {
    const file = (n: number) => ({ path: `${n}.md`, blob: at(`file ${n}`) });
    const before = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(file);
    const moved = stands({ ...file(0), before });
    expect(executionOf({ more: { standing: [moved] } })?.before).toEqual([file(0), ...before.slice(0, 9)]);
    const back = stands({ ...file(0), before: [{ path: PATH, blob: BLOB }, file(1)] });
    expect(executionOf({ more: { standing: [back] } })?.before).toEqual([file(0), file(1)]);
  });

  it("is left alone for ten minutes where it was changed five times", () => {
    const ago = (minutes: number) => later(NOW, -minutes * 60_000);
    const undone = (...minutes: readonly number[]): readonly Instant[] => minutes.map(ago);
    const five = stands({ undone: undone(9, 8, 7, 6, 5) });
    expect(shown({ more: { standing: [five] } })).toEqual({ ...NOTHING, lookAgainAt: later(ago(9), 600_000) });
    const four = stands({ undone: undone(10, 8, 7, 6, 5) });
    expect(executionOf({ more: { standing: [four] } })?.undone).toEqual(undone(8, 7, 6, 5));
  });
});

describe("The page with the run-book", () => {
  const page = (asking: Asking = {}) => written(asking).walked;

  it("has it from when it is walked, and again when it is another one", () => {
    expect(page({ more: { walked: null } })).toEqual(WALKED);
    expect(page()).toBeUndefined();
    const items = ITEMS.slice(1);
    expect(page({ facts: { [BOOK]: known(runBook(items)) } })).toEqual({ ...WALKED, items });
    expect(page({ lane: "hotfix" })?.walks).toEqual(["production", "rehearsal"]);
  });

  it("has it too where the comment stays as it is, or is left alone", () => {
    expect(shown({ more: again(stands(), { walked: null }) })).toEqual({ ...NOTHING, walked: WALKED });
    const left = stands({ undone: [NOW, NOW, NOW, NOW, NOW] });
    expect(page({ more: { standing: [left], walked: null } })).toEqual(WALKED);
  });
});

describe("The issue about an item that failed", () => {
  const failed = (more: object = {}) =>
    walkedBefore("P5", { state: "failed", by: OTTO, at: NOW, because: "nobody can log in", ...more });
  const KEY = "item:42:12:production:i5";
  const open = (effect: Effect | undefined) => ({ [KEY]: slot(effect?.fingerprint as Hash, 31) });

  it("is opened, and stays", () => {
    const more = { standing: [failed()] };
    expect(issues({ more })).toMatchObject([
      {
        slot: `issue:42:${KEY}`,
        title: "P5 of the run-book failed on #12: Do thing 5",
        state: "open",
        over: null,
        mark: `<!-- flowgate:item ${KEY} -->`,
        body: expect.stringContaining("otto says at 2026-11-24 09:40 UTC: nobody can log in\n"),
      },
    ]);
    expect(written({ more }).entries.at(-1)).toEqual({
      what: "reported",
      actor: "app",
      about: "pull:42:12",
      says: { issues: [`issue:42:${KEY}`] },
    });
    const [issue] = issues({ more });
    expect(issues({ more: { ...more, itemIssues: open(issue) } })).toEqual([]);
    expect(issues({ more: { standing: [failed({ by: null as Person | null })] } })[0]?.body).toContain(
      "somebody says at",
    );
    expect(issues({})).toEqual([]);
  });

  it("is opened while the comment is left alone, too", () => {
    const left = stands({ undone: [NOW, NOW, NOW, NOW, NOW] });
    expect(written({ more: { standing: [left, failed()] } })).toMatchObject({
      effects: [{ thing: "issue" }],
      entries: [{ what: "reported" }],
    });
  });

  it("is closed when the item is done after all, or has to be done again", () => {
    const itemIssues = open(issues({ more: { standing: [failed()] } })[0]);
    const done = failed({ state: "done", because: "otto did it" });
    const closed = issues({ more: { itemIssues, standing: [done] } });
    expect(closed).toMatchObject([{ state: "closed", over: { id: 31 } }]);
    expect(closed[0]?.body).toContain("By now it is done: otto did it (otto, 2026-11-24 09:40 UTC).");
    const opened = failed({ state: "open", by: null, because: "nobody has done it yet" });
    expect(issues({ more: { itemIssues, standing: [opened] } })[0]?.body).toContain(
      "By now it is open: nobody has done it yet (somebody, 2026-11-24 09:40 UTC).",
    );
    const gone = issues({ more: { itemIssues } });
    expect(gone).toMatchObject([{ state: "closed" }]);
    expect(gone[0]?.body).toContain("The run-book or staging has changed since, so it is to be done again.");
  });

  it("is closed when the item leaves the run-book, and opened again when it comes back", () => {
    const standing = [failed()];
    const [issue] = issues({ more: { standing } });
    const facts = { [BOOK]: known(runBook(ITEMS.filter(({ id }) => id !== "i5"))) };
    const more = { standing, itemIssues: open(issue) };
    const [gone] = issues({ facts, more });
    expect(gone).toMatchObject({
      title: "An item of the run-book failed on #12, and is no longer in it",
      body: `otto says at 2026-11-24 09:40 UTC: nobody can log in\n\nThe run-book was changed and the item is no longer in it, so nothing waits for it any more.\n\n<!-- flowgate:item ${KEY} -->`,
      state: "closed",
      over: { id: 31 },
    });
    expect(issues({ facts, more: { standing, itemIssues: open(gone) } })).toEqual([]);
    expect(issues({ more: { standing, itemIssues: open(gone) } })).toMatchObject([{ state: "open" }]);
    // Nothing was reported, or it was closed by what somebody did.
    expect(issues({ facts, more: { standing } })).toEqual([]);
    expect(issues({ facts, more: { ...more, standing: [failed({ state: "done" })] } })).toEqual([]);
  });

  it("is asked of GitHub again where that refused it, and is not made only to be closed", () => {
    const standing = [failed()];
    const [issue] = issues({ more: { standing } });
    const refused = { fingerprint: issue?.fingerprint as Hash, because: "Issues are disabled.", at: NOW };
    const itemIssues = { [KEY]: { written: null, refused } };
    const came = written({ more: { standing: [stands(), ...standing], itemIssues } });
    expect(came.effects.filter(({ thing }) => thing === "issue")).toEqual([]);
    expect(came.lookAgainAt).toBe(later(NOW, 3_600_000));
    expect(issues({ more: { standing: [failed({ state: "done" })], itemIssues } })).toEqual([]);
    const left = stands({ undone: [NOW, NOW, NOW, NOW, NOW] });
    expect(written({ more: { standing: [left, ...standing], itemIssues } }).lookAgainAt).toBe(later(NOW, 600_000));
  });

  it("has a title of one line", () => {
    const book = runBook([...ITEMS.slice(0, 4), item(5, { text: "a".repeat(121) })]);
    expect(issues({ facts: { [BOOK]: known(book) }, more: { standing: [failed()] } })[0]?.title).toMatch(/: a{119}…$/);
  });
});
