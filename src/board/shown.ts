import { type ShownBlock, type ShownPiece, shownIn } from "../release/shown.ts";
import { type Html, html } from "./html.ts";

/** What an answer shows on GitHub, on a page. @param markdown of our own reports. */
export const shown = (markdown: string): Html => html`${shownIn(markdown).map(block)}`;

function block(one: ShownBlock): Html {
  switch (one.is) {
    case "heading":
      // The headings of the page are its own.
      return html`<p><b>${one.pieces.map(piece)}</b></p>
`;
    case "paragraph":
      return html`<p>${one.pieces.map(piece)}</p>
`;
    case "list":
      return html`<ul>
${one.items.map(
  (item) => html`<li>${item.map(inItem)}</li>
`,
)}</ul>
`;
    case "folded":
      return html`<details><summary>${one.summary}</summary>
${one.blocks.map(block)}</details>
`;
  }
}

/** The first lines of an item are no paragraph of their own. */
const inItem = (one: ShownBlock): Html => (one.is === "paragraph" ? html`${one.pieces.map(piece)}` : block(one));

function piece(one: ShownPiece): Html {
  if ("code" in one) return html`<code>${one.code}</code>`;
  if ("strong" in one) return html`<b>${one.strong}</b>`;
  if ("link" in one)
    return /^https?:\/\//.test(one.link) ? html`<a href="${one.link}">${one.words}</a>` : html`${one.words}`;
  return html`<bdi>${one.text}</bdi>`;
}
