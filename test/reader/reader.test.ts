import { afterEach, describe, expect, it } from "@jest/globals";
import { openReader, type Reader, type ReaderSettings } from "../../src/reader.ts";
import { parseRunBook } from "../../src/release/run-book.ts";
import { at } from "../builders.ts";
import { bytes, REST } from "../release/run-books.ts";

const ASKED = { phases: {}, activation: null };
const stuck = new URL("./stuck.ts", import.meta.url);

let reader: Reader;
const open = (settings: Partial<ReaderSettings> = {}) => {
  reader = openReader(settings);
  return reader;
};
afterEach(() => reader.stop());

/** What is read of a text that is its own blob. */
const runBook = (text: string, asked = ASKED) => reader.runBook(at(text), bytes(text), asked);
/** What the other thread says of a text: how many it read before, or why it could not. */
const said = async (text: string) => {
  const { items, findings } = await runBook(text);
  return items[0]?.ordinal ?? findings.map(({ because }) => because).join();
};

describe("a reader", () => {
  it("reads in its thread what is read here", async () => {
    open();
    for (const text of ["", REST, "- []\n```\n- [ ] a", `---\nb: [1]\n---\n${REST}`])
      expect(await runBook(text)).toEqual(parseRunBook(bytes(text), ASKED));
  });

  it("reads a blob once, whoever asks and when", async () => {
    open({ thread: stuck });
    const both = await Promise.all([runBook("a"), runBook("a"), runBook("b")]);
    expect(both.map(({ items }) => items[0]?.ordinal)).toEqual([0, 0, 1]);
    expect(await said("a")).toBe(0);
    expect((await reader.runBook(at("a"), bytes("other bytes"), ASKED)).items[0]?.text).toBe("a");
  });

  it("reads it again where other words are asked for", async () => {
    open();
    const text = "# Los\n- [ ] a";
    expect((await runBook(text)).items[0]?.phase).toBe("before");
    expect(
      (await runBook(text, { phases: { deploy: ["los"] }, activation: null } as typeof ASKED)).items[0]?.phase,
    ).toBe("deploy");
  });

  it("keeps so many bytes, and what was used last", async () => {
    open({ thread: stuck, kept: 400 });
    expect([
      await said("a"),
      await said("b"),
      await said("a"),
      await said("c"),
      await said("a"),
      await said("b"),
    ]).toEqual([0, 1, 0, 2, 0, 3]);
  });

  it("says of a text that hangs that it takes too long, and reads on", async () => {
    open({ thread: stuck, timeout: 500 });
    const [hung, next] = await Promise.all([said("hang"), said("a")]);
    expect(hung).toBe("This file takes longer to read than 0.5 s; make its lists and quotes flatter.");
    expect(next).toBe(0);
  });

  it("tries such a text once more, and then knows it", async () => {
    open({ thread: stuck, timeout: 500 });
    const slow = "This file takes longer to read than 0.5 s; make its lists and quotes flatter.";
    expect(await said("hang")).toBe(slow);
    expect(await said("a")).toBe(0);
    expect(await said("hang")).toBe(slow);
    expect(await said("b")).toBe(0);
    expect(await said("hang")).toBe(slow);
    expect(await said("c")).toBe(1);
  });

  it.each(["throw", "exit"])("says of a text that makes its thread %s that it does, and reads on", async (text) => {
    open({ thread: stuck });
    expect(await said("a")).toBe(0);
    const [crashed, next] = await Promise.all([said(text), said("b")]);
    expect(crashed).toBe("This file brings its reader down; make it shorter and flatter.");
    expect(next).toBe(0);
  });

  it("hands nothing over that is over the cap", async () => {
    open({ thread: stuck });
    expect(await said(" ".repeat(256 * 1024 + 1))).toContain("The file has 257 KiB");
  });

  it("that is stopped says so of what it was reading, of what waits and of what comes", async () => {
    open({ thread: stuck });
    const [one, two] = [said("hang"), said("a")];
    await reader.stop();
    const stopped = "This file was not read since Flowgate stops; it is read after the start.";
    expect([await one, await two, await said("b")]).toEqual([stopped, stopped, stopped]);
  });

  it("that never read anything stops", async () => {
    await expect(open().stop()).resolves.toBeUndefined();
  });
});

describe("a hostile text ends in findings", () => {
  // biome-ignore format: a table is read by its columns
  it.each([
    ["20,000 items",              "- [ ] a\n".repeat(20_000)],
    ["400 levels",                Array.from({ length: 400 }, (_, n) => `${"  ".repeat(n)}- [ ] a`).join("\n")],
    ["400 bullets in a line",     `${"- ".repeat(400)}[ ] a`],
    ["5,000 quote marks",         `${">".repeat(5_000)} - [ ] a`],
    ["half of the cap in quotes", ">".repeat(128 * 1024)],
    ["nothing but brackets",      "[".repeat(256 * 1024)],
    ["boxes in one line",         "[ ] ".repeat(64 * 1024)],
    ["emphasis and no end",       "*a **a _a ".repeat(20_000)],
    ["backticks",                 Array.from({ length: 700 }, (_, n) => "`".repeat(n)).join(" ")],
    ["links in links",            "[a](".repeat(50_000)],
    ["HTML that never ends",      "<a ".repeat(80_000)],
    ["comments that never end",   "<!-- a\n".repeat(30_000)],
    ["a table of a thousand",     `${"|a".repeat(1_000)}|\n${"|-".repeat(1_000)}|\n${`${"|[ ]".repeat(1_000)}|\n`.repeat(50)}`],
    ["front matter of brackets",  `---\na: ${"[".repeat(4_000)}\n---\n`],
    ["definitions",               Array.from({ length: 15_000 }, (_, n) => `[${n}]: a`).join("\n")],
    ["addresses",                 "a@b.".repeat(60_000)],
    ["dashes without a reason",   `- [ ] N/A: ${"-".repeat(200_000)}x`],
    ["a long word",               "a".repeat(256 * 1024)],
    ["one item with all in it",   `- [ ] ${"(owner: @a) N/A: reason: ".repeat(8_000)}`],
  ])("%s", async (_what, text) => {
    open({ timeout: 4_000 });
    const { findings } = await runBook(text);
    expect(findings.filter(({ severity }) => severity === "failed")).not.toEqual([]);
    expect(findings.length).toBeLessThanOrEqual(201);
    expect((await runBook(REST)).findings).toEqual([]);
  });
});
