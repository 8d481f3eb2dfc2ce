import { base } from "../../jest.config.mjs";

/** The pages as people see them, in Chromium. A browser on a busy machine is given time. */
export default {
  ...base,
  rootDir: "../..",
  testMatch: ["<rootDir>/test/browser/**/*.test.ts"],
  testTimeout: 30_000,
};
