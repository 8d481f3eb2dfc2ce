import type { CheckSeen } from "./check-seen.ts";
import type { Config, Policy } from "./config.ts";
import type { Branch, InstallationId, Instant, Person, RepositoryId, Sha } from "./names.ts";
import type { Arrivals, Merge, Push } from "./provenance.ts";
import type { RulesetContent } from "./ruleset.ts";
import type { Touch } from "./touched.ts";

/**
 * What we remember of a subject between two looks. Payloads and lists teach it for free, so that the usual
 * judgement reads nothing from GitHub.
 */
export type Memory = PullMemory | GroupMemory | StageMemory | ComponentMemory;

/** Which number of a version is raised, strongest first. https://semver.org */
export const BUMPS = ["major", "minor", "patch"] as const;
export type Bump = (typeof BUMPS)[number];

/** What GitHub says about a pull request in each of its events and lists. */
export type PullFacts = {
  readonly title: string;
  readonly author: Person & { readonly bot: boolean };
  readonly draft: boolean;
  readonly state: "open" | "closed";
  readonly merged: boolean;
  /** The repository is null where the fork was deleted. */
  readonly head: { readonly sha: Sha; readonly ref: Branch; readonly repository: RepositoryId | null };
  readonly base: Branch;
  /** Its body, where that may name a run-book or an impact on data; else null. */
  readonly body: string | null;
  /** It has the label `data-impact`. */
  readonly dataLabel: boolean;
  /** It has a label `release:major`, `release:minor` or `release:patch`: the strongest of them. */
  readonly bump: Bump | null;
  /** What it was merged as; null while it is not. */
  readonly mergeCommit: Sha | null;
  /** When that was. */
  readonly mergedAt: Instant | null;
  /** What Flowgate's list in its body shows, as `listSeen` says it; left out or null: it has none. */
  readonly list?: string | null;
};

export type PullMemory = PullFacts & {
  readonly kind: "pull";
  /** GitHub's `updated_at`, in whole seconds: two states may share it. */
  readonly asOf: Instant;
  /** What the newest event said it came from: it tells which of two states of the same second is the later. */
  readonly from: Origin;
  /** Two accounts contradict each other and neither explains the other: one fresh read decides. */
  readonly doubt: boolean;
  /** Others' checks on the head, where a gate asked for them: read once, kept current by what GitHub tells. */
  readonly checks?: ChecksSeen;
};

export type ChecksSeen = {
  readonly head: Sha;
  /** When they were first looked at. */
  readonly since: Instant;
  readonly seen: readonly CheckSeen[];
  /** Something may have been missed: they are read again. */
  readonly doubt?: true;
};

/** The values an event says it replaced: `before`, `changes.*.from`, or what its action tells (a close closes what was open). */
export type Origin = Partial<Omit<PullFacts, "author" | "head"> & { readonly head: Sha }>;

export type GroupMemory = {
  readonly kind: "group";
  readonly base: Branch;
  /** The pull request that was queued last; its number stands in the queue branch's name. */
  readonly number: number;
  readonly requestedAt: Instant;
  readonly destroyed: boolean;
  /** The commit that it was made on. */
  readonly from: Sha;
};

export type StageMemory = {
  readonly kind: "stage";
  /** One of its rulesets may have changed since they were read. */
  readonly look: boolean;
  /** Who is said to have changed one, a login. */
  readonly changedBy: string | null;
  /** By their titles. */
  readonly rulesets: { readonly [title: string]: RulesetMemory };
  readonly enforced: Enforced;
  readonly arrivals: Arrivals;
  /** What landed in a later stage and was not found to be here, nor brought back, yet; left out: nothing. */
  readonly owes?: { readonly from: Branch; readonly commit: Sha };
  /** What pull requests that brought something back into it were merged as; left out: there were none. */
  readonly backMerges?: readonly Sha[];
  /** What was done by hand to releases, as long as it is not settled; of the last stage only. Left out: nothing. */
  readonly touched?: readonly Touch[];
};

export type RulesetMemory = {
  /** As last written or seen in order; null: never. */
  readonly written: { readonly id: number; readonly content: RulesetContent } | null;
  /** When it was put right again after a change by hand, the last hour only. */
  readonly repairs: readonly Instant[];
  /** An admin has it switched off: since when, and who, as far as that was told. */
  readonly disabled: { readonly since: Instant; readonly by: string | null } | null;
};

