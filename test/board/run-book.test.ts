import { describe, expect, test } from "@jest/globals";
import { markupOf } from "../../src/board/html.ts";
import { pullJson } from "../../src/board/json.ts";
import { pullPage, type Reader } from "../../src/board/pages/pull.ts";
import { tickedIn } from "../../src/board/tick-form.ts";
import type { AskedOnPage, PullView } from "../../src/board/views.ts";
import { isWalked, labelIn, needsToAsk, partsOf, stepNamed, walksOf } from "../../src/board/walks.ts";
import { branch, type Instant } from "../../src/flow/names.ts";
import type { Label } from "../../src/flow/request.ts";
import { item } from "../release/walks.ts";
import { expectGolden } from "./golden.ts";
import { before as ago, component, hostileBook, id, itemState, NOW, pull, release, SCRIPT, walked } from "./samples.ts";

const reader = (more: Partial<Reader> = {}): Reader => ({
  visitor: { login: "mara", word: "a-word" },
  right: "write",
  mayRecheck: false,
  dryRun: null,
  asked: [],
  ...more,
});
type On = { readonly view?: PullView; readonly item?: Label; readonly from?: Label };
const show = (as: Reader | null, { view = release(), item = undefined, from = undefined }: On = {}) =>
  markupOf(pullPage(view, NOW, "https://github.com", as, { item: item ?? null, from: from ?? null }));
/** What stands on the page of one item. */
const line = (page: string, label: string) =>
  new RegExp(`<li id="${label}"[\\s\\S]*?</li>`).exec(page)?.[0] ?? "there is none";
const commands = (markup: string) => [...markup.matchAll(/name="command" value="(\w+)"/g)].map(([, name]) => name);
const asked = (label: Label, answer: AskedOnPage["answer"], at: Instant = ago(1)): AskedOnPage => ({
  at,
  act: {
    command: "done",
    label,
    note: null,
    url: null,
    because: null,
    saw: { blob: id("b00c"), head: id("57a9e22"), state: "open", since: null },
  },
  answer,
});

