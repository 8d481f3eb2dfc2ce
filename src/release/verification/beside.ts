import { createHash } from "node:crypto";
import { canonical } from "../../flow/ledger.ts";
import type { Hash } from "../../flow/names.ts";
import { EVIDENCE_FILE, MANIFEST_FILE, READABLE_FILE, RESULT_FILE, summed } from "../evidence/files.ts";
import { resultShape } from "../evidence/shape.ts";
import { type SignedEvidence, subjectsOf } from "../evidence/statement.ts";
import { type Check, failed, ok, unknown } from "./check.ts";
import { type Key, sealedIn, textOf, unsigned } from "./sealed.ts";

/** The files of evidence by their names, as far as they are there. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** What lies beside the statement: the page that people read, the result, and the sums. */
export function besideChecks(evidence: SignedEvidence, key: Key, files: Files): readonly Check[] {
  return [readableCheck(evidence, files), resultCheck(evidence, key, files), manifestCheck(evidence, files)];
}

function readableCheck({ readable }: SignedEvidence, files: Files): Check {
  const bytes = files.get(READABLE_FILE);
  if (bytes === undefined) return unknown(READABLE_FILE, `There is no ${READABLE_FILE} beside it.`);
  return sha256(bytes) === readable.digest.sha256
    ? ok(READABLE_FILE, `${READABLE_FILE} is the page that was signed with it.`)
    : failed(READABLE_FILE, `${READABLE_FILE} was changed: it is not the page that was signed with ${EVIDENCE_FILE}.`);
}

function resultCheck(evidence: SignedEvidence, key: Key, files: Files): Check {
  const bytes = files.get(RESULT_FILE);
  if (bytes === undefined) return unknown(RESULT_FILE, `There is no ${RESULT_FILE} beside it.`);
  const sealed = sealedIn(bytes, RESULT_FILE, resultShape);
  if ("flaw" in sealed) return failed(RESULT_FILE, sealed.flaw);
  const flaw = unsigned(sealed, key, RESULT_FILE);
  if (flaw !== null) return failed(RESULT_FILE, flaw);
  const { subject, predicate } = sealed.said;
  const isOfIt =
    evidence.state === "final" &&
    canonical(subject) === canonical(subjectsOf(evidence)) &&
    predicate.timeCreated === evidence.made;
  return isOfIt
    ? ok(RESULT_FILE, `${RESULT_FILE} is signed by the same key, and is about the same commit and tag.`)
    : failed(RESULT_FILE, `${RESULT_FILE} was made with other evidence than this.`);
}

function manifestCheck(evidence: SignedEvidence, files: Files): Check {
  const bytes = files.get(MANIFEST_FILE);
  if (bytes === undefined) return unknown(MANIFEST_FILE, `There is no ${MANIFEST_FILE} beside it.`);
  const text = textOf(bytes) ?? "";
  const sums = [...text.matchAll(/^([0-9a-f]{64}) {2}([\w.-]+)$/gm)].map(([, sum = "", name = ""]) => ({
    sha256: sum as Hash,
    name,
  }));
  const names = [EVIDENCE_FILE, READABLE_FILE, ...(evidence.state === "final" ? [RESULT_FILE] : [])];
  if (text !== summed(sums) || sums.map(({ name }) => name).join() !== names.join())
    return failed(
      MANIFEST_FILE,
      `${MANIFEST_FILE} is not as Flowgate writes it, a line each for ${names.join(", ")}: something was changed.`,
    );
  for (const { name, sha256: sum } of sums) {
    const file = files.get(name);
    const is = file === undefined && name === READABLE_FILE ? evidence.readable.digest.sha256 : file && sha256(file);
    if (is === undefined)
      return unknown(MANIFEST_FILE, `${MANIFEST_FILE} names ${name}, which is not there to be compared.`);
    if (is !== sum)
      return failed(MANIFEST_FILE, `${name} and its sum in ${MANIFEST_FILE} differ: one of them was changed.`);
  }
  return ok(MANIFEST_FILE, `The sums in ${MANIFEST_FILE} are those of the files.`);
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
