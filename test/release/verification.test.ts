import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { canonical, digestOf } from "../../src/flow/ledger.ts";
import { lineOf } from "../../src/flow/ledger-export.ts";
import { type Json, repositoryId, type sha } from "../../src/flow/names.ts";
import { envelope, fileOf } from "../../src/release/evidence/envelope.ts";
import type { Evidence } from "../../src/release/evidence/record.ts";
import { result, statement } from "../../src/release/evidence/statement.ts";
import { type Clone, type GitObject, lacking } from "../../src/release/verification/git.ts";
import { evidenceIn, type Given, type Verified, verification } from "../../src/release/verification.ts";
import { at, NOW } from "../builders.ts";
import { chained, entry } from "../flow/chains.ts";
import { hop, signer } from "./releases.ts";
import {
  COMMIT,
  clone,
  EXPORT,
  FILES,
  filesOf,
  gitObject,
  given,
  LEDGER,
  linesOf,
  OBJECTS,
  README,
  ROOT,
  RUN_BOOK,
  TAG,
  tagObject,
  told,
  tree,
} from "./verifying.ts";

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString("utf8");
const failures = ({ checks }: Verified) => checks.flatMap(({ came, says }) => (came === "failed" ? [says] : []));
const came = ({ checks }: Verified) => Object.fromEntries(checks.map(({ what, came }) => [what, came]));
/** The files with one of them otherwise; null: without it. */
function withFile(name: string, content: string | Uint8Array | null, of: Evidence | null = null): Partial<Given> {
  const files = of === null ? new Map(FILES) : filesOf(of);
  if (content === null) files.delete(name);
  else files.set(name, typeof content === "string" ? Buffer.from(content) : content);
  return { files };
}
type Envelope = Parameters<typeof fileOf>[0];
const sealed = (): Envelope => JSON.parse(text(FILES.get("evidence.json")));
const resealed = (more: Partial<Envelope>) => withFile("evidence.json", fileOf({ ...sealed(), ...more }));
/** A statement that was signed, and is not as we write it. */
const signed = (json: string) => {
  const made = JSON.parse(envelope({}, { ...signer(), sign: () => new Uint8Array(64) }));
  return withFile("evidence.json", fileOf({ ...made, payload: Buffer.from(json).toString("base64") }));
};
const said = () => statement(told(), signer(), digestOf("x")) as unknown as { [key: string]: Json };

