import { isEnforced } from "../../flow/component.ts";
import type { Decision } from "../../flow/decision.ts";
import type { PullKnown, Read, Want } from "../../flow/facts.ts";
import type { House } from "../../flow/house.ts";
import { type Look, looking } from "../../flow/looking.ts";
import type { ComponentMemory, PullMemory } from "../../flow/memory.ts";
import { type Branch, type Instant, short } from "../../flow/names.ts";
import type { Line, Request } from "../../flow/request.ts";
import type { Verdict } from "../../flow/verdict.ts";
import type { VersionAsked } from "../../flow/version-asked.ts";
import { type Carried, carriedWords } from "../../release/carried.ts";
import { versionFilesAt } from "../../release/version-files.ts";
import { promotionTitle } from "../../report/carried.ts";
import { releaseNotes } from "../../report/notes.ts";
import { LONGEST_PART, type Rehearsal, rehearsalShown } from "../../report/rehearsal.ts";
import { type Walks, walksOn } from "../pull/execution.ts";
import type { Said } from "../pull/requests.ts";
import { compareUrl, exceptionsOf } from "../releasing/begun.ts";
import { wouldFollow } from "../releasing/following.ts";
import { type Bringing, type Candidate, candidateFor, carriedBy } from "./choosing.ts";
import { takenOnBy } from "./handing-on.ts";
import { bringingOn, merging } from "./merging.ts";
import { takesOn } from "./onwards.ts";
import { pullIn, shownBy } from "./promoting.ts";
import type { At } from "./promotion.ts";

/** A pull request that was just judged. */
type Judged = {
  readonly known: PullKnown & { readonly memory: PullMemory };
  readonly judged: Decision;
  readonly component: ComponentMemory;
  readonly house: House;
};
/** Something is still to be read; or GitHub did not say, and is asked again then, or when it is judged again. */
type Unread = { readonly lacks: readonly Want[] } | { readonly retryAt: Instant | null };

/**
 * What people asked to be shown by `dry run`, put into their answers: what `/promote` would answer and do now, computed as
 * that does it. Nothing is done.
 */
export function rehearsed(said: readonly Said[], at: Judged): { readonly said: readonly Said[] } | Unread {
  const told: Said[] = [];
  for (const one of said) {
    const lines: Line[] = [];
    for (const { rehearses, ...line } of one.lines) {
      const shown = rehearses === undefined ? line : rehearsal(line, rehearses.version, one.request, at);
      if (!("line" in shown)) return shown;
      lines.push(shown);
    }
    told.push({ ...one, lines });
  }
  return { said: told };
}

/** Sentences, and what stands below them. */
type Part = Partial<Rehearsal> & {
  /** What is carried, which is said before all else. */
  readonly carries?: string;
  readonly says: readonly string[];
};

function rehearsal(
  line: Line,
  version: VersionAsked | null,
  request: Request,
  { known, judged, component, house }: Judged,
): Line | Unread {
  const pull = pullIn(judged, known);
  const shared = shownBy(judged, known);
  // GitHub may not have told of what we did ourselves.
  const isIn = pull.merged || known.merge?.written != null;
  if (shared === undefined && !isIn) return { retryAt: judged.lookAgainAt };
  const verdict = shared ?? null;
  const promotion = asIfAsked({ request, line, version, pull, known });
  const at: Rehearsed = { known: { ...known, verdict: verdict ?? known.verdict }, pull, component, promotion, house };
  const parts = whole(
    isIn
      ? [next(at, true)]
      : [step(at, verdict, judged.because), ...(verdict?.lane ? [brought(at, verdict), next(at, false)] : [])],
  );
  if (!("parts" in parts)) return parts;
  const { says, ...below } = together(parts.parts);
  const shows = rehearsalShown(below);
  return { ...line, says: [...says, line.says].join(" "), ...(shows !== null && { shows }) };
}

type Rehearsed = At & { readonly house: House };

/** A `/promote` as it would be under way. */
const asIfAsked = ({
  request,
  line,
  version,
  pull,
  known,
}: Pick<Rehearsed, "pull" | "known"> & {
  readonly request: Request;
  readonly line: Line;
  readonly version: VersionAsked | null;
}): At["promotion"] => ({
  kind: "promotion",
  key: "rehearsal",
  by: request.by,
  at: known.now,
  because: line.line,
  repository: known.subject.repository,
  number: known.subject.number,
  head: pull.head.sha,
  whenReadyUntil: null,
  version,
  refreshTo: null,
  request,
  others: [],
  carries: null,
  line: line.line,
  answered: false,
});

function whole(parts: readonly (Part | Unread)[]): { readonly parts: readonly Part[] } | Unread {
  const silent = parts.find((part) => "retryAt" in part);
  if (silent !== undefined) return silent;
  const lacks = parts.flatMap((part) => ("lacks" in part ? part.lacks : []));
  return lacks.length > 0 ? { lacks } : { parts: parts.filter((part) => "says" in part) };
}

/** What is found out by looking; what of it is missing, `look` knows. */
function looked(read: Read, tell: (look: Look) => Part): Part | Unread {
  const look = looking(read);
  const part = tell(look);
  return look.missing() ?? part;
}

function together(parts: readonly Part[]): Rehearsal & Pick<Part, "says"> {
  const says = [...parts.flatMap(({ carries = [] }) => carries), ...parts.flatMap((part) => part.says)];
  return {
    // A version that is refused is found twice.
    says: [...new Set(says)],
    remarks: parts.flatMap(({ remarks = [] }) => remarks),
    notes: parts.find(({ notes }) => notes)?.notes ?? null,
    carried: parts.find(({ carried }) => carried)?.carried ?? null,
  };
}

