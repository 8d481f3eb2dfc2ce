import type { Actor } from "./actor.ts";
import type { Clock } from "./clock.ts";
import type { Faults } from "./faults.ts";
import type { Git } from "./git.ts";
import type { Hooks } from "./hooks.ts";
import type { Account, Repository } from "./model.ts";
import type { RequestLog } from "./request-log.ts";
import type { State } from "./state.ts";

/** The small GitHub: what it remembers, its git repositories, its time, and the webhooks it sends. */
export type Github = {
	readonly state: State;
	readonly git: Git;
	readonly clock: Clock;
	readonly hooks: Hooks;
	readonly faults: Faults;
	/** Every REST request answered since the last reset. */
	readonly requests: RequestLog;
	readonly log: (line: string) => void;
	/** Where people and Apps reach it, such as http://127.0.0.1:4000; set when the server listens. */
	url: string;
	/** The person, organisation or bot of this login; undefined when there is none. */
	account(login: string): Account | undefined;
	/** The repository now called OWNER/NAME or formerly so; undefined when there is none. */
	repository(fullName: string): Repository | undefined;
	/** A person as the one who acts. Throws for an unknown login. */
	as(login: string): Actor;
	/** A token with which this person calls REST or git. */
	tokenOf(login: string): string;
	/** Resolves when no delivery is under way or queued. */
	settled(): Promise<void>;
	/** Runs one act after another for a repository, so that what an act checked still holds when it writes. */
	exclusively<T>(repositoryId: number, act: () => Promise<T>): Promise<T>;
	/** The time as GitHub writes it: whole seconds, UTC. */
	time(): string;
};
