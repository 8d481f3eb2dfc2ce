import { digestOf } from "../flow/ledger.ts";
import type { Signer } from "../flow/signer.ts";
import { envelope } from "./evidence/envelope.ts";
import {
  EVIDENCE_FILE,
  type EvidenceFile,
  MANIFEST_FILE,
  manifest,
  READABLE_FILE,
  RESULT_FILE,
} from "./evidence/files.ts";
import type { Evidence } from "./evidence/record.ts";
import { result, statement } from "./evidence/statement.ts";

/**
 * The files that are attached to a release: the signed statement, what people read of it, and the sums of both. Once it is
 * final also the Simple Verification Result, so that nothing is deployed on the strength of what was not tested yet.
 * The same evidence and key always give the same bytes.
 *
 * @param readable what people read, made of the same evidence.
 */
export function evidenceFiles(evidence: Evidence, readable: string, signer: Signer): readonly EvidenceFile[] {
  const said = statement(evidence, signer, digestOf(readable));
  const files = [
    { name: EVIDENCE_FILE, text: envelope(said, signer) },
    { name: READABLE_FILE, text: readable },
    ...(evidence.state === "final" ? [{ name: RESULT_FILE, text: envelope(result(evidence), signer) }] : []),
  ];
  return [...files, { name: MANIFEST_FILE, text: manifest(files) }];
}
