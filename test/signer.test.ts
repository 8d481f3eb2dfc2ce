import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { pino } from "pino";
import { startApp } from "../src/app.ts";
import { instant } from "../src/flow/names.ts";
import type { Signer } from "../src/flow/signer.ts";
import { KEY_FILE, openSigner } from "../src/signer.ts";

const PEM = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }) as string;
const RSA = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export({
  type: "pkcs8",
  format: "pem",
}) as string;

let folder: string;
let lines: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flowgate-signer-"));
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const log = { info: (...said: unknown[]) => tell(said), warn: (...said: unknown[]) => tell(said) };
const tell = (said: unknown) => void lines.push(JSON.stringify(said));
const file = () => join(folder, KEY_FILE);

function signs({ publicKey, sign }: Signer): boolean {
  const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" });
  const bytes = Buffer.from("evidence");
  return verify(null, bytes, key, sign(bytes));
}

describe("The signer of evidence", () => {
  it("signs with the key that is given, and writes none down", () => {
    const signer = openSigner(PEM, folder, log);
    expect(signs(signer)).toBe(true);
    expect(signer.publicKey).toBe(createPublicKey(PEM).export({ type: "spki", format: "der" }).toString("base64"));
    expect(readdirSync(folder)).toEqual([]);
  });

  it("makes a key the first time, for its own user alone, names the file, and keeps to it", () => {
    const inside = join(folder, "made/as well");
    const first = openSigner(null, inside, log);
    expect(signs(first)).toBe(true);
    expect(statSync(join(inside, KEY_FILE)).mode & 0o777).toBe(0o600);
    expect(statSync(inside).mode & 0o777).toBe(0o700);
    expect(readdirSync(inside)).toEqual([KEY_FILE]);
    expect(lines[0]).toContain(`back up ${join(inside, KEY_FILE)} now`);
    lines.length = 0;
    expect(openSigner(null, inside, log).keyid).toBe(first.keyid);
    expect(lines).toHaveLength(1);
  });

  it("warns where others may read the key", () => {
    writeFileSync(file(), PEM);
    chmodSync(file(), 0o640);
    openSigner(null, folder, log);
    expect(lines[0]).toContain(`chmod 600 it`);
  });

  it("goes on after it was cut off while it wrote the key", () => {
    writeFileSync(`${file()}.new`, PEM.slice(0, 40));
    expect(signs(openSigner(null, folder, log))).toBe(true);
    expect(readdirSync(folder)).toEqual([KEY_FILE]);
  });

  it("makes none of its own where nothing is kept", () => {
    const [first, second] = [openSigner(null, null, log), openSigner(null, null, log)];
    expect(signs(first)).toBe(true);
    expect(second.keyid).not.toBe(first.keyid);
  });

  it.each([
    ["another kind of key", RSA],
    ["half of one", PEM.slice(0, 60)],
    ["nothing", ""],
  ])("refuses a file that holds %s, and leaves it", (_what, text) => {
    writeFileSync(file(), text);
    expect(() => openSigner(null, folder, log)).toThrow(`${file()} holds no Ed25519 private key`);
    expect(readFileSync(file(), "utf8")).toBe(text);
  });

  it("refuses a key given that is none", () => {
    expect(() => openSigner("hunter2", folder, log)).toThrow("EVIDENCE_KEY holds no Ed25519 private key");
  });

  it("says that it cannot read what is no file", () => {
    mkdirSync(file());
    expect(() => openSigner(null, folder, log)).toThrow("EISDIR");
  });

  it("never tells the private key to the log, only the public one", () => {
    const { keyid, publicKey } = openSigner(PEM, folder, log);
    openSigner(null, folder, log);
    const secrets = [PEM, readFileSync(file(), "utf8")].map((pem) => pem.split("\n")[1] as string);
    for (const secret of secrets) expect(lines.join("\n")).not.toContain(secret);
    expect(lines[0]).toContain(keyid);
    expect(lines[0]).toContain(publicKey);
  });
});

describe("Flowgate", () => {
  const started = (settings: { readonly evidenceKey?: string }) =>
    startApp({
      appId: 1,
      privateKey: RSA,
      webhookSecret: "secret",
      apiUrl: "http://127.0.0.1:1",
      host: "127.0.0.1",
      port: 0,
      links: null,
      board: { kind: "loopback" },
      databaseUrl: null,
      folder,
      log: pino({ level: "trace" }, { write: (line: string) => void lines.push(line) }),
      clock: { now: () => instant(Date.now()) },
      inFlightGraceMs: 0,
      sweepEveryMs: 3_600_000,
      ...settings,
    });

  it("signs with the key of its folder, and has it in no log", async () => {
    const app = await started({});
    expect(signs(app.signer)).toBe(true);
    await app.stop();
    expect(existsSync(file())).toBe(true);
    expect(lines.join("")).not.toContain(readFileSync(file(), "utf8").split("\n")[1]);
  });

  it("does not start with a key that is none, and lets go of the database", async () => {
    await expect(started({ evidenceKey: RSA })).rejects.toThrow("EVIDENCE_KEY holds no Ed25519 private key");
    await (await started({ evidenceKey: PEM })).stop();
  });
});
