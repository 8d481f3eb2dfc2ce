import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Role } from "../../sandbox/model.ts";
import { runBookOf, type World } from "../world.ts";
import { type Browser, startWithRelease, type WithRelease } from "./with-login.ts";

let room: WithRelease;
let world: World;
let path: string;

beforeAll(async () => {
  room = await startWithRelease();
  ({ world, path } = room);
}, 60_000);
afterAll(() => room.stop());
// Each test is a while after the one before: neither what was pressed there is told, nor do its rights count any more.
beforeEach(() => world.clock.skip(11 * 60_000));

/** What the form of a command carries: the one of the item that is shown in full, or else that of all lines. */
function formOf(text: string, command: string): Readonly<Record<string, string>> {
  const forms = [...text.matchAll(/<form[^>]*run-book"[^>]*>[\s\S]*?<\/form>/g)].map(([form]) => form);
  const form = forms.findLast((one) => one.includes(`name="command" value="${command}"`)) ?? "";
  return Object.fromEntries(
    [...form.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)].map(([, name = "", value = ""]) => [
      name,
      value,
    ]),
  );
}

/** Opens the page at an item, and presses there. */
async function presses(
  browser: Browser,
  command: string,
  label: string,
  typed: Readonly<Record<string, string>> = {},
  headers: Readonly<Record<string, string>> = {},
) {
  const page = await browser.open(`${path}?item=${label}`);
  return browser.go(`${path}/run-book`, { ...formOf(page.text, command), item: label, ...typed }, headers);
}

/** The line of an item on the page, as people read it. */
async function line(browser: Browser, label: string): Promise<string> {
  const { text } = await browser.open(path);
  const item = new RegExp(`<li id="${label}"[\\s\\S]*?</li>`).exec(text)?.[0] ?? "there is none";
  return item
    .replace(/<span class="unseen">[^<]*<\/span>/g, "")
    .replace(/<[^>]*>/g, "")
    .replace(/\s+/g, " ")
    .trim();
}
/** The same in the comment on GitHub. */
const comment = (label: string) =>
  new RegExp(`^ *- .*\\*\\*${label}\\*\\*.*$`, "m").exec(
    runBookOf(world.github, world.repository(), room.number)?.body ?? "",
  )?.[0] ?? "there is none";
const comments = () => world.github.find.commentsOf(world.repository().id, room.number).length;
const entries = async () =>
  JSON.parse((await room.browserOf("ada").open(`${path}.json`)).text).history_in_all as number;

function gives(login: string, role: Role | null) {
  const { github } = world;
  const userId = github.as(login).account.id;
  const others = world.repository().collaborators.filter((one) => one.userId !== userId);
  github.state.repositories.change(world.repository().id, {
    collaborators: role === null ? others : [...others, { userId, role }],
  });
}

describe("On the page of a release", () => {
  it("one press ticks an item: the comment shows it, and nothing else is said on GitHub", async () => {
    const dora = room.browserOf("dora");
    const page = await dora.open(path);
    expect(page.text).toContain(`<button class="press" form="tick" name="item" value="S1">`);
    const before = comments();
    const pressed = await dora.go(`${path}/run-book`, { ...formOf(page.text, "done"), item: "S1" });
    expect(pressed).toMatchObject({ status: 303, to: `${room.app.url}${path}?from=S1#S1` });
    expect(await line(dora, "S1")).toMatch(/^S1 Tell the hospitals ✓ done dora, just now ✓ Done: S1. just now$/);
    await room.quiet();
    expect(comment("S1")).toMatch(/^- \[x\] \*\*S1\*\* Tell the hospitals — dora, /);
    expect(comments()).toBe(before);
    const { history } = JSON.parse((await dora.go(`${path}.json`)).text);
    expect(history).toContainEqual(
      expect.objectContaining({
        what: "answered",
        actor: "dora",
        says: expect.objectContaining({ lines: ["/done S1"], came: "done" }),
      }),
    );
    expect(room.logged.filter((one) => one.includes("dora asked on the board for /done S1."))).toHaveLength(1);
  });

  it("what came out is written down with it, whatever signs it has", async () => {
    const note = `31 "rows" because <b>of</b> \`x\``;
    await presses(room.browserOf("dora"), "done", "S2", { note, url: "https://example.com/run/7" });
    await room.quiet();
    expect(await line(room.browserOf("devin"), "S2")).toContain(
      "31 &quot;rows&quot; because &lt;b&gt;of&lt;/b&gt; `x`” https://example.com/run/7",
    );
    expect(comment("S2")).toContain('31 "rows" because \\<b\\>of\\</b\\>');
  });

  it("it is refused in the words of the command, and told there", async () => {
    const dora = room.browserOf("dora");
    await presses(dora, "done", "P1");
    expect(await line(dora, "P1")).toMatch(
      /○ open ✗ Not done. This needs somebody in operations; you have write here. @otto could. just now$/,
    );
    // To nobody else, and not for ever.
    expect(await line(room.browserOf("devin"), "P1")).not.toContain("Not done");
    world.clock.skip(11 * 60_000);
    expect(await line(dora, "P1")).not.toContain("Not done");
    await presses(dora, "done", "S3", { url: "ftp://example.com" });
    expect(await line(dora, "S3")).toContain("✗ Not done. url begins with https://.");
  });

  it("an item is skipped by two, undone, and failed", async () => {
    await world.person("ada").addsToTeam("operations", "rita");
    await room.quiet();
    const [otto, rita] = [room.browserOf("otto"), room.browserOf("rita")];
    await presses(otto, "skip", "P1", { because: "they know" });
    expect(await line(rita, "P1")).toMatch(
      /… to be skipped otto, just now, waits for somebody else to agree: they know$/,
    );
    // There is no form for it on their own page.
    expect(formOf((await otto.open(`${path}?item=P1`)).text, "confirm")).toEqual({});
    await presses(rita, "confirm", "P1");
    expect(await line(otto, "P1")).toContain("– skipped otto, just now, and rita agreed: they know");
    await presses(otto, "undo", "P1");
    expect(await line(rita, "P1")).toContain("○ open otto, just now: otto opened it again");
    await presses(otto, "fail", "P1", { because: "nobody answered" });
    expect(await line(rita, "P1")).toContain("✗ failed otto, just now: nobody answered");
    await room.quiet();
    expect(comment("P1")).toContain("❌ failed: nobody answered");
    await presses(otto, "done", "P1");
    await room.quiet();
    expect(comment("P1")).toContain("- [x] **P1**");
  });

  it("pressed twice it is done once, and a page that is older than what others did does nothing", async () => {
    const dora = room.browserOf("dora");
    const { text } = await dora.open(path);
    const press = () => dora.go(`${path}/run-book`, { ...formOf(text, "done"), item: "S4" });
    // Ten seconds begin.
    world.clock.skip(10_000 - (world.clock.now().getTime() % 10_000));
    await press();
    await room.quiet();
    const after = await entries();
    expect((await press()).status).toBe(303);
    expect((await dora.go(`${path}/run-book`)).to).toBe(`${room.app.url}${path}`);
    await room.quiet();
    expect(await entries()).toBe(after);
    const devin = room.browserOf("devin");
    const stale = (await devin.open(path)).text;
    await world.person("otto").ticks(room.number, "S5");
    await room.quiet();
    await devin.go(`${path}/run-book`, { ...formOf(stale, "done"), item: "S5" });
    expect(await line(devin, "S5")).toMatch(
      /✓ done otto, .* ✗ Not done. By now S5 is done, by otto: look at it again./,
    );
  });

  it("a page of another run-book, or of another commit, does nothing and says so", async () => {
    const dora = room.browserOf("dora");
    const other = "a".repeat(40);
    await presses(dora, "done", "S3", { blob: other });
    expect(await line(dora, "S3")).toContain("The run-book has changed since that page was loaded");
    await presses(dora, "done", "S3", { head: other });
    expect(await line(dora, "S3")).toContain("You tried aaaaaaa, and by now staging is at");
    expect(comment("S3")).toContain("- [ ] **S3**");
  });

  it("one ticks while the comment is left alone, and it shows that later", async () => {
    const dora = world.person("dora");
    const sticky = () => runBookOf(world.github, world.repository(), room.number) ?? { id: 0, body: "" };
    for (let n = 0; n < 6; n++) {
      await dora.corrects(sticky().id, `${sticky().body}\nhello ${n}`);
      await room.quiet();
    }
    expect(sticky().body).toContain("hello");
    await presses(room.browserOf("dora"), "done", "S3");
    await room.quiet();
    expect(await line(room.browserOf("devin"), "S3")).toContain("✓ done dora, just now");
    expect(comment("S3")).toContain("- [ ] **S3**");
    world.clock.skip(10 * 60_000);
    await room.quiet();
    expect(comment("S3")).toContain("- [x] **S3**");
    expect(sticky().body).not.toContain("hello");
  });

  it("it waits while GitHub does not say what one may, and says that", async () => {
    world.github.faults.add({ on: "request", path: /\/teams\//, does: { kind: "502", effect: false } });
    const otto = room.browserOf("otto");
    await presses(otto, "done", "P3");
    expect(await line(otto, "P3")).toContain("What you did to P3 just now is looked at. Load this page again");
    world.github.faults.clear();
    world.clock.skip(5 * 60_000);
    await room.quiet();
    expect(await line(otto, "P3")).toMatch(/✓ done otto, .* ✓ Done: P3./);
  });
});

describe("Nothing is done", () => {
  type Refused = [how: string, press: (dora: Browser) => ReturnType<Browser["go"]>, status: number, words: string];
  const refusals: readonly Refused[] = [
    ["without a word", (dora) => presses(dora, "done", "S3", { word: "" }), 403, "not one of your session"],
    ["with a word made up", (dora) => presses(dora, "done", "S3", { word: "a".repeat(43) }), 403, "your session"],
    ...["cross-site", "same-site", "none"].map(
      (site): Refused => [
        `from another site (${site})`,
        (dora) => presses(dora, "done", "S3", {}, { "sec-fetch-site": site }),
        403,
        "not one of your session",
      ],
    ),
    [
      "from another site, which gets no cookie",
      (dora) => presses(dora, "done", "S3", {}, { cookie: "" }),
      401,
      "Nothing was done: you are not logged in.",
    ],
    ["by another command", (dora) => presses(dora, "done", "S3", { command: "hold" }), 400, "no form of this page"],
    ["to several items", (dora) => presses(dora, "done", "S3", { item: "S1-S9" }), 400, "no form of this page"],
    ["at length", (dora) => presses(dora, "done", "S3", { note: "x".repeat(40_000) }), 413, "more than any form"],
  ];
  it.each(refusals)("%s", async (_, press, status, words) => {
    const before = await entries();
    const refused = await press(room.browserOf("dora"));
    expect(refused.status).toBe(status);
    expect(refused.text).toContain(words);
    await room.quiet();
    expect(await entries()).toBe(before);
  });

  it("by who may only look, and they are shown nothing to press", async () => {
    gives("olaf", "triage");
    const olaf = room.browserOf("olaf");
    const { text } = await olaf.open(path);
    expect(text).not.toContain('class="press"');
    const before = await entries();
    const refused = await presses(olaf, "done", "S3");
    expect(refused.status).toBe(403);
    expect(refused.text).toContain("takes <code>write</code> in acme/api, and you have <code>triage</code>.");
    gives("olaf", null);
    const hidden = await olaf.go(`${path}/run-book`, { ...formOf(text, "done"), item: "S3" });
    expect(hidden.status).toBe(404);
    expect(await entries()).toBe(before);
  });

  it("where no run-book is walked, or the pull request was closed", async () => {
    const dora = room.browserOf("dora");
    const { text } = await dora.open(path);
    const sent = { ...formOf(text, "done"), item: "S3" };
    expect((await dora.go("/acme/api/pull/1/run-book", sent)).status).toBe(409);
    expect((await dora.go("/acme/api/pull/999/run-book", sent)).status).toBe(404);
    await world.person("rita").closes(room.number);
    await room.quiet();
    const closed = await dora.go(`${path}/run-book`, sent);
    expect(closed.status).toBe(409);
    expect(closed.text).toContain("no run-book is walked on this pull request");
    expect((await dora.go(path)).text).not.toContain('class="press"');
    await world.person("rita").reopens(room.number);
    await room.quiet();
  });

  it("by a GET, which leads to the page", async () => {
    const dora = room.browserOf("dora");
    await dora.open(path);
    const before = await entries();
    for (const address of [path, `${path}?item=S3`, `${path}?from=S3`, `${path}.json`]) await dora.go(address);
    expect((await dora.go(`${path}/run-book?item=S3&command=done`)).to).toBe(`${room.app.url}${path}`);
    expect((await dora.go(`${path}/run-book.json`, { word: "x" })).status).toBe(405);
    await room.quiet();
    expect(await entries()).toBe(before);
  });
});

it("The ledger is whole after all that", async () => {
  expect(await room.app.ledgerFlaw()).toBeNull();
});
