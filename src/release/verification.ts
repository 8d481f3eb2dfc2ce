import { canonical } from "../flow/ledger.ts";
import type { Hash } from "../flow/names.ts";
import { EVIDENCE_FILE } from "./evidence/files.ts";
import { evidenceShape } from "./evidence/shape.ts";
import { type SignedEvidence, subjectsOf } from "./evidence/statement.ts";
import { besideChecks, type Files } from "./verification/beside.ts";
import { type Check, failed, ok, unknown } from "./verification/check.ts";
import { type Clone, cloneChecks } from "./verification/git.ts";
import { ledgerCheck } from "./verification/ledger.ts";
import { type Key, keyIn, sealedIn, unsigned } from "./verification/sealed.ts";

export type Given = {
  /** `evidence.json` and what lies beside it. */
  readonly files: Files;
  /** Of the key that it must be signed by: the SHA-256 of its SPKI; null: none was given. */
  readonly keyid: Hash | null;
  /** The lines of an export of the ledger, each with its newline; null: none was given. */
  readonly ledger: Iterable<Uint8Array> | null;
  readonly clone: Clone | null;
};

export type Verified = {
  /** In the order they were looked at. */
  readonly checks: readonly Check[];
  /** `verified`: by the key given. `intact`: no byte was changed since it was signed, by whomever. */
  readonly came: "verified" | "intact" | "failed";
  /** In one sentence. */
  readonly says: string;
};

/**
 * Whether the evidence of a release is what Flowgate made, as far as it can be told by what is given. A byte that was changed
 * anywhere fails it; what was not given is unknown, and never a yes.
 */
export function verification({ files, keyid, ledger, clone }: Given): Verified {
  const opened = evidenceIn(files.get(EVIDENCE_FILE) ?? new Uint8Array());
  if ("flaw" in opened) return concluded([failed(EVIDENCE_FILE, opened.flaw)], null);
  const { evidence, key } = opened;
  const checks = [
    ok(EVIDENCE_FILE, `${EVIDENCE_FILE} is whole: no byte was changed since it was signed.`),
    signerCheck(key, keyid),
    stateCheck(evidence),
    ...besideChecks(evidence, key, files),
    ledgerCheck(evidence, ledger),
    ...cloneChecks(evidence, clone),
  ];
  return concluded(checks, keyid);
}

/**
 * The evidence in `evidence.json`, if it is whole: signed by the key that it names itself, which shows that it was not changed, and
 * not by whom it was made.
 */
export function evidenceIn(
  bytes: Uint8Array,
): { readonly evidence: SignedEvidence; readonly key: Key } | { readonly flaw: string } {
  const sealed = sealedIn(bytes, EVIDENCE_FILE, evidenceShape);
  if ("flaw" in sealed) return sealed;
  const { subject, predicate: evidence } = sealed.said;
  const key = keyIn(evidence.signer.publicKey);
  if (key === null || key.keyid !== evidence.signer.keyid)
    return { flaw: `${EVIDENCE_FILE} names no Ed25519 key by which it is signed.` };
  const flaw = unsigned(sealed, key, EVIDENCE_FILE);
  if (flaw !== null) return { flaw };
  if (canonical(subject) !== canonical(subjectsOf(evidence)))
    return { flaw: `The subject of ${EVIDENCE_FILE} is not the commit and the tag that it tells of.` };
  return { evidence, key };
}

function signerCheck(key: Key, keyid: Hash | null): Check {
  if (keyid === null)
    return unknown(
      "signer",
      `No key was given to compare with. It is signed by ${key.keyid}, and anybody can make a key.`,
    );
  return key.keyid === keyid
    ? ok("signer", `It is signed by the key given, ${keyid}.`)
    : failed("signer", `${EVIDENCE_FILE} is signed by another key, ${key.keyid}, and not by the one given, ${keyid}.`);
}

function stateCheck({ state, release }: SignedEvidence): Check {
  return state === "final"
    ? ok("state", `It is the final evidence of ${release.tag.name}.`)
    : unknown(
        "state",
        `It is preliminary: made when ${release.tag.name} was merged, before it was deployed and tested.`,
      );
}

function concluded(checks: readonly Check[], keyid: Hash | null): Verified {
  const wrong = checks.find(({ came }) => came === "failed");
  if (wrong !== undefined) return { checks, came: "failed", says: `failed: ${wrong.says}` };
  if (keyid === null) return { checks, came: "intact", says: "intact, signer unknown" };
  return { checks, came: "verified", says: `verified, signed by ${keyid}` };
}
