import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Logger } from "pino";
import { callerOf } from "./board/caller.ts";
import type { News } from "./flow/decision.ts";
import type { Self } from "./flow/facts.ts";
import type { Instant } from "./flow/names.ts";
import { type Delivery, intake } from "./intake.ts";

/** Where GitHub sends webhooks. */
export const WEBHOOK_PATH = "/api/github/webhooks";
/** GitHub sends nothing larger. */
const LARGEST_BODY = 25 * 1024 * 1024;
/** More than any form of the board sends. */
const LARGEST_FORM = 32 * 1024;

export type Page = {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Each as a Set-Cookie header. */
  readonly cookies?: readonly string[];
};

export type PageRequest = {
  readonly method: string;
  readonly path: string;
  readonly host: string | null;
  readonly ifNoneMatch: string | null;
  readonly cookie: string | null;
  readonly fetchSite: string | null;
  /** Where it comes from, behind the proxies in front. */
  readonly address: string;
  /** What a form sent; empty for everything else. */
  readonly form: string;
  readonly at: Instant;
};

export type ServerPorts = {
  readonly secret: string;
  readonly clock: { now(): Instant };
  readonly log: Logger;
  /** Null while GitHub has not told us who we are. */
  readonly self: () => Self | null;
  /** Resolves once the delivery is synced to disk. News null: intake could not read it, so its body is kept. */
  readonly accept: (delivery: {
    readonly id: string;
    readonly event: string;
    readonly body: string;
    readonly news: News | null;
  }) => Promise<unknown>;
  /** After a delivery was stored that changed where the App may work. */
  readonly onAccess: (news: News) => void;
  readonly page: (request: PageRequest) => Promise<Page>;
  /** Null when all is well, else what is wrong in one sentence. */
  readonly unready: () => Promise<string | null>;
  /** In Prometheus's text format. */
  readonly metrics: () => Promise<string>;
};

/** The App's HTTP side: webhook inbox, health, metrics and board. */
export function appServer(ports: ServerPorts): Server {
  return createServer((request, response) => {
    answer(request, ports).then(
      (page) => send(request, response, page),
      (error: unknown) => {
        // Whoever hung up waits for no answer, and what was not delivered whole is delivered again.
        if (request.socket.destroyed) return;
        // Not the query: that of a log-in holds its code.
        ports.log.error({ err: error, path: pathOf(request) }, "A request could not be answered.");
        send(request, response, text(500, "Something went wrong here; the log tells what."));
      },
    );
  });
}

async function answer(request: IncomingMessage, ports: ServerPorts): Promise<Page> {
  const path = pathOf(request);
  const method = request.method ?? "GET";
  if (path === WEBHOOK_PATH)
    return method === "POST" ? inbox(request, ports) : text(405, "GitHub posts webhooks here.");
  if (path === "/healthz") return text(200, "ok");
  if (path === "/readyz") {
    const unready = await ports.unready();
    return unready === null ? text(200, "ready") : text(503, unready);
  }
  if (path === "/metrics")
    return { ...text(200, await ports.metrics()), type: "text/plain; version=0.0.4; charset=utf-8" };
  const { host, cookie, "if-none-match": ifNoneMatch, "sec-fetch-site": fetchSite } = request.headers;
  const { "x-forwarded-for": forwarded } = request.headers;
  const form = method === "POST" ? await bodyOf(request, LARGEST_FORM) : Buffer.alloc(0);
  if (form === null) return text(413, "That is more than any form here sends.");
  return ports.page({
    method,
    path: request.url ?? "/",
    host: host ?? null,
    ifNoneMatch: ifNoneMatch ?? null,
    cookie: cookie ?? null,
    fetchSite: typeof fetchSite === "string" ? fetchSite : null,
    address: callerOf(request.socket.remoteAddress, forwarded?.toString()),
    form: form.toString("utf8"),
    at: ports.clock.now(),
  });
}

const pathOf = ({ url }: IncomingMessage) => URL.parse(url ?? "/", "http://flowgate.invalid")?.pathname;

/** 202 once stored, 401 bad signature, 400 not JSON, 413 too large, 503 when it cannot be stored. */
async function inbox(request: IncomingMessage, ports: ServerPorts): Promise<Page> {
  const body = await bodyOf(request, LARGEST_BODY);
  if (body === null) return text(413, "The delivery is over 25 MB.");
  const { "x-hub-signature-256": signature, "x-github-delivery": id, "x-github-event": event } = request.headers;
  if (typeof signature !== "string" || !signed(body, signature, ports.secret)) {
    ports.log.warn({ delivery: id, event }, "A delivery without a valid signature was turned away.");
    return text(401, "The signature does not match: it must be made with this App's webhook secret.");
  }
  if (typeof id !== "string" || typeof event !== "string")
    return text(400, "X-GitHub-Delivery and X-GitHub-Event are missing.");
  let payload: unknown;
  try {
    payload = JSON.parse(body.toString("utf8"));
  } catch {
    return text(400, "The body is not JSON. Set the webhook's content type to application/json.");
  }
  const news = read({ id, event, payload, at: ports.clock.now() }, ports);
  if (news !== null && isNothing(news)) return text(202, "Nothing in it concerns Flowgate.");
  try {
    await ports.accept({ id, event, body: news === null ? body.toString("utf8") : "", news });
  } catch (error) {
    ports.log.error({ err: error, delivery: id, event }, "A delivery could not be stored.");
    return text(503, "The delivery could not be stored; send it again later.");
  }
  if (news !== null && news.access.length > 0) ports.onAccess(news);
  return text(202, "Stored.");
}

function read(delivery: Delivery, { self, log }: ServerPorts): News | null {
  try {
    return intake(delivery, self());
  } catch (error) {
    log.error(
      { err: error, delivery: delivery.id, event: delivery.event },
      "A delivery could not be read; it is kept unread.",
    );
    return null;
  }
}

const isNothing = ({ lessons, nudges, forget, access }: News) =>
  lessons.length + nudges.length + forget.length + access.length === 0;

/** The signature is over the bytes as they came, so it is checked before anything reads them. */
function signed(body: Buffer, signature: string, secret: string): boolean {
  const ours = Buffer.from(`sha256=${createHmac("sha256", secret).update(body).digest("hex")}`);
  const theirs = Buffer.from(signature);
  return ours.length === theirs.length && timingSafeEqual(ours, theirs);
}

/** The whole body, or null when it is too large: then the rest is thrown away as it comes. */
async function bodyOf(request: IncomingMessage, largest: number): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size <= largest) parts.push(part);
    else parts.length = 0;
  }
  return size <= largest ? Buffer.concat(parts) : null;
}

const text = (status: number, body: string): Page => ({
  status,
  type: "text/plain; charset=utf-8",
  body: `${body}\n`,
  headers: {},
});

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, type, body, headers, cookies = [] }: Page,
): void {
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(body),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    ...headers,
    ...(cookies.length > 0 ? { "set-cookie": [...cookies] } : {}),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}
