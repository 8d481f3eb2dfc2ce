import { describe, expect, test } from "@jest/globals";
import { cut, html, markupOf, prose } from "../../src/board/html.ts";

describe("a template escapes what is put into it", () => {
  test.each([
    ["tags", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"],
    ["quotes, so that no attribute ends early", `" onclick='x'`, "&quot; onclick=&#39;x&#39;"],
    ["an ampersand once", "a &amp; b", "a &amp;amp; b"],
    ["a right-to-left override is shown, not obeyed", "a\u202eb", "a\\u202eb"],
    ["an escape sequence of a terminal", "\u001b[31m", "\\u001b[31m"],
    ["a zero-width space", "mas\u200bter", "mas\\u200bter"],
    ["half a surrogate pair", "\ud83e", "\ufffd"],
    ["other alphabets stay", "測定値 القياسات 🩸", "測定値 القياسات 🩸"],
  ])("%s", (_, given, expected) => {
    expect(markupOf(html`<p title="${given}">${given}</p>`)).toBe(`<p title="${expected}">${expected}</p>`);
  });

  test("markup of its own, lists and numbers pass; null and false vanish", () => {
    expect(markupOf(html`${[html`<b>${1}</b>`, "<", [null, false, "x"]]}`)).toBe("<b>1</b>&lt;x");
  });

  test("what only looks like markup of its own is not taken for it", () => {
    const forged = JSON.parse('{"markup":"<b>"}') as never;
    expect(() => html`${forged}`).toThrow();
  });

  test("an attribute without quotes is refused", () => {
    expect(() => html`<p title=${"x"}>`).toThrow("without quotes");
  });
});

test.each([
  ["Open it into `master`.", "Open it into <code>master</code>."],
  ["`<b>` and `c`", "<code>&lt;b&gt;</code> and <code>c</code>"],
  ["one ` alone", "one ` alone"],
  ["`a` and one ` alone", "<code>a</code> and one ` alone"],
  ["", ""],
])("backticks: %j", (given, expected) => {
  expect(markupOf(prose(given))).toBe(expected);
});

test.each([
  ["abc", 3, "abc"],
  ["abcd", 3, "ab…"],
  ["🩸🩸🩸", 3, "🩸🩸🩸"],
  ["🩸🩸🩸🩸", 3, "🩸🩸…"],
])("%j cut to %i", (given, length, expected) => {
  expect(cut(given, length)).toBe(expected);
});