describe("Evidence", () => {
  it("is verified where all fits and it is signed by the key given", () => {
    const verified = verification(given());
    expect(verified.says).toBe(`verified, signed by ${signer().keyid}`);
    expect(verified.came).toBe("verified");
    expect(verified.checks.map(({ what, came, says }) => `${came} ${what}: ${says}`)).toEqual([
      "ok evidence.json: evidence.json is whole: no byte was changed since it was signed.",
      `ok signer: It is signed by the key given, ${signer().keyid}.`,
      "ok state: It is the final evidence of v1.4.0.",
      "ok evidence.md: evidence.md is the page that was signed with it.",
      "ok svr.json: svr.json is signed by the same key, and is about the same commit and tag.",
      "ok manifest.sha256: The sums in manifest.sha256 are those of the files.",
      "ok ledger: Chain repository:42 is whole up to entry 7 (the text of 1 entry was redacted, as later ones say), and has the entries that the evidence rests on.",
      `ok commit: The clone has the commit ${COMMIT[0].slice(0, 7)} with the tree that was released.`,
      "ok tag: The tag v1.4.0 is the one that was made: it is of that commit, and its message names the ledger's entry of the merge.",
      "ok run-book: docs/runbooks/release.md in what was released is the run-book that was walked through.",
    ]);
  });

  it("is intact and no more without a key, however much else fits", () => {
    const verified = verification(given({ keyid: null }));
    expect(verified).toMatchObject({ came: "intact", says: "intact, signer unknown" });
    expect(came(verified)["signer"]).toBe("unknown");
  });

  it("made anew by somebody else is intact without a key, and refused with it", () => {
    const files = filesOf(told({ gates: [] }), signer("second"));
    expect(verification(given({ files, keyid: null })).says).toBe("intact, signer unknown");
    const verified = verification(given({ files }));
    expect(verified.came).toBe("failed");
    expect(failures(verified)).toEqual([
      `evidence.json is signed by another key, ${signer("second").keyid}, and not by the one given, ${signer().keyid}.`,
    ]);
    expect(verified.says).toBe(`failed: ${failures(verified)[0]}`);
  });

  it("that is preliminary says so, and has no result", () => {
    const verified = verification(given({ files: filesOf(told({ state: "preliminary" })) }));
    expect(verified.came).toBe("verified");
    expect(came(verified)).toMatchObject({ state: "unknown", "svr.json": "unknown", "manifest.sha256": "ok" });
  });

  it("by itself leaves unknown what was not given", () => {
    const files = new Map([...FILES].filter(([name]) => name === "evidence.json"));
    const verified = verification({ files, keyid: null, ledger: null, clone: null });
    expect(verified.says).toBe("intact, signer unknown");
    expect(came(verified)).toEqual({
      ...{ "evidence.json": "ok", signer: "unknown", state: "ok", "evidence.md": "unknown", "svr.json": "unknown" },
      ...{ "manifest.sha256": "unknown", ledger: "unknown", repository: "unknown" },
    });
  });

  it("without a run-book is checked for the rest", () => {
    const verified = verification(given({ files: filesOf(told({ runBook: null })) }));
    expect(verified.came).toBe("verified");
    expect(verified.checks.at(-1)).toEqual({ what: "run-book", came: "ok", says: "There was no run-book." });
  });

  it.each<[string, Partial<Given>, string]>([
    ["not there", { files: new Map() }, "evidence.json is no DSSE envelope with a statement of in-toto"],
    ["no JSON", withFile("evidence.json", "{"), "evidence.json is no DSSE envelope"],
    ["no UTF-8", withFile("evidence.json", Buffer.from([0xff])), "evidence.json is no DSSE envelope"],
    ["too large", withFile("evidence.json", Buffer.alloc(32 * 1024 * 1024 + 1)), "evidence.json is larger than 32 MiB"],
    ["of another type", resealed({ payloadType: "application/json" }), "evidence.json is no DSSE envelope"],
    [
      "followed by something",
      withFile("evidence.json", `${fileOf(sealed())} `),
      "evidence.json is not byte for byte as Flowgate writes it",
    ],
    [
      "with a key twice",
      withFile("evidence.json", fileOf(sealed()).replace('{"payload"', '{"payload":"","payload"')),
      "evidence.json is not byte for byte as Flowgate writes it",
    ],
    ["not signed", resealed({ signatures: [] }), "evidence.json is not signed."],
    [
      "signed twice",
      resealed({ signatures: [...sealed().signatures, ...sealed().signatures] }),
      "evidence.json has 2 signatures, and Flowgate makes one.",
    ],
    [
      "in base64 that can be written otherwise",
      resealed({ payload: `${sealed().payload}=` }),
      "The base64 in evidence.json is not as Flowgate writes it",
    ],
    [
      "with a signature of other bits behind its end",
      resealed({ signatures: sealed().signatures.map(({ keyid, sig }) => ({ keyid, sig: `${sig} ` })) }),
      "The base64 in evidence.json is not as Flowgate writes it",
    ],
    ["with another field", signed(canonical({ ...said(), more: 1 })), "The statement in evidence.json is not as this"],
    [
      "with blanks in its statement",
      signed(JSON.stringify(said(), null, 1)),
      "The statement in evidence.json is not as",
    ],
    ["with a statement that is no JSON", signed("{"), "The statement in evidence.json is not as this version"],
    [
      "with another signature",
      resealed({ signatures: [{ keyid: signer().keyid, sig: Buffer.alloc(64).toString("base64") }] }),
      "The signature of evidence.json does not fit what it says: one of them was changed after it was signed.",
    ],
    [
      "with a shorter one",
      resealed({ signatures: [{ keyid: signer().keyid, sig: Buffer.alloc(63).toString("base64") }] }),
      "The signature of evidence.json does not fit what it says",
    ],
    [
      "signed by another than it says",
      resealed({ signatures: [{ keyid: signer("second").keyid, sig: sealed().signatures[0]?.sig ?? "" }] }),
      `evidence.json is signed by ${signer("second").keyid}, and not by ${signer().keyid}.`,
    ],
    [
      "signed by nobody",
      resealed({ signatures: [{ keyid: "\u202e", sig: sealed().signatures[0]?.sig ?? "" }] }),
      "evidence.json is signed by an unknown key, and not by",
    ],
  ])("that is %s is refused", (_what, more, says) => {
    const verified = verification(given(more));
    expect(verified.came).toBe("failed");
    expect(verified.says).toMatch(/^failed: /);
    expect(verified.says).toContain(says);
    expect(verification(given({ ...more, keyid: null })).came).toBe("failed");
  });

  it.each([
    ["no base64", "…"],
    ["no key", Buffer.from("key").toString("base64")],
    // X25519, RFC 8410, section 10.3
    ["a key that signs nothing", "MCowBQYDK2VuAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZmE="],
    [
      "a key with something behind it",
      `${Buffer.from(`${Buffer.from(signer().publicKey, "base64").toString("latin1")}x`, "latin1").toString("base64")}`,
    ],
    ["another key than by its digest", signer("second").publicKey],
  ])("that names %s is refused", (_what, publicKey) => {
    const by = { ...signer(), publicKey };
    const bytes = Buffer.from(envelope(statement(told(), by, digestOf("x")), by));
    expect(evidenceIn(bytes)).toEqual({ flaw: "evidence.json names no Ed25519 key by which it is signed." });
  });

  it("that tells of another commit than it is about is refused", () => {
    const other = {
      ...statement(told(), signer(), digestOf("x")),
      subject: result(told({ repository: { id: repositoryId(1), name: "a/b" } })).subject,
    };
    expect(evidenceIn(Buffer.from(envelope(other, signer())))).toEqual({
      flaw: "The subject of evidence.json is not the commit and the tag that it tells of.",
    });
  });

  it.each([
    ["v1.4.0", true],
    ["1.4.0-rc.1+build.7", true],
    ["--upload-pack=x", false],
    ["v1..2", false],
    ["v1.lock", false],
    ["v1.", false],
    ["v1 2", false],
    ["../v1", false],
  ])("may have the tag %j: %s, since git is asked for it", (name, may) => {
    const { tag, ...release } = told().release;
    const files = filesOf(told({ release: { ...release, tag: { ...tag, name } } }));
    expect("evidence" in evidenceIn(files.get("evidence.json") ?? new Uint8Array())).toBe(may);
  });

  it.each([
    ["docs/runbooks/release.md", true],
    ["../release.md", false],
    ["docs//release.md", false],
    ["/etc/passwd", false],
  ])("may have the run-book %j: %s", (path, may) => {
    const files = filesOf(told({ runBook: { path, blob: RUN_BOOK[0], walks: [] } }));
    expect("evidence" in evidenceIn(files.get("evidence.json") ?? new Uint8Array())).toBe(may);
  });

  it("with a time that can be written otherwise is refused", () => {
    const files = filesOf(told({ pull: hop({ at: "2026-11-24T09:40:00Z" as never }) }));
    expect(verification(given({ files })).says).toContain("The statement in evidence.json is not as this version");
  });
});

