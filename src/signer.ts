import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Hash } from "./flow/names.ts";
import type { Signer } from "./flow/signer.ts";

/** Where the key is kept that was made here. */
export const KEY_FILE = "evidence-key.pem";

type Log = {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
};

/**
 * Whoever signs evidence: with the key given, else with the one kept in the folder, which is made the first time and named in a
 * warning, since what was lost cannot be made again. The private key is in nobody's hands but this signer's.
 *
 * @param pem PKCS#8 of an Ed25519 private key; null: none is given.
 * @param folder null: the key lasts as long as the process.
 */
export function openSigner(pem: string | null, folder: string | null, log: Log): Signer {
  const signer = pem === null ? keptIn(folder, log) : signerWith(keyIn(pem, "EVIDENCE_KEY"));
  log.info({ keyid: signer.keyid, publicKey: signer.publicKey }, "Evidence is signed with this key.");
  return signer;
}

function keptIn(folder: string | null, log: Log): Signer {
  if (folder === null) return signerWith(generateKeyPairSync("ed25519").privateKey);
  const file = join(folder, KEY_FILE);
  const kept = read(file);
  if (kept !== null) {
    if ((statSync(file).mode & 0o077) !== 0)
      log.warn({ file }, `Others than Flowgate's user may read or change ${file}, which signs evidence: chmod 600 it.`);
    return signerWith(keyIn(kept, file));
  }
  const { privateKey } = generateKeyPairSync("ed25519");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  keep(file, privateKey.export({ type: "pkcs8", format: "pem" }) as string);
  const signer = signerWith(privateKey);
  log.warn(
    { file, keyid: signer.keyid },
    `A key that signs evidence was made: back up ${file} now. Whoever checks evidence trusts this key, and it cannot be made again.`,
  );
  return signer;
}

function read(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Whole and on disk, or not there: half a key would keep Flowgate from starting. */
function keep(file: string, text: string): void {
  const unfinished = `${file}.new`;
  const handle = openSync(unfinished, "w", 0o600);
  try {
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(unfinished, file);
  const folder = openSync(join(file, ".."), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function keyIn(pem: string, where: string): KeyObject {
  const key = evidenceKeyIn(pem);
  if (key === null)
    throw new Error(`${where} holds no Ed25519 private key in PKCS#8 PEM. Put the key back that was there before.`);
  return key;
}

/** An Ed25519 private key in PKCS#8 PEM; null where it is none. */
export function evidenceKeyIn(pem: string): KeyObject | null {
  if (!pem.includes("-----BEGIN PRIVATE KEY-----")) return null;
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === "ed25519" ? key : null;
  } catch {
    return null;
  }
}

/** @param key an Ed25519 private key. */
export function signerWith(key: KeyObject): Signer {
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  return {
    keyid: createHash("sha256").update(spki).digest("hex") as Hash,
    publicKey: spki.toString("base64"),
    sign: (bytes) => sign(null, bytes, key),
  };
}
