import { isComponent } from "../../flow/component.ts";
import { type Answer, NO_NEWS } from "../../flow/decision.ts";
import type { BranchRule, StageLookedAt } from "../../flow/facts.ts";
import type { House } from "../../flow/house.ts";
import { canonical, type Entry } from "../../flow/ledger.ts";
import type { Enforced, StageMemory } from "../../flow/memory.ts";
import type { Branch, Json } from "../../flow/names.ts";
import {
  checkName,
  mergesTitle,
  type RulesetContent,
  rulesetTitle,
  TAGS_FINAL_TITLE,
  TAGS_TITLE,
  titlesOf,
  wantedRulesets,
} from "../../flow/ruleset.ts";
import { type Nudge, subjectKey } from "../../flow/subject.ts";
import { allOf, decided, earlier } from "../answer.ts";
import { isWritten, keep, NEVER, type Step } from "./keeping.ts";

/**
 * The rulesets of a stage, by which GitHub itself refuses what Flowgate refuses: that of its check, past the first stage
 * that which only `/promote` passes, and on the last stage those for the tags of releases.
 *
 * Those for tags are kept by the last stage, since what it holds is what they name, and a stage is where rulesets are looked
 * after: another stage that becomes the last one takes them over, and only the last one takes them away.
 *
 * A stage is called enforced only after the branch's rules were read back.
 */
export function decideEnforcement(known: StageLookedAt, house: House): Answer {
  const { memory, subject } = known;
  const plan = planOf(known, house);
  const titles = titlesIn(known, plan);
  if (!memory.look && isSettled(known, plan, titles))
    return decided({ because: plan.none === null ? `${subject.branch} is enforced.` : "Read before." });

  const read = titles.length === 0 ? ({ values: [[]] } as const) : allOf(known.read, [{ want: "rulesets", titles }]);
  if ("answer" in read) return read.answer;
  const [live] = read.values;
  const steps = titles.map((title) =>
    keep(
      {
        title,
        wanted: plan.wanted.find(({ name }) => name === title) ?? null,
        live: live.find(({ name }) => name === title) ?? null,
        kept: memory.rulesets[title] ?? NEVER,
        slot: known.slots[title] ?? null,
      },
      {
        now: known.now,
        repository: subject.repository,
        name: known.component.name,
        grace: known.component.config.policy.enforcementGrace,
        changedBy: memory.changedBy,
        unchecked: known.unchecked[0] ?? null,
        unwanted: plan.none ?? "the config does not ask for it.",
      },
    ),
  );
  const enforced = enforcedBy(steps, plan, known, house);
  return "answer" in enforced ? enforced.answer : told(known, plan, steps, enforced.enforced);
}

type Plan = {
  /** That of the check first. */
  readonly wanted: readonly RulesetContent[];
  /** Why there is to be none, a sentence; null: there are some. */
  readonly none: string | null;
  /** Whether it is of interest what GitHub requires. */
  readonly isRead: boolean;
};

function planOf({ subject, component }: StageLookedAt, house: House): Plan {
  const { stages, enforcement, mergeBy } = component.config.policy;
  const place = stages.indexOf(subject.branch);
  const none = (because: string, isRead = false) => ({ wanted: [], none: because, isRead });
  if (place < 0 || !isComponent(component)) return none(`${subject.branch} is no stage of a component.`);
  if (enforcement === "report") return none("`enforcement: report` writes no ruleset.", true);
  if (enforcement !== "managed") return none("The component is observed, not enforced.");
  const last = place === stages.length - 1;
  return {
    wanted: wantedRulesets({ stage: subject.branch, first: place === 0, last, mergeBy, app: house.app }),
    none: null,
    isRead: true,
  };
}

/** What is wanted, and what stands there of us beside that; what another stage keeps now is left to it. */
function titlesIn({ subject, component, memory, slots }: StageLookedAt, { wanted }: Plan): readonly string[] {
  const last = component.config.policy.stages.at(-1) === subject.branch;
  const isOurs = (title: string) =>
    (memory.rulesets[title]?.written ?? null) !== null || (memory.look && isWritten(slots[title]));
  return titlesOf({ stage: subject.branch, last }).filter(
    (title) => wanted.some(({ name }) => name === title) || isOurs(title),
  );
}

/** Whether nothing changed since all was found in order. */
function isSettled({ memory }: StageLookedAt, { wanted, none, isRead }: Plan, titles: readonly string[]): boolean {
  if (none !== null) return isRead && titles.length === 0;
  const { enforced, rulesets } = memory;
  return (
    enforced.state === "yes" &&
    enforced.but.length === 0 &&
    titles.length === wanted.length &&
    wanted.every((content) => same(rulesets[content.name]?.written?.content ?? null, content))
  );
}

