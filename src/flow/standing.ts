import type { Branch, Hash, InstallationId, Instant, Person, Place, RepositoryId, Sha } from "./names.ts";
import type { Push } from "./provenance.ts";
import type { ItemReached, Line, Request } from "./request.ts";
import type { ComponentSubject, PullSubject } from "./subject.ts";
import type { Touched } from "./touched.ts";
import type { VersionAsked } from "./version-asked.ts";

/**
 * What stands by our own records until it is closed: opened by one entry of the ledger, closed by another. It can be
 * rebuilt from the ledger at any time.
 */
export type Standing = {
  /** One thing of a key stands at a time: opening it again replaces it. */
  readonly key: string;
  /** Whose act it was; null: nobody's that we know. */
  readonly by: Person | null;
  readonly at: Instant;
  /** In one sentence without a full stop, in the words of whoever opened it. */
  readonly because: string;
} & (
  | Hold
  | Freeze
  | Outage
  | Owed
  | Override
  | Release
  | Landed
  | Accepted
  | Attestation
  | Deviation
  | Link
  | Execution
  | ItemState
  | Promotion
  | RollingBack
  | Rollback
  | OnWord
  | Unasked
  | ClosedBackMerge
  | Train
);

/** Somebody holds a pull request. */
export type Hold = { readonly kind: "hold"; readonly repository: RepositoryId; readonly number: number };
/** Nothing goes into a stage: of one component, or of all that an installation has. */
export type Freeze = {
  readonly kind: "freeze";
  readonly of: { readonly repository: RepositoryId } | { readonly installation: InstallationId };
  readonly stage: Branch;
  /** Null: until somebody lifts it. */
  readonly until: Instant | null;
};
/** Something that people use does not work. One that several components share stands once for each. */
export type Outage = {
  readonly kind: "outage";
  readonly repository: RepositoryId;
  readonly severity: "minor" | "major" | "critical";
};
/** Something that was to come later, and that somebody has yet to do. */
export type Owed = {
  readonly kind: "owed";
  readonly repository: RepositoryId;
  /** The pull request that it was let through for. */
  readonly number: number;
  readonly due: Instant;
  /** The issue that tells of it; null: there is none yet. */
  readonly issue: number | null;
} & OwedThing;
/** An approval of a hotfix by somebody in a role, or the rehearsal of its run-book. */
export type OwedThing =
  | { readonly what: "hotfix-review"; readonly role: "engineering" | "quality" }
  | { readonly what: "hotfix-rehearsal" };
/**
 * A gate that people let pass for one commit of a pull request into one base. It counts while it stands, and is owed until
 * somebody else closes it.
 */
