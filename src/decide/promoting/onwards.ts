import type { Policy } from "../../flow/config.ts";
import { type Effect, promotionSlot } from "../../flow/effect.ts";
import type { ListedPull, PullKnown } from "../../flow/facts.ts";
import type { House } from "../../flow/house.ts";
import { digestOf } from "../../flow/ledger.ts";
import { type Look, looking } from "../../flow/looking.ts";
import type { PullMemory } from "../../flow/memory.ts";
import { type Branch, type Instant, type Sha, short } from "../../flow/names.ts";
import type { Carried } from "../../release/carried.ts";
import { handedOn } from "../../release/linked.ts";
import { promotionBody, promotionTitle } from "../../report/carried.ts";
import { isAttached } from "../releasing/evidencing.ts";
import { followsOn } from "../releasing/following.ts";
import { isLeftAlone } from "../releasing/mending.ts";
import { candidateFor, carriedBy } from "./choosing.ts";
import { adopting, takenOnBy } from "./handing-on.ts";
import { type At, ended, goesOn, NOTHING_PROMOTED, type Promotion, type Step } from "./promotion.ts";
import { withReviewers } from "./reviewers.ts";
import { makesRelease, releaseOn } from "./under-way.ts";

/** What is next once it is merged or closed: the pull request into the next stage, and then the answer. */
export function onwards({ known, pull, component, promotion }: At, house: House): Step {
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
    const comes = released(known, component.config.policy, promotion);
    if (comes === null) return NOTHING_PROMOTED;
    const follows = promotion.publishes ? null : followsOn(known, component);
    return end("done", [merged, comes, ...(follows === null ? [] : [follows])].join(" "));
  }
  if (into === undefined || verdict?.lane === "back-merge") return end("done", merged);

  if (slot?.written) {
    const says = `${merged} #${slot.written.id} takes it on to ${into}.`;
    return withReviewers({ known, pull, component, promotion }, { number: slot.written.id, into, says });
  }
  if (slot?.refused)
    return end("done", `${merged} The pull request into ${into} could not be opened. ${slot.refused.because}`);
  const look = looking(read);
  const open = look.at({ want: "open-pulls" });
  const missing = look.missing();
  if (missing !== null) return "lacks" in missing ? missing : { ...NOTHING_PROMOTED, lookAgainAt: missing.retryAt };
  const there = (open as readonly ListedPull[]).find((one) => takesOn(one, pull, into, known));
  if (there !== undefined) {
    const says = `${merged} ${takenOnBy(there, into, commit)}`;
    return adopting({ known, pull, component, promotion }, { there, into, commit, says });
  }

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
  const bringing = { known: { ...known, verdict: null }, pull, component, into, base, head: commit };
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
function released(known: PullKnown, policy: Policy, { foreseen }: Promotion): string | null {
  const { tag, release, rollback, assets } = known;
  if (rollback?.withdrawn) return "What it released was withdrawn.";
  const made = releaseOn(known);
  if (made !== undefined && isLeftAlone(known, made)) return null;
  const version = made?.version;
  if (tag?.refused) return `It could not be tagged. ${tag.refused.because}`;
  if (release?.refused)
    return release.written === null
      ? `${version} is tagged, and its release could not be drafted. ${release.refused.because}`
      : `${version} is tagged, and its draft could not be published. ${release.refused.because}`;
  const remarks = foreseen !== undefined && foreseen.tag === version ? foreseen.remarks : [];
  if (release?.written?.completed) return [`${version ?? "It"} is released.`, ...remarks].join(" ");
  if (assets?.refused)
    return `${version} is tagged and drafted, and its evidence could not be attached. ${assets.refused.because}`;
  return made !== undefined && isAttached(known, made)
    ? [`${version} is tagged, and its release is a draft until ${draftUntil(policy)}.`, ...remarks].join(" ")
    : null;
}

function draftUntil({ release, runBook }: Policy): string {
  const says = "a release manager says `/promote` here";
  if (release.publish === "automatic") return "it is deployed and tested";
  return runBook.required ? `it is deployed and tested, and then ${says}` : says;
}

/** Whether a pull request takes on what is in that stage. */
export const takesOn = (
  { facts: { head, base } }: ListedPull,
  pull: PullMemory,
  into: Branch,
  { subject }: PullKnown,
) =>
  base === into &&
  head.repository === subject.repository &&
  (head.ref === pull.base || head.ref.startsWith("release/"));

/** `release/DATE-SHA7`. */
const pinnedBranch = (at: Instant, commit: Sha): Branch => `release/${at.slice(0, 10)}-${short(commit)}` as Branch;
