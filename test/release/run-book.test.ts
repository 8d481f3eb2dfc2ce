import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { isValid } from "../../src/flow/run-book.ts";
import { names } from "../../src/release/run-book/item.ts";
import { parseRunBook } from "../../src/release/run-book.ts";
import { bytes, itemsOf, REST, read, saidOf, told } from "./run-books.ts";

describe("a whole run-book", () => {
  it("is read with its items, phases and what it says of itself", () => {
    const text = `---
document_id: RB-0007
revision: "03"
approvers: [qa-lead]
---
# Run-book: dashboard 1.4.0
## Before deploy
- [ ] Backup attested (owner: @acme/ops) <!-- fg:id=backup -->
- [ ] N/A: run \`scripts/transition.sh\` - reason: no schema change (@qa-lead)
## Deploy
1. [ ] Run \`activate.sh v1.4.0\`
   \`\`\`sh
   ./activate.sh v1.4.0
   \`\`\`
   - [x] and keep the output (result)
## Verify
- [ ] Health check green - evidence: https://example.com/run/123
## Rollback
- [ ] Re-activate previous tag
## Monitor (optional)
- [ ] [Error rate](https://example.com/d)
`;
    const { items, phases, about, findings } = read(text, { activation: "scripts/activate.sh" });
    expect(findings).toEqual([]);
    expect(about).toEqual({ document_id: "RB-0007", revision: "03", approvers: ["qa-lead"] });
    expect(phases).toEqual({
      before: { line: 7, isEmpty: false, hasLink: false },
      deploy: { line: 10, isEmpty: false, hasLink: false },
      test: { line: 16, isEmpty: false, hasLink: true },
      rollback: { line: 18, isEmpty: false, hasLink: false },
      monitor: { line: 20, isEmpty: false, hasLink: true },
    });
    const digest = expect.stringMatching(/^~[\da-f]{20}$/);
    const plain = {
      id: digest,
      owner: null,
      optional: false,
      notApplicable: null,
      needsResult: false,
      parent: null,
      details: "",
    };
    expect(items).toEqual([
      { ...plain, id: "backup", ordinal: 1, line: 8, phase: "before", text: "Backup attested", owner: "@acme/ops" },
      {
        ...plain,
        ordinal: 2,
        line: 9,
        phase: "before",
        text: "run `scripts/transition.sh`",
        notApplicable: "no schema change (@qa-lead)",
      },
      {
        ...plain,
        ordinal: 3,
        line: 11,
        phase: "deploy",
        text: "Run `activate.sh v1.4.0`",
        details: "./activate.sh v1.4.0",
      },
      { ...plain, ordinal: 4, line: 15, phase: "deploy", text: "and keep the output", needsResult: true, parent: 3 },
      {
        ...plain,
        ordinal: 5,
        line: 17,
        phase: "test",
        text: "Health check green - evidence: https://example.com/run/123",
      },
      { ...plain, ordinal: 6, line: 19, phase: "rollback", text: "Re-activate previous tag" },
      { ...plain, ordinal: 7, line: 21, phase: "monitor", text: "Error rate", optional: true },
    ]);
  });

  it.each(globSync("examples/glucolabs/*/docs/runbooks/*.md"))("%s is valid", (path) => {
    const runBook = parseRunBook(readFileSync(path), { phases: {}, activation: "scripts/activate.sh" });
    expect(told(runBook)).toEqual([]);
    expect(isValid(runBook)).toBe(true);
  });
});