export type Override = {
  readonly kind: "override";
  /** The release manager who asked for it. */
  readonly by: Person;
  readonly repository: RepositoryId;
  readonly number: number;
  readonly gate: string;
  readonly head: Sha;
  readonly base: Branch;
  /** What the gate said to who asked or, since then, to who confirmed. */
  readonly lets: string;
  /** The comment or the review that asked for it; the other one is null. */
  readonly comment: number | null;
  readonly review: number | null;
  /** Somebody else agreed, and until when it is to be closed; null: nobody yet, and it counts for nothing. */
  readonly confirmed: { readonly by: Person; readonly at: Instant; readonly due: Instant } | null;
  /** The issue that tells of it; null: there is none yet. */
  readonly issue: number | null;
};
/** A release between its merge and `released` or `withdrawn`. */
export type Release = {
  readonly kind: "release";
  readonly repository: RepositoryId;
  /** `v1.4.0`, which is its tag too. */
  readonly version: string;
  /** The pull request that was merged into the last stage, and what it was merged as. */
  readonly number: number;
  readonly commit: Sha;
  /** As they stand in the GitHub Release, in Markdown. */
  readonly notes: string;
  /** The tag of the version before; null: it is the first. */
  readonly previous: string | null;
  /** The last entry of the ledger then: its hash stands in the tag's message. */
  readonly ledger: Place;
  /** When the first item of its deployment was done: it is in verification since then. Left out: it is promoted. */
  readonly verifying?: Instant;
  /** What its evidence was made of, so that it has the same bytes each time; left out: there is none yet. */
  readonly evidence?: Evidenced;
  /** When what others did to its tag or its draft was undone, of the last ten minutes; left out: never. */
  readonly undone?: readonly Instant[];
  /** Who lets it be published, where that is done by hand; left out: nobody yet. */
  readonly authorised?: { readonly by: Person; readonly at: Instant };
};
/** The evidence of a release that was made last. */
export type Evidenced = {
  /** `final`: after the last of what is to be done before publishing. */
  readonly state: "preliminary" | "final";
  readonly made: Instant;
  /** The last entry of the ledger that it rests on. */
  readonly head: Place;
  /** Of its files. */
  readonly fingerprint: Hash;
  /** Of what was done after the merge by then, where it is final; left out: nothing has to be, or it is preliminary. */
  readonly verified?: Hash;
};
/** A release or a hotfix that went into the last stage as it had passed, at the moment that it says. */
export type Landed = { readonly kind: "landed"; readonly repository: RepositoryId; readonly number: number };
/** What was merged into the last stage past its gates, and somebody accepted since: it is released as it is. */
export type Accepted = {
  readonly kind: "accepted";
  readonly repository: RepositoryId;
  readonly number: number;
  /** What it was merged as. */
  readonly commit: Sha;
};
/** What somebody answers for. It counts while the comment that says so is there as it was written. */
export type Attestation = {
  readonly kind: "attestation";
  readonly repository: RepositoryId;
  /** The pull request that it was written on. */
  readonly number: number;
  /** The head that it had then. */
  readonly head: Sha;
  /** The comment that says so; null: a review does. */
  readonly comment: number | null;
  /** The review that says so, where no comment does. */
  readonly review?: number;
  /** The release or hotfix that was merged by it: it counts for that one alone. Left out: none was. */
  readonly served?: number;
} & (Readiness | Backup | Waiver);
/** That this very commit is ready. */
export type Readiness = { readonly what: "readiness" };
/** That a backup of one system was made. */
export type Backup = {
  readonly what: "backup";
  /** `claimed` by a person; `checked` by us against what it names. */
  readonly level: "claimed" | "checked";
  readonly system: string;
  /** What it is known by: one serves one release of a component. */
  readonly id: string;
  /** When it was finished. */
  readonly finished: Instant;
  /** What else was said of it, as it was written, such as `location`. */
  readonly fields: { readonly [key: string]: string };
  /** When its restore was last tested, a day in UTC; null: not said. */
  readonly restoreTested: string | null;
  /** The data-affecting files that it was made for. */
  readonly data: Hash;
};
/** That there is nothing to back up, or nothing to carry over. */
export type Waiver = { readonly what: "no-data-impact" | "no-data-transition"; readonly data: Hash };
/** The run-book of a pull request, as a command named it. */
export type Link = {
  readonly kind: "link";
  readonly repository: RepositoryId;
  readonly number: number;
  readonly path: string;
  /** What the body said then, where it may name a run-book: when that changes, the body counts again. */
  readonly body: string;
};
/** The walks through a run-book on a release or a hotfix, and the comment that shows them. */
export type Execution = {
  readonly kind: "execution";
  readonly repository: RepositoryId;
  readonly number: number;
  readonly path: string;
  /** The run-book that items are counted by. */
  readonly blob: Sha;
  /** Of the comment, from 1: each time it is written it is one more. */
  readonly revision: number;
  /** The content that this revision shows. */
  readonly shows: Hash;
  /** When edits of the comment were undone, of the last ten minutes. */
  readonly undone: readonly Instant[];
  /** The files that it was walked by before, newest first: somebody may still have their labels before them. */
  readonly before: readonly { readonly path: string; readonly blob: Sha }[];
};
/** Where an item of a run-book is walked through. */
export type Walk = "rehearsal" | "production";
/**
 * How far an item of a run-book is, in one walk: what the last command made it, by whom and when, and the clicks since. What
 * both come to is `stateFrom` in release/execution.ts.
 */
