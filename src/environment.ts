import { createPrivateKey } from "node:crypto";
import { isIP } from "node:net";
import type { Settings } from "./app.ts";
import { evidenceKeyIn } from "./signer.ts";

export type Environment =
  | { readonly problem: string }
  /** No credentials at all: the sandbox. */
  | {
      readonly sandbox: {
        readonly folder: string;
        readonly host: string;
        readonly port: number;
        readonly logLevel: string;
      };
    }
  | {
      readonly production: Omit<Settings, "log" | "clock">;
      readonly logLevel: string;
      /** Where webhooks are fetched from, for a machine that GitHub cannot reach. */
      readonly proxy: string | null;
    };

const DEFAULT_API = "https://api.github.com";
const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"];
/** GitHub cuts a request off after ten seconds; what is under way longer than this will not happen any more. */
const IN_FLIGHT_GRACE_MS = 12_000;
const SWEEP_EVERY_MS = 3_600_000;

/**
 * Makes settings of environment variables.
 *
 * @param readFile gives a file's text; throws where it cannot.
 * @returns the settings, or one sentence that names the variable and what it should be.
 */
export function environment(
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): Environment {
  const of = (name: string) => env[name]?.trim() || null;
  const host = of("HOST") ?? "127.0.0.1";
  const port = Number(of("PORT") ?? "3000");
  const logLevel = of("LOG_LEVEL") ?? "info";
  const folder = of("DATA_DIR") ?? "data";
  const publicUrl = of("PUBLIC_URL");
  const links = publicUrl?.replace(/\/+$/, "") ?? null;
  const api = of("GITHUB_API_URL") ?? DEFAULT_API;
  const proxy = of("WEBHOOK_PROXY_URL");

  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    return { problem: `PORT is “${of("PORT")}”; it must be a number from 0 to 65535.` };
  if (!LOG_LEVELS.includes(logLevel))
    return { problem: `LOG_LEVEL is “${logLevel}”; it must be one of ${LOG_LEVELS.join(", ")}.` };
  for (const [name, value] of Object.entries({
    GITHUB_API_URL: api,
    PUBLIC_URL: publicUrl,
    WEBHOOK_PROXY_URL: proxy,
  })) {
    if (value !== null && !isWebAddress(value))
      return { problem: `${name} is “${value}”; it must be an http or https address.` };
  }

  const given = {
    APP_ID: of("APP_ID"),
    "PRIVATE_KEY or PRIVATE_KEY_PATH": of("PRIVATE_KEY") ?? of("PRIVATE_KEY_PATH"),
    WEBHOOK_SECRET: of("WEBHOOK_SECRET"),
  };
  const missing = Object.entries(given).flatMap(([name, value]) => (value === null ? [name] : []));
  if (missing.length === 3) return { sandbox: { folder, host, port, logLevel } };
  if (missing.length > 0) {
    return {
      problem: `Set ${missing.join(" and ")} as well: Flowgate needs APP_ID, PRIVATE_KEY (or PRIVATE_KEY_PATH) and WEBHOOK_SECRET together, or none of them for the sandbox.`,
    };
  }

  const [clientId, clientSecret] = [of("GITHUB_CLIENT_ID"), of("GITHUB_CLIENT_SECRET")];
  if ((clientId === null) !== (clientSecret === null)) {
    return {
      problem: `Set ${clientId === null ? "GITHUB_CLIENT_ID" : "GITHUB_CLIENT_SECRET"} as well: log-in to the board needs both, or none of them for none.`,
    };
  }
  const client = clientId === null || clientSecret === null ? null : { clientId, clientSecret };

  const verifierSecret = of("VERIFIER_SECRET");
  if (verifierSecret !== null && !isWebhookSecret(verifierSecret)) {
    return {
      problem:
        "VERIFIER_SECRET is no secret of Standard Webhooks; it must be `whsec_` and 24 to 64 random bytes as base64.",
    };
  }

  const databaseUrl = of("DATABASE_URL");
  const evidenceKey = of("EVIDENCE_KEY")?.replaceAll("\\n", "\n") ?? null;
  if (evidenceKey === null && databaseUrl !== null) {
    return {
      problem:
        "Set EVIDENCE_KEY as well: with DATABASE_URL each process signs evidence, and all by the same key. `openssl genpkey -algorithm ed25519` makes one.",
    };
  }
  if (evidenceKey !== null && evidenceKeyIn(evidenceKey) === null) {
    return {
      problem:
        "EVIDENCE_KEY is no Ed25519 private key; it must be PKCS#8 in PEM, with real or `\\n` newlines, as `openssl genpkey -algorithm ed25519` makes it.",
    };
  }

  const appId = Number(given.APP_ID);
  if (!Number.isInteger(appId) || appId < 1)
    return { problem: `APP_ID is “${given.APP_ID}”; it is the number on the App's settings page.` };
  const key = privateKey(of("PRIVATE_KEY"), of("PRIVATE_KEY_PATH"), readFile);
  if ("problem" in key) return key;
  return {
    logLevel,
    proxy,
    production: {
      appId,
      privateKey: key.pem,
      webhookSecret: given.WEBHOOK_SECRET as string,
      apiUrl: api.replace(/\/+$/, ""),
      host,
      port,
      links,
      board: boardAccess(host, links, client),
      databaseUrl,
      folder,
      ...(evidenceKey === null ? {} : { evidenceKey }),
      ...(verifierSecret === null ? {} : { verifier: { secret: verifierSecret } }),
      inFlightGraceMs: IN_FLIGHT_GRACE_MS,
      sweepEveryMs: SWEEP_EVERY_MS,
    },
  };
}

