import type { Branch, InstallationId, RepositoryId, Sha } from "./names.ts";

export type PullSubject = { readonly kind: "pull"; readonly repository: RepositoryId; readonly number: number };
export type GroupSubject = { readonly kind: "group"; readonly repository: RepositoryId; readonly head: Sha };
export type StageSubject = { readonly kind: "stage"; readonly repository: RepositoryId; readonly branch: Branch };
export type ComponentSubject = { readonly kind: "component"; readonly repository: RepositoryId };

/**
 * What a judgement is about, and the unit of mutual exclusion: one row each, and the row is the job.
 *
 * A pull request; a merge group; a stage branch and its ruleset; a repository with its config and branches.
 */
export type Subject = PullSubject | GroupSubject | StageSubject | ComponentSubject;

/** The row's key. Unique by kind, repository and what tells it apart there. */
export function subjectKey(subject: Subject): string {
  switch (subject.kind) {
    case "pull":
      return `pull:${subject.repository}:${subject.number}`;
    case "group":
      return `group:${subject.repository}:${subject.head}`;
    case "stage":
      return `stage:${subject.repository}:${subject.branch}`;
    case "component":
      return `component:${subject.repository}`;
  }
}

/** Whose turn comes first: a person who waits for an answer, or work that came in bulk. */
export type Priority = "person" | "bulk";

/** Which open pull requests: those that agree with every field given. Resolved by one statement, so 5,000 cost what 1 costs. */
export type OpenPulls = {
  readonly repository: RepositoryId;
  readonly head?: Sha;
  readonly base?: Branch;
  /** Only those for which something was decided by comparing commits with this branch, which has moved since. */
  readonly compared?: Branch;
  /** Only those in whose body Flowgate lists what they carry. */
  readonly lists?: true;
};

/** Whom to look at again. */
export type Nudge = { readonly priority: Priority } & (
  | { readonly subject: Subject }
  | { readonly openPulls: OpenPulls }
  /** Every stage of a repository that Flowgate knows of. */
  | { readonly stagesOf: RepositoryId }
  | { readonly installation: InstallationId }
  /** Every repository of the same installation. */
  | { readonly componentsBeside: RepositoryId }
);

/** The right to judge a subject and act for it, held by one worker at a time. */
export type Lease = {
  readonly subject: Subject;
  readonly installation: InstallationId;
  readonly priority: Priority;
  /** Tells this holding from any later one. */
  readonly token: string;
};
