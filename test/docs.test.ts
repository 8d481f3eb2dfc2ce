import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";

const root = join(import.meta.dirname, "..");
const skipped = new Set(["node_modules", ".git", "examples", "golden", "data", "coverage"]);
const pages = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".md") && !path.split("/").some((part) => skipped.has(part)))
  .sort();
const textOf = (path: string) => readFileSync(join(root, path), "utf8");
const htmlOf = (path: string) =>
  micromark(textOf(path), { extensions: [gfm()], htmlExtensions: [gfmHtml()] }).replaceAll("&amp;", "&");

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string) =>
  heading
    .replace(/<[^>]*>/g, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\- _]/gu, "")
    .replaceAll(" ", "-");
const anchorsOf = (path: string) =>
  [...htmlOf(path).matchAll(/<h[1-6]>(.*?)<\/h[1-6]>/gs)].map(([, heading = ""]) => anchorOf(heading));

test("the documents are there", () => {
  expect(pages).toEqual(
    expect.arrayContaining([
      "CHANGELOG.md",
      "CONTRIBUTING.md",
      "README.md",
      "SECURITY.md",
      "docs/architecture.md",
      "docs/config.md",
      "docs/evidence.md",
      "docs/roles/developer.md",
      "docs/roles/operations.md",
      "docs/roles/reviewer.md",
      "docs/why-cant-i-merge.md",
    ]),
  );
});

describe.each(pages)("%s", (page) => {
  const links = [...htmlOf(page).matchAll(/(?:href|src)="([^"]+)"/g)].map(([, link = ""]) => link);
  const own = links.filter((link) => !/^(https?|mailto):/.test(link));

  test("links to what is there", () => {
    const broken = own.filter((link) => {
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? page : relative(root, join(root, dirname(page), decodeURIComponent(path)));
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && target.endsWith(".md") && !anchorsOf(target).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  test("has one title", () => {
    expect([...htmlOf(page).matchAll(/<h1>/g)]).toHaveLength(page.endsWith("pull_request_template.md") ? 0 : 1);
  });

  test("names only commands that there are", () => {
    const { scripts } = JSON.parse(textOf("package.json")) as { readonly scripts: Readonly<Record<string, string>> };
    const named = [...textOf(page).matchAll(/`npm (?:run )?([a-z][a-z:]*)/g)].map(([, name = ""]) => name);
    const npms = ["ci", "install"];
    expect(named.filter((name) => !(name in scripts) && !npms.includes(name))).toEqual([]);
  });

  test("tells no machine's paths", () => {
    expect(textOf(page)).not.toMatch(/\/(?:root|tmp|home|work)\//);
  });
});

test("the README has a row for each variable that the environment reads, and for no other", () => {
  const read = new Set([...textOf("src/environment.ts").matchAll(/"([A-Z][A-Z_]+)"/g)].map(([, name]) => name));
  const rows = [...textOf("README.md").matchAll(/^\| ((?:`[A-Z_]+`(?:,| or)? ?)+)\|/gm)].map(([, names = ""]) => names);
  const told = new Set(rows.flatMap((names) => [...names.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name)));
  expect([...told].sort()).toEqual([...read].sort());
});

test("each picture is used", () => {
  const pictures = readdirSync(join(root, "docs/pictures")).filter((name) =>
    statSync(join(root, "docs/pictures", name)).isFile(),
  );
  const all = pages.map(textOf).join("\n");
  expect(pictures.filter((name) => !all.includes(name))).toEqual([]);
});
