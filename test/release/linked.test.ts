import { describe, expect, it } from "@jest/globals";
import type { Fact, TreeEntry } from "../../src/flow/facts.ts";
import { looking } from "../../src/flow/looking.ts";
import { branch } from "../../src/flow/names.ts";
import type { Standing } from "../../src/flow/standing.ts";
import type { Lane } from "../../src/flow/verdict.ts";
import { handedOn, type LinkedBook, linkedBook, pathNamed } from "../../src/release/linked.ts";
import { LARGEST } from "../../src/release/run-book/source.ts";
import { at, known, NOW, policy, REPOSITORY } from "../builders.ts";
import { BLOB, entry, HEAD, ITEMS, PATH, runBook } from "../commands/walking.ts";

const BOOK = runBook(ITEMS);
const ENTRIES = `entries ${HEAD}`;
type Asking = {
  readonly body?: string | null;
  readonly entries?: readonly TreeEntry[];
  readonly standing?: readonly Standing[];
  readonly facts?: { readonly [want: string]: Fact<unknown> };
  readonly directory?: string;
};

const lookAt = (facts: { readonly [want: string]: Fact<unknown> }) => looking(new Map(Object.entries(facts)));
const linked = ({ body = `Run-book: ${PATH}`, entries = [entry(PATH)], standing = [], facts, directory }: Asking) =>
  linkedBook({
    pull: {
      number: 12,
      body,
      base: branch("master"),
      head: { sha: HEAD, ref: branch("staging"), repository: REPOSITORY },
    },
    policy: policy({ runBook: { ...policy().runBook, ...(directory !== undefined && { directory }) } }),
    repository: "acme/api",
    web: "https://github.com",
    standing,
    look: lookAt(facts ?? { [ENTRIES]: known(entries), [`run-book ${PATH} ${BLOB}`]: known(BOOK) }),
  });
const why = (book: LinkedBook | null) =>
  book !== null && "missing" in book ? [book.missing, book.cure, book.copy] : null;

const named = (more: object = {}): Standing => ({
  kind: "link",
  key: "link:42:12",
  by: null,
  at: NOW,
  because: "dora named it",
  repository: REPOSITORY,
  number: 12,
  path: PATH,
  body: "",
  ...more,
});
const FOUND = { path: PATH, blob: BLOB, book: BOOK };

describe("The run-book of a pull request", () => {
  it("is the one that its body links", () => {
    expect(linked({})).toEqual(FOUND);
    expect(linked({ body: `Run-book: [it](../blob/staging/${PATH})` })).toEqual(FOUND);
  });

  it("is the one that a command named, until the body changes", () => {
    expect(linked({ body: null, standing: [named()] })).toEqual(FOUND);
    const body = "Run-book: other.md";
    expect(linked({ body, standing: [named({ body })] })).toEqual(FOUND);
    expect(why(linked({ body, standing: [named()] }))?.toString()).toContain("other.md is not in this commit");
    expect(why(linked({ body: null, standing: [named({ number: 13 })] }))?.toString()).toContain(
      "No run-book is linked.",
    );
  });

  it("is not known while anything is to be read", () => {
    expect(linked({ facts: {} })).toBeNull();
    expect(linked({ facts: { [ENTRIES]: known([entry(PATH)]) } })).toBeNull();
    const body = `Run-book: https://github.com/acme/api/blob/${at("then")}/${PATH}`;
    expect(linked({ body })).toBeNull();
  });

  it("by a permalink is the one there, while it is the same at the head", () => {
    const body = `Run-book: https://github.com/acme/api/blob/${at("then")}/${PATH}`;
    const facts = { [ENTRIES]: known([entry(PATH)]), [`run-book ${PATH} ${BLOB}`]: known(BOOK) };
    const then = `entries ${at("then")}`;
    expect(linked({ body, facts: { ...facts, [then]: known([entry(PATH)]) } })).toEqual(FOUND);
    for (const entries of [[], [entry(PATH, { blob: at("older") })], [entry("x.md")]])
      expect(why(linked({ body, facts: { ...facts, [then]: known(entries) } }))).toEqual([
        `The link shows ${PATH} as it is in ${at("then").slice(0, 7)}, which is not what ${HEAD.slice(0, 7)} brings.`,
        "Link the file by its path: then the one counts that is released.",
        `/runbook ${PATH}`,
      ]);
  });

  const REPAIR = "Repair the line `Run-book: …` of the body, or name the file with `/runbook PATH`.";
  it.each<[string, Asking, readonly [string, string, string | null]]>([
    [
      "a body that links none",
      { body: "Run-book: a.txt" },
      ["`a.txt` is no Markdown file; a run-book ends in `.md`.", REPAIR, null],
    ],
    [
      "a file that is not there",
      { entries: [] },
      [`The run-book ${PATH} is not in this commit.`, "Commit it on the branch, or link another file.", null],
    ],
    [
      "a folder",
      { body: "Run-book: a.md", entries: [entry("a.md/b.md")] },
      ["a.md is a folder.", "Link one file of it.", null],
    ],
    [
      "another case",
      { entries: [entry("docs/runbooks/Release.md")] },
      [
        `There is no ${PATH}, but there is docs/runbooks/Release.md: case counts.`,
        REPAIR,
        "/runbook docs/runbooks/Release.md",
      ],
    ],
    [
      "a symbolic link",
      { entries: [entry(PATH, { kind: "link" })] },
      [`${PATH} is a symbolic link.`, "Link the file itself.", null],
    ],
    [
      "another repository",
      { entries: [entry(PATH, { kind: "submodule" })] },
      [`${PATH} lies in another repository.`, "Commit a run-book in this one.", null],
    ],
    [
      "a file that is too large",
      { entries: [entry(PATH, { size: LARGEST + 1 })] },
      [`${PATH} has ${LARGEST + 1} bytes, and ${LARGEST} are read.`, "Split it, or shorten it.", null],
    ],
    [
      "no link, and no file",
      { body: "", directory: "runbooks//", entries: [entry(PATH), entry("runbooks/a.txt")] },
      [
        "No run-book is linked, and there is none in runbooks/.",
        "Somebody commits one there, and names it with `/runbook PATH` or a line `Run-book: PATH` in the body.",
        null,
      ],
    ],
  ])("is none by %s", (_, asking, answer) => {
    expect(why(linked(asking))).toEqual(answer);
  });

  it("lists what there is to link", () => {
    const list = (...entries: readonly TreeEntry[]) => why(linked({ body: null, directory: "r", entries }));
    const cure = "Whoever may write names one with `/runbook PATH`, or with a line `Run-book: PATH` in the body.";
    expect(list(entry("r/a.md"), entry("r/b.md", { kind: "link" }), entry("r/c.md", { kind: "submodule" }))).toEqual([
      "No run-book is linked. There is `r/a.md`.",
      cure,
      "/runbook r/a.md",
    ]);
    expect(list(entry("r/50% #1?.md"))?.[2]).toBe("/runbook r/50%25%20%231%3F.md");
    const six = [1, 2, 3, 4, 5, 6].map((n) => entry(`r/${n}.markdown`, { kind: "executable" }));
    expect(list(...six.slice(0, 2))?.[0]).toBe("No run-book is linked. There are `r/1.markdown` and `r/2.markdown`.");
    expect(list(...six)?.[0]).toBe(
      "No run-book is linked. There are `r/1.markdown`, `r/2.markdown`, `r/3.markdown`, `r/4.markdown`, `r/5.markdown` and 1 more.",
    );
  });

  it("is named by a person as by a link", () => {
    const place = { repository: "acme/api", web: "https://github.com", branches: [branch("staging")] };
    expect(pathNamed("a.md", place)).toEqual({ path: "a.md", commit: null });
    expect(pathNamed("", place)).toEqual({ wrong: "`` is no path." });
  });
});