describe("What lies beside the evidence", () => {
  const svr = (evidence: Evidence, by = signer()) => envelope(result(evidence), by);
  const manifest = () => text(FILES.get("manifest.sha256"));

  it.each<[string, Partial<Given>, string]>([
    [
      "another page",
      withFile("evidence.md", "# Other\n"),
      "evidence.md was changed: it is not the page that was signed",
    ],
    ["no result", withFile("svr.json", "{}"), "svr.json is no DSSE envelope"],
    ["a result of somebody else", withFile("svr.json", svr(told(), signer("second"))), "svr.json is signed by"],
    [
      "a result of another commit",
      withFile("svr.json", svr(told({ repository: { id: repositoryId(42), name: "acme/web" } }))),
      "svr.json was made with other evidence than this.",
    ],
    [
      "a result of another time",
      withFile("svr.json", svr(told({ made: NOW }))),
      "svr.json was made with other evidence than this.",
    ],
    [
      "a result though it is preliminary",
      withFile("svr.json", svr(told()), told({ state: "preliminary" })),
      "svr.json was made with other evidence than this.",
    ],
    ["no manifest", withFile("manifest.sha256", "x"), "manifest.sha256 is not as Flowgate writes it"],
    [
      "one that is no text",
      withFile("manifest.sha256", Buffer.from([0xff])),
      "manifest.sha256 is not as Flowgate writes",
    ],
    [
      "one with a line less",
      withFile("manifest.sha256", manifest().split("\n").slice(1).join("\n")),
      "manifest.sha256 is",
    ],
    [
      "one with a line more",
      withFile("manifest.sha256", `${manifest()}\n`),
      "manifest.sha256 is not as Flowgate writes it",
    ],
    [
      "one with another sum",
      withFile(
        "manifest.sha256",
        manifest().replace(/^./, (digit) => (digit === "0" ? "1" : "0")),
      ),
      "evidence.json and its sum in manifest.sha256 differ: one of them was changed.",
    ],
    [
      "one with a sum of another page, which is not there",
      {
        files: new Map(
          [
            ...FILES,
            ["manifest.sha256", Buffer.from(manifest().replace(/^.*(?= {2}evidence\.md)/m, "0".repeat(64)))] as const,
          ].filter(([name]) => name !== "evidence.md"),
        ),
      },
      "evidence.md and its sum in manifest.sha256 differ",
    ],
  ])("%s is found", (_what, more, says) => {
    expect(verification(given(more)).says).toContain(says);
  });

  it("and is not there is unknown, where nothing else vouches for it", () => {
    const verified = verification(given(withFile("svr.json", null)));
    expect(came(verified)).toMatchObject({ "svr.json": "unknown", "manifest.sha256": "unknown" });
    expect(verified.came).toBe("verified");
    expect(came(verification(given(withFile("evidence.md", null))))["manifest.sha256"]).toBe("ok");
  });
});

