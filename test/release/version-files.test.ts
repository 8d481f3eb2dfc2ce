import { expect, it } from "@jest/globals";
import { VERSION_FILES, versionIn } from "../../src/release/version-files.ts";

const says = (version: string) => ({ says: version });

// biome-ignore format: a table is read by its columns
it.each<[string, string, ReturnType<typeof versionIn>]>([
  ["package.json",   '{"version":"1.4.0"}',                                      says("1.4.0")],
  ["package.json",   '{"private":true}',                                         null],
  ["package.json",   '{"version":""}',                                           null],
  ["package.json",   '{"version":4}',                                            null],
  ["package.json",   "null",                                                     null],
  ["package.json",   '"1.4.0"',                                                  null],
  ["package.json",   '{"version":"1.4.0"',                                       "unreadable"],
  ["package.json",   " ".repeat(200_001),                                        "unreadable"],
  ["composer.json",  '{"version":"v1.4.0"}',                                     says("v1.4.0")],
  ["pyproject.toml", '[project]\nname = "a"\nversion = "1.4.0"',                 says("1.4.0")],
  ["pyproject.toml", '[tool.poetry]\nversion = "1.4.0"',                         says("1.4.0")],
  ["pyproject.toml", '[project]\nversion = "1.4.0"\n[tool.poetry]\nversion = "2.0.0"', says("1.4.0")],
  ["pyproject.toml", '[project]\ndynamic = ["version"]',                         null],
  ["pyproject.toml", "[project",                                                 "unreadable"],
  ["Cargo.toml",     '[package]\nversion = "1.4.0"',                             says("1.4.0")],
  ["Cargo.toml",     '[package]\nversion.workspace = true\n[workspace.package]\nversion = "1.4.0"', says("1.4.0")],
  ["Chart.yaml",     "version: 0.3.0\nappVersion: 1.4.0",                        says("1.4.0")],
  ["Chart.yaml",     "a: &a x\nappVersion: *a",                                  "unreadable"],
  ["Chart.yaml",     "version: 0.3.0",                                           null],
  ["pubspec.yaml",   "name: app\nversion: 1.4.0+12",                             says("1.4.0+12")],
  ["VERSION",        "v1.4.0\nof the api\n",                                     says("v1.4.0")],
  ["VERSION",        "",                                                         null],
  ["version.txt",    "\r\n  1.4.0\r\n",                                          says("1.4.0")],
  ["README.md",      "1.4.0",                                                    null],
  ["constructor",    "1.4.0",                                                    null],
])("%s with %j", (path, text, version) => {
  expect(versionIn({ path, text })).toEqual(version);
});

it("are looked for in the root alone", () => {
  expect(VERSION_FILES.filter((path) => path.includes("/"))).toEqual([]);
});