describe("a task of GitHub's is an item, in whatever form", () => {
  // biome-ignore format: a table is read by its columns
  it.each([
    ["- [X] a", ["a"]],
    ["* [x] a", ["a"]],
    ["+ [ ] a", ["a"]],
    ["1. [ ] a", ["a"]],
    ["2) [x] a", ["a"]],
    ["- - [ ] a", ["a"]],
    ["> - [ ] a", ["a"]],
    ["- [\t] a", ["a"]],
    ["-\t[ ]\ta", ["a"]],
    ["-\n  [ ] a", ["a"]],
    ["- [ ]\n  a", ["a"]],
    ["- [b]: c\n  [ ] a", ["a"]],
    ["- [ ] a\r- [ ] b\r", ["a", "b"]],
    ["- [ ] a\r\n- [ ] b\r\n", ["a", "b"]],
    ["- [ ] a\r- [ ] b\n- [ ] c\r\n", ["a", "b", "c"]],
    ["- [ ] a\n\n  # heading inside\n\n- [ ] b", ["a", "b"]],
    ["Note[^1]\n\n[^1]: - [ ] a", ["a"]],
    ["<details>\n<summary>more</summary>\n\n- [ ] a\n\n</details>", ["a"]],
    ["- [ ] a\n---\n- [ ] b", ["a", "b"]],
    ["- [ ] a\n- [ ] a", ["a", "a"]],
    ["1. [ ] a\n\n   ```\n   - [ ] no\n   ```\n2. [ ] b", ["a", "b"]],
  ])("%j", (text, items) => {
    expect(itemsOf(text).map(({ text }) => text)).toEqual(items);
    expect(saidOf(text).filter((line) => line.includes("failed"))).toEqual([]);
  });

  it("and a tick in the file is not read", () => {
    expect(itemsOf("- [x] a")).toEqual(itemsOf("- [ ] a"));
  });

  it.each([
    ["a byte order mark", "\uFEFF- [ ] a\n- [ ] b"],
    ["CR alone", "- [ ] a\r- [ ] b"],
    ["CR and LF", "- [ ] a\r\n- [ ] b"],
  ])("and its line is counted with %s", (_what, text) => {
    expect(itemsOf(text).map(({ line }) => line)).toEqual([1, 2]);
  });
});

describe("what looks like a task and is none is told with its line", () => {
  // biome-ignore format: a table is read by its columns
  it.each([
    ["- [ ]a",                          1, "needs a plain space after it"],
    ["- [ ]\u00A0a",                    1, "needs a plain space after it"],
    ["-[ ] a",                          1, "needs a space before it"],
    ["•[ ] a",                          1, "needs a space before it"],
    ["• [ ] a",                         1, "is read as text"],
    ["- []",                            1, "put a space between the brackets"],
    ["[] a",                            1, "put a space between the brackets"],
    ["- [-] a",                         1, "neither a space nor an x"],
    ["- [~] a",                         1, "neither a space nor an x"],
    ["- [✓] a",                         1, "neither a space nor an x"],
    ["- [х] a",                         1, "neither a space nor an x"],
    ["- [ ]",                           1, "has no words after it"],
    ["- [ ]\n- [ ] b",                  1, "has no words after it"],
    ["- [ ]   ",                        1, "or words after the box"],
    ["- [\u00A0] a",                    1, "another space than the plain one"],
    ["-\t[\t] a",                         1, "another space than the plain one"],
    ["- [  ] a",                        1, "another space than the plain one"],
    ["- [\u200B] a",                    1, "another space than the plain one"],
    ["- [x ] a",                        1, "more than one character"],
    ["- ［ ］ a",                       1, "not the plain ones"],
    ["【】 a",                          1, "not the plain ones"],
    ["☐ a",                             1, "A ballot character"],
    ["- ☐ a",                           1, "A ballot character"],
    ["* ⬜ a",                          1, "A ballot character"],
    ["- ( ) a",                         1, "Round brackets"],
    ["- <input type=checkbox> a",       1, "written as HTML"],
    ['<INPUT disabled type="checkbox">', 1, "written as HTML"],
    ["| a |\n|---|\n| [ ] b |",         3, "in a table"],
    ["| a |\n|---|\n| ☐ |",             3, "in a table"],
    ["| a |\n|---|\n| `[ ]` <b>[ ]</b> |", 3, "in a table"],
    ["[ ] a",                           1, "has no bullet"],
    ["- a\n  [ ] b",                    2, "has no bullet"],
    ["- \\[ ] a",                       1, "are escaped"],
    ["- [ \\] a",                       1, "are escaped"],
    ["- `[ ]` a",                       1, "is set as code"],
    ["`- [ ] a`",                       1, "is set as code"],
    ["- **[ ]** a",                     1, "set apart by the signs around it"],
    ["- [ ](https://example.org)",      1, "is read as a link"],
    ["- [x]: there",                    1, "read as the address of a link"],
    ["- [ ]: there",                    1, "is read as a link"],
    ["## [ ] a",                        1, "in a heading"],
    ["- # [ ] a",                       1, "in a heading"],
    ["- > [ ] a",                       1, "in a quote inside its item"],
    ["- [ ] YES [ ] NO [ ] N/A",        1, "second box"],
    ["- [ ] yes ☐ no",                  1, "second box"],
    ["a paragraph\n2. [ ] a",           2, "is read as text"],
    ["-     [ ] a",                     1, "it is code"],
    ["a paragraph\n\n    - [ ] a",      3, "it is code"],
    ["<details>\n- [ ] a\n</details>",  2, "raw HTML"],
    ["| a |\n|---|\n| - [] b |",         3, "in a table"],
    ["<td>[ ]</td>",                    1, "raw HTML"],
    ["a\r\n\r\r[ ] b",                  4, "has no bullet"],
  ])("%j fails in line %i: %s", (text, line, because) => {
    expect(saidOf(text)).toEqual([expect.stringMatching(`^${line} failed: .*${because}`)]);
  });

  // biome-ignore format: a table is read by its columns
  it.each([
    ["Tick the [ ] here.",                                1, "box in running text"],
    ["It may be ☐ or not.",                               1, "box in running text"],
    [`${"so long ".repeat(30)}[ ] here`,                  1, "box in running text"],
    ["```\n- [ ] a\n```",                                 2, "a block of code holds a box that counts"],
    ["~~~ md\n1. [ ] a\n* [x] b\n~~~",                    2, "a block of code holds 2 boxes that count"],
    ["<!-- - [ ] a -->",                                  1, "a comment holds a box"],
    ["so <!-- [ ] a --> it is",                           1, "a comment holds a box"],
    ["<!--\n\n- [ ] a\n[ ] b\n-->",                       3, "a comment holds 2 boxes"],
  ])("%j is a warning in line %i: %s", (text, line, because) => {
    expect(saidOf(text)).toEqual([expect.stringMatching(`^${line} warning: .*${because}`)]);
  });

  it.each([
    "- [1] a source",
    "- [a](https://example.org) b",
    "an array[x] or list[] or (x) or [] alone",
    "[x]: https://example.org",
    "- \\[a] b",
    "| a |\n|---|\n| [] |\n| b[ ] |",
    "<p>\na <code>string[]</code>, by default [] or b[ ]\n</p>",
    "Write `- [ ] …` for each item, and not `<input type=checkbox>`.",
    "a block of code:\n```\nif [ ]; then\n```",
    "- [-1] and [link] (x) and f([])",
    "a <!-- remark about [x](y) --> and <b>b</b>",
  ])("%j is nothing", (text) => {
    expect(saidOf(text)).toEqual([]);
  });
});

