import { base } from "../../jest.config.mjs";

/** The store and the stories once more, on the PostgreSQL that FLOWGATE_TEST_DATABASE_URL names. */
export default {
  ...base,
  rootDir: "../..",
  testMatch: ["postgres", "store", "stories"].map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
};
