import type { Line } from "../flow/request.ts";
import type { Verdict } from "../flow/verdict.ts";
import { tableOf } from "./check-run.ts";
import { code, prose } from "./markdown.ts";

/**
 * The answer to a comment: what came of it in a sentence, of several lines a sentence each.
 *
 * @param verdict as it is now; null: there is none.
 */
export function reply(lines: readonly Line[], verdict: Verdict | null): string {
  const [only, ...more] = lines;
  const sentences =
    only !== undefined && more.length === 0
      ? prose(only.says)
      : lines.map(({ line, says }) => `- ${code(line)}: ${prose(says)}`).join("\n");
  const shown = lines.flatMap(({ shows }) => shows ?? []);
  const table = lines.some((line) => line.table)
    ? [verdict === null ? "There is nothing to judge here." : tableOf(verdict.findings)]
    : [];
  return [sentences, ...shown, ...table].join("\n\n");
}

export const EDITED =
  "Only a new comment gives a command, and this one was edited: write it again as a comment of its own.";
export const TAKEN_BACK =
  "The comment that said it was edited or deleted, so it does not count any more. It can be written again.";
export const NOT_PROMOTED =
  "Its comment was edited or deleted before anything was merged, so it ends. It can be written again.";
export const TWICE = "It stands there twice: once is enough. Nothing was done.";
export const DRY_FIRST =
  "To try it out and to do it are two comments: look at what the first one shows. Nothing was done.";
export const NOTHING_DONE = "Nothing was done.";
