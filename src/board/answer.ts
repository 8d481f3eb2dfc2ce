import { configNote, gatedAs, isEnforced } from "../flow/component.ts";
import { CONFIG_PATH } from "../flow/config.ts";
import type { LedgerEntry } from "../flow/ledger.ts";
import type { ComponentMemory, StageMemory } from "../flow/memory.ts";
import { type Branch, type Instant, type Sha, short } from "../flow/names.ts";
import { type Finding, isClear, OUTCOMES, type Verdict, type Whole } from "../flow/verdict.ts";
import { type Mark, markOf, type Standing, standingOf } from "./standing.ts";
import type { PullView } from "./views.ts";

/** What the page of a pull request says before anything else, put together from what is stored. */
export type Answer = {
  readonly standing: Standing;
  readonly mark: Mark;
  /** One or two sentences: may it go, and if not, why not. */
  readonly sentence: string;
  /** What each gate that is not passed waits for, the worst first. */
  readonly clear: readonly Cure[];
  /** What else bears on it: whether GitHub blocks, a config that is not in force, a check that is shared. */
  readonly notes: readonly string[];
  /** The verdict that the page explains, and when it was reached; of a closed one, its last. */
  readonly explained: { readonly verdict: Verdict; readonly judged: Judged | null } | null;
};
export type Cure = { readonly gate: string; readonly cure: string; readonly copy: string | null };
/** The ledger's entry of a verdict. `policy`: the blob of the config file it was judged by; null: by the defaults. */
export type Judged = { readonly at: Instant; readonly entry: LedgerEntry; readonly policy: Sha | null };

const NOBODY = "Nobody has to do anything: Flowgate is at it. Load this page again in a moment.";

/** Reads the answer off what is stored; it judges nothing. */
export function answerOf(view: PullView): Answer {
  const { component, memory } = view;
  const standing = standingOf(component, memory, view.verdict, view.siblings);
  const explained = explainedBy(view, standing);
  return {
    standing,
    mark: markOf(standing, !isEnforced(component.config.policy)),
    ...words(standing, view),
    notes: notesOn(view, standing, explained?.verdict ?? null),
    explained,
  };
}

/** Gates as people want them: what is worst first; of the same outcome in the order they were judged. */
export const worstFirst = (findings: readonly Finding[]): readonly Finding[] =>
  [...findings].sort((a, b) => OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome));

function words(standing: Standing, { component, memory }: PullView): Pick<Answer, "sentence" | "clear"> {
  const { name } = component;
  const { stages } = component.config.policy;
  const wait = (cure: string) => [{ gate: "flow", cure, copy: null }];
  switch (standing.is) {
    case "judged":
      return {
        sentence: `${!isEnforced(component.config.policy) ? WOULD[standing.shown.outcome] : ""}${titleOf(standing.shown)}`,
        clear: worstFirst(standing.shown.findings).flatMap(({ gate, outcome, cure, copy }) =>
          isClear(outcome) || cure === null ? [] : { gate, cure, copy },
        ),
      };
    case "judged before":
      return { sentence: `${short(memory.head.sha)} into ${memory.base} is not judged yet.`, clear: wait(NOBODY) };
    case "not judged":
      return { sentence: "This pull request is not judged yet.", clear: wait(NOBODY) };
    case "not looked at":
      return { sentence: `${name} was not looked at yet.`, clear: wait(NOBODY) };
    case "merged":
      return { sentence: `Merged into ${memory.base}.`, clear: [] };
    case "closed":
      return { sentence: "Closed without a merge.", clear: [] };
    case "no stage":
      return {
        sentence: `${memory.base} is no stage, so this pull request gets no check.`,
        clear: wait(`Nobody has to do anything. The stages are ${listed(stages)}.`),
      };
    case "incomplete":
      return {
        sentence: `${name} lacks ${standing.missing.join(", ")} and is left alone until it has all stage branches.`,
        clear: wait(
          `Somebody with write access makes ${listed(standing.missing)}, or names the branches that are there under \`stages\` in \`${CONFIG_PATH}\`.`,
        ),
      };
  }
}

/** As the check's title says it; what passes by an override says so. */
function titleOf({ findings, outcome }: Verdict): string {
  const over = outcome === "passed" ? findings.find((finding) => finding.override !== undefined) : undefined;
  const shown = over ?? findings.find((finding) => finding.outcome === outcome) ?? findings[0];
  return shown?.because ?? "Nothing was judged.";
}

const WOULD: { readonly [outcome in Whole]: string } = {
  failed: "Would refuse: ",
  errored: "Would wait: ",
  pending: "Would wait: ",
  passed: "Would pass: ",
};

