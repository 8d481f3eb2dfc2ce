import { digestOf } from "../flow/ledger.ts";
import { envelope, type Signer } from "./evidence/envelope.ts";
import type { Evidence } from "./evidence/record.ts";
import { result, statement } from "./evidence/statement.ts";

/** The files of a release's evidence, by the names that its assets have. */
export const EVIDENCE_FILE = "evidence.json";
export const READABLE_FILE = "evidence.md";
export const RESULT_FILE = "svr.json";
export const MANIFEST_FILE = "manifest.sha256";

export type EvidenceFile = { readonly name: string; readonly text: string };

/**
 * The files that are attached to a release: the signed statement, what people read of it, and the sums of both. Once it is
 * final also the Simple Verification Result, so that nothing is deployed on the strength of what was not tested yet.
 * The same evidence and key always give the same bytes.
 *
 * @param readable what people read, made of the same evidence.
 */
export function evidenceFiles(evidence: Evidence, readable: string, signer: Signer): readonly EvidenceFile[] {
  const said = statement(evidence, signer, { name: READABLE_FILE, sha256: digestOf(readable) });
  const files = [
    { name: EVIDENCE_FILE, text: envelope(said, signer) },
    { name: READABLE_FILE, text: readable },
    ...(evidence.state === "final" ? [{ name: RESULT_FILE, text: envelope(result(evidence), signer) }] : []),
  ];
  return [...files, { name: MANIFEST_FILE, text: manifest(files) }];
}

/** The sums of files, as `sha256sum --check` takes them. */
export const manifest = (files: readonly EvidenceFile[]): string =>
  files
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, text }) => `${digestOf(text)}  ${name}\n`)
    .join("");
