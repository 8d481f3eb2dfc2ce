import { describe, expect, it } from "@jest/globals";
import { type Fact, wantKey } from "../../src/flow/facts.ts";
import { looking } from "../../src/flow/looking.ts";
import { VERSION_FILES, versionFilesAt, versionIn } from "../../src/release/version-files.ts";
import { at, known, unknown } from "../builders.ts";

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

it("of which there is too much says none that can be read", () => {
  expect(versionIn({ path: "package.json", text: null })).toBe("unreadable");
});

describe("Of a commit", () => {
  const HEAD = at("head");
  const entry = (path: string, more: object = {}) => ({ path, kind: "file", blob: at(path), size: 20, ...more });
  const ROOT = [
    entry("README.md"),
    entry("package.json"),
    entry("VERSION", { kind: "executable" }),
    entry("version.txt", { kind: "link" }),
    entry("composer.json", { size: 200_001 }),
  ];
  const read = (answers: { readonly [want: string]: Fact<unknown> }) => {
    const look = looking(new Map(Object.entries(answers)));
    const files = versionFilesAt(look, HEAD);
    const missing = look.missing();
    return { files, missing: missing !== null && "lacks" in missing ? missing.lacks.map(wantKey) : missing };
  };
  const root = { [`root-files ${HEAD}`]: known(ROOT) };
  const [PACKAGE, VERSION] = [`blob package.json ${at("package.json")}`, `blob VERSION ${at("VERSION")}`];

  it("only those that are there are read, all at once, and none that is a link or too long", () => {
    expect(read({})).toEqual({ files: null, missing: [`root-files ${HEAD}`] });
    expect(read(root)).toEqual({ files: null, missing: [PACKAGE, VERSION] });
    expect(read({ ...root, [PACKAGE]: known("{}"), [VERSION]: known("1.4.0") })).toEqual({
      files: [
        { path: "package.json", text: "{}" },
        { path: "VERSION", text: "1.4.0" },
        { path: "composer.json", text: null },
      ],
      missing: null,
    });
    expect(read({ [`root-files ${HEAD}`]: known([]) })).toEqual({ files: [], missing: null });
  });

  it("they are waited for while GitHub does not answer", () => {
    const silent = unknown("GitHub answered 502.");
    expect(read({ ...root, [PACKAGE]: known("{}"), [VERSION]: silent })).toMatchObject({
      files: null,
      missing: { unknown: "GitHub answered 502." },
    });
  });
});

it("are looked for in the root alone", () => {
  expect(VERSION_FILES.filter((path) => path.includes("/"))).toEqual([]);
});
