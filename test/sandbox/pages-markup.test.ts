import { describe, expect, test } from "@jest/globals";
import { html, webAddress } from "../../sandbox/pages/html.ts";
import { renderMarkdown } from "../../sandbox/pages/markdown.ts";

const markdown = (source: string, form: string | null = null) => renderMarkdown(source, 4, form).markup;

describe("a template", () => {
  test("escapes text, joins lists, and lets nothing appear for what is not there", () => {
    const list = ["<b>", html`<i>${"'"}</i>`];
    expect(html`<p title="${'"'}">${list}${null}${false}${undefined}${0}</p>`.markup).toBe(
      '<p title="&quot;">&lt;b&gt;<i>&#39;</i>0</p>',
    );
  });

  test("links only to web pages", () => {
    expect(webAddress("https://example.org/1")).toBe("https://example.org/1");
    expect(webAddress("javascript:alert(1)")).toBeNull();
    expect(webAddress(null)).toBeNull();
  });
});

describe("Markdown", () => {
  test("lets no script, handler or foreign tag through", () => {
    const shown = markdown('<script>alert(1)</script>\n\ntext <img src=x onerror=alert(1)> <b onclick="x()">bold</b>');
    expect(shown).not.toMatch(/<script|<img|onclick="x/);
    expect(shown).toContain("<b>bold</b>");
  });

  test("drops links that run something", () => {
    expect(markdown("[here](javascript:alert(1))")).toBe('<p><a href="">here</a></p>');
  });

  test("hides comments, also over several lines", () => {
    expect(markdown("seen\n\n<!-- state\nrevision=3 -->\n\nalso seen")).not.toContain("revision");
  });

  test("keeps folded parts, and does not let a stray end tag close what is around them", () => {
    const shown = markdown("<details><summary>more</summary>\n\n- one\n\n</details>\n\n</details></div>");
    expect(shown).toContain("<details><summary>more</summary>");
    expect(shown.match(/<\/details>/g)).toHaveLength(1);
    expect(shown).toContain("&lt;/div&gt;");
  });

  test("puts every heading at the level asked for", () => {
    expect(markdown("# One\n\nTwo\n---\n\n###### Six")).toBe(
      '<h4 class="rank-1">One</h4>\n<h4 class="rank-2">Two</h4>\n<h4 class="rank-6">Six</h4>',
    );
  });

  test("makes boxes that send their number and the state to come, skipping what only looks like one", () => {
    const shown = markdown(
      "- [ ] **back up** <!-- id -->\n- [x] done\n\n```\n- [ ] example\n```\n\n> 1. [ ] quoted",
      "form",
    );
    expect([...shown.matchAll(/value="(\d+ \w+)"/g)].map((match) => match[1])).toEqual(["0 on", "1 off", "2 on"]);
    expect(shown).toContain('aria-checked="false" aria-label="back up"');
  });

  test("only shows boxes to those who may not tick", () => {
    expect(markdown("- [x] done")).toContain('<input type="checkbox" class="box" disabled aria-label="done" checked>');
  });
});
