import { lstatSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join, relative } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Logger } from "pino";
import { z } from "zod";
import type { Audit } from "./store/audit.ts";

/** Where the command line asks the server that has the embedded database: a socket in its folder. */
const SOCKET = "flowgate.sock";
/** What the command line sends is shorter. */
const LARGEST_BODY = 64 * 1024;

/** The path of the socket. The system takes some hundred bytes at most, so it is told from here where that is shorter. */
export function socketIn(folder: string): string {
  const path = join(folder, SOCKET);
  const near = relative("", path);
  return near.length < path.length ? near : path;
}

export const CONSOLE_PATHS = {
  flaw: "/ledger/flaw",
  lines: "/ledger/lines",
  chain: "/ledger/chain",
  redact: "/ledger/redact",
} as const;

const redactionShape = z.strictObject({
  chain: z.string(),
  sequence: z.int(),
  because: z.string().min(1),
  by: z.string().min(1),
});

/**
 * Answers the command line while the server has the database to itself. Only the user that it runs as may open the socket, so
 * whoever asks is believed. Where it cannot be made, the log says so, and Flowgate works without it.
 */
export async function openConsole(
  folder: string,
  audit: Audit,
  log: Pick<Logger, "warn" | "error">,
): Promise<{ stop(): Promise<void> }> {
  const path = socketIn(folder);
  const server = createServer((request, response) => {
    answer(request, response, audit).catch((error: unknown) => {
      log.error({ err: error, path: request.url }, "The command line could not be answered.");
      if (response.headersSent) response.destroy();
      else send(response, 500, { problem: "Something went wrong in the server; its log tells what." });
    });
  });
  removeStale(path);
  const listening = new Promise<Error | null>((resolve) => {
    server.once("listening", () => resolve(null));
    server.once("error", resolve);
  });
  // The socket is made within this call, by rights that let nobody else open it at any moment.
  const before = process.umask(0o177);
  server.listen(path);
  process.umask(before);
  const failed = await listening;
  if (failed !== null) {
    log.warn(
      { path, err: failed },
      "The command line cannot reach this server: its socket could not be made. Stop the server to use `flowgate ledger`.",
    );
    return { stop: async () => {} };
  }
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Who was killed left it there. The folder is ours: nobody else has its database open. */
function removeStale(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket()) rmSync(path);
}

async function answer(request: IncomingMessage, response: ServerResponse, audit: Audit): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://flowgate.invalid");
  const asked = `${request.method} ${pathname}`;
  if (asked === `GET ${CONSOLE_PATHS.flaw}`) return send(response, 200, { flaw: await audit.flaw() });
  if (asked === `GET ${CONSOLE_PATHS.chain}`)
    return send(response, 200, { chain: await audit.chainOf(searchParams.get("component") ?? "") });
  if (asked === `GET ${CONSOLE_PATHS.lines}`) {
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    return pipeline(Readable.from(audit.lines(searchParams.get("chain"))), response);
  }
  if (asked === `POST ${CONSOLE_PATHS.redact}`) {
    const redaction = redactionShape.safeParse(parsed(await bodyOf(request))).data;
    if (redaction === undefined)
      return send(response, 400, { problem: "The server does not understand this command line." });
    return send(response, 200, await audit.redact(redaction));
  }
  send(response, 404, {
    problem: "The server does not know what this command line asks: both must be of one version.",
  });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request.setEncoding("utf8") as AsyncIterable<string>)
    if (text.length <= LARGEST_BODY) text += part;
  return text;
}

function parsed(text: string): unknown {
  try {
    return text.length > LARGEST_BODY ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
