import type { Right } from "./facts.ts";
import type { Instant, Person, RepositoryId } from "./names.ts";

/** What GitHub answered. `refused`: it will not have this code or token. `unanswered`: nobody knows. */
export type Told<T> =
  | { readonly came: "told"; readonly value: T }
  | { readonly came: "refused"; readonly because: string }
  | { readonly came: "unanswered"; readonly because: string };
export type Grant = {
  readonly token: string;
  /** Null: it does not run out. */
  readonly until: Instant | null;
  /** By what it is exchanged for the next, once; null: by nothing. */
  readonly refresh: string | null;
};
/** A repository that a person may read, and what else they may do there. */
export type Readable = { readonly repository: RepositoryId; readonly name: string; readonly right: Right };

/** GitHub, asked as a person who let the App act for them. Nothing here rejects, and no answer but a grant holds a token. */
export type GithubAsUser = {
  /** The page on which people let the App act for them. */
  authorizeUrl(asked: { readonly state: string; readonly challenge: string; readonly redirectUri: string }): string;
  exchange(code: {
    readonly code: string;
    readonly verifier: string;
    readonly redirectUri: string;
  }): Promise<Told<Grant>>;
  /** The token and the refresh token that were before end with it. */
  refresh(refreshToken: string): Promise<Told<Grant>>;
  person(token: string): Promise<Told<Person>>;
  /** The repositories that the App is installed on and the person was let into. */
  repositories(token: string): Promise<Told<readonly Readable[]>>;
  /** A repository that the person may read, also because everybody may; null: they may not, or there is none. */
  repository(token: string, name: string): Promise<Told<Readable | null>>;
};
