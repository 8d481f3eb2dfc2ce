import type { Policy, Role } from "../flow/config.ts";
import { type Collaborator, type MayAffect, RIGHTS, type Right, type Spent } from "../flow/facts.ts";
import type { Entry } from "../flow/ledger.ts";
import type { Look } from "../flow/looking.ts";
import {
  type Branch,
  type InstallationId,
  type Instant,
  type Person,
  type RepositoryId,
  type Sha,
  short,
} from "../flow/names.ts";
import type { Line, Sight } from "../flow/request.ts";
import { type Holders, holdersOf, names, withRight } from "../flow/roles.ts";
import type { Standing, StandingOf } from "../flow/standing.ts";
import type { Nudge } from "../flow/subject.ts";
import type { Lane, Verdict } from "../flow/verdict.ts";
import { listed } from "../flow/words.ts";
import type { Written } from "./grammar.ts";

/** Somebody's command, and all that carrying it out may look at. */
export type Asked = {
  readonly by: Person;
  /** When it was written. */
  readonly at: Instant;
  readonly now: Instant;
  readonly repository: RepositoryId;
  readonly installation: InstallationId;
  /** The pull request that it was written on; null: an issue. */
  readonly pull: {
    readonly number: number;
    readonly head: Sha;
    readonly base: Branch;
    readonly ref: Branch;
    readonly author: Person;
    /** Where the base is; null: it is no stage. */
    readonly baseHead: Sha | null;
    /** Where the stage before the base is; null: the base is the first, or no stage. */
    readonly sourceHead: Sha | null;
    /** As it was judged last; null: it was not yet, or no lane allows it. */
    readonly lane: Lane | null;
    /** What its gates said of this very head and base; null: they have not yet. */
    readonly verdict: Verdict | null;
    /** Its body, where that may name a run-book or an impact on data. */
    readonly body: string | null;
    readonly dataLabel: boolean;
    readonly state: "open" | "merged" | "closed";
    readonly draft: boolean;
    /** The head lies in another repository. */
    readonly fork: boolean;
    /** What it was merged as; null while it is not. */
    readonly mergeCommit: Sha | null;
  } | null;
  /** `owner/name`, and where GitHub's own pages are. */
  readonly name: string;
  readonly web: string;
  /** The commit that was judged when it was written: acts that are about one commit are about that. */
  readonly judged: Sha | null;
  /** The comment or the review that it was written in; the other one is null, and on a page both. */
  readonly comment: number | null;
  readonly review: number | null;
  /** What the page showed that it was asked on; null: it was asked elsewhere. */
  readonly saw: Sight | null;
  readonly policy: Policy;
  /** What the organisation's own file says, alone. */
  readonly organisation: Policy;
  readonly standing: readonly Standing[];
  /** What came onto the stage before and nothing explains yet, as what it is once its ten minutes are over. */
  readonly unexplained: readonly StandingOf<"deviation">[];
  /** What served a release that is merged, and serves no other. */
  readonly spent: readonly Spent[];
  /** Merged pull requests of the component whose label or body may say that they affect data. */
  readonly mayAffect: readonly MayAffect[];
  /** When another release or hotfix that had passed was merged last; null: none that is known. */
  readonly lastRelease: Instant | null;
  readonly look: Look;
};

/** What came of a command: `says` is a sentence or two, in which others' words may stand. */
export type Came =
  | {
      readonly came: "done";
      readonly says: string;
      /** Shown below it, as Markdown of our own. */
      readonly shows?: string;
      readonly entries?: readonly Entry[];
      readonly nudges?: readonly Nudge[];
      /** The table of gates belongs into the answer, judged on facts read afresh. */
      readonly table?: true;
      /** What `/promote` would do belongs into the answer, with that version asked for. */
      readonly rehearses?: NonNullable<Line["rehearses"]>;
      /** What stands under this key has an issue, which is linked. */
      readonly links?: string;
    }
  | { readonly came: "refused"; readonly says: string }
  /** It is a longer way, and answered at its end. */
  | { readonly came: "under way"; readonly promotes: Promotes }
  | { readonly came: "under way"; readonly rollsBack: RollsBack }
  | { readonly came: "under way"; readonly train: Pick<StandingOf<"train">, "name" | "of"> };

/** What is promoted, and how: with its comment it becomes what is under way. */
export type Promotes = Pick<StandingOf<"promotion">, "head" | "whenReadyUntil" | "version" | "refreshTo" | "publishes">;

