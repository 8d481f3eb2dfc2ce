import { isComponent } from "../flow/component.ts";
import { type Answer, type Decision, NO_NEWS } from "../flow/decision.ts";
import { type Effect, rulesetSlot } from "../flow/effect.ts";
import type { StageKnown } from "../flow/facts.ts";
import type { House } from "../flow/house.ts";
import { canonical, digestOf, type Entry } from "../flow/ledger.ts";
import type { ComponentMemory, Enforced, StageMemory } from "../flow/memory.ts";
import { between, type Instant, type Json, later } from "../flow/names.ts";
import {
  checkName,
  drift,
  type LiveRuleset,
  onlyDisabled,
  type RulesetContent,
  rulesetTitle,
  wantedRuleset,
} from "../flow/ruleset.ts";
import { type Nudge, subjectKey } from "../flow/subject.ts";
import { allOf, decided, refusalOf, unlessThere } from "./answer.ts";

/** After so many repairs in an hour Flowgate stops: two parties writing in turns help nobody. */
const REPAIRS = 3;
const REPAIRS_MS = 3_600_000;
/** How long an admin may keep the ruleset switched off before it is repaired. */
const GRACE_MS = 4 * 3_600_000;
/** How soon to look whether the last open pull request has its check. */
const UNCHECKED_MS = 1_000;

/**
 * A stage: the ruleset by which GitHub itself refuses what Flowgate refuses.
 *
 * It is switched on once every open pull request into the stage has its check, else they would wait for one for
 * ever; put right again when somebody changed it; left alone for a while when an admin switched it off; and called
 * enforced only after the branch's rules were read back.
 */
export function decideStage(known: StageKnown, house: House): Answer {
  const { subject, memory, component } = known;
  if (memory === null || component === null || component.stages === null)
    return decided({ because: "The repository was not looked at yet." });
  const place = component.config.policy.stages.indexOf(subject.branch);
  const { enforcement } = component.config.policy;
  const at = { known, memory, component };
  if (place < 0 || !isComponent(component)) return withdrawn(at, `${subject.branch} is no stage of a component.`);
  if (enforcement !== "managed")
    return enforcement === "report" ? reported(at, house) : withdrawn(at, "The component is observed, not enforced.");

  const wanted = wantedRuleset(subject.branch, place === 0, house.app);
  const settled = memory.ruleset !== null && same(memory.ruleset.content, wanted) && memory.enforced.state === "yes";
  if (settled && !memory.look) return decided({ because: `${subject.branch} is enforced.` });

  const read = allOf(known.read, [{ want: "ruleset", title: wanted.name }]);
  if ("answer" in read) return read.answer;
  const live = read.values[0];
  if (live !== null && drift(wanted, live).length === 0) return inOrder(at, wanted, live.id, house);
  return live === null && memory.ruleset === null ? switchOn(at, wanted) : changed(at, wanted, live);
}

type At = { readonly known: StageKnown; readonly memory: StageMemory; readonly component: ComponentMemory };

/** GitHub shows our ruleset as we want it: whether it is really in force, only the branch's rules tell. */
function inOrder({ known, memory }: At, wanted: RulesetContent, id: number, house: House): Answer {
  const rules = allOf(known.read, [{ want: "rules", branch: known.subject.branch }]);
  if ("answer" in rules) return rules.answer;
  const enforced: Enforced = requires(rules.values[0], known, house)
    ? { state: "yes", readAt: known.now }
    : {
        state: "no",
        because: `it shows the ruleset “${wanted.name}” and does not apply it: private repositories need a paid plan for rulesets`,
      };
  return told(
    known,
    { ...memory, look: false, ruleset: { id, content: wanted }, disabledSince: null, changedBy: null, enforced },
    {
      because:
        enforced.state === "yes"
          ? `${known.subject.branch} is enforced: GitHub requires ${checkName(known.subject.branch)}.`
          : `${known.subject.branch} is not enforced: ${enforced.because}.`,
    },
  );
}

/** For the first time: not before every open pull request has its check. */
function switchOn(at: At, wanted: RulesetContent): Answer {
  const { known, memory } = at;
  const [waiting] = known.unchecked;
  if (waiting === undefined) return write(at, wanted, null, memory, `The ruleset “${wanted.name}” is switched on.`);
  const because = `The ruleset waits until #${waiting} has its check.`;
  return told(
    known,
    { ...memory, enforced: { state: "waiting", because } },
    { because, lookAgainAt: later(known.now, UNCHECKED_MS) },
  );
}

