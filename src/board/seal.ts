import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";

/** What only this App, with this client secret, makes and reads. */
export type Seals = {
  /** Encrypts. @param about what it belongs to: under another name it does not open. */
  seal(text: string, about: string): string;
  /** Null where it was not sealed by us, for this, or was changed. */
  open(sealed: string, about: string): string | null;
  /** A word that only we can make for a session, which its forms carry. */
  wordFor(session: string): string;
};

const NONCE = 12;
const TAG = 16;

/** Keys are derived from the App's client secret: with a new one, everybody logs in again. */
export function sealsOf(secret: string): Seals {
  const derived = (use: string) => Buffer.from(hkdfSync("sha256", secret, "flowgate", use, 32));
  const forms = derived("forms");
  /** A key for each use: how often strangers begin to log in has no bearing on how tokens are sealed. */
  const sealing = (about: string) => derived(`sealing ${about}`);
  return {
    seal(text, about) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv("aes-256-gcm", sealing(about), nonce).setAAD(Buffer.from(about));
      const hidden = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), hidden]).toString("base64url");
    },
    open(sealed, about) {
      const bytes = Buffer.from(sealed, "base64url");
      if (bytes.length < NONCE + TAG) return null;
      const decipher = createDecipheriv("aes-256-gcm", sealing(about), bytes.subarray(0, NONCE), { authTagLength: TAG })
        .setAAD(Buffer.from(about))
        .setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString("utf8");
      } catch {
        return null;
      }
    },
    wordFor: (session) => createHmac("sha256", forms).update(session).digest("base64url"),
  };
}

/** Whether two secrets are the same, in a time that does not tell how much of them is. */
export function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