/** Whether GitHub blocks merges, by what became of the rulesets and by the branch's own rules. */
function enforcedBy(
  steps: readonly Step[],
  { none, isRead, wanted }: Plan,
  known: StageLookedAt,
  house: House,
): { readonly enforced: Enforced } | { readonly answer: Answer } {
  const { branch } = known.subject;
  if (!isRead) return { enforced: { state: "no", because: "enforcement is not switched on here" } };
  const first = none === null ? steps[0] : undefined;
  if (first?.is === "left") return { enforced: { state: "no", because: first.because } };
  if (first?.is === "waiting") return { enforced: { state: "waiting", because: first.because } };
  if (steps.some(({ is }) => is === "to be written")) return { enforced: known.memory.enforced };

  const rules = allOf(known.read, [{ want: "rules", branch }]);
  if ("answer" in rules) return rules;
  const [applied] = rules.values;
  if (requires(applied, branch, house.app))
    return { enforced: { state: "yes", readAt: known.now, but: missedBy(steps, wanted, branch, applied) } };
  const because =
    none === null
      ? `it shows the ruleset “${rulesetTitle(branch)}” and does not apply it: private repositories need a paid plan for rulesets`
      : `no rule of this repository requires “${checkName(branch)}”`;
  return { enforced: { state: "no", because } };
}

const requires = (rules: readonly BranchRule[], stage: Branch, app: number): boolean =>
  rules.some(({ checks }) => checks.some((check) => check.context === checkName(stage) && check.app === app));

/** What is not as it is to be beside the check, a sentence each. */
function missedBy(
  steps: readonly Step[],
  wanted: readonly RulesetContent[],
  stage: Branch,
  rules: readonly BranchRule[],
): readonly string[] {
  const has = (type: string) => rules.some((rule) => rule.type === type);
  return steps.flatMap((step) => {
    const { title } = step;
    const isWanted = wanted.some(({ name }) => name === title);
    const missed = isWanted ? without(title, stage) : `The ruleset “${title}” is to be taken away`;
    if ("because" in step) return [`${missed}: ${step.because.replace(/\.?$/, ".")}`];
    if (!isWanted || title !== mergesTitle(stage)) return [];
    if (!has("update")) return [`${missed}: GitHub shows the ruleset “${title}” and does not apply it.`];
    if (!has("merge_queue")) return [];
    return [
      `${stage} has a merge queue, and the ruleset “${title}” keeps it from merging: set \`merge_by: anyone\`, or take the queue away.`,
    ];
  });
}

function without(title: string, stage: Branch): string {
  if (title === TAGS_TITLE) return "Tags of releases can be made by hand";
  if (title === TAGS_FINAL_TITLE) return "Tags of releases can be moved and deleted";
  return `GitHub's button merges into ${stage}, too`;
}

/** Remembers, and where the state of enforcement changed, writes that down and has the checks say so. */
function told(known: StageLookedAt, plan: Plan, steps: readonly Step[], enforced: Enforced): Answer {
  const { subject, memory: before } = known;
  const effects = steps.flatMap((step) => ("effect" in step ? [step.effect] : []));
  const open = steps.filter(({ is }) => is !== "in order");
  const memory: StageMemory = {
    ...before,
    look: steps.some(
      (step) => step.is === "to be written" || step.is === "waiting" || (step.is === "left" && step.look),
    ),
    rulesets: Object.fromEntries(steps.flatMap(({ title, kept }) => (same(kept, NEVER) ? [] : [[title, kept]]))),
    changedBy: open.length === 0 ? null : before.changedBy,
    enforced,
  };
  const because = inOneSentence(plan, steps, enforced, subject.branch);
  const turned = words(before.enforced) !== words(enforced);
  const loud = turned && (isLoud(before.enforced) || isLoud(enforced));
  const recheck: Nudge = { priority: "bulk", openPulls: { repository: subject.repository, base: subject.branch } };
  const entry: Entry = {
    what: "ruleset",
    actor: "app",
    about: subjectKey(subject),
    says: { because, enforced: enforced.state, changedBy: before.changedBy },
  };
  return decided({
    because,
    ...(same(before, memory) ? {} : { memory }),
    entries: (turned && enforced.state !== "waiting") || effects.length > 0 ? [entry] : [],
    effects,
    news: { ...NO_NEWS, nudges: loud ? [recheck] : [] },
    lookAgainAt: steps.map((step) => ("lookAgainAt" in step ? step.lookAgainAt : null)).reduce(earlier, null),
  });
}

function inOneSentence({ none, isRead }: Plan, steps: readonly Step[], enforced: Enforced, stage: Branch): string {
  const writes = steps.flatMap((step) => (step.is === "to be written" ? [step.because] : []));
  if (writes.length > 0) return writes.join(" ");
  if (none !== null) return isRead ? "Whether GitHub requires the check was read." : none;
  switch (enforced.state) {
    case "yes":
      return [`${stage} is enforced: GitHub requires ${checkName(stage)}.`, ...enforced.but].join(" ");
    case "waiting":
      return enforced.because;
    case "no":
      return `${stage} is not enforced: ${enforced.because.replace(/\.?$/, ".")}`;
  }
}

/** Said on the checks of the stage: GitHub does not hold all that it is to hold. */
const isLoud = (enforced: Enforced): boolean =>
  enforced.state === "no" || (enforced.state === "yes" && enforced.but.length > 0);

const words = (enforced: Enforced): string =>
  enforced.state === "yes" ? ["yes", ...enforced.but].join(" ") : `${enforced.state} ${enforced.because}`;
const same = (a: unknown, b: unknown) => canonical(a as Json) === canonical(b as Json);
