import { commandNamed, NAMES } from "../../commands/catalog.ts";
import { type Act, type Asked, type Came, type Command, notBy, type OnPull } from "../../commands/command.ts";
import { commandsIn, meant, type Written, writtenOn } from "../../commands/grammar.ts";
import { isComponent, isHome } from "../../flow/component.ts";
import type { Heard as Asking, Read, Want } from "../../flow/facts.ts";
import { canonical, closes, type Entry, opens } from "../../flow/ledger.ts";
import { looking } from "../../flow/looking.ts";
import type { ComponentMemory } from "../../flow/memory.ts";
import type { Branch, Instant, RepositoryId } from "../../flow/names.ts";
import { isConfirmed, isOverride } from "../../flow/override.ts";
import { madeOf } from "../../flow/policy.ts";
import { type Answer, type Heard, type Line, type Request, takenBackOf } from "../../flow/request.ts";
import { promotionKey, type Standing, type StandingOf } from "../../flow/standing.ts";
import { type Nudge, type Subject, subjectKey } from "../../flow/subject.ts";
import { attestedAnywhere } from "../../release/attestation.ts";
import { DRY_FIRST, EDITED, NOT_PROMOTED, NOTHING_DONE, TAKEN_BACK, TWICE } from "../../report/reply.ts";
import { setsOut } from "../promoting/train.ts";
import { type StickyCame, stickyCame } from "./sticky.ts";

type Known = Asking & {
  readonly web: string;
  readonly now: Instant;
  readonly read: Read;
  readonly subject: Extract<Subject, { readonly kind: "pull" | "component" }>;
  readonly component: ComponentMemory;
  readonly pull: Asked["pull"];
  readonly standing: readonly Standing[];
} & Pick<Asked, "unexplained" | "spent" | "mayAffect" | "lastRelease">;

/** What somebody asked for and what came of it; said once it was judged what follows. */
export type Said = {
  readonly request: Request;
  readonly came: Answer["came"];
  readonly lines: readonly Line[];
  /** It is under way because this waits for the issues that it links. */
  readonly waits?: readonly Line[];
};

/** What people asked for, carried out: what stands from now on, and what is to be answered. */
export type Obeyed = {
  readonly standing: readonly Standing[];
  /** Somebody wants everything read afresh. */
  readonly fresh: boolean;
  readonly said: readonly Said[];
  readonly entries: readonly Entry[];
  readonly nudges: readonly Nudge[];
  /** GitHub did not answer: then it is tried again. */
  readonly retryAt: Instant | null;
};

/** Carries out what was asked for and not answered yet, oldest first. Several lines of one comment are done together or not at all. */
export function obey(known: Known): Obeyed | { readonly lacks: readonly Want[] } {
  let obeyed: Obeyed = { standing: known.standing, fresh: false, said: [], entries: [], nudges: [], retryAt: null };
  for (const { request, answer } of known.requests) {
    if (answer !== null) continue;
    const came = heard(request, { ...known, standing: obeyed.standing });
    if ("lacks" in came) return came;
    if ("retryAt" in came) return { ...obeyed, retryAt: came.retryAt };
    obeyed = {
      ...obeyed,
      standing: came.entries.reduce(standingAfter, obeyed.standing),
      fresh:
        obeyed.fresh || came.said.some(({ came, lines }) => came === "under way" || lines.some(({ table }) => table)),
      said: [...obeyed.said, ...came.said],
      entries: [...obeyed.entries, ...came.entries],
      nudges: [...obeyed.nudges, ...came.nudges],
    };
  }
  return obeyed;
}

type Outcome =
  | { readonly said: readonly Said[]; readonly entries: readonly Entry[]; readonly nudges: readonly Nudge[] }
  | { readonly lacks: readonly Want[] }
  | { readonly retryAt: Instant };