const wouldAnswer = (says: string): string => `\`/promote\` would answer: ${says}`;

/** What it would do with the pull request as it is. */
function step(at: Rehearsed, verdict: Verdict | null, because: string): Part | Unread {
  const { known, pull } = at;
  const would = merging(at, verdict, because);
  if ("lacks" in would) return would;
  const answer = would.said.flatMap(({ lines }) => lines).at(-1);
  if (answer !== undefined) return { says: [wouldAnswer(answer.says)] };
  if (would.effects.length === 0) return { retryAt: would.lookAgainAt };
  return {
    says: [`\`/promote\` would merge #${known.subject.number} into ${pull.base} at ${short(pull.head.sha)}.`],
  };
}

/** What it carries, and the release that it would be. */
function brought(at: Rehearsed, verdict: Verdict): Part | Unread {
  const { known, pull, component, promotion, house } = at;
  const { policy } = component.config;
  const bringing = bringingOn(at, verdict);
  if (bringing === null) return { says: [] };
  if (pull.base !== policy.stages.at(-1) || !isEnforced(policy))
    return looked(known.read, (look) => listing(at, carriedBy(bringing, look)));
  const walks = walksOn(known, pull, component, house, verdict.lane);
  if (walks !== null && !("rehearsal" in walks)) return walks;
  return looked(known.read, (look) => {
    const files = versionFilesAt(look, bringing.head);
    const candidate = candidateFor(bringing, promotion.version, look, files ?? []);
    if (candidate === null) return { says: [] };
    return "refused" in candidate
      ? { says: [wouldAnswer(candidate.refused)] }
      : released(at, candidate, { walks, bringing, look });
  });
}

function listing({ known, promotion }: Rehearsed, carried: Carried | null): Part {
  if (carried === null) return { says: [] };
  const carries = `It carries ${carriedWords(carried, promotion.request.by, known.subject.number)}.`;
  const isEmpty = carried.pulls.length + carried.loose.length === 0;
  return { carries, says: [], ...(!isEmpty && { carried }) };
}

function released(
  at: Rehearsed,
  { chosen, carried }: Candidate,
  { walks, bringing, look }: { readonly walks: Walks | null; readonly bringing: Bringing; readonly look: Look },
): Part {
  const { known, component, promotion, house } = at;
  const { tag, because, remarks, advice } = chosen;
  const { base, head } = bringing;
  const text = releaseNotes(
    {
      chosen,
      number: known.subject.number,
      by: promotion.request.by,
      carried,
      exceptions: exceptionsOf(known, walks, look.at({ want: "compare", base, head })),
      compareUrl: compareUrl(chosen, component, house),
    },
    LONGEST_PART,
  );
  const { carries = "" } = listing(at, carried);
  return {
    carries,
    says: [`The release would be ${because.startsWith("`") ? because : `\`${tag}\`: ${because}`}.`],
    remarks: [...remarks, ...advice],
    notes: { tag, text },
  };
}

/**
 * The pull request that takes it further.
 *
 * @param isIn it is merged: then what that one would carry is told, too.
 */
function next(at: Rehearsed, isIn: boolean): Part | Unread {
  const { known, pull, component } = at;
  const { stages } = component.config.policy;
  const place = stages.indexOf(pull.base);
  const into = stages[place + 1];
  if (into === undefined && known.verdict?.lane === "hotfix" && !isIn) return following(at);
  if (into === undefined || known.verdict?.lane === "back-merge")
    return { says: isIn ? [`#${known.subject.number} is where it was to go.`] : [] };
  if (known.next?.written) return { says: [`#${known.next.written.id} takes it on to ${into}.`] };
  const head = (isIn ? pull.mergeCommit : null) ?? pull.head.sha;
  const bringing: Bringing = {
    known: { ...known, verdict: null },
    pull,
    component,
    into,
    base: component.stages?.[into] ?? into,
    head,
  };
  return looked(known.read, (look) => {
    const there = look.at({ want: "open-pulls" })?.find((one) => takesOn(one, pull, into, known));
    if (there !== undefined) return { says: [takenOnBy(there, into, head)] };
    // What else is in the first stage by then, the head of a feature does not tell.
    const isTold = into === stages.at(-1) && (isIn || place > 0);
    const candidate = isTold ? candidateFor(bringing, null, look) : null;
    const title = titled(candidate, { from: pull.base, to: into, isLast: into === stages.at(-1) });
    return isIn
      ? { ...listing(at, carriedBy(bringing, look)), says: [`\`/promote\` would open ${title}.`] }
      : { says: [`Once it is merged, ${title} would be opened.`] };
  });
}

/** What would follow a hotfix. */
function following(at: Rehearsed): Part | Unread {
  const { known, pull, component, house } = at;
  const walks = walksOn(known, pull, component, house, "hotfix");
  if (walks !== null && !("rehearsal" in walks)) return walks;
  const follows = wouldFollow(at, walks);
  if (follows !== null && typeof follows !== "string")
    return "lacks" in follows ? follows : { retryAt: follows.retryAt };
  return { says: follows === null ? [] : [`Once it is merged, ${follows}`] };
}

function titled(
  candidate: ReturnType<typeof candidateFor>,
  { from, to, isLast }: { readonly from: Branch; readonly to: Branch; readonly isLast: boolean },
): string {
  if (candidate !== null && "chosen" in candidate) return `“${promotionTitle({ tag: candidate.chosen.tag })}”`;
  return isLast ? `the pull request into ${to}` : `“${promotionTitle({ from, to })}”`;
}