export type ItemState = {
  readonly kind: "item";
  readonly repository: RepositoryId;
  readonly number: number;
  readonly walk: Walk;
  /** Its identity in the run-book. */
  readonly item: string;
  readonly state: ItemReached;
  /** What came out, or a remark; null: nothing was said. */
  readonly note: string | null;
  readonly url: string | null;
  /** Who agreed that it is skipped; null: nobody, or nobody had to. */
  readonly confirmedBy: Person | null;
  /** The run-book and the head of the pull request then. */
  readonly blob: Sha;
  readonly head: Sha;
  /** Clicks on its box that were heard since, in any order: what they come to does not depend on it. */
  readonly clicks: readonly Click[];
};
/** Somebody ticked or unticked a box in the comment. */
export type Click = {
  readonly by: Person;
  /** In whole seconds. */
  readonly at: Instant;
  readonly ticked: boolean;
  /** Of the comment that was clicked. */
  readonly revision: number;
  /** How the box was written in that revision: it puts ticks and unticks of one second in order. */
  readonly shown: boolean;
};
/** What came onto a stage past its gates, or what was done by hand to a release, which is of the last stage. */
export type Deviation = {
  readonly kind: "deviation";
  readonly repository: RepositoryId;
  readonly stage: Branch;
} & (
  | {
      readonly push: Push;
      /** The pull request by whose merge it came; left out: none. */
      readonly merged?: number;
      readonly touched?: undefined;
    }
  | { readonly touched: Touched; readonly push?: undefined }
);
/**
 * A release manager's `/promote` that is under way: it merges the pull request at that head and takes it one stage further. It
 * survives anything; what became of it is its comment's answer.
 */
export type Promotion = {
  readonly kind: "promotion";
  readonly repository: RepositoryId;
  readonly number: number;
  readonly head: Sha;
  /** As soon as its gates pass, until then; null: now or not at all. */
  readonly whenReadyUntil: Instant | null;
  readonly version: VersionAsked | null;
  /** It is merged: the release that it made is to be published. Left out: it is to be merged, or moved on. */
  readonly publishes?: true;
  /** Not to be merged: its branch is moved on to that commit of its stage. Null: to be merged. */
  readonly refreshTo: Sha | null;
  /** The comment, and what came of its other lines, while that was not said. */
  readonly request: Request;
  readonly others: readonly Line[];
  /** What it carries, in words, once that was looked at; null: nothing but itself, or not yet. */
  readonly carries: string | null;
  /** The version that it is to make, and what of that should be seen, each in a sentence; left out: none, or not yet. */
  readonly foreseen?: { readonly tag: string; readonly remarks: readonly string[] };
  /** The line that asked for it. */
  readonly line: string;
  /** It was said already that it waits until it is ready. */
  readonly answered: boolean;
};
/** A pull request that we opened because somebody said `/promote`: they are to it what its author is. */
export type OnWord = {
  readonly kind: "on-word";
  readonly by: Person;
  readonly repository: RepositoryId;
  readonly number: number;
};
/** A team of which GitHub asks nobody for a review, since it has no access to the repository. */
export type Unasked = {
  readonly kind: "unasked";
  readonly repository: RepositoryId;
  /** As `@organisation/team`, in small letters. */
  readonly team: string;
  /** The pull request whose `/promote` found that. */
  readonly number: number;
};
/** A pull request of ours that was to bring something back into a stage and that somebody closed, while that is not there. */
export type ClosedBackMerge = {
  readonly kind: "closed-back-merge";
  readonly repository: RepositoryId;
  readonly stage: Branch;
  readonly number: number;
  /** What it was to bring back. */
  readonly commit: Sha;
};
/** A release manager's `/rollback` that is under way: it opens the pull request that takes the last stage back. */
export type RollingBack = {
  readonly kind: "rolling-back";
  readonly by: Person;
  readonly repository: RepositoryId;
  /** The pull request that it was asked on. */
  readonly number: number;
  /** Where the last stage was then: the pull request is made on top of that. */
  readonly head: Sha;
  /** The release that it goes back to, and those that do not run any more then, newest first. */
  readonly to: { readonly version: string; readonly commit: Sha };
  readonly withdraws: readonly string[];
  /** The comment, what came of its other lines, and the line that asked for it. */
  readonly request: Request;
  readonly others: readonly Line[];
  readonly line: string;
};
/**
 * A pull request of ours that takes the last stage back to an earlier release. Merged, it withdraws the releases since then, and
 * the next one waits until what was wrong with them is fixed. It stays on record: its back-merges go by it.
 */
