import type { Entry, LedgerEntry, Withheld } from "../../flow/ledger.ts";
import type { Instant, Json } from "../../flow/names.ts";
import { OUTCOMES } from "../../flow/verdict.ts";
import { type ItemStanding, STATE_WORDS, stateFrom } from "../../release/execution.ts";
import { labelOf } from "../../release/labels.ts";
import { WORDS } from "../../report/check-run.ts";
import { cut, type Html, html, prose } from "../html.ts";
import { moment } from "../time.ts";
import type { PullView } from "../views.ts";

/** So many entries are shown, the newest. */
const SHOWN = 20;
const LONGEST = 300;

const WHAT: { readonly [what in Entry["what"]]: string } = {
  baseline: "First seen",
  config: "Config read",
  judged: "Judged",
  done: "Written on GitHub",
  refused: "GitHub refused it",
  ruleset: "Ruleset",
  redelivered: "Asked for again",
  push: "The stage moved",
  touched: "Touched by hand",
  opened: "Opened",
  closed: "Closed",
  reported: "Reported",
  answered: "Asked",
  product: "Train through",
  promoting: "Promoted",
  redacted: "Text taken out",
};

/** What the ledger says about a pull request, newest first. */
export function history(view: PullView, now: Instant): Html {
  const { entries, entriesInAll } = view;
  const older = entriesInAll - Math.min(entries.length, SHOWN);
  return html`<section>
<h2>History</h2>
${
  entries.length === 0
    ? html`<p class="quiet">Nothing is written down about it yet.</p>`
    : html`<ol class="history" reversed>
${entries.slice(0, SHOWN).map((entry, place) => event(entry, entries[place + 1] ?? null, view, now))}</ol>`
}
${older > 0 && html`<p class="quiet">${older} older ${older === 1 ? "entry" : "entries"} in the ledger.</p>`}
</section>`;
}

function event(
  entry: LedgerEntry | Withheld,
  before: LedgerEntry | Withheld | null,
  view: PullView,
  now: Instant,
): Html {
  const { at, what, actor, sequence, hash } = entry;
  const itemState = itemIn(entry, view);
  const sentence = itemState ?? sentenceOf(entry, before);
  return html`<li><p class="when">${moment(at, now)}</p>
<p><b>${itemState === null ? (WHAT[what] ?? what) : "Run-book"}</b>${actor !== "app" && ` by ${actor}`}${sentence !== null && html`: ${prose(cut(sentence, LONGEST))}`}</p>
<p class="quiet">entry ${sequence} · <code class="sha" title="${hash}">${hash.slice(0, 7)}</code></p></li>
`;
}

/** How far an item of the run-book is by an entry; null: it tells of no item. */
function itemIn({ what, says }: LedgerEntry | Withheld, { walked }: PullView): string | null {
  if (what !== "opened" || says === null || says["kind"] !== "item") return null;
  const state = says as unknown as ItemStanding;
  const item = walked?.book.items.find(({ id }) => id === state.item);
  const { state: now, because } = stateFrom(state);
  const name = item === undefined ? `an item of ${state.walk}` : labelOf(state.walk, item.ordinal);
  return `${name} is ${STATE_WORDS[now]}, ${because}`;
}

/** The words of an entry, without repeating those of the judgement that it carried out. */
function sentenceOf({ what, says }: LedgerEntry | Withheld, before: LedgerEntry | Withheld | null): string | null {
  if (says === null) return "its text was taken out of the ledger";
  if (what === "judged") return verdictOf(says);
  if (what === "opened") return [text(says["kind"]), text(says["because"])].filter((part) => part !== null).join(": ");
  if (what === "answered") return askedIn(says);
  const slot = text(says["slot"]) ?? "";
  if (what === "done" && /^(reply|reaction):/.test(slot))
    return slot.startsWith("reply:") ? "the answer" : "a reaction";
  if (what === "done" && /^comment:\d+:\d+:execution$/.test(slot)) return "the comment with the run-book";
  const check = what === "done" ? /^check:\d+:[0-9a-f]+:(.+)$/.exec(slot)?.[1] : undefined;
  if (check !== undefined) {
    const title = text(says["title"]);
    const known = title !== null && before?.what === "judged" && (verdictOf(before.says ?? {}) ?? "").endsWith(title);
    return [`the check ${check}, ${text(says["conclusion"]) ?? "in progress"}`, known ? null : title]
      .filter((part) => part !== null)
      .join(": ");
  }
  return text(says["because"]) ?? text(says["title"]) ?? text(says["slot"]);
}

/** What somebody wrote, and what came of it. */
function askedIn(says: Entry["says"]): string {
  if (says["again"] === true) return "the answer is said again";
  const lines = Array.isArray(says["lines"]) ? says["lines"].flatMap((line) => text(line) ?? []) : [];
  return `${lines.join(" · ") || "nothing of ours"} (${text(says["came"]) ?? "?"})`;
}

/** Outcome and first reason. */
function verdictOf(says: Entry["says"]): string | null {
  const outcome = OUTCOMES.find((known) => known === says["outcome"]);
  const findings = (Array.isArray(says["findings"]) ? says["findings"] : []) as readonly {
    readonly outcome?: Json;
    readonly because?: Json;
  }[];
  const reason = text((findings.find((finding) => finding.outcome === outcome) ?? findings[0])?.because);
  return [outcome === undefined ? null : WORDS[outcome], reason].filter((part) => part !== null).join(". ") || null;
}

const text = (value: Json | undefined): string | null => (typeof value === "string" ? value : null);
