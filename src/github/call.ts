import { between, type InstallationId, type Instant, later } from "../flow/names.ts";
import type { Priority } from "../flow/subject.ts";
import {
  clean,
  type Failure,
  failed,
  found,
  limited,
  type Outcome,
  resetOf,
  type Told,
  told,
  Unanswered,
} from "./failure.ts";
import type { Limiter } from "./limiter.ts";

/** What GitHub charges. Source: docs.github.com, "Rate limits for the REST API", secondary limits. */
const READ_POINTS = 1;
const WRITE_POINTS = 5;
/**
 * Tokens live an hour. A new one is asked for ahead of that, by our own clock: Octokit goes by the machine's, and takes
 * a 401 in a token's first seconds for GitHub's delay in spreading it.
 */
const TOKEN_MS = 55 * 60_000;
/** When to ask again for what GitHub refused: somebody has to give us the right first. */
const DENIED_MS = 10 * 60_000;
/** Refusals that pass: a token that ran out, a time-out, a conflict. */
const PASSING = [401, 408, 409];
const FIRST_BACK_OFF_MS = 5_000;
const LONGEST_BACK_OFF_MS = 5 * 60_000;

/** One call to GitHub's REST API. */
export type Call = {
  /** Null: as the App itself. */
  readonly installation: InstallationId | null;
  readonly priority: Priority;
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** From the API's root, its parts percent-encoded; or a whole address on another host of GitHub's, which gets our token. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a text as it is: then `headers` says of what type. */
  readonly body?: object | string;
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
  /** When the token that is in use was asked for, at the latest. */
  signedInAt: Instant | null;
  /** Failures in a row. */
  failures: Streak;
  /** How often in a row GitHub limited us. */
  limits: Streak;
};

/** How many times in a row. Calls that were under way together count once. */
export type Streak = { readonly count: number; readonly at: number };
const longer = (streak: Streak, sentAt: number, now: number): Streak =>
  sentAt < streak.at ? streak : { count: streak.count + 1, at: now };

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
    const key = [call.installation, call.priority, call.path, call.headers?.["if-none-match"]].join(" ");
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
      const how = `its rate limit leaves no room until ${leave.until}`;
      return failed(failure("unsent", how, leave.until));
    }
    const sentAt = line.limiter.time();
    try {
      const reply = await request(line, call, clock.now());
      line.failures = { ...line.failures, count: 0 };
      line.limits = { ...line.limits, count: 0 };
      const reset = resetOf(reply.headers, clock.now());
      if (reset !== null) pause(call, line, reset);
      if (reply.status < 300 || reply.status === 304) return found(reply);
      return failed(failure("unclear", `GitHub answered ${reply.status}`, later(clock.now(), DENIED_MS)));
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
    if (answer !== null) {
      const limits = longer(line.limits, sentAt, line.limiter.time());
      const limit = limited(answer, now, limits.count - 1);
      if (limit !== null) {
        if (limit.secondary) {
          line.limiter.slowDown(sentAt);
          line.limits = limits;
        }
        pause(call, line, limit.until);
        return failure("held", `${inWords(answer)} and wants no calls until ${limit.until}`, limit.until, answer);
      }
      if (answer.status < 500 && !answer.signingIn && !PASSING.includes(answer.status)) {
        return failure("denied", inWords(answer), later(now, DENIED_MS), answer);
      }
    }
    line.failures = longer(line.failures, sentAt, line.limiter.time());
    const soon = later(now, backOff(line.failures));
    if (answer === null) return unanswered(error, soon);
    if (answer.signingIn) return failure("unsent", `${inWords(answer)} instead of giving Flowgate a token`, soon);
    return failure(answer.status === 401 ? "held" : "unclear", inWords(answer), soon, answer);
  }

  return send;
}

const failure = (kind: Failure["kind"], how: string, until: Instant, answer?: Told): Failure => ({
  kind,
  status: answer?.status ?? null,
  message: answer?.message ?? "",
  how,
  until,
});

const inWords = ({ status, message }: Told): string =>
  `GitHub answered ${status}${message === "" ? "" : ` (${message})`}`;

function unanswered(error: unknown, until: Instant): Failure {
  const { message, cause } = error as { readonly message?: unknown; readonly cause?: unknown };
  if (cause instanceof Unanswered) return failure("unclear", cause.message, until);
  return failure("unsent", `Flowgate could not sign in (${clean(String(message))})`, until);
}

const backOff = ({ count }: Streak): number =>
  Math.min(FIRST_BACK_OFF_MS * 2 ** Math.max(0, count - 1), LONGEST_BACK_OFF_MS);

/** Sends a call; a second time with a new token where GitHub does not know ours any more. */
async function request(line: Line, call: Call, now: Instant): Promise<Reply> {
  const octokit = await line.octokit();
  if (call.installation === null) return once(octokit, call);
  line.signedInAt ??= now;
  if (between(line.signedInAt, now) > TOKEN_MS) await signIn();
  try {
    return await once(octokit, call);
  } catch (error) {
    const answer = told(error);
    if (answer?.status !== 401 || answer.signingIn) throw error;
    await signIn();
    return once(octokit, call);
  }

  async function signIn(): Promise<void> {
    await octokit.auth({ type: "installation", refresh: true });
    line.signedInAt = now;
  }
}

async function once(octokit: Octokit, { method, path, headers, body }: Call): Promise<Reply> {
  try {
    const {
      status,
      headers: answered,
      data,
    } = await octokit.request({
      method,
      url: path,
      headers: { ...headers, "x-github-api-version": "2022-11-28" },
      ...(body === undefined ? {} : { data: typeof body === "string" ? body : JSON.stringify(body) }),
      request: { parseSuccessResponseBody: false },
    });
    return { status, headers: answered, text: typeof data === "string" ? data : "" };
  } catch (error) {
    const answer = told(error);
    if (answer?.status !== 304) throw error;
    return { status: 304, headers: answer.headers, text: "" };
  }
}
