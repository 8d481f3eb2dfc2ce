import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { instant, type Settings } from "../src/app.ts";

/** Flowgate whole, on a database file that is synced at each commit; only GitHub's rate limit is lifted. */
export const benchSettings = (of: Pick<Settings, "apiUrl" | "privateKey" | "webhookSecret">): Settings => ({
  ...of,
  appId: 1,
  host: "127.0.0.1",
  port: 0,
  links: null,
  board: { kind: "loopback" },
  databaseUrl: null,
  folder: mkdtempSync(join(tmpdir(), "flowgate-bench-")),
  log: pino({ level: "warn" }, process.stderr),
  evidenceKey: generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  clock: { now: () => instant(Date.now()) },
  inFlightGraceMs: 12_000,
  sweepEveryMs: 3_600_000,
  budget: { points: 1_000_000_000, inFlight: 64 },
});
