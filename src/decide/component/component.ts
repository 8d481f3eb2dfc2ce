import { configNote, isComponent, isHome, missingStages } from "../../flow/component.ts";
import { CONFIG_PATH } from "../../flow/config.ts";
import { type Answer, NO_NEWS, pullsListed } from "../../flow/decision.ts";
import type { ComponentKnown } from "../../flow/facts.ts";
import type { House } from "../../flow/house.ts";
import { canonical, type Entry } from "../../flow/ledger.ts";
import type { ComponentMemory } from "../../flow/memory.ts";
import type { Branch, Json, Sha } from "../../flow/names.ts";
import { subjectKey } from "../../flow/subject.ts";
import { allOf, decided, thenAnswered } from "../answer.ts";
import { withTrains } from "../promoting/train.ts";
import { answering } from "../pull/answering.ts";
import { obey } from "../pull/requests.ts";
import { configInForce } from "./config-in-force.ts";
import { isUnenrolled, proposalOf } from "./enrolment.ts";

/**
 * A repository: which policy is in force, and whether it has all stage branches.
 *
 * Read from the default branch at the first look and when a push may have changed the file or made or deleted
 * a stage branch. Without a file of its own or of its organisation the component is observed; while the file is broken
 * the last good one stays, and so it does while the newest came past its gate. When the organisation's changes, the
 * component's own is laid over it anew.
 */
export function decideComponent(known: ComponentKnown, house: House): Answer {
  return withTrains(answerOf(known, house), known, house);
}

/** What was asked for in it is carried out, and it is looked at. */
function answerOf(known: ComponentKnown, house: House): Answer {
  const { memory } = known;
  if (known.requests.length === 0 || memory === null) return lookAt(known);
  if (memory.stages === null) return thenAnswered(lookAt(known), known.now);
  const obeyed = obey({
    ...known,
    component: memory,
    pull: null,
    web: house.web,
    unexplained: [],
    spent: [],
    mayAffect: [],
    lastRelease: null,
  });
  if ("lacks" in obeyed) return obeyed;
  const looked = lookAt(known);
  if ("lacks" in looked) return looked;
  return { decided: answering(looked.decided, obeyed, { ...known, component: memory }, null) };
}

