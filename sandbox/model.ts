/**
 * What exists in the sandbox. Every entity is a plain JSON value that is never changed in place:
 * a change puts a new value under the same id, which is also what is written to disk.
 * Times are ISO strings of whole seconds, as on GitHub. Relations are numeric ids.
 */

export type Sha = string;
export type Time = string;

/** From weak to strong; a stronger role may do all a weaker one may. */
export const roles = ["none", "read", "triage", "write", "maintain", "admin"] as const;
export type Role = (typeof roles)[number];

export type AccountType = "User" | "Bot" | "Organization";
export type Account = {
  readonly id: number;
  readonly login: string;
  readonly type: AccountType;
  readonly name: string;
  readonly email: string;
  /** The App whose bot this is; null for people and organisations. */
  readonly appId: number | null;
  readonly createdAt: Time;
};

export type Membership = {
  readonly id: number;
  readonly organisationId: number;
  readonly userId: number;
  readonly role: "admin" | "member";
};

export type Team = {
  readonly id: number;
  readonly organisationId: number;
  readonly name: string;
  readonly slug: string;
  readonly parentId: number | null;
  readonly members: readonly {
    readonly userId: number;
    readonly role: "member" | "maintainer";
  }[];
};

export type MergeMethod = "merge" | "squash" | "rebase";
export type MergeSettings = {
  readonly allowMergeCommit: boolean;
  readonly allowSquashMerge: boolean;
  readonly allowRebaseMerge: boolean;
  readonly deleteBranchOnMerge: boolean;
  /** Whether people may have a pull request merged later; off where it was never switched on. */
  readonly allowAutoMerge?: boolean;
};

/** What somebody asked for who had auto-merge enabled. The texts stay what they were then, as on GitHub. */
export type AutoMerge = {
  readonly enabledById: number;
  readonly method: MergeMethod;
  readonly title: string;
  readonly message: string;
};

export type Repository = {
  readonly id: number;
  readonly ownerId: number;
  readonly name: string;
  readonly description: string | null;
  readonly private: boolean;
  readonly archived: boolean;
  readonly defaultBranch: string;
  readonly merging: MergeSettings;
  readonly collaborators: readonly {
    readonly userId: number;
    readonly role: Role;
  }[];
  readonly teams: readonly { readonly teamId: number; readonly role: Role }[];
  readonly forkParentId: number | null;
  /** The number the next issue or pull request gets. */
  readonly nextNumber: number;
  /** OWNER/NAME this repository had before it was renamed or moved; they lead here until somebody takes them. */
  readonly formerNames: readonly string[];
  /** Branches that were renamed: old name to new name. */
  readonly formerBranches: Readonly<Record<string, string>>;
  /** Whether releases published from now on keep their tag and files for ever; off where it was never switched on. */
  readonly immutableReleases?: boolean;
  /** Tags that an immutable release has or had: none of them is ever made again. */
  readonly immutableTags?: readonly string[];
  readonly createdAt: Time;
  readonly updatedAt: Time;
  readonly pushedAt: Time;
};

/** All refs of a repository as last written, full name to object. Git has the same; this is what a restart compares. */
export type Refs = {
  readonly id: number;
  readonly refs: Readonly<Record<string, Sha>>;
};

export type Label = {
  readonly id: number;
  readonly repositoryId: number;
  readonly name: string;
  readonly color: string;
  readonly description: string | null;
};

export type Access = "read" | "write" | "admin";
export type Permissions = Readonly<Record<string, Access>>;

export type App = {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly ownerId: number;
  readonly botId: number;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly publicKey: string;
  readonly privateKey: string;
  readonly webhookUrl: string | null;
  readonly webhookSecret: string;
  /** Where people may be sent back to after they authorised it; none when left out. */
  readonly callbackUrls?: readonly string[];
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly createdAt: Time;
};

/** A person let an App act for them; whoever holds the code and the App's secret gets a token for it, once. */
export type Authorisation = {
  readonly id: number;
  readonly code: string;
  readonly appId: number;
  readonly userId: number;
  readonly redirectUri: string;
  /** The S256 challenge of PKCE; null when the App sent none. */
  readonly challenge: string | null;
  readonly expiresAt: Time;
};

export type Installation = {
  readonly id: number;
  readonly appId: number;
  readonly accountId: number;
  readonly repositorySelection: "all" | "selected";
  readonly repositoryIds: readonly number[];
  /** What the account's owner accepted, which may be less than the App asks for now. */
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly suspendedAt: Time | null;
  readonly createdAt: Time;
  readonly updatedAt: Time;
};

export type Token = {
  readonly id: number;
  readonly token: string;
  readonly userId: number | null;
  readonly installationId: number | null;
  /** null: all the installation has. */
  readonly repositoryIds: readonly number[] | null;
  readonly permissions: Permissions | null;
  readonly expiresAt: Time | null;
  /** Of a person's token that an App was given: which App, and by what it is exchanged for the next one. */
  readonly via?: { readonly appId: number; readonly refreshToken: string; readonly refreshExpiresAt: Time };
};

