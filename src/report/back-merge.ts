import type { Commit } from "../flow/facts.ts";
import type { Branch } from "../flow/names.ts";
import type { Rollback } from "../flow/standing.ts";
import { count, listed, shell } from "../flow/words.ts";
import { commitLine } from "./carried.ts";
import { block, codeInLine, prose } from "./markdown.ts";

/** So many commits are listed one by one. */
const LISTED = 20;

/** Where a back-merge comes from and where it goes. */
export type Between = { readonly from: Branch; readonly into: Branch };

export const backMergeTitle = ({ from, into }: Between): string => `Merge ${from} back into ${into}`;

/**
 * What it brings back, and that nobody has to merge it.
 *
 * @param owed what brought something, oldest first; `whole` false: GitHub lists no more.
 */
export function backMergeBody(
  { from, into }: Between,
  { owed, whole }: { readonly owed: readonly Commit[]; readonly whole: boolean },
): string {
  const lacked = whole
    ? `${count(owed.length, "commit")} that ${codeInLine(into)} lacks`
    : `more commits that ${codeInLine(into)} lacks than GitHub lists`;
  const more = owed.length - LISTED;
  const commits = [
    ...(more > 0 ? [`- ${count(more, "commit")} before these`] : []),
    ...owed.slice(-LISTED).map(commitLine),
  ];
  return [
    `${codeInLine(from)} has ${lacked}, and that the next release would lose:`,
    commits.join("\n"),
    byItself(into),
  ].join("\n\n");
}

const byItself = (into: Branch): string =>
  `Flowgate merges this by itself, by a merge commit, once ${codeInLine(`flowgate: ${into}`)} is green. ${codeInLine("/hold")} stops it.`;

/** What takes a rollback into the history of a stage that stays as it is. */
export function keepingBody({ from, into }: Between, { number, version, withdraws }: Rollback): string {
  const gone = listed(withdraws.map(codeInLine));
  return [
    `#${number} took ${codeInLine(from)} back to ${codeInLine(version)}. This brings that into the history of ${codeInLine(into)}, whose files stay as they are, so that the next release brings what ${gone} brought again.`,
    byItself(into),
  ].join("\n\n");
}

/** What takes it on from there into the history of the stage before. */
export function handingOnBody({ from, into }: Between, { number, version, withdraws }: Rollback): string {
  const gone = listed(withdraws.map(codeInLine));
  return [
    `#${number} went back to ${codeInLine(version)}. ${codeInLine(from)} has that in its history, and its files stayed as they were. This brings it into the history of ${codeInLine(into)} as well, so that the next release brings what ${gone} brought again.`,
    byItself(into),
  ].join("\n\n");
}

export const keepingMessage = ({ from, into }: Between, { version }: Rollback): string =>
  `Merge ${from} back into ${into}, which stays as it is

${from} was rolled back to ${version}; the next release brings the change again.
`;

/**
 * Why it was not merged, and what somebody does about it.
 *
 * @param because in GitHub's words, a sentence or two.
 */
export function notMergedBack({ from, into }: Between, branch: Branch, because: string): string {
  if (!CONFLICT.test(because))
    return `This was not merged. ${prose(because)} Flowgate tries again every hour, and when something is pushed here.`;
  const lines = [
    "git fetch origin",
    `git switch ${shell(branch)}`,
    `git merge origin/${shell(into)}`,
    "# resolve the conflict, and then",
    "git commit",
    "git push",
  ];
  return [
    `This cannot be merged as it is: it conflicts with ${codeInLine(into)}. Somebody who may write resolves it on this branch:`,
    block(lines.join("\n")),
    `Somebody else approves that, and Flowgate merges it. Until then ${codeInLine(into)} lacks what ${codeInLine(from)} has, and that holds promotions.`,
  ].join("\n\n");
}

/** Where somebody closed it, which holds what comes after. */
export type ClosedBackMerge = {
  readonly number: number;
  readonly into: Branch;
  readonly branch: Branch;
  /** Stages before that one, which have it from there. */
  readonly waiting: readonly Branch[];
};

/** What waits because it is closed, and how that ends. */
export function closedBackMergeComment({ into, branch, waiting }: ClosedBackMerge): string {
  const too = waiting.length === 0 ? "" : `, and ${waitFor(waiting.map(codeInLine))} for it as well`;
  return `This was closed, so ${codeInLine(into)} lacks what it brings: the gate ${codeInLine("back-merge")} holds promotions from there until it has that${too}. Reopen this, with *Restore branch* first where that is gone, and Flowgate merges it once its check is green; or merge its branch, ${codeInLine(branch)}, into ${codeInLine(into)} by another pull request, by a merge commit.`;
}

/** The same for the board, in one sentence without a full stop. */
export const closedBackMergeBecause = ({ number, into, waiting }: Omit<ClosedBackMerge, "branch">): string =>
  `#${number} was to bring back what ${into} lacks, and was closed: reopen it, or merge its branch into ${into} by another pull request${waiting.length === 0 ? "" : `; ${waitFor(waiting)} for it as well`}`;

const waitFor = (stages: readonly string[]): string => `${listed(stages)} ${stages.length === 1 ? "waits" : "wait"}`;

/** What GitHub says of a merge that is not possible without a person. https://docs.github.com/rest/pulls/pulls#merge-a-pull-request */
const CONFLICT = /not mergeable|conflict/i;
