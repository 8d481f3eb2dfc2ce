import type { SlotState } from "../flow/effect.ts";
import type { Sibling } from "../flow/facts.ts";
import type { LedgerEntry, Withheld } from "../flow/ledger.ts";
import type { ComponentMemory, PullMemory, StageMemory } from "../flow/memory.ts";
import type { Branch, Instant, Person, RepositoryId } from "../flow/names.ts";
import type { Answer, PageAct } from "../flow/request.ts";
import type { WalkedBook } from "../flow/run-book.ts";
import type { Standing, StandingOf } from "../flow/standing.ts";
import type { PullSubject } from "../flow/subject.ts";
import type { Verdict } from "../flow/verdict.ts";

/** All that is stored about one pull request, as its page shows it. */
export type PullView = {
  readonly repository: RepositoryId;
  readonly number: number;
  readonly component: ComponentMemory;
  /** False where the App was suspended or removed: then this is what was last known. */
  readonly mayWork: boolean;
  readonly memory: PullMemory;
  /** Its turn has come, or it is being looked at: what is shown may be about to change. */
  readonly inHand: boolean;
  readonly verdict: Verdict | null;
  /** Open pull requests that share its check: same head commit and base, judged at them. */
  readonly siblings: readonly Sibling[];
  /** The stage that it goes into. */
  readonly stage: StageMemory | null;
  /** The slot of its check. */
  readonly slot: SlotState | null;
  /** The run-book that is walked on it, with what is known of its items; null: none is. */
  readonly walked: { readonly book: WalkedBook; readonly items: readonly StandingOf<"item">[] } | null;
  /** What the ledger says about it, newest first; the newest only. */
  readonly entries: readonly (LedgerEntry | Withheld)[];
  /** How many entries there are in all. */
  readonly entriesInAll: number;
};

/** The address of its page. */
export const addressOf = ({ component, number }: Pick<PullView, "component" | "number">): string =>
  `/${component.name}/pull/${number}`;

/** A repository and its open pull requests. */
export type ComponentView = {
  readonly repository: RepositoryId;
  readonly mayWork: boolean;
  readonly memory: ComponentMemory;
  readonly stages: readonly { readonly branch: Branch; readonly memory: StageMemory }[];
  /** Open ones, newest first. */
  readonly pulls: readonly OpenPull[];
  /** What stands in its way, oldest first; holds of single pull requests are theirs. */
  readonly standing: readonly Standing[];
};
export type OpenPull = { readonly number: number; readonly memory: PullMemory; readonly verdict: Verdict | null };

/** What somebody did on the page of a pull request, and what came of it; null: that is being found out. */
export type AskedOnPage = { readonly at: Instant; readonly act: PageAct; readonly answer: Answer | null };

/** What somebody tried out there, and what came of it; null: that is being found out. */
export type Tried = Pick<AskedOnPage, "at" | "answer">;

/** What the board reads. Nothing here writes. */
export type Views = {
  /** @param name `owner/name`; GitHub does not tell capitals from small letters in it. Null: not heard of. */
  pullView(name: string, number: number): Promise<PullView | null>;
  /** What a person did there of late, newest first. */
  askedOnPage(pull: PullSubject, by: Person["id"]): Promise<readonly AskedOnPage[]>;
  /** What a person tried out there last by *Dry run*; null: nothing. */
  triedOnPage(pull: PullSubject, by: Person["id"]): Promise<Tried | null>;
  /** By name. */
  componentsView(): Promise<readonly ComponentView[]>;
};
