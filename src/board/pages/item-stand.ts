import type { Instant } from "../../flow/names.ts";
import type { Came } from "../../release/execution.ts";
import type { Step } from "../../release/progress.ts";
import { cut, type Html, html } from "../html.ts";
import { since } from "../time.ts";

const LONGEST_REMARK = 300;

type Told = { readonly tone: string; readonly word: string; readonly more?: Html | null };

/** How far an item is, who made it so, when and why; null where nothing is to be told. */
export function standOf(step: Step, now: Instant): Html | null {
  const told = toldBy(step, now);
  return (
    told &&
    html`<p class="stand"><span class="word ${told.tone}">${told.word}</span>${told.more ?? null}</p>
`
  );
}

/** Null where nothing is to be told: of what belongs to the rollback, and of what has only optional items below it. */
function toldBy({ item, came, below, cleared, again }: Step, now: Instant): Told | null {
  const { phase, notApplicable } = item;
  if (notApplicable !== null) return { tone: "none", word: "– not asked for", more: html`: ${remark(notApplicable)}` };
  if (phase === "rollback" || below?.of === 0) return null;
  if (below !== null)
    return {
      tone: cleared ? "passed" : "none",
      word: `${cleared ? "✓" : "○"} ${below.cleared} of ${below.of}`,
      more: html` <span class="quiet">of those below</span>`,
    };
  switch (came?.state) {
    case "done":
      return {
        tone: "passed",
        word: "✓ done",
        more: html`${who(came, now)}${came.note !== null && html`: “${remark(came.note)}”`}${seen(came)}`,
      };
    case "failed":
      return { tone: "failed", word: "✗ failed", more: html`${who(came, now)}: ${remark(came.because)}` };
    case "skipped":
    case "skip-asked":
      return {
        ...(came.state === "skipped"
          ? { tone: "none", word: "– skipped" }
          : { tone: "pending", word: "… to be skipped" }),
        more: html`${who(came, now)}${agreed(came)}: ${remark(came.because)}`,
      };
    default:
      return {
        tone: "none",
        word: "○ open",
        more: again === null ? reopened(came, now) : html`, to do again: ${AGAIN[again]}`,
      };
  }
}

const AGAIN: { readonly [why in NonNullable<Step["again"]>]: string } = {
  head: "staging has moved since",
  "run-book": "the run-book has changed since",
};

const reopened = (came: Came | null, now: Instant) =>
  came?.by ? html`${who(came, now)}: ${remark(came.because)}` : null;
const agreed = ({ state, confirmedBy }: Came): string | null =>
  state === "skip-asked" ? ", waits for somebody else to agree" : confirmedBy && `, and ${confirmedBy.login} agreed`;
const remark = (text: string) => cut(text, LONGEST_REMARK);
const who = ({ by, at }: Came, now: Instant) =>
  html` <span class="quiet">${by?.login ?? "somebody"}, ${since(at, now)}</span>`;
/** As code: whoever ticks an item makes no link of ours. */
const seen = ({ url }: Came) => url !== null && html` <code>${remark(url)}</code>`;