/** Not as we want it: by our own policy, by an admin who switched it off, or by hand. */
function changed(at: At, wanted: RulesetContent, live: LiveRuleset | null): Answer {
  const { known, memory } = at;
  const { now } = known;
  const ours = live !== null && (memory.ruleset === null || drift(memory.ruleset.content, live).length === 0);
  const again = known.slot?.written?.fingerprint === fingerprintOf(wanted);
  if (ours && !again) return write(at, wanted, live.id, memory, `The ruleset “${wanted.name}” follows the config.`);

  const what = live === null ? "was deleted" : drift(wanted, live).join(", ");
  const who = memory.changedBy === null ? "by hand" : `by @${memory.changedBy}`;
  if (live !== null && onlyDisabled(wanted, live)) {
    const since = memory.disabledSince ?? now;
    const until = later(since, GRACE_MS);
    if (until > now) {
      const because = `the ruleset “${wanted.name}” was disabled ${who}; Flowgate switches it on again at ${until.slice(0, 16).replace("T", " ")} UTC`;
      return told(
        known,
        { ...memory, look: false, disabledSince: since, enforced: { state: "no", because } },
        { because, lookAgainAt: until },
      );
    }
  }
  const repairs = memory.repairs.filter((at) => between(at, now) < REPAIRS_MS);
  if (repairs.length >= REPAIRS) {
    const because = `the ruleset “${wanted.name}” was changed ${who} (${what}) after ${REPAIRS} repairs within an hour; Flowgate leaves it for an hour: an admin has to settle who owns it`;
    const lookAgainAt = later(repairs[0] as Instant, REPAIRS_MS);
    return told(
      known,
      { ...memory, look: true, repairs, enforced: { state: "no", because } },
      { because, lookAgainAt },
    );
  }
  const after = { ...memory, disabledSince: null, repairs: [...repairs, now] };
  return write(
    at,
    wanted,
    live?.id ?? null,
    after,
    `The ruleset “${wanted.name}” was changed ${who} (${what}) and is put right again.`,
  );
}

/** Whoever asked for no ruleset gets none: ours is taken away. */
function withdrawn(at: At, because: string): Answer {
  const { known, memory } = at;
  const enforced: Enforced = { state: "no", because: "enforcement is not switched on here" };
  if (memory.ruleset === null) return told(known, { ...memory, look: false, enforced }, { because });
  const title = rulesetTitle(known.subject.branch);
  const read = allOf(known.read, [{ want: "ruleset", title }]);
  if ("answer" in read) return read.answer;
  if (read.values[0] === null) return told(known, { ...memory, look: false, ruleset: null, enforced }, { because });
  return write(
    at,
    null,
    read.values[0].id,
    { ...memory, enforced },
    `The ruleset “${title}” is taken away: ${because}`,
  );
}

/** `enforcement: report`: whether GitHub requires the check is the admins' business; we only read it and say it. */
function reported(at: At, house: House): Answer {
  const { known, memory } = at;
  if (memory.ruleset !== null) return withdrawn(at, "`enforcement: report` writes no ruleset.");
  if (!memory.look) return decided({ because: "Read before." });
  const rules = allOf(known.read, [{ want: "rules", branch: known.subject.branch }]);
  if ("answer" in rules) return rules.answer;
  const enforced: Enforced = requires(rules.values[0], known, house)
    ? { state: "yes", readAt: known.now }
    : { state: "no", because: `no rule of this repository requires “${checkName(known.subject.branch)}”` };
  return told(known, { ...memory, look: false, enforced }, { because: "Whether GitHub requires the check was read." });
}

/** Puts the ruleset there, or takes it away; a no of GitHub's is said where people read it. */
function write(
  { known, component }: At,
  wanted: RulesetContent | null,
  over: number | null,
  memory: StageMemory,
  because: string,
): Answer {
  const { subject, slot, now } = known;
  const title = rulesetTitle(subject.branch);
  const fingerprint = fingerprintOf(wanted);
  const repairsBefore = (known.memory as StageMemory).repairs;
  const no = refusalOf(slot, fingerprint, now);
  if (no !== null) {
    const enforced: Enforced = { state: "no", because: no.refused };
    return told(
      known,
      { ...memory, look: true, repairs: repairsBefore, enforced },
      { because: no.refused, lookAgainAt: no.retryAt },
    );
  }
  const effect: Effect = {
    does: "set",
    thing: "ruleset",
    slot: rulesetSlot(subject.repository, title),
    fingerprint,
    repository: subject.repository,
    name: component.name,
    title,
    content: wanted,
    over,
  };
  const { effects } = unlessThere(effect, slot && { ...slot, written: null }, now);
  return told(known, { ...memory, look: true }, { because, effects });
}

/** Remembers, and where the state of enforcement changed, writes that down and has the checks say so. */
function told(known: StageKnown, memory: StageMemory, decision: Pick<Decision, "because"> & Partial<Decision>): Answer {
  const { subject } = known;
  const before = known.memory as StageMemory;
  const turned = words(before.enforced) !== words(memory.enforced);
  const loud = turned && (before.enforced.state === "no" || memory.enforced.state === "no");
  const recheck: Nudge = { priority: "bulk", openPulls: { repository: subject.repository, base: subject.branch } };
  const entry: Entry = {
    what: "ruleset",
    actor: "app",
    about: subjectKey(subject),
    says: { because: decision.because, enforced: memory.enforced.state, changedBy: before.changedBy },
  };
  const silent = same(before, memory);
  return decided({
    ...decision,
    ...(silent ? {} : { memory }),
    entries: (turned && memory.enforced.state !== "waiting") || (decision.effects ?? []).length > 0 ? [entry] : [],
    news: { ...NO_NEWS, nudges: loud ? [recheck] : [] },
  });
}

const requires = (
  rules: readonly { readonly checks: readonly { readonly context: string; readonly app: number | null }[] }[],
  { subject }: StageKnown,
  { app }: House,
) =>
  rules.some(({ checks }) => checks.some((check) => check.context === checkName(subject.branch) && check.app === app));

const words = (enforced: Enforced) => (enforced.state === "yes" ? "yes" : `${enforced.state} ${enforced.because}`);
const fingerprintOf = (content: RulesetContent | null) => digestOf(canonical(content as unknown as Json));
const same = (a: unknown, b: unknown) => canonical(a as Json) === canonical(b as Json);
