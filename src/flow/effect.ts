import type { Branch, Hash, Instant, RepositoryId, Sha, Slot } from "./names.ts";
import type { RulesetContent } from "./ruleset.ts";
import type { Annotation } from "./verdict.ts";

/** A check run as GitHub takes it. `in_progress` has no conclusion. */
export type CheckContent = {
  readonly name: string;
  readonly status: "in_progress" | "completed";
  readonly conclusion: "success" | "failure" | "neutral" | null;
  readonly title: string;
  /** GitHub's Markdown, at most 65,535 bytes. */
  readonly summary: string;
  readonly detailsUrl: string | null;
  /** Shown on the lines of the changed files. */
  readonly annotations?: readonly Annotation[];
  /** It has the button that shows what `/promote` would do. */
  readonly dryRun?: true;
};

/**
 * The fingerprint of a check: of its words, and of its annotations where there are some, since a run that has them keeps
 * them for good.
 */
export const fingerprinted = (words: Hash, annotations: Hash | null): Hash =>
  annotations === null ? words : (`${words}:${annotations}` as Hash);
/** The part of a check's fingerprint that tells its annotations; empty where it has none. */
export const annotationsIn = (fingerprint: Hash): string => fingerprint.split(":")[1] ?? "";

/** What stands on GitHub by our own receipts. */
export type Written = {
  readonly fingerprint: Hash;
  readonly id: number;
  /** Of a check that it has ended, of a release that it is published. */
  readonly completed: boolean;
  readonly at: Instant;
} & Told;
/** What GitHub said of it when it was written, where that is needed later: of a tag its object, of a release where its files are sent. */
type Told = { readonly told?: string };

/** What we know of a slot: what stands there, and what GitHub last refused to put there. */
export type SlotState = {
  readonly written: Written | null;
  readonly refused: { readonly fingerprint: Hash; readonly because: string; readonly at: Instant } | null;
};

/** What stands in a slot as we wrote it; null: nothing was written there, or it was told that it is not so any more. */
export const standsIn = (slot: SlotState | null): Written | null => (slot?.written?.fingerprint ? slot.written : null);

/**
 * The ways Flowgate changes GitHub. Each sets a slot: the newest content wins, and content with the fingerprint
 * that already stands there is not written again.
 */
