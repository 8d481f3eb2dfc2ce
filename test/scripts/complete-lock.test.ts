import { expect, test } from "@jest/globals";
import { completeLock } from "../../scripts/complete-lock.ts";

const lock = (packages: unknown) => `${JSON.stringify({ name: "x", lockfileVersion: 3, packages }, null, 2)}\n`;
const owner = {
  version: "2.0.0",
  dev: true,
  optionalDependencies: { "@b/cli-linux-x64-musl": "2.0.0", "@b/cli-win32-arm64": "2.0.0", fsevents: "^2.3.3" },
};
const windows = { version: "2.0.0", cpu: ["arm64"], dev: true, optional: true, os: ["win32"] };

test("a platform package that npm left out gets an entry for the platform its name says", () => {
  const completed = completeLock(lock({ "": {}, "node_modules/b": owner }));
  expect(completed).toBe(
    lock({
      "": {},
      "node_modules/@b/cli-linux-x64-musl": {
        version: "2.0.0",
        cpu: ["x64"],
        dev: true,
        libc: ["musl"],
        optional: true,
        os: ["linux"],
      },
      "node_modules/@b/cli-win32-arm64": windows,
      "node_modules/b": owner,
    }),
  );
  expect(completeLock(completed)).toBe(completed);
});

test("an entry that is there, also below its owner, is left as it is", () => {
  const complete = lock({
    "node_modules/@b/cli-linux-x64-musl": { version: "2.0.0", integrity: "sha512-AA==" },
    "node_modules/b": owner,
    "node_modules/b/node_modules/@b/cli-win32-arm64": windows,
  });
  expect(completeLock(complete)).toBe(complete);
});

test("a name that says no platform is refused rather than guessed", () => {
  const optionalDependencies = { odd: "1.0.0" };
  expect(() => completeLock(lock({ "node_modules/c": { optionalDependencies } }))).toThrow("The name odd does not say");
});
