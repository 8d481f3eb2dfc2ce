import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { type Stub, startStub } from "../../bench/stub.ts";
import { post, SECRET } from "./post.ts";

const FLOWGATE = fileURLToPath(new URL("../crash/flowgate.ts", import.meta.url));

let github: Stub;
let folder: string;
let child: ChildProcess | null = null;

beforeEach(async () => {
  github = await startStub(0);
  folder = mkdtempSync(join(tmpdir(), "flowgate-full-"));
});
afterEach(async () => {
  if (child !== null && child.exitCode === null) {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  github.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Flowgate as a process that may write no file beyond so many kilobytes. */
async function start(kilobytes: number): Promise<{ readonly url: string; readonly complaints: readonly string[] }> {
  const settings = {
    appId: 1,
    privateKey: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs1", format: "pem" }),
    webhookSecret: SECRET,
    apiUrl: github.url,
    host: "127.0.0.1",
    port: 0,
    links: null,
    board: { kind: "loopback" },
    databaseUrl: null,
    folder,
    inFlightGraceMs: 300,
    sweepEveryMs: 3_600_000,
  };
  // A POSIX shell counts file sizes in blocks of 512 bytes.
  child = spawn("sh", ["-c", `ulimit -f ${kilobytes * 2} && exec "$0" "$1"`, process.execPath, FLOWGATE], {
    env: { ...process.env, FLOWGATE_SETTINGS: JSON.stringify(settings) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const complaints: string[] = [];
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on("line", (line) => complaints.push(line));
  const [url] = await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), "line");
  return { url: String(url), complaints };
}

it("asks GitHub to send again what it cannot store, and loses nothing it said was stored", async () => {
  const full = await start(2_000);
  /** An event that cannot be read is kept whole. */
  const body = JSON.stringify({ ref: "refs/heads/x", padding: "x".repeat(400_000) });
  const stored: string[] = [];
  let refused: { readonly status: number; readonly text: string } | null = null;
  for (let n = 0; n < 20 && refused === null; n++) {
    const answer = await post(full.url, { event: "push", id: `delivery-${n}`, body });
    if (answer.status === 202) stored.push(`delivery-${n}`);
    else refused = answer;
  }
  expect(refused).toEqual({ status: 503, text: "The delivery could not be stored; send it again later.\n" });
  expect(stored.length).toBeGreaterThan(0);
  expect(full.complaints.join("\n")).toContain("A delivery could not be stored.");
  expect(await (await fetch(`${full.url}/healthz`)).text()).toBe("ok\n");
  child?.kill("SIGKILL");
  await once(child as ChildProcess, "exit");

  const roomy = await start(100_000);
  const metrics = await (await fetch(`${roomy.url}/metrics`)).text();
  expect(metrics).toContain(`\nflowgate_unread ${stored.length}\n`);
  for (const id of stored) expect((await post(roomy.url, { event: "push", id, body })).status).toBe(202);
  expect(await (await fetch(`${roomy.url}/metrics`)).text()).toContain(`\nflowgate_unread ${stored.length}\n`);
}, 20_000);
