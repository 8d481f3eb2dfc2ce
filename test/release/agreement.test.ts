import { describe, expect, it } from "@jest/globals";
import { Parser } from "commonmark";
import fc from "fast-check";
import MarkdownIt from "markdown-it";
import { parseRunBook } from "../../src/release/run-book.ts";
import { pick, plainDocument, wildDocument } from "./documents.ts";
import { bytes, REST, read } from "./run-books.ts";

/** A reader of Markdown that shares nothing with ours: it does the blocks and the HTML, the rule of tasks stands below. */
const other = new MarkdownIt({ html: true });
/** https://github.github.com/gfm/#task-list-items-extension-: what the first paragraph of a list item begins with. */
const TASK = /^\[[ \t\nxX]\][ \t\n]/;

/** The lines of the live boxes, as the other reader finds them. */
function tasksOf(text: string): readonly number[] {
  const tokens = other.parse(text, {});
  return tokens.flatMap((token, place) => {
    const opensItem = tokens[place - 1]?.type === "paragraph_open" && tokens[place - 2]?.type === "list_item_open";
    return token.type === "inline" && opensItem && TASK.test(token.content) ? [(token.map?.[0] ?? 0) + 1] : [];
  });
}

/** The reference implementation of CommonMark, which knows no tables. https://github.com/commonmark/commonmark.js */
function tasksByReference(text: string): readonly number[] {
  const tasks: number[] = [];
  const walker = new Parser().parse(text).walker();
  for (let event = walker.next(); event; event = walker.next()) {
    const { node, entering } = event;
    if (!entering || node.type !== "paragraph" || node.parent?.type !== "item" || node.prev !== null) continue;
    const [line, column] = node.sourcepos[0];
    if (TASK.test(`${linesOf(text)[line - 1]?.slice(column - 1)}\n`)) tasks.push(line);
  }
  return tasks;
}

/** Where the other reader is not as the reference is, tables aside, that one decides. */
function isAgreed(text: string): boolean {
  const mine = (of: string) => `${read(of).items.map(({ line }) => line)}`;
  if (mine(text) === `${tasksOf(text)}`) return true;
  const withoutTables = text.replaceAll("|", "p");
  const decided = `${tasksByReference(withoutTables)}`;
  return `${tasksOf(withoutTables)}` !== decided && mine(withoutTables) === decided;
}

const linesOf = (text: string) => text.split(/\r\n|\r|\n/);
const runs = process.env["CI"] === undefined ? 1_000 : 10_000;

/** Whether a line is an item's, or told: in its place, or where the block of code or the comment is that hides it. */
function isSeen({ items, findings }: ReturnType<typeof read>, line: number): boolean {
  const hides = /box|bracket|comment|block of code|ballot/i;
  return (
    items.some((item) => item.line === line) ||
    findings.some(({ line: told, because }) => told <= line && hides.test(because))
  );
}

describe("which boxes are live", () => {
  it("is the same for a reader of another make", () => {
    fc.assert(
      fc.property(plainDocument, (text) => {
        if (!isAgreed(text)) expect(read(text).items.map(({ line }) => line)).toEqual(tasksOf(text));
      }),
      { numRuns: runs },
    );
  });

  it("and what stands deeper than a block may begin, and not deep enough for the item above, goes on in its paragraph", () => {
    const text = "# Title\n\n   - [ ] a\n    # [ ] b\n      - [ ] c\n";
    expect(read(text).items.map(({ line }) => line)).toEqual([3, 5]);
    expect(tasksByReference(text)).toEqual([3, 5]);
  });

  it("and where readers differ, what the other takes for a task is one here or is told", () => {
    fc.assert(
      fc.property(wildDocument, (text) => {
        const runBook = read(text);
        expect(tasksOf(text).filter((line) => !isSeen(runBook, line))).toEqual([]);
      }),
      { numRuns: runs },
    );
  });

  it("and so is every line that people would tick", () => {
    const ticked = /^[\s>]*(?:[-*+]|\d+[.)])[ \t]+\[[ xX]?\][ \t]+\w/;
    fc.assert(
      fc.property(wildDocument, (text) => {
        const runBook = read(text);
        const vanished = linesOf(text).filter((line, place) => ticked.test(line) && !isSeen(runBook, place + 1));
        expect(vanished).toEqual([]);
      }),
      { numRuns: runs },
    );
  });

  it("and a near-miss fails in its line, wherever it stands", () => {
    const square = ["[]", "[ ]a", "[\u00A0]", "[\u2003]", "\\[ ]", "`[ ]`", "[ ](a)", "[-]", "[~]", "[ x]"];
    const nearMiss = fc
      .tuple(
        pick("- ", "* ", "1. ", "+ ", "> - "),
        pick(...square, "［ ］", "［］", "☐", "☑", "( )", "<input type=checkbox>"),
        pick(" a", " b `c`", " (owner: @d)"),
      )
      .map((parts) => parts.join(""));
    const sections = REST.split(/(?=\n## )/);
    fc.assert(
      fc.property(fc.array(nearMiss, { minLength: 1, maxLength: 6 }), fc.nat(sections.length), (misses, place) => {
        const before = sections.slice(0, place).join("");
        const { findings } = read([before, ...misses, sections.slice(place).join("")].join("\n\n"));
        const first = linesOf(before).length + 2;
        const told = findings.filter(({ severity }) => severity === "failed").map(({ line }) => line);
        expect(told).toEqual(expect.arrayContaining(misses.map((_miss, n) => first + 2 * n)));
      }),
      { numRuns: runs },
    );
  });

  it("and no bytes are too much", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.string({ unit: "grapheme", maxLength: 200 }), (raw, text) => {
        for (const file of [raw, bytes(text)]) {
          const { findings } = parseRunBook(file, { phases: {}, activation: null });
          expect(findings.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: runs },
    );
  });
});
