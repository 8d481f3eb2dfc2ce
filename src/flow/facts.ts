import type { CheckSeen } from "./check-seen.ts";
import type { Config } from "./config.ts";
import type { MergeMethod, SlotState } from "./effect.ts";
import type { Ended } from "./ended.ts";
import type { ComponentMemory, GroupMemory, PullFacts, PullMemory, StageMemory } from "./memory.ts";
import type { Branch, Hash, InstallationId, Instant, Person, Place, RepositoryId, Sha } from "./names.ts";
import type { Merge, Push, Records } from "./provenance.ts";
import type { Answer as Answered, Open } from "./request.ts";
import type { LiveRuleset } from "./ruleset.ts";
import type { RunBook } from "./run-book.ts";
import type { MergedRollback, Standing, StandingOf } from "./standing.ts";
import type { ComponentSubject, GroupSubject, PullSubject, StageSubject } from "./subject.ts";
import type { Concession, Lane, Verdict } from "./verdict.ts";

/** What GitHub told us, or why it could not and when to ask again. */
export type Fact<T> =
  | { readonly known: true; readonly value: T; readonly at: Instant }
  | { readonly known: false; readonly because: string; readonly retryAt: Instant };

export type Commit = {
  readonly sha: Sha;
  readonly parents: readonly Sha[];
  readonly tree: Sha;
  readonly title: string;
  /** What it breaks, where a footer of its message says so: from that line on, cut; left out: none does. */
  readonly breaking?: string;
  readonly author: Person | null;
};
/** What `head` has and `base` lacks. GitHub lists at most so many commits; the count is always right. */
export type Comparison = {
  readonly ahead: number;
  /** How many commits `base` has and `head` lacks. */
  readonly behind: number;
  /** Where the two parted: the last commit that both have. */
  readonly mergeBase: Sha;
  readonly mergeBaseTree: Sha;
  readonly commits: readonly Commit[];
  readonly whole: boolean;
  /** The files that differ since then; `whole` false: GitHub does not list them all. */
  readonly changes: { readonly files: readonly ChangedFile[]; readonly whole: boolean };
};
export type Document = { readonly found: true; readonly blob: Sha; readonly text: string } | { readonly found: false };
/** A pull request that brought a commit in, merged or not. */
export type BroughtBy = {
  readonly number: number;
  readonly author: Person;
  readonly merged: boolean;
  readonly base: Branch;
  readonly head: Sha;
};
export type Review = {
  /** GitHub's id of it. */
  readonly id: number;
  readonly by: Person & { readonly bot: boolean };
  readonly state: "approved" | "changes-requested" | "dismissed" | "commented";
  readonly commit: Sha | null;
  readonly at: Instant;
};
export type ListedPull = {
  readonly number: number;
  readonly asOf: Instant;
  readonly facts: PullFacts;
  /** Where it is merged and shown in full. */
  readonly mergedAs?: Pick<Merge, "commit" | "commits">;
};
/** What somebody may do in the repository, weakest first. */
export const RIGHTS = ["none", "read", "triage", "write", "maintain", "admin"] as const;
export type Right = (typeof RIGHTS)[number];
export type Collaborator = { readonly person: Person; readonly right: Right };
/** A file that differs: `before` where it had another path, `blob` null where it is gone. */
export type ChangedFile = {
  readonly path: string;
  readonly before: string | null;
  readonly blob: Sha | null;
  /** Statements in its new lines that may destroy data; left out where GitHub does not show the lines, as of what is large. */
  readonly destructive?: readonly string[];
};
/** A run of a workflow of GitHub Actions, and the repository that it ran in. */
export type WorkflowRun = {
  readonly id: number;
  readonly attempt: number;
  /** `owner/name`. */
  readonly repository: string;
  readonly defaultBranch: Branch;
  /** Path of the workflow, such as `.github/workflows/backup.yml`. */
  readonly workflow: string;
  readonly branch: Branch | null;
  /** Whether its commit comes from another repository, as a fork's pull request. */
  readonly foreign: boolean;
  readonly conclusion: string | null;
  readonly started: Instant;
  readonly finished: Instant;
};
/** A file in a commit; links and submodules are neither executable nor read. */
export type TreeEntry = {
  readonly path: string;
  readonly kind: "file" | "executable" | "link" | "submodule";
  readonly blob: Sha;
  /** In bytes. */
  readonly size: number;
};
export type Tagged = { readonly tag: string; readonly commit: Sha };
/** One rule that GitHub enforces on a branch, as far as we look at it. */
export type BranchRule = {
  readonly type: string;
  readonly checks: readonly { readonly context: string; readonly app: number | null }[];
};