describe("what hides the rest is told where it begins", () => {
  // biome-ignore format: a table is read by its columns
  it.each([
    ["```\n- [ ] a",                1, "block of code that begins here is never closed and hides what follows, 3 boxes among it"],
    ["- [ ] a\n  ~~~\n  b",         2, "block of code that begins here is never closed and hides what follows; close"],
    ["<!-- a\n- [ ] b",             1, "comment that begins here is never closed and hides what follows, 3 boxes among it"],
    ["<div>\n<!-- a\n\n- [ ] b",    2, "comment that begins here is never closed and hides what follows; close"],
  ])("%j", (text, line, because) => {
    expect(saidOf(text)[0]).toMatch(new RegExp(`^1 failed: There is no item|^${line} failed: The ${because}`));
    expect(saidOf(text)).toContainEqual(expect.stringMatching(`^${line} failed: The ${because}`));
  });
});

describe("front matter", () => {
  // biome-ignore format: a table is read by its columns
  it.each([
    ["---\na: 1\n---",                        { a: 1 }],
    ["---   \r\na: { b: [c] }\r\n---\r\n",    { a: { b: ["c"] } }],
    ["---\n---",                              {}],
    ["---\n# nothing yet\n---",               {}],
    ["# Title",                               null],
    ["\n---\na: 1\n---",                      null],
  ])("%j says %j", (text, about) => {
    expect(read(`${text}\n${REST}`).about).toEqual(about);
    expect(saidOf(text)).toEqual([]);
  });

  // biome-ignore format: a table is read by its columns
  it.each([
    ["---\na: 1\n- [ ] b\n---",                                       "holds task-list items"],
    ["---\n[ ] b\n---",                                               "holds task-list items"],
    ["---\na: 1",                                                     "is never closed"],
    [`---\n${"a: b\n".repeat(1000)}---`,                              "over 4 KiB"],
    ["---\na: 1\na: 2\n---",                                          "no valid YAML"],
    ["---\n{\n---",                                                   "no valid YAML"],
    ["---\nSome text.\n---",                                          "no mapping"],
    ["---\n- a\n---",                                                 "no mapping"],
    ["---\na: &b c\n---",                                             "an anchor, an alias or a tag"],
    ["---\na: *b\n---",                                               "an anchor, an alias or a tag"],
    ["---\na: !!str b\n---",                                          "an anchor, an alias or a tag"],
    ["---\na: !!map {}\n---",                                         "an anchor, an alias or a tag"],
    ["---\n!x a: 1\n---",                                             "an anchor, an alias or a tag"],
  ])("%j is refused", (text, because) => {
    const runBook = read(`${text}\n- [ ] c\n${REST}`);
    expect(runBook.about).toBeNull();
    expect(told(runBook)).toContainEqual(expect.stringMatching(`^1 failed: The front matter that begins here .*${because}`));
    expect(runBook.items.map(({ text }) => text)).toContain("c");
  });

  it("that is refused hides no item", () => {
    expect(itemsOf("---\na: 1\n- [ ] b\n---\n- [ ] c").map(({ text, line }) => [text, line])).toEqual([
      ["b", 3],
      ["c", 5],
    ]);
  });

  it("does not shift the lines", () => {
    expect(itemsOf("\uFEFF---\r\na: 1\r\n---\r\n- [ ] a")[0]?.line).toBe(4);
  });
});

