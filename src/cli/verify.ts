import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Hash } from "../flow/names.ts";
import { EVIDENCE_FILE, MANIFEST_FILE, READABLE_FILE, RESULT_FILE } from "../release/evidence/files.ts";
import { evidenceIn, verification } from "../release/verification.ts";
import type { Env } from "./ask.ts";
import { readClone } from "./clone.ts";
import { linesOf } from "./lines.ts";

export type Against = {
  /** A file with a public key, or the digest of one; null: none. */
  readonly key: string | null;
  /** The folder of a clone; null: none. */
  readonly repo: string | null;
  /** A file with an export of the ledger; null: none. */
  readonly ledger: string | null;
};
/** What was found, a line each, and the conclusion last. `problem`: it could not be looked at, in one sentence. */
export type Told = { readonly lines: readonly string[]; readonly isWell: boolean } | { readonly problem: string };

/** Whatever is read is smaller; more is not taken into memory. */
const LARGEST = 64 * 1024 * 1024;

/** Checks the evidence of a release offline: the file, what lies beside it, and what it is to be compared with. */
export async function verifyEvidence(file: string, { key, repo, ledger }: Against, env: Env): Promise<Told> {
  const bytes = contentOf(file);
  if ("problem" in bytes) return bytes;
  const by = key === null ? null : keyidOf(key);
  if (by !== null && "problem" in by) return by;
  if (ledger !== null && !isFile(ledger)) return { problem: `There is no file ${ledger}.` };
  const beside = [READABLE_FILE, RESULT_FILE, MANIFEST_FILE].flatMap((name) => {
    const content = contentOf(join(dirname(file), name));
    return "problem" in content ? [] : [[name, content.bytes] as const];
  });
  const opened = evidenceIn(bytes.bytes);
  const clone = repo === null || "flaw" in opened ? null : await readClone(repo, opened.evidence, env);
  if (clone !== null && "problem" in clone) return clone;
  const { checks, came, says } = verification({
    files: new Map([[EVIDENCE_FILE, bytes.bytes], ...beside]),
    keyid: by?.keyid ?? null,
    ledger: ledger === null ? null : linesOf(ledger),
    clone,
  });
  return {
    lines: [...checks.map((check) => `${check.came.padEnd(7)} ${check.says}`), says],
    isWell: came !== "failed",
  };
}

function contentOf(path: string): { readonly bytes: Uint8Array } | { readonly problem: string } {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) return { problem: `There is no file ${path}.` };
  if (found.size > LARGEST) return { problem: `${path} is larger than 64 MiB, which nothing of evidence is.` };
  return { bytes: readFileSync(path) };
}

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** The digest of the public key in a file, or the one that is given itself. */
function keyidOf(key: string): { readonly keyid: Hash } | { readonly problem: string } {
  if (/^[0-9a-f]{64}$/i.test(key)) return { keyid: key.toLowerCase() as Hash };
  const content = contentOf(key);
  if ("problem" in content)
    return { problem: `${key} is neither a file with a public key nor the SHA-256 of one, 64 hexadecimal digits.` };
  const pem = Buffer.from(content.bytes).toString("latin1");
  if (pem.includes("PRIVATE KEY"))
    return {
      problem: `${key} holds a private key, which belongs where evidence is signed. Give the public one: openssl pkey -in ${key} -pubout`,
    };
  const found = publicKeyIn(pem);
  if (found?.asymmetricKeyType !== "ed25519")
    return { problem: `${key} holds no Ed25519 public key in PEM, as \`openssl pkey -pubout\` writes it.` };
  const spki = found.export({ type: "spki", format: "der" });
  return { keyid: createHash("sha256").update(spki).digest("hex") as Hash };
}

function publicKeyIn(pem: string): KeyObject | null {
  try {
    return createPublicKey(pem);
  } catch {
    return null;
  }
}
