import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { instant, startApp } from "../src/app.ts";

/** Flowgate whole, on a database file that is synced at each commit; only GitHub's rate limit is lifted. */
const { BENCH_API: apiUrl, BENCH_KEY: privateKey, BENCH_SECRET: webhookSecret } = process.env as Record<string, string>;

const app = await startApp({
  appId: 1,
  privateKey: privateKey as string,
  webhookSecret: webhookSecret as string,
  apiUrl: apiUrl as string,
  host: "127.0.0.1",
  port: 0,
  links: null,
  board: { kind: "loopback" },
  databaseUrl: null,
  folder: mkdtempSync(join(tmpdir(), "flowgate-bench-")),
  log: pino({ level: "warn" }, process.stderr),
  clock: { now: () => instant(Date.now()) },
  inFlightGraceMs: 12_000,
  sweepEveryMs: 3_600_000,
  budget: { points: 1_000_000_000, inFlight: 64 },
});
while (!(await app.idle())) await new Promise((resolve) => setTimeout(resolve, 20));
process.stdout.write(`${app.url}\n`);
