/**
 * The buttons beside our checks. GitHub shows them on completed runs, to who may write, and takes three: labels and identifiers
 * of 20 characters, descriptions of 40. https://docs.github.com/rest/checks/runs#create-a-check-run
 */
export const RECHECK = { label: "Re-check", description: "Judge it afresh", identifier: "recheck" } as const;
export const DRY_RUN = { label: "Dry run", description: "Show what /promote would do", identifier: "dry-run" } as const;