describe("the phase of an item", () => {
  const phaseBelow = (heading: string, phases = {}) => read(`${heading}\n\n- [ ] a\n`, { phases }).items[0]?.phase;

  // biome-ignore format: a table is read by its columns
  it.each([
    ["# BEFORE the deployment:", "before"],   ["## 1. Pre-deploy checklist", "before"],
    ["## Vorbereitung", "before"],            ["## Avant déploiement", "before"],
    ["## Antes del despliegue", "before"],    ["## Preparação", "before"],
    ["## Prima del rilascio", "before"],      ["## Voorbereiding", "before"],
    ["## 🚀 Deploy", "deploy"],               ["Deployment steps\n----", "deploy"],
    ["Phase 2 – Roll-out\n====", "deploy"],   ["## IV. Bereitstellung", "deploy"],
    ["## Mise en production", "deploy"],      ["## Puesta en producción", "deploy"],
    ["## Implantação", "deploy"],             ["## Rilascio", "deploy"],
    ["## Uitrollen", "deploy"],               ["## 2.1) _Go-live_", "deploy"],
    ["### Verify", "test"],                   ["## Post-deployment", "test"],
    ["## Prüfung", "test"],                   ["## Vérification", "test"],
    ["## Verificación", "test"],              ["## Verificação", "test"],
    ["## Collaudo", "test"],                  ["## Controleren", "test"],
    ["## Rollback plan", "rollback"],         ["## Zurückrollen", "rollback"],
    ["## 4. Plan de retour arrière", "rollback"], ["## Marcha atrás", "rollback"],
    ["## Reversão", "rollback"],              ["## Ripristino", "rollback"],
    ["## Terugdraaien", "rollback"],          ["## [Back out](x.md)", "rollback"],
    ["## Monitoring (optional)", "monitor"],  ["## Überwachung", "monitor"],
    ["## Surveillance", "monitor"],           ["## Seguimiento", "monitor"],
    ["## Monitoramento", "monitor"],          ["## Monitoraggio", "monitor"],
    ["## Bewaking", "monitor"],               ["# Run-book: deploy the API", "before"],
    ["", "before"],                           ["## `deploy` ###", "deploy"],
  ])("below %j is %s", (heading, phase) => {
    expect(phaseBelow(heading)).toBe(phase);
  });

  it("is also told by the words of the config, which come first", () => {
    expect(phaseBelow("## 3. Ausführung!", { deploy: ["ausfuhrung"] })).toBe("deploy");
    expect(phaseBelow("## Release", { before: ["Release"] })).toBe("before");
  });

  it("is that of the heading around an unknown one, and else before", () => {
    const text =
      "- [ ] first\n# Title\n## Deploy\n#### Database\n- [ ] a\n### Servers\n- [ ] b\n## Sign-off\n- [ ] c\n## Deploy\n- [ ] d\n# Else\n- [ ] e";
    expect(read(text).items.map(({ text, phase }) => `${text} ${phase}`)).toEqual([
      "first before",
      "a deploy",
      "b deploy",
      "c before",
      "d deploy",
      "e before",
    ]);
  });

  it("does not change below headings in lists and quotes", () => {
    expect(read("## Test\n- # Deploy\n- [ ] a\n> # Deploy\n\n- [ ] b").items.map(({ phase }) => phase)).toEqual([
      "test",
      "test",
    ]);
  });

  it("is optional as its heading is, with all below", () => {
    const text = "## Monitor (Optional):\n- [ ] a\n### Later\n- [ ] b\n## Test\n- [ ] c";
    expect(read(text).items.map(({ optional }) => optional)).toEqual([true, true, false]);
  });
});

