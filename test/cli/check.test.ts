import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { runs } from "./runs.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flowgate-check-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
async function asked(...words: string[]): Promise<{ readonly code: number; readonly says: readonly string[] }> {
  const { code, text } = await runs(words);
  return { code, says: text.trimEnd().split("\n") };
}

const CONFIG = ".github/flowgate.yml";
const GOOD = `## Deploy
- [ ] Run it
## Test
- [ ] Log in
## Rollback
Run the one before.
## Monitor
https://status.example.com
`;

describe("flowgate check", () => {
  it("reads the config and every run-book of a component", async () => {
    put(CONFIG, "enforcement: managed\n");
    put("docs/runbooks/release.md", GOOD);
    put("docs/runbooks/2026/november.md", GOOD);
    put("docs/runbooks/notes.txt", "- []x");
    symlinkSync("release.md", join(folder, "docs/runbooks/link.md"));
    expect(await asked("check", folder)).toEqual({
      code: 0,
      says: [
        "docs/runbooks/2026/november.md: valid, 2 items.",
        "docs/runbooks/release.md: valid, 2 items.",
        "2 run-books read. Nothing is wrong.",
      ],
    });
  });

  it("says what is wrong on which line, and what is only to be looked at", async () => {
    put(CONFIG, "runbook: { directory: books, phases: { deploy: [Cutover day] } }\nlock: [roles]\n");
    put(
      "books/release.md",
      GOOD.replace("Deploy", "Cutover day").replace("Run it", "Run X.Y.Z").concat("- []almost\n"),
    );
    expect(await asked("check", folder)).toEqual({
      code: 1,
      says: [
        `${CONFIG}: lock: \`lock\` counts in the organisation's file only; take it out of this one.`,
        "books/release.md:2: warning: `X.Y.Z` looks like a placeholder; write what is meant.",
        expect.stringMatching(/^books\/release\.md:9: `\[\]` is no box/),
        "books/release.md: not valid, 2 items.",
        "1 run-book read. 2 are to be repaired.",
      ],
    });
  });

  it("asks for a config that can be read before it looks at run-books", async () => {
    put(CONFIG, "enforcement: on\n");
    put("docs/runbooks/release.md", "nothing");
    const { code, says } = await asked("check", folder);
    expect(code).toBe(1);
    expect(says).toEqual([
      expect.stringMatching(/^\.github\/flowgate\.yml:1:1: /),
      "No run-book was read. 1 is to be repaired.",
    ]);
  });

  it("reads the usual run-book wherever it lies, and misses it where it is not", async () => {
    put(CONFIG, "runbook: { default: RELEASE.md }\n");
    expect(await asked("check", folder)).toEqual({
      code: 1,
      says: [`${CONFIG}: runbook.default: There is no file RELEASE.md.`, "0 run-books read. 1 is to be repaired."],
    });
    put("RELEASE.md", GOOD);
    expect(await asked("check", folder)).toEqual({
      code: 0,
      says: ["RELEASE.md: valid, 2 items.", "1 run-book read. Nothing is wrong."],
    });
  });

  it("takes the defaults where there is no config", async () => {
    expect(await asked("check", folder)).toEqual({
      code: 0,
      says: [`${CONFIG}: There is none; the defaults are taken.`, "0 run-books read. Nothing is wrong."],
    });
  });

  it("finds no folder where there is none", async () => {
    expect(await asked("check", join(folder, "away"))).toEqual({
      code: 1,
      says: [`There is no folder ${join(folder, "away")}.`],
    });
  });

  it("says that it cannot read what it may not", async () => {
    mkdirSync(join(folder, CONFIG), { recursive: true });
    await expect(asked("check", folder)).rejects.toThrow("EISDIR");
  });

  it.each([
    [],
    ["check"],
    ["check", "a", "b"],
    ["verify"],
    ["verify", "a", "b"],
    ["verify", "a", "--keys", "b"],
    ["verify", "a", "--key"],
    ["ledger"],
    ["ledger", "burn"],
    ["ledger", "verify", "a", "b"],
    ["ledger", "verify", "--component", "a/b"],
    ["ledger", "export", "a", "b"],
    ["ledger", "redact"],
    ["ledger", "redact", "a/b#1"],
    ["ledger", "redact", "a/b#1", "because"],
    ["ledger", "redact", "a/b#1", "it", "is"],
    ["explain", "a"],
  ])("explains itself: %s", async (...words) => {
    const { code, says } = await asked(...words);
    expect(code).toBe(2);
    expect(says[0]).toBe("Usage: flowgate COMMAND");
  });

  it("explains itself on request", async () => {
    expect((await asked("--help")).code).toBe(0);
    expect((await asked("help")).code).toBe(0);
  });
});