export type Rollback = {
  readonly kind: "rollback";
  /** Whose command made us open it. */
  readonly by: Person;
  readonly repository: RepositoryId;
  readonly number: number;
  /** The release that it goes back to, with its commit, and those that it withdraws, newest first. */
  readonly version: string;
  readonly target: Sha;
  readonly withdraws: readonly string[];
  /** What it was merged as; null: it is not yet. */
  readonly commit: Sha | null;
  /** The issue that holds the next release while it is open; null: there is none yet. */
  readonly issue: number | null;
  /** The release that brought the change again; null: none yet. */
  readonly broughtAgainBy: number | null;
};
/**
 * A release manager's `/promote train`: the releases of several components of an owner, merged one after the other. It survives
 * anything; what became of it is its comment's answer.
 */
export type Train = {
  readonly kind: "train";
  /** Who asked for it. */
  readonly by: Person;
  readonly installation: InstallationId;
  readonly name: string;
  /** The repositories that it takes along, in order, as `owner/name`. */
  readonly of: readonly string[];
  /** Where it was asked for and is answered: on a pull request, or on an issue of the component. */
  readonly asked: PullSubject | ComponentSubject;
  /** The comment, and what came of its other lines. */
  readonly request: Request;
  readonly others: readonly Line[];
  readonly line: string;
  /** What it merges, in order, settled when all were ready; null: whether they are was not looked at yet. */
  readonly cars: readonly Car[] | null;
  /** When it stopped on its way; null: it has not. */
  readonly stopped: Instant | null;
};
/** A release that a train takes along. */
export type Car = {
  /** `owner/name`. */
  readonly name: string;
  readonly repository: RepositoryId;
  readonly number: number;
  readonly head: Sha;
  /** The id of what is asked of the pull request. */
  readonly request: string;
  /** What came of it; null: it is not merged yet. */
  readonly released: Released | null;
};
/** What a release became; the version is null where none is made, as while nothing is enforced. */
export type Released = { readonly version: string | null; readonly commit: Sha; readonly at: Instant };
export type StandingOf<Kind extends Standing["kind"]> = Extract<Standing, { readonly kind: Kind }>;

export type MergedRollback = StandingOf<"rollback"> & { readonly commit: Sha };

/** One `/promote` at a time is under way for a pull request, and it makes one release. */
export const promotionKey = (repository: RepositoryId, number: number): string => `promotion:${repository}:${number}`;
export const acceptedKey = (repository: RepositoryId, number: number): string => `accepted:${repository}:${number}`;
export const releaseKey = (repository: RepositoryId, number: number): string => `release:${repository}:${number}`;
/** The rollback that a pull request is, if it is one. */
export const rollbackBy = (standing: readonly Standing[], number: number): StandingOf<"rollback"> | undefined =>
  standing.find((one): one is StandingOf<"rollback"> => one.kind === "rollback" && one.number === number);
/** Whose command made us open a pull request. */
export const openedFor = (standing: readonly Standing[], number: number): readonly Person[] =>
  standing.flatMap((one) =>
    (one.kind === "rollback" || one.kind === "on-word") && one.number === number ? [one.by] : [],
  );

/** One push makes one deviation, however often it is told. */
export const deviationKey = (repository: RepositoryId, stage: Branch, { after, before }: Push): string =>
  `deviation:${repository}:${stage}:${after ?? before}`;

/** Whoever does the same to a release again makes no other deviation while the first one stands. */
export const touchedKey = (
  repository: RepositoryId,
  stage: Branch,
  { tag, did, draft }: Pick<Touched, "tag" | "did" | "draft">,
  by: Person | null,
): string => `deviation:${repository}:${stage}:release:${tag}:${draft ? "draft-" : ""}${did}:${by?.id ?? 0}`;

/** The commit that a person names to accept a deviation: what was pushed, what a deletion took away, or what a release is of. */
export const commitOf = (deviation: Deviation): Sha =>
  deviation.push === undefined ? deviation.touched.commit : (deviation.push.after ?? deviation.push.before);