describe("the text of an item", () => {
  // biome-ignore format: a table is read by its columns
  it.each([
    ["- [ ] a\n  b\n  c",                                      "a b c"],
    ["- [ ] a\nb",                                             "a b"],
    ["- [ ] a  \n  b\\\n  c",                                  "a b c"],
    ["- [ ] a\n\n  another paragraph",                         "a"],
    ["- [ ] **a** _b_ ~~c~~ `d` [e](f) ![g](h) <i>i</i>",      "a b c `d` e g i"],
    ["- [ ] [a] ![b]\n\n[a]: https://a.example\n[b]: b.png",   "a b"],
    ["- [ ] ![][b]\n  ask @acme/ops[^1] :rocket:\n\n[b]: b.png\n[^1]: c", "ask @acme/ops :rocket:"],
    ["- [ ] a &lt;b&gt; \\`c\\` ``d`e``",                      "a <b> 'c' `d'e`"],
    ["- [ ] a\u202Eb\u2066c\u200Bd\u0007e\uFEFFf\u00ADg",      "abcdefg"],
    ["- [ ] 👩‍🚒 fire",                                          "👩‍🚒 fire"],
    ["- [ ] a&#10;b",                                          "a b"],
  ])("of %j is %j", (text, words) => {
    expect(itemsOf(text)[0]?.text).toBe(words);
  });

  it("does not hold what stands below it, which are its details", () => {
    const text =
      "- [ ] a\n\n  more `code`\n\n  ```sh\n  run\n  ```\n\n  - plain\n\n  | t |\n  |---|\n  | u |\n\n  ## head\n  <!-- c -->\n\n  - [ ] below\n\n    its own";
    expect(itemsOf(text).map(({ text, details }) => [text, details])).toEqual([
      ["a", "more `code`\nrun\nplain\nt\nu\nhead"],
      ["below", "its own"],
    ]);
  });

  it.each(["- [ ] &nbsp;", "- [ ] <!-- c -->", "- [ ] ![](a.png)", "- [ ] (owner: @a)"])(
    "must not be empty: %j",
    (text) => {
      expect(saidOf(text)).toEqual(["1 failed: This item has no words; say what is to be done, or take it out."]);
    },
  );

  it.each(["vX.Y.Z", "X.Y", "[VERSION]", "[RELEASE DATE]", "TODO", "tbd".toUpperCase(), "____", "{{ version }}"])(
    "with %s left in is told",
    (left) => {
      expect(saidOf(`- [ ] Tell that ${left} is out`)).toEqual([
        expect.stringMatching(/^1 warning: .* looks like a placeholder/),
      ]);
      expect(saidOf(`- [ ] Optional: tell that ${left} is out`)).toEqual([]);
    },
  );

  it.each(["snake___case", "`{{.ID}}`", "a [link]", "1.X.Y", "todo"])("with %s is whole", (text) => {
    expect(saidOf(`- [ ] Look at ${text} here`)).toEqual([]);
  });

  it("and that of the rollback is looked at as well", () => {
    expect(told(read(REST.replace("Run the one before.", "TODO")))).toEqual([
      "7 warning: `TODO` looks like a placeholder; write what is meant.",
    ]);
  });
});

