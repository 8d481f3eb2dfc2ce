import { existsSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { CONSOLE_PATHS, socketIn } from "../console.ts";
import { instant } from "../flow/names.ts";
import { type Audit, openAudit } from "../store/audit.ts";
import type { Redacted } from "../store/redaction.ts";

export type Asked = Audit & { stop(): Promise<void> };
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * Whoever can be asked of the ledger: with PostgreSQL the database itself, else the server that runs on the folder, else the
 * embedded database. Rejects with a sentence for people where there is none of them.
 */
export async function whomToAsk(env: Env): Promise<Asked> {
  const url = env["DATABASE_URL"]?.trim() || null;
  const folder = env["DATA_DIR"]?.trim() || "data";
  const clock = { now: () => instant(Date.now()) };
  if (url !== null) return openAudit(url, null, clock);
  const server = running(socketIn(folder));
  if (await server.isThere()) return server;
  if (!existsSync(join(folder, "flowgate.db")))
    throw new Error(
      `There is no ledger in ${folder}: set DATA_DIR to the folder with Flowgate's database (of the sandbox it is data/sandbox/flowgate), or DATABASE_URL.`,
    );
  return openAudit(null, folder, clock);
}

/** The server that listens on this socket. */
function running(socketPath: string): Asked & { isThere(): Promise<boolean> } {
  const ask = async <Told>(path: string, question: Record<string, string> = {}, body?: object): Promise<Told> =>
    JSON.parse(await textOf(await answerTo(socketPath, path, question, body))) as Told;
  return {
    async isThere() {
      try {
        await ask(CONSOLE_PATHS.chain, { component: "" });
        return true;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "ENOENT" || code === "ECONNREFUSED") return false;
        if (code === "EACCES")
          throw new Error(`A server runs here as another user: only that user may open ${socketPath}.`);
        throw error;
      }
    },
    flaw: async () => (await ask<{ flaw: string | null }>(CONSOLE_PATHS.flaw)).flaw,
    chainOf: async (component) => (await ask<{ chain: string | null }>(CONSOLE_PATHS.chain, { component })).chain,
    async *lines(chain) {
      const answer = await answerTo(socketPath, CONSOLE_PATHS.lines, chain === null ? {} : { chain });
      yield* answer.setEncoding("utf8") as AsyncIterable<string>;
    },
    redact: (redaction) => ask<Redacted>(CONSOLE_PATHS.redact, {}, redaction),
    stop: async () => {},
  };
}

/** Rejects with the server's own sentence where it does not answer what was asked. */
function answerTo(
  socketPath: string,
  path: string,
  question: Record<string, string>,
  body?: object,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asking = request(
      { socketPath, path: `${path}?${new URLSearchParams(question)}`, method: body === undefined ? "GET" : "POST" },
      (answer) => {
        if (answer.statusCode === 200) resolve(answer);
        else
          textOf(answer).then((text) => reject(new Error((JSON.parse(text) as { problem: string }).problem)), reject);
      },
    );
    asking.once("error", reject);
    asking.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of answer.setEncoding("utf8") as AsyncIterable<string>) text += part;
  return text;
}
