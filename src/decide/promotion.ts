import { mayByRole } from "../commands/command.ts";
import { mergesByPromoteOnly } from "../flow/component.ts";
import type { Policy } from "../flow/config.ts";
import { branchSlot, type Effect, type MergeMethod, mergeSlot, promotionSlot, replySlot } from "../flow/effect.ts";
import type { ListedPull, PullKnown, Want } from "../flow/facts.ts";
import type { House } from "../flow/house.ts";
import { closes, digestOf, type Entry, opens } from "../flow/ledger.ts";
import { type Look, looking } from "../flow/looking.ts";
import type { ComponentMemory, PullMemory } from "../flow/memory.ts";
import { type Branch, type Instant, later, type Sha, short } from "../flow/names.ts";
import { mergesTitle } from "../flow/ruleset.ts";
import type { StandingOf } from "../flow/standing.ts";
import { subjectKey } from "../flow/subject.ts";
import type { Finding, Verdict } from "../flow/verdict.ts";
import { minute } from "../flow/words.ts";
import { headOf } from "../gates/gate.ts";
import { type Carried, carriedWords } from "../release/carried.ts";
import { handedOn } from "../release/linked.ts";
import { promotionBody, promotionTitle } from "../report/carried.ts";
import { reply } from "../report/reply.ts";
import { candidateFor, carriedBy } from "./choosing.ts";
import type { Said } from "./requests.ts";
import { makesRelease, releaseOn } from "./under-way.ts";

type Promotion = StandingOf<"promotion">;

/** What is next on the way of a `/promote`. */
export type Promoting = {
  readonly entries: readonly Entry[];
  readonly effects: readonly Effect[];
  /** What became of it, where it is at its end. */
  readonly said: readonly Said[];
  readonly lookAgainAt: Instant | null;
};

/** Where it is under way. */
type At = {
  readonly known: PullKnown;
  readonly pull: PullMemory;
  readonly component: ComponentMemory;
  readonly promotion: Promotion;
};

/** GitHub's answers may lag behind what it did. */
const LAG_MS = 2_000;

/**
 * What is next while the pull request is open: it merges what passed, on facts read fresh, waits where it was asked to wait, or ends.
 *
 * @param verdict of all that share the check; null: there is none, and `because` says why.
 */
export function merging(
  { known, pull, component, promotion }: At,
  verdict: Verdict | null,
  because: string,
): Promoting | { readonly lacks: readonly Want[] } {
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
  const settings = needed === null ? look.at({ want: "repository" }) : null;
  const missing = look.missing();
  if (missing !== null) return "lacks" in missing ? missing : { ...NOTHING_PROMOTED, lookAgainAt: missing.retryAt };
  if (may !== "yes") return end("refused", (may as Exclude<typeof may, "yes" | "unread">).says);
  if (rules?.some(({ type }) => type === "merge_queue"))
    return end("refused", `${pull.base} has a merge queue, ${queued(pull.base, component.config.policy)}`);
  if (brings !== null && "refused" in brings) return end("refused", brings.refused);
  const method = needed ?? settings?.methods[0];
  if (method === undefined)
    return end("refused", "The settings of this repository allow no way of merging. An admin switches one on.");

  const fingerprint = digestOf(`${promotion.head} ${promotion.request.id}`);
  if (slot?.refused?.fingerprint === fingerprint)
    return end("refused", `GitHub would not merge it. ${slot.refused.because}`);
  if (slot?.written?.fingerprint === fingerprint) return { ...NOTHING_PROMOTED, lookAgainAt: later(now, LAG_MS) };
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
      ...(brings === null ? [] : [opens(subjectKey(subject), { ...promotion, carries: brings.words })]),
      goesOn(known, promotion, `merges ${short(promotion.head)}`),
    ],
  };
}

/** What it carries, in words, past the first stage; refused where it would make a release that cannot be numbered so. */
function bringsOn(
  { known, pull, component, promotion }: At,
  { lane }: Verdict,
  look: Look,
): { readonly words: string } | { readonly refused: string } | null {
  if (lane !== "promotion" && lane !== "release" && lane !== "hotfix") return null;
  // As its gates compared it, so that it is read once.
  const base = lane === "hotfix" ? pull.base : headOf(component, pull.base);
  const bringing = { known, pull, component, base, head: pull.head.sha };
  const candidate =
    pull.base === component.config.policy.stages.at(-1)
      ? candidateFor(bringing, promotion.version, look)
      : { carried: carriedBy(bringing, look) };
  if (candidate === null || "refused" in candidate) return candidate;
  const { carried } = candidate;
  return carried && { words: carriedWords(carried, promotion.request.by, known.subject.number) };
}

