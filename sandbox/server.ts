import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "./clock.ts";
import type { Github } from "./github.ts";

/** Serves pages for people. Answers false when the address is none of its own. */
export type Pages = (request: IncomingMessage, response: ServerResponse, github: Github) => boolean;

export type SandboxOptions = {
  /** Where everything is kept; null: a temporary folder that is removed at the end. */
  readonly folder: string | null;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  readonly pages?: Pages;
};

export type Sandbox = {
  readonly github: Github;
  /** Where people and git go, without a slash at the end. */
  readonly url: string;
  /** The base of the REST API. */
  readonly apiUrl: string;
  /** Ends listening and sending. With a folder, starting again goes on from here. */
  stop(): Promise<void>;
};

/** Starts a small GitHub: web pages and git at `url`, REST at `apiUrl`. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  throw new Error(`not written yet ${options.host}`);
}
