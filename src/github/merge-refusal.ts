/**
 * What somebody can do where GitHub will not merge, by its own words; null where they say all there is to say.
 * https://docs.github.com/rest/pulls/pulls#merge-a-pull-request
 */
export const cureOfMerge = (message: string): string | null =>
  CURES.find(([words]) => words.test(message))?.[1] ?? null;

const CURES: readonly (readonly [RegExp, string])[] = [
  [
    /cannot update this protected ref/i,
    "A ruleset with *Restrict updates* does not let this App pass. Flowgate puts its own right within moments; of any other an admin lets the App bypass it. Then say it again.",
  ],
  [
    /without `?workflows`? permission/i,
    "It changes files of `.github/workflows`: give the App the permission Workflows: write, and say it again.",
  ],
  [
    /(?:merge commits|squash merges|rebase merges) are not allowed|must not contain merge commits/i,
    "An admin allows this way of merging in the settings of the repository and its rulesets.",
  ],
  [/merge queue/i, "It goes in through the merge queue: somebody presses *Merge when ready* on it."],
  [
    /approving review|status check|conversation|signatures|deployment/i,
    "That is asked for by a rule beside Flowgate's: meet it, and say it again.",
  ],
];
