import type { Commit } from "../flow/facts.ts";
import { type Branch, short } from "../flow/names.ts";
import { count, shell } from "../flow/words.ts";
import { owed } from "../release/debt.ts";
import { type Gate, headOf } from "./gate.ts";

export const backMerge: Gate = {
  name: "back-merge",
  asks: "Does the head have everything that the base has?",
  why: "SOP-0008: a hotfix and a release go back into development, so that the next release does not lose them.",
  pass: "Flowgate opens a pull request back into each earlier stage after a hotfix and a release that brought something, and merges it once its check is green; resolve its conflict if it has one. Whatever else the base has is merged back by a pull request from it into the stage before, by a merge commit: squashed, it is still owed.",
  judge({ lane, pull, component, policy, source, backMerges, standing, look }) {
    if (lane.lane !== "promotion" && lane.lane !== "release") return { notAsked: "Asked on promotions and releases." };
    const missing = look.at({ want: "compare", base: pull.head.sha, head: headOf(component, pull.base) });
    if (missing === null) return null;
    const brought = owed(look, missing, backMerges);
    if (brought === null) return null;
    const before = policy.stages[policy.stages.indexOf(pull.base) - 1] as Branch;
    const under = source?.backMerge;
    const closed = standing.flatMap((one) =>
      one.kind === "closed-back-merge" && one.stage === before ? [broughtIt(one.number, before)] : [],
    );
    const comes = under === undefined ? (closed.at(-1) ?? null) : bringsIt(under);
    const copy = comes === null ? `gh pr create --head ${shell(pull.base)} --base ${shell(before)}` : null;
    if (!missing.whole) {
      return {
        outcome: "failed",
        because: `${pull.base} has ${missing.ahead} commits that ${pull.head.ref} lacks, more than can be looked at one by one.`,
        cure: comes ?? `Merge \`${pull.base}\` back into \`${before}\` first.`,
        copy,
      };
    }
    if (brought.length === 0)
      return { outcome: "passed", because: `${pull.head.ref} has everything that ${pull.base} has.` };
    const because = `${pull.base} has ${count(brought.length, "commit")} that ${pull.head.ref} lacks: ${named(brought)}.`;
    if (under === undefined && pull.head.ref.startsWith("release/")) {
      const since = look.at({ want: "compare", base: headOf(component, before), head: headOf(component, pull.base) });
      const lacks = since && owed(look, since, backMerges);
      if (since === null || lacks === null) return null;
      if (since.whole && lacks.length === 0)
        return {
          outcome: "failed",
          because,
          cure: `${before} has it by now: \`/promote refresh\` here takes it along.`,
        };
    }
    return {
      outcome: "failed",
      because,
      cure:
        comes ??
        `Merge \`${pull.base}\` back into \`${before}\`, then promote again: else this would lose what is there.`,
      copy,
    };
  },
};

const bringsIt = (number: number): string =>
  `#${number} brings it back: Flowgate merges that once its check is green and it has no conflict, then promote again.`;

/** It was closed, and may keep the files of the stage as they are, which a merge of the base would not. */
const broughtIt = (number: number, before: Branch): string =>
  `#${number} was to bring it back and was closed: reopen it, or merge its branch into \`${before}\` by another pull request, then promote again.`;

const NAMED = 3;
function named(commits: readonly Commit[]): string {
  const shown = commits
    .slice(-NAMED)
    .map(({ sha, title }) => `${short(sha)} “${title.length > 60 ? `${title.slice(0, 59)}…` : title}”`);
  return `${shown.join(", ")}${commits.length > NAMED ? `, and ${commits.length - NAMED} before` : ""}`;
}