function notesOn(view: PullView, standing: Standing, last: Verdict | null): readonly string[] {
  const { component, memory, mayWork, slot } = view;
  const notes: string[] = [];
  if (!mayWork) {
    notes.push(
      `Flowgate has no access to ${component.name} any more, so this is what it knew last. An owner of the account can install the App again or end its suspension.`,
    );
  }
  if (standing.is === "merged" && last !== null && last.outcome !== "passed") {
    notes.push(`It was merged although Flowgate had not let it pass: ${titleOf(last)}`);
  }
  if (memory.state === "closed") return notes;
  const judged = standing.is === "judged" || standing.is === "judged before" || standing.is === "not judged";
  const stage = gatedAs(component, memory.base) === "stage";
  const open =
    judged && (stage || !isEnforced(component.config.policy)) ? openBecause(component, view.stage, memory.base) : null;
  if (open !== null) notes.push(OPEN[open.kind] + open.because);
  const note = configNote(component.config);
  if (note !== null) notes.push(note);
  if (slot?.refused) notes.push(`GitHub did not take the check: ${ended(slot.refused.because)}`);
  if (memory.doubt) notes.push("What GitHub told of this pull request contradicts itself; it is read afresh.");
  if (standing.is === "judged" && view.siblings.length > 0) notes.push(shared(view, standing.of));
  return notes;
}

/** Why GitHub does not hold a stage: it is not asked to, it cannot, not yet, or not in all. */
export type Open = { readonly kind: "observed" | "no" | "waiting" | "in part"; readonly because: string };

/** @returns why GitHub does not hold a stage in all that it is to hold; null where it does, by the rules as they were last read. */
export function openBecause({ config }: ComponentMemory, stage: StageMemory | null, base: Branch): Open | null {
  const { enforcement } = config.policy;
  if (enforcement === "observed") {
    return { kind: "observed", because: `add \`${CONFIG_PATH}\` to the default branch to switch it on.` };
  }
  if (enforcement === "observe") {
    return { kind: "observed", because: `\`enforcement: observe\` is set in \`${CONFIG_PATH}\`.` };
  }
  if (stage === null) return { kind: "waiting", because: `The rules of ${base} were not read yet.` };
  const { enforced } = stage;
  if (enforced.state !== "yes") return { kind: enforced.state, because: ended(enforced.because) };
  return enforced.but.length === 0 ? null : { kind: "in part", because: enforced.but.join(" ") };
}

const OPEN: { readonly [kind in Open["kind"]]: string } = {
  observed: "Nothing is enforced here: ",
  no: "Advice only: GitHub will not block this merge because ",
  waiting: "Not enforced yet. ",
  "in part": "",
};

/** One check stands for all open pull requests with the same head and base. */
function shared({ siblings }: PullView, of: number | null): string {
  const others = siblings.map(({ number }) => `#${number}`).join(", ");
  const whose = of === null ? "this pull request" : `#${of}; that of this pull request is below`;
  return `${others} ${siblings.length === 1 ? "has" : "have"} the same commit and base, so there is one check for all. It shows the verdict of ${whose}.`;
}

function explainedBy({ verdict, entries }: PullView, { is }: Standing): Answer["explained"] {
  const stored = entries.filter((entry) => entry.says !== null).filter(({ what }) => what === "judged");
  if (verdict === null) {
    if (is !== "merged" && is !== "closed") return null;
    const last = stored[0];
    const told = last === undefined ? null : verdictIn(last);
    return last === undefined || told === null ? null : { verdict: told, judged: judgedBy(last) };
  }
  const entry = stored.find(({ says }) => says["head"] === verdict.head && says["base"] === verdict.base);
  return { verdict, judged: entry === undefined ? null : judgedBy(entry) };
}

function judgedBy(entry: LedgerEntry): Judged {
  const { policy } = entry.says;
  return { at: entry.at, entry, policy: typeof policy === "string" ? (policy as Sha) : null };
}

/** The verdict that an entry keeps; null where an entry of another version keeps it otherwise. */
function verdictIn({ says }: LedgerEntry): Verdict | null {
  const { head, base, lane, outcome, findings } = says as Partial<Verdict>;
  const whole =
    typeof head === "string" &&
    typeof base === "string" &&
    OUTCOMES.some((known) => known === outcome) &&
    Array.isArray(findings);
  return whole ? ({ head, base, lane: lane ?? null, outcome, findings } as Verdict) : null;
}

const listed = (branches: readonly Branch[]) => branches.map((branch) => `\`${branch}\``).join(", ");
const ended = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);
