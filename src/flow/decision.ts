import type { Effect } from "./effect.ts";
import type { ListedPull, Want } from "./facts.ts";
import type { Entry } from "./ledger.ts";
import type { Lesson, Memory } from "./memory.ts";
import type { Branch, InstallationId, Instant, RepositoryId } from "./names.ts";
import type { Answer as Answered, Request } from "./request.ts";
import type { WalkedBook } from "./run-book.ts";
import type { Nudge, Subject } from "./subject.ts";
import type { Verdict } from "./verdict.ts";

/** What a delivery, a receipt or a sweep brings: what it teaches, and whom to look at again. */
export type News = {
  /** Whose repositories this is about; null where the source does not say: then by what we know of the repository. */
  readonly installation: InstallationId | null;
  /** Where it comes from, in GitHub's words, such as `check_run completed`; null: from a decision of our own. */
  readonly cause: string | null;
  readonly lessons: readonly Lesson[];
  readonly nudges: readonly Nudge[];
  /** What people ask for, of whom. */
  readonly asks: readonly { readonly of: Subject; readonly request: Request }[];
  /**
   * What we wrote into slots of these names, and into those of the gates below a check's, does not stand on GitHub any
   * more: it is written again. A name that ends with a colon stands for all that begin so.
   */
  readonly forget: readonly string[];
  /** What happens to whole installations or repositories. */
  readonly access: readonly Access[];
};
export const NO_NEWS: News = {
  installation: null,
  cause: null,
  lessons: [],
  nudges: [],
  asks: [],
  forget: [],
  access: [],
};

/** What a list of open pull requests of a repository teaches; all of them are looked at. */
export function pullsListed(repository: RepositoryId, pulls: readonly ListedPull[]): Pick<News, "lessons" | "nudges"> {
  return {
    lessons: pulls.map(({ number, asOf, facts }) => ({ of: "pull", repository, number, asOf, from: {}, facts })),
    nudges: pulls.map(({ number }) => ({ priority: "bulk", subject: { kind: "pull", repository, number } })),
  };
}

/** Where the App may work. What is out of reach is kept, and not worked on. */
export type Access =
  | { readonly installation: InstallationId; readonly may: "work" | "not work"; readonly account: string }
  | { readonly repository: RepositoryId; readonly may: "work" | "not work" };

export type Decision = {
  /** The reason in one sentence: it goes into the ledger and the log. */
  readonly because: string;
  /** The new verdict of a pull request; null: none, undefined: as before. */
  readonly verdict?: Verdict | null;
  /** The new memory of the subject; undefined: as before. */
  readonly memory?: Memory;
  /** The branches that the verdict rests on a comparison with: when one moves, it is judged again. */
  readonly compared?: readonly Branch[];
  /** The run-book as the page of the pull request shows it from now on; undefined: as before. */
  readonly walked?: WalkedBook;
  /** What people asked for and is answered by it. */
  readonly answered?: readonly { readonly id: string; readonly answer: Answered }[];
  /** What the ledger must keep; empty where nothing changed. */
  readonly entries: readonly Entry[];
  readonly effects: readonly Effect[];
  /** Nothing new follows once the effects are done, so they need no further judgement; else they are judged again. */
  readonly final?: boolean;
  readonly news: News;
  /** When to look again though nobody says anything; null: never. */
  readonly lookAgainAt: Instant | null;
};

/** A judgement's answer: what it still has to read, or what is decided. */
export type Answer = { readonly lacks: readonly Want[] } | { readonly decided: Decision };
