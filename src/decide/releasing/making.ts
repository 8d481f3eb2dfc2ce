import type { Effect } from "../../flow/effect.ts";
import type { PullKnown } from "../../flow/facts.ts";
import type { House } from "../../flow/house.ts";
import type { Entry } from "../../flow/ledger.ts";
import type { ComponentMemory, PullMemory } from "../../flow/memory.ts";
import type { Instant } from "../../flow/names.ts";
import type { StandingOf } from "../../flow/standing.ts";
import { subjectKey } from "../../flow/subject.ts";

/** What a release does next, and where it is. */
export type Releasing = {
  readonly entries: readonly Entry[];
  readonly effects: readonly Effect[];
  readonly lookAgainAt: Instant | null;
};
export const NOTHING_RELEASED: Releasing = { entries: [], effects: [], lookAgainAt: null };

/** Where a release is being made. */
export type Making = {
  readonly known: PullKnown;
  readonly pull: PullMemory;
  readonly component: ComponentMemory;
  readonly house: House;
  readonly release: StandingOf<"release">;
};

/** Nothing on GitHub changes before the reason is in the ledger. */
export const told = (subject: PullKnown["subject"], does: string): Entry => ({
  what: "promoting",
  actor: "app",
  about: subjectKey(subject),
  says: { does },
});