describe("The ledger that the evidence rests on", () => {
  const lines = (...texts: readonly string[]): Partial<Given> => ({ ledger: texts.map((line) => Buffer.from(line)) });
  const own = EXPORT.slice(2);
  const plain = chained(
    "repository:42",
    ["a", "b", "c", "d", "e", "f"].map((word) => entry(word)),
  ).map(lineOf);

  it("may be exported alone", () => {
    expect(verification(given(lines(...own))).came).toBe("verified");
  });

  it.each<[string, Partial<Given>, string]>([
    [
      "an entry less",
      lines(...own.slice(0, 3), ...own.slice(4)),
      "Entry 5 of chain repository:42 stands where entry 4 should",
    ],
    ["entries in another order", lines(...own.toReversed()), "stands where entry 1 should"],
    ["another chain that is broken", lines(EXPORT[1] ?? "", ...own), "Entry 2 of chain organisation:1 stands where"],
    [
      "an end too soon",
      lines(...own.slice(0, 1)),
      "ends at entry 1 of chain repository:42, and the evidence rests on entry 5.",
    ],
    ["another component's", lines(...EXPORT.slice(0, 2)), "The export has no chain repository:42"],
    ["another past", lines(...plain), "Entry 3 of chain repository:42 is not the one that the evidence was made from."],
    ["no entry", lines(), "There is no entry in it."],
    [
      "a text lost that nobody redacted",
      lines(...own.slice(0, 5)),
      "Entry 2 of chain repository:42 has lost its text, and no entry says",
    ],
  ])("with %s is refused", (_what, more, says) => {
    expect(failures(verification(given(more)))).toEqual([expect.stringContaining(says)]);
  });

  it("has no entry that could be left out or put elsewhere, but for a last one that came after", () => {
    const place = fc.nat(own.length - 1);
    fc.assert(
      fc.property(place, place, (from, to) => {
        const others = own.toSpliced(from, 1);
        if (from < own.length - 1) expect(verification(given(lines(...others))).came).toBe("failed");
        if (from !== to)
          expect(verification(given(lines(...others.toSpliced(to, 0, own[from] ?? "")))).came).toBe("failed");
      }),
    );
    expect(verification(given(lines(...own.slice(0, -1)))).came).toBe("verified");
  });

  it("as it was before something was redacted is whole too", () => {
    const before = chained(
      "repository:42",
      ["a", "b", "the merge", "d", "the last"].map((word) => entry(word)),
    );
    const verified = verification(given(lines(...before.map(lineOf))));
    expect(verified.checks.find(({ what }) => what === "ledger")?.says).toBe(
      "Chain repository:42 is whole up to entry 5, and has the entries that the evidence rests on.",
    );
    expect(LEDGER).toHaveLength(7);
  });
});

