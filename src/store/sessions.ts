import type { Instant, Person } from "../flow/names.ts";
import type { Database } from "./database.ts";
import type { Tables } from "./schema.ts";

/** Somebody who is logged in to the board, as it is stored: what could be used in their name is not readable here. */
export type StoredSession = {
  /** A digest of what their browser holds. */
  readonly id: string;
  readonly person: Person;
  /** When it ends, whatever happens. */
  readonly until: Instant;
} & StoredTokens;
export type StoredTokens = {
  /** Encrypted, as is `refresh`. */
  readonly token: string;
  /** Null: it does not run out. */
  readonly tokenUntil: Instant | null;
  /** Null: there is none. */
  readonly refresh: string | null;
};

export type Sessions = {
  /** Null where there is none, or where it ended. */
  find(id: string): Promise<StoredSession | null>;
  begin(session: StoredSession): Promise<void>;
  end(id: string): Promise<void>;
  /**
   * Takes the right to refresh, for so many milliseconds. False: another has it, or the tokens are not these any more.
   * A refresh token is good once, so two that used it at the same time would end the session.
   */
  claimRefresh(session: Pick<StoredSession, "id" | "token">, milliseconds: number): Promise<boolean>;
  /** Ends the claim: with new tokens, or null where none were given. */
  refreshed(id: string, tokens: StoredTokens | null): Promise<void>;
};

/** @param real milliseconds by the machine's clock: a claim must end also where the App's own clock stands still. */
export function sessionsOf({ db, write }: Database, clock: { now(): Instant }, real: () => number): Sessions {
  return {
    async find(id) {
      const row = await db
        .selectFrom("session")
        .selectAll()
        .where("id", "=", id)
        .where("until", ">", clock.now())
        .executeTakeFirst();
      return row === undefined ? null : sessionOf(row);
    },
    async begin({ id, person, until, ...tokens }) {
      const row = { id, person: person.id, login: person.login, until, refreshing_until: 0, ...columns(tokens) };
      await write((on) => on.insertInto("session").values(row).execute());
    },
    async end(id) {
      await write((on) => on.deleteFrom("session").where("id", "=", id).execute());
    },
    async claimRefresh({ id, token }, milliseconds) {
      const now = real();
      const claimed = await write((on) =>
        on
          .updateTable("session")
          .set({ refreshing_until: now + milliseconds })
          .where("id", "=", id)
          .where("token", "=", token)
          .where("refreshing_until", "<=", now)
          .executeTakeFirst(),
      );
      return Number(claimed.numUpdatedRows) === 1;
    },
    async refreshed(id, tokens) {
      await write((on) =>
        on
          .updateTable("session")
          .set({ refreshing_until: 0, ...(tokens === null ? {} : columns(tokens)) })
          .where("id", "=", id)
          .execute(),
      );
    },
  };
}

const columns = ({ token, tokenUntil, refresh }: StoredTokens) => ({ token, token_until: tokenUntil, refresh });

const sessionOf = (row: Tables["session"]): StoredSession => ({
  id: row.id,
  person: { id: row.person, login: row.login },
  until: row.until as Instant,
  token: row.token,
  tokenUntil: row.token_until as Instant | null,
  refresh: row.refresh,
});
