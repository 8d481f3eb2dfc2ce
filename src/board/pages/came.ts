/** What came of what one did on a page: its tone, and a word for it. */
export const CAME = {
  "under way": ["pending", "…"],
  done: ["passed", "✓"],
  refused: ["failed", "✗ Not done."],
  "not understood": ["failed", "✗ Not done."],
} as const;
/** It is shown so long. */
export const TOLD_MS = 10 * 60_000;
