import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { SECRET } from "./load.ts";

/** An app under measurement, in a process of its own. */
export type Candidate = {
  readonly url: string;
  /** CPU used so far, user and system, in milliseconds. */
  cpu(): number;
  /** Resident memory in MB. */
  memory(): number;
  stop(): Promise<void>;
};

/** The App's key, made anew for each bench. */
export const { privateKey: KEY } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
});

/** `flowgate`: the whole App on a synced database file. `probot`: a bare Probot app that posts one check run, throttling and retries off. */
export const CANDIDATES = ["probot", "flowgate"] as const;
export type Name = (typeof CANDIDATES)[number];

/** Starts a candidate against a stub of GitHub; resolves when it listens and has looked around. */
export async function start(name: Name, api: string): Promise<Candidate> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(`./${name}.ts`, import.meta.url))], {
    env: { ...process.env, BENCH_API: api, BENCH_KEY: KEY, BENCH_SECRET: SECRET, NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("http")) resolve(line);
    });
  });
  return { url, cpu: () => cpuOf(child), memory: () => memoryOf(child), stop: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

/** Of Linux's /proc, in clock ticks of 10 ms. */
function cpuOf({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function memoryOf({ pid }: ChildProcess): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
  return (pages * 4096) / 1024 / 1024;
}
