import { after, type Duration } from "../../flow/duration.ts";
import { type Effect, rulesetSlot, type SlotState } from "../../flow/effect.ts";
import { canonical, digestOf } from "../../flow/ledger.ts";
import type { RulesetMemory } from "../../flow/memory.ts";
import { between, type Instant, type Json, later, type RepositoryId } from "../../flow/names.ts";
import { drift, type LiveRuleset, onlyDisabled, type RulesetContent } from "../../flow/ruleset.ts";
import { minute } from "../../flow/words.ts";
import { refusalOf } from "../answer.ts";

/** After so many repairs in an hour Flowgate stops: two parties writing in turns help nobody. */
const REPAIRS = 3;
const REPAIRS_MS = 3_600_000;
/** How soon to look whether the last open pull request has its check. */
const UNCHECKED_MS = 1_000;

/** A ruleset of ours: as it is to be, as GitHub shows it, and what we know of it. */
export type Ours = {
  readonly title: string;
  /** Null: it is to be taken away. */
  readonly wanted: RulesetContent | null;
  readonly live: LiveRuleset | null;
  readonly kept: RulesetMemory;
  readonly slot: SlotState | null;
};
/** What else bears on it. */
export type Around = {
  readonly now: Instant;
  readonly repository: RepositoryId;
  /** `owner/name`. */
  readonly name: string;
  /** How long an admin may keep it switched off. */
  readonly grace: Duration;
  /** Who is said to have changed it, a login. */
  readonly changedBy: string | null;
  /** An open pull request that has no check yet. */
  readonly unchecked: number | null;
  /** Why it is taken away where it is not wanted, a sentence. */
  readonly unwanted: string;
};

/** What is next for it, and what is remembered of it then; `because` is a sentence but for its end. */
export type Step = { readonly title: string; readonly kept: RulesetMemory } & (
  | { readonly is: "in order" }
  | { readonly is: "to be written"; readonly because: string; readonly effect: Effect }
  /** Not yet there, and not to be there yet. */
  | { readonly is: "waiting"; readonly because: string; readonly lookAgainAt: Instant }
  /** Not as it is to be, and left so until then; `look`: nobody tells when it changes. */
  | { readonly is: "left"; readonly because: string; readonly lookAgainAt: Instant; readonly look: boolean }
);

/** What is known of one that was never there. */
export const NEVER: RulesetMemory = { written: null, repairs: [], disabled: null };

/**
 * The life of a ruleset of ours. It is switched on once every open pull request into its stage has its check, else they
 * would wait for one for ever; put right again when somebody changed it; left alone for a while when an admin switched it
 * off, and when people and Flowgate change it in turns; and taken away where it is not wanted any more.
 */
export function keep(ours: Ours, around: Around): Step {
  const { title, wanted, live, kept } = ours;
  if (wanted === null) {
    if (live === null) return { title, kept: NEVER, is: "in order" };
    return written(ours, around, kept, `The ruleset “${title}” is taken away: ${around.unwanted}`);
  }
  if (live !== null && drift(wanted, live).length === 0)
    return { title, kept: { ...kept, written: { id: live.id, content: wanted }, disabled: null }, is: "in order" };
  if (live !== null || kept.written !== null) return changed(ours, wanted, around);
  if (around.unchecked === null) return written(ours, around, kept, `The ruleset “${title}” is switched on.`);
  const because = `The ruleset waits until #${around.unchecked} has its check.`;
  return { title, kept, is: "waiting", because, lookAgainAt: later(around.now, UNCHECKED_MS) };
}

/** Not as we want it: by our own policy, by an admin who switched it off, or by hand. */
function changed(ours: Ours, wanted: RulesetContent, around: Around): Step {
  const { title, live, kept, slot } = ours;
  const { now } = around;
  const before = live !== null && (kept.written === null || drift(kept.written.content, live).length === 0);
  const again = slot?.written?.fingerprint === fingerprintOf(wanted);
  if (before && !again) return written(ours, around, kept, `The ruleset “${title}” follows the config.`);

  const by = kept.disabled?.by ?? around.changedBy;
  const who = by === null ? "by hand" : `by @${by}`;
  if (live !== null && onlyDisabled(wanted, live)) {
    const disabled = kept.disabled ?? { since: now, by };
    const until = after(disabled.since, around.grace);
    if (until > now) {
      const because = `the ruleset “${title}” was disabled ${who}; Flowgate switches it on again at ${minute(until)}`;
      return { title, kept: { ...kept, disabled }, is: "left", because, lookAgainAt: until, look: false };
    }
  }
  const what = live === null ? "was deleted" : drift(wanted, live).join(", ");
  const repairs = kept.repairs.filter((at) => between(at, now) < REPAIRS_MS);
  const [oldest] = repairs;
  if (oldest !== undefined && repairs.length >= REPAIRS) {
    const because = `the ruleset “${title}” was changed ${who} (${what}) after ${REPAIRS} repairs within an hour; Flowgate leaves it for an hour: an admin has to settle who owns it`;
    return {
      title,
      kept: { ...kept, repairs },
      is: "left",
      because,
      lookAgainAt: later(oldest, REPAIRS_MS),
      look: true,
    };
  }
  const repaired = { ...kept, disabled: null, repairs: [...repairs, now] };
  return written(ours, around, repaired, `The ruleset “${title}” was changed ${who} (${what}) and is put right again.`);
}

/** Puts it there, or takes it away; a no of GitHub's is said where people read it. */
function written(ours: Ours, around: Around, kept: RulesetMemory, because: string): Step {
  const { title, wanted: content, live, slot } = ours;
  const { now, repository, name } = around;
  const fingerprint = fingerprintOf(content);
  const no = refusalOf(slot, fingerprint, now);
  if (no !== null)
    return { title, kept: ours.kept, is: "left", because: no.refused, lookAgainAt: no.retryAt, look: true };
  const effect: Effect = {
    does: "set",
    thing: "ruleset",
    slot: rulesetSlot(repository, title),
    fingerprint,
    repository,
    name,
    title,
    content,
    over: live?.id ?? null,
  };
  return { title, kept, is: "to be written", because, effect };
}

/** Whether something of ours stands there by our own receipts: it was put there and not taken away. */
export const isWritten = (slot: SlotState | undefined): boolean =>
  slot?.written != null && slot.written.fingerprint !== fingerprintOf(null);

const fingerprintOf = (content: RulesetContent | null) => digestOf(canonical(content as unknown as Json));
