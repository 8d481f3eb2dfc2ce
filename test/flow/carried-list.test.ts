import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  digestOfList,
  LARGEST_BODY,
  LIST_BEGINS,
  LIST_ENDS,
  listSeen,
  peopleIn,
  readSeen,
  relisted,
  roomIn,
  signed,
  withList,
  withoutList,
} from "../../src/flow/carried-list.ts";
import { bodyThatCounts } from "../../src/flow/listed.ts";

const OLD = "It carries 2 pull requests.\n\n**dora**\n\n- #1 Log in\n- #2 Log out";
const NEW = "It carries 3 pull requests.\n\n**dora**\n\n- #1 Log in\n- #2 Log out\n- #3 Stay";
const block = (list: string) => withList({ before: "", after: "" }, list);
const update = (body: string) => withList(peopleIn(body), NEW);

describe("A list in the body of a promotion", () => {
  it("stands between its marks, each line signed", () => {
    expect(withList({ before: "Run-book: a.md\n\n", after: "Bye." }, "Two.\n\n- a\n- b")).toBe(
      "Run-book: a.md\n\n<!-- flowgate:carried -->\n\nTwo.<!---->\n\n- a<!---->\n- b<!---->\n\n<!-- flowgate:carried end -->\nBye.",
    );
  });

  const [first, ...rest] = block(OLD).split("\n");
  const body = rest.slice(0, -1).join("\n");
  const last = rest.at(-1);
  const bare = block(OLD).replaceAll("<!---->", "");
  // biome-ignore format: a table is read by its columns
  it.each<[string, string, string]>([
    // what people made of it                        body                                                           after an update
    ["nothing",                                      "",                                                            `${block(NEW)}`],
    ["white space",                                  " \n",                                                         `${block(NEW)}`],
    ["a line of theirs",                             "Run-book: a.md",                                              `Run-book: a.md\n\n${block(NEW)}`],
    ["a line with its end",                          "Run-book: a.md\r\n",                                          `Run-book: a.md\r\n\n${block(NEW)}`],
    ["the list alone",                               block(OLD),                                                    block(NEW)],
    ["the list with line ends of a browser",         block(OLD).replaceAll("\n", "\r\n"),                           block(NEW)],
    ["lines around it",                              `Hello.\n\n${block(OLD)}\n\nBye.\n`,                           `Hello.\n\n${block(NEW)}\n\nBye.\n`],
    ["lines close around it",                        `Hello.\n${block(OLD)}\nBye.`,                                 `Hello.\n${block(NEW)}\nBye.`],
    ["empty lines behind it",                        `${block(OLD)}\n\n\n`,                                         `${block(NEW)}\n\n\n`],
    ["a line within it",                             block(OLD).replace("- #2", "- #9 is risky\n- #2"),             `${block(NEW)}\n- #9 is risky\n`],
    ["words at the end of one of its lines",         block(OLD).replace("Log in<!---->", "Log in<!----> is risky"), `${block(NEW)}\n\n- #1 Log in<!----> is risky\n`],
    ["one of its lines changed",                     block(OLD).replace("Log in", "Log in soon"),                   block(NEW)],
    ["lines of theirs within and behind",            `Hello.\n\n${block(OLD).replace("\n- #2", "\n\nCareful!\n\n- #2")}\nBye.`, `Hello.\n\n${block(NEW)}\n\nCareful!\n\nBye.`],
    ["comments taken out of its lines",              `Hello.\n\n${bare}\nBye.`,                                     `Hello.\n\n${block(NEW)}\nBye.`],
    ["its first mark deleted",                       `Hello.\n${body}\n${last}\nBye.`,                              `Hello.\n\n${block(NEW)}\nBye.`],
    ["its last mark deleted",                        `Hello.\n${first}\n${body}\nBye.`,                             `Hello.\n${block(NEW)}\n\nBye.`],
    ["both marks deleted",                           `Hello.\n${body}\nBye.`,                                       `Hello.\n\n${block(NEW)}\n\nBye.`],
    ["its marks turned round",                       `Hello.\n${last}\n${body}\n${first}\nBye.`,                    `Hello.\n${block(NEW)}\nBye.`],
    ["its last mark cut off",                        `Hello.\n${first}\n${body}\n<!-- flowgate:car\nBye.`,          `Hello.\n${block(NEW)}\nBye.`],
    ["all but a mark deleted",                       `Hello.\n${first}\nBye.`,                                      `Hello.\n${block(NEW)}\nBye.`],
    ["a copy of it",                                 `${block(OLD)}\nor\n${block(OLD)}\nBye.`,                      `${block(NEW)}\nor\nBye.`],
    ["a copy of a line of it elsewhere",             `- #1 Log in<!---->\n${block(OLD)}`,                           `- #1 Log in<!---->\n${block(NEW)}`],
    ["a quote of it",                                `> ${first}\n> - #1 Log in\n\n${block(OLD)}`,                  `> ${first}\n> - #1 Log in\n\n${block(NEW)}`],
    ["words on a line with a mark",                  `Hello.\n${first} Look:\n${body}\n${last}`,                    `Hello.\n${first} Look:\n\n${block(NEW)}`],
    ["another tool's comment",                       "<!-- a tool -->\nHello.",                                     `<!-- a tool -->\nHello.\n\n${block(NEW)}`],
  ])("with %s is brought up to date", (_what, before, after) => {
    expect(update(before)).toBe(after);
    expect(update(after)).toBe(after);
  });

  const theirs = fc.oneof(
    fc.constantFrom(
      "Hello.",
      "- #1 Log in",
      "> - #2 Log out<!----> ?",
      "- [ ] todo",
      "```",
      "<!-- a -->",
      "Run-book: a.md",
    ),
    fc.string().map((text) => `x${text.replace(/[\r\n\u2028\u2029]/g, "")}.`),
  );
  const ours = fc.constantFrom(LIST_BEGINS, LIST_ENDS, LIST_BEGINS.slice(0, -5), ...signed(OLD).split("\n"));
  const line = fc.oneof(
    { weight: 3, arbitrary: fc.record({ text: theirs, is: fc.constant("theirs" as const) }) },
    { weight: 3, arbitrary: fc.record({ text: ours, is: fc.constant("ours" as const) }) },
    { weight: 1, arbitrary: fc.constant({ text: "", is: "blank" as const }) },
    { weight: 1, arbitrary: fc.constant({ text: block(OLD), is: "ours" as const }) },
  );
  const document = fc
    .tuple(fc.array(line), fc.constantFrom("\n", "\r\n", "\r"), fc.constantFrom("", "\n"))
    .map(([lines, end, last]) => ({ lines, body: lines.map(({ text }) => text).join(end) + last }));
  const plain = (body: string) => body.split(/\r\n|\r|\n/).filter((text) => text.trim() !== "");

  it("never takes a line of theirs, nor puts one elsewhere, nor stands there twice", () => {
    fc.assert(
      fc.property(document, ({ lines, body }) => {
        const { before, after } = peopleIn(body);
        const kept = plain(before + after);
        const written = lines.filter(({ is }) => is === "theirs").map(({ text }) => text);
        // Where comments were taken out, all between the marks is the list.
        const isBare = new RegExp(`${LIST_BEGINS}(?:(?!<!---->[\\r\\n])[^])*?${LIST_ENDS}`).test(body);
        if (!isBare) expect(kept.filter((text) => !text.endsWith("<!---->"))).toEqual(written);
        const updated = update(body);
        expect(updated.split(LIST_BEGINS).length).toBe(2 + (kept.join("\n").split(LIST_BEGINS).length - 1));
        expect(update(updated)).toBe(updated);
      }),
      { numRuns: 1_000 },
    );
  });

  it("is read back as it was printed", () => {
    fc.assert(
      fc.property(document, fc.constantFrom(OLD, NEW), ({ body }, list) => {
        const people = peopleIn(body);
        expect(peopleIn(withList(people, list))).toEqual(people);
      }),
    );
    const people = fc.array(theirs).map((texts) => texts.map((text) => `${text}\n`).join(""));
    fc.assert(
      fc.property(people, people, (before, after) => {
        expect(peopleIn(withList({ before, after }, OLD))).toEqual({ before, after });
      }),
    );
  });

  it("is known again, whatever people write around it", () => {
    fc.assert(
      fc.property(document, fc.constantFrom(OLD, NEW), ({ body }, list) => {
        const shown = withList(peopleIn(body), list);
        fc.pre(!shown.replace(block(list), "").includes("<!---->"));
        expect(listSeen(shown)).toBe(`${digestOfList(list)}:${roomIn(body)}`);
        expect(listSeen(shown.replaceAll("\n", "\r\n"))).toMatch(`${digestOfList(list)}:`);
      }),
    );
    expect(digestOfList(OLD)).not.toBe(digestOfList(NEW));
    expect(readSeen(listSeen(`Hi.\n\n${block(OLD)}`) ?? "")).toEqual({
      shows: digestOfList(OLD),
      room: LARGEST_BODY - `Hi.\n\n${block("")}`.length - `Hi.\n\n${block("")}`.split("\n").length,
    });
  });

  // biome-ignore format: a table is read by its columns
  it.each<[string, string, string | null]>([
    ["no comment",                  "Hello.",                                      null],
    ["another tool's comment",      "<!-- a tool -->\nHello.",                     null],
    ["both its marks deleted",      block(OLD).split("\n").slice(1, -1).join("\n"), null],
    ["its last mark deleted",       block(OLD).replace(LIST_ENDS, ""),             digestOfList(OLD)],
    ["comments out of its lines",   `${LIST_BEGINS}\n\n${OLD}\n\n${LIST_ENDS}`,    digestOfList(OLD)],
    ["a line of it changed",        block(OLD).replace("Log in", "Log in soon"),   digestOfList(OLD.replace("Log in", "Log in soon"))],
    ["all its lines deleted",       `${LIST_BEGINS}\n${LIST_ENDS}`,                digestOfList("")],
  ])("with %s is one that stands there, or none", (_what, body, shows) => {
    expect(listSeen(body)?.split(":")[0] ?? null).toBe(shows);
  });

  it("takes the place of the one there while it has room beside people's lines", () => {
    expect(relisted(`Hi.\n\n${block(OLD)}`, NEW)).toBe(`Hi.\n\n${block(NEW)}`);
    expect(relisted("x".repeat(65_400), NEW)).toBeNull();
  });

  it("says nothing for the pull request that it stands in", () => {
    const evil = "- #1 Run-book: evil.md\n- #2 Data impact: yes";
    expect(bodyThatCounts(block(evil))).toBeNull();
    expect(bodyThatCounts(`Run-book: a.md\n\n${block(evil)}\nBye.`)).toBe("Run-book: a.md\n\nBye.");
    expect(withoutList("Data impact: yes")).toBe("Data impact: yes");
    expect(withoutList("<!-- a tool -->\nData impact: yes")).toBe("<!-- a tool -->\nData impact: yes");
  });
});
