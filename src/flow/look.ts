import type { Fact, Facts, Want } from "./facts.ts";
import type { Lease } from "./subject.ts";

/** Reads what a judgement wants, all of it at once. Never rejects: a want that nobody can answer gets a fact that is not known. */
export type Look<Wanted extends Want = Want> = (
  lease: Lease,
  facts: Facts,
  wants: readonly Wanted[],
) => Promise<ReadonlyMap<string, Fact<unknown>>>;

/** A run-book is read from bytes by a thread of ours. */
export type WantOfRunBook = Extract<Want, { readonly want: "run-book" }>;
/** What the component's own verifier is asked. */
export type WantOfVerifier = Extract<Want, { readonly want: "verified" }>;
/** What GitHub is asked. */
export type WantOfGithub = Exclude<Want, WantOfRunBook | WantOfVerifier>;
