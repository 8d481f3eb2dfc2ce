import { mkdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { machineClock } from "./clock.ts";
import { fillDemo } from "./demo.ts";
import { forgetEverything } from "./forget.ts";
import { nextFreePort } from "./free-port.ts";
import { sandboxPages } from "./pages/pages.ts";
import { type Sandbox, startSandbox } from "./server.ts";

/** The sandbox by itself: `node sandbox/main.ts [--port N] [--folder DIR]`. Without a folder it forgets everything at its end. */
const { values } = parseArgs({ options: { port: { type: "string", default: "4000" }, folder: { type: "string" } } });
const host = "127.0.0.1";
const clock = machineClock();
const folder = values.folder ?? null;
if (folder !== null) mkdirSync(folder, { recursive: true });

const sandbox: Sandbox = await startSandbox({
  folder,
  host,
  port: await nextFreePort(host, Number(values.port)),
  clock,
  log: (line) => process.stderr.write(`${line}\n`),
  pages: sandboxPages({
    skip: (milliseconds) => clock.skip(milliseconds),
    async startAfresh() {
      await forgetEverything(sandbox.github);
      await fillDemo(sandbox.github);
    },
  }),
});
if (sandbox.github.account("ada") === undefined) await fillDemo(sandbox.github);
process.stdout.write(`The sandbox is at ${sandbox.url}\n`);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void sandbox.stop());
