import { gatedAs } from "../../flow/component.ts";
import type { Config } from "../../flow/config.ts";
import { inOneLine, readConfig } from "../../flow/config-file.ts";
import type { Answer } from "../../flow/decision.ts";
import type { ComponentKnown, Document } from "../../flow/facts.ts";
import type { ComponentMemory, ConfigState } from "../../flow/memory.ts";
import { type Branch, type Sha, short } from "../../flow/names.ts";
import { madeIn } from "../../flow/policy.ts";
import { allOf } from "../answer.ts";

/** Where a file came from that is in force now: the pull request that brought it, null where nobody had to let it in. */
type InForce = { readonly config: ConfigState; readonly broughtBy: number | null };
type Place = { readonly name: string; readonly defaultBranch: Branch };
type Own = Pick<ConfigState, "blob" | "own" | "newest" | "spent">;

/**
 * The config as it is in force.
 *
 * @param memory of before. @param file as it was just read; null: it has not changed.
 * @param above the organisation's, where it is another repository's.
 */
export function configInForce(
  known: ComponentKnown & { readonly memory: ComponentMemory },
  file: Document | null,
  above: ComponentKnown["organisation"],
  place: Place,
): InForce | { readonly answer: Answer } {
  const before = known.memory.config;
  const came =
    file === null ? { own: before, broughtBy: null } : taken(known, file, (above?.config ?? null) !== null, place);
  if ("answer" in came) return came;
  const { blob, own, newest, spent } = came.own;
  const made = madeIn(place.name, own, above?.config ?? null);
  const flaws = made.problems.map(({ because }) => because).join(" ");
  return {
    broughtBy: came.broughtBy,
    config: {
      policy: made.policy,
      blob,
      own,
      organisation: above?.blob ?? null,
      above: above?.config ?? null,
      aboveNote: above?.note ?? null,
      newest,
      spent,
      problem: newest?.because ?? (flaws === "" ? null : flaws),
    },
  };
}

type Taken = { readonly own: Own; readonly broughtBy: number | null } | { readonly answer: Answer };

/** The newest file, or the one before it where that is broken or came past its gate. */
function taken(
  known: ComponentKnown & { readonly memory: ComponentMemory },
  file: Document,
  organisation: boolean,
  place: Place,
): Taken {
  const before = known.memory.config;
  const read = file.found ? readConfig(file.text) : null;
  const blob = file.found ? file.blob : null;
  const stays = (because: string): Taken => ({ own: { ...before, newest: { blob, because } }, broughtBy: null });
  if (read !== null && "problems" in read) {
    return stays(`${inOneLine(read.problems)} Until it is mended, ${meanwhile(before.own, organisation)}.`);
  }
  const way = wayIn(known, blob, place);
  if ("answer" in way) return way;
  if ("past" in way) return stays(way.past);
  const { broughtBy } = way;
  const merged = known.letThrough.flatMap(({ number, merged }) => (merged ? number : []));
  const spent = [...new Set([...before.spent, ...merged, ...(broughtBy === null ? [] : [broughtBy])])];
  return { own: { blob, own: read?.config ?? null, newest: null, spent }, broughtBy };
}

function meanwhile(own: Config | null, organisation: boolean): string {
  if (own !== null) return "the last good one stays in force";
  return organisation ? "only the organisation's holds" : "nothing is enforced";
}

/**
 * How a valid file came to lie on the default branch: by a pull request whose gate let through what lies there now, past
 * that gate, or at a time when there was none: at the first look, while nothing is in force, and where no check is written.
 */
function wayIn(
  { memory, letThrough, read }: ComponentKnown & { readonly memory: ComponentMemory },
  blob: Sha | null,
  { defaultBranch }: Place,
): { readonly broughtBy: number | null } | { readonly past: string } | { readonly answer: Answer } {
  const { config } = memory;
  const gate = memory.stages === null ? null : gatedAs(memory, defaultBranch);
  if (gate === null || config.policy.enforcement === "observed" || blob === config.blob) return { broughtBy: null };
  const fitting = letThrough.filter(({ number, to }) => to === blob && !config.spent.includes(number));
  const merged = fitting.find((pull) => pull.merged);
  if (merged !== undefined) return { broughtBy: merged.number };
  // Nobody may have told us of its merge yet.
  const fresh = allOf(
    read,
    fitting.map(({ number }) => ({ want: "pull", number }) as const),
  );
  if ("answer" in fresh) return fresh;
  const place = fresh.values.findIndex(({ facts }, n) => facts.merged && facts.head.sha === fitting[n]?.head);
  const by = fitting[place];
  if (by !== undefined) return { broughtBy: by.number };
  if (config.newest !== null && config.newest.blob === blob) return { past: config.newest.because };
  const head = allOf(read, [{ want: "branch", branch: defaultBranch }]);
  if ("answer" in head) return head;
  const [commit] = head.values;
  return {
    past: `The config on ${defaultBranch} was changed past its gate${commit === null ? "" : ` (commit ${short(commit)})`}; the last good one stays. A release manager brings it in by a pull request.`,
  };
}
