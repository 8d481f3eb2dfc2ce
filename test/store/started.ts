import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Place } from "./place.ts";

export type Accepting = {
  /** The deliveries that were acknowledged so far, by id. */
  ids(): readonly string[];
  /** Resolves when so many were. */
  acknowledged(count: number): Promise<void>;
  /** Kills it as `kill -9` does, and waits until it and what it said have ended. */
  kill(): Promise<void>;
};

/** Starts a process that accepts deliveries into a database until it is killed. */
export async function startAccepting({ url, folder }: Pick<Place, "url" | "folder">): Promise<Accepting> {
  const child = spawn(process.execPath, [fileURLToPath(new URL("./accepting-process.ts", import.meta.url))], {
    env: { ...process.env, FLOWGATE_PLACE: JSON.stringify({ url, folder }) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const ids: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => ids.push(line));
  return {
    ids: () => ids,
    async acknowledged(count) {
      while (ids.length < count && child.exitCode === null) await Promise.race([once(lines, "line"), ended]);
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
