import type { Finding, RunBook } from "../flow/run-book.ts";
import { lacking } from "./run-book/completeness.ts";
import { inOrder } from "./run-book/finding.ts";
import { partFrontMatter } from "./run-book/front-matter.ts";
import { readMarkdown } from "./run-book/markdown.ts";
import { nearMisses } from "./run-book/near-misses.ts";
import { phasesBy, type Words } from "./run-book/phases.ts";
import { readTree } from "./run-book/reading.ts";
import { textOf } from "./run-book/source.ts";

/** What a component asks of its run-books. */
export type Asked = {
  /** More words for phases: `runbook.phases` of the config. */
  readonly phases: Words;
  /** The script that a *deploy* item must name: `artifacts.activation` of the config; null: none. */
  readonly activation: string | null;
};

/**
 * Reads a run-book: GitHub Flavored Markdown whose task-list items are what is to be done, below headings that name phases.
 * Only what GitHub shows as a task is an item; what merely looks like one is a finding, so that none can vanish.
 *
 * @param bytes the file as it is stored. @returns always a run-book; one that cannot be read has no items and a finding.
 */
export function parseRunBook(bytes: Uint8Array, { phases: words, activation }: Asked): RunBook {
  const source = textOf(bytes);
  if ("unread" in source) return unreadable(source.unread);
  const { about, body, findings } = partFrontMatter(source.text);
  const markdown = readMarkdown(body);
  const { items, phases, regions, findings: found } = readTree(body, markdown, phasesBy(words));
  const live = new Set([...markdown.boxes.values()].map(({ offset }) => offset));
  const missed = nearMisses(body, live, regions);
  return {
    items,
    phases,
    about,
    findings: inOrder([...findings, ...found, ...missed, ...lacking(items, phases, activation)]),
  };
}

/** What stands for a file that was not read. */
export function unreadable(finding: Finding): RunBook {
  const nothing = { line: null, isEmpty: true, hasLink: false };
  const phases = { before: nothing, deploy: nothing, test: nothing, rollback: nothing, monitor: nothing };
  return { items: [], phases, about: null, findings: [finding] };
}