describe("A clone of what was released", () => {
  const objects = (...more: readonly (readonly [ReturnType<typeof sha>, GitObject | null])[]) =>
    new Map([...OBJECTS, ...more]);
  const tagged = (one: ReturnType<typeof gitObject>): Partial<Clone> => ({ tag: one[0], objects: objects(one) });
  const released = (more: Partial<Evidence["release"]>) => told({ release: { ...told().release, ...more } });
  const bookAt = (path: string, blob = RUN_BOOK[0]) => told({ runBook: { path, blob, walks: [] } });
  const link = tree(["120000", "docs", RUN_BOOK[0]]);
  const odd = gitObject("tree", "no tree at all");
  const merged = LEDGER[2]?.hash ?? "";

  it.each<[string, Partial<Clone>, Evidence, string]>([
    [
      "without the commit",
      { objects: objects([COMMIT[0], null]) },
      told(),
      `The clone has no commit ${COMMIT[0]}: fetch it`,
    ],
    [
      "with the commit changed where it lies",
      { objects: objects([COMMIT[0], { type: "commit", bytes: Buffer.from("tree") }]) },
      told(),
      `The commit ${COMMIT[0]} in the clone was changed: its content does not have its id.`,
    ],
    [
      "where the commit is something else",
      {},
      released({ commit: README[0] }),
      `${README[0]} is a blob in the clone, and no commit.`,
    ],
    ["with another tree", {}, released({ tree: at("x") }), `has the tree ${ROOT[0]}, and not ${at("x")}.`],
    ["without the tag", { tag: null }, told(), "The clone has no tag v1.4.0: fetch the tags"],
    [
      "with a tag without a message",
      { tag: COMMIT[0] },
      told(),
      `The tag v1.4.0 was changed: it points to ${COMMIT[0]} itself, and was an object with a message.`,
    ],
    [
      "with the tag on another commit",
      tagged(tagObject({ of: at("elsewhere") })),
      told(),
      `The tag v1.4.0 was changed: it is of ${at("elsewhere")}, and was of ${COMMIT[0]}.`,
    ],
    [
      "with another message",
      tagged(tagObject({ message: "Release 1.4.0\n" })),
      told(),
      "The tag v1.4.0 was changed: its message does not name the ledger's entry of the merge",
    ],
    [
      "with something else in its message",
      tagged(tagObject({ message: `Release!\n\n${merged}\n` })),
      told(),
      "so its message, name, date or author differs.",
    ],
    [
      "without the object of the tag",
      { objects: objects([TAG[0], null]) },
      told(),
      `The clone has no tag ${TAG[0]}: fetch it`,
    ],
    [
      "with a tag that was made for another commit",
      tagged(tagObject({ of: at("elsewhere") })),
      released({ tag: { name: "v1.4.0", object: tagObject({ of: at("elsewhere") })[0] } }),
      `The tag v1.4.0 is of commit ${at("elsewhere")}, and not of the commit ${COMMIT[0]}.`,
    ],
    [
      "with a tag that has another name inside",
      tagged(tagObject({ name: "v9.9.9" })),
      released({ tag: { name: "v1.4.0", object: tagObject({ name: "v9.9.9" })[0] } }),
      "The tag v1.4.0 is of commit",
    ],
    [
      "with a tag without headers",
      tagged(gitObject("tag", "")),
      released({ tag: { name: "v1.4.0", object: gitObject("tag", "")[0] } }),
      "The tag v1.4.0 is of nothing nothing",
    ],
    [
      "with a message that never named the ledger",
      tagged(tagObject({ message: "x" })),
      released({ tag: { name: "v1.4.0", object: tagObject({ message: "x" })[0] } }),
      "The message of the tag v1.4.0 does not name the ledger's entry of the merge",
    ],
    ["without the run-book", {}, bookAt("docs/other.md"), "There is no docs/other.md in what was released."],
    ["where a file is on the way", {}, bookAt("a b.md/x"), `${README[0]} is a blob in the clone, and no tree.`],
    [
      "with another run-book",
      {},
      bookAt("a b.md"),
      `a b.md in what was released is ${README[0]}, and not the run-book that`,
    ],
    ["where it is a folder", {}, bookAt("docs"), "docs in what was released is"],
    [
      "where it is a link",
      { objects: objects(link) },
      { ...bookAt("docs"), release: { ...told().release, tree: link[0] } },
      `docs in what was released is ${RUN_BOOK[0]}, and not the run-book`,
    ],
    [
      "with a tree that is none",
      { objects: objects(odd) },
      { ...bookAt("docs"), release: { ...told().release, tree: odd[0] } },
      "There is no docs in what was released.",
    ],
    [
      "with the run-book changed where it lies",
      { objects: objects([RUN_BOOK[0], { type: "blob", bytes: Buffer.from("# Release\n") }]) },
      told(),
      `The blob ${RUN_BOOK[0]} in the clone was changed: its content does not have its id.`,
    ],
    [
      "without the file of the run-book",
      { objects: objects([RUN_BOOK[0], null]) },
      told(),
      `The clone has no blob ${RUN_BOOK[0]}`,
    ],
  ])("%s is found", (_what, more, evidence, says) => {
    const verified = verification(given({ files: filesOf(evidence), clone: clone(more) }));
    expect(failures(verified).join("\n")).toContain(says);
  });

  it("is asked for what is needed, and no more", () => {
    const read = new Map<ReturnType<typeof sha>, GitObject | null>();
    const asked: number[] = [];
    for (;;) {
      const lacks = lacking(told(), clone({ objects: read }));
      if (lacks.length === 0) break;
      asked.push(lacks.length);
      for (const id of lacks) read.set(id, new Map(OBJECTS).get(id) ?? null);
    }
    expect(asked).toEqual([3, 1, 1, 1]);
    expect(read.has(README[0])).toBe(false);
    expect(verification(given({ clone: clone({ objects: read }) })).came).toBe("verified");
    expect(lacking(told(), clone({ tag: at("other"), objects: read }))).toEqual([at("other")]);
  });
});

