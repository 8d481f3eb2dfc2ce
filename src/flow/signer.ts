import type { Hash } from "./names.ts";

/** Whoever signs evidence. The private key stays with it; the same bytes always get the same signature, so that deciding may sign. */
export type Signer = {
  /** The digest of the public key: SHA-256 of its SPKI in DER. */
  readonly keyid: Hash;
  /** The SPKI in DER, as base64. */
  readonly publicKey: string;
  /** Signs by Ed25519. @returns 64 bytes. */
  sign(bytes: Uint8Array): Uint8Array;
};
