import { createHash } from "node:crypto";
import { type LedgerEntry, redacts, type Withheld } from "../../src/flow/ledger.ts";
import { lineOf } from "../../src/flow/ledger-export.ts";
import { type Sha, sha } from "../../src/flow/names.ts";
import type { Signer } from "../../src/flow/signer.ts";
import type { Evidence } from "../../src/release/evidence/record.ts";
import { evidenceFiles } from "../../src/release/evidence.ts";
import type { Clone, GitObject } from "../../src/release/verification/git.ts";
import type { Given } from "../../src/release/verification.ts";
import { evidenceMarkdown } from "../../src/report/evidence.ts";
import { chained, entry, withheld } from "../flow/chains.ts";
import { evidence, signer } from "./releases.ts";

const begun = chained(
  "repository:42",
  ["a", "b", "the merge", "d", "the last"].map((word) => entry(word)),
);
const [, second] = begun as readonly [LedgerEntry, LedgerEntry];
const whole = chained("repository:42", [...begun, redacts("cli:olga", second, "it named a patient"), entry("later")]);
/** The second entry has lost its text, the sixth says so; the evidence rests on the first five. */
export const LEDGER: readonly (LedgerEntry | Withheld)[] = whole.map((one) =>
  one.sequence === second.sequence ? withheld(one) : one,
);
const OTHER = chained("organisation:1", [entry("x"), entry("y")]);
/** As the command line writes it. */
export const EXPORT: readonly string[] = [...OTHER, ...LEDGER].map(lineOf);
export const linesOf = (text: string): readonly Uint8Array[] =>
  (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line) => Buffer.from(line, "latin1"));

export function gitObject(type: GitObject["type"], content: string | Buffer): readonly [Sha, GitObject] {
  const bytes = Buffer.from(content as string);
  return [sha(createHash("sha1").update(`${type} ${bytes.length}\0`).update(bytes).digest("hex")), { type, bytes }];
}
export const tree = (...entries: readonly (readonly [string, string, Sha])[]) =>
  gitObject(
    "tree",
    Buffer.concat(entries.flatMap(([mode, name, id]) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, "hex")])),
  );

export const RUN_BOOK = gitObject("blob", "# Release\n\n## Deploy\n- [ ] Run it\n");
export const README = gitObject("blob", "Read me\n");
const books = tree(["100644", "release.md", RUN_BOOK[0]]);
const docs = tree(["40000", "runbooks", books[0]]);
export const ROOT = tree(["100644", "a b.md", README[0]], ["40000", "docs", docs[0]]);
const author = "Rita <rita@example.org> 1795513200 +0000";
export const COMMIT = gitObject("commit", `tree ${ROOT[0]}\nauthor ${author}\ncommitter ${author}\n\nRelease\n`);
const MERGED = LEDGER[2] as LedgerEntry;
const HEAD = LEDGER[4] as LedgerEntry;
export const tagObject = (more: { readonly of?: Sha; readonly name?: string; readonly message?: string } = {}) =>
  gitObject(
    "tag",
    `object ${more.of ?? COMMIT[0]}\ntype commit\ntag ${more.name ?? "v1.4.0"}\ntagger ${author}\n\n${more.message ?? `Release 1.4.0\n\nLedger: ${MERGED.hash}\n`}`,
  );
export const TAG = tagObject();

export const OBJECTS: readonly (readonly [Sha, GitObject])[] = [RUN_BOOK, README, books, docs, ROOT, COMMIT, TAG];
export const clone = (more: Partial<Clone> = {}): Clone => ({ tag: TAG[0], objects: new Map(OBJECTS), ...more });

/** Evidence that tells of that clone and that ledger. */
export const told = (more: Partial<Evidence> = {}): Evidence =>
  evidence({
    release: {
      ...evidence().release,
      tag: { name: "v1.4.0", object: TAG[0] },
      commit: COMMIT[0],
      tree: ROOT[0],
    },
    runBook: { path: "docs/runbooks/release.md", blob: RUN_BOOK[0], walks: evidence().runBook?.walks ?? [] },
    ledger: {
      chain: "repository:42",
      from: 1,
      merged: { sequence: 3, hash: MERGED.hash },
      head: { sequence: 5, hash: HEAD.hash },
    },
    ...more,
  });

export const filesOf = (given: Evidence, by: Signer = signer()): Map<string, Uint8Array> =>
  new Map(evidenceFiles(given, evidenceMarkdown(given), by).map(({ name, text }) => [name, Buffer.from(text)]));

export const FILES: ReadonlyMap<string, Uint8Array> = filesOf(told());
const LINES = EXPORT.map((line) => Buffer.from(line));

/** All there is to check, and nothing is wrong with it. */
export const given = (more: Partial<Given> = {}): Given => ({
  files: FILES,
  keyid: signer().keyid,
  ledger: LINES,
  clone: clone(),
  ...more,
});
