import { setTimeout as pause } from "node:timers/promises";
import type { GithubAsUser, Grant, Told } from "../flow/as-user.ts";
import { type Instant, later } from "../flow/names.ts";
import type { Sessions, StoredSession, StoredTokens } from "../store/sessions.ts";
import type { Seals } from "./seal.ts";
import { Unseen } from "./unseen.ts";

/** A token is refreshed this long before it runs out, so that none does on its way to GitHub. */
const EARLY_MS = 5 * 60_000;
/** Longer than GitHub takes to answer or a call to be given up. */
const CLAIM_MS = 30_000;
const WAIT_MS = 100;

export type TokenPorts = {
  readonly sessions: Sessions;
  readonly github: Pick<GithubAsUser, "refresh">;
  readonly seals: Seals;
  readonly clock: { now(): Instant };
};

export type Tokens = {
  /** Asks GitHub as the person of a session, with a token that was refreshed where it had to be. Throws `Unseen`. */
  use<T>(session: string, ask: (token: string) => Promise<Told<T>>): Promise<T>;
  /** How tokens are stored. */
  sealed(session: string, grant: Grant): StoredTokens;
};

export function tokensOf({ sessions, github, seals, clock }: TokenPorts): Tokens {
  /** One refresh a session: what else needs one waits for that. */
  const underWay = new Map<string, Promise<StoredSession>>();

  function renewed(id: string, old: string): Promise<StoredSession> {
    const running = underWay.get(id);
    if (running !== undefined) return running;
    const renewing = renew(id, old).finally(() => underWay.delete(id));
    underWay.set(id, renewing);
    return renewing;
  }

  /** Waits for another process that refreshes, or does it. */
  async function renew(id: string, old: string): Promise<StoredSession> {
    for (let waited = 0; waited < CLAIM_MS; waited += WAIT_MS) {
      const found = await sessions.find(id);
      if (found === null) throw new Unseen(true, "The session ended.");
      if (found.token !== old) return found;
      if (found.refresh === null) return ended(id, "The token is not taken any more, and cannot be refreshed.");
      if (await sessions.claimRefresh(found, CLAIM_MS)) return exchange(found, found.refresh);
      await pause(WAIT_MS);
    }
    throw new Unseen(false, "The token is being refreshed and GitHub has not answered.");
  }

  async function exchange(found: StoredSession, refresh: string): Promise<StoredSession> {
    const { id } = found;
    const opened = seals.open(refresh, id);
    if (opened === null) return ended(id, "The token was sealed with another secret.");
    const came = await github.refresh(opened);
    if (came.came === "refused") {
      // Another process that took this one for dead may have been faster: then its tokens are good.
      const now = await sessions.find(id);
      return now !== null && now.token !== found.token ? now : ended(id, "GitHub does not refresh the token.");
    }
    if (came.came === "unanswered") {
      await sessions.refreshed(id, null);
      throw new Unseen(false, came.because);
    }
    const tokens = sealed(id, came.value);
    await sessions.refreshed(id, tokens);
    return { ...found, ...tokens };
  }

  async function ended(id: string, because: string): Promise<never> {
    await sessions.end(id);
    throw new Unseen(true, because);
  }

  async function current(id: string): Promise<StoredSession> {
    const found = await sessions.find(id);
    if (found === null) throw new Unseen(true, "The session ended.");
    const { tokenUntil } = found;
    const now = clock.now();
    if (tokenUntil === null || tokenUntil > later(now, EARLY_MS)) return found;
    try {
      return await renewed(id, found.token);
    } catch (error) {
      if (error instanceof Unseen && !error.again && tokenUntil > now) return found;
      throw error;
    }
  }

  async function opened({ id, token }: StoredSession): Promise<string> {
    return seals.open(token, id) ?? ended(id, "The token was sealed with another secret.");
  }

  const sealed = (id: string, { token, until, refresh }: Grant): StoredTokens => ({
    token: seals.seal(token, id),
    tokenUntil: until,
    refresh: refresh === null ? null : seals.seal(refresh, id),
  });

  return {
    async use(id, ask) {
      const held = await current(id);
      let came = await ask(await opened(held));
      // Refreshing kills the token that others are just using, so one that is refused is not yet the end.
      if (came.came === "refused") came = await ask(await opened(await renewed(id, held.token)));
      if (came.came === "refused") return ended(id, came.because);
      if (came.came === "unanswered") throw new Unseen(false, came.because);
      return came.value;
    },
    sealed,
  };
}