export type Effect = {
  readonly does: "set";
  readonly slot: Slot;
  /** Of the content, without the times in it; also the mark by which it is found on GitHub. */
  readonly fingerprint: Hash;
  readonly repository: RepositoryId;
  /** `owner/name`, for the address. */
  readonly name: string;
} /** A comment on a pull request: made once, or, where `over` names one of ours, written over that. */ & (
  | {
      readonly thing: "comment";
      readonly number: number;
      readonly mark: string;
      readonly body: string;
      readonly over?: number | null;
    }
  /**
   * A pull request that brings one file, from a branch of ours that is made at `from`: each step is there already or
   * is made, so doing it again completes it.
   */
  | {
      readonly thing: "proposal";
      readonly branch: Branch;
      readonly base: Branch;
      readonly from: Sha;
      readonly path: string;
      readonly text: string;
      readonly title: string;
      readonly body: string;
    }
  /**
   * The merge of a pull request, at that head or not at all.
   * https://docs.github.com/rest/pulls/pulls#merge-a-pull-request
   */
  | { readonly thing: "merge"; readonly number: number; readonly head: Sha; readonly method: MergeMethod }
  /**
   * A pull request of ours from one stage into the next, from a branch of ours made at `pinned`, or from the stage itself.
   * One that is open between the two already is that one.
   */
  | {
      readonly thing: "promotion";
      readonly branch: Branch;
      readonly base: Branch;
      readonly pinned: Sha | null;
      readonly title: string;
      readonly body: string;
    }
  /**
   * Our list in the body of a pull request, in the place of the one there, below what people wrote where `adds`; what they
   * wrote stays. The title where it is still `from`. https://docs.github.com/rest/pulls/pulls#update-a-pull-request
   */
  | {
      readonly thing: "pull-body";
      readonly number: number;
      readonly list: string;
      readonly adds: boolean;
      readonly title: { readonly from: string; readonly to: string } | null;
    }
  /**
   * Who is asked to review a pull request; teams by their slug. Asked twice they are told once.
   * https://docs.github.com/rest/pulls/review-requests#request-reviewers-for-a-pull-request
   */
  | {
      readonly thing: "reviewers";
      readonly number: number;
      readonly people: readonly string[];
      readonly teams: readonly string[];
    }
  /**
   * A pull request of ours that brings one commit of ours, on a branch made for it: a tree that is there already, but for folders
   * that others stand for. Each step is there already or is made, so doing it again completes it.
   * https://docs.github.com/rest/git/trees#create-a-tree, https://docs.github.com/rest/git/commits#create-a-commit
   */
  | {
      readonly thing: "commit";
      readonly branch: Branch;
      readonly base: Branch;
      readonly parents: readonly [Sha, ...Sha[]];
      readonly tree: Sha;
      /** Trees that stand at these paths instead; null: nothing does. */
      readonly folders: readonly { readonly path: string; readonly tree: Sha | null }[];
      readonly message: string;
      readonly title: string;
      readonly body: string;
    }
  /** One of our branches is moved on, to what it is an ancestor of. https://docs.github.com/rest/git/refs#update-a-reference */
  | { readonly thing: "branch"; readonly branch: Branch; readonly to: Sha }
  /** An annotated tag, which is never moved. https://docs.github.com/rest/git/tags#create-a-tag-object */
  | { readonly thing: "tag"; readonly tag: string; readonly commit: Sha; readonly message: string }
  /**
   * The GitHub Release of a tag, found by the mark in its body; `over`: the one that is changed. `commit`: what is released, as
   * GitHub would tag anything else where somebody deleted the tag meanwhile.
   * https://docs.github.com/rest/releases/releases#create-a-release
   */
  | {
      readonly thing: "release";
      readonly tag: string;
      readonly commit: Sha;
      readonly title: string;
      readonly mark: string;
      readonly body: string;
      readonly draft: boolean;
      readonly over: number | null;
    }
  /**
   * Files of a GitHub Release: of these names it has exactly these texts, read back by their digests, or no file where the
   * text is null, and of other names what others gave it. Names are of letters, digits, dots, dashes and underscores, as GitHub keeps them.
   * https://docs.github.com/rest/releases/assets
   */
  | {
      readonly thing: "assets";
      readonly tag: string;
      /** GitHub's id of the release. */
      readonly release: number;
      /** Where GitHub said that files of the release are sent, while nothing was sent there; null: it is asked what is there. */
      readonly sendTo: string | null;
      readonly files: readonly { readonly name: string; readonly text: string | null }[];
    }
  /** A reaction to a comment of somebody's. */
  | { readonly thing: "reaction"; readonly comment: number; readonly content: Reaction }
  /** An issue, made once and then kept as it is to be. */
  | {
      readonly thing: "issue";
      readonly title: string;
      readonly mark: string;
      readonly body: string;
      readonly state: "open" | "closed";
      readonly over: Written | null;
    }
  | { readonly thing: "check-run"; readonly head: Sha; readonly content: CheckContent; readonly over: Written | null }
  /** Content null: the ruleset is removed. */
  | {
      readonly thing: "ruleset";
      readonly title: string;
      readonly content: RulesetContent | null;
      readonly over: number | null;
    }
);

/** In GitHub's words: under way, done, refused, not understood. */
export type Reaction = "eyes" | "rocket" | "-1" | "confused";
/** How a pull request becomes commits of its base. */
export type MergeMethod = "merge" | "squash" | "rebase";

/** What stands there now. */
export type Done = { readonly id: number } & Told;

/** What came of an effect. */
export type Receipt = { readonly effect: Effect; readonly at: Instant } & (
  | ({ readonly came: "done" } & Done)
  /** GitHub said no, and would say no again: the reason in one sentence. */
  | { readonly came: "refused"; readonly because: string }
  /** An earlier run was cut off; it was looked for and is not there, so it is decided anew. */
  | { readonly came: "absent" }
  /** It may have happened; nobody repeats it before looking. */
  | { readonly came: "unsure"; readonly because: string; readonly retryAt: Instant }
);

