import { existsSync, readFileSync } from "node:fs";
import { pino } from "pino";
import { type Settings, startApp } from "./app.ts";
import { type Environment, environment } from "./environment.ts";
import { instant } from "./flow/names.ts";
import { WEBHOOK_PATH } from "./server.ts";

/** Reads the environment and starts production, or without credentials the sandbox. */
async function main(): Promise<void> {
  const read = environment(process.env, (path) => readFileSync(path, "utf8"));
  if ("problem" in read) throw new Error(read.problem);
  if ("sandbox" in read) return playInSandbox(read.sandbox);
  const log = pino({
    level: read.logLevel,
    redact: {
      paths: ["*.authorization", "*.token", "*.privateKey", "*.evidenceKey", "*.clientSecret", "*.secret", "*.cookie"],
      censor: "[secret]",
    },
  });
  const settings: Settings = { ...read.production, log, clock: { now: () => instant(Date.now()) } };
  const app = await startApp(settings);
  if (read.proxy !== null) await followProxy(read.proxy, app.url);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      log.info({ signal }, "Flowgate stops: it takes no more work and finishes what is in hand.");
      void app.stop().then(() => process.exit(0));
    });
  }
}

/** The image brings no sandbox: there, missing credentials are a mistake. */
async function playInSandbox(settings: Extract<Environment, { readonly sandbox: unknown }>["sandbox"]): Promise<void> {
  if (!existsSync(new URL("../sandbox/play.ts", import.meta.url))) {
    throw new Error("Set APP_ID, PRIVATE_KEY (or PRIVATE_KEY_PATH) and WEBHOOK_SECRET: there is no sandbox here.");
  }
  const { play } = await import("../sandbox/play.ts");
  return play(settings, process.argv.slice(2));
}

/** Webhooks come by a channel that this machine asks, since GitHub cannot reach it. */
async function followProxy(source: string, url: string): Promise<void> {
  const { SmeeClient } = await import("smee-client");
  await new SmeeClient({ source, target: `${url}${WEBHOOK_PATH}` }).start();
}

main().catch((error: unknown) => {
  process.stderr.write(`Flowgate did not start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