describe("The run-book on its page", () => {
  test("is the same for who is not logged in, without anything to press", () => {
    expect(show(null)).not.toMatch(/<form|<button/);
    expectGolden("board-pull-walked-full.html", show(null, { item: "S2" }));
  });

  test("has a press for each open item, and all that can be done to the one that is chosen", () => {
    const page = show(reader());
    const pressed = [...page.matchAll(/form="tick" name="item" value="(\w+)"/g)].map(([, label]) => label);
    // Of what is asked for a result, is done, or is the sum of others, there is none.
    expect(pressed).toEqual("S5 S6 S7 S9 S11 P6 P7 P8 P9".split(" "));
    expect(commands(page)).toEqual(["done"]);
    expectGolden("board-pull-walked-ticking.html", show(reader(), { item: "S7" }));
  });

  test.each<[Label, readonly string[]]>([
    ["S7", ["done", "skip", "fail"]],
    ["S8", ["done", "skip", "undo"]],
    ["S1", ["undo", "fail"]],
    ["P1", ["confirm", "done", "undo"]],
    ["P2", ["undo"]],
    // The sum of others; what need not be done; what belongs to another day.
    ["S4", []],
    ["S3", []],
    ["S10", []],
  ])("offers for %s: %j", (label, expected) => {
    expect(commands(line(show(reader(), { item: label }), label))).toEqual(expected);
  });

  test("asks for the result where the item does", () => {
    const open = release({ walked: { ...walked(), items: [] } });
    expect(line(show(reader(), { view: open }), "P2")).toContain(`<a class="press" href="?item=P2#P2">What came out?`);
    const chosen = line(show(reader(), { view: open, item: "P2" }), "P2");
    expect(chosen).toContain(`What came out<input name="note" maxlength="1000" autocomplete="off" required>`);
    expect(chosen).toContain(`<pre class="details">\`\`\`sh\n./migrate.sh --dry-run\n\`\`\`</pre>`);
  });

  test("lets nobody agree with themselves", () => {
    const otto = reader({ visitor: { login: "otto", word: "a-word" } });
    expect(commands(line(show(otto, { item: "P1" }), "P1"))).toEqual(["done", "undo"]);
  });

  test("tells who opened an item again", () => {
    const items = [
      itemState("S7", { state: "open", by: { id: 7, login: "mara" }, because: "mara took the tick back" }),
    ];
    const page = show(null, { view: release({ walked: { ...walked(), items } }) });
    expect(line(page, "S7")).toMatch(/○ open<\/span> <span class="quiet">mara, .*: mara took the tick back</);
  });

  test("has nothing to press for who may only look, but what belongs to a team", () => {
    const page = show(reader({ right: "read" }), { item: "P7" });
    expect([...page.matchAll(/form="tick" name="item" value="(\w+)"/g)].map(([, label]) => label)).toEqual([
      "S6",
      "P6",
    ]);
    expect(line(page, "P7")).toContain("takes <code>write</code> on the repository.");
  });

  test.each<[string, Partial<PullView>, boolean, boolean]>([
    ["it is open", {}, true, true],
    ["it is merged", { memory: pull({ state: "closed", merged: true }) }, true, true],
    ["it was closed", { memory: pull({ state: "closed" }) }, true, false],
    ["Flowgate lost its access", { mayWork: false }, true, false],
    ["it goes elsewhere by now", { memory: pull({ base: branch("staging") }), verdict: null }, false, true],
    ["a stage branch is gone", { component: component({ stages: { development: null } }) }, true, false],
    ["none was ever walked", { walked: null }, false, true],
  ])("where %s", (_, given, isShown, isPressed) => {
    const view = release(given);
    const page = show(reader(), { view });
    expect(page.includes(`id="run-book"`)).toBe(isShown);
    expect(page.includes(`href="#run-book"`)).toBe(isShown);
    expect(isWalked(view)).toBe(isPressed);
    expect(page.includes(`id="tick"`)).toBe(isShown && isPressed);
    expect((pullJson(view) as { readonly run_book: unknown }).run_book !== null).toBe(isShown);
  });

  test("says that nothing is left to do", () => {
    const items = [item(1, { phase: "deploy" })];
    const done = ["S1", "P1"].map((label) => itemState(label, { state: "done", by: null }));
    const view = release({ walked: { ...walked({ items }), items: done } });
    expect(show(null, { view })).toContain("<p>Nothing is left to do.</p>");
  });

  test("links the file only where GitHub's pages are known", () => {
    const page = markupOf(pullPage(release(), NOW, null, null, { item: "S2", from: null }));
    expect(page).not.toContain("https://github.com");
    expect(page).toContain("Line 2 of the file.");
  });

  test("shows text of others as text", () => {
    const page = show(reader({ asked: [asked("S1", { came: "refused", body: null, says: SCRIPT })] }), {
      view: release({ walked: hostileBook() }),
      item: "S1",
    });
    expect(page).not.toMatch(/<script(?! src="\/board\.js")|<img|<i>|<b>code/);
    expect(page).not.toMatch(/href="(?!\/|\?|#|https:\/\/github\.com\/)/);
    expect(page).not.toContain("\u202e");
  });

  test("is the same for programs", () => {
    const { run_book } = pullJson(release()) as { readonly run_book: unknown };
    expectGolden("board-pull-walked.json", `${JSON.stringify(run_book, null, 2)}\n`);
  });
});

describe("What came of what one did", () => {
  const told = (...some: readonly AskedOnPage[]) => show(reader({ asked: some }));

  test("stands with its item for ten minutes, the newest", () => {
    const page = told(
      asked("P7", { came: "refused", body: null, says: "This needs somebody in operations; you have `write` here." }),
      asked("P7", { came: "done", body: null, says: "Done: `P7`." }, ago(2)),
      asked("P8", { came: "done", body: null, says: "Done: `P8`." }, ago(11)),
    );
    expect(line(page, "P7")).toContain(
      "✗ Not done.</span> This needs somebody in operations; you have <code>write</code>",
    );
    expect(page).not.toContain("Done: <code>");
  });

  test("is looked at, where nobody knows yet", () => {
    expect(line(told(asked("P7", null)), "P7")).toContain("Load this page again in a moment.");
  });

  test("says nothing more where there is nothing to say", () => {
    expect(line(told(asked("P7", { came: "done", body: null })), "P7")).toContain(`<span class="word">✓</span>  <span`);
  });

  test("stands above all where its item is not shown", () => {
    const page = told(asked("P99", { came: "refused", body: null, says: "The run-book has changed." }));
    expect(page.indexOf("The run-book has changed.")).toBeLessThan(page.indexOf("<h3>"));
  });
});

describe("A long run-book", () => {
  const items = Array.from({ length: 250 }, (_, place) =>
    item(place + 1, { phase: place < 220 ? "deploy" : place < 230 ? "rollback" : "test", text: "a".repeat(200) }),
  );
  const view = release({ walked: { ...walked({ items }), items: [itemState("P1", { state: "done", by: null })] } });
  const labels = (at: Label | null) =>
    partsOf(walksOf(view) as NonNullable<ReturnType<typeof walksOf>>, at).map(
      ({ steps, isShown, count: { cleared, of } }) =>
        `${steps[0]?.label}-${steps.at(-1)?.label} ${isShown ? "shown" : `${cleared} of ${of}`}`,
    );

  test("is shown in parts, of which one is open: where one wants to be, else where it goes on", () => {
    const [first, second, ...others] = labels(null);
    expect([first, second]).toEqual(["S1-S100 shown", "S101-S200 0 of 100"]);
    expect(others).toContain("S221-S230 0 of 0");
    expect(labels("P7")).toEqual([
      "S1-S100 0 of 100",
      "S101-S200 0 of 100",
      "S201-S220 0 of 20",
      "S221-S230 0 of 0",
      "S231-S250 0 of 20",
      "P1-P100 shown",
      "P101-P200 0 of 100",
      "P201-P220 0 of 20",
      "P221-P230 0 of 0",
      "P231-P250 0 of 20",
    ]);
    expect(labels("P999")).toEqual(labels(null));
  });

  test("is short for its length, and leads to each part", () => {
    const page = show(reader(), { view, from: "P7" });
    expect(page).toContain(`<a href="?from=S101#S101">Deploy, S101-S200</a>: 0 of 100 done`);
    expect(page).toContain(`<a href="?from=S221#S221">Rollback, S221-S230</a>: 10 items`);
    expect(Buffer.byteLength(page)).toBeLessThan(70 * 1024);
  });

  test("is open at its beginning where nothing is left", () => {
    const done = items.flatMap(({ ordinal }) =>
      ["S", "P"].map((walk) => itemState(`${walk}${ordinal}`, { state: "done", by: null })),
    );
    const whole = walksOf(release({ walked: { ...walked({ items }), items: done } })) as NonNullable<
      ReturnType<typeof walksOf>
    >;
    expect(
      partsOf(whole, null)
        .map(({ isShown }) => isShown)
        .indexOf(true),
    ).toBe(0);
  });
});

describe("What a form sends", () => {
  const sent = {
    command: "done",
    item: "P3",
    blob: id("b00c"),
    head: id("57a9e22"),
    state: "open",
    since: "",
    seen: "31",
    word: "a-word",
  };
  const read = (more: Readonly<Record<string, string>>) => tickedIn(String(new URLSearchParams({ ...sent, ...more })));

  test("is the command and what was seen", () => {
    const saw = { blob: id("b00c"), head: id("57a9e22"), state: "open", since: null };
    const act = { command: "done", label: "P3", note: null, url: null, because: null, saw };
    expect(read({})).toEqual({ act, seen: 31 });
    expect(read({ note: " 31\r\nrows ", url: "https://x", because: "no" })?.act).toEqual({
      ...act,
      note: "31 rows",
      url: "https://x",
    });
    const skipped = read({ command: "skip", note: "no", because: "it is quiet", state: "failed", since: NOW });
    expect(skipped?.act).toEqual({
      ...act,
      command: "skip",
      because: "it is quiet",
      saw: { ...saw, state: "failed", since: NOW },
    });
    expect(read({ command: "confirm", because: "no" })?.act.because).toBeNull();
  });

  test.each([
    [{ command: "hold" }],
    [{ command: "" }],
    [{ item: "" }],
    [{ item: "P1-P3" }],
    [{ item: "X1" }],
    [{ blob: "abc" }],
    [{ head: "master" }],
    [{ state: "splendid" }],
    [{ state: "done", since: "yesterday" }],
    [{ seen: "many" }],
  ])("is nothing of ours: %j", (more) => {
    expect(read(more)).toBeNull();
    expect(tickedIn("")).toBeNull();
  });

  test("names one item", () => {
    expect([null, "", "p3", "P3-P4", "P3-P3", "P9999"].map(labelIn)).toEqual([null, null, "P3", null, "P3", null]);
  });
});

test("An item is asked for with the right to write, or as one of its team", () => {
  const walks = walksOf(release()) as NonNullable<ReturnType<typeof walksOf>>;
  const needs = (label: Label) => needsToAsk(stepNamed(walks, label), "production");
  expect([needs("P1"), needs("P6"), needs("P99")]).toEqual(["write", "read", "write"]);
  expect(stepNamed({ ...walks, walks: [] }, "P1")).toBeUndefined();
});
