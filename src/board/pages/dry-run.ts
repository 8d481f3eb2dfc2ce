import { type Instant, later } from "../../flow/names.ts";
import { type Html, html, prose } from "../html.ts";
import { shown } from "../shown.ts";
import { since } from "../time.ts";
import { addressOf, type PullView, type Tried } from "../views.ts";
import { CAME, TOLD_MS } from "./came.ts";
import { type Visitor, wordIn } from "./frame.ts";

/** Where what `/promote` would do is asked for, below the address of its page; on the page itself its place. */
export const DRY_RUN = "/dry-run";

/** A button that tries out `/promote`, and what came of it the last time, a while ago at most. */
export function dryRun(
  view: PullView,
  {
    visitor,
    last,
    now,
  }: {
    readonly visitor: Visitor;
    readonly last: Tried | null;
    readonly now: Instant;
  },
): Html {
  return html`<section id="dry-run" aria-label="Dry run">
<form class="act" method="post" action="${addressOf(view)}${DRY_RUN}">${wordIn(visitor)}<button type="submit">Dry run</button> <span class="quiet">Shows what <code>/promote</code> would do. Nothing is done.</span></form>
${last !== null && later(last.at, TOLD_MS) > now && told(last, now)}</section>
`;
}

function told({ at, answer }: Tried, now: Instant): Html {
  if (answer === null)
    return html`<p class="told pending"><span class="word">…</span> It is looked at. Load this page again in a moment.</p>
`;
  const [tone, word] = CAME[answer.came];
  return html`<p class="told ${tone}"><span class="word">${word}</span> ${prose(answer.says ?? "")} <span class="quiet">${since(at, now)}</span></p>
${answer.shows !== undefined && shown(answer.shows)}`;
}
