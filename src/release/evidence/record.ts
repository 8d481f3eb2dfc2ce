import type { Phase } from "../../flow/config.ts";
import type { Branch, Instant, Person, Place, RepositoryId, Sha } from "../../flow/names.ts";
import type { Label } from "../../flow/request.ts";
import type { ItemState, Walk } from "../../flow/standing.ts";
import type { Outcome } from "../../flow/verdict.ts";

/**
 * What is known of one release, for an auditor who asks a year later what was released, by whom and on what grounds. Plain
 * data: its canonical JSON is what is signed.
 */
export type Evidence = {
  /** `preliminary`: made at the merge, before it was deployed and tested. `final`: made when the last of that was done. */
  readonly state: "preliminary" | "final";
  readonly made: Instant;
  /** The version of Flowgate that made it. */
  readonly flowgate: string;
  readonly repository: {
    readonly id: RepositoryId;
    /** `owner/name`, as it was called then. */
    readonly name: string;
  };
  readonly release: Release;
  /** The config in force; without a blob the defaults. */
  readonly policy: { readonly path: string; readonly blob: Sha | null };
  /** The pull request that was merged into the last stage, and how it came there. */
  readonly pull: Hop;
  /** The promotions before it, the first one first. */
  readonly hops: readonly Hop[];
  /** Pull requests that this release brought, by number. */
  readonly carried: readonly Carried[];
  /** Commits that it brought and that came by no pull request. */
  readonly loose: readonly Loose[];
  /** Of the release pull request, those that were withdrawn too. */
  readonly approvals: readonly Approval[];
  /** What each gate answered last before the merge. */
  readonly gates: readonly GateSaid[];
  /** Null: there was none. */
  readonly runBook: { readonly path: string; readonly blob: Sha; readonly walks: readonly Walked[] } | null;
  readonly attestations: readonly Attested[];
  readonly overrides: readonly Override[];
  readonly deviations: readonly Deviation[];
  /** Who let it be published, where that is done by hand; null: it is published by itself, or was not yet. */
  readonly authorised: Act | null;
  readonly ledger: Range;
};

/** Somebody, with the name that they gave on GitHub; null: none is known. */
export type Named = Person & { readonly name: string | null };
/** Who did something, and when. */
export type Act = { readonly by: Person; readonly at: Instant };

export type Release = {
  /** `1.4.0` */
  readonly version: string;
  /** The annotated tag: its name, such as `v1.4.0`, and the object that holds its message. */
  readonly tag: { readonly name: string; readonly object: Sha };
  readonly commit: Sha;
  readonly tree: Sha;
  /** Null: it is the first. */
  readonly previous: { readonly version: string; readonly commit: Sha } | null;
};

/** A pull request that took code one stage further. */
export type Hop = {
  readonly number: number;
  readonly from: Branch;
  readonly into: Branch;
  readonly head: Sha;
  readonly merge: Sha;
  /** Who had it merged; null: it is not known. */
  readonly by: Person | null;
  /** Null: it is not known. */
  readonly at: Instant | null;
};

export type Carried = {
  readonly number: number;
  readonly title: string;
  /** Who opened it and who wrote its commits. */
  readonly authors: readonly Person[];
};

export type Loose = {
  readonly commit: Sha;
  /** Its first line. */
  readonly title: string;
  /** The login, or what the commit says of its author; null: nobody's. */
  readonly author: string | null;
};

/** A review that approved the release: who, as what, when, and of which commit. */
export type Approval = {
  readonly by: Named;
  /** What it stands for: the role that it fills, such as `quality`; null: none that was asked for. */
  readonly meaning: string | null;
  readonly at: Instant;
  readonly commit: Sha;
  /** GitHub's id of the review. */
  readonly review: number;
  /** It did not count at the merge: it was dismissed, when GitHub tells no more what it had said, or its author changed their mind. */
  readonly withdrawn: boolean;
};

export type GateSaid = {
  readonly gate: string;
  readonly outcome: Outcome | "overridden" | "not-applicable";
  readonly because: string;
  /** What the answer rests on, each in words. */
  readonly read: readonly string[];
};

/** One walk through the run-book. */
export type Walked = {
  readonly walk: Walk;
  /** What was skipped, or asked to be, comes first; the rest stands in the order of the document. */
  readonly items: readonly WalkedItem[];
  /** What was done and is in the run-book no more. */
  readonly gone: readonly (Did & { readonly item: string })[];
};

export type WalkedItem = Did & {
  readonly label: Label;
  readonly phase: Phase;
  readonly text: string;
  readonly optional: boolean;
};

/** How far an item is, by whose act. */
export type Did = {
  readonly state: ItemState["state"] | "not-applicable";
  /** Null: nobody's that is known. */
  readonly by: Person | null;
  /** Null: nobody touched it. */
  readonly at: Instant | null;
  readonly because: string | null;
  /** What came out, or a remark; null: nothing was said. */
  readonly note: string | null;
  readonly url: string | null;
  /** Who agreed that it is skipped. */
  readonly confirmedBy: Person | null;
};

/** What somebody answered for. */
export type Attested = {
  /** Null: nobody that is known. */
  readonly by: Person | null;
  readonly at: Instant;
  readonly because: string;
  /** The pull request that it was said on. */
  readonly number: number;
  /** The comment that says so; null: a review does. */
  readonly comment: number | null;
} & (
  | { readonly what: "readiness" | "no-data-impact" | "no-data-transition" }
  | {
      readonly what: "backup";
      readonly level: "claimed" | "checked";
      readonly system: string;
      readonly id: string;
      readonly finished: Instant;
      /** A day in UTC; null: not said. */
      readonly restoreTested: string | null;
      readonly fields: { readonly [key: string]: string };
    }
);

/** One gate that two people let pass. */
export type Override = Act & {
  readonly gate: string;
  readonly head: Sha;
  readonly because: string;
  readonly confirmedBy: Person | null;
  /** By whom, a login or `app`; null: it is open yet. */
  readonly closed: { readonly by: string; readonly at: Instant; readonly because: string } | null;
};

/** What came onto a stage past the gates. */
export type Deviation = {
  readonly stage: Branch;
  readonly commit: Sha;
  /** What happened, in words. */
  readonly what: string;
  /** Null: nobody told who did it. */
  readonly by: Person | null;
  readonly at: Instant;
  /** How it was settled, in words; null: it is open. */
  readonly closed: string | null;
};

/** The entries of the component's ledger that this rests on. */
export type Range = {
  readonly chain: string;
  /** The number of the first one. */
  readonly from: number;
  /** That of the merge: its hash stands in the tag's message. */
  readonly merged: Place;
  /** The last one when this was made. */
  readonly head: Place;
};
