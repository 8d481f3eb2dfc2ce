import { count, sizeOf } from "../flow/words.ts";
import type { Carried } from "../release/carried.ts";
import type { Kind } from "../release/conventional.ts";
import { type Exceptions, type Section, sectionsOf, type Told } from "../release/notes.ts";
import { commitLine } from "./carried.ts";
import { folded, type Part } from "./folding.ts";
import { codeInLine, cutTo, inLine, titled } from "./markdown.ts";

/** GitHub takes no longer body of a release, in characters; it says so in its refusal. */
const LARGEST = 125_000;
/** Of what somebody wrote so much stands in a line. */
const LONGEST_REMARK = 300;
/** Of what a pull request breaks so many are told. */
const MOST_BREAKS = 5;

const HEADINGS: { readonly [kind in Kind]: string } = {
  breaking: "Breaking changes",
  feature: "Features",
  fix: "Fixes",
  performance: "Performance",
  revert: "Reverts",
  documentation: "Documentation",
  other: "Other changes",
};

/**
 * The notes of a release, for GitHub: what it changes, by kind and author, each pull request once, then what was let through
 * on somebody's word. Where there is too much, the longest sections are folded to numbers, then to how many there are;
 * exceptions that would take more than half of the room are counted.
 *
 * @param room in characters; what a release takes where it is not said.
 */
export function releaseNotes(told: Told, room = LARGEST): string {
  const changes = [...sectionsOf(told.carried).map(partOf), ...looseOf(told.carried)];
  const rest = [...exceptionsOf(told.exceptions, room), ...remarksOf(told.chosen)];
  return folded([[leadOf(told)], ...changes, ...rest], room);
}

function leadOf({ chosen, number, by, carried, compareUrl }: Told): string {
  const { previous, because, tag } = chosen;
  const { pulls, whole } = carried;
  const authors = new Set(pulls.map(({ author }) => author.id)).size;
  const after = previous === null ? "" : `After ${codeInLine(previous)}: `;
  const who = by === null ? "" : `, on the word of ${inLine(by.login)}`;
  const what = `${count(pulls.length, "pull request")}${authors === 0 ? "" : ` by ${count(authors, "author")}`}`;
  const cut = whole ? "" : " GitHub does not list all that is in it, so there may be more.";
  const all = compareUrl === null ? "" : ` [All that changed](${compareUrl})`;
  return `${after}${inLine(because)}. ${codeInLine(tag)} brings ${what}, and was released with #${number}${who}.${cut}${all}`;
}

function partOf({ kind, pulls }: Section): Part {
  const heading = `### ${HEADINGS[kind]}`;
  const lines = pulls.map(({ number, title, author, breaks }) => {
    const more = breaks.length > MOST_BREAKS ? [`  - and ${breaks.length - MOST_BREAKS} more`] : [];
    const why = breaks.slice(0, MOST_BREAKS).map((text) => `  - ${remark(text)}`);
    return [`- #${number} ${titled(title)} (${inLine(author.login)})`, ...why, ...more].join("\n");
  });
  const all = count(pulls.length, "pull request");
  return [
    `${heading}\n\n${lines.join("\n")}`,
    `${heading}\n\n${all}: ${pulls.map(({ number }) => `#${number}`).join(", ")}`,
    `${heading}\n\n${all}`,
  ];
}

function looseOf({ loose }: Carried): readonly Part[] {
  if (loose.length === 0) return [];
  const heading = "### Commits that no pull request is known for";
  return [[`${heading}\n\n${loose.map(commitLine).join("\n")}`, `${heading}\n\n${count(loose.length, "commit")}`]];
}

/** What its version makes people look at. */
const remarksOf = ({ remarks }: Told["chosen"]): readonly Part[] =>
  remarks.length === 0
    ? []
    : [[`### About the version\n\n${remarks.map((text) => `- ${inLine(cutTo(text, LONGEST_REMARK))}`).join("\n")}`]];

function exceptionsOf({ skipped, overrides, deviations }: Exceptions, room: number): readonly Part[] {
  const lines = [
    ...skipped.map(
      ({ label, text, because, by, confirmedBy }) =>
        `- Skipped: ${codeInLine(label)} ${remark(text)}, ${onWord(by?.login ?? "somebody", confirmedBy?.login)}: ${remark(because)}`,
    ),
    ...overrides.map(
      ({ gate, because, by, confirmedBy, on }) =>
        `- Overridden: ${codeInLine(gate)}${on === undefined ? "" : ` on #${on}`}, ${onWord(by.login, confirmedBy?.login)}: ${remark(because)}`,
    ),
    ...deviations.map(
      ({ because, cleared }) =>
        `- Past the gates: ${remark(because)}; ${cleared === null ? "still open" : remark(cleared)}`,
    ),
  ];
  if (lines.length === 0) return [];
  const all = lines.join("\n");
  const counted = `${count(skipped.length, "item")} skipped, ${count(overrides.length, "gate")} overridden, ${count(deviations.length, "deviation")}; the evidence tells of each`;
  return [[`### Exceptions\n\n${sizeOf(all) > room / 2 ? counted : all}`]];
}

const onWord = (login: string, confirmed: string | undefined): string =>
  `by ${inLine(login)}${confirmed === undefined ? "" : `, confirmed by ${inLine(confirmed)}`}`;
/** What is written over several lines stands in one. */
const remark = (text: string): string => titled(cutTo(text, LONGEST_REMARK));
