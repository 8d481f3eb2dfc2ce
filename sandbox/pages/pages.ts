import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Github } from "../github.ts";
import type { Account } from "../model.ts";
import type { Pages } from "../server.ts";
import { html } from "./html.ts";
import { document } from "./layout.ts";
import { localAddress, perform, show } from "./routes.ts";
import { type Answer, type PagesOptions, page, type Said, type Visit } from "./visit.ts";

const style = readFileSync(new URL("style.css", import.meta.url));
const live = readFileSync(new URL("live.js", import.meta.url));
const policy =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const largestForm = 2 * 1024 * 1024;
const year = 365 * 24 * 60 * 60;

/**
 * The pages through which people use the sandbox: they see it with one person's eyes, kept in a cookie, and act as
 * that person. Every change is a POST with a token bound to the visitor's session, then a redirect.
 */
export function sandboxPages(options: PagesOptions = {}): Pages {
  const secret = randomBytes(32);
  return (request, response, github) => {
    const asked = new URL(request.url ?? "/", "http://localhost");
    const parts = partsOf(asked.pathname);
    if (isLoopback(new URL(github.url).hostname) && !isLoopback(nameIn(request.headers.host))) {
      response.writeHead(403, { "content-type": "text/plain; charset=utf-8" });
      response.end(`The sandbox is for this machine only: open it as ${github.url}\n`);
      return true;
    }
    if (!parts || !["GET", "HEAD", "POST"].includes(request.method ?? "")) return false;
    if (request.method !== "POST" && parts.join("/") === "-/style.css") return file(response, "text/css", style);
    if (request.method !== "POST" && parts.join("/") === "-/live.js") return file(response, "text/javascript", live);
    answer(request, response, github, { options, secret, asked, parts }).catch((error: unknown) => {
      github.log(`page ${asked.pathname} failed: ${error instanceof Error ? error.stack : String(error)}`);
      if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain; charset=utf-8" });
      response.end("The sandbox has a fault of its own here; its log says which.\n");
    });
    return true;
  };
}

type Asked = {
  readonly options: PagesOptions;
  readonly secret: Buffer;
  readonly asked: URL;
  readonly parts: readonly string[];
};

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  github: Github,
  { options, secret, asked, parts }: Asked,
): Promise<void> {
  const cookies = cookiesOf(request);
  const session = cookies.get("sandbox-session") ?? randomBytes(16).toString("hex");
  const token = createHmac("sha256", secret).update(session).digest("hex");
  const form = request.method === "POST" ? await formOf(request) : new URLSearchParams();
  const visitor = visitorOf(github, cookies.get("sandbox-person"));
  if (!visitor) {
    response.writeHead(503, { "content-type": "text/plain; charset=utf-8", "retry-after": "2", refresh: "2" });
    response.end("The sandbox is being built; this page comes back by itself in a moment.\n");
    return;
  }
  const visit: Visit = {
    github,
    options,
    by: github.as(visitor.login),
    here: asked.pathname + asked.search,
    query: asked.searchParams,
    form: form ?? new URLSearchParams(),
    token,
  };
  const kept = [cookie("sandbox-session", session, year)];
  if (request.method !== "POST") {
    const shown = (await show(visit, parts)) ?? missing();
    const navigates = request.headers["sec-fetch-mode"] !== "cors";
    return send(response, visit, shown, navigates ? saidIn(cookies.get("sandbox-said")) : null, kept);
  }
  if (!form) return send(response, visit, refusedForm("That was more than a form of these pages sends."), null, kept);
  if (!same(form.get("token") ?? "", token))
    return send(
      response,
      visit,
      refusedForm("This page was older than the sandbox. Go back, reload it, and try again."),
      null,
      kept,
    );
  if (parts.join("/") === "-/as") {
    const chosen = visitorOf(github, form.get("login") ?? undefined) ?? visitor;
    return send(response, visit, { kind: "go", to: localAddress(form.get("back")), said: null }, null, [
      ...kept,
      cookie("sandbox-person", chosen.login, year),
    ]);
  }
  const done = await perform(visit, parts);
  // What it set off, such as an auto-merge, shows on the page that comes next.
  await github.idle();
  return send(response, visit, done ?? missing(), null, kept);
}

function send(
  response: ServerResponse,
  visit: Visit,
  answer: Answer,
  said: Said | null,
  cookies: readonly string[],
): void {
  if (answer.kind === "go") {
    const told = answer.said ? Buffer.from(JSON.stringify(answer.said)).toString("base64url") : "";
    response
      .writeHead(303, { location: answer.to, "set-cookie": [...cookies, cookie("sandbox-said", told, 60)] })
      .end();
    return;
  }
  response
    .writeHead(answer.status, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": answer.leadsTo
        ? policy.replace("form-action 'self'", `form-action 'self' ${answer.leadsTo}`)
        : policy,
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      "set-cookie": said ? [...cookies, cookie("sandbox-said", "", 0)] : [...cookies],
    })
    .end(document(visit, answer.title, answer.trail, said, answer.content).markup);
}

/** A page elsewhere can make its own name lead here; the browser then still says that name. */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}

function nameIn(host: string | undefined): string {
  return host === undefined ? "" : host.replace(/:\d+$/, "");
}

function file(response: ServerResponse, type: string, content: Buffer): true {
  response.writeHead(200, { "content-type": `${type}; charset=utf-8`, "cache-control": "no-cache" }).end(content);
  return true;
}

function missing(): Answer {
  return page(
    "Not found",
    [],
    html`<header class="title"><h1>There is nothing here</h1><p>It may have been deleted, or never was. <a href="/">Back to the start</a></p></header>`,
    404,
  );
}

function refusedForm(words: string): Answer {
  return page("Not done", [], html`<header class="title"><h1>Nothing was done</h1><p>${words}</p></header>`, 403);
}

/** The person of this login, else the first there is; undefined while the sandbox is being built. */
function visitorOf(github: Github, login: string | undefined): Account | undefined {
  const people = github.state.accounts.all().filter((account) => account.type === "User");
  return people.find((account) => account.login === login) ?? people[0];
}

function partsOf(pathname: string): readonly string[] | null {
  try {
    return pathname.split("/").filter(Boolean).map(decodeURIComponent);
  } catch {
    return null;
  }
}

function cookiesOf(request: IncomingMessage): ReadonlyMap<string, string> {
  const pairs = (request.headers.cookie ?? "").split(/;\s*/).map((pair): [string, string] => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return new Map(pairs);
}

function cookie(name: string, value: string, seconds: number): string {
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}`;
}

function saidIn(text: string | undefined): Said | null {
  if (!text) return null;
  try {
    const said = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as Partial<Said>;
    return typeof said.text === "string" ? { tone: said.tone === "done" ? "done" : "refused", text: said.text } : null;
  } catch {
    return null;
  }
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= largestForm) chunks.push(chunk);
  }
  return size <= largestForm ? new URLSearchParams(Buffer.concat(chunks).toString("utf8")) : null;
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
