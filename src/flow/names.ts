/**
 * The names things go by. A brand keeps a branch from being passed where a commit is wanted; it costs nothing
 * at run time. Names from outside become branded in one place only, where answers and payloads are parsed.
 */
type Brand<T, Name extends string> = T & { readonly __is: Name };

/** A full object id, 40 hexadecimal digits. */
export type Sha = Brand<string, "Sha">;
/** A moment in UTC, ISO 8601 with milliseconds, so that text order is time order. */
export type Instant = Brand<string, "Instant">;
/** A SHA-256 digest, 64 hexadecimal digits. */
export type Hash = Brand<string, "Hash">;
/** Where an entry stands in its chain of the ledger. */
export type Place = { readonly sequence: number; readonly hash: Hash };
/** A branch without `refs/heads/`. */
export type Branch = Brand<string, "Branch">;
/** GitHub's numeric id of a repository: it survives a rename, `owner/name` does not. */
export type RepositoryId = Brand<number, "Repository">;
export type InstallationId = Brand<number, "Installation">;
/** Something on GitHub that is set rather than made, such as one check on one commit: the newest content wins. */
export type Slot = Brand<string, "Slot">;

/** A user or a bot, by GitHub's id; the login is for people to read. */
export type Person = { readonly id: number; readonly login: string };

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export const sha = (text: string): Sha => text as Sha;
export const branch = (text: string): Branch => text as Branch;
export const repositoryId = (id: number): RepositoryId => id as RepositoryId;
export const installationId = (id: number): InstallationId => id as InstallationId;

// Pure rooms may not read the clock; turning a given time into text and back is arithmetic.
const { Date: Calendar } = globalThis;

/** @param at milliseconds since 1970. */
export const instant = (at: number): Instant => new Calendar(at).toISOString() as Instant;
/** GitHub writes `2026-11-22T09:40:00Z` and zones; we keep one form. Null where the text is no time. */
export function parseInstant(text: string): Instant | null {
  const at = Calendar.parse(text);
  return Number.isNaN(at) ? null : instant(at);
}
/** @returns the moment `milliseconds` after `from`; negative is before. */
export const later = (from: Instant, milliseconds: number): Instant => instant(Calendar.parse(from) + milliseconds);
/** @returns the day of the week in UTC, 0 for Sunday. */
export const weekday = (at: Instant): number => new Calendar(at).getUTCDay();
/** @returns milliseconds from `from` to `to`. */
export const between = (from: Instant, to: Instant): number => Calendar.parse(to) - Calendar.parse(from);

/** Whether a text is a full object id; GitHub takes a branch that is called so for the commit. */
export const isSha = (text: string): text is Sha => /^[0-9a-f]{40}$/.test(text);
/** The seven digits that people read. */
export const short = (commit: Sha): string => commit.slice(0, 7);
