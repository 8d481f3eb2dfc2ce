import { describe, expect, it } from "@jest/globals";
import {
  canonical,
  digestOf,
  type Entry,
  flawIn,
  type LedgerEntry,
  redacts,
  type Sealed,
  type Withheld,
} from "../../src/flow/ledger.ts";
import { entryIn, lineOf, readExport } from "../../src/flow/ledger-export.ts";
import { NOW } from "../builders.ts";
import { chained, entry, withheld } from "./chains.ts";

const bytes = (text: string) => Buffer.from(text);
const [first, second, third] = chained("repository:42", [entry("a"), entry("b\u2028"), entry("c")]) as readonly [
  LedgerEntry,
  LedgerEntry,
  LedgerEntry,
];

describe("A line of an export", () => {
  it("holds an entry's body as the very text that its digest is of", () => {
    const { body, ...rest } = JSON.parse(lineOf(first));
    expect(rest).toEqual({
      chain: "repository:42",
      sequence: 1,
      digest: first.digest,
      previous: first.previous,
      hash: first.hash,
    });
    expect(digestOf(body)).toBe(first.digest);
    expect(JSON.parse(body)).toEqual({
      chain: "repository:42",
      sequence: 1,
      at: NOW,
      what: "judged",
      actor: "app",
      about: "pull:42:31",
      says: first.says,
    });
  });

  it("is one line whatever the entry says, and is read as it was written", () => {
    for (const one of [first, second, third]) {
      expect(lineOf(one).indexOf("\n")).toBe(lineOf(one).length - 1);
      expect(entryIn(bytes(lineOf(one)))).toEqual(one);
    }
  });

  it("of an entry without its text tells nothing that its digest does not prove", () => {
    const { chain, sequence, digest, previous, hash } = second;
    expect(JSON.parse(lineOf(withheld(second)))).toEqual({ body: null, chain, sequence, digest, previous, hash });
    expect(entryIn(bytes(lineOf(withheld(second))))).toEqual({ says: null, chain, sequence, digest, previous, hash });
  });

  const { body, ...rest } = JSON.parse(lineOf(first)) as { readonly [key: string]: string };
  const line = (more: object) => `${canonical({ ...rest, body, ...more } as never)}\n`;
  const deep = `{"a":${"[".repeat(300)}${"]".repeat(300)}}`;
  const nested = (says: string) => line({ body: body?.replace(/"says":\{.*\}(?=,"sequence")/, `"says":${says}`) });
  it.each<[string, string | Uint8Array]>([
    ["without its newline", lineOf(first).trimEnd()],
    ["with a blank", lineOf(first).replace("{", "{ ")],
    ["that is empty", "\n"],
    ["that is no JSON", "{\n"],
    ["that is no UTF-8", Buffer.from([0x22, 0xff, 0x22, 0x0a])],
    ["that is too long", Buffer.alloc(16 * 1024 * 1024 + 1)],
    ["with a field more", line({ more: 1 })],
    ["without a field", lineOf(first).replace(/"hash":"[0-9a-f]*",/, "")],
    ["with a number 0", line({ sequence: 0 })],
    ["with a digest that is none", line({ digest: "x" })],
    ["with a body that is no JSON", line({ body: "{" })],
    ["with a body of another place", line({ sequence: 2 })],
    ["with a body of another chain", line({ chain: "repository:43" })],
    ["with blanks in its body", line({ body: `${body} ` })],
    ["of a kind that nobody knows", line({ body: body?.replace("judged", "dreamt") })],
    ["of a time that is none", line({ body: body?.replace(NOW, "yesterday") })],
    ["nested deeper than anything we write", nested(deep)],
  ])("%s is none", (_what, text) => {
    expect(entryIn(typeof text === "string" ? bytes(text) : text)).toBeNull();
  });

  it("may hold brackets, quotes and backslashes in what it says", () => {
    const [one] = chained("repository:42", [entry(`${"[{".repeat(300)}\\" \\\\`)]) as readonly [LedgerEntry];
    expect(entryIn(bytes(lineOf(one)))).toEqual(one);
  });
});

