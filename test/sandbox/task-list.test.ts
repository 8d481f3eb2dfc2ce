import { expect, test } from "@jest/globals";
import { renderMarkdown } from "../../sandbox/pages/markdown.ts";
import { boxesOf, setBox } from "../../sandbox/task-list.ts";

const texts: readonly string[] = [
  "- [ ] one\n- [x] two\n* [X] three\n1. [ ] four",
  "- [ ] a\n\n```\n- [ ] in a fence\n```\n- [x] b",
  "- [ ] a\n\n      - [ ] in indented code\n",
  "> - [ ] quoted\n>   - [x] and nested",
  "- [ ]no space\n- [] none\n- [y] other letter\n- [ ] real",
  "<!-- - [ ] hidden -->\n\n- [x] shown",
  "text [ ] in a line\n\n- item\n\n  [ ] no first paragraph",
  "\r\n- [ ] carriage\r\n- [x] returns\r\n",
  "- [\t] tab counts\n- [ ] `code` *and* [link](x)",
  "~~~\n- [ ] never closed",
];

test.each(texts)("the boxes that can be pressed are the ones that are found: %j", (text) => {
  const shown = [...renderMarkdown(text, 2, "form").markup.matchAll(/aria-checked="(true|false)"/g)];
  expect(boxesOf(text).map(({ checked }) => String(checked))).toEqual(shown.map(([, checked]) => checked));
});

test.each(texts)("ticking a box changes that box and no other: %j", (text) => {
  const before = boxesOf(text);
  before.forEach((_, index) => {
    const after = boxesOf(setBox(text, index, true) ?? "");
    expect(after.map(({ checked }) => checked)).toEqual(before.map((box, at) => at === index || box.checked));
  });
  expect(setBox(text, before.length, true)).toBeNull();
});