describe("the marks of an item", () => {
  const marks = (text: string) => {
    const [item] = itemsOf(`- [ ] ${text}`);
    return [item?.text, item?.owner, item?.optional, item?.notApplicable, item?.needsResult];
  };

  // biome-ignore format: a table is read by its columns
  it.each([
    ["a (owner: @acme/ops)",                      ["a", "@acme/ops", false, null, false]],
    ["a (Owner:@ann) b",                          ["a b", "@ann", false, null, false]],
    ["a (owner: @ann) (result)",                  ["a", "@ann", false, null, true]],
    ["a (result) (owner: @ann)",                  ["a", "@ann", false, null, true]],
    ["a (Result).",                               ["a", null, false, null, true]],
    ["Optional: a",                               ["a", null, true, null, false]],
    ["(optional) a",                              ["a", null, true, null, false]],
    ["**Optional:** a",                           ["a", null, true, null, false]],
    ["this is not optional: a",                   ["this is not optional: a", null, false, null, false]],
    ["N/A: no schema changed",                    ["no schema changed", null, false, "no schema changed", false]],
    ["N/A: reason: no schema changed",            ["no schema changed", null, false, "no schema changed", false]],
    ["n/a : a, reason: no schema changed",        ["a", null, false, "no schema changed", false]],
    ["Optional: N/A: a - reason: not in this one", ["a", null, true, "not in this one", false]],
    ["~~a~~ N/A: no schema changed",              ["a", null, false, "no schema changed", false]],
    ["~~a (owner: @ann) b~~ N/A: reason: it is gone", ["a b", "@ann", false, "it is gone", false]],
    ["~~a~~ b",                                   ["a b", null, false, null, false]],
    ["a N/A: it is not for us",                   ["a N/A: it is not for us", null, false, null, false]],
    ["`(owner: @ann)` is how (result)s go",       ["`(owner: @ann)` is how (result)s go", null, false, null, false]],
  ])("%j", (text, expected) => {
    expect(marks(text)).toEqual(expected);
  });

  // biome-ignore format: a table is read by its columns
  it.each([
    ["a (owner: ops)",                    "failed: The owner is no one team or person"],
    ["a (owner: @a, @b)",                 "failed: The owner is no one team or person"],
    ["a (owner: @a) (owner: @b)",         "failed: The owner is no one team or person"],
    ["a (owner: @a",                      "failed: The owner is no one team or person"],
    ["a (owner: `@a`)",                   "failed: The owner is no one team or person"],
    ["a (result) b",                      "warning: `\\(result\\)` counts at the end"],
    ["a (optional)",                      "warning: `\\(optional\\)` counts at the beginning"],
    ["N/A: a",                            "failed: `N/A` needs a reason of at least 10 characters"],
    ["~~a~~ N/A: no",                     "failed: `N/A` needs a reason of at least 10 characters"],
    ["N/A: a thing to do - reason: no",   "failed: `N/A` needs a reason of at least 10 characters"],
    ["N/A - no schema changed",           "warning: `N/A` counts with a colon"],
    ["~~a~~ N/A",                         "warning: `N/A` counts with a colon"],
    ["~~a~~",                             "warning: This item is struck out"],
  ])("%j is told", (text, because) => {
    expect(saidOf(`- [ ] ${text}`)).toEqual([expect.stringMatching(`^1 ${because}`)]);
  });

  it("hold for what stands below it: optional and not applicable, no owner", () => {
    const text = "- [ ] Optional: a (owner: @ann)\n  - [ ] b\n- [ ] N/A: it is not for us\n  1. > - [ ] c\n- [ ] d";
    expect(
      itemsOf(text).map(({ parent, optional, notApplicable, owner }) => [parent, optional, notApplicable, owner]),
    ).toEqual([
      [null, true, null, "@ann"],
      [1, true, null, null],
      [null, false, "it is not for us", null],
      [3, false, "it is not for us", null],
      [null, false, null, null],
    ]);
  });
});

describe("what an item is known by", () => {
  const ids = (text: string) => itemsOf(text).map(({ id }) => id);

  it.each(["- [ ] a <!-- fg:id=one -->", "- [ ] a\n  <!--fg:id = one-->", "- [ ] a\n\n  b\n\n  <!-- fg:id=one -->"])(
    "%j",
    (text) => {
      expect(ids(text)).toEqual(["one"]);
      expect(saidOf(text)).toEqual([]);
    },
  );

  it("is else its text, its phase and how many before it are equal, and nothing else", () => {
    const [a, second, b] = ids("- [ ] a\n- [x] a (owner: @x)\n- [ ] b");
    expect(new Set([a, second, b]).size).toBe(3);
    expect(ids("- [ ] b\n\n### Heading\n1. [ ] **a**\n   more\n- [ ]  a  ").slice(0, 1)).toEqual([b]);
    expect(ids("text\n\n* [ ] _a_")).toEqual([a]);
    expect(read("## Test\n- [ ] a").items[0]?.id).not.toBe(a);
    expect(ids("- [ ] cafe\u0301")).toEqual(ids("- [ ] caf\u00e9"));
  });

  // biome-ignore format: a table is read by its columns
  it.each([
    ["- [ ] a <!-- fg:id=x -->\n- [ ] b <!-- fg:id=x -->",   2, "failed: The id `x` is given twice"],
    ["- [ ] a <!-- fg:id=x y -->",                           1, "failed: The id of this item is none"],
    ["- [ ] a <!-- fg:id= -->",                              1, "failed: The id of this item is none"],
    ["- [ ] a <!-- fg:id=x --> <!-- fg:id=y -->",            1, "failed: This item has two ids"],
    ["<!-- fg:id=x -->\n\n- [ ] a",                          1, "warning: This id belongs to no item"],
    [`- [ ] a <!-- fg:id= ${"x ".repeat(100)}-->\n- [ ] b <!-- fg:id=x\ny -->`, 2, "failed: The id of this item is none"],
    ["- [ ] a\n- b <!-- fg:id=x -->",                        2, "warning: This id belongs to no item"],
  ])("%j is told", (text, line, because) => {
    expect(saidOf(text)).toEqual([expect.stringMatching(`^${line} ${because}`)]);
    expect(new Set(ids(text)).size).toBe(itemsOf(text).length);
  });
});

