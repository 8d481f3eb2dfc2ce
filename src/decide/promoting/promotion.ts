import type { Effect, Written } from "../../flow/effect.ts";
import type { PullKnown, Want } from "../../flow/facts.ts";
import { closes, type Entry } from "../../flow/ledger.ts";
import type { ComponentMemory, PullMemory } from "../../flow/memory.ts";
import { type Instant, later } from "../../flow/names.ts";
import type { StandingOf } from "../../flow/standing.ts";
import { subjectKey } from "../../flow/subject.ts";
import type { Said } from "../pull/requests.ts";

export type Promotion = StandingOf<"promotion">;

/** What is next on the way of a `/promote`. */
export type Promoting = {
  readonly entries: readonly Entry[];
  readonly effects: readonly Effect[];
  /** What became of it, where it is at its end. */
  readonly said: readonly Said[];
  readonly lookAgainAt: Instant | null;
};

/** The step, or what has to be read to tell it. */
export type Step = Promoting | { readonly lacks: readonly Want[] };

/** Where it is under way. */
export type At = {
  readonly known: PullKnown;
  readonly pull: PullMemory;
  readonly component: ComponentMemory;
  readonly promotion: Promotion;
};

export const NOTHING_PROMOTED: Promoting = { entries: [], effects: [], said: [], lookAgainAt: null };

/** How soon what GitHub did and does not show yet is looked for again, and how long. */
const LAG_MS = 2_000;
const SHOWN_WITHIN_MS = 10 * 60_000;

/** What GitHub did and does not show yet; null: for so long that somebody has to look. */
export const notShown = ({ at }: Written, now: Instant): Promoting | null =>
  later(at, SHOWN_WITHIN_MS) > now ? { ...NOTHING_PROMOTED, lookAgainAt: later(now, LAG_MS) } : null;

/** What somebody asked for and is answered at its end. */
type UnderWay = Pick<StandingOf<"promotion" | "rolling-back">, "request" | "others" | "line" | "key">;

/** Nothing on GitHub changes before the reason is in the ledger. */
export const goesOn = ({ subject }: PullKnown, { key, request }: UnderWay, does: string): Entry => ({
  what: "promoting",
  actor: request.by.login,
  about: subjectKey(subject),
  says: { key, request: request.id, does },
});

/** It is at its end, and answered. */
export function ended(
  { known, promotion }: { readonly known: PullKnown; readonly promotion: UnderWay },
  came: "done" | "refused",
  says: string,
  table = false,
): Promoting {
  const { request, others, line, key } = promotion;
  return {
    ...NOTHING_PROMOTED,
    entries: [closes(subjectKey(known.subject), request.by.login, key, says.replace(/\.$/, ""))],
    said: [{ request, came, lines: [...others, { line, says, ...(table && { table: true as const }) }] }],
  };
}