describe("The run-book that the next pull request links", () => {
  const OTHER = "docs/runbooks/other.md";
  const handed = (lane: Lane | null, { standing = [], ...of }: Asking & { readonly default?: string } = {}) =>
    handedOn(
      {
        pull: {
          number: 12,
          body: of.body ?? null,
          base: branch("staging"),
          head: { sha: HEAD, ref: branch("development"), repository: REPOSITORY },
        },
        policy: policy({ runBook: { ...policy().runBook, required: true, default: of.default ?? null } }),
        repository: "acme/api",
        web: "https://github.com",
        standing,
        look: lookAt(of.facts ?? { [ENTRIES]: known(of.entries ?? []) }),
      },
      lane,
    );
  const body = `Run-book: ${PATH}`;

  // biome-ignore format: a table is read by its columns
  it.each<[string, Lane | null, Parameters<typeof handed>[1], string | null]>([
    ["is the one of this",                        "promotion", { body, default: OTHER },                            PATH],
    ["is the one that a command named here",      "promotion", { standing: [named()], default: OTHER },             PATH],
    ["is the config's, behind a feature",         "feature",   { body, default: OTHER },                            OTHER],
    ["is the config's",                           "promotion", { default: OTHER },                                  OTHER],
    ["is the config's, where this one's is none", "promotion", { body: "Run-book: https://x.org", default: OTHER }, OTHER],
    ["is the config's, where nobody judged this", null,        { default: OTHER },                                  OTHER],
    ["is the only one",                           "promotion", { entries: [entry("README.md"), entry(PATH)] },      PATH],
    ["is nobody's choice where there are two",    "promotion", { entries: [entry(PATH), entry(OTHER)] },            null],
    ["is none where there is none",               "promotion", { entries: [entry("README.md")] },                   null],
    ["is not known yet",                          "promotion", { facts: {} },                                       null],
  ])("%s", (_what, lane, asking, path) => {
    expect(handed(lane, asking)).toBe(path);
  });

  it("is none where the config asks for none", () => {
    const look = lookAt({});
    const pull = {
      number: 12,
      body,
      base: branch("staging"),
      head: { sha: HEAD, ref: branch("x"), repository: REPOSITORY },
    };
    const of = { pull, policy: policy(), repository: "acme/api", web: "https://github.com", standing: [], look };
    expect([handedOn(of, "promotion"), look.missing()]).toEqual([null, null]);
  });
});
