import { LARGEST_BODY } from "../flow/carried-list.ts";
import { adoptionSlot, type Effect, reviewersSlot } from "../flow/effect.ts";
import type { ListedPull } from "../flow/facts.ts";
import { digestOf, opens } from "../flow/ledger.ts";
import { looking } from "../flow/looking.ts";
import { type Branch, type Sha, short } from "../flow/names.ts";
import { type Reviewers, reviewersFor } from "../flow/roles.ts";
import { subjectKey } from "../flow/subject.ts";
import type { Carried } from "../release/carried.ts";
import { promotionList } from "../report/carried.ts";
import { carriedBy } from "./choosing.ts";
import { type At, ended, goesOn, NOTHING_PROMOTED, type Promoting, type Promotion, type Step } from "./promotion.ts";

/** People get half of a body that we add a list to, unless they wrote more already. */
const ROOM = LARGEST_BODY / 2;

/** What takes it on is open already: it lists what it carries from here on, below what people wrote, and then it is the answer. */
export function adopting(
  { known, pull, component, promotion }: At,
  {
    there,
    into,
    commit,
    says,
  }: { readonly there: ListedPull; readonly into: Branch; readonly commit: Sha; readonly says: string },
): Step {
  const { subject, adoption: slot, read } = known;
  const { number, facts } = there;
  if (facts.list || slot !== null || isElsewhere(there, commit)) return ended({ known, promotion }, "done", says);
  const look = looking(read);
  // What it carries is no hotfix, whatever brought it here.
  const bringing = { known: { ...known, verdict: null }, pull, component, head: facts.head.sha };
  const carried = carriedBy({ ...bringing, into, base: component.stages?.[into] ?? into }, look);
  const missing = look.missing();
  if (missing !== null) return "lacks" in missing ? missing : { ...NOTHING_PROMOTED, lookAgainAt: missing.retryAt };
  // So much room there always is for a line.
  const list = promotionList({ carried: carried as Carried, since: { stage: pull.base, pulls: [] } }, ROOM) as string;
  const effect: Effect = {
    does: "set",
    thing: "pull-body",
    slot: adoptionSlot(subject.repository, subject.number),
    fingerprint: digestOf(`${number} ${list}`),
    repository: subject.repository,
    name: component.name,
    number,
    list,
    adds: true,
    title: null,
  };
  return {
    ...NOTHING_PROMOTED,
    effects: [effect],
    entries: [goesOn(known, promotion, `lists on #${number} what that carries`)],
  };
}

/** What was opened has those asked to review it whose approvals it needs, and then it is the answer. */
export function withReviewers(
  { known, component, promotion }: At,
  { number, into, says }: { readonly number: number; readonly into: Branch; readonly says: string },
): Step {
  const { subject, reviewers: slot, read } = known;
  const { policy } = component.config;
  const { by } = promotion.request;
  const end = (says: string): Step => onWord(ended({ known, promotion }, "done", says), promotion, number);
  if (slot?.written) return end(says);
  if (slot?.refused) return end(`${says} Nobody could be asked to review it. ${slot.refused.because}`);
  const look = looking(read);
  const owner = component.name.split("/")[0] as string;
  const asked = reviewersFor(policy.approvals[into] ?? [], policy, { owner, but: by }, look);
  const missing = look.missing();
  if (missing !== null) return "lacks" in missing ? missing : { ...NOTHING_PROMOTED, lookAgainAt: missing.retryAt };
  const { people, teams } = asked as Reviewers;
  if (people.length + teams.length === 0) return end(says);
  const effect: Effect = {
    does: "set",
    thing: "reviewers",
    slot: reviewersSlot(subject.repository, subject.number),
    fingerprint: digestOf([number, ...people, ...teams].join(" ")),
    repository: subject.repository,
    name: component.name,
    number,
    people,
    teams,
  };
  return {
    ...NOTHING_PROMOTED,
    effects: [effect],
    entries: [goesOn(known, promotion, `asks for reviews of #${number}`)],
  };
}

/** Whoever said `/promote` does not approve what we opened because of it. */
function onWord(end: Promoting, { repository, request }: Promotion, number: number): Promoting {
  const standing = {
    kind: "on-word",
    key: `on-word:${repository}:${number}`,
    by: request.by,
    at: request.at,
    because: "`/promote` had it opened",
    repository,
    number,
  } as const;
  const about = subjectKey({ kind: "pull", repository, number });
  return { ...end, entries: [...end.entries, opens(about, standing)] };
}

/** Whether it is pinned at another commit. */
const isElsewhere = ({ facts: { head } }: ListedPull, commit: Sha): boolean =>
  head.ref.startsWith("release/") && head.sha !== commit;

/** How what is open already takes it on. */
export const takenOnBy = (there: ListedPull, into: Branch, commit: Sha): string =>
  isElsewhere(there, commit)
    ? `#${there.number} is open into ${into} already, pinned at ${short(there.facts.head.sha)}: \`/promote refresh\` there moves it on.`
    : `#${there.number} takes it on to ${into}.`;
