import type { Decision } from "../../src/flow/decision.ts";
import type { Effect, SlotState } from "../../src/flow/effect.ts";
import type { PullKnown, Recorded } from "../../src/flow/facts.ts";
import { branch, type Hash, type Place } from "../../src/flow/names.ts";
import type { StandingOf } from "../../src/flow/standing.ts";
import { at, NOW, pullMemory, REPOSITORY, verdict } from "../builders.ts";
import { brings, type Hub, hub } from "./hub.ts";
import { MERGED } from "./under-way.ts";

export const BEFORE = at("before");
export const HASH = "ab".repeat(32) as Hash;
/** The last entry of the ledger. */
export const PLACE: Place = { sequence: 3, hash: HASH };

export const recorded = (more: Partial<Recorded> = {}): Recorded => ({
  chain: "repository:42",
  from: 1,
  promoters: {},
  landings: [],
  overrides: [],
  deviations: [],
  ...more,
});

export const released = pullMemory(
  { head: "staging", base: "master" },
  { state: "closed", merged: true, mergeCommit: MERGED, mergedAt: NOW },
);
/** #12 is merged into master, which was somewhere else before. */
export const known: Partial<PullKnown> = {
  memory: released,
  verdict: verdict({ lane: "release", base: branch("master") }),
  ledger: PLACE,
  recorded: recorded(),
};
/** What is tagged and drafted is v1.4.0 at #12's merge. */
export const github: Hub = {
  ...hub(),
  tags: ["v1.3.2", "latest"],
  [`parents ${MERGED}`]: [BEFORE, at("login")],
  [`compare ${BEFORE} ${at("login")}`]: brings("feat: log in"),
  "reviews 12": [],
  "tag v1.4.0": { object: at("the tag"), commit: MERGED },
  "tag v1.3.2": { object: at("the tag before"), commit: BEFORE },
  [`tree ${MERGED}`]: at("the tree"),
};
export const release = (more: Partial<StandingOf<"release">> = {}): StandingOf<"release"> => ({
  kind: "release",
  key: "release:42:12",
  by: null,
  at: NOW,
  because: "minor, because a commit brings a feature",
  repository: REPOSITORY,
  number: 12,
  version: "v1.4.0",
  commit: MERGED,
  notes: "Notes",
  previous: "v1.3.2",
  ledger: PLACE,
  ...more,
});

export const there = (id: number, completed = false, fingerprint = "any"): SlotState => ({
  written: { fingerprint: fingerprint as Hash, id, completed, at: NOW },
  refused: null,
});
/** With what GitHub said of it when it was written. */
export const telling = (slot: SlotState, told: string): SlotState => ({
  ...slot,
  written: { ...(slot.written as NonNullable<SlotState["written"]>), told },
});
/** Its evidence as it was made and attached last. */
export const attached = (state: "preliminary" | "final", more: Partial<StandingOf<"release">> = {}) => ({
  standing: release({ evidence: { state, made: NOW, head: PLACE, fingerprint: HASH }, ...more }),
  slot: there(900, false, HASH),
});

const MAKING: readonly Effect["thing"][] = ["tag", "release", "assets"];
export const made = ({ effects }: Decision): readonly Effect[] => effects.filter(({ thing }) => MAKING.includes(thing));
/** What goes on record of the release itself; that it landed is told elsewhere. */
export const told = ({ entries }: Decision) => entries.filter(({ says }) => says["kind"] !== "landed");
export const refusing = ([effect]: readonly Effect[], because: string): SlotState => ({
  written: null,
  refused: { fingerprint: effect?.fingerprint as Hash, because, at: NOW },
});