describe("what must be there", () => {
  const NO_ITEM = "1 failed: There is no item in this file; write what is to be done as `- [ ] …`.";
  const NO_ROLLBACK = "failed: Nothing says how to go back; write it below a heading `## Rollback`.";
  const NO_MONITOR = "failed: Nothing links to what is watched after it; put a link below a heading `## Monitor`.";

  it("is missing in a file without items", () => {
    expect(told(read(""))).toEqual([NO_ITEM, `1 ${NO_ROLLBACK}`, `1 ${NO_MONITOR}`]);
    expect(isValid(read(""))).toBe(false);
  });

  it("is an item each of deploy and test that has to be done", () => {
    const rest = "\n## Rollback\na\n## Monitor\nhttps://example.org\n";
    expect(told(read(`- [ ] a${rest}`))).toEqual([
      "1 failed: There is no item in the phase deploy; put one below a heading `## Deploy`.",
      "1 failed: There is no item in the phase test; put one below a heading `## Test`.",
    ]);
    expect(told(read(`# Deploy\n- [ ] Optional: a\n# Test\n- [ ] N/A: nothing to test\n# Else${rest}`))).toEqual([
      "1 failed: No item of the phase deploy has to be done; let one be neither optional nor `N/A`.",
      "3 failed: No item of the phase test has to be done; let one be neither optional nor `N/A`.",
    ]);
  });

  // biome-ignore format: a table is read by its columns
  it.each([
    ["", false],                          ["### Steps", false],             ["<!-- write it -->", false],
    ["- ", false],                    ["---", false],
    ["[a]: b", false],                    ["&nbsp;", false],                ["1. Do it", true],
    ["```\nrun\n```", true],              ["![](plan.png)", true],          ["![a][b]\n\n[b]: c.png", true],
    ["<p>Do it</p>", true],               ["`run`", true],                  ["> Do it", true],
  ])("is a rollback that says something: %j %j", (text, there) => {
    expect(told(read(`${REST.replace("Run the one before.", text)}`)).some((line) => line.includes(NO_ROLLBACK.slice(8)))).toBe(!there);
  });

  // biome-ignore format: a table is read by its columns
  it.each([
    ["https://example.org/d", true],      ["www.example.org", true],        ["[a](dashboards.md)", true],
    ["[a][b]\n\n[b]: https://a.example", true], ["- [ ] <https://a.example>", true],
    ["`https://example.org`", false],     ["[a](#top)", false],             ["[a]()", false],
    ["example", false],                   ["![a](b.png)", false],
  ])("is a link to what is watched: %j %j", (text, there) => {
    expect(told(read(REST.replace("<https://example.org/d>", text)))).toEqual(there ? [] : [`8 ${NO_MONITOR}`]);
  });

  it("is a deploy item that names the activation script", () => {
    const activation = "scripts/activate.sh";
    expect(told(read(REST, { activation }))).toEqual([]);
    const said =
      "2 failed: No item of the phase deploy that has to be done names `scripts/activate.sh`; say in one where it is run.";
    expect(told(read(REST.replace("activate", "deactivate"), { activation }))).toEqual([said]);
    expect(told(read(`${REST.replace("activate", "go")}\n- [ ] activate.sh`, { activation }))).toEqual([said]);
    const fenced = REST.replace("scripts/activate.sh", "this:\n\n  ```sh\n  sudo ./scripts/activate.sh v1\n  ```");
    expect(told(read(fenced, { activation }))).toEqual([]);
  });

  // biome-ignore format: a table is read by its columns
  it.each([
    ["Run `activate.sh v1`.", true],      ["./scripts/activate.sh", true],      ["(/opt/app/scripts/activate.sh)", true],
    ["run activate.sh.", true],           ["deactivate.sh", false],             ["other/activate.sh", false],
    ["activate.sh.bak", false],           ["scripts", false],                   ["activate", false],
  ])("and %j names it: %j", (text, there) => {
    const item = { ...(itemsOf("- [ ] a")[0] as ReturnType<typeof itemsOf>[number]), text };
    expect(names(item, "scripts/activate.sh")).toBe(there);
  });
});

