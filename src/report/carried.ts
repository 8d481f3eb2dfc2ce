import { relisted, roomIn, signed } from "../flow/carried-list.ts";
import { type Branch, short } from "../flow/names.ts";
import { count, listed, sizeOf } from "../flow/words.ts";
import { authorsOf, type Carried, type CarriedPull, type LooseCommit } from "../release/carried.ts";
import { folded, type Part } from "./folding.ts";
import { codeInLine, inLine, titled } from "./markdown.ts";

/** So many numbers stand in a sentence. */
const MOST_NAMED = 20;

/** What the list of a promotion says. */
export type Listing = {
  readonly carried: Carried;
  /** What came to the stage since the promotion was pinned, which it does not carry. */
  readonly since: { readonly stage: Branch; readonly pulls: readonly CarriedPull[] };
};

/** The title of a promotion; into the last stage it is the release of a version. */
export const promotionTitle = (
  of: { readonly from: Branch; readonly to: Branch } | { readonly tag: string },
): string => ("tag" in of ? `Release ${of.tag}` : `Promote ${of.from} to ${of.to}`);

/** Whether a title is one that Flowgate gives to such a promotion, whatever its version. */
export const isPromotionTitle = (title: string, of: { readonly from: Branch; readonly to: Branch }): boolean =>
  title === promotionTitle(of) || /^Release v\d+\.\d+\.\d+\S*$/.test(title);

/**
 * The body of a promotion with its list brought up to date. What people wrote stays, each line of it; where they left no room
 * for a single line, the body stays as it is.
 *
 * @param body as it is now; for a new one what stands above the list, such as the line of its run-book.
 */
export function promotionBody(body: string, listing: Listing): string {
  const list = promotionList(listing, roomIn(body));
  return (list && relisted(body, list)) ?? body;
}

/**
 * What it carries. Where there is too much, authors are folded to the numbers of their pull requests, then to how many those
 * are, the longest first.
 *
 * @param room for the list, signed. @returns null where not a single line has room.
 */
export function promotionList(listing: Listing, room: number): string | null {
  const size = (list: string) => sizeOf(signed(list));
  const lead = leadOf(listing);
  const all = folded([[lead], ...groupsOf(listing.carried), [FOOT]], room, size);
  return [all, lead].find((list) => size(list) <= room) ?? null;
}

/** What is carried, by author, for who is answered how much it is. @param room in characters. */
export const carriedList = (carried: Carried, room: number): string => folded(groupsOf(carried), room);

const FOOT = "Flowgate keeps this list; what you write above or below it stays.";

function leadOf({ carried, since }: Listing): string {
  const { pulls, whole } = carried;
  const by = new Set(pulls.map(({ author }) => author.id)).size;
  const said = `It carries ${count(pulls.length, "pull request")}${by === 0 ? "" : ` by ${by === 1 ? "one author" : `${by} authors`}`}.`;
  const cut = whole ? "" : " GitHub does not list all of its commits, so there may be more.";
  return [`${said}${cut}`, ...sinceThen(since)].join("\n\n");
}

function sinceThen({ stage, pulls }: Listing["since"]): readonly string[] {
  if (pulls.length === 0) return [];
  const more = pulls.length - MOST_NAMED;
  const numbers = pulls.map(({ number }) => number).toSorted((a, b) => a - b);
  const named = numbers.slice(0, MOST_NAMED).map((number) => `#${number}`);
  const all = listed(more > 0 ? [...named, `${more} more`] : named);
  return [
    `Since then ${count(pulls.length, "pull request")} came to ${codeInLine(stage)}: ${all}. ${codeInLine("/promote refresh")} takes ${pulls.length === 1 ? "it" : "them"} along.`,
  ];
}

function groupsOf({ pulls, loose }: Carried): readonly Part[] {
  const groups = authorsOf(pulls).map(({ author, pulls }): Part => {
    const who = `**${inLine(author.login)}**`;
    return [
      [who, "", ...pulls.map(({ number, title }) => `- #${number} ${titled(title)}`)].join("\n"),
      `${who}: ${pulls.map(({ number }) => `#${number}`).join(", ")}`,
      `${who}: ${count(pulls.length, "pull request")}`,
    ];
  });
  if (loose.length === 0) return groups;
  const others = "**Commits that no pull request is known for**";
  return [...groups, [[others, "", ...loose.map(commitLine)].join("\n"), `${others}: ${loose.length}`]];
}

/** A commit as an item of a list; GitHub makes a link of what it is called. */
export const commitLine = ({ sha, title, author }: LooseCommit): string =>
  `- ${short(sha)} ${titled(title)}${author === null ? "" : ` (${inLine(author.login)})`}`;
