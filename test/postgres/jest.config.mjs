import { base, everyProcessor } from "../../jest.config.mjs";

/** The store and the stories once more, on the PostgreSQL that FLOWGATE_TEST_DATABASE_URL names. */
export default {
  ...base,
  rootDir: "../..",
  maxWorkers: everyProcessor,
  // A world of its own database is made and dropped for each story.
  testTimeout: 60_000,
  testMatch: ["postgres", "store", "stories"].map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
};
