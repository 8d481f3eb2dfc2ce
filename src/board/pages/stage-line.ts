import type { PullFacts } from "../../flow/memory.ts";
import { type Sha, short } from "../../flow/names.ts";
import { type Html, html } from "../html.ts";
import type { Mark } from "../standing.ts";
import type { PullView } from "../views.ts";

/** More stages than this do not fit side by side. */
const WIDE = 5;

/**
 * The stages in promotion order as a line, with the place where this pull request wants in; empty where its base
 * lies on no line.
 */
export function stageLine(view: PullView, mark: Mark): Html | null {
  const { stages } = view.component.config.policy;
  const to = stages.indexOf(view.memory.base);
  if (to < 0) return null;
  const { head } = view.memory;
  const own = head.repository === view.repository;
  const from = own ? stages.indexOf(head.ref) : -1;
  const stop = (place: number) => {
    const classes = [
      place === to && `to ${mark.tone}`,
      place === from && "from",
      place === from && to === from + 1 && "next",
    ].filter((name) => name !== false);
    return html`<li class="${classes.join(" ")}"><span class="stop">${stages[place] ?? ""}</span> ${commit(view.component.stages?.[stages[place] ?? ""] ?? null)}${place === from && html`<span class="label">this pull request’s head</span>`}${place === to && entry(head, own, mark)}</li>`;
  };
  return html`<figure class="way${stages.length <= WIDE ? " wide" : ""}">
<figcaption class="unseen">From ${head.ref} into ${view.memory.base}. The stages in promotion order:</figcaption>
<ol>
${stages.map(
  (_, place) => html`${stop(place)}
`,
)}</ol>
</figure>`;
}

function entry(head: PullFacts["head"], own: boolean, { word }: Mark): Html {
  const fork = head.repository === null ? " of a fork that was deleted" : " of a fork";
  return html`<span class="entry"><span class="word">${word}</span> <span class="ref">${head.ref}</span> ${commit(head.sha)}${!own && fork}</span>`;
}

/** Seven digits, all of them for who copies or hovers. */
export const commit = (sha: Sha | null): Html | null =>
  sha && html`<code class="sha" title="${sha}">${short(sha)}</code>`;
