import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Settings } from "../../src/app.ts";

/** The beginning or the end of one await of `settle`, in milliseconds since 1970. */
export type Step = { readonly subject: string; readonly step: string; readonly msg: string; readonly at: number };

export type Running = {
  readonly url: string;
  readonly process: ChildProcess;
  /** What it wrote at level warn and above. */
  readonly complaints: readonly string[];
  readonly steps: readonly Step[];
  /** Resolves when it has ended, however. */
  readonly ended: Promise<void>;
  /** Lets it kill itself at the n-th step from now on that it takes with a pull request. */
  diesAt(step: number): void;
  kill(): Promise<void>;
  stop(): Promise<void>;
};

/** Starts Flowgate as a process; null when it died before it listened. */
export async function startProcess(settings: Settings, diesAt: number | null): Promise<Running | null> {
  const { log: _log, clock: _clock, ...plain } = settings;
  const child = spawn(process.execPath, [fileURLToPath(new URL("./flowgate.ts", import.meta.url))], {
    env: {
      ...process.env,
      FLOWGATE_SETTINGS: JSON.stringify(plain),
      ...(diesAt === null ? {} : { FLOWGATE_DIES_AT: String(diesAt) }),
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const complaints: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => complaints.push(line));
  const ended = once(child, "exit").then(() => {});
  const steps: Step[] = [];
  const listening = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("{")) steps.push(JSON.parse(line) as Step);
      else resolve(line);
    });
  });
  const url = await Promise.race([listening, ended.then(() => null)]);
  if (url === null) return null;
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  return {
    url,
    process: child,
    complaints,
    steps,
    ended,
    diesAt: (step) => void child.stdin.write(`${step}\n`),
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
  };
}