/** Which policy is in force, and whether all stage branches are there. */
function lookAt(known: ComponentKnown): Answer {
  const { subject, memory, read, organisation, enrolment } = known;
  if (memory === null) return decided({ because: "Nobody has told us of this repository yet." });
  const first = memory.stages === null;
  const above = isHome(memory.name) ? null : organisation;
  const owes = enrolment === null && isUnenrolled(memory);
  const { organisation: blobAbove, aboveNote } = memory.config;
  const sameAbove = blobAbove === (above?.blob ?? null) && aboveNote === (above?.note ?? null);
  if (!memory.look && !first && !owes && sameAbove) return decided(stateOf(memory));

  const about = memory.defaultBranch === null ? allOf(read, [{ want: "repository" }]) : null;
  if (about && "answer" in about) return about.answer;
  const { name, defaultBranch } = about?.values[0] ?? (memory as ComponentMemory & { readonly defaultBranch: Branch });

  const file = memory.look || first ? allOf(read, [{ want: "document", path: CONFIG_PATH }]) : null;
  if (file && "answer" in file) return file.answer;
  const came = configInForce({ ...known, memory }, file?.values[0] ?? null, above, { name, defaultBranch });
  if ("answer" in came) return came.answer;
  const { config, broughtBy } = came;

  const names = config.policy.stages;
  // Pushes tell where the stages are; only what was not told is read.
  const told = memory.doubted ? {} : (memory.stages ?? {});
  const asked = names.filter((name) => !Object.hasOwn(told, name));
  const heads = allOf(
    read,
    asked.map((branch) => ({ want: "branch", branch }) as const),
  );
  if ("answer" in heads) return heads.answer;
  const found = Object.fromEntries(asked.map((name, place) => [name, heads.values[place] ?? null]));
  const stages = Object.fromEntries(names.map((name) => [name, (name in found ? found[name] : told[name]) ?? null]));

  const { doubted: _, ...sure } = memory;
  const after: ComponentMemory = { ...sure, name, defaultBranch, look: false, stages, config };
  const joins = isComponent(after) && !isComponent(memory);
  const leaves = isComponent(memory) && !isComponent(after);
  // That repository's default branch is gated though it is no component.
  const list = joins || (first && isHome(name)) ? allOf(read, [{ want: "open-pulls" }]) : null;
  if (list && "answer" in list) return list.answer;
  const pulls = list ? pullsListed(subject.repository, list.values[0]) : null;

  const enrols = enrolment === null && isUnenrolled(after);
  const proposes = enrols ? proposalOf(subject, after, read) : { effects: [] };
  if ("answer" in proposes) return proposes.answer;

  const changed =
    first ||
    joins ||
    leaves ||
    canonical(memory.config.policy as unknown as Json) !== canonical(config.policy as unknown as Json);
  const moved = isComponent(after) ? movedUnseen(memory, after) : [];
  const ruled = first || joins || leaves || rulesOf(memory) !== rulesOf(after);
  const affected = ruled && (isComponent(after) || isComponent(memory)) ? union(memory, after) : [];
  const noted = configNote(memory.config) !== configNote(config) || memory.config.blob !== config.blob;
  const entries = changed || noted || proposes.effects.length > 0 ? [entryOf(subject, first, after, broughtBy)] : [];
  return decided({
    ...stateOf(after),
    memory: after,
    entries,
    effects: proposes.effects,
    final: true,
    news: {
      ...NO_NEWS,
      lessons: [
        ...(pulls?.lessons ?? []),
        ...affected.map(
          (branch) => ({ of: "stage", repository: subject.repository, branch, changedBy: null }) as const,
        ),
        ...moved.map(({ branch, before, after }) => {
          const push = { how: "push", before, after, by: null, commits: null, at: known.now } as const;
          return { of: "push", repository: subject.repository, branch, push } as const;
        }),
      ],
      nudges: [
        ...(pulls?.nudges ?? []),
        ...affected.map(
          (branch) =>
            ({ priority: "bulk", subject: { kind: "stage", repository: subject.repository, branch } }) as const,
        ),
        ...(entries.length > 0 || moved.length > 0
          ? [{ priority: "bulk", openPulls: { repository: subject.repository } } as const]
          : []),
        ...(isHome(name) && noted ? [{ priority: "bulk", componentsBeside: subject.repository } as const] : []),
      ],
    },
  });
}

/** Stages that are elsewhere than was told. Of a component none is missing. */
function movedUnseen({ stages }: ComponentMemory, after: ComponentMemory) {
  return Object.entries(after.stages as { readonly [name: string]: Sha }).flatMap(([name, head]) => {
    const before = stages?.[name] ?? null;
    return before === null || before === head ? [] : [{ branch: name as Branch, before, after: head }];
  });
}

/** One sentence on where the repository stands: it goes into the log once, when it changes. */
function stateOf(memory: ComponentMemory): { readonly because: string } {
  const missing = missingStages(memory);
  const all = memory.config.policy.stages;
  if (missing.length === 0) return { because: `${memory.name} is a component: it has ${all.join(", ")}.` };
  return {
    because:
      missing.length === all.length
        ? `${memory.name} has no stage branch, so it is left alone.`
        : `${memory.name} is incomplete and left alone: it lacks ${missing.join(", ")}.`,
  };
}

function entryOf(
  subject: ComponentKnown["subject"],
  first: boolean,
  { name, stages, config }: ComponentMemory,
  broughtBy: number | null,
): Entry {
  return {
    what: first ? "baseline" : "config",
    actor: "app",
    about: subjectKey(subject),
    says: {
      name,
      stages,
      policy: config.policy as unknown as Json,
      blob: config.blob,
      organisation: config.organisation,
      problem: config.problem,
      broughtBy,
    },
  };
}

/** What the rulesets of the stages depend on. */
const rulesOf = ({ config: { policy } }: ComponentMemory): string =>
  canonical([policy.enforcement, policy.stages, policy.mergeBy] as unknown as Json);

const union = (before: ComponentMemory, after: ComponentMemory): readonly Branch[] =>
  [...new Set([...Object.keys(before.stages ?? {}), ...after.config.policy.stages])] as Branch[];