/** Everything that can be read from GitHub, and what the answer looks like. */
export type Answers = {
  readonly repository: {
    readonly name: string;
    readonly defaultBranch: Branch;
    /** The ways of merging that its settings allow, in the order in which Flowgate takes them. */
    readonly methods: readonly MergeMethod[];
  };
  /** What the App may do there, by GitHub's names for it: `read`, `write` or `admin`. */
  readonly permissions: { readonly [of: string]: string };
  /** The commit a branch is at; null: no such branch. */
  readonly branch: Sha | null;
  readonly document: Document;
  readonly pull: ListedPull;
  readonly "open-pulls": readonly ListedPull[];
  /** The last that were merged, newest first, thirty at most. */
  readonly "merged-pulls": readonly ListedPull[];
  readonly compare: Comparison;
  readonly "brought-by": readonly BroughtBy[];
  readonly reviews: readonly Review[];
  /** Those of the titles that are there. */
  readonly rulesets: readonly LiveRuleset[];
  /** Check runs and statuses, of all Apps. */
  readonly checks: readonly CheckSeen[];
  /** Its members and those of its child teams; null: there is no such team, or the App may not see it. */
  readonly team: readonly Person[] | null;
  /** Whether it was let into the repository, by itself or with a team above it; not where the App may not see it. */
  readonly "team-access": boolean;
  /** Who may read the repository or more. */
  readonly collaborators: readonly Collaborator[];
  /** Open ones, no pull requests among them. */
  readonly issues: readonly { readonly number: number; readonly title: string }[];
  readonly text: { readonly title: string; readonly body: string };
  /** Who pushed to a branch since it was made, with those whose force-push is gone. */
  readonly pushers: readonly Person[];
  /** The tree of a commit. */
  readonly tree: Sha;
  /** All tags of the repository, as they are called. */
  readonly tags: readonly string[];
  /** The same with the commit that each names. */
  readonly tagged: readonly Tagged[];
  /** The trees of folders in a commit, in the order in which they are asked for; null: there is no such folder. */
  readonly folders: readonly (Sha | null)[];
  /** Whether an issue is open, and who closed it, as far as GitHub says; null: there is none of that number any more. */
  readonly issue: { readonly open: boolean; readonly closedBy: Person | null } | null;
  /** Of a commit; of a merge the first is where its branch was before. */
  readonly parents: readonly [Sha, ...Sha[]];
  /** All files of a commit. */
  readonly entries: readonly TreeEntry[];
  /** Those that lie in no folder, as far as GitHub lists them. */
  readonly "root-files": readonly TreeEntry[];
  readonly file: Document;
  /** The text of a file. */
  readonly blob: string;
  /** A run-book, read away from the main thread. */
  readonly "run-book": RunBook;
  /** Null: there is none, or the App may not see it. */
  readonly run: WorkflowRun | null;
  /** The commits that touched a file, newest first; a hundred at most. */
  readonly touched: readonly Sha[];
  /** What the verifier of the config says of a backup: that it is there, or in a sentence why not. */
  readonly verified:
    | { readonly is: true; readonly finished: Instant }
    | { readonly is: false; readonly because: string };
  readonly rules: readonly BranchRule[];
  /** What a tag's name stands for: the object with its message, or, where it has none, the commit itself. Null: there is none. */
  readonly tag: { readonly object: Sha; readonly commit: Sha } | null;
  /** The name that somebody gave; null: none, or the account is gone. */
  readonly user: { readonly name: string | null };
};
/** One thing still to be read. Only a judgement knows what it needs, since needs depend on what was read before. */
export type Want =
  | { readonly want: "repository" | "open-pulls" | "merged-pulls" | "tags" | "tagged" | "permissions" }
  | { readonly want: "branch"; readonly branch: Branch }
  /** On the default branch. */
  | { readonly want: "document"; readonly path: string }
  | { readonly want: "pull"; readonly number: number }
  /** Where `base` is a branch, the answer is of the moment it was read. */
  | { readonly want: "compare"; readonly base: Branch | Sha; readonly head: Sha }
  | { readonly want: "brought-by"; readonly commit: Sha }
  | { readonly want: "reviews"; readonly number: number }
  | { readonly want: "rulesets"; readonly titles: readonly string[] }
  /** What GitHub enforces on a branch: rulesets, and the checks that a classic protection requires. */
  | { readonly want: "rules"; readonly branch: Branch }
  | { readonly want: "checks"; readonly head: Sha }
  /** As `@organisation/team`. */
  | { readonly want: "team" | "team-access"; readonly team: string }
  /** Of the repository itself, or of another one of the same owner. */
  | { readonly want: "collaborators"; readonly of?: string }
  | { readonly want: "issues"; readonly label: string }
  | { readonly want: "text"; readonly number: number }
  | { readonly want: "pushers"; readonly branch: Branch }
  | { readonly want: "tree"; readonly commit: Sha }
  | { readonly want: "folders"; readonly commit: Sha; readonly paths: readonly string[] }
  | { readonly want: "issue"; readonly number: number }
  /** Of any commit but the first of all. */
  | { readonly want: "parents"; readonly commit: Sha }
  | { readonly want: "entries" | "root-files"; readonly commit: Sha }
  /** As it is in a commit. */
  | { readonly want: "file"; readonly path: string; readonly at: Sha }
  /** By its content, which is the same in every commit that has it; the path is for people. */
  | { readonly want: "blob"; readonly path: string; readonly sha: Sha }
  | { readonly want: "run-book"; readonly path: string; readonly sha: Sha }
  /** A run of a workflow, in any repository of the same owner. */
  | { readonly want: "run"; readonly repository: string; readonly id: number; readonly attempt: number | null }
  | { readonly want: "touched"; readonly path: string; readonly head: Sha }
  | { readonly want: "tag"; readonly tag: string }
  | { readonly want: "user"; readonly id: number; readonly login: string }
  /** Asked of the verifier that the config names. */
  | { readonly want: "verified"; readonly system: string; readonly id: string; readonly finished: Instant };
