import { withSeen } from "./check-seen.ts";
import { DEFAULT_POLICY } from "./config.ts";
import type {
  ComponentMemory,
  ConfigState,
  GroupMemory,
  Lesson,
  Memory,
  PullFacts,
  PullMemory,
  StageMemory,
} from "./memory.ts";
import type { Sha } from "./names.ts";
import { merged, NO_ARRIVALS, pushed } from "./provenance.ts";
import { withTouch } from "./touched.ts";

type About<Of extends Lesson["of"]> = Extract<Lesson, { readonly of: Of }>;

/**
 * What is remembered after a lesson. Deliveries come late, twice and in any order, so a lesson may be older than
 * what is known.
 *
 * @param known of the same subject as the lesson; null: never heard of.
 */
export function absorb(known: Memory | null, lesson: Lesson): Memory {
  switch (lesson.of) {
    case "pull":
      return absorbPull(known as PullMemory | null, lesson);
    case "group":
      return absorbGroup(known as GroupMemory | null, lesson);
    case "checks":
      return absorbCheck(known as PullMemory, lesson);
    case "stage":
      return known?.kind === "stage"
        ? { ...known, look: true, changedBy: lesson.changedBy ?? known.changedBy }
        : {
            kind: "stage",
            look: true,
            changedBy: lesson.changedBy,
            rulesets: {},
            enforced: { state: "waiting", because: "Flowgate has not looked at this stage yet." },
            arrivals: NO_ARRIVALS,
          };
    case "push":
      return arriving(known as StageMemory, (arrivals) => pushed(arrivals, lesson.push));
    case "merge":
      return arriving(known as StageMemory, (arrivals) => merged(arrivals, lesson.merge));
    case "landing":
      return { ...(known as StageMemory), owes: { from: lesson.from, commit: lesson.commit } };
    case "back-merge":
      return withBackMerge(known as StageMemory, lesson.commit);
    case "release":
      return touching(known as StageMemory, lesson);
    case "component":
      return absorbComponent(known as ComponentMemory | null, lesson);
  }
}

function absorbComponent(known: ComponentMemory | null, lesson: About<"component">): ComponentMemory {
  const { name, defaultBranch, branch } = lesson;
  if (known === null) return { kind: "component", name, defaultBranch, look: true, stages: null, config: NO_CONFIG };
  const doubted =
    known.doubted === true ||
    lesson.doubted === true ||
    renamedDefault(known.defaultBranch, defaultBranch) ||
    cameOrWent(known.stages, branch) ||
    jumped(known.stages, branch);
  return {
    ...known,
    name,
    defaultBranch: defaultBranch ?? known.defaultBranch,
    look: known.look || lesson.look || doubted,
    ...(doubted && { doubted }),
    stages: moved(known.stages, branch),
  };
}

/** What is known of a config before anything was read: nothing is enforced. */
export const NO_CONFIG: ConfigState = {
  policy: DEFAULT_POLICY,
  blob: null,
  own: null,
  organisation: null,
  above: null,
  aboveNote: null,
  newest: null,
  spent: [],
  problem: null,
};

function withBackMerge(known: StageMemory, commit: Sha): StageMemory {
  const { backMerges = [] } = known;
  return backMerges.includes(commit) ? known : { ...known, backMerges: [...backMerges, commit] };
}

function arriving(known: StageMemory, after: (arrivals: StageMemory["arrivals"]) => StageMemory["arrivals"]): Memory {
  const arrivals = after(known.arrivals);
  return arrivals === known.arrivals ? known : { ...known, arrivals };
}

/** While nothing is enforced nothing is recorded. */
function touching(known: StageMemory, { touch }: About<"release">): StageMemory {
  const before = known.touched ?? [];
  const touched = known.arrivals.since === null ? before : withTouch(before, touch);
  return touched === before ? known : { ...known, touched };
}

