import { type Instant, later } from "../flow/names.ts";

/** A call to GitHub that brought no usable answer. */
export type Failure = {
  /**
   * `unsent`: GitHub was not asked. `held`: GitHub did nothing, and will listen later. `denied`: GitHub did nothing,
   * and would say no again. `unclear`: nobody knows whether GitHub did it.
   */
  readonly kind: "unsent" | "held" | "denied" | "unclear";
  /** GitHub's status code; null where there was no answer. */
  readonly status: number | null;
  /** GitHub's own words, one line, without secrets; empty where it said nothing. */
  readonly message: string;
  /** What happened, such as "GitHub answered 502"; of what was not sent, why. `sentence` puts it into words. */
  readonly how: string;
  /** When to try again. */
  readonly until: Instant;
};

/** A value from GitHub, or why there is none. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export const found = <T>(value: T): Outcome<T> => ({ ok: true, value });
export const failed = (failure: Failure): Outcome<never> => ({ ok: false, failure });

/** Whether GitHub said that a thing is not there, which it also says of what we may not see. */
export const isAbsent = (outcome: Outcome<unknown>): boolean => !outcome.ok && outcome.failure.status === 404;

/** GitHub answers 422 to making a branch, a tag, a pull request, a release's file, or a file without its old id, that is there already. */
export const isThere = ({ status, message }: Failure): boolean =>
  status === 422 && /already[ _]exists|"sha" wasn't supplied/i.test(message);

/** @param asked what the call was for, such as "asked for the branch staging of org/api". */
export const sentence = ({ kind, how }: Failure, asked: string): string =>
  kind === "unsent" ? `GitHub was not ${asked}: ${how}.` : `${how} when ${asked}.`;

/** Thrown by the transport where no answer came, with a message for people. */
export class Unanswered extends Error {
  override readonly name = "Unanswered";
}

/** What an error of Octokit's tells us, whatever its class. */
export type Told = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly message: string;
  /** The token was refused us, so the call itself was never sent. */
  readonly signingIn: boolean;
};

/** @returns what GitHub answered, or null where it did not. */
export function told(error: unknown): Told | null {
  const { status, response, request } = error as {
    status?: unknown;
    response?: { headers?: Told["headers"]; data?: unknown };
    request?: { url?: unknown };
  };
  if (typeof status !== "number" || response === undefined) return null;
  return {
    status,
    headers: response.headers ?? {},
    message: wordsOf(response.data),
    signingIn: typeof request?.url === "string" && request.url.endsWith("/access_tokens"),
  };
}

/**
 * Until when GitHub wants no more calls, by what it says when it limits us.
 * Source: docs.github.com, "Rate limits for the REST API", "Exceeding the rate limit".
 *
 * @param again how often in a row it limited us without saying for how long: 0, 1, 2 …
 * @returns null where the answer is about something else; `secondary`: we were too fast, not just out of quota.
 */
export function limited(
  { status, headers, message }: Told,
  now: Instant,
  again: number,
): { readonly until: Instant; readonly secondary: boolean } | null {
  if (status !== 403 && status !== 429) return null;
  const after = Number(headers["retry-after"]);
  if (after > 0) return { until: later(now, Math.min(after, 3600) * 1000), secondary: true };
  const reset = resetOf(headers, now);
  if (reset !== null) return { until: reset, secondary: false };
  if (status === 403 && !/rate limit|abuse detection/i.test(message)) return null;
  return { until: later(now, Math.min(60_000 * 2 ** again, 900_000)), secondary: true };
}

/** When an exhausted quota is full again; null while some of it is left. */
export function resetOf(headers: Told["headers"], now: Instant): Instant | null {
  if (String(headers["x-ratelimit-remaining"]) !== "0") return null;
  const reset = Number(headers["x-ratelimit-reset"]) * 1000;
  const wait = reset - Date.parse(now);
  return Number.isNaN(wait) || wait > 2 * 3600_000 ? later(now, 60_000) : later(now, Math.max(wait, 1000));
}

/** One line of GitHub's words, short enough to show, with nothing secret in it. */
export function clean(text: string): string {
  return text
    .replace(/-----BEGIN[\s\S]*?(?:-----END[^-]*-----|$)/g, "[key]")
    .replace(/\b(?:gh[a-z]|github_pat)_[\w.-]+/g, "[token]")
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, "[token]")
    .replace(/\b(bearer|token|basic) +[\w.~+/=-]{16,}/gi, "$1 [token]")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 300);
}

/** GitHub's message with what it lists as wrong; of a page of HTML nothing. */
function wordsOf(data: unknown): string {
  if (data === null || typeof data !== "object") return "";
  const { message, errors } = data as { message?: unknown; errors?: unknown };
  const details = (Array.isArray(errors) ? errors : []).map((error: unknown) => {
    if (typeof error === "string") return error;
    const { message, field, code } = (error ?? {}) as { message?: unknown; field?: unknown; code?: unknown };
    return typeof message === "string" ? message : [field, code].filter((part) => typeof part === "string").join(" ");
  });
  return clean([typeof message === "string" ? message : "", ...details].filter((part) => part !== "").join(": "));
}
