import { describe, expect, test } from "@jest/globals";
import { markupOf } from "../../src/board/html.ts";
import { componentsJson, pullJson } from "../../src/board/json.ts";
import { marked } from "../../src/board/listing.ts";
import { componentsPage } from "../../src/board/pages/components.ts";
import { forgedAct, loggedOutMeanwhile } from "../../src/board/pages/login.ts";
import { pullPage, type Reader } from "../../src/board/pages/pull.ts";
import {
  mayNot,
  NOT_HERE,
  nothingToJudge,
  nothingToPromote,
  nothingToTick,
  notOurForm,
  refusalPage,
  unknownPull,
  unknownRepository,
} from "../../src/board/pages/refusal.ts";
import type { PullView, Tried } from "../../src/board/views.ts";
import type { Entry } from "../../src/flow/ledger.ts";
import { branch, repositoryId } from "../../src/flow/names.ts";
import type { Standing } from "../../src/flow/standing.ts";
import { expectGolden } from "./golden.ts";
import {
  before as ago,
  board,
  crowd,
  entries,
  head,
  itemState,
  judged,
  LONG_BRANCH,
  NOW,
  pull,
  release,
  row,
  said,
  stage,
  stories,
  story,
} from "./samples.ts";

const KB_50 = 50 * 1024;
const bytes = (text: string) => Buffer.byteLength(text);
const names = Object.keys(stories) as (keyof typeof stories)[];
const show = (name: keyof typeof stories) => markupOf(pullPage(stories[name](), NOW, "https://github.com"));

const READER: Reader = {
  visitor: { login: "dora", word: "a-word" },
  right: "write",
  mayRecheck: false,
  dryRun: null,
  asked: [],
};

describe("what people read", () => {
  test.each(names)("the page of a pull request: %s", (name) => {
    expectGolden(`board-pull-${name}.html`, show(name));
  });

  test("the board", () => {
    expectGolden("board.html", markupOf(componentsPage(board())));
    expectGolden("board-empty.html", markupOf(componentsPage([])));
  });

  test("the board, of a release that was touched by hand", () => {
    const touched: Standing = {
      kind: "deviation",
      key: "touched",
      by: null,
      at: NOW,
      because: "Release v1.4.0 was edited by hand",
      repository: repositoryId(901),
      stage: branch("master"),
      touched: { did: "edited", tag: "v1.4.0", commit: head("staging").sha, ended: "released", at: NOW },
    };
    expect(markupOf(componentsPage([row("a/b", { standing: [touched] })]))).toContain(
      '<span class="word failed">✗ by hand</span> v1.4.0: Release v1.4.0 was edited by hand',
    );
  });

  test("the page of a pull request, for who may have it judged afresh", () => {
    const reader: Reader = { ...READER, mayRecheck: true };
    const page = (view: PullView, given = reader) => markupOf(pullPage(view, NOW, "https://github.com", given));
    expectGolden("board-pull-recheck.html", page(stories.refused()));
    expect(page({ ...stories.refused(), inHand: true })).toContain("Flowgate is at it. Load this page again");
    expect(page(stories.refused(), { ...reader, mayRecheck: false })).not.toContain("Re-check");
  });

  test("the page of a promotion, for who may try it out, with what came of that", () => {
    const page = (last: Tried | null) =>
      markupOf(pullPage(stories.promotion(), NOW, "https://github.com", { ...READER, dryRun: { last } }));
    const shows = [
      "- `package.json` says `1.3.0`, and not 1.4.0.",
      "<details><summary>The notes of v1.4.0</summary>",
      "After `v1.3.2`: minor. [All that changed](https://github.com/glucose/api/compare/v1.3.2...v1.4.0)",
      "### Features\n\n- \\#7 log in \\<b>now\\</b> (dora)\n  - **anew**",
      "</details>",
    ].join("\n\n");
    const says = "It carries 2 pull requests. Nothing was done.";
    expectGolden("board-pull-tried.html", page({ at: ago(1), answer: { came: "done", body: null, says, shows } }));
    expect(page({ at: ago(1), answer: null })).toContain("It is looked at. Load this page again in a moment.");
    expect(page({ at: ago(1), answer: { came: "refused", body: null } })).toContain("✗ Not done.");
    for (const last of [null, { at: ago(11), answer: { came: "done", body: null, says, shows } } as const]) {
      expect(page(last)).toContain('action="/glucose/api/pull/42/dry-run"');
      expect(page(last)).not.toContain("It carries");
    }
  });

  test("refusals", () => {
    const back = "/glucose/api/pull/42";
    const pages = [
      unknownRepository("nobody/here"),
      unknownPull("glucose/api", 9),
      NOT_HERE,
      mayNot("glucose/api", "read", "write", back),
      nothingToJudge(back),
      nothingToTick(back),
      nothingToPromote(back),
      notOurForm(back),
      loggedOutMeanwhile(back),
      forgedAct(back),
    ].map((why) => markupOf(refusalPage(why)));
    expectGolden("board-refusals.html", pages.join("\n"));
  });

  test("the same for programs", () => {
    expectGolden("board-pull-hotfix.json", `${JSON.stringify(pullJson(stories.hotfix()), null, 2)}\n`);
    expectGolden("board.json", `${JSON.stringify(componentsJson(board()), null, 2)}\n`);
  });
});

