import { type InstallationId, type Instant, later } from "../flow/names.ts";
import type { Priority } from "../flow/subject.ts";
import { clean, type Failure, failed, found, limited, type Outcome, resetOf, told, Unanswered } from "./failure.ts";
import type { Limiter } from "./limiter.ts";

/** What GitHub charges. Source: docs.github.com, "Rate limits for the REST API", secondary limits. */
const READ_POINTS = 1;
const WRITE_POINTS = 5;
/** When to ask again for what GitHub refused: somebody has to give us the right first. */
const DENIED_MS = 10 * 60_000;
const FIRST_BACK_OFF_MS = 5_000;
const LONGEST_BACK_OFF_MS = 5 * 60_000;

/** One call to GitHub's REST API. */
export type Call = {
  /** Null: as the App itself. */
  readonly installation: InstallationId | null;
  readonly priority: Priority;
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** From the API's root, its parts percent-encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
};

export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly text: string;
};

/** As much of Octokit as we use. */
export type Octokit = {
  request(parameters: object): Promise<{ status: number; headers: Reply["headers"]; data: unknown }>;
  auth(parameters: object): Promise<unknown>;
};

/** One installation, or the App itself: its client, its limiter, and how GitHub fared lately. */
export type Line = {
  readonly octokit: () => Promise<Octokit>;
  readonly limiter: Limiter;
  /** Failures in a row, and when the last of them was counted. */
  strain: { readonly failures: number; readonly at: number };
  /** Limits in a row. */
  limits: number;
};

export type CallOptions = {
  readonly line: (installation: InstallationId | null) => Line;
  readonly clock: { now(): Instant };
  readonly onPause: (installation: InstallationId, until: Instant) => void;
};

/** Sends one call, within the installation's budget. Never rejects, and repeats nothing but a call without a valid token. */
export type Send = (call: Call) => Promise<Outcome<Reply>>;

export function sender({ line: lineOf, clock, onPause }: CallOptions): Send {
  // Reads of the same address are shared until one is sent, and no longer: an answer under way may tell what was
  // before the event for which the next one asks.
  const waiting = new Map<string, Promise<Outcome<Reply>>>();

  function send(call: Call): Promise<Outcome<Reply>> {
    if (call.method !== "GET") return enter(call, () => undefined);
    const key = [call.installation, call.priority, call.path].join(" ");
    const shared = waiting.get(key);
    if (shared !== undefined) return shared;
    const outcome = enter(call, () => waiting.delete(key));
    waiting.set(key, outcome);
    return outcome;
  }

  async function enter(call: Call, onTurn: () => void): Promise<Outcome<Reply>> {
    const line = lineOf(call.installation);
    const leave = await line.limiter.enter(call.method === "GET" ? READ_POINTS : WRITE_POINTS, call.priority);
    onTurn();
    if (!leave.sent) {
      const how = `Flowgate keeps within GitHub's rate limit until ${leave.until}`;
      return failed({ kind: "held", status: null, message: "", how, until: leave.until });
    }
    const sentAt = line.limiter.time();
    try {
      const reply = await request(await line.octokit(), call);
      line.strain = { failures: 0, at: sentAt };
      line.limits = 0;
      const reset = resetOf(reply.headers, clock.now());
      if (reset !== null) pause(call, line, reset);
      if (reply.status < 300 || reply.status === 304) return found(reply);
      const until = later(clock.now(), DENIED_MS);
      return failed({
        kind: "unclear",
        status: reply.status,
        message: "",
        how: `GitHub answered ${reply.status}`,
        until,
      });
    } catch (error) {
      return failed(failureOf(error, call, line, sentAt));
    } finally {
      leave.leave();
    }
  }

  function pause({ installation }: Call, line: Line, until: Instant): void {
    line.limiter.pause(until);
    if (installation !== null) onPause(installation, until);
  }

  function failureOf(error: unknown, call: Call, line: Line, sentAt: number): Failure {
    const now = clock.now();
    const answer = told(error);
    const soon = later(now, backOff(line, sentAt));
    if (answer === null) {
      const cause = error instanceof Error ? error.cause : undefined;
      if (cause instanceof Unanswered)
        return { kind: "unclear", status: null, message: "", how: cause.message, until: soon };
      const message = clean(error instanceof Error ? error.message : String(error));
      return {
        kind: "held",
        status: null,
        message,
        how: `Flowgate could not sign in at GitHub (${message})`,
        until: soon,
      };
    }
    const { status, message, signingIn } = answer;
    const limit = limited(answer, now, line.limits);
    if (limit !== null) {
      if (limit.secondary) {
        line.limiter.slowDown(sentAt);
        line.limits++;
      }
      pause(call, line, limit.until);
      return { kind: "held", status, message, how: `GitHub wants no calls until ${limit.until}`, until: limit.until };
    }
    const words = message === "" ? `${status}` : `${status} (${message})`;
    if (signingIn || status === 401) {
      const how = signingIn ? `GitHub gave us no token and answered ${words}` : `GitHub answered ${words}`;
      return { kind: "held", status: null, message, how, until: soon };
    }
    const how = `GitHub answered ${words}`;
    if (status >= 500 || status === 408 || status === 409) {
      return { kind: "unclear", status, message, how, until: soon };
    }
    return { kind: "denied", status, message, how, until: later(now, DENIED_MS) };
  }

  return send;
}

/** Milliseconds until the next try, longer with each failure in a row. Calls that failed together count once. */
function backOff(line: Line, sentAt: number): number {
  if (sentAt >= line.strain.at) line.strain = { failures: line.strain.failures + 1, at: line.limiter.time() };
  return Math.min(FIRST_BACK_OFF_MS * 2 ** (line.strain.failures - 1), LONGEST_BACK_OFF_MS);
}

async function request(octokit: Octokit, call: Call): Promise<Reply> {
  const { method, path, headers, body } = call;
  const parameters = {
    method,
    url: path,
    headers: { ...headers, "x-github-api-version": "2022-11-28" },
    ...(body === undefined ? {} : { data: JSON.stringify(body) }),
    request: { parseSuccessResponseBody: false },
  };
  try {
    return replyOf(await octokit.request(parameters));
  } catch (error) {
    const answer = told(error);
    if (answer?.status === 304) return { status: 304, headers: answer.headers, text: "" };
    if (answer?.status !== 401 || answer.signingIn || call.installation === null) throw error;
    await octokit.auth({ type: "installation", refresh: true });
    return replyOf(await octokit.request(parameters));
  }
}

const replyOf = ({ status, headers, data }: { status: number; headers: Reply["headers"]; data: unknown }): Reply => ({
  status,
  headers,
  text: typeof data === "string" ? data : "",
});
