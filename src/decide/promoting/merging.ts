import { mayByRole } from "../../commands/command.ts";
import { mergesByPromoteOnly } from "../../flow/component.ts";
import type { Policy } from "../../flow/config.ts";
import { type Effect, type MergeMethod, mergeSlot, replySlot } from "../../flow/effect.ts";
import { digestOf, opens } from "../../flow/ledger.ts";
import { type Look, looking } from "../../flow/looking.ts";
import { type Branch, type Instant, short } from "../../flow/names.ts";
import { mergesTitle } from "../../flow/ruleset.ts";
import { subjectKey } from "../../flow/subject.ts";
import { openIn, type Verdict } from "../../flow/verdict.ts";
import { minute } from "../../flow/words.ts";
import { headOf } from "../../gates/gate.ts";
import { type Carried, carriedWords } from "../../release/carried.ts";
import { versionFilesAt } from "../../release/version-files.ts";
import { reply } from "../../report/reply.ts";
import { type Bringing, candidateFor, carriedBy } from "./choosing.ts";
import {
  type At,
  ended,
  goesOn,
  NOTHING_PROMOTED,
  notShown,
  type Promoting,
  type Promotion,
  type Step,
} from "./promotion.ts";
import { workflowsRefused } from "./workflow-files.ts";

/**
 * What is next while the pull request is open: it merges what passed, on facts read fresh, waits where it was asked to wait, or ends.
 *
 * @param verdict of all that share the check; null: there is none, and `because` says why.
 */
export function merging({ known, pull, component, promotion }: At, verdict: Verdict | null, because: string): Step {
  const { now, merge: slot, subject } = known;
  const end = (came: "done" | "refused", says: string, table = false) => ended({ known, promotion }, came, says, table);
  if (pull.head.sha !== promotion.head)
    return end(
      "refused",
      `It was asked for ${short(promotion.head)}, and the head is ${short(pull.head.sha)} now: look at that one, and say it again.`,
    );
  const { whenReadyUntil: until } = promotion;
  if (until !== null && until <= now)
    return end(
      "refused",
      `It was not ready within a day, until ${minute(until)}: say it again if it is still wanted.`,
      true,
    );
  if (verdict?.outcome !== "passed") {
    if (until !== null) return waiting({ known, component, promotion }, until);
    return end("refused", `It cannot be promoted yet. ${verdict === null ? because : openIn(verdict)}`, true);
  }

  const look = looking(known.read);
  const may = mayByRole({ by: promotion.request.by, policy: component.config.policy, look }, ["release-manager"]);
  const rules = look.at({ want: "rules", branch: pull.base });
  const needed = methodNeeded(verdict, component.config.policy);
  const brings = bringsOn({ known, pull, component, promotion }, verdict, look);
  const workflows = workflowsRefused({ pull, component }, verdict.lane, look);
  const settings = needed === null ? look.at({ want: "repository" }) : null;
  const missing = look.missing();
  if (missing !== null) return "lacks" in missing ? missing : { ...NOTHING_PROMOTED, lookAgainAt: missing.retryAt };
  if (may !== "yes") return end("refused", (may as Exclude<typeof may, "yes" | "unread">).says);
  if (rules?.some(({ type }) => type === "merge_queue"))
    return end("refused", `${pull.base} has a merge queue, ${queued(pull.base, component.config.policy)}`);
  if (workflows !== null) return end("refused", workflows);
  if (brings !== null && "refused" in brings) return end("refused", brings.refused);
  const method = needed ?? settings?.methods[0];
  if (method === undefined)
    return end("refused", "The settings of this repository allow no way of merging. An admin switches one on.");

  const fingerprint = digestOf(`${promotion.head} ${promotion.request.id}`);
  if (slot?.refused?.fingerprint === fingerprint)
    return end("refused", `GitHub would not merge it. ${slot.refused.because}`);
  if (slot?.written?.fingerprint === fingerprint)
    return (
      notShown(slot.written, now) ??
      end("refused", `GitHub said that it merged #${subject.number}, and does not show it: look at it there.`)
    );
  const effect: Effect = {
    does: "set",
    thing: "merge",
    slot: mergeSlot(subject.repository, subject.number, promotion.head),
    fingerprint,
    repository: subject.repository,
    name: component.name,
    number: subject.number,
    head: promotion.head,
    method,
  };
  return {
    ...NOTHING_PROMOTED,
    effects: [effect],
    entries: [
      ...(brings === null ? [] : [opens(subjectKey(subject), { ...promotion, ...brings })]),
      goesOn(known, promotion, `merges ${short(promotion.head)}`),
    ],
  };
}

