import { expect, it } from "@jest/globals";
import { type ShownBlock, shownIn } from "../../src/release/shown.ts";
import { releaseNotes } from "../../src/report/notes.ts";
import { rehearsalShown } from "../../src/report/rehearsal.ts";
import { carried, loose, pull } from "./carrying.ts";
import { RITA } from "./walks.ts";

const HOSTILE = "x @dora #9 https://a.example <b>now</b> **bold** _a_ [a](b) </details>";

it("Markdown of our own reports is shown as it is read on GitHub", () => {
  const notes = releaseNotes({
    chosen: { tag: "v1.4.0", previous: "v1.3.2", because: "minor, because #7 brings a feature", remarks: [] },
    number: 12,
    by: RITA,
    carried: carried([pull(7, `feat: ${HOSTILE}`, { messages: ["feat!: `anew`"] })], { loose: [loose("a", HOSTILE)] }),
    exceptions: { skipped: [], overrides: [], deviations: [] },
    compareUrl: "https://github.com/acme/api/compare/v1.3.2...v1.4.0",
  });
  const markdown = rehearsalShown({
    remarks: ["`VERSION` says `1`, and not 1.4.0."],
    notes: { tag: "v1.4.0", text: notes },
    carried: carried([pull(7, HOSTILE)]),
  });
  const shown = shownIn(markdown ?? "");
  const paragraph = (...pieces: readonly object[]) => ({ is: "paragraph", pieces });
  expect(shown).toMatchObject([
    {
      is: "list",
      items: [[paragraph({ code: "VERSION" }, { text: " says " }, { code: "1" }, { text: ", and not 1.4.0." })]],
    },
    {
      is: "folded",
      summary: "The notes of v1.4.0",
      blocks: [
        paragraph(
          { text: "After " },
          { code: "v1.3.2" },
          {},
          { code: "v1.4.0" },
          {},
          {
            link: "https://github.com/acme/api/compare/v1.3.2...v1.4.0",
            words: "All that changed",
          },
        ),
        { is: "heading", pieces: [{ text: "Breaking changes" }] },
        { is: "list", items: [[paragraph({ text: `#7 feat: ${HOSTILE} (dora)` }), { is: "list" }]] },
        { is: "heading" },
        { is: "list" },
      ],
    },
    {
      is: "folded",
      summary: "What it carries",
      blocks: [paragraph({ strong: "dora" }), { is: "list", items: [[paragraph({ text: `#7 ${HOSTILE}` })]] }],
    },
  ]);
});

it.each<[string, readonly ShownBlock[]]>([
  ["", []],
  ["<!-- a mark -->\n\n---\n\n> said", []],
  ["a *b*![c](d)e", [{ is: "paragraph", pieces: [{ text: "a " }, { text: "e" }] }]],
  ["[**a**b](c)", [{ is: "paragraph", pieces: [{ link: "c", words: "b" }] }]],
])("what no report of ours writes is left out: %j", (markdown, blocks) => {
  expect(shownIn(markdown)).toEqual(blocks);
});