export type Pull = {
  readonly id: number;
  readonly repositoryId: number;
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly state: "open" | "closed";
  readonly draft: boolean;
  readonly authorId: number;
  readonly viaAppId: number | null;
  /** `repositoryId` is null once the fork is deleted; `owner` stays, as in GitHub's label. */
  readonly head: {
    readonly repositoryId: number | null;
    readonly owner: string;
    readonly ref: string;
    readonly sha: Sha;
  };
  readonly base: { readonly ref: string; readonly sha: Sha };
  readonly labelIds: readonly number[];
  readonly assigneeIds: readonly number[];
  readonly requestedReviewerIds: readonly number[];
  /** Teams asked for a review; none where it was never asked. */
  readonly requestedTeamIds?: readonly number[];
  readonly merged: boolean;
  readonly mergedAt: Time | null;
  readonly mergedById: number | null;
  readonly mergeCommitSha: Sha | null;
  /** null or left out: it waits for somebody to merge it. A merged one keeps what it was merged by. */
  readonly autoMerge?: AutoMerge | null;
  readonly createdAt: Time;
  readonly updatedAt: Time;
  readonly closedAt: Time | null;
};

/** An issue that is no pull request; both share one row of numbers. */
export type Issue = {
  readonly id: number;
  readonly repositoryId: number;
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly state: "open" | "closed";
  readonly stateReason: "completed" | "not_planned" | "duplicate" | "reopened" | null;
  readonly authorId: number;
  readonly viaAppId: number | null;
  readonly labelIds: readonly number[];
  readonly createdAt: Time;
  readonly updatedAt: Time;
  readonly closedAt: Time | null;
  readonly closedById: number | null;
};

export const activityKinds = [
  "push",
  "force_push",
  "branch_creation",
  "branch_deletion",
  "pr_merge",
  "merge_queue_merge",
] as const;
export type ActivityKind = (typeof activityKinds)[number];
/** What somebody did to a branch. It stays when the branch goes. */
export type Activity = {
  readonly id: number;
  readonly repositoryId: number;
  /** The full name. */
  readonly ref: string;
  readonly before: Sha | null;
  readonly after: Sha | null;
  readonly kind: ActivityKind;
  readonly actorId: number;
  readonly at: Time;
};

/** A classic protection of one branch, as far as it requires checks. Like GitHub's it also forbids deletions and force-pushes. */
export type Protection = {
  readonly id: number;
  readonly repositoryId: number;
  readonly branch: string;
  readonly strict: boolean;
  /** `appId` null: from any App. */
  readonly checks: readonly { readonly context: string; readonly appId: number | null }[];
  readonly enforceAdmins: boolean;
};

export type Comment = {
  readonly id: number;
  readonly repositoryId: number;
  /** Of the pull request it stands under. */
  readonly number: number;
  readonly body: string;
  readonly authorId: number;
  readonly viaAppId: number | null;
  readonly createdAt: Time;
  readonly updatedAt: Time;
};

export const reactionContents = ["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"] as const;
export type ReactionContent = (typeof reactionContents)[number];
export type Reaction = {
  readonly id: number;
  /** On a comment when given, else on the pull request itself. */
  readonly commentId: number | null;
  readonly repositoryId: number;
  readonly number: number;
  readonly userId: number;
  readonly content: ReactionContent;
  readonly createdAt: Time;
};

export type ReviewState = "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED";
export type Review = {
  readonly id: number;
  readonly repositoryId: number;
  readonly number: number;
  readonly userId: number;
  readonly state: ReviewState;
  readonly body: string;
  readonly commitSha: Sha;
  readonly submittedAt: Time;
};

export type CheckSuite = {
  readonly id: number;
  readonly repositoryId: number;
  readonly appId: number;
  readonly headSha: Sha;
  readonly headBranch: string | null;
  readonly before: Sha | null;
  readonly createdAt: Time;
  readonly updatedAt: Time;
};

export type CheckStatus = "queued" | "in_progress" | "completed";
export type CheckConclusion =
  | "action_required"
  | "cancelled"
  | "failure"
  | "neutral"
  | "success"
  | "skipped"
  | "stale"
  | "timed_out";
export type Annotation = {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column: number | null;
  readonly end_column: number | null;
  readonly annotation_level: "notice" | "warning" | "failure";
  readonly message: string;
  readonly title: string | null;
  readonly raw_details: string | null;
};
export type CheckAction = {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
};
export type CheckRun = {
  readonly id: number;
  readonly repositoryId: number;
  readonly suiteId: number;
  readonly appId: number;
  readonly name: string;
  readonly headSha: Sha;
  readonly status: CheckStatus;
  readonly conclusion: CheckConclusion | null;
  readonly externalId: string;
  readonly detailsUrl: string | null;
  readonly startedAt: Time;
  readonly completedAt: Time | null;
  readonly title: string | null;
  readonly summary: string | null;
  readonly text: string | null;
  readonly annotations: readonly Annotation[];
  readonly actions: readonly CheckAction[];
};

