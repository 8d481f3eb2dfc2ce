import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { NAMES } from "../../src/commands/catalog.ts";
import { commandsIn, meant, writtenOn } from "../../src/commands/grammar.ts";
import type { PageAct } from "../../src/flow/request.ts";
import { at } from "../builders.ts";

const names = (body: string) => commandsIn(body).map(({ name }) => name);

describe("A command", () => {
  it.each<[string, string, readonly string[]]>([
    ["alone", "/hold", ["hold"]],
    ["in whatever case", "/HoLD", ["hold"]],
    ["after talk", "Not yet.\n\n/hold", ["hold"]],
    ["on the line after talk", "Not yet.\n/hold\nSorry.", ["hold"]],
    ["with spaces before it", "  /hold", ["hold"]],
    ["several", "/hold\n/freeze staging because x\n\n/gates", ["hold", "freeze", "gates"]],
    ["with other line ends", "a\r\n/hold\r\n\r\n/gates\r/help", ["hold", "gates", "help"]],
    ["beside plain words that are marked up", "*Now* this\n/hold", ["hold"]],
    ["with markup behind it", "/hold because **no**", ["hold"]],
    ["before a link", "/hold because https://example.com says so", ["hold"]],
    ["within emphasis", "*so\n/hold that*", ["hold"]],
    ["of another tool", "/assign @dora", ["assign"]],
  ])("is read %s", (_what, body, expected) => {
    expect(names(body)).toEqual(expected);
  });

  it.each<[string, string]>([
    ["in a sentence", "Please /hold this"],
    ["in a quote", "> /hold"],
    ["in the lazy end of a quote", "> so\n/hold"],
    ["in a list", "- /hold"],
    ["in a numbered list", "1. /hold"],
    ["in a task list", "- [ ] /hold"],
    ["in inline code", "`/hold`"],
    ["in inline code over two lines", "`a\n/hold b`"],
    ["behind inline code", "`x` /hold"],
    ["in a fence", "```\n/hold\n```"],
    ["in a fence that never ends", "```\n/hold"],
    ["in indented code", "    /hold"],
    ["in a comment", "<!--\n/hold\n-->"],
    ["in a comment within a line", "a <!-- b\n/hold --> c"],
    ["in HTML", "<details>\n/hold\n</details>"],
    ["in a heading", "# /hold"],
    ["in a heading with a line below it", "/hold\n====="],
    ["in a table", "a | b\n--- | ---\n/hold | x"],
    ["in a link", "[a\n/hold](https://example.com)"],
    ["in a footnote", "[^1]: /hold"],
    ["as a path", "/ hold"],
    ["as a number", "/1"],
    ["as two slashes", "//hold"],
  ])("is none %s", (_what, body) => {
    expect(names(body)).toEqual([]);
  });

  it("ends at the word because; what follows belongs to people", () => {
    expect(commandsIn("/freeze staging  until 4h BECAUSE of  the audit, because")).toEqual([
      {
        name: "freeze",
        words: ["staging", "until", "4h"],
        because: "of  the audit, because",
        line: "/freeze staging  until 4h BECAUSE of  the audit, because",
      },
    ]);
    expect(commandsIn("/hold because")).toMatchObject([{ words: [], because: "" }]);
    expect(commandsIn("/hold becauses")).toMatchObject([{ words: ["becauses"], because: null }]);
  });

  it.each(["*a_", "**a", "~~a", "``a", "<a ", "a@b.", "\\", "\n- ", "\n> ", "a\n"])(
    "is read in a text that was made to take long: %j",
    (text) => {
      // One that runs away ends at the test's time-out.
      expect(names(`/hold\n\n${text.repeat(Math.floor(9_900 / text.length))}`)).toEqual(["hold"]);
    },
  );

  it("is found wherever it stands among plain lines, and nothing else is", () => {
    const line = fc.constantFrom("Well.", "", "/hold", "/gates", "No /hold here");
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const written = lines.filter((text) => text.startsWith("/")).map((text) => text.slice(1));
        expect(names(lines.join("\n"))).toEqual(written);
      }),
    );
  });
});

describe("A near miss", () => {
  it.each([
    ["freze", "freeze"],
    ["helpp", "help"],
    ["gate", "gates"],
    ["acept", "accept"],
    ["hold", "hold"],
  ])("/%s may mean /%s", (name, near) => {
    expect(meant(name, NAMES)).toBe(near);
  });

  it.each(["hlp", "ho", "assign", "retest", "approve"])("/%s is somebody else's", (name) => {
    expect(meant(name, NAMES)).toBeNull();
  });
});

describe("What somebody did on a page", () => {
  const act = (more: Partial<PageAct>): PageAct => ({
    command: "done",
    label: "P3",
    note: null,
    url: null,
    because: null,
    saw: { blob: at("the run-book"), head: at("login"), state: "open", since: null },
    ...more,
  });

  it.each<[string, Partial<PageAct>]>([
    ["/done P3", {}],
    ['/done P3 note="31 rows" url=https://example.com/run', { note: "31 rows", url: "https://example.com/run" }],
    ["/done P3 note=fine", { note: "fine" }],
    ["/skip P3 because it is quiet", { command: "skip", because: "it is quiet" }],
    ['/undo P3 because of "that"', { command: "undo", because: 'of "that"' }],
  ])("is %s", (line, more) => {
    const { line: said, ...written } = writtenOn(act(more));
    expect(said).toBe(line);
    expect(commandsIn(line)).toEqual([{ ...written, line }]);
  });

  it("keeps every sign of a remark, which a line cannot", () => {
    const note = `a "b" because of <!-- \`c`;
    const { words, line } = writtenOn(act({ note }));
    expect(words).toEqual(["P3", `note=${note}`]);
    expect(line).toBe("/done P3 note=\"a 'b' because of <!-- `c\"");
  });
});
