import { describe, expect, it } from "@jest/globals";
import { branch } from "../../src/flow/names.ts";
import { linkedIn } from "../../src/release/run-book-link.ts";
import { at } from "../builders.ts";

const PLACE = {
  repository: "acme/api",
  web: "https://github.com",
  branches: ["development", "staging", "release/2026-11", "master"].map(branch),
};
const FILE = "docs/runbooks/2026-11.md";
const linked = (body: string) => linkedIn(body, PLACE);
const COMMIT = at("pinned");
const BLOB = "https://github.com/acme/api/blob";

describe("A run-book", () => {
  it.each<[string, string]>([
    ["by its path", `Run-book: ${FILE}`],
    ["by its path from the root", `Run-book: /${FILE}`],
    ["by its path from here", `Run-book: ./${FILE}`],
    ["without the hyphen, in small letters", `runbook: ${FILE}`],
    ["among other lines", `What changes.\n\nRun-book: ${FILE}\nECO-0042`],
    ["in a list", `- Run-book: ${FILE}\n- ECO-0042`],
    ["in code", `Run-book: \`${FILE}\``],
    ["by a picture that is a link", `Run-book: [![the file](shot.png)](${FILE})`],
    ["with bold words", `**Run-book:** ${FILE}`],
    ["by a link in Markdown", `Run-book: [this one](${FILE})`],
    ["by a link whose target stands below", `Run-book: [this one][book]\n\n[book]: ${FILE}\n[book]: docs/other.md`],
    ["by a path in brackets", `Run-book: [${FILE}]\n\n> [${FILE}]: docs/other.md`],
    ["by a link to the page of a branch", `Run-book: ${BLOB}/staging/${FILE}`],
    ["by one of a branch with slashes", `Run-book: ${BLOB}/release/2026-11/${FILE}`],
    ["by one of a branch that is not known", `Run-book: ${BLOB}/trunk/${FILE}`],
    ["with a line of it", `Run-book: ${BLOB}/staging/${FILE}#L12-L20`],
    ["as plain text of it", `Run-book: ${BLOB}/staging/${FILE}?plain=1`],
    ["by a relative link of GitHub's", `Run-book: [x](../blob/staging/${FILE})`],
    ["with other words behind it", `Run-book: ${FILE} (new)`],
    ["twice the same", `Run-book: ${FILE}\n\nRun-book: ${FILE}`],
    ["with capitals in the repository's name", `Run-book: https://GitHub.com/Acme/API/blob/staging/${FILE}`],
    ["on the next line of a hard break", `Hm.  \nRun-book: ${FILE}`],
    ["with Windows line ends", `a\r\nRun-book: ${FILE}\r\nb`],
  ])("is linked %s", (_what, body) => {
    expect(linked(body)).toEqual({ path: FILE, commit: null });
  });

  it("is pinned by a permalink", () => {
    expect(linked(`Run-book: ${BLOB}/${COMMIT}/${FILE}`)).toEqual({ path: FILE, commit: COMMIT });
  });

  it("may have signs in its name", () => {
    expect(linked("Run-book: [x](docs/run%20books/M%C3%A4rz.md)")).toEqual({
      path: "docs/run books/März.md",
      commit: null,
    });
  });

  it.each<[string, string]>([
    ["nowhere", "What changes."],
    ["in an empty line", "Run-book:"],
    ["in a quote", `> Run-book: ${FILE}`],
    ["in a fence", `\`\`\`\nRun-book: ${FILE}\n\`\`\``],
    ["in a comment", `<!-- Run-book: ${FILE} -->`],
    ["in a sentence", `The Run-book: ${FILE}`],
    ["by a picture", "![Run-book: x](x.md)"],
  ])("is not linked %s", (_what, body) => {
    expect(linked(body)).toBeNull();
  });

  it.each<[string, string, RegExp]>([
    ["of another repository", `Run-book: https://github.com/acme/web/blob/staging/${FILE}`, /leads out of acme\/api/],
    ["elsewhere", "Run-book: https://example.com/x.md", /leads out of acme\/api/],
    ["up the tree", "Run-book: ../../secret.md", /leads out of acme\/api/],
    ["up the tree from within", "Run-book: docs/../../x.md", /is no path/],
    ["an issue", "Run-book: https://github.com/acme/api/issues/3", /leads out of acme\/api/],
    ["a folder", "Run-book: docs/runbooks", /is no Markdown file/],
    ["a script", "Run-book: scripts/deploy.sh", /is no Markdown file/],
    ["with a broken escape", "Run-book: [x](docs/%E0%A4.md)", /is no path/],
    ["with an escaped line break", "Run-book: [x](docs/a%0A.md)", /is no path/],
    ["with a name that is too long", `Run-book: ${"x".repeat(1_100)}.md`, /is no path/],
    ["in a body that would take long to read", `${"[".repeat(600)}\n\nRun-book: ${FILE}`, /is too intricate/],
    ["twice", `Run-book: ${FILE}\nRun-book: docs/other.md`, /links several run-books/],
  ])("is none %s", (_what, body, wrong) => {
    expect(linked(body)).toEqual({ wrong: expect.stringMatching(wrong) });
  });
});
