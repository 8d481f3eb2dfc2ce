import { type ChildProcess, spawn } from "node:child_process";
import { startPostgres } from "./server.ts";

// Runs the suites that need a database on a PostgreSQL of their own. Words given on the command line go to Jest.
let jest: ChildProcess | undefined;
// A person's Ctrl-C reaches Jest as well; we only stay until it has ended, so that the server ends after its clients.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => (jest === undefined ? process.exit(1) : jest.kill(signal)));

const postgres = await startPostgres();
jest = spawn(
  process.execPath,
  [
    "--experimental-vm-modules",
    "--disable-warning=ExperimentalWarning",
    "node_modules/jest/bin/jest.js",
    "--config=test/postgres/jest.config.mjs",
    ...process.argv.slice(2),
  ],
  { stdio: "inherit", env: { ...process.env, FLOWGATE_TEST_DATABASE_URL: postgres.url } },
);

process.exitCode = await new Promise<number>((resolve) => {
  jest?.once("error", () => resolve(1));
  jest?.once("exit", (code) => resolve(code ?? 1));
});
await postgres.stop();
