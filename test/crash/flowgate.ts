import { subscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import { createInterface } from "node:readline";
import { pino } from "pino";
import { instant, type Settings, startApp } from "../../src/app.ts";

/**
 * Flowgate as a process of its own, for the tests that kill it or run two. It tells each step of `settle` on its output. Its
 * settings come as JSON in the environment. Where `FLOWGATE_DIES_AT` is a number n, or it reads one on its input, it kills itself
 * at the n-th step from then on of settling pull requests, the beginning and the end of each await counted, and of each request by
 * which something is written: no handler runs, nothing is closed.
 */
const settings = JSON.parse(process.env["FLOWGATE_SETTINGS"] ?? "{}") as Omit<Settings, "log" | "clock">;
let diesAt = Number(process.env["FLOWGATE_DIES_AT"] ?? Number.POSITIVE_INFINITY);

let steps = 0;
function stepped(): void {
  steps += 1;
  if (steps === diesAt) process.kill(process.pid, "SIGKILL");
}
createInterface({ input: process.stdin }).on("line", (step) => {
  steps = 0;
  diesAt = Number(step);
});
const log = pino(
  { level: "trace" },
  {
    write(line: string) {
      const { level, msg, step, subject } = JSON.parse(line) as {
        level: number;
        msg: string;
        step?: string;
        subject?: string;
      };
      if (level >= 40) process.stderr.write(line);
      if (step !== undefined) {
        process.stdout.write(
          `${JSON.stringify({ subject, step, msg, at: performance.timeOrigin + performance.now() })}\n`,
        );
      }
      if (step !== undefined && subject?.startsWith("pull:")) stepped();
    },
  },
);

// What is done at one go may take several requests: a tag and its name, each file of a release.
const written = (message: unknown): void => {
  const { method, path } = (message as { readonly request: ClientRequest }).request;
  if (method !== "GET" && !path.endsWith("/access_tokens")) stepped();
};
for (const moment of ["http.client.request.created", "http.client.response.finish"]) subscribe(moment, written);

const app = await startApp({ ...settings, log, clock: { now: () => instant(Date.now()) } });
process.stdout.write(`${app.url}\n`);
process.once("SIGTERM", () => void app.stop().then(() => process.exit(0)));
