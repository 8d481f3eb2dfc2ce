import type { Instant, Person, RepositoryId, Sha } from "./names.ts";
import { isReadable } from "./readable.ts";
import { type PullSubject, subjectKey } from "./subject.ts";
import type { VersionAsked } from "./version-asked.ts";

/** Somebody wrote something that may be a command. Open until the answer stands on GitHub; the id makes hearing it twice once. */
export type Request = {
  readonly id: string;
  readonly by: Person;
  readonly at: Instant;
  /** When it was written by GitHub's clock, in whole seconds, as clicks are told; left out where nobody said. */
  readonly written?: Instant;
  /** The whole comment, as it was written; of a button what it stands for; empty where it was asked on a page. */
  readonly body: string;
  /**
   * `edited in`: it was a comment before, and does nothing. `taken back`: it had been a command, and was edited or deleted: what was
   * attested by it counts no longer.
   */
  readonly how: "written" | "edited in" | "taken back" | "sticky";
  /** What was done to the comment with the run-book; only where `how` is `sticky`. */
  readonly sticky?: StickyEdit;
  readonly origin: Origin;
};
/** What somebody did to the comment that shows a run-book: boxes, and whatever else of it is not as we wrote it. */
export type StickyEdit = {
  /** Of the comment as it was clicked; null: its marks are gone. */
  readonly revision: number | null;
  /** The run-book that its labels count by. */
  readonly blob: Sha | null;
  readonly clicks: readonly {
    readonly label: Label;
    readonly ticked: boolean;
    /** How the box was written in that revision. */
    readonly shown: boolean;
  }[];
  /** More than boxes were changed; `deleted`: it is gone. */
  readonly other: "no" | "edited" | "deleted";
};
/** An item as people name it: `S3` in the rehearsal, `P3` in production. */
export type Label = `${"S" | "P"}${number}`;
/** How far an item of a run-book is. */
export type ItemReached = "open" | "done" | "skip-asked" | "skipped" | "failed";
/** The id of what is heard when the comment or the review of a request is edited or deleted. */
export const takenBackOf = (id: Request["id"]): string => `${id}:taken-back`;
/** With what the ids begin of all that somebody asks for on the page of a pull request; the time follows. */
export const askedOnPage = (pull: PullSubject, by: Person["id"]): string => `page:${subjectKey(pull)}:${by}:`;
/** The same of what somebody tries out there. */
export const triedOnPage = (pull: PullSubject, by: Person["id"]): string => `dry-run:${subjectKey(pull)}:${by}:`;
/** What *Dry run* stands for where this commit is shown. */
export const tryingOut = (head: Sha): string => `/promote ${head} dry run`;
/** With the head of the verdict that the pull request had when it was heard; null: none, or it is no pull request. */
export type Heard = Request & { readonly judged: Sha | null };
/**
 * Where it was written: a comment takes a reaction, a review and a button beside a check do not, and a page shows the answer
 * itself. A train asks by itself for what it takes along.
 */
export type Origin = {
  /** Of the pull request or the issue. */
  readonly number: number;
} & (
  | { readonly comment: number }
  | { readonly review: number }
  /** *Dry run* beside a check, or on the page of the pull request. */
  | { readonly button: "check" | "page" }
  | { readonly page: PageAct }
  | { readonly train: TrainOf }
);
/** Which train it belongs to, and where that was asked for. */
export type TrainOf = {
  readonly name: string;
  readonly repository: RepositoryId;
  /** As people read it, such as `acme/api#7`. */
  readonly place: string;
};

/** The commands that the page of a pull request gives. */
export const PAGE_COMMANDS = ["done", "undo", "skip", "confirm", "fail"] as const;
/** What somebody did to an item of the run-book on the page of its pull request: a command, and what they saw. */
export type PageAct = {
  readonly command: (typeof PAGE_COMMANDS)[number];
  readonly label: Label;
  /** With `/done`; null: nothing was said. */
  readonly note: string | null;
  readonly url: string | null;
  readonly because: string | null;
  readonly saw: Sight;
};
/** What a page showed: by which run-book and for which head, and how far the item was then. */
export type Sight = {
  readonly blob: Sha;
  readonly head: Sha;
  readonly state: ItemReached;
  /** Since when; null where it is open. */
  readonly since: Instant | null;
};

/** One line that somebody wrote, and what came of it. */
export type Line = {
  readonly line: string;
  readonly says: string;
  /** Markdown of our own, below it. */
  readonly shows?: string;
  /** The table of gates belongs to it. */
  readonly table?: true;
  /** What `/promote` would do belongs to it, with that version asked for; null: it leaves that open. */
  readonly rehearses?: { readonly version: VersionAsked | null };
  /** It links the issue of what stands under this key, and is said once that is there. */
  readonly links?: string;
};

/** What came of it, written down before it is said: a run that was cut off says it again. */
export type Answer = {
  /** `under way`: it is answered when all of it is done. */
  readonly came: "done" | "refused" | "not understood" | "under way";
  /** As it is written, without its mark; null: nothing is said, or not yet. */
  readonly body: string | null;
  /** All was done, and this is said once the issues that it links are there. */
  readonly waits?: readonly Line[];
  /** In sentences, for the page that it was asked on; left out: it was asked elsewhere. */
  readonly says?: string;
  /** Below that, Markdown of our own. */
  readonly shows?: string;
};
export type Open = { readonly request: Heard; readonly answer: Answer | null };

/** More than this is no command, and is not taken to pieces. */
const LONGEST = 10_000;

/** Whether a text may hold a command: a line begins with a slash and a letter. A plain comment is not looked at further. */
export function mayCommand(body: string): boolean {
  return body.length <= LONGEST && /^\/[a-z]/im.test(body) && isReadable(body);
}
