import type { Person } from "../flow/names.ts";
import type { Label } from "../flow/request.ts";
import { authorsOf, type Carried, type CarriedPull } from "./carried.ts";
import { KINDS, type Kind, saidBy, strongest } from "./conventional.ts";
import type { Chosen } from "./version.ts";

/** What the notes of a release tell. */
export type Told = {
  readonly chosen: Pick<Chosen, "because" | "previous" | "tag" | "remarks">;
  /** The pull request that released it, and on whose word; null: on nobody's that is known. */
  readonly number: number;
  readonly by: Person | null;
  /** Since the version before. */
  readonly carried: Carried;
  readonly exceptions: Exceptions;
  /** Where GitHub shows all that changed; null: it is the first release. */
  readonly compareUrl: string | null;
};

/** What was let through on somebody's word. */
export type Exceptions = {
  readonly skipped: readonly {
    readonly label: Label;
    /** What was to be done. */
    readonly text: string;
    readonly because: string;
    readonly by: Person | null;
    /** Null: nobody had to. */
    readonly confirmedBy: Person | null;
  }[];
  readonly overrides: readonly {
    readonly gate: string;
    readonly because: string;
    readonly by: Person;
    /** Null: there was nobody else. */
    readonly confirmedBy: Person | null;
    /** The pull request that it was let through on, where that is another one than the release. */
    readonly on?: number;
  }[];
  /** In sentences without a full stop: what came past the gates, and how that was cleared; null: it was not. */
  readonly deviations: readonly { readonly because: string; readonly cleared: string | null }[];
};

/** Pull requests of one kind, by author and number, each with what it breaks in its author's words. */
export type Section = {
  readonly kind: Kind;
  readonly pulls: readonly (CarriedPull & { readonly breaks: readonly string[] })[];
};

/** GitHub's own labels and common ones, in lower case, for pull requests that say by no title what they are. */
const LABELS: ReadonlyMap<string, Kind> = new Map([
  ["breaking", "breaking"],
  ["breaking change", "breaking"],
  ["breaking-change", "breaking"],
  ["enhancement", "feature"],
  ["feature", "feature"],
  ["bug", "fix"],
  ["bugfix", "fix"],
  ["fix", "fix"],
  ["performance", "performance"],
  ["documentation", "documentation"],
]);

/**
 * What is carried, each pull request once: under what breaks where anything of it does, else by the type in its title, by the
 * strongest of its commits, by its labels, or among the others. Sections that hold nothing are left out.
 */
export function sectionsOf({ pulls }: Pick<Carried, "pulls">): readonly Section[] {
  const told = authorsOf(pulls)
    .flatMap(({ pulls }) => pulls)
    .map((pull) => ({ ...pull, breaks: breaksOf(pull), kind: kindOf(pull) }));
  return KINDS.flatMap((kind) => {
    const ofKind = told.filter((pull) => pull.kind === kind).map(({ kind: _, ...pull }) => pull);
    return ofKind.length === 0 ? [] : [{ kind, pulls: ofKind }];
  });
}

function kindOf({ title, messages, labels }: CarriedPull): Kind {
  const written = strongest([title, ...messages]);
  if (written === "breaking") return written;
  const labelled = new Set(labels.map((label) => LABELS.get(label.toLowerCase())));
  return saidBy(title).kind ?? written ?? KINDS.find((kind) => labelled.has(kind)) ?? "other";
}

/** But for what the title says itself. */
function breaksOf({ title, messages }: CarriedPull): readonly string[] {
  const breaks = messages.flatMap((message) => saidBy(message).breaks ?? []);
  return [...new Set(breaks.map((text) => text.trim()))].filter((text) => text !== "" && !title.includes(text));
}
