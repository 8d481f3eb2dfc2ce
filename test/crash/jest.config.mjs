import { base, everyProcessor } from "../../jest.config.mjs";

/** Flowgate as a process that is killed again and again: slow, and so apart from the quick tests. */
export default {
  ...base,
  rootDir: "../..",
  maxWorkers: everyProcessor,
  testMatch: ["<rootDir>/test/crash/**/*.test.ts"],
};
