import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { check } from "../src/cli/check.ts";
import { GATES } from "../src/gates/catalog.ts";

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
      ...["administrator", "auditor", "developer", "operations", "quality", "release-manager", "reviewer"].map(
        (role) => `docs/roles/${role}.md`,
      ),
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

describe("Why can't I merge?", () => {
  const page = textOf("docs/why-cant-i-merge.md");
  const sections = page.split(/^### `/m).slice(1);

  test("has an entry for each gate, in the order of the checks", () => {
    const named = sections.map((section) => section.slice(0, section.indexOf("`")));
    expect(named.slice(0, GATES.length + 1)).toEqual(["flow", ...GATES.map(({ name }) => name)]);
    for (const [place, name] of named.slice(0, GATES.length + 1).entries())
      expect(sections[place]).toContain(place === 0 ? "#the-title-is-red" : `(gates/${name}.md)`);
  });

  test("quotes titles that the code can say", () => {
    const code = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => textOf(join("src", path)))
      .join("\n")
      .replace(/[`*\\]/g, "");
    // What stands for names and numbers differs, so two words in a row are looked for.
    const isSaid = (title: string) => {
      const words = title.replace(/[`*\\]/g, "").split(/\s+/);
      const length = Math.min(2, words.length);
      return words.some(
        (_, at) => at + length <= words.length && code.includes(words.slice(at, at + length).join(" ")),
      );
    };
    const rows = page.split("\n").filter((line) => line.startsWith("| *"));
    const quoted = rows.flatMap((row) =>
      [...(row.split(" | ")[0] as string).matchAll(/(?<![\\*])\*((?:\\\*|[^*])+)\*/g)].map(([, title = ""]) => title),
    );
    expect(quoted.length).toBeGreaterThan(50);
    expect(quoted.filter((title) => !isSaid(title))).toEqual([]);
  });
});

test("the README has a row for each variable that the environment reads, and for no other", () => {
  const read = new Set([...textOf("src/environment.ts").matchAll(/"([A-Z][A-Z_]+)"/g)].map(([, name]) => name));
  const rows = [...textOf("README.md").matchAll(/^\| ((?:`[A-Z_]+`(?:,| or)? ?)+)\|/gm)].map(([, names = ""]) => names);
  const told = new Set(rows.flatMap((names) => [...names.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name)));
  expect([...told].sort()).toEqual([...read].sort());
});

test("the reference says of each key what it is", () => {
  expect(textOf("docs/config.md")).not.toContain("undefined");
});

test("Flowgate's own config and run-book are as it asks of others", async () => {
  expect(await check(root)).toEqual({
    lines: [
      expect.stringMatching(/^docs\/runbooks\/release\.md: valid, \d+ items\.$/),
      "1 run-book read. Nothing is wrong.",
    ],
    isWell: true,
  });
});

test("each picture is used", () => {
  const pictures = readdirSync(join(root, "docs/pictures")).filter((name) =>
    statSync(join(root, "docs/pictures", name)).isFile(),
  );
  const all = pages.map(textOf).join("\n");
  expect(pictures.filter((name) => !all.includes(name))).toEqual([]);
});
