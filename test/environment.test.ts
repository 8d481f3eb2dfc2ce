import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { environment } from "../src/environment.ts";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 1024,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
});
const FILES: Readonly<Record<string, string>> = { "key.pem": privateKey, "notes.txt": "no key" };
const ed25519 = generateKeyPairSync("ed25519", {
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
const read = (env: Readonly<Record<string, string>>) =>
  environment(env, (path) => {
    const text = FILES[path];
    if (text === undefined) throw new Error("no such file");
    return text;
  });
const credentials = { APP_ID: "7", PRIVATE_KEY: privateKey, WEBHOOK_SECRET: "secret" };
const production = (more: Readonly<Record<string, string>> = {}) => {
  const came = read({ ...credentials, ...more });
  if (!("production" in came)) throw new Error(JSON.stringify(came));
  return came;
};

describe("the environment", () => {
  it("without credentials is the sandbox", () => {
    expect(read({})).toEqual({ sandbox: { folder: "data", host: "127.0.0.1", port: 3000, logLevel: "info" } });
    expect(read({ APP_ID: " ", DATA_DIR: "x", PORT: "0" })).toMatchObject({ sandbox: { folder: "x", port: 0 } });
  });

  it("with credentials is production", () => {
    expect(production()).toEqual({
      logLevel: "info",
      proxy: null,
      production: {
        appId: 7,
        privateKey: privateKey.trim(),
        webhookSecret: "secret",
        apiUrl: "https://api.github.com",
        host: "127.0.0.1",
        port: 3000,
        links: null,
        board: { kind: "loopback" },
        databaseUrl: null,
        folder: "data",
        inFlightGraceMs: 12_000,
        sweepEveryMs: 3_600_000,
      },
    });
    expect(
      production({
        GITHUB_API_URL: "https://ghe.example/api/v3/",
        PUBLIC_URL: "https://flowgate.example/",
        DATABASE_URL: "postgres://x",
        EVIDENCE_KEY: ed25519.privateKey,
        WEBHOOK_PROXY_URL: "https://smee.example/x",
      }),
    ).toMatchObject({
      proxy: "https://smee.example/x",
      production: {
        apiUrl: "https://ghe.example/api/v3",
        links: "https://flowgate.example",
        databaseUrl: "postgres://x",
        evidenceKey: ed25519.privateKey.trim(),
      },
    });
  });

  it.each([
    ["real newlines", { PRIVATE_KEY: privateKey }],
    ["\\n for newlines", { PRIVATE_KEY: privateKey.replaceAll("\n", "\\n") }],
    ["base64", { PRIVATE_KEY: Buffer.from(privateKey).toString("base64") }],
  ])("takes a private key with %s", (_how, env) => {
    expect(production(env).production.privateKey.trim()).toBe(privateKey.trim());
  });
  it("takes a private key from a file", () => {
    expect(read({ APP_ID: "7", PRIVATE_KEY_PATH: "key.pem", WEBHOOK_SECRET: "x" })).toHaveProperty("production");
  });

  it.each<[Readonly<Record<string, string>>, string]>([
    [
      { APP_ID: "7" },
      "Set PRIVATE_KEY or PRIVATE_KEY_PATH and WEBHOOK_SECRET as well: Flowgate needs APP_ID, PRIVATE_KEY (or PRIVATE_KEY_PATH) and WEBHOOK_SECRET together, or none of them for the sandbox.",
    ],
    [{ APP_ID: "7", PRIVATE_KEY: "x" }, "Set WEBHOOK_SECRET as well"],
    [{ ...credentials, APP_ID: "flowgate" }, "APP_ID is “flowgate”; it is the number on the App's settings page."],
    [{ ...credentials, PRIVATE_KEY: "x" }, "PRIVATE_KEY is no private key"],
    [{ APP_ID: "7", WEBHOOK_SECRET: "x", PRIVATE_KEY_PATH: "notes.txt" }, "PRIVATE_KEY_PATH holds no private key"],
    [
      { APP_ID: "7", WEBHOOK_SECRET: "x", PRIVATE_KEY_PATH: "gone.pem" },
      "PRIVATE_KEY_PATH is “gone.pem”, which cannot be read: no such file.",
    ],
    [{ PORT: "http" }, "PORT is “http”; it must be a number from 0 to 65535."],
    [{ PORT: "70000" }, "PORT is “70000”"],
    [{ LOG_LEVEL: "loud" }, "LOG_LEVEL is “loud”; it must be one of fatal, error"],
    [{ GITHUB_API_URL: "github.com" }, "GITHUB_API_URL is “github.com”; it must be an http or https address."],
    [{ PUBLIC_URL: "ftp://x" }, "PUBLIC_URL is “ftp://x”"],
    [{ ...credentials, GITHUB_CLIENT_ID: "Iv1" }, "Set GITHUB_CLIENT_SECRET as well"],
    [{ ...credentials, GITHUB_CLIENT_SECRET: "shh" }, "Set GITHUB_CLIENT_ID as well"],
  ])("refuses %j in one sentence", (env, problem) => {
    expect(read(env)).toEqual({ problem: expect.stringContaining(problem) });
  });

  it.each([
    ["127.0.0.1", "loopback"],
    ["127.8.8.8", "loopback"],
    ["localhost", "loopback"],
    ["::1", "loopback"],
    ["0.0.0.0", "refused"],
    ["127.evil.example", "refused"],
  ])("on %s serves the board: %s", (host, kind) => {
    expect(production({ HOST: host }).production.board.kind).toBe(kind);
    expect(production({ HOST: host, PUBLIC_URL: "https://flowgate.example" }).production.board).toMatchObject({
      kind: "refused",
      because: expect.stringMatching(/GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET.*HOST.*PUBLIC_URL/),
    });
  });

  const client = { GITHUB_CLIENT_ID: "Iv1", GITHUB_CLIENT_SECRET: "shh" };
  it.each<[Readonly<Record<string, string>>, object]>([
    [{ PUBLIC_URL: "https://flowgate.example/" }, { kind: "login", at: "https://flowgate.example" }],
    [
      { PUBLIC_URL: "https://flowgate.example", HOST: "0.0.0.0" },
      { kind: "login", at: "https://flowgate.example" },
    ],
    [{}, { kind: "login", at: "self" }],
    [{ HOST: "0.0.0.0" }, { kind: "refused", because: expect.stringContaining("PUBLIC_URL") }],
  ])("with a client of GitHub's and %j serves the board: %j", (env, board) => {
    expect(production({ ...client, ...env }).production.board).toMatchObject(board);
  });
  it("with a client of GitHub's lets people log in by it", () => {
    expect(production(client).production.board).toEqual({
      kind: "login",
      clientId: "Iv1",
      clientSecret: "shh",
      at: "self",
    });
  });

  it.each([
    ["real newlines", ed25519.privateKey],
    ["\\n for newlines", ed25519.privateKey.trim().replaceAll("\n", "\\n")],
  ])("takes a key for evidence with %s", (_how, key) => {
    expect(production({ EVIDENCE_KEY: key }).production.evidenceKey).toBe(ed25519.privateKey.trim());
  });
  it("keeps a key for evidence in its folder where none is given, but not where several processes must have it", () => {
    expect(production().production).not.toHaveProperty("evidenceKey");
    expect(read({ ...credentials, DATABASE_URL: "postgres://x" })).toEqual({
      problem: expect.stringMatching(/^Set EVIDENCE_KEY as well: .*openssl genpkey -algorithm ed25519/),
    });
  });
  it.each([
    ["of RSA", privateKey],
    ["that is public", ed25519.publicKey],
    ["that is none", "hunter2"],
    ["cut short", ed25519.privateKey.slice(0, 60)],
    ["as base64", Buffer.from(ed25519.privateKey).toString("base64")],
  ])("refuses a key for evidence %s, without saying it again", (_what, key) => {
    const came = read({ ...credentials, EVIDENCE_KEY: key });
    expect(came).toEqual({ problem: expect.stringMatching(/^EVIDENCE_KEY is no Ed25519 private key; .*PKCS#8/) });
    expect(JSON.stringify(came)).not.toContain(key.slice(0, 40));
  });

  it("takes a secret of Standard Webhooks for verifiers of backups, and no other", () => {
    const secret = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString("base64")}`;
    expect(production().production).not.toHaveProperty("verifier");
    for (const bytes of [24, 32, 64])
      expect(production({ VERIFIER_SECRET: secret(bytes) }).production.verifier).toEqual({ secret: secret(bytes) });
    for (const wrong of [
      secret(23),
      secret(65),
      secret(32).slice(6),
      "whsec_",
      "whsec_a",
      `${secret(32)}=`,
      "hunter2",
    ]) {
      const came = read({ ...credentials, VERIFIER_SECRET: wrong });
      expect(came).toMatchObject({ problem: expect.stringMatching(/^VERIFIER_SECRET is no secret/) });
      expect(JSON.stringify(came)).not.toContain("hunter2");
    }
  });
});