describe("Any byte that is changed", () => {
  const flipped = (bytes: Uint8Array, place: number, bit: number) => {
    const changed = Buffer.from(bytes);
    changed[place % changed.length] = (changed[place % changed.length] ?? 0) ^ (1 << bit);
    return changed;
  };
  const anywhere = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 7 }));
  const found = (more: Partial<Given>, name: RegExp) => {
    const verified = verification(given(more));
    expect(verified.came).toBe("failed");
    expect(failures(verified).join("\n")).toMatch(name);
    expect(verification(given({ ...more, keyid: null })).came).toBe("failed");
  };

  it.each(["evidence.json", "evidence.md", "svr.json", "manifest.sha256"])("in %s is found and named", (name) => {
    const bytes = FILES.get(name) ?? new Uint8Array();
    fc.assert(
      fc.property(anywhere, ([place, bit]) => {
        found(withFile(name, flipped(bytes, place, bit)), new RegExp(name.replaceAll(".", "\\.")));
      }),
      { numRuns: 300 },
    );
  });

  it("in an export of the ledger is found and named", () => {
    const bytes = Buffer.from(EXPORT.join(""));
    fc.assert(
      fc.property(anywhere, ([place, bit]) => {
        const ledger = linesOf(flipped(bytes, place, bit).toString("latin1"));
        found({ ledger }, /In the export of the ledger: (Line \d+ is no entry|Entry \d+ of chain)/);
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, ReturnType<typeof gitObject>, RegExp]>([
    ["the tag's message", TAG, /The tag [0-9a-f]{40} in the clone was changed/],
    ["the run-book", RUN_BOOK, /The blob [0-9a-f]{40} in the clone was changed/],
    ["the commit", COMMIT, /The commit [0-9a-f]{40} in the clone was changed/],
  ])("in %s, where it lies, is found and named", (_what, [id, { type, bytes }], name) => {
    fc.assert(
      fc.property(anywhere, ([place, bit]) => {
        const objects = new Map([...OBJECTS, [id, { type, bytes: flipped(bytes, place, bit) }] as const]);
        found({ clone: clone({ objects }) }, name);
      }),
    );
  });

  it("in a tag that was made anew is found and named", () => {
    fc.assert(
      fc.property(anywhere, ([place, bit]) => {
        const made = gitObject("tag", flipped(TAG[1].bytes, place, bit));
        found(
          { clone: clone({ tag: made[0], objects: new Map([...OBJECTS, made]) }) },
          /The tag v1\.4\.0 was changed: /,
        );
      }),
    );
  });

  it("that is added or taken away is found", () => {
    for (const [name, bytes] of FILES) {
      found(withFile(name, Buffer.concat([bytes, Buffer.from("\n")])), new RegExp(name));
      found(withFile(name, bytes.subarray(0, -1)), new RegExp(name));
      found(withFile(name, bytes.subarray(1)), new RegExp(name));
    }
  });
});
