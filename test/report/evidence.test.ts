import { describe, expect, it } from "@jest/globals";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { evidenceMarkdown } from "../../src/report/evidence.ts";
import { expectGolden } from "../board/golden.ts";
import { at } from "../builders.ts";
import { evidence, hop, hostile } from "../release/releases.ts";

const shown = (markdown: string) => micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()] });

describe("What people read of a release's evidence", () => {
  it("begins with what is out of the ordinary, skipped items first", () => {
    const text = evidenceMarkdown(hostile("x"));
    expect(text).toContain("\n## Out of the ordinary\n\n- **Skipped** P2 x: ");
    expect(text).toMatch(
      /\*\*Skipped\*\*[\s\S]*\*\*Failed\*\*[\s\S]*\*\*Overridden\*\*[\s\S]*\*\*Past the gates\*\*[\s\S]*\*\*By no/,
    );
  });

  it("says so where there is nothing of that", () => {
    const none = evidence({ runBook: null, carried: [], gates: [], approvals: [], attestations: [], hops: [] });
    const text = evidenceMarkdown(none);
    expect(text).toContain("Nothing was skipped, failed or overridden, and nothing came past the gates.");
    expect(text).toContain("## Approvals\n\nNone.");
    expect(text).toContain("## Gates\n\nNone: it was merged before any had judged it.");
    expect(text).toContain("## Run-book\n\nThere was none.");
    expect(text).toContain("## Attestations\n\nNone.");
    expect(text).toContain("No pull request.");
  });

  it("prints each approval with name, login, meaning, time and commit", () => {
    expect(evidenceMarkdown(evidence())).toContain(
      `| Quinn O'Hara | quinn | quality | 2026-11-24 09:40:00 UTC | \`${at("the head")}\` | 501 |`,
    );
  });

  it("says that what is preliminary is", () => {
    expect(evidenceMarkdown(evidence({ state: "preliminary" }))).toMatch(
      /^\*\*Preliminary\*\*[\s\S]*\| published \| not yet \|/m,
    );
    expect(evidenceMarkdown(evidence())).not.toMatch(/Preliminary|not yet/);
  });

  it("says who merged, as far as it is known", () => {
    expect(evidenceMarkdown(evidence({ hops: [], pull: hop({ by: null }) }))).toContain("| not known | 2026-11-24");
  });

  it("shows what others wrote as text, wherever it stands", () => {
    const text = evidenceMarkdown(
      hostile(
        "</td><img src=x onerror=alert(1)> | `a|b` @acme/all [x](http://evil.example)\n\n# H\n\n- [ ] box \u202e www.evil.example",
      ),
    );
    const html = shown(text);
    // GitHub looks for no mention and no link in code.
    const read = html.replace(/<code>.*?<\/code>/gs, "");
    expect(read).not.toMatch(/<img|<a |<input|@acme|:\/\/|www\./);
    expect(html).not.toMatch(/<img|<a |<input|\u202e/);
    expect([...html.matchAll(/<h1>/g)]).toHaveLength(1);
    // Each table keeps its columns, or a cell would pass for another one.
    for (const [table] of html.matchAll(/<table>.*?<\/table>/gs)) {
      const columns = [...table.matchAll(/<th>/g)].length;
      for (const [row] of table.matchAll(/<tr>\s*<td>.*?<\/tr>/gs))
        expect([...row.matchAll(/<td>/g)]).toHaveLength(columns);
    }
    expectGolden("evidence-hostile.md", text);
  });
});
