import type { Branch, InstallationId, Instant, Person, RepositoryId, Sha } from "./names.ts";
import type { Push } from "./provenance.ts";

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
} & (Hold | Freeze | Outage | Owed | InFlight | Attestation | Deviation);

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
/** Something let through that somebody has yet to make good. */
export type Owed = {
  readonly kind: "owed";
  readonly repository: RepositoryId;
  readonly what: "override" | "hotfix-review";
  /** The pull request that it was let through for. */
  readonly number: number;
  readonly due: Instant;
};
/** A release between its merge and `released` or `withdrawn`. */
export type InFlight = { readonly kind: "release"; readonly repository: RepositoryId; readonly version: string };
/** What somebody answers for, on a pull request at one commit. */
export type Attestation = {
  readonly kind: "attestation";
  readonly what: "readiness";
  readonly repository: RepositoryId;
  readonly number: number;
  readonly head: Sha;
  /** The comment that says so; null: a review does. It counts while that is there as it was written. */
  readonly comment: number | null;
};
/** What came onto a stage past its gates. */
export type Deviation = {
  readonly kind: "deviation";
  readonly repository: RepositoryId;
  readonly stage: Branch;
  readonly push: Push;
};
export type StandingOf<Kind extends Standing["kind"]> = Extract<Standing, { readonly kind: Kind }>;

/** One push makes one deviation, however often it is told. */
export const deviationKey = (repository: RepositoryId, stage: Branch, { after, before }: Push): string =>
  `deviation:${repository}:${stage}:${after ?? before}`;

/** The commit that a person names to accept a deviation: what was pushed, or what a deletion took away. */
export const commitOf = ({ push: { after, before } }: Pick<Deviation, "push">): Sha => after ?? before;
