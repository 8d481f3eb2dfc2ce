import { CONFIG_PATH, type Policy } from "../flow/config.ts";
import { inOneLine, readConfig } from "../flow/config-file.ts";
import { type Answer, NO_NEWS, pullsListed } from "../flow/decision.ts";
import { type Effect, enrolmentSlot } from "../flow/effect.ts";
import type { ComponentKnown, Document, ListedPull, Read } from "../flow/facts.ts";
import { laneOf } from "../flow/lane.ts";
import { canonical, digestOf, type Entry } from "../flow/ledger.ts";
import type { ComponentMemory, ConfigState } from "../flow/memory.ts";
import type { Branch, Json } from "../flow/names.ts";
import { madeOf } from "../flow/policy.ts";
import { subjectKey } from "../flow/subject.ts";
import { proposal, proposedConfig, type Replay, TITLE } from "../report/enrolment.ts";
import { allOf, decided, isComponent, missingStages } from "./answer.ts";

/**
 * A repository: which policy is in force, and whether it has all stage branches.
 *
 * Read from the default branch at the first look and when a push may have changed the file or made or deleted
 * a stage branch. Without a file of its own or of its organisation the component is observed; while the file is broken
 * the last good one stays. When the organisation's changes, the component's own is laid over it anew.
 */
export function decideComponent({ subject, memory, read, organisation, enrolment }: ComponentKnown): Answer {
  if (memory === null) return decided({ because: "Nobody has told us of this repository yet." });
  const first = memory.stages === null;
  const above = isHome(memory.name) ? null : organisation;
  const owes = enrolment === null && isUnenrolled(memory);
  if (!memory.look && !first && !owes && memory.config.organisation === (above?.blob ?? null))
    return decided(stateOf(memory));

  const about = memory.defaultBranch === null ? allOf(read, [{ want: "repository" }]) : null;
  if (about && "answer" in about) return about.answer;
  const { name, defaultBranch } = about?.values[0] ?? memory;

  const file = memory.look || first ? allOf(read, [{ want: "document", path: CONFIG_PATH }]) : null;
  if (file && "answer" in file) return file.answer;
  const config = configOf(file?.values[0] ?? null, memory.config, above, isHome(name));

  const names = config.policy.stages;
  const heads = allOf(
    read,
    names.map((branch) => ({ want: "branch", branch }) as const),
  );
  if ("answer" in heads) return heads.answer;
  const stages = Object.fromEntries(names.map((name, place) => [name, heads.values[place] ?? null]));

  const after: ComponentMemory = { ...memory, name, defaultBranch, look: false, stages, config };
  const joins = isComponent(after) && !isComponent(memory);
  const leaves = isComponent(memory) && !isComponent(after);
  const list = joins ? allOf(read, [{ want: "open-pulls" }]) : null;
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
  const affected = changed && (isComponent(after) || isComponent(memory)) ? union(memory, after) : [];
  const entries =
    changed || memory.config.problem !== config.problem || proposes.effects.length > 0
      ? [entryOf(subject, first, after)]
      : [];
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
      ],
      nudges: [
        ...(pulls?.nudges ?? []),
        ...affected.map(
          (branch) =>
            ({ priority: "bulk", subject: { kind: "stage", repository: subject.repository, branch } }) as const,
        ),
        ...(entries.length > 0 ? [{ priority: "bulk", openPulls: { repository: subject.repository } } as const] : []),
        ...(isHome(name) && memory.config.blob !== config.blob
          ? [{ priority: "bulk", componentsBeside: subject.repository } as const]
          : []),
      ],
    },
  });
}

/** A component without a file of its own or of its organisation; one with a broken file has to mend that. */
const isUnenrolled = (memory: ComponentMemory): boolean =>
  isComponent(memory) && memory.config.policy.enforcement === "observed" && memory.config.problem === null;

/**
 * The pull request that would switch enforcement on, with what that would have meant, once. It comes from a branch that
 * the lanes themselves allow into the default branch.
 */
function proposalOf(
  { repository }: ComponentKnown["subject"],
  { name, defaultBranch, config }: ComponentMemory,
  read: Read,
): { readonly effects: readonly Effect[] } | { readonly answer: Answer } {
  const { policy } = config;
  const base = defaultBranch as Branch;
  const asked = allOf(read, [{ want: "merged-pulls" }, { want: "branch", branch: base }]);
  if ("answer" in asked) return asked;
  const [merged, from] = asked.values;
  if (from === null) return { effects: [] };
  const text = proposedConfig(policy.stages);
  const branch = (base === policy.stages.at(-1) ? "hotfix/flowgate" : "chore/flowgate") as Branch;
  return {
    effects: [
      {
        does: "set",
        thing: "proposal",
        slot: enrolmentSlot(repository),
        fingerprint: digestOf(text),
        repository,
        name,
        branch,
        base,
        from,
        path: CONFIG_PATH,
        text,
        title: TITLE,
        body: proposal(policy.stages, replayed(repository, merged, policy)),
      },
    ],
  };
}

/** What pull requests would have met by their branches alone: reading all that they brought would cost too much. */
function replayed(
  repository: ComponentKnown["subject"]["repository"],
  merged: readonly ListedPull[],
  policy: Policy,
): Replay {
  const into = merged.filter(({ facts }) => policy.stages.includes(facts.base));
  const judged = into.map(({ number, facts }) => ({
    number,
    lane: laneOf({ ...facts, number, repository }, policy, new Map()),
  }));
  return {
    judged: judged.length,
    refused: judged.flatMap(({ number, lane }) =>
      "refused" in lane ? [{ number, because: lane.refused.because }] : [],
    ),
    open: judged.filter(({ lane }) => "lacks" in lane).length,
  };
}

/** The organisation's config lies in its repository `.github`, as GitHub's own defaults do. */
const isHome = (name: string) => /\/\.github$/i.test(name);

/**
 * The config as it is in force.
 *
 * @param file as it was just read; null: it has not changed. @param home this is the organisation's own file.
 */
function configOf(
  file: Document | null,
  before: ConfigState,
  organisation: ComponentKnown["organisation"],
  home: boolean,
): ConfigState {
  const { blob, own, broken } = ownOf(file, before, organisation !== null);
  const made = home ? madeOf(null, own) : madeOf(own, organisation?.config ?? null);
  return {
    policy: made.policy,
    blob,
    own,
    organisation: organisation?.blob ?? null,
    problem: broken ?? (made.problems.length > 0 ? made.problems.join(" ") : null),
  };
}

function ownOf(
  file: Document | null,
  { blob, own, problem }: ConfigState,
  organisation: boolean,
): Pick<ConfigState, "blob" | "own"> & { readonly broken: string | null } {
  if (file === null) return { blob, own, broken: own === null ? problem : null };
  if (!file.found) return { blob: null, own: null, broken: null };
  const read = readConfig(file.text);
  if ("config" in read) return { blob: file.blob, own: read.config, broken: null };
  const meanwhile =
    own !== null
      ? "the last good one stays in force"
      : organisation
        ? "only the organisation's holds"
        : "nothing is enforced";
  return { blob, own, broken: `${inOneLine(read.problems)} Until it is mended, ${meanwhile}.` };
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

function entryOf(subject: ComponentKnown["subject"], first: boolean, { name, stages, config }: ComponentMemory): Entry {
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
    },
  };
}

const union = (before: ComponentMemory, after: ComponentMemory): readonly Branch[] =>
  [...new Set([...Object.keys(before.stages ?? {}), ...after.config.policy.stages])] as Branch[];