function heard(request: Heard, known: Known): Outcome {
  if (request.how === "taken back") return takenBack(request, known);
  if (request.how === "sticky") return stickyEdited(request, known);
  const { origin } = request;
  const lines = ("page" in origin ? [writtenOn(origin.page)] : commandsIn(request.body)).flatMap((written) => {
    const command = commandNamed(written.name);
    const near = command === undefined ? meant(written.name, NAMES) : null;
    return command === undefined && near === null ? [] : [{ written, command, near }];
  });
  const say = (came: Answer["came"], said: readonly Line[]): Outcome => ({
    said: [{ request, came, lines: said }],
    entries: [],
    nudges: [],
  });
  // A repository that lacks stage branches is left alone, and so is what another tool is asked.
  const leftAlone = !isComponent(known.component) && !isHome(known.component.name);
  if (lines.length === 0 || leftAlone) return say("done", []);
  if (request.how === "edited in") return say("not understood", [{ line: "", says: EDITED }]);

  const acts = lines.map(({ written, command, near }) => ({ written, ...understood(written, command, near, known) }));
  const wrong = acts.flatMap(({ written, not }) => (not === undefined ? [] : [{ line: written.line, says: not }]));
  if (wrong.length > 0) return say("not understood", unlessAll(wrong, acts.length));

  const look = looking(known.read);
  const results: { readonly line: string; readonly came: Came | null }[] = [];
  let { standing } = known;
  for (const { written, allows, act } of acts as readonly Understood[]) {
    const asked = { ...askedBy(request, known), standing, look };
    const may = allows(asked);
    const came = may === "yes" ? act(asked as OnPull) : notBy(may);
    results.push({ line: written.line, came });
    if (came?.came === "done") standing = (came.entries ?? []).reduce(standingAfter, standing);
  }
  const missing = look.missing();
  if (missing !== null) return "lacks" in missing ? missing : { retryAt: missing.retryAt };
  const done = results.flatMap(({ came }) => (came?.came === "done" ? [came] : []));
  const said = results.flatMap(({ line, came }) => (came?.came === "done" ? [lineOf(line, came)] : []));
  const refused = results.flatMap(({ line, came }) => (came?.came === "refused" ? [{ line, says: came.says }] : []));
  if (refused.length > 0) return say("refused", unlessAll(refused, results.length));
  const entries = done.flatMap(({ entries = [] }) => entries);
  const nudges = done.flatMap(({ nudges = [] }) => nudges);
  const [longer, twice] = results.flatMap(({ line, came }) => (came?.came === "under way" ? [{ line, came }] : []));
  if (twice !== undefined) return say("not understood", [{ line: twice.line, says: TWICE }]);
  const dry = said.find(({ rehearses }) => rehearses !== undefined);
  if (longer !== undefined && dry !== undefined) return say("not understood", [{ line: dry.line, says: DRY_FIRST }]);
  if (longer === undefined) return { said: [{ request, came: "done", lines: said }], entries, nudges };
  const { line, came } = longer;
  const isUnderWay: Said = { request, came: "under way", lines: [] };
  if ("train" in came)
    return {
      said: [isUnderWay],
      entries: [...entries, setsOut(request, { ...came.train, line, others: said }, known)],
      nudges: [...nudges, toComponent(known.subject.repository)],
    };
  const begun = begins(request, { line, came, others: said }, known);
  return {
    said: [...replaced(request, begun.kind, known), isUnderWay],
    entries: [...entries, opens(subjectKey(known.subject), begun)],
    nudges,
  };
}

/** Trains go on where their component is looked at. */
export const toComponent = (repository: RepositoryId): Nudge => ({
  priority: "person",
  subject: { kind: "component", repository },
});

/** What is said of a line, without what follows from it. */
const lineOf = (line: string, came: Extract<Came, { readonly came: "done" }>): Line => {
  const { came: _, entries: __, nudges: ___, ...said } = came;
  return { line, ...said };
};
/** One of its kind that was under way is answered, and ends. */
function replaced({ by, origin }: Heard, kind: UnderWay["kind"], { standing }: Known): readonly Said[] {
  const before = standing.find((one): one is UnderWay => one.kind === kind && one.number === origin.number);
  if (before === undefined) return [];
  const { request, others, line } = before;
  const says = `${by.login} asked for it anew, and this ends.`;
  return [{ request, came: "refused", lines: [...others, { line, says }] }];
}

type UnderWay = StandingOf<"promotion" | "rolling-back">;

/** From here on it survives anything; see `promoting` and `rollingBack`. */
function begins(
  request: Heard,
  {
    line,
    came,
    others,
  }: {
    readonly line: string;
    readonly came: Exclude<Extract<Came, { readonly came: "under way" }>, { readonly train: unknown }>;
    readonly others: readonly Line[];
  },
  { subject, now }: Known,
): UnderWay {
  const { repository } = subject;
  const { number } = request.origin;
  const common = { by: request.by, at: now, repository, number, request, others, line };
  if ("rollsBack" in came)
    return { ...common, ...came.rollsBack, kind: "rolling-back", key: `rolling-back:${repository}:${number}` };
  return {
    ...common,
    ...came.promotes,
    kind: "promotion",
    key: promotionKey(repository, number),
    because: line,
    carries: null,
    answered: false,
  };
}