/** The one slot for a check of that name on that commit. */
export const checkSlot = (repository: RepositoryId, head: Sha, name: string): Slot =>
  `check:${repository}:${head}:${name}` as Slot;
/** The one comment that says that a commit is not green any more. */
export const turnedBackSlot = (repository: RepositoryId, number: number, head: Sha): Slot =>
  `comment:${repository}:${number}:turned-back:${head}` as Slot;
/** The one comment that shows how far its run-book is. */
export const executionSlot = (repository: RepositoryId, number: number): Slot =>
  `comment:${repository}:${number}:execution` as Slot;
/** The one merge of a pull request at a head. */
export const mergeSlot = (repository: RepositoryId, number: number, head: Sha): Slot =>
  `merge:${repository}:${number}:${head}` as Slot;
/** The one pull request that takes further what a merge brought into a stage. */
export const promotionSlot = (repository: RepositoryId, number: number): Slot =>
  `promotion:${repository}:${number}` as Slot;
/** The list in the body of a pull request; the one that a merge had added to what is open already; who is asked to review what it opened. */
export const bodySlot = (repository: RepositoryId, number: number): Slot => `body:${repository}:${number}` as Slot;
export const adoptionSlot = (repository: RepositoryId, number: number): Slot =>
  `adoption:${repository}:${number}` as Slot;
export const reviewersSlot = (repository: RepositoryId, number: number): Slot =>
  `reviewers:${repository}:${number}` as Slot;
/** The one pull request that a `/rollback` opens, by the pull request that it was asked on. */
export const rollbackSlot = (repository: RepositoryId, number: number): Slot =>
  `rollback:${repository}:${number}` as Slot;
/** The one pull request that brings back into a stage what a later one has; the newest of them. */
export const backMergeSlot = (repository: RepositoryId, stage: Branch): Slot =>
  `back-merge:${repository}:${stage}` as Slot;
/** Of the commit that it brings back: there is one for each. */
export const backMergeFingerprint = (commit: Sha): Hash => `back-merge:${commit}` as Hash;
export const backMergeOf = (fingerprint: Hash): Sha =>
  fingerprint.slice(backMergeFingerprint("" as Sha).length) as string as Sha;
/** The one comment that says what waits because it is closed. */
export const closedBackMergeSlot = (repository: RepositoryId, number: number): Slot =>
  `comment:${repository}:${number}:back-merge-closed` as Slot;
/** The one comment that says that GitHub does not merge it back at this head. */
export const notMergedBackSlot = (repository: RepositoryId, number: number, head: Sha): Slot =>
  `comment:${repository}:${number}:back-merge:${head}` as Slot;
/** Where a branch of ours is. */
export const branchSlot = (repository: RepositoryId, branch: Branch): Slot => `branch:${repository}:${branch}` as Slot;
/** The one tag and the one GitHub Release of a merge into the last stage. */
export const tagSlot = (repository: RepositoryId, number: number): Slot => `tag:${repository}:${number}` as Slot;
export const releaseSlot = (repository: RepositoryId, number: number): Slot =>
  `release:${repository}:${number}` as Slot;
/** The files of that release. */
export const assetsSlot = (repository: RepositoryId, number: number): Slot => `assets:${repository}:${number}` as Slot;
/** The one answer to what somebody asked, and the one reaction. */
export const replySlot = (repository: RepositoryId, request: string): Slot => `reply:${repository}:${request}` as Slot;
/** Whose request is answered when this stands on GitHub; null: nobody's. */
export const requestAnsweredIn = (slot: Slot): string | null => /^reply:\d+:(.+)$/.exec(slot)?.[1] ?? null;
export const reactionSlot = (repository: RepositoryId, request: string): Slot =>
  `reaction:${repository}:${request}` as Slot;
/** The one issue about something that stands. */
export const issueSlot = (repository: RepositoryId, key: string): Slot => `issue:${repository}:${key}` as Slot;
/** The one pull request that proposes a config to a repository that has none. */
export const enrolmentSlot = (repository: RepositoryId): Slot => `enrolment:${repository}` as Slot;
export const rulesetSlot = (repository: RepositoryId, title: string): Slot => `ruleset:${repository}:${title}` as Slot;
