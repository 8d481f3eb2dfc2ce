import { startApp } from "../src/app.ts";
import { benchSettings } from "./settings.ts";

/** Flowgate as a process of its own. */
const { BENCH_API: apiUrl, BENCH_KEY: privateKey, BENCH_SECRET: webhookSecret } = process.env as Record<string, string>;

const app = await startApp(
  benchSettings({
    apiUrl: apiUrl as string,
    privateKey: privateKey as string,
    webhookSecret: webhookSecret as string,
  }),
);
while (!(await app.idle())) await new Promise((resolve) => setTimeout(resolve, 20));
process.stdout.write(`${app.url}\n`);