/** What was attested, or asked for and not agreed to or merged yet, by a comment that is not there any more as it was written. */
function takenBack(request: Heard, { standing, spent, subject, component, pull }: Known): Outcome {
  const { origin, by, id } = request;
  const unheard = standing.filter(isOverride).filter((one) => !isConfirmed(one));
  const attested = [...attestedAnywhere(standing, spent), ...unheard].filter((one) =>
    "comment" in origin ? one.comment === origin.comment : "review" in origin && one.review === origin.review,
  );
  const ends = standing.filter(
    (one): one is StandingOf<"promotion"> =>
      one.kind === "promotion" &&
      one.refreshTo === null &&
      canonical(one.request.origin) === canonical(origin) &&
      pull?.state === "open",
  );
  const lines = [
    ...attested.map(() => ({ line: "", says: TAKEN_BACK })),
    ...ends.flatMap(({ others, line }) => [...others, { line, says: NOT_PROMOTED }]),
  ];
  const about = subjectKey(subject);
  // What of a train is under way comes to its end, and that is answered.
  const isTrain = standing.some(
    (one) => one.kind === "train" && one.asked.repository === subject.repository && takenBackOf(one.request.id) === id,
  );
  return {
    said: [
      { request, came: "done", lines },
      // It is told in this answer what became of that one.
      ...ends.map((one): Said => ({ request: one.request, came: "done", lines: [] })),
    ],
    entries: [...attested, ...ends].map(({ key }) => closes(about, by.login, key, "its comment was edited or deleted")),
    nudges: [
      ...(attested.length === 0 ? [] : [intoLast(subject.repository, component)]),
      ...(isTrain ? [toComponent(subject.repository)] : []),
    ],
  };
}

/** What was said on a promotion may count for a release that is open already. */
const intoLast = (repository: RepositoryId, { config }: ComponentMemory): Nudge => ({
  priority: "bulk",
  openPulls: { repository, base: config.policy.stages.at(-1) as Branch },
});

/** Somebody clicked in the comment that shows a run-book, or changed it. Only what was refused is answered. */
function stickyEdited(request: Heard, known: Known): Outcome {
  const look = looking(known.read);
  const came = stickyCame(request, { ...askedBy(request, known), look } as OnPull);
  const missing = look.missing();
  if (missing !== null) return "lacks" in missing ? missing : { retryAt: missing.retryAt };
  const { entries, refused } = came as StickyCame;
  return { said: [{ request, came: refused.length > 0 ? "refused" : "done", lines: refused }], entries, nudges: [] };
}

type Understood = {
  readonly written: Written;
  readonly allows: Command["allows"];
  readonly act: Act<OnPull>;
  readonly not?: undefined;
};

function understood(
  written: Written,
  command: Command | undefined,
  near: string | null,
  { pull, now }: Known,
): { readonly not: string } | Omit<Understood, "written"> {
  if (command === undefined) return { not: `There is no \`/${written.name}\`. Did you mean \`/${near}\`?` };
  if (command.on === "pull" && pull === null) return { not: `\`/${command.name}\` belongs on a pull request.` };
  if (written.open) return { not: "A quote is opened and not closed." };
  const read = command.read(written, now);
  return "not" in read
    ? { not: `${read.not} It is written \`${read.rightly ?? command.usage}\`.` }
    : { allows: command.allows, ...read };
}

/** Where others of its lines were right, it is said that they were not done either. */
const unlessAll = (said: readonly Line[], all: number): readonly Line[] =>
  said.length === all ? said : [...said, { line: "all lines", says: NOTHING_DONE }];

const askedBy = (
  { by, at, written = at, origin, ...request }: Heard,
  { now, subject, installation, pull, component, standing, unexplained, web, spent, mayAffect, lastRelease }: Known,
) => ({
  by,
  at: written,
  now,
  repository: subject.repository,
  installation,
  pull,
  name: component.name,
  web,
  // Who looked at a page tried what it showed.
  judged: "page" in origin ? origin.page.saw.head : request.judged,
  comment: "comment" in origin ? origin.comment : null,
  review: "review" in origin ? origin.review : null,
  saw: "page" in origin ? origin.page.saw : null,
  policy: component.config.policy,
  organisation: madeOf(null, component.config.above).policy,
  standing,
  unexplained,
  spent,
  mayAffect,
  lastRelease,
});

/** A command opens and closes what stands, and nothing else. */
function standingAfter(standing: readonly Standing[], { what, says }: Entry): readonly Standing[] {
  const { key } = says as { readonly key?: string };
  const others = standing.filter((one) => one.key !== key);
  return what === "opened" ? [...others, says as unknown as Standing] : others;
}
