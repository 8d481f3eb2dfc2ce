import { LARGEST_BODY } from "../../flow/carried-list.ts";
import { adoptionSlot, type Effect } from "../../flow/effect.ts";
import type { ListedPull } from "../../flow/facts.ts";
import { digestOf } from "../../flow/ledger.ts";
import { looking } from "../../flow/looking.ts";
import { type Branch, type Sha, short } from "../../flow/names.ts";
import type { Carried } from "../../release/carried.ts";
import { promotionList } from "../../report/carried.ts";
import { carriedBy } from "./choosing.ts";
import { type At, ended, goesOn, NOTHING_PROMOTED, type Step } from "./promotion.ts";

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

/** Whether it is pinned at another commit. */
const isElsewhere = ({ facts: { head } }: ListedPull, commit: Sha): boolean =>
  head.ref.startsWith("release/") && head.sha !== commit;

/** How what is open already takes it on. */
export const takenOnBy = (there: ListedPull, into: Branch, commit: Sha): string =>
  isElsewhere(there, commit)
    ? `#${there.number} is open into ${into} already, pinned at ${short(there.facts.head.sha)}: \`/promote refresh\` there moves it on.`
    : `#${there.number} takes it on to ${into}.`;
