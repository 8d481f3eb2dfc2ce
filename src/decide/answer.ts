import { type Answer, type Decision, NO_NEWS } from "../flow/decision.ts";
import type { Effect, SlotState, Written } from "../flow/effect.ts";
import { type AnswerTo, answerTo, type Read, type Want } from "../flow/facts.ts";
import { type Hash, type Instant, later } from "../flow/names.ts";

/** Well before GitHub calls a check stale. */
const RENEW_MS = 7 * 24 * 3_600_000;
/** GitHub's no is asked again after this long, though nothing changed: permissions are granted, plans are bought. */
const ASK_AGAIN_MS = 3_600_000;

/** A decision that changes nothing but what it names. */
export function decided(decision: Partial<Decision> & Pick<Decision, "because">): Answer {
  return { decided: { entries: [], effects: [], news: NO_NEWS, lookAgainAt: null, ...decision } };
}

/** What was not looked at before is known now; what somebody asked for there is answered at once. */
export function thenAnswered(looked: Answer, now: Instant): Answer {
  if ("lacks" in looked || looked.decided.memory === undefined) return looked;
  return { decided: { ...looked.decided, lookAgainAt: now } };
}

/** The values of all wants, or the answer to give while one of them is not there. */
export function allOf<const W extends readonly Want[]>(
  read: Read,
  wants: W,
):
  | { readonly values: { readonly [K in keyof W]: W[K] extends Want ? AnswerTo<W[K]> : never } }
  | { readonly answer: Answer } {
  const facts = wants.map((want) => answerTo(read, want));
  const lacks = wants.filter((_, place) => facts[place] === undefined);
  if (lacks.length > 0) return { answer: { lacks } };
  const values: unknown[] = [];
  for (const fact of facts) {
    if (fact === undefined || !fact.known) {
      const { because, retryAt } = fact as { because: string; retryAt: Instant };
      return { answer: decided({ because, lookAgainAt: retryAt }) };
    }
    values.push(fact.value);
  }
  return { values: values as never };
}

/** The effect, unless it already stands there or GitHub has just refused it; then when to try again. */
export function unlessThere(
  effect: Effect,
  slot: SlotState | null,
  now: Instant,
): { readonly effects: readonly Effect[]; readonly retryAt: Instant | null; readonly refused: string | null } {
  const renewAt = staleAt(effect, slot?.written ?? null, now);
  if (slot?.written?.fingerprint === effect.fingerprint && (renewAt === null || renewAt > now))
    return { effects: [], retryAt: renewAt, refused: null };
  const refused = refusalOf(slot, effect.fingerprint, now);
  if (refused !== null) return { effects: [], ...refused };
  // Renewed by a new run: whether writing to the old one counts, GitHub does not say.
  const due = renewAt !== null && renewAt <= now && effect.thing === "check-run" ? { ...effect, over: null } : effect;
  return { effects: [due], retryAt: staleAt(effect, null, now), refused: null };
}

/**
 * When a check in progress is to be written again: GitHub ends one as `stale` that is not completed within 14 days.
 * https://docs.github.com/rest/guides/using-the-rest-api-to-interact-with-checks
 */
function staleAt(effect: Effect, written: Written | null, now: Instant): Instant | null {
  if (effect.thing !== "check-run" || effect.content.status !== "in_progress") return null;
  return later(written?.at ?? now, RENEW_MS);
}

/** GitHub's latest no to this very content, while there is no point in asking again. */
export function refusalOf(
  slot: SlotState | null,
  fingerprint: Hash,
  now: Instant,
): { readonly refused: string; readonly retryAt: Instant } | null {
  const no = slot?.refused ?? null;
  if (no === null || no.fingerprint !== fingerprint) return null;
  const retryAt = later(no.at, ASK_AGAIN_MS);
  return retryAt > now ? { refused: no.because, retryAt } : null;
}

export const earlier = (a: Instant | null, b: Instant | null): Instant | null =>
  a === null || (b !== null && b < a) ? b : a;