/** What is rolled back to, and why: the same. */
export type RollsBack = Pick<StandingOf<"rolling-back">, "head" | "to" | "withdraws" | "because">;

/** Carries it out; null while something that it looked for is not there: `look` knows what. */
export type Act<Of extends Asked = Asked> = (asked: Of) => Came | null;
export type OnPull = Asked & { readonly pull: NonNullable<Asked["pull"]> };

/** What somebody wrote, understood, and who may do that where it is not who may give the command at all; or what of it is not, in a sentence. */
type Read<Of extends Asked> = (
  written: Written,
  now: Instant,
) => { readonly act: Act<Of>; readonly allows?: (asked: Asked) => May } | Misread;
/** What is wrong with it, and a right line to go by where `usage` is too general for one. */
export type Misread = { readonly not: string; readonly rightly?: string };

export type Command = {
  readonly name: string;
  /** Other words for it. */
  readonly also?: readonly string[];
  /** How it is written. */
  readonly usage: string;
  /** Who may, in words. */
  readonly who: string;
  /** What it does, in one sentence that ends in a full stop. */
  readonly does: string;
  /** Whether the person may at all; what they want may need more. */
  readonly allows: (asked: Asked) => May;
} & (
  | { readonly on: "pull"; readonly read: Read<OnPull> }
  /** It may stand on an issue as well. */
  | { readonly on: "pull and issue"; readonly read: Read<Asked> }
);

/** Nothing may stand after the command but its reason. */
export const noWords = ({ words, name }: Written): string | null =>
  words.length === 0 ? null : `\`/${name}\` takes no “${words.join(" ")}”.`;

/** Why what is about one commit is not done for the head: that was not judged, or is another one than was looked at. Null: it is bound to it. */
export function notBound({ judged, pull: { head } }: Pick<OnPull, "judged" | "pull">): string | null {
  if (judged === null) return "This commit was not judged yet. Wait for its check, and say it again.";
  return judged === head
    ? null
    : `It was written when ${short(judged)} was the head, and now it is ${short(head)}: look at that one, and say it again.`;
}

/** What is said to whoever leaves the reason out. */
export const NEEDS_REASON = "It goes on record, so it needs its reason: end the line with `because …`.";

/** `unread`: GitHub has not said yet. */
export type May = "yes" | "unread" | Extract<Came, { readonly came: "refused" }>;

/** Whether the person holds one of these roles, as `of` names their holders. */
export function mayByRole(
  { by, policy, look }: Pick<Asked, "by" | "policy" | "look">,
  roles: readonly Role[],
  of: Policy = policy,
): May {
  const holders = roles.map((role) => holdersOf(role, of, look));
  if (look.missing() !== null) return "unread";
  const all = (holders as readonly Holders[]).flatMap((one) => one.people);
  if (all.some(({ id }) => id === by.id)) return "yes";
  const people = look.at({ want: "collaborators" });
  if (people === null) return "unread";
  const could = [...new Map(all.map((person) => [person.id, person])).values()];
  const needed = listed(
    roles.map((role) => ROLE_WORDS[role]),
    "or",
  );
  return refused(`This needs ${needed}; you have \`${rightIn(people, by)}\` here.`, could);
}

/** What comes of it that a person may not, or that nobody knows yet. */
export const notBy = (may: Exclude<May, "yes">): Came | null => (may === "unread" ? null : may);

/** Whether the person has at least this right on the repository, or that of somebody else. */
export function mayByRight({ by, look }: Asked, of: Right | Person): May {
  const people = look.at({ want: "collaborators" });
  if (people === null) return "unread";
  const has = rightIn(people, by);
  const least = typeof of === "string" ? of : rightIn(people, of);
  if (RIGHTS.indexOf(has) >= RIGHTS.indexOf(least)) return "yes";
  return refused(`This needs \`${least}\` on the repository; you have \`${has}\`.`, withRight(people, least));
}

/** No, and who could instead. */
export const refused = (says: string, could: readonly Person[]) =>
  ({
    came: "refused",
    says: `${says} ${could.length > 0 ? `${names(could)} could.` : "Nobody could today."}`,
  }) as const;

const ROLE_WORDS: { readonly [role in Role]: string } = {
  "release-manager": "a release manager",
  operations: "somebody in operations",
  quality: "somebody in quality",
  engineering: "somebody in engineering",
};

export const rightIn = (people: readonly Collaborator[], { id }: Person): Right =>
  people.find(({ person }) => person.id === id)?.right ?? "none";