/** What it carries, in words, past the first stage; refused where it would make a release that cannot be numbered so. */
function bringsOn(
  { known, pull, component, promotion }: At,
  verdict: Verdict,
  look: Look,
): Pick<Promotion, "carries" | "foreseen"> | { readonly refused: string } | null {
  const bringing = bringingOn({ known, pull, component }, verdict);
  if (bringing === null) return null;
  const words = (carried: Carried) => carriedWords(carried, promotion.request.by, known.subject.number);
  if (pull.base !== component.config.policy.stages.at(-1)) {
    const carried = carriedBy(bringing, look);
    return carried && { carries: words(carried) };
  }
  const files = versionFilesAt(look, pull.head.sha);
  const candidate = candidateFor(bringing, promotion.version, look, files ?? []);
  if (candidate === null || "refused" in candidate) return candidate;
  const { tag, remarks } = candidate.chosen;
  return { carries: words(candidate.carried), foreseen: { tag, remarks } };
}

/** What is brought past the first stage, as its gates compared it, so that it is read once; null: it goes elsewhere. */
export function bringingOn(
  { known, pull, component }: Pick<At, "known" | "pull" | "component">,
  { lane }: Verdict,
): Bringing | null {
  if (lane !== "promotion" && lane !== "release" && lane !== "hotfix") return null;
  const base = lane === "hotfix" ? pull.base : headOf(component, pull.base);
  return { known, pull, component, into: pull.base, base, head: pull.head.sha };
}

/** Past the first stage only merge commits keep the ancestry; null: as the repository allows. */
const methodNeeded = ({ lane }: Verdict, { mergeFirst }: Policy): MergeMethod | null =>
  lane === "feature" ? mergeFirst : "merge";

/** The queue merges as somebody else, whom our ruleset for merges does not let by. */
const queued = (base: Branch, policy: Policy): string =>
  mergesByPromoteOnly(policy, base)
    ? `and the ruleset “${mergesTitle(base)}” keeps that from merging. An admin takes the queue away, or a change of the config sets \`merge_by: anyone\`.`
    : "through which everything goes in. Press *Merge when ready* on this pull request; Flowgate judges it there once more.";

/** It waits, and says so once. */
function waiting({ known, component, promotion }: Omit<At, "pull">, until: Instant): Promoting {
  if (promotion.answered) return { ...NOTHING_PROMOTED, lookAgainAt: until };
  const { subject, verdict } = known;
  const { request, head } = promotion;
  const id = `${request.id}:waits`;
  const mark = `<!-- flowgate:reply ${id} -->`;
  const says = `${short(head)} is promoted as soon as its gates pass, until ${minute(until)}. \`/hold\` stops it.`;
  const effect: Effect = {
    does: "set",
    thing: "comment",
    slot: replySlot(subject.repository, id),
    fingerprint: digestOf(id),
    repository: subject.repository,
    name: component.name,
    number: subject.number,
    mark,
    body: `${reply([...promotion.others, { line: promotion.line, says, table: true }], verdict)}\n\n${mark}`,
  };
  return {
    ...NOTHING_PROMOTED,
    effects: [effect],
    entries: [opens(subjectKey(subject), { ...promotion, others: [], answered: true })],
    lookAgainAt: until,
  };
}