export type AnswerTo<W extends Want> = Answers[W["want"]];

/** What was read for one judgement, by want. */
export type Read = ReadonlyMap<string, Fact<unknown>>;

/** The key under which an answer is kept. */
export const wantKey = (want: Want): string => Object.values(want).join(" ");
/** The answer to a want, or undefined while it was not read. */
export function answerTo<W extends Want>(read: Read, want: W): Fact<AnswerTo<W>> | undefined {
  return read.get(wantKey(want)) as Fact<AnswerTo<W>> | undefined;
}

type Known = {
  readonly now: Instant;
  /** Why it is looked at: the last thing that asked for it; null: its time had come. */
  readonly cause: string | null;
  readonly read: Read;
  /** Null before the first look at the repository. */
  readonly component: ComponentMemory | null;
};
/** An open pull request beside the one that is judged. */
export type Sibling = { readonly number: number; readonly verdict: Verdict };

export type PullKnown = Known & {
  readonly subject: PullSubject;
  readonly memory: PullMemory | null;
  readonly verdict: Verdict | null;
  /** Other open pull requests with the same head commit and base that were judged at it. */
  readonly siblings: readonly Sibling[];
  /** The slot of its check; null while nothing was ever put there. */
  readonly slot: SlotState | null;
  /** The slot of the comment that says that this commit is not green any more. */
  readonly turnedBack: SlotState | null;
  /** The slot of the comment that shows its run-book, and those of the issues about its failed items, by the item's key. */
  readonly sticky: SlotState | null;
  readonly itemIssues: { readonly [key: string]: SlotState };
  /** What was asked to be overridden on it: what is open, and what was closed of late. */
  readonly overrides: readonly KnownOverride[];
  /** What it owes since it was merged as a hotfix. */
  readonly owed: KnownOwed;
  /** The slots of its merge at this head, and of the pull request that takes it further. */
  readonly merge: SlotState | null;
  readonly next: SlotState | null;
  /** The slots of the list in its own body, of the one added to what takes it further, and of who is asked to review that. */
  readonly body: SlotState | null;
  readonly adoption: SlotState | null;
  readonly reviewers: SlotState | null;
  /**
   * Where Flowgate opened it to bring something back, whether it was changed since, and the slot of the comment that it is not
   * merged at this head; null: Flowgate did not. `closed`: it was closed unmerged.
   */
  readonly backMerge: {
    readonly changed: boolean;
    readonly said: SlotState | null;
    readonly closed?: ClosedBackMergeKnown;
  } | null;
  /** The slot of its branch, where Flowgate made that. */
  readonly branch: SlotState | null;
  /** What a `/rollback` on it, or it as a rollback, has to do with; null: there is no such, or it was not read. */
  readonly rollback: RollbackKnown | null;
  /** The slots of the tag, of the GitHub Release that its merge makes, and of the files of that. */
  readonly tag: SlotState | null;
  readonly release: SlotState | null;
  readonly assets: SlotState | null;
  /** Merged pull requests of the component, of which a promotion may carry some; read where it is promoted, was released or lists them. */
  readonly merged: readonly MergedPull[];
  /** The last entry of the component's ledger; null: it was not read. */
  readonly ledger: Place | null;
  /** What is on record of its release beside that; read while it is being made, else null. */
  readonly recorded: Recorded | null;
  /** The digest of the run-book as its page shows it; null: it shows none. */
  readonly walked: Hash | null;
  /** The slots of the checks of its gates, by the check's name. */
  readonly gateSlots: { readonly [name: string]: SlotState };
  /** The stage that it goes into, null before its first look. */
  readonly stage: StageMemory | null;
  /** The stage before that, where the base has one before it. */
  readonly source: Source | null;
  /** What holds it, its stage or its component, in whatever way; of run-books its own. */
  readonly standing: readonly Standing[];
  /** What served a release that is merged, and serves no other; read where somebody attests something. */
  readonly spent: readonly Spent[];
  /** When another release or hotfix that had passed went into the last stage last, read there too; null: none that we know. */
  readonly lastRelease: Instant | null;
  /** Merged pull requests of the component whose label or body may say that they affect data. */
  readonly mayAffect: readonly MayAffect[];
} & Heard;
/** What there is to say of a back-merge that somebody closed. */
export type ClosedBackMergeKnown = {
  /** What it was to bring back. */
  readonly commit: Sha;
  /** The slot of the comment that says so. */
  readonly said: SlotState | null;
  /** The stages before its base that have a rollback from there, once it is there. */
  readonly waiting: readonly Branch[];
};
/** What is there of a rollback. */
export type RollbackKnown = {
  /** The slots of the pull request that a `/rollback` on this one opens, and of the issue about this one's. */
  readonly opened: SlotState | null;
  readonly issue: SlotState | null;
  /** Releases that Flowgate made here, with the slots of their GitHub Releases. */
  readonly releases: readonly KnownRelease[];
  /** It made a release itself, which was withdrawn. */
  readonly withdrawn: boolean;
};
/** A release that was made, with the slot of its GitHub Release. */
export type KnownRelease = MadeRelease & { readonly slot: SlotState | null };
export const NO_ROLLBACK: RollbackKnown = { opened: null, issue: null, releases: [], withdrawn: false };
export type KnownOverride = {
  readonly standing: StandingOf<"override">;
  /** Why it is no longer open; null: it is. */
  readonly closed: string | null;
  /** The slot of its issue. */
  readonly slot: SlotState | null;
};
export type KnownOwed = {
  /** The slot of the one issue about it. */
  readonly slot: SlotState | null;
  readonly all: readonly {
    readonly standing: StandingOf<"owed">;
    /** Who gave it; null: it is still owed. */
    readonly closed: string | null;
  }[];
};
/** A merged pull request as it is remembered. */
export type MergedPull = Pick<PullFacts, "title" | "author" | "head" | "base" | "mergeCommit" | "mergedAt"> & {
  readonly number: number;
  readonly labels: readonly string[];
  /** As it was judged; null: it was not, or no lane allowed it. */
  readonly lane: Lane | null;
  /** What it was let through by, of what its gates did not pass. */
  readonly overridden: readonly (Concession & { readonly gate: string })[];
};
/** What is on record that the evidence of a release tells of. */
export type Recorded = {
  /** The component's chain, and its first entry about the release. */
  readonly chain: string;
  readonly from: number;
  /** Who had pull requests merged by `/promote`: promotions and releases, by number. */
  readonly promoters: { readonly [number: number]: Person };
  /** When releases and hotfixes went into the last stage, in any order; the release itself may be among them. */
  readonly landings: readonly Instant[];
  /** On any pull request of the component, whenever it was. */
  readonly overrides: readonly {
    readonly standing: StandingOf<"override">;
    /** By a login, or `app`; null: it is open. */
    readonly closed: { readonly by: string; readonly at: Instant; readonly because: string } | null;
  }[];
  /** On any of its stages, whenever it was. */
  readonly deviations: readonly Omit<KnownDeviation, "slot">[];
};
/** What was attested for a release that is merged. */
export type Spent = {
  readonly standing: StandingOf<"attestation">;
  /** Why it does not count any more; null: it does. */
  readonly closed: string | null;
};
export type MayAffect = Pick<PullFacts, "body" | "dataLabel" | "mergeCommit"> & { readonly number: number };
/** What people asked for and nobody answered yet, oldest first. */
export type Heard = { readonly requests: readonly Open[]; readonly installation: InstallationId };
/** How a stage that is promoted came to be where it is. */
export type Source = {
  readonly stage: Branch;
  /** Since when its pushes are recorded; null: they are not. */
  readonly since: Instant | null;
  readonly heads: readonly Sha[];
  readonly unexplained: readonly Push[];
  readonly trusted: readonly Push[];
  /** The pull request of ours that is open to bring something back into it; left out: there is none. */
  readonly backMerge?: number;
};
export type GroupKnown = Known & {
  readonly subject: GroupSubject;
  readonly memory: GroupMemory | null;
  /** The pull request that was queued, null where it was never heard of. */
  readonly pull: { readonly memory: PullMemory; readonly verdict: Verdict | null } | null;
  readonly slot: SlotState | null;
};
export type StageKnown = Known & {
  readonly subject: StageSubject;
  readonly memory: StageMemory | null;
  /** Open pull requests into this stage that have no check of ours on their head yet. */
  readonly unchecked: readonly number[];
  /** The slots of its rulesets and of those for tags, by title, where something was ever put there. */
  readonly slots: { readonly [title: string]: SlotState };
  readonly records: Records;
  /** What came onto it past its gates: what is open, and what was closed of late. */
  readonly deviations: readonly KnownDeviation[];
  /** Read where something landed in a later stage that it is to have; else null. */
  readonly backMerge: KnownBackMerge | null;
  /** What was to bring something back into it and was closed. */
  readonly closedBackMerges: readonly StandingOf<"closed-back-merge">[];
  /** The releases that were made, and whether they are open; read where something was done by hand to some release. */
  readonly releases: readonly MadeRelease[];
};
/** How a stage comes to have what landed in a later one. */
export type KnownBackMerge = {
  /** The slot of the last pull request of ours that brought something back into it, and whether that is open. */
  readonly slot: SlotState | null;
  readonly open: boolean;
  /** What back-merges into the later stages were merged as. */
  readonly later: readonly Sha[];
  /** Rollbacks of the last stage that are merged. */
  readonly rollbacks: readonly MergedRollback[];
};
/** A stage of a repository that was looked at. */
export type StageLookedAt = StageKnown & { readonly memory: StageMemory; readonly component: ComponentMemory };
export type KnownDeviation = {
  readonly standing: StandingOf<"deviation">;
  /** Why it is no longer open; null: it is. */
  readonly closed: string | null;
  /** The slot of its issue. */
  readonly slot: SlotState | null;
};
export type MadeRelease = {
  readonly standing: StandingOf<"release">;
  /** Null: it is on its way. */
  readonly ended: Ended | null;
};
/** A pull request into the default branch whose gate let a change of the config through. */
export type LetThrough = {
  readonly number: number;
  /** The head that was judged. */
  readonly head: Sha;
  /** The blob of the file that it brings; null: it takes it away. */
  readonly to: Sha | null;
  /** As far as we heard. */
  readonly merged: boolean;
};
export type ComponentKnown = Known & {
  readonly subject: ComponentSubject;
  readonly memory: ComponentMemory | null;
  /**
   * The file of the organisation's repository `.github`, as it is in force, and what there is to know of it; null where the
   * App knows of no such repository.
   */
  readonly organisation: {
    readonly blob: Sha | null;
    readonly config: Config | null;
    readonly note: string | null;
  } | null;
  /** The slot of the pull request that proposes a config. */
  readonly enrolment: SlotState | null;
  /** Where the file may have changed. */
  readonly letThrough: readonly LetThrough[];
  /** What stands in the repository; read where somebody asked for something. */
  readonly standing: readonly Standing[];
  /** Trains that were asked for here and have not stopped, oldest first. */
  readonly trains: readonly TrainKnown[];
  /** All that stand where the App is installed, those too. */
  readonly allTrains: readonly StandingOf<"train">[];
} & Heard;
/** A train, and what is known of what it takes along, in its order. */
export type TrainKnown = {
  readonly train: StandingOf<"train">;
  readonly components: readonly InTrain[];
  /** Its comment was edited or deleted: it ends with what is under way. */
  readonly takenBack: boolean;
};
/** A repository that a train names. */
export type InTrain = {
  /** `owner/name`, as the train names it. */
  readonly name: string;
  /** Null: the App works on no component of that name. */
  readonly is: { readonly repository: RepositoryId; readonly component: ComponentMemory } | null;
  /** Open pull requests into its last stage that are releases, or were not judged yet. */
  readonly open: readonly OpenRelease[];
  /** What came of what the train asked of it; null: it did not, or it is under way. */
  readonly came: CameOfCar | null;
  /** What became meanwhile of its release that a train of this name was to take along and did not; null: none was. */
  readonly since: Became | null;
};
export type OpenRelease = Pick<PullMemory, "draft"> & {
  readonly number: number;
  readonly head: Sha;
  /** What its check says of all that share it, for this very head; null: nothing yet. */
  readonly verdict: Verdict | null;
  /** A `/promote` of its own is under way. */
  readonly promoted: boolean;
};
export type CameOfCar = Became & { readonly answer: Answered };
/** What a release became. */
export type Became = {
  /** What it was merged as; null: it is not merged. */
  readonly commit: Sha | null;
  /** Null: it made no release. */
  readonly version: string | null;
  /** GitHub would not have its tag, which is not there. */
  readonly untagged: boolean;
};

/** All that a judgement may look at, as it stood at one instant. */
export type Facts = PullKnown | GroupKnown | StageKnown | ComponentKnown;

/** Where the App itself is known: its id pins the checks, its bot login tells its own acts from others'. */
export type Self = { readonly app: number; readonly bot: string };
