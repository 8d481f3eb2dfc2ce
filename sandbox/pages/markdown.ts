import { micromark, type Options } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import type {} from "micromark-extension-gfm-task-list-item";
import { escapeText, type Html, trusted } from "./html.ts";

type HtmlExtension = NonNullable<Options["htmlExtensions"]>[number];

/** Tags that people may write as HTML; everything else they write is shown as text, and comments are hidden. */
const allowedTags = new Set([
  "b",
  "br",
  "code",
  "del",
  "details",
  "em",
  "hr",
  "i",
  "ins",
  "kbd",
  "p",
  "s",
  "strong",
  "sub",
  "summary",
  "sup",
]);
const emptyTags = new Set(["br", "hr"]);

/**
 * GitHub Flavored Markdown as safe markup. All headings get `headingLevel`, so that they fit below the page's own.
 * With `tickForm` (the id of a form on the page) the task-list boxes are buttons of that form: pressing the n-th one,
 * from 0, sends `box=N on` or `box=N off`. Without it they only show their state.
 */
export function renderMarkdown(source: string, headingLevel: 2 | 3 | 4, tickForm: string | null): Html {
  const markup = micromark(source, "utf8", {
    extensions: [gfm()],
    htmlExtensions: [gfmHtml(), authoredHtml(), taskBoxes(source, tickForm)],
  });
  return trusted(
    markup
      .replace(/<h([1-6])[^>]*>/g, `<h${headingLevel} class="rank-$1">`)
      .replace(/<\/h[1-6]>/g, `</h${headingLevel}>`)
      .replaceAll("<table>", '<div class="scroll" role="group" aria-label="Table" tabindex="0"><table>')
      .replaceAll("</table>", "</table></div>"),
  );
}

function authoredHtml(): HtmlExtension {
  const open = new Map<string, number>();
  const allow = (written: string) =>
    written.replace(
      /<!--[\s\S]*?(?:-->|$)|<(\/?)([a-z][a-z0-9]*)(\s[^<>]*)?>|[<>&"]/gi,
      (match, close, name, attributes) => {
        if (match.startsWith("<!--")) return "";
        const tag = typeof name === "string" ? name.toLowerCase() : "";
        if (!allowedTags.has(tag)) return escapeText(match);
        if (emptyTags.has(tag)) return `<${tag}>`;
        const depth = open.get(tag) ?? 0;
        if (close && depth === 0) return "";
        open.set(tag, depth + (close ? -1 : 1));
        return `<${close}${tag}${tag === "details" && /\bopen\b/.test(String(attributes)) ? " open" : ""}>`;
      },
    );
  return {
    enter: {
      htmlFlow() {
        this.lineEndingIfNeeded();
        this.buffer();
      },
      htmlText() {
        this.buffer();
      },
    },
    exit: {
      htmlFlow(token) {
        this.resume();
        this.raw(allow(this.sliceSerialize(token)));
      },
      htmlText(token) {
        this.resume();
        this.raw(allow(this.sliceSerialize(token)));
      },
    },
  };
}

function taskBoxes(source: string, tickForm: string | null): HtmlExtension {
  let checked = false;
  let next = 0;
  return {
    enter: {
      taskListCheck() {
        checked = false;
      },
    },
    exit: {
      taskListCheckValueChecked() {
        checked = true;
      },
      taskListCheck(token) {
        const box = next;
        next += 1;
        const line = /^[^\r\n]*/.exec(source.slice(token.end.offset))?.[0] ?? "";
        const label = escapeText(line.replace(/<[^>]*>|[*_`~]/g, "").trim() || `Item ${box + 1}`);
        this.raw(
          tickForm === null
            ? `<input type="checkbox" class="box" disabled aria-label="${label}"${checked ? " checked" : ""}>`
            : `<button type="submit" class="box" form="${tickForm}" name="box" value="${box} ${checked ? "off" : "on"}" role="checkbox" aria-checked="${checked}" aria-label="${label}"></button>`,
        );
      },
    },
  };
}