/**
 * Whether GitHub will really block a merge past the check. Yes only after the branch's rules were read back; `but`: what
 * other rulesets are to hold and do not, in sentences.
 */
export type Enforced =
  | { readonly state: "yes"; readonly readAt: Instant; readonly but: readonly string[] }
  /** Switched on only once every open pull request into the stage has its check. */
  | { readonly state: "waiting"; readonly because: string }
  | { readonly state: "no"; readonly because: string };

export type ComponentMemory = {
  readonly kind: "component";
  /** `owner/name`, as last heard. */
  readonly name: string;
  readonly defaultBranch: Branch | null;
  /** The config file or the set of branches may have changed since they were read. */
  readonly look: boolean;
  /** Where the stages are may be something else than what was told. */
  readonly doubted?: true;
  /** Heads of the stage branches, null where one is missing; null before the first look. */
  readonly stages: { readonly [branch: string]: Sha | null } | null;
  readonly config: ConfigState;
};

/** The policy in force and where it came from. */
export type ConfigState = {
  readonly policy: Policy;
  /** Blob of the file the policy was made from; null while no file was ever valid: then the component is observed. */
  readonly blob: Sha | null;
  /** What that file says by itself, to be laid over the organisation's anew when that changes. */
  readonly own: Config | null;
  /** Blob of the organisation's file that the policy was made from; null: there was none. */
  readonly organisation: Sha | null;
  /** What that file says. */
  readonly above: Config | null;
  /** Why that one is not in force as it was written, in a sentence or two; null: it is. */
  readonly aboveNote: string | null;
  /** The newest file, where it is not in force at all, and why: the last good one stays. Null blob: it was taken away. */
  readonly newest: { readonly blob: Sha | null; readonly because: string } | null;
  /** Pull requests that once brought a config in, or were merged before another came: none of them counts again. */
  readonly spent: readonly number[];
  /** Why the newest file is not in force as it stands, in one sentence. */
  readonly problem: string | null;
};

/** What one delivery, list or answer teaches about a subject. */
export type Lesson =
  | {
      readonly of: "pull";
      readonly repository: RepositoryId;
      readonly number: number;
      readonly asOf: Instant;
      readonly from: Origin;
      readonly facts: PullFacts;
    }
  | {
      readonly of: "group";
      readonly repository: RepositoryId;
      readonly head: Sha;
      readonly base: Branch;
      readonly number: number;
      readonly asOf: Instant;
      readonly destroyed: boolean;
      readonly from: Sha;
    }
  /**
   * A check or status on a commit; of all open pull requests with this head whose checks were asked for. Null: some
   * may have been missed.
   */
  | { readonly of: "checks"; readonly repository: RepositoryId; readonly head: Sha; readonly seen: CheckSeen | null }
  /** Its rulesets are to be read again; no branch: those of every stage that is known. */
  | {
      readonly of: "stage";
      readonly repository: RepositoryId;
      readonly branch: Branch | null;
      readonly changedBy: string | null;
    }
  /** What moved a stage that is known; of any other branch nothing is remembered. */
  | { readonly of: "push"; readonly repository: RepositoryId; readonly branch: Branch; readonly push: Push }
  | { readonly of: "merge"; readonly repository: RepositoryId; readonly branch: Branch; readonly merge: Merge }
  /** A commit landed in a later stage, `from`, as it had passed: this one is to have what it brought. */
  | {
      readonly of: "landing";
      readonly repository: RepositoryId;
      readonly branch: Branch;
      readonly from: Branch;
      readonly commit: Sha;
    }
  /** A pull request brought something back into a stage, and was merged as that commit. */
  | { readonly of: "back-merge"; readonly repository: RepositoryId; readonly branch: Branch; readonly commit: Sha }
  /** Somebody did something to a release or a tag; the last stage learns it, once it is known. */
  | { readonly of: "release"; readonly repository: RepositoryId; readonly touch: Touch }
  /** The repository exists, under this name; `look`: its config or branches are to be read again. */
  | {
      readonly of: "component";
      readonly repository: RepositoryId;
      readonly installation: InstallationId | null;
      readonly name: string;
      readonly defaultBranch: Branch | null;
      readonly look: boolean;
      /** It was not told by an event of its own, so where the stages are is read again too. */
      readonly doubted?: true;
      /** A branch was pushed, made or deleted: where it was and where it is now. */
      readonly branch: { readonly name: Branch; readonly before: Sha; readonly at: Sha | null } | null;
    };
