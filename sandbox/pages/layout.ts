import type { Account } from "../model.ts";
import { type Content, type Html, html, webAddress } from "./html.ts";
import type { Said, Trail, Visit } from "./visit.ts";
import { standingOf } from "./words.ts";

/** The whole document around a page's content. */
export function document(visit: Visit, title: string, trail: Trail, said: Said | null, content: Content): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Sandbox</title>
<link rel="stylesheet" href="/-/style.css">
<link rel="icon" href="data:,">
<script src="/-/live.js" defer></script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
${strip(visit)}
<div class="top">
<nav class="trail" aria-label="Where you are">${places(trail)}</nav>
<nav aria-label="Sandbox">${ownPages.map((own) => ownPage(visit, own))}</nav>
</div>
<main id="content">
${said && html`<p class="said ${said.tone}" role="status">${said.text}</p>`}
${content}
</main>
</body>
</html>
`;
}

/** The fields every POST form carries: the token against forgery. */
export function guard(visit: Visit): Html {
  return html`<input type="hidden" name="token" value="${visit.token}">`;
}

/** A form of one button. Disabled with its reason beside it when there is one. */
export function act(visit: Visit, action: string, label: string, options: ActOptions = {}): Html {
  const fields = Object.entries(options.fields ?? {}).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return html`<form class="inline" method="post" action="${action}">${guard(visit)}${fields}${submit(label, options.why ?? null, options.look)}</form>`;
}

export type ActOptions = {
  readonly fields?: Readonly<Record<string, string>>;
  /** Why this person may not; null when they may. */
  readonly why?: string | null;
  readonly look?: string;
};

/** A submit button; with a reason why not, it is disabled and the reason stands beside it. */
export function submit(label: string, why: string | null, look = ""): Html {
  if (why === null) return html`<button type="submit" class="${look}">${label}</button>`;
  return html`<button type="submit" class="${look}" disabled>${label}</button> <span class="small quiet">${why}</span>`;
}

function strip(visit: Visit): Html {
  const people = visit.github.state.accounts.all().filter((account) => account.type === "User");
  const links = visit.options.links?.() ?? [];
  return html`<div class="strip" role="region" aria-label="Sandbox"><div>
<a href="/"><strong class="mark">Sandbox</strong></a>
<form method="post" action="/-/as">${guard(visit)}<input type="hidden" name="back" value="${visit.here}">
<span>You see it as</span>
${people.map((person) => switchTo(visit, person))}
<span class="teams">${standingOf(visit.github, visit.by.account)}</span>
</form>
<span class="clock">
${links.map((link) => html`<a href="${webAddress(link.href) ?? "/"}">${link.text}</a>`)}
${visit.options.skip && act(visit, "/-/skip", "Skip 25 hours", { fields: { back: visit.here } })}
${visit.options.startAfresh && html`<a href="/-/afresh">Start afresh</a>`}
</span>
</div></div>`;
}

function switchTo(visit: Visit, person: Account): Html {
  const pressed = person.id === visit.by.account.id;
  return html`<button name="login" value="${person.login}" aria-pressed="${String(pressed)}" title="${person.name}, ${standingOf(visit.github, person)}">${person.login}</button>
`;
}

const ownPages = ["People", "Apps", "Deliveries", "Faults"] as const;

function ownPage(visit: Visit, name: (typeof ownPages)[number]): Html {
  const href = `/-/${name.toLowerCase()}`;
  return html`<a href="${href}"${visit.here.startsWith(href) && html` aria-current="page"`}>${name}</a>`;
}

function places(trail: Trail): Content {
  return trail.map((place) => html`<a href="${place.href}">${place.text}</a>`);
}
