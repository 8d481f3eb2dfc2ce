import { randomBytes } from "node:crypto";
import type { Actor } from "./actor.ts";
import type { Clock } from "./clock.ts";
import { type Faults, faultsOf } from "./faults.ts";
import type { Git } from "./git/store.ts";
import { type Hooks, openHooks } from "./hooks.ts";
import { type Lookups, lookupsOf } from "./lookups.ts";
import type { Account, Repository } from "./model.ts";
import { type RequestLog, requestLog } from "./request-log.ts";
import type { State } from "./state.ts";

/** How much a caller may ask before GitHub says no. null switches a limit off. */
export type Limits = {
  /** Requests an hour for each installation and each person. */
  hourly: number;
  /** Points a minute for each installation or person (a GET costs 1, a write 5). */
  pointsPerMinute: number | null;
  /** Whether installation tokens end after an hour of the sandbox's clock, which an App does not see skip. */
  tokensExpire: boolean;
};

/** The small GitHub: what it remembers, its git repositories, its time, and the webhooks it sends. */
export type Github = {
  readonly state: State;
  readonly find: Lookups;
  readonly git: Git;
  readonly clock: Clock;
  readonly hooks: Hooks;
  readonly faults: Faults;
  readonly limits: Limits;
  /** Every REST request answered since the last reset. */
  readonly requests: RequestLog;
  readonly log: (line: string) => void;
  /** Where people and Apps reach it, such as http://127.0.0.1:4000; set when the server listens. */
  url: string;
  /** The person, organisation or bot of this login; undefined when there is none. */
  account(login: string): Account | undefined;
  /** The repository now called OWNER/NAME or formerly so; undefined when there is none. */
  repository(fullName: string): Repository | undefined;
  /** OWNER/NAME. */
  nameOf(repository: Repository): string;
  /** A person as the one who acts. Throws for an unknown login. */
  as(login: string): Actor;
  /** A token with which this person calls REST or git. */
  tokenOf(login: string): string;
  /** Resolves when no delivery is under way or queued, and no act either. */
  settled(): Promise<void>;
  /** Resolves when no act is under way or waits its turn (see exclusively). */
  idle(): Promise<void>;
  /**
   * Runs one act after another for a repository and its forks, so that what an act checked still holds when it
   * writes. An act run so must not call this again.
   */
  exclusively<T>(repositoryId: number, act: () => Promise<T>): Promise<T>;
  /** The time as GitHub writes it: whole seconds, UTC. */
  time(): string;
};

/** Whole seconds, UTC. */
export function timeOf(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** Builds the small GitHub over its memory, its git repositories and a clock. Nothing listens yet. */
export function createGithub(parts: {
  readonly state: State;
  readonly git: Git;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}): Github {
  const { state, git, clock, log } = parts;
  const find = lookupsOf(state);
  const faults = faultsOf();
  const turns = new Map<number, Promise<unknown>>();
  const hooks = openHooks({ state, find, clock, faults, log });
  const account = (login: string) => find.accountByLogin(login);

  const github: Github = {
    state,
    find,
    git,
    clock,
    hooks,
    faults,
    limits: { hourly: 5000, pointsPerMinute: null, tokensExpire: true },
    requests: requestLog(),
    log,
    url: "http://sandbox.invalid",
    account,
    repository(fullName) {
      const [owner = "", name = ""] = fullName.split("/");
      const ownerAccount = account(owner);
      const current = ownerAccount && find.repositoryByName(ownerAccount.id, name);
      return current ?? find.repositoryByFormerName(fullName);
    },
    nameOf: (repository) => `${state.accounts.get(repository.ownerId)?.login ?? "ghost"}/${repository.name}`,
    as(login) {
      const found = account(login);
      if (!found) throw new Error(`nobody is called ${login}`);
      return { account: found, installation: null, permissions: null, repositoryIds: null };
    },
    tokenOf(login) {
      const userId = github.as(login).account.id;
      const known = find.tokensOfUser(userId).find((one) => one.via === undefined);
      if (known) return known.token;
      const token = `ghp_${randomBytes(18).toString("hex")}`;
      state.tokens.put({
        id: state.nextId(),
        token,
        userId,
        installationId: null,
        repositoryIds: null,
        permissions: null,
        expiresAt: null,
      });
      return token;
    },
    async settled() {
      do {
        await github.idle();
        await hooks.settled();
      } while (turns.size > 0);
    },
    async idle() {
      while (turns.size > 0) await Promise.allSettled(turns.values());
    },
    exclusively<T>(id: number, act: () => Promise<T>): Promise<T> {
      let repositoryId = id;
      for (let parent = id; ; ) {
        repositoryId = parent;
        const above = state.repositories.get(parent)?.forkParentId;
        if (above === null || above === undefined) break;
        parent = above;
      }
      const before = turns.get(repositoryId) ?? Promise.resolve();
      const turn = before.then(act, act);
      turns.set(repositoryId, turn);
      const clear = () => {
        if (turns.get(repositoryId) === turn) turns.delete(repositoryId);
      };
      turn.then(clear, clear);
      return turn;
    },
    time: () => timeOf(clock.now()),
  };
  return github;
}
