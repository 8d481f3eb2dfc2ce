import fc from "fast-check";

/** One of these texts. */
export const pick = (...texts: readonly string[]) => fc.constantFrom(...texts);

const INDENTS = ["", "", "", " ", "  ", "   ", "    ", "      ", "\t", "> ", ">", "> > ", "  > "];
const BULLETS = ["- ", "- ", "- ", "* ", "+ ", "1. ", "- - ", "-\t", "-", "-     ", "", "- > ", "# ", "- # "];
const BOXES = [
  "[ ] ",
  "[ ] ",
  "[x] ",
  "[X]\t",
  "[ ]",
  "[] ",
  "[-] ",
  "[\u00A0] ",
  "\\[ ] ",
  "`[ ]` ",
  "[ ](u) ",
  "[ ] [ ] ",
  "",
];
const WORDS = [
  "a",
  "b `c`",
  "**d**",
  "e [f](g)",
  "[ ] h",
  "<b>i</b>",
  "<!-- j -->",
  "k  ",
  "| m |",
  "~~n~~ o",
  "p <p@q.example>",
];
const BLOCKS = [
  ...[
    "",
    "",
    "",
    "text",
    "  text",
    "---",
    "===",
    "***",
    "# head",
    "```",
    "```sh",
    "~~~",
    "  ```",
    "    code",
    "> quote",
  ],
  ...["<details>", "</details>", "<div>", "</div>", "<!--", "-->", "<!-- a -->", "<pre>", "<script>", "| a |", "|---|"],
  ...["\\", "- ```", "> ```", "* a", "1) b"],
];
/** What readers of Markdown take differently, each of them with reasons. */
const WILD = {
  bullets: ["2. ", "10) ", "> - ", "- [a]: b\n", "- \n  "],
  boxes: ["[\t] ", "[\n] ", "[x]: "],
  words: ["", "  ", "[x]: l"],
  blocks: ["</pre>", "<b>", "</script>", "[a]: b", "- ", "1.", "[ ]: c"],
};

const documentOf = (
  bullets: readonly string[],
  boxes: readonly string[],
  words: readonly string[],
  blocks: readonly string[],
) => {
  const item = fc
    .tuple(pick(...INDENTS), pick(...bullets), pick(...boxes), pick(...words))
    .map((parts) => parts.join(""));
  const line = fc.oneof({ weight: 2, arbitrary: item }, { weight: 1, arbitrary: pick(...blocks) });
  return (
    fc
      .tuple(fc.array(line, { minLength: 1, maxLength: 14 }), pick("\n", "\n", "\r\n", "\r"))
      // A title first: front matter is a rule of its own.
      .map(([lines, end]) => ["# Title", "", ...lines].join("\n").replaceAll("\n", end))
  );
};

/** Documents of lines that all readers of Markdown should take alike, however they follow each other. */
export const plainDocument = documentOf(BULLETS, BOXES, WORDS, BLOCKS);
/** Documents that also hold what they take differently. */
export const wildDocument = documentOf(
  [...BULLETS, ...WILD.bullets],
  [...BOXES, ...WILD.boxes],
  [...WORDS, ...WILD.words],
  [...BLOCKS, ...WILD.blocks],
);
