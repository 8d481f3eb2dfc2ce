import { spawn } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";
import type { Actor } from "./actor.ts";
import { gitEnvironment } from "./git/process.ts";
import type { Github } from "./github.ts";
import { afterPush, moveByRules } from "./landing.ts";
import type { Repository } from "./model.ts";
import { type RefChange, zero } from "./refs.ts";
import { byToken } from "./rest/authenticate.ts";
import { covers, mayPush, maySee } from "./rights.ts";

const address = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;

/**
 * `git clone`, `fetch` and `push` over HTTP. Who pushes proves it by Basic authentication: a token as the password, or
 * simply one's login. A push is judged by the rulesets before a ref moves. Answers false when the address is not git's.
 */
export function smartHttp(github: Github, request: IncomingMessage, response: ServerResponse): boolean {
  const url = new URL(request.url ?? "/", "http://sandbox.invalid");
  const [, owner = "", name = "", act = ""] = address.exec(url.pathname) ?? [];
  if (act === "") return false;
  const service = act === "info/refs" ? (url.searchParams.get("service") ?? "") : act;
  serve(github, request, response, github.repository(`${owner}/${name}`), service, act === "info/refs").catch(
    (error: unknown) => {
      github.log(`git over HTTP: ${String(error)}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    },
  );
  return true;
}

async function serve(
  github: Github,
  request: IncomingMessage,
  response: ServerResponse,
  repository: Repository | undefined,
  service: string,
  advertise: boolean,
): Promise<void> {
  const by = actorOf(github, request.headers.authorization);
  const writes = service === "git-receive-pack";
  if (by === null && (writes || request.headers.authorization !== undefined || (repository?.private ?? true))) {
    response.writeHead(401, { "www-authenticate": 'Basic realm="Sandbox"', "content-type": "text/plain" });
    response.end("Say who you are: your login as the user name, anything as the password.\n");
    return;
  }
  if (!repository || !["git-upload-pack", "git-receive-pack"].includes(service) || !maySee(github, by, repository)) {
    response.writeHead(404, { "content-type": "text/plain" }).end("Repository not found.\n");
    return;
  }
  if (writes && (by === null || !mayWrite(github, by, repository))) {
    response.writeHead(403, { "content-type": "text/plain" });
    response.end(`Permission to ${github.nameOf(repository)}.git denied to ${by?.account.login}.\n`);
    return;
  }
  const program = service.slice("git-".length);
  const folder = github.git.folder(repository.id);
  if (advertise) {
    response.writeHead(200, { "content-type": `application/x-${service}-advertisement`, "cache-control": "no-cache" });
    response.write(Buffer.concat([packet(`# service=${service}\n`), flush]));
    pipe([program, "--stateless-rpc", "--advertise-refs", folder], null, request, response);
    return;
  }
  const body = await bodyOf(request);
  response.writeHead(200, { "content-type": `application/x-${service}-result`, "cache-control": "no-cache" });
  if (!writes) pipe([program, "--stateless-rpc", folder], body, request, response);
  else response.end(await receive(github, by as Actor, repository, body));
}

function actorOf(github: Github, header: string | undefined): Actor | null {
  const [scheme = "", value = ""] = (header ?? "").split(/\s+/, 2);
  if (scheme.toLowerCase() !== "basic") return null;
  const [login = "", ...rest] = Buffer.from(value, "base64").toString().split(":");
  const caller = byToken(github, rest.join(":"));
  if (caller.done) return caller.value.kind === "actor" ? caller.value.by : null;
  return github.account(login)?.type === "User" ? github.as(login) : null;
}

function mayWrite(github: Github, by: Actor, repository: Repository): boolean {
  if (repository.archived) return false;
  if (by.installation) return covers(github, by, repository) && by.permissions?.["contents"] === "write";
  return mayPush(github, by, repository);
}

function pipe(args: readonly string[], input: Buffer | null, request: IncomingMessage, response: ServerResponse): void {
  const protocol = request.headers["git-protocol"];
  const child = spawn("git", args, {
    env: { ...gitEnvironment, ...(typeof protocol === "string" ? { GIT_PROTOCOL: protocol } : {}) },
    stdio: ["pipe", "pipe", "ignore"],
  });
  child.on("error", () => response.end());
  child.stdin.on("error", () => undefined);
  child.stdin.end(input ?? "");
  child.stdout.pipe(response);
}

type Command = RefChange & { readonly ref: string };
type Refused = { readonly ref: string; readonly why: string };

const byRules = ({ why }: Refused) => why.startsWith("Repository rule");

/** Takes a push: unpacks its objects, asks the rules, moves the refs, and reports as `git receive-pack` would. */
async function receive(github: Github, by: Actor, repository: Repository, body: Buffer): Promise<Buffer> {
  const { commands, capabilities, pack } = parsePush(body);
  const report = (lines: readonly string[], message: string | null) => {
    const status = Buffer.concat([...lines.map((line) => packet(`${line}\n`)), flush]);
    if (!capabilities.includes("side-band-64k")) return status;
    const said = message === null ? [] : [packet(Buffer.concat([Buffer.from([2]), Buffer.from(message)]))];
    return Buffer.concat([...said, packet(Buffer.concat([Buffer.from([1]), status])), flush]);
  };
  if (pack.length > 0) {
    const { code, stderr } = await github.git.run(repository.id, ["index-pack", "--stdin", "--fix-thin"], pack);
    if (code !== 0)
      return report(
        [
          `unpack ${stderr.trim().split("\n")[0] ?? "failed"}`,
          ...commands.map(({ ref }) => `ng ${ref} unpacker error`),
        ],
        null,
      );
  }
  const refusals = await github.exclusively(repository.id, async () => {
    const current = github.state.repositories.get(repository.id) ?? repository;
    const refused: Refused[] = [];
    const landed: Command[] = [];
    const together = capabilities.includes("atomic") ? [commands] : commands.map((command) => [command]);
    for (const part of together) {
      const moved = await moveByRules(github, by, current, part);
      if (moved.done) landed.push(...part);
      else refused.push(...part.map(({ ref }) => ({ ref, why: moved.refusal.message })));
    }
    if (landed.length > 0) await afterPush(github, by, current, landed);
    return refused;
  });
  github.state.flush();
  const lines = commands.map(({ ref }) => {
    const refusal = refusals.find((one) => one.ref === ref);
    if (!refusal) return `ok ${ref}`;
    return `ng ${ref} ${byRules(refusal) ? "push declined due to repository rule violations" : refusal.why}`;
  });
  const words = refusals.filter(byRules).map(
    ({ ref, why }) =>
      `error: GH013: Repository rule violations found for ${ref}.\n\n- ${why
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("Repository rule"))
        .join("\n- ")}\n\n`,
  );
  return report(["unpack ok", ...lines], words.length > 0 ? words.join("") : null);
}

function parsePush(body: Buffer): {
  readonly commands: readonly Command[];
  readonly capabilities: readonly string[];
  readonly pack: Buffer;
} {
  const commands: Command[] = [];
  let capabilities: readonly string[] = [];
  let at = 0;
  while (at + 4 <= body.length) {
    const length = Number.parseInt(body.toString("latin1", at, at + 4), 16);
    if (!(length >= 4)) {
      at += 4;
      break;
    }
    const [line = "", words] = body.toString("utf8", at + 4, at + length).split("\0");
    if (words !== undefined) capabilities = words.trim().split(" ");
    const [before = "", after = "", ...ref] = line.trimEnd().split(" ");
    commands.push({
      ref: ref.join(" "),
      before: before === zero ? null : before,
      after: after === zero ? null : after,
    });
    at += length;
  }
  return { commands, capabilities, pack: body.subarray(at) };
}

const flush = Buffer.from("0000");

function packet(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, "0")), bytes]);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  const body = Buffer.concat(parts);
  return request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
}
