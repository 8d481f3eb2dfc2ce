import type { Commit } from "../flow/facts.ts";
import { type Branch, short } from "../flow/names.ts";
import { count, shell } from "../flow/words.ts";
import { owed } from "../release/debt.ts";
import { type Gate, headOf } from "./gate.ts";

export const backMerge: Gate = {
  name: "back-merge",
  asks: "Does the head have everything that the base has?",
  why: "SOP-0008: a hotfix and a release go back into development, so that the next release does not lose them.",
  pass: "Merge the base back into the stage before it, by a pull request from the one into the other, then promote again.",
  judge({ lane, pull, component, policy, backMerges, look }) {
    if (lane.lane !== "promotion" && lane.lane !== "release") return { notAsked: "Asked on promotions and releases." };
    const missing = look.at({ want: "compare", base: pull.head.sha, head: headOf(component, pull.base) });
    if (missing === null) return null;
    const brought = owed(look, missing, backMerges);
    if (brought === null) return null;
    const before = policy.stages[policy.stages.indexOf(pull.base) - 1] as Branch;
    const copy = `gh pr create --head ${shell(pull.base)} --base ${shell(before)}`;
    if (!missing.whole) {
      return {
        outcome: "failed",
        because: `${pull.base} has ${missing.ahead} commits that ${pull.head.ref} lacks, more than can be looked at one by one.`,
        cure: `Merge \`${pull.base}\` back into \`${before}\` first.`,
        copy,
      };
    }
    if (brought.length === 0)
      return { outcome: "passed", because: `${pull.head.ref} has everything that ${pull.base} has.` };
    return {
      outcome: "failed",
      because: `${pull.base} has ${count(brought.length, "commit")} that ${pull.head.ref} lacks: ${named(brought)}.`,
      cure: `Merge \`${pull.base}\` back into \`${before}\`, then promote again: else this would lose what is there.`,
      copy,
    };
  },
};

const NAMED = 3;
function named(commits: readonly Commit[]): string {
  const shown = commits
    .slice(-NAMED)
    .map(({ sha, title }) => `${short(sha)} “${title.length > 60 ? `${title.slice(0, 59)}…` : title}”`);
  return `${shown.join(", ")}${commits.length > NAMED ? `, and ${commits.length - NAMED} before` : ""}`;
}
