import http from "node:http";
import https from "node:https";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { Unanswered } from "./failure.ts";

/** More than GitHub's largest answers that we ask for. */
const LARGEST_BODY = 32 * 1024 * 1024;
const MOST_REDIRECTS = 3;
const REDIRECTS = [301, 302, 307, 308];
/** Asks for a file itself, which GitHub may keep on another host. */
export const RAW = "application/octet-stream";

/** As much of a fetch request as Octokit uses. */
type Init = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** As much of a fetch response as Octokit uses. `body` is text where fetch would have a stream. */
export type Answer = {
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  text(): Promise<string>;
  arrayBuffer(): Promise<ArrayBuffer>;
};

export type Transport = { fetch(url: string, init?: Init): Promise<Answer>; stop(): void };

const unzip = promisify(gunzip);

/** @returns what may be asked of another host without our token: nothing but a file; null where it may not. */
function elsewhere({ headers: { authorization: _, ...headers } = {}, method = "GET" }: Init, next: URL): Init | null {
  return method === "GET" && headers["accept"] === RAW && next.protocol === "https:" ? { headers } : null;
}

/**
 * A fetch for Octokit on node:http with connections kept open. It costs about half the processor time of the global
 * fetch, and every call of Octokit's, also those by which it signs in, gets the same time-out.
 *
 * Redirects, which GitHub answers for renamed repositories, are followed with the same method and body, but never to
 * another host, which would be given our token; only a file is got from there, without it. Rejects with `Unanswered` where no whole answer came.
 *
 * @param timeout milliseconds for a call with all its redirects.
 */
export function transport(timeout: number): Transport {
  const options = { keepAlive: true, maxSockets: 100, timeout: 60_000 };
  const agents = { "http:": new http.Agent(options), "https:": new https.Agent(options) };

  async function fetch(url: string, init: Init = {}): Promise<Answer> {
    const signal = AbortSignal.timeout(timeout);
    let at = new URL(url);
    let asking = init;
    for (let redirects = 0; ; redirects++) {
      const answer = await once(at, asking, signal);
      const location = answer.headers.get("location");
      if (location === undefined || !REDIRECTS.includes(answer.status) || redirects === MOST_REDIRECTS) return answer;
      const next = new URL(location, at);
      if (next.origin !== at.origin) {
        const other = elsewhere(asking, next);
        if (other === null) return answer;
        asking = other;
      }
      at = next;
    }
  }

  async function once(url: URL, init: Init, signal: AbortSignal, again = false): Promise<Answer> {
    const method = init.method ?? "GET";
    let reused = false;
    try {
      return await new Promise<Answer>((resolve, reject) => {
        const secure = url.protocol === "https:";
        const request = (secure ? https : http).request(
          url,
          {
            method,
            headers: {
              ...init.headers,
              "accept-encoding": "gzip",
              ...(init.body === undefined ? {} : { "content-length": Buffer.byteLength(init.body) }),
            },
            agent: agents[secure ? "https:" : "http:"],
            signal,
          },
          (response) => collect(url, response).then(resolve, reject),
        );
        request.on("error", (error) => {
          reused = request.reusedSocket;
          reject(error);
        });
        request.end(init.body);
      });
    } catch (error) {
      if (signal.aborted) throw new Unanswered(`GitHub gave no answer within ${timeout / 1000} s`);
      // An idle connection that GitHub closed just as we used it. Only reading may be repeated unasked.
      if (reused && method === "GET" && !again) return once(url, init, signal, true);
      const code = (error as NodeJS.ErrnoException).code;
      throw new Unanswered(`The connection to GitHub broke${code === undefined ? "" : ` (${code})`}`);
    }
  }

  return {
    fetch,
    stop: () => {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

async function collect(url: URL, response: http.IncomingMessage): Promise<Answer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > LARGEST_BODY) throw new Error("the answer is too large");
    parts.push(part);
  }
  const raw = Buffer.concat(parts);
  const bytes =
    response.headers["content-encoding"] === "gzip" ? await unzip(raw, { maxOutputLength: LARGEST_BODY }) : raw;
  const body = bytes.toString("utf8");
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(response.headers)) headers.set(name, String(value));
  return {
    status: response.statusCode ?? 0,
    statusText: response.statusMessage ?? "",
    url: url.href,
    headers,
    body,
    text: async () => body,
    arrayBuffer: async () => new Uint8Array(bytes).buffer,
  };
}