export const NOTHING_PROMOTED: Promoting = { entries: [], effects: [], said: [], lookAgainAt: null };

/** Past the first stage only merge commits keep the ancestry; null: as the repository allows. */
const methodNeeded = ({ lane }: Verdict, { mergeFirst }: Policy): MergeMethod | null =>
  lane === "feature" ? mergeFirst : "merge";

/** The queue merges as somebody else, whom our ruleset for merges does not let by. */
const queued = (base: Branch, policy: Policy): string =>
  mergesByPromoteOnly(policy, base)
    ? `and the ruleset “${mergesTitle(base)}” keeps that from merging. An admin takes the queue away, or a change of the config sets \`merge_by: anyone\`.`
    : "through which everything goes in. Press *Merge when ready* on this pull request; Flowgate judges it there once more.";

const openIn = ({ outcome, findings }: Verdict): string =>
  (findings.find((finding) => finding.outcome === outcome) as Finding).because;

/** What is next where a branch of ours is moved on to where its stage is, and nothing is merged. */
export function refreshing({ known, pull, component, promotion }: At, to: Sha): Promoting {
  const { subject, now, branch: slot } = known;
  const end = (came: "done" | "refused", says: string) => ended({ known, promotion }, came, says);
  if (pull.head.sha === to) return end("done", `#${subject.number} is at ${short(to)} now, and is judged anew.`);
  if (pull.state === "closed") return end("refused", `#${subject.number} was closed meanwhile.`);
  if (pull.head.sha !== promotion.head)
    return end(
      "refused",
      `Somebody moved it from ${short(promotion.head)} to ${short(pull.head.sha)} meanwhile: look at that, and say it again.`,
    );
  const fingerprint = digestOf(`${to} ${promotion.request.id}`);
  if (slot?.refused?.fingerprint === fingerprint)
    return end("refused", `GitHub would not move ${pull.head.ref}. ${slot.refused.because}`);
  if (slot?.written?.fingerprint === fingerprint) return { ...NOTHING_PROMOTED, lookAgainAt: later(now, LAG_MS) };
  const effect: Effect = {
    does: "set",
    thing: "branch",
    slot: branchSlot(subject.repository, pull.head.ref),
    fingerprint,
    repository: subject.repository,
    name: component.name,
    branch: pull.head.ref,
    to,
  };
  return { ...NOTHING_PROMOTED, effects: [effect], entries: [goesOn(known, promotion, `moves on to ${short(to)}`)] };
}

/** What is next once it is merged or closed: the pull request into the next stage, and then the answer. */
export function promotingOn(
  { known, pull, component, promotion }: At,
  house: House,
): Promoting | { readonly lacks: readonly Want[] } {
  const { subject, verdict, next: slot, read } = known;
  const { stages, promotionHead } = component.config.policy;
  const end = (came: "done" | "refused", says: string) => ended({ known, promotion }, came, says);
  if (!pull.merged) return end("refused", `#${subject.number} was closed and not merged: there is nothing to promote.`);
  if (pull.head.sha !== promotion.head)
    return end("refused", `It was merged as ${short(pull.head.sha)}, and ${short(promotion.head)} was asked for.`);
  const commit = pull.mergeCommit ?? pull.head.sha;
  const carries = promotion.carries === null ? "" : `It carries ${promotion.carries}. `;
  const merged = `${carries}#${subject.number} is in ${pull.base} as ${short(commit)}.`;
  const place = stages.indexOf(pull.base);
  const into = stages[place + 1];
  if (into === undefined && makesRelease(known, pull, component)) {
    const comes = released(known);
    return comes === null ? NOTHING_PROMOTED : end("done", `${merged} ${comes}`);
  }
  if (into === undefined || verdict?.lane === "back-merge") return end("done", merged);

  if (slot?.written) return end("done", `${merged} #${slot.written.id} takes it on to ${into}.`);
  if (slot?.refused)
    return end("done", `${merged} The pull request into ${into} could not be opened. ${slot.refused.because}`);
  const look = looking(read);
  const open = look.at({ want: "open-pulls" });
  const missing = look.missing();
  if (missing !== null) return "lacks" in missing ? missing : { ...NOTHING_PROMOTED, lookAgainAt: missing.retryAt };
  const there = (open as readonly ListedPull[]).find((one) => takesOn(one, pull, into, known));
  if (there !== undefined) return end("done", `${merged} ${takenOnBy(there, into, commit)}`);

  const pinned = place === 0 && promotionHead === "pinned" ? commit : null;
  const said = saidBy({ known, pull, component, promotion }, { commit, into }, house, look);
  const lacking = look.missing();
  if (lacking !== null) return "lacks" in lacking ? lacking : { ...NOTHING_PROMOTED, lookAgainAt: lacking.retryAt };
  const effect: Effect = {
    does: "set",
    thing: "promotion",
    slot: promotionSlot(subject.repository, subject.number),
    fingerprint: digestOf(`${commit} ${into}`),
    repository: subject.repository,
    name: component.name,
    branch: pinned === null ? pull.base : pinnedBranch(promotion.at, commit),
    base: into,
    pinned,
    ...said,
  };
  return {
    ...NOTHING_PROMOTED,
    effects: [effect],
    entries: [goesOn(known, promotion, `opens the pull request into ${into}`)],
  };
}