/** Without log-in the board is for whoever sits at this machine. */
function boardAccess(
  host: string,
  publicUrl: string | null,
  client: { readonly clientId: string; readonly clientSecret: string } | null,
): Settings["board"] {
  const loopback = host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
  if (client !== null && (publicUrl !== null || loopback)) return { kind: "login", ...client, at: publicUrl ?? "self" };
  if (client !== null) {
    return {
      kind: "refused",
      because:
        "Whoever runs it sets PUBLIC_URL to the address under which people reach it: GitHub sends them back there after they logged in.",
    };
  }
  if (loopback && publicUrl === null) return { kind: "loopback" };
  return {
    kind: "refused",
    because:
      "It shows what only people with access may read, and nobody can log in: whoever runs it sets GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET. Without them it is served only where HOST is a loopback address and PUBLIC_URL is unset.",
  };
}

/** PKCS#1 or PKCS#8, with real or `\n` newlines, or base64 of either. */
function privateKey(
  text: string | null,
  path: string | null,
  readFile: (path: string) => string,
): { readonly pem: string } | { readonly problem: string } {
  let found = text;
  if (found === null) {
    try {
      found = readFile(path as string);
    } catch (error) {
      return { problem: `PRIVATE_KEY_PATH is “${path}”, which cannot be read: ${(error as Error).message}.` };
    }
  }
  const pem = (found.includes("-----BEGIN") ? found : Buffer.from(found, "base64").toString("utf8")).replaceAll(
    "\\n",
    "\n",
  );
  try {
    createPrivateKey(pem);
    return { pem };
  } catch {
    return {
      problem: `${text === null ? "PRIVATE_KEY_PATH holds" : "PRIVATE_KEY is"} no private key; take the .pem file that GitHub gave for this App.`,
    };
  }
}

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme */
function isWebhookSecret(text: string): boolean {
  const [, key] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  if (key === undefined) return false;
  const bytes = Buffer.from(key, "base64");
  return bytes.toString("base64") === key && bytes.length >= 24 && bytes.length <= 64;
}

function isWebAddress(text: string): boolean {
  try {
    return ["http:", "https:"].includes(new URL(text).protocol);
  } catch {
    return false;
  }
}
