import { globSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";

/** The pure rooms: no clock, no dice, no network, no await. So every line and branch can be tested, and is. */
const pure = [
  "flow/",
  "gates/",
  "commands/",
  "release/",
  "report/",
  "decide.ts",
  "decide/",
  "intake.ts",
  "intake/",
].map((name) => `src/${name}`);

/** Whether types are all there is in a file. They leave no code to run, and v8 would count every line as missed. */
const onlyTypes = (file) =>
  stripTypeScriptTypes(readFileSync(file, "utf8")).replace(/\/\*[\s\S]*?\*\/|\/\/.*|[\s;]|export\s*\{\s*\}/g, "") ===
  "";

const sources = globSync("src/**/*.ts", { cwd: import.meta.dirname });
const running = sources.filter((file) => !onlyTypes(`${import.meta.dirname}/${file}`));

/** Much of a story is waiting for git and for sockets; by default one processor would be left idle, which is half of a small machine. */
export const everyProcessor = "100%";

export const base = {
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": "<rootDir>/test/strip-types.mjs" },
  setupFilesAfterEnv: ["<rootDir>/test/setup.ts"],
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  // A story starts a server or two; a busy machine is given time.
  testTimeout: 30_000,
  modulePathIgnorePatterns: ["<rootDir>/data/", "<rootDir>/examples/"],
};

export default {
  ...base,
  maxWorkers: everyProcessor,
  testPathIgnorePatterns: [
    "/node_modules/",
    "<rootDir>/test/browser/",
    "<rootDir>/test/crash/",
    "<rootDir>/test/postgres/",
  ],
  coverageProvider: "v8",
  coverageReporters: ["text-summary", "lcovonly"],
  collectCoverageFrom: running,
  coverageThreshold: Object.fromEntries(
    pure
      .filter((room) => running.some((file) => file.startsWith(room)))
      .map((room) => [`./${room}`, { lines: 100, branches: 100 }]),
  ),
};
