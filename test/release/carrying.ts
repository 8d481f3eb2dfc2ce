import type { Carried, CarriedPull, LooseCommit } from "../../src/release/carried.ts";
import { at } from "../builders.ts";
import { DORA } from "./walks.ts";

/** A pull request of Dora's that a promotion carries. */
export const pull = (number: number, title: string, more: Partial<CarriedPull> = {}): CarriedPull => ({
  number,
  title,
  author: { ...DORA, bot: false },
  labels: [],
  messages: [],
  ...more,
});

/** A commit of Dora's that no pull request brought. */
export const loose = (name: string, title: string, more: Partial<LooseCommit> = {}): LooseCommit => ({
  sha: at(name),
  title,
  author: DORA,
  ...more,
});

export const carried = (pulls: readonly CarriedPull[], more: Partial<Carried> = {}): Carried => ({
  pulls,
  loose: [],
  whole: true,
  ...more,
});