/** Only where they were asked for on this head: elsewhere nobody waits for them. */
function absorbCheck(known: PullMemory, { head, seen }: About<"checks">): PullMemory {
  const { checks } = known;
  if (checks === undefined || checks.head !== head) return known;
  if (seen === null) return checks.doubt ? known : { ...known, checks: { ...checks, doubt: true } };
  const after = withSeen(checks.seen, seen);
  return after === checks.seen ? known : { ...known, checks: { ...checks, seen: after } };
}

function moved(stages: ComponentMemory["stages"], push: About<"component">["branch"]): ComponentMemory["stages"] {
  if (stages === null || push === null || push.at === null) return stages;
  return Object.hasOwn(stages, push.name) && stages[push.name] !== null ? { ...stages, [push.name]: push.at } : stages;
}

/** A stage branch that was made or deleted makes or ends a component, so it is looked at before it is believed. */
const cameOrWent = (stages: ComponentMemory["stages"], push: About<"component">["branch"]): boolean =>
  stages !== null &&
  push !== null &&
  Object.hasOwn(stages, push.name) &&
  (stages[push.name] === null) !== (push.at === null);

/** Pushes are told in any order: one that does not begin where the stage was leaves in doubt where it is. */
const jumped = (stages: ComponentMemory["stages"], push: About<"component">["branch"]): boolean => {
  if (stages === null || push === null) return false;
  const known = stages[push.name] ?? null;
  return known !== null && known !== push.before && known !== push.at;
};

const renamedDefault = (known: string | null, told: string | null) => known !== null && told !== null && known !== told;

/**
 * GitHub's `updated_at` has whole seconds, so two states can share one. Then `before` and `changes` decide which came
 * from which; where they do not, the two are in doubt and one fresh read decides.
 */
function absorbPull(known: PullMemory | null, { asOf, from, facts }: About<"pull">): PullMemory {
  const told: PullMemory = {
    kind: "pull",
    ...facts,
    asOf,
    from,
    doubt: false,
    ...(known?.checks?.head === facts.head.sha && { checks: known.checks }),
  };
  if (known === null) return told;
  const moved = known.head.sha !== facts.head.sha;
  const pushed = moved && from.head === known.head.sha;
  const overtaken = moved && known.from.head === facts.head.sha;
  if (asOf < known.asOf) return pushed && !overtaken ? { ...known, head: facts.head, from } : known;
  if (asOf > known.asOf) {
    return overtaken && !pushed ? { ...told, head: known.head, from: known.from, doubt: true } : told;
  }
  if (known.doubt) return { ...told, doubt: true };
  const differing = FIELDS.filter((field) => read(known, field) !== read(facts, field));
  // Of one second every earlier value counts: a later event may say where another one came from.
  const origin = { ...known.from, ...from };
  if (differing.length === 0) return { ...known, from: origin };
  const follows = differing.every((field) => from[field as keyof typeof from] === read(known, field));
  const precedes = differing.every((field) => known.from[field as keyof typeof from] === read(facts, field));
  // What changes a second time within a second may be going round in a circle.
  const again = differing.some((field) => Object.hasOwn(known.from, field));
  if (follows === precedes || (follows && again)) return { ...told, doubt: true };
  return follows ? { ...told, from: origin } : known;
}

const FIELDS = [
  "title",
  "draft",
  "state",
  "merged",
  "head",
  "ref",
  "repository",
  "base",
  "body",
  "dataLabel",
  "bump",
  "list",
] as const;
function read(facts: PullFacts, field: (typeof FIELDS)[number]): string | number | boolean | null {
  switch (field) {
    case "head":
      return facts.head.sha;
    case "ref":
      return facts.head.ref;
    case "repository":
      return facts.head.repository;
    case "list":
      return facts.list ?? null;
    default:
      return facts[field];
  }
}

function absorbGroup(known: GroupMemory | null, { base, number, asOf, destroyed, from }: About<"group">): GroupMemory {
  return {
    kind: "group",
    base,
    number,
    from,
    requestedAt: known?.requestedAt ?? asOf,
    destroyed: destroyed || (known?.destroyed ?? false),
  };
}
