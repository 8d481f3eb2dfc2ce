import { canonical } from "../../flow/ledger.ts";
import type { Json } from "../../flow/names.ts";
import type { Signer } from "../../flow/signer.ts";

/** A DSSE envelope: https://github.com/secure-systems-lab/dsse/blob/master/envelope.md */
export type Envelope = {
  readonly payloadType: string;
  /** As base64. */
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
};

/** Of each statement that is signed here: https://github.com/in-toto/attestation/blob/main/spec/v1/envelope.md */
export const PAYLOAD_TYPE = "application/vnd.in-toto+json";

/**
 * What is signed: type and body with their lengths in bytes, so that neither can be read as part of the other.
 * https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
 */
export function preAuthenticated(type: string, body: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `;
  return Buffer.concat([Buffer.from(head), body]);
}

/** Signs a statement. @returns the envelope as a file: the same statement and key always give the same bytes. */
export function envelope(statement: Json, signer: Signer): string {
  const body = Buffer.from(canonical(statement));
  const sig = signer.sign(preAuthenticated(PAYLOAD_TYPE, body));
  const sealed: Envelope = {
    payloadType: PAYLOAD_TYPE,
    payload: body.toString("base64"),
    signatures: [{ keyid: signer.keyid, sig: Buffer.from(sig).toString("base64") }],
  };
  return fileOf(sealed);
}

/** The bytes in which an envelope is kept. */
export const fileOf = (sealed: Envelope): string => `${canonical(sealed)}\n`;