describe("A chain from which a text was taken out", () => {
  const redaction = (of: LedgerEntry, more: Partial<Entry> = {}): Entry => ({
    ...redacts("cli:olga", of, "it named a patient"),
    ...more,
  });
  const chainWith = (...later: readonly Entry[]) =>
    chained("repository:42", [entry("a"), entry("b\u2028"), ...later]).map((one) =>
      one.sequence === 2 ? withheld(one) : one,
    );

  it("says what was taken out, and what is known of it still", () => {
    expect(redaction(second)).toEqual({
      what: "redacted",
      actor: "cli:olga",
      about: "entry:2",
      says: {
        entry: 2,
        digest: second.digest,
        kept: { at: NOW, what: "judged", actor: "app", about: "pull:42:31" },
        key: null,
        because: "it named a patient",
      },
    });
    const opened = { ...second, says: { key: "hold:42:12", because: "x" } };
    expect(redacts("cli:olga", opened, "").says["key"]).toBe("hold:42:12");
  });

  it.each<[string, readonly (LedgerEntry | Withheld | Sealed)[], string | null]>([
    ["and a later entry says so", chainWith(entry("c"), redaction(second)), null],
    [
      "and nothing says so",
      chainWith(entry("c")),
      "Entry 2 of chain repository:42 has lost its text, and no entry says that it was redacted.",
    ],
    [
      "and an entry says so of another one",
      chainWith(redaction(first)),
      "Entry 2 of chain repository:42 has lost its text, and no entry says that it was redacted.",
    ],
    [
      "and another was put in its place",
      chainWith(redaction({ ...second, digest: first.digest })),
      "Entry 2 of chain repository:42 was changed: it is not what entry 3 says was redacted.",
    ],
    [
      "and what is known of it still was changed",
      chainWith(redaction(second)).map((one) => (one.sequence === 2 ? { ...one, actor: "mallory" } : one)),
      "Entry 2 of chain repository:42 was changed: it is not what entry 3 says was redacted.",
    ],
    [
      "and the entry that says so keeps nothing of it",
      chainWith(redaction(second, { says: { entry: 2, digest: second.digest } })),
      "Entry 2 of chain repository:42 was changed: it is not what entry 3 says was redacted.",
    ],
    [
      "twice, from two entries",
      chained("c", [entry("a"), entry("b")]).map(withheld),
      "Entry 1 of chain c has lost its text",
    ],
  ])("%s", (_what, entries, flaw) => {
    if (flaw === null) expect(flawIn(entries)).toBeNull();
    else expect(flawIn(entries)).toContain(flaw);
  });

  it("has the digest and hash that it had before", () => {
    const before = chained("repository:42", [entry("a"), entry("b\u2028"), redaction(second)]);
    const exported = before.map((one) => (one.sequence === 2 ? withheld(one) : one)).map(lineOf);
    expect(readExport(exported.map(bytes))).toEqual({
      chains: new Map([["repository:42", { sequence: 3, hash: before[2]?.hash, unexplained: new Map() }]]),
    });
  });
});

describe("An export", () => {
  const other = chained("repository:77", [entry("x"), entry("y")]);
  const lines = (...entries: readonly (LedgerEntry | Withheld)[]) => entries.map((one) => bytes(lineOf(one)));

  it("may hold several chains, in any order, each in its own", () => {
    const seen: string[] = [];
    const read = readExport(
      lines(first, ...other, second),
      ({ chain, sequence }) => void seen.push(`${chain} ${sequence}`),
    );
    expect("chains" in read && [...read.chains].map(([chain, { sequence }]) => [chain, sequence])).toEqual([
      ["repository:42", 2],
      ["repository:77", 2],
    ]);
    expect(seen).toEqual(["repository:42 1", "repository:77 1", "repository:77 2", "repository:42 2"]);
  });

  it.each<[string, readonly Uint8Array[], string]>([
    ["no entry", [], "There is no entry in it."],
    ["a line that is none", [...lines(first), bytes("x\n")], "Line 2 is no entry as Flowgate writes it"],
    ["a line taken out", lines(first, third), "Entry 3 of chain repository:42 stands where entry 2 should"],
    ["its beginning taken out", lines(second, third), "Entry 2 of chain repository:42 stands where entry 1 should"],
    ["lines in another order", lines(second, first), "Entry 2 of chain repository:42 stands where entry 1 should"],
    ["a text lost", lines(withheld(first), second), "Entry 1 of chain repository:42 has lost its text"],
  ])("with %s is refused", (_what, given, flaw) => {
    const read = readExport(given);
    expect("flaw" in read && read.flaw).toContain(flaw);
  });
});
