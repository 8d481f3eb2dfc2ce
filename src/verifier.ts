import { randomUUID } from "node:crypto";
import http from "node:http";
import https from "node:https";
import { Webhook } from "standardwebhooks";
import { z } from "zod";
import { type Answers, type Fact, type Facts, type Want, wantKey } from "./flow/facts.ts";
import { instantText } from "./flow/listed.ts";
import type { Look, WantOfGithub, WantOfRunBook, WantOfVerifier } from "./flow/look.ts";
import { type Instant, later } from "./flow/names.ts";

export type Verified = Answers["verified"];
/** A backup that somebody says was made. */
export type Backup = Pick<WantOfVerifier, "system" | "id" | "finished"> & {
  /** The component that is released, as `owner/name`. */
  readonly repository: string;
};
/** Asks a verifier of its owner's whether a backup is there. Never rejects, and what it did not say is not known. */
export type Verify = (url: string, backup: Backup) => Promise<Fact<Verified>>;

export type VerifierSettings = {
  /** What requests are signed with, `whsec_` and base64; null: no verifier is asked. */
  readonly secret: string | null;
  readonly clock: { now(): Instant };
  /** Whether a verifier on this machine may be asked by plain http. Anybody who writes a config could name one. */
  readonly loopback?: boolean;
  /** Milliseconds for one answer. */
  readonly timeout?: number;
};

const TIMEOUT_MS = 10_000;
const AGAIN_MS = 60_000;
const LARGEST_ANSWER = 64 * 1024;
const LONGEST_REASON = 300;
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

const answerShape = z.union([
  z
    .object({
      verified: z.literal(true),
      // RFC 3339: a day alone, or a time without its zone, could be meant otherwise.
      finished: z.iso.datetime({ offset: true }).pipe(instantText),
    })
    .transform(({ finished }): Verified => ({ is: true, finished })),
  z
    .object({ verified: z.literal(false), because: z.string() })
    .transform(({ because }): Verified => ({ is: false, because: oneLine(because) })),
]);

/**
 * Asks by one POST of `backup.verify`, signed after Standard Webhooks: `webhook-id`, `webhook-timestamp` and
 * `webhook-signature`. Redirects are not followed, since another place would be told what the config names one for.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function verifier({ secret, clock, loopback = false, timeout = TIMEOUT_MS }: VerifierSettings): Verify {
  const webhook = secret === null ? null : new Webhook(secret);

  return async (text, backup) => {
    const url = addressOf(text, loopback);
    if (url === null) return no("The verifier of backups in the config is not an https address; correct it there.");
    if (webhook === null)
      return no(
        "Flowgate cannot ask the verifier of backups: whoever runs it sets VERIFIER_SECRET to the secret they share.",
      );
    const now = clock.now();
    const body = JSON.stringify({ type: "backup.verify", timestamp: now, data: backup });
    const at = new Date(now);
    const id = `msg_${randomUUID()}`;
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      "user-agent": "flowgate",
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
      "webhook-signature": webhook.sign(id, at, body),
    };
    try {
      const answer = await post(url, headers, body, timeout);
      return { known: true, value: verdictIn(answer), at: clock.now() };
    } catch (error) {
      const how = error instanceof Unclear ? error.message : `could not be reached${codeOf(error)}`;
      const because = `The verifier of backups at ${url.host} ${how}.`;
      return { known: false, because, retryAt: later(clock.now(), AGAIN_MS) };
    }
  };

  function no(because: string): Fact<Verified> {
    return { known: true, value: { is: false, because }, at: clock.now() };
  }
}

/**
 * The same look that also asks verifiers, while the rest is looked at.
 *
 * @param urlOf where the verifier of the component listens, by its config; null: it names none.
 */
export function verifying(
  look: Look<WantOfGithub>,
  {
    verify,
    urlOf,
    clock,
  }: {
    readonly verify: Verify;
    readonly urlOf: (component: NonNullable<Facts["component"]>) => string | null;
    readonly clock: { now(): Instant };
  },
): Look<Exclude<Want, WantOfRunBook>> {
  return async (lease, facts, wants) => {
    const backups = wants.filter((want) => want.want === "verified");
    const others = wants.filter((want) => want.want !== "verified");
    const [seen, ...answers] = await Promise.all([
      others.length === 0 ? new Map<string, Fact<unknown>>() : look(lease, facts, others),
      ...backups.map(async (want) => [wantKey(want), await answerTo(facts, want)] as const),
    ]);
    return new Map<string, Fact<unknown>>([...seen, ...answers]);
  };

  async function answerTo({ component }: Facts, { system, id, finished }: WantOfVerifier): Promise<Fact<Verified>> {
    const url = component === null ? null : urlOf(component);
    if (component === null || url === null)
      return {
        known: true,
        value: { is: false, because: "The config names no verifier of backups." },
        at: clock.now(),
      };
    return verify(url, { repository: component.name, system, id, finished });
  }
}

/** The verifier did not answer as asked; the message goes on after its name. */
class Unclear extends Error {
  override readonly name = "Unclear";
}

function addressOf(text: string, loopback: boolean): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.protocol === "https:") return url;
  return loopback && url.protocol === "http:" && LOOPBACK.test(url.hostname) ? url : null;
}

async function post(url: URL, headers: http.OutgoingHttpHeaders, body: string, timeout: number): Promise<string> {
  const signal = AbortSignal.timeout(timeout);
  try {
    return await new Promise<string>((resolve, reject) => {
      const { request } = url.protocol === "https:" ? https : http;
      const asked = request(url, { method: "POST", headers, signal, agent: false }, (answer) => {
        textOf(answer).then(resolve, reject);
      });
      asked.on("error", reject);
      asked.end(body);
    });
  } catch (error) {
    throw signal.aborted ? new Unclear(`gave no answer within ${timeout / 1000} s`) : error;
  }
}

async function textOf(answer: http.IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    if (answer.statusCode !== 200) throw new Unclear(`answered ${answer.statusCode}`);
    for await (const part of answer as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > LARGEST_ANSWER) throw new Unclear("answered with more than 64 KiB");
      parts.push(part);
    }
  } finally {
    answer.destroy();
  }
  return Buffer.concat(parts).toString("utf8");
}

function verdictIn(text: string): Verified {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new Unclear("answered with something else than JSON");
  }
  const result = answerShape.safeParse(content);
  if (result.success) return result.data;
  throw new Unclear(
    'answered neither `{"verified": true, "finished": "2026-11-24T12:00:00Z"}` nor `{"verified": false, "because": "…"}`',
  );
}

const oneLine = (text: string): string =>
  text.replace(/\s+/g, " ").trim().slice(0, LONGEST_REASON) || "The verifier of backups gave no reason.";

function codeOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" ? ` (${code})` : "";
}
