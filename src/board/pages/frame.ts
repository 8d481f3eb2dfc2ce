import { type Content, type Html, html } from "../html.ts";

/** Who is logged in. */
export type Visitor = {
  readonly login: string;
  /** What a form of theirs carries, which no other site knows. */
  readonly word: string;
};

/**
 * The whole document around a page's content.
 *
 * @param json where the same stands as JSON; null: nowhere.
 * @param visitor who sees it; null: pages are the same for everybody.
 */
export function frame(title: string, json: string | null, content: Content, visitor: Visitor | null = null): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Flowgate</title>
<link rel="stylesheet" href="/board.css">
<link rel="icon" href="/board.svg" type="image/svg+xml">
${json && html`<link rel="alternate" type="application/json" href="${json}">`}
<script src="/board.js" defer></script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="top"><nav aria-label="Flowgate"><a href="/">Flowgate</a></nav>${visitor && html`<form class="who" method="post" action="/logout"><span>${visitor.login}</span>${wordIn(visitor)}<button type="submit">Log out</button></form>`}</header>
<main id="content" tabindex="-1">
${content}
</main>
<footer class="foot">${json && html`<a href="${json}">This page as JSON</a>`}<span>Pages show what was decided and written down; they judge nothing.</span></footer>
</body>
</html>
`;
}

/** The field by which a form shows that it is ours. */
export const wordIn = ({ word }: Visitor): Html => html`<input type="hidden" name="word" value="${word}">`;
