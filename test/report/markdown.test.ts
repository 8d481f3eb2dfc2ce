import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import MarkdownIt from "markdown-it";
import { titled } from "../../src/report/markdown.ts";

/** As GitHub reads it, but for mentions and references, which it looks for in the text afterwards. */
const github = new MarkdownIt({ linkify: true, html: true });
// GitHub makes no link of a bare `example.org`, nor of an address that an invisible character parts.
github.linkify.set({ fuzzyLink: false, fuzzyEmail: false });

describe("A title of somebody's", () => {
  it.each<[string, string]>([
    ["Log in", "Log in"],
    ["Fixes #12", "Fixes \\#\u200b12"],
    ["closes acme/api#12, GH-12 and gh-7", "closes acme/api\\#\u200b12, GH-\u200b12 and gh-\u200b7"],
    ["@dora, look", "@\u200bdora, look"],
    ["See https://example.com and www.example.com", "See https:\u200b//example.com and www\u200b.example.com"],
    ["`#12` in code, # 12 apart", "`#12` in code, \\# 12 apart"],
    ["<!-- --> <b>*x*</b> [a](b) &amp;", "\\<\\!-- --\\> \\<b\\>\\*x\\*\\</b\\> \\[a\\](b) &amp;amp;"],
    ["a\nb\u202ec", "a bc"],
  ])("%j is inert", (title, text) => {
    expect(titled(title)).toBe(text);
  });

  it("stays one item of a list, and refers to nothing and nobody", () => {
    const parts = [
      "#",
      "1",
      "@",
      "a",
      "GH-",
      " ",
      "`",
      "*",
      "_",
      "[",
      "]",
      "(",
      ")",
      "<",
      ">",
      "!",
      "-",
      "\\",
      "https://",
      "x.org",
      "\n",
      "&",
    ];
    const title = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom(...parts), { maxLength: 30 }).map((all) => all.join("")),
    );
    fc.assert(
      fc.property(title, (text) => {
        const [list, , ...more] = github.parse(`- #7 ${titled(text)}`, {});
        expect(list?.type).toBe("bullet_list_open");
        const inline = more.flatMap(({ children }) => children ?? []);
        for (const { type } of inline) expect(["text", "text_special", "code_inline"]).toContain(type);
        const plain = inline.map(({ type, content }) => (type === "code_inline" ? "`" : content)).join("");
        expect(plain.slice("#7 ".length)).not.toMatch(/#\d|@\w|\bGH-\d/i);
      }),
      { numRuns: 1_000 },
    );
  });
});
