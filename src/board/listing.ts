import { isEnforced, missingStages } from "../flow/component.ts";
import type { Branch } from "../flow/names.ts";
import { OUTCOMES, type Verdict } from "../flow/verdict.ts";
import { type Open, openBecause } from "./answer.ts";
import { type Mark, markOf, standingOf } from "./standing.ts";
import type { ComponentView, OpenPull } from "./views.ts";

type Group = "components" | "incomplete" | "bare" | "unseen";

/** Components, and apart from them what is none: some stages, no stages, not looked at yet. */
export function sorted(views: readonly ComponentView[]): { readonly [group in Group]: readonly ComponentView[] } {
  const { components = [], incomplete = [], bare = [], unseen = [] } = Object.groupBy(views, groupOf);
  return { components, incomplete, bare, unseen };
}

function groupOf({ memory }: ComponentView): Group {
  if (memory.stages === null) return "unseen";
  const missing = missingStages(memory).length;
  if (missing === 0) return "components";
  return missing < memory.config.policy.stages.length ? "incomplete" : "bare";
}

/** Open pull requests with their marks, as people want them: what is worst first, then the newest. */
export function marked({ memory, pulls }: ComponentView): readonly (Mark & { readonly pull: OpenPull })[] {
  const sharing = Object.groupBy(pulls.filter(isCurrent), ({ verdict }) => `${verdict.head} ${verdict.base}`);
  return pulls
    .map((pull) => {
      const siblings = (sharing[`${pull.memory.head.sha} ${pull.memory.base}`] ?? []).filter((other) => other !== pull);
      return {
        pull,
        ...markOf(standingOf(memory, pull.memory, pull.verdict, siblings), !isEnforced(memory.config.policy)),
      };
    })
    .sort((a, b) => badness(a) - badness(b) || b.pull.number - a.pull.number);
}

const isCurrent = (pull: OpenPull): pull is OpenPull & { readonly verdict: Verdict } =>
  pull.verdict?.head === pull.memory.head.sha && pull.verdict.base === pull.memory.base;

/** How many pull requests have each mark, the worst first. */
export function tally(pulls: readonly Mark[]): readonly (Mark & { readonly count: number })[] {
  return Object.values(Object.groupBy(pulls, ({ word }) => word))
    .flatMap((some) => (some?.[0] ? [{ tone: some[0].tone, word: some[0].word, count: some.length }] : []))
    .sort((a, b) => badness(a) - badness(b));
}

function badness({ tone }: Mark): number {
  return tone === "none" ? OUTCOMES.length : OUTCOMES.indexOf(tone);
}

/** Whether GitHub blocks merges into the stages of a component, and where it does not, why, by reason. */
export type Enforcement = Mark & {
  readonly enforced: boolean;
  readonly open: readonly (Open & { readonly stages: readonly Branch[] })[];
};

export function enforcementOf({ memory, stages, mayWork }: ComponentView): Enforcement {
  const open = new Map<string, Enforcement["open"][number]>();
  for (const stage of memory.config.policy.stages) {
    const known = stages.find(({ branch }) => branch === stage)?.memory ?? null;
    const why = openBecause(memory, known, stage);
    if (why !== null) open.set(why.because, { ...why, stages: [...(open.get(why.because)?.stages ?? []), stage] });
  }
  const kinds = [...open.values()].map(({ kind }) => kind);
  const [tone, word] = !mayWork
    ? (["errored", "? not known"] as const)
    : kinds.includes("no")
      ? (["failed", "✗ not enforced"] as const)
      : kinds.includes("in part")
        ? (["failed", "✗ enforced in part"] as const)
        : kinds.includes("waiting")
          ? (["pending", "… not enforced yet"] as const)
          : kinds.includes("observed")
            ? (["none", "– observed"] as const)
            : (["passed", "✓ enforced"] as const);
  return { tone, word, enforced: tone === "passed", open: [...open.values()] };
}