export const workflowConclusions = ["success", "failure", "cancelled", "timed_out", "skipped"] as const;
export type WorkflowConclusion = (typeof workflowConclusions)[number];
export type WorkflowAttempt = {
  /** From 1. */
  readonly number: number;
  /** null: it goes on. */
  readonly conclusion: WorkflowConclusion | null;
  readonly actorId: number;
  readonly startedAt: Time;
  readonly updatedAt: Time;
};
/** A run of a workflow of Actions, with all attempts at it. */
export type WorkflowRun = {
  readonly id: number;
  readonly repositoryId: number;
  /** Runs of the same file share it. */
  readonly workflowId: number;
  /** GitHub's own check suite of it, which the sandbox only names. */
  readonly suiteId: number;
  /** The path of its file. */
  readonly workflow: string;
  readonly runNumber: number;
  readonly headBranch: string;
  readonly headSha: Sha;
  readonly actorId: number;
  readonly attempts: readonly WorkflowAttempt[];
  readonly createdAt: Time;
};

export type CommitStatus = {
  readonly id: number;
  readonly repositoryId: number;
  readonly sha: Sha;
  readonly context: string;
  readonly state: "error" | "failure" | "pending" | "success";
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creatorId: number;
  /** The App whose token set it; null when a person did. */
  readonly viaAppId: number | null;
  readonly createdAt: Time;
};

export type BypassActor = {
  readonly actor_id: number | null;
  readonly actor_type: "Integration" | "OrganizationAdmin" | "RepositoryRole" | "Team" | "DeployKey" | "User";
  readonly bypass_mode: "always" | "pull_request" | "exempt";
};
/** A rule in GitHub's own words, kept as it was sent (`type` and `parameters`). */
export type Rule = {
  readonly type: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
};
export type Ruleset = {
  readonly id: number;
  readonly repositoryId: number;
  readonly name: string;
  readonly target: "branch" | "tag" | "push";
  readonly enforcement: "disabled" | "active" | "evaluate";
  readonly bypassActors: readonly BypassActor[];
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly rules: readonly Rule[];
  readonly createdAt: Time;
  readonly updatedAt: Time;
};

export type Release = {
  readonly id: number;
  readonly repositoryId: number;
  readonly tagName: string;
  /** The branch or commit at which its tag is made where publishing finds none. */
  readonly target: string;
  readonly name: string | null;
  readonly body: string | null;
  readonly draft: boolean;
  readonly prerelease: boolean;
  /** Published where releases are immutable: tag and files stay as they are. */
  readonly immutable: boolean;
  /** Above 0: was made the latest, the higher the later. 0: goes by its age. -1: is never the latest. null: not said yet. */
  readonly latest: number | null;
  readonly authorId: number;
  /** When its commit was made; of a draft without a tag, when it was saved. */
  readonly createdAt: Time;
  readonly publishedAt: Time | null;
  readonly updatedAt: Time;
};
/** A file of a release. Its bytes are a blob of the repository that no ref leads to. */
export type ReleaseAsset = {
  readonly id: number;
  readonly repositoryId: number;
  readonly releaseId: number;
  readonly name: string;
  readonly label: string | null;
  readonly contentType: string;
  readonly size: number;
  /** null: a starter, whose upload broke off. */
  readonly stored: { readonly blob: Sha; readonly digest: string } | null;
  readonly uploaderId: number;
  readonly downloads: number;
  readonly createdAt: Time;
  readonly updatedAt: Time;
};

export type MergeGroup = {
  readonly id: number;
  readonly repositoryId: number;
  readonly baseRef: string;
  readonly baseSha: Sha;
  readonly headRef: string;
  readonly headSha: Sha;
  readonly pullNumber: number;
  /** The pull request's head when it was queued; a push takes it out. */
  readonly pullHead: Sha;
  readonly addedById: number;
  readonly createdAt: Time;
};

export type Delivery = {
  readonly id: number;
  readonly guid: string;
  readonly appId: number;
  readonly event: string;
  readonly action: string | null;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly deliveredAt: Time;
  /** Seconds. */
  readonly duration: number;
  readonly redelivery: boolean;
  /** "OK", or why not, in words. */
  readonly status: string;
  /** 0 when no answer came. */
  readonly statusCode: number;
  readonly url: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  /** The body as it was sent. */
  readonly body: string;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly responseBody: string;
};

/** What is kept, by the name of its table. */
export type Entities = {
  accounts: Account;
  memberships: Membership;
  teams: Team;
  repositories: Repository;
  refs: Refs;
  labels: Label;
  apps: App;
  installations: Installation;
  authorisations: Authorisation;
  tokens: Token;
  pulls: Pull;
  issues: Issue;
  activities: Activity;
  protections: Protection;
  comments: Comment;
  reactions: Reaction;
  reviews: Review;
  suites: CheckSuite;
  runs: CheckRun;
  workflowRuns: WorkflowRun;
  statuses: CommitStatus;
  rulesets: Ruleset;
  releases: Release;
  assets: ReleaseAsset;
  groups: MergeGroup;
  deliveries: Delivery;
};
