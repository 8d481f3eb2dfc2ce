import { existsSync, globSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";

/** The pure rooms: no clock, no dice, no network, no await. So every line and branch can be tested, and is. */
const pure = ["flow", "gates", "commands", "release", "report", "decide.ts", "intake.ts"].map((name) => `src/${name}`);

/** Files of types alone leave no code to run, and v8 would count every one of their lines as missed. */
const onlyTypes = globSync("src/**/*.ts").filter(
  (file) =>
    stripTypeScriptTypes(readFileSync(file, "utf8")).replace(/\/\*[\s\S]*?\*\/|\/\/.*|[\s;]|export\{\}/g, "") === "",
);

export const base = {
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": "<rootDir>/test/strip-types.mjs" },
  setupFilesAfterEnv: ["<rootDir>/test/setup.ts"],
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  modulePathIgnorePatterns: ["<rootDir>/data/", "<rootDir>/examples/"],
};

export default {
  ...base,
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/browser/", "<rootDir>/test/postgres/"],
  coverageProvider: "v8",
  coverageReporters: ["text-summary", "lcovonly"],
  collectCoverageFrom: ["src/**/*.ts", ...onlyTypes.map((file) => `!${file}`)],
  coverageThreshold: Object.fromEntries(
    pure.filter((room) => existsSync(room)).map((room) => [`./${room}`, { lines: 100, branches: 100 }]),
  ),
};