describe("the page of a pull request", () => {
  test("is the same for the same data, and text of others is never markup", () => {
    expect(show("hostile")).toBe(show("hostile"));
    expect(show("hostile")).not.toMatch(/<script(?! src="\/board\.js")|<img/);
  });

  test("shows the worst gate first", () => {
    const order = [...show("gates").matchAll(/<details class="gate (\w+)">/g)].map(([, outcome]) => outcome);
    expect(order).toEqual(["failed", "pending", "passed"]);
  });

  test("shows then and now only where they differ", () => {
    expect(show("stale")).toContain("Then and now");
    expect(show("refused")).not.toContain("Then and now");
  });

  test("links nowhere but to itself where GitHub's pages are not known", () => {
    expect(markupOf(pullPage(stories.refused(), NOW, null))).not.toContain("http");
  });

  test("says of what was taken out of the ledger that it was", () => {
    const view = stories.refused();
    const [done, judgement] = view.entries.map((entry) => ({ ...entry, says: null }));
    const markup = (...given: PullView["entries"]) => markupOf(pullPage({ ...view, entries: given }, NOW, null));
    if (done === undefined || judgement === undefined) throw new Error("there are two entries");
    expect(markup(done, judgement)).toContain("<b>Written on GitHub</b>: its text was taken out of the ledger");
    expect(markup(...view.entries.slice(0, 1), judgement)).toContain("<b>Written on GitHub</b>: the check");
  });

  test("stays below 50 KB, whatever was read and however long its history", () => {
    const { verdict, ...view } = stories.long();
    const read = Array.from({ length: 400 }, (_, place) => `${place} ${LONG_BRANCH}`);
    const findings = (verdict?.findings ?? []).map((finding) => ({ ...finding, read, because: LONG_BRANCH.repeat(4) }));
    const full = { ...(verdict as NonNullable<typeof verdict>), findings };
    const told = entries(...Array.from({ length: 50 }, () => [10, "judged", said(full)] as const));
    expect(
      bytes(markupOf(pullPage(story({ ...view, verdict: full, entries: told, entriesInAll: 900 }), NOW, null))),
    ).toBeLessThan(KB_50);
  });
});

describe("the history", () => {
  const page = (...told: readonly (readonly [number, Entry["what"], Entry["says"], string?])[]) =>
    markupOf(pullPage(story({ entries: entries(...told), entriesInAll: told.length }), NOW, null));

  test.each([
    [
      "a check",
      ["done", { slot: "check:1:a:flowgate: development", conclusion: "success", title: "All is well." }],
      "<b>Written on GitHub</b>: the check flowgate: development, success: All is well.",
    ],
    [
      "a check in progress",
      ["done", { slot: "check:1:a:flowgate: development", conclusion: null }],
      "<b>Written on GitHub</b>: the check flowgate: development, in progress",
    ],
    ["another thing", ["done", { slot: "ruleset:1:x" }], "<b>Written on GitHub</b>: ruleset:1:x"],
    ["an answer", ["done", { slot: "reply:1:comment:9" }], "<b>Written on GitHub</b>: the answer"],
    ["a reaction", ["done", { slot: "reaction:1:comment:9" }], "<b>Written on GitHub</b>: a reaction"],
    ["what stands", ["opened", { kind: "hold", because: "wait" }], "<b>Opened</b>: hold: wait"],
    [
      "the comment with the run-book",
      ["done", { slot: "comment:1:12:execution", body: "…" }],
      "<b>Written on GitHub</b>: the comment with the run-book</p>",
    ],
    ["what ends", ["closed", { key: "hold:1:12", because: "lifted by rita" }], "<b>Closed</b>: lifted by rita"],
    [
      "a command",
      ["answered", { lines: ["/hold because wait", "/gates"], came: "done" }],
      "<b>Asked</b>: /hold because wait · /gates (done)",
    ],
    ["what was not for us", ["answered", { lines: [] }], "<b>Asked</b>: nothing of ours (?)"],
    ["an answer once more", ["answered", { again: true }], "<b>Asked</b>: the answer is said again"],
    ["GitHub's no", ["refused", { because: "No permission." }], "<b>GitHub refused it</b>: No permission."],
    ["without words", ["config", {}], "<b>Config read</b></p>"],
    ["a verdict of another version", ["judged", { outcome: "splendid" }], "<b>Judged</b></p>"],
  ] as const)("%s", (_, [what, says], expected) => {
    expect(page([5, what, says])).toContain(expected);
  });

  test("names the item of a run-book, and how far it is", () => {
    const done = itemState("S1", { state: "done", by: { id: 7, login: "mara" }, because: "mara did it" });
    const gone = { ...done, item: "i99", walk: "production" } as const;
    const told = entries([5, "opened", done as never, "mara"], [4, "opened", gone as never, "mara"]);
    const shown = markupOf(pullPage(release({ entries: told }), NOW, null));
    expect(shown).toContain("<b>Run-book</b> by mara: S1 is done, mara did it");
    expect(shown).toContain("<b>Run-book</b> by mara: an item of production is done, mara did it");
    const nowhere = markupOf(pullPage(story({ entries: told }), NOW, null));
    expect(nowhere).toContain("<b>Run-book</b> by mara: an item of rehearsal is done");
  });

  test("names who did it where it was not the App", () => {
    expect(page([5, "ruleset", { because: "It was changed." }, "ola"])).toContain(
      "<b>Ruleset</b> by ola: It was changed.",
    );
  });
});

