import type { Account, App, Installation, Permissions } from "./model.ts";

/**
 * Who does something: a person, or an App's bot with one installation's rights.
 * `permissions` and `repositoryIds` are what its token was narrowed to; null means the person's own rights.
 */
export type Actor = {
  readonly account: Account;
  readonly installation: Installation | null;
  readonly permissions: Permissions | null;
  /** null: every repository the account or installation reaches. */
  readonly repositoryIds: readonly number[] | null;
  /** The App that acts for the person: it may do what both may. Left out: nobody but themselves. */
  readonly via?: App;
};
