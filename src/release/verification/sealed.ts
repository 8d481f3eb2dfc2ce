import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import type { z } from "zod";
import { canonical } from "../../flow/ledger.ts";
import type { Hash, Json } from "../../flow/names.ts";
import { fileOf, PAYLOAD_TYPE, preAuthenticated } from "../evidence/envelope.ts";
import { envelopeShape } from "../evidence/shape.ts";

/** No evidence is larger. */
const LARGEST = 32 * 1024 * 1024;

/** A public key by which something is signed, and its digest. */
export type Key = { readonly keyid: Hash; readonly key: KeyObject };
/** An envelope that is just as we write one; whether it is signed by whom it says is still to be seen. */
export type Sealed<Said> = {
  readonly said: Said;
  readonly keyid: string;
  readonly signature: Uint8Array;
  readonly signs: Uint8Array;
};
export type Flaw = { readonly flaw: string };

/**
 * What an envelope holds.
 *
 * Each part is put together anew and compared with the bytes given: JSON can say one thing in many ways, and base64 too, and only
 * one of them is ours. So no byte is without meaning.
 *
 * @param name how the file is called, for the sentence that says what is wrong.
 */
export function sealedIn<Said extends Json>(
  bytes: Uint8Array,
  name: string,
  shape: z.ZodType<Said>,
): Sealed<Said> | Flaw {
  if (bytes.length > LARGEST) return { flaw: `${name} is larger than 32 MiB, which no evidence is.` };
  const text = textOf(bytes);
  const envelope = envelopeShape.safeParse(parsed(text)).data;
  if (envelope === undefined)
    return {
      flaw: `${name} is no DSSE envelope with a statement of in-toto: a byte was changed, or it is something else.`,
    };
  if (text !== fileOf(envelope))
    return { flaw: `${name} is not byte for byte as Flowgate writes it: something was changed, added or taken away.` };
  const [signature, ...more] = envelope.signatures;
  if (signature === undefined) return { flaw: `${name} is not signed.` };
  if (more.length > 0) return { flaw: `${name} has ${more.length + 1} signatures, and Flowgate makes one.` };
  const body = fromBase64(envelope.payload);
  const sig = fromBase64(signature.sig);
  if (body === null || sig === null)
    return { flaw: `The base64 in ${name} is not as Flowgate writes it: something was changed.` };
  const json = textOf(body);
  const said = shape.safeParse(parsed(json)).data;
  if (said === undefined || json !== canonical(said))
    return {
      flaw: `The statement in ${name} is not as this version of Flowgate writes it: something was changed, or another version made it.`,
    };
  return { said, keyid: signature.keyid, signature: sig, signs: preAuthenticated(PAYLOAD_TYPE, body) };
}

/** The Ed25519 key in the base64 of an SPKI; null where it is none, or written otherwise than we do. */
export function keyIn(publicKey: string): Key | null {
  const der = fromBase64(publicKey);
  if (der === null) return null;
  try {
    const key = createPublicKey({ key: Buffer.from(der), format: "der", type: "spki" });
    if (key.asymmetricKeyType !== "ed25519" || !key.export({ type: "spki", format: "der" }).equals(der)) return null;
    return { key, keyid: createHash("sha256").update(der).digest("hex") as Hash };
  } catch {
    return null;
  }
}

/** What is wrong with the signature of an envelope, if it should be by this key; null: nothing. */
export function unsigned({ keyid, signature, signs }: Sealed<unknown>, by: Key, name: string): string | null {
  if (keyid !== by.keyid) return `${name} is signed by ${shown(keyid)}, and not by ${by.keyid}.`;
  return verify(null, signs, by.key, signature)
    ? null
    : `The signature of ${name} does not fit what it says: one of them was changed after it was signed.`;
}

const shown = (keyid: string) => (/^[0-9a-f]{64}$/.test(keyid) ? keyid : "an unknown key");

/** Null where the bytes are no UTF-8. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fromBase64(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : null;
}