describe("a file that is not read", () => {
  const refusal = (file: Uint8Array) => told(parseRunBook(file, { phases: {}, activation: null }));
  const utf16 = (text: string) => Uint8Array.from(Buffer.from(`\uFEFF${text}`, "utf16le"));

  // biome-ignore format: a table is read by its columns
  it.each([
    ["too large",                  bytes(`- [ ] a\n${" ".repeat(256 * 1024)}`),                   "1 failed: The file has 257 KiB"],
    ["UTF-16, little end first",   utf16("- [ ] a"),                                              "1 failed: The file is UTF-16"],
    ["UTF-16, big end first",      Uint8Array.from([0xfe, 0xff, 0, 0x2d]),                        "1 failed: The file is UTF-16"],
    ["UTF-16 without a mark",      Uint8Array.from(Buffer.from("a\nb", "utf16le")),               "1 failed: There is a NUL byte"],
    ["with a NUL byte",            bytes("a\r\nb\n- [ ] \0"),                                     "3 failed: There is a NUL byte"],
    ["with a wrong byte",          Uint8Array.from([...bytes("ä\r\r\n\uFFFD "), 0xe4]),            "3 failed: This line is not UTF-8"],
    ["cut within a character",     Uint8Array.from([0xef, 0xbb, 0xbf, ...bytes("a\n"), 0xe2, 0x82]), "2 failed: This line is not UTF-8"],
    ["a pointer of Git LFS",       bytes("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"), "1 failed: The file is a pointer of Git LFS"],
  ])("%s", (_what, file, because) => {
    expect(refusal(file)).toEqual([expect.stringContaining(because)]);
  });

  it("is otherwise read whatever its characters are", () => {
    expect(itemsOf("- [ ] ä\uFFFD漢𝄞")[0]?.text).toBe("ä\uFFFD漢𝄞");
  });
});

describe("a file over the caps", () => {
  it("holds the first 2,000 items, and says so", () => {
    const runBook = read(`${REST}${"- [ ] a\n  - [ ] b\n".repeat(1_000)}`);
    expect(runBook.items).toHaveLength(2_000);
    expect(told(runBook)).toEqual([expect.stringMatching(/^2008 failed: The file has more than 2000 items/)]);
  });

  it("is read twelve lists and quotes deep, and says so", () => {
    const nested = (depth: number) => Array.from({ length: depth }, (_, n) => `${"  ".repeat(n)}- [ ] ${n}`).join("\n");
    expect(saidOf(nested(12))).toEqual([]);
    expect(itemsOf(nested(13))).toHaveLength(13);
    expect(saidOf(nested(13))).toEqual([expect.stringMatching(/^13 failed: Lists and quotes lie more than 12 deep/)]);
    expect(saidOf(`> ${"> ".repeat(12)}a`)).toEqual([
      expect.stringMatching(/^1 failed: Lists and quotes lie more than 12 deep/),
    ]);
    expect(saidOf(`${"> ".repeat(13)}a\n\n${"> ".repeat(13)}b`)).toHaveLength(1);
  });

  it("says no more than people read, what failed first", () => {
    const said = saidOf(`${"- [ ] TODO\n".repeat(150)}${"- []\n\n".repeat(150)}`);
    expect(said).toHaveLength(201);
    expect(said.filter((line) => line.includes(" failed: `[]`"))).toHaveLength(150);
    expect(said.at(-1)).toBe("1 failed: And 100 more of this kind; repair those above first.");
  });

  it("nests marks as deep as it is long", () => {
    expect(itemsOf(`- [ ] ${"*a _b ".repeat(3_000)}c`)[0]?.text).toMatch(/^\*a _b/);
    expect(itemsOf(`- [ ] ${"*a **b ".repeat(500)}c${"** *".repeat(500)}`)).toHaveLength(1);
  });
});