describe("the board", () => {
  test("of fifty components with a thousand open pull requests stays below 50 KB, and names every component", () => {
    const page = markupOf(componentsPage(crowd()));
    expect(bytes(page)).toBeLessThan(KB_50);
    for (const { memory } of crowd()) expect(page).toContain(`id="${memory.name}"`);
    expect(page).toContain("1000 open pull requests");
  });

  test("lists all open pull requests for programs", () => {
    const { components } = componentsJson(crowd()) as {
      readonly components: readonly { readonly pulls: readonly unknown[] }[];
    };
    expect(components.map(({ pulls }) => pulls.length)).toEqual(Array.from({ length: 50 }, () => 20));
  });

  test.each([
    ["No component yet.", []],
    ["1 component, enforced.", [row("a/b")]],
    ["2 components, all enforced.", [row("a/b"), row("a/c")]],
    ["1 component, not enforced.", [row("a/b", { stages: [] })]],
    ["2 components, all not enforced.", [row("a/b", { stages: [] }), row("a/c", { mayWork: false })]],
    ["2 components, 1 of them not enforced.", [row("a/b", { stages: [] }), row("a/c")]],
  ])("%s", (headline, views) => {
    expect(markupOf(componentsPage(views))).toContain(`<h1>${headline}</h1>`);
  });

  test("names the stage and the reason where some are enforced", () => {
    const { stages, ...view } = row("a/b");
    const off = stages.map((one, place) =>
      place === 0 ? { ...one, memory: stage({ state: "no", because: "the plan has no rulesets" }) } : one,
    );
    expect(markupOf(componentsPage([{ ...view, stages: off }]))).toContain(
      "<p>development: The plan has no rulesets.</p>",
    );
  });

  test("says where a stage is enforced, but not in all that it is to hold", () => {
    const { stages, ...view } = row("a/b");
    const off = stages.map((one, place) =>
      place === 1 ? { ...one, memory: stage({ state: "yes", readAt: NOW, but: ["The button merges, too."] }) } : one,
    );
    const page = markupOf(componentsPage([{ ...view, stages: off }]));
    expect(page).toContain("✗ enforced in part");
    expect(page).toContain("<p>staging: The button merges, too.</p>");
  });

  test("shows of pull requests on one commit what their one check shows", () => {
    const [memory, other] = ["feature/login", "experiment"].map((ref) =>
      pull({ head: head(ref), base: branch("development") }),
    );
    if (memory === undefined || other === undefined) throw new Error("Both are there.");
    const allowed = judged(memory);
    const pulls = [
      { number: 1, memory, verdict: allowed },
      { number: 2, memory: other, verdict: { ...allowed, lane: null, outcome: "failed" as const } },
    ];
    expect(marked(row("a/b", { pulls })).map(({ word }) => word)).toEqual(["✓ passed", "✓ passed"]);
  });

  test("counts the repositories without stages that it does not name", () => {
    const bare = Array.from({ length: 40 }, (_, place) =>
      row(`a/bare-${place}`, {}, { stages: { development: null, staging: null, master: null } }),
    );
    expect(markupOf(componentsPage(bare))).toContain("and 10 more");
  });
});