/** Title and body of the pull request into the next stage; what is still to be read, `look` knows. */
function saidBy(
  { known, pull, component }: At,
  { commit, into }: { readonly commit: Sha; readonly into: Branch },
  { web }: House,
  look: Look,
): { readonly title: string; readonly body: string } {
  const { policy } = component.config;
  // Compared with the commit that it will be judged against, so that it is read once.
  const base = component.stages?.[into] ?? into;
  // What it carries is no hotfix, whatever brought it here.
  const bringing = { known: { ...known, verdict: null }, pull, component, base, head: commit };
  const candidate = into === policy.stages.at(-1) ? candidateFor(bringing, null, look) : null;
  const carried = carriedBy(bringing, look) ?? NOTHING_CARRIED;
  const book = handedOn(
    {
      pull: { ...pull, number: known.subject.number },
      policy,
      repository: component.name,
      web,
      standing: known.standing,
      look,
    },
    known.verdict?.lane,
  );
  const of =
    candidate !== null && "chosen" in candidate ? { tag: candidate.chosen.tag } : { from: pull.base, to: into };
  return {
    title: promotionTitle(of),
    body: promotionBody(book === null ? "" : `Run-book: ${book}\n\n`, {
      carried,
      since: { stage: pull.base, pulls: [] },
    }),
  };
}
const NOTHING_CARRIED: Carried = { pulls: [], loose: [], whole: true };

/** What came of the release that the merge makes; null: it is being made. */
function released(known: PullKnown): string | null {
  const { tag, release } = known;
  const version = releaseOn(known)?.version;
  if (tag?.refused) return `It could not be tagged. ${tag.refused.because}`;
  if (release?.refused)
    return release.written === null
      ? `${version} is tagged, and its release could not be drafted. ${release.refused.because}`
      : `${version} is tagged, and its draft could not be published. ${release.refused.because}`;
  if (release?.written?.completed) return `${version ?? "It"} is released.`;
  return release?.written ? `${version} is tagged, and its release is a draft until it is deployed and tested.` : null;
}

/** Whether a pull request takes on what is in that stage. */
const takesOn = ({ facts: { head, base } }: ListedPull, pull: PullMemory, into: Branch, { subject }: PullKnown) =>
  base === into &&
  head.repository === subject.repository &&
  (head.ref === pull.base || head.ref.startsWith("release/"));

const takenOnBy = ({ number, facts: { head } }: ListedPull, into: Branch, commit: Sha): string =>
  head.ref.startsWith("release/") && head.sha !== commit
    ? `#${number} is open into ${into} already, pinned at ${short(head.sha)}: \`/promote refresh\` there moves it on.`
    : `#${number} takes it on to ${into}.`;

/** `release/DATE-SHA7`. */
const pinnedBranch = (at: Instant, commit: Sha): Branch => `release/${at.slice(0, 10)}-${short(commit)}` as Branch;

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

/** Nothing on GitHub changes before the reason is in the ledger. */
const goesOn = ({ subject }: PullKnown, { key, request }: Promotion, does: string): Entry => ({
  what: "promoting",
  actor: request.by.login,
  about: subjectKey(subject),
  says: { key, request: request.id, does },
});

function ended(
  { known, promotion }: Pick<At, "known" | "promotion">,
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
