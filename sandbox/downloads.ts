import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { decoded } from "./address.ts";
import type { Github } from "./github.ts";
import type { ReleaseAsset } from "./model.ts";
import { tagInAddress } from "./present/releases.ts";
import { releasesSeen } from "./releases.ts";
import { authenticate } from "./rest/authenticate.ts";
import { struck } from "./rest/struck.ts";
import { maySee } from "./rights.ts";

const secret = randomBytes(32);
const lifetime = 300_000;
/** Below this the storage of files gives out what a signed address names. */
const storage = "/-/release-assets/";
const address = /^\/([^/]+)\/([^/]+)\/releases\/download\/(.+)\/([^/]+)$/;

const signature = (id: number, expires: number) =>
  createHmac("sha256", secret).update(`${id} ${expires}`).digest("hex");

/** An address that gives out a file to anybody for five minutes. */
export function storedAt(github: Github, asset: ReleaseAsset): string {
  const expires = github.clock.now().getTime() + lifetime;
  return `${github.url}${storage}${asset.id}?expires=${expires}&signature=${signature(asset.id, expires)}`;
}

/** The file such an address names; undefined when it was not made by `storedAt`, or too long ago. */
function assetAt(github: Github, id: number, query: URLSearchParams): ReleaseAsset | undefined {
  const expires = Number(query.get("expires"));
  const [given, due] = [Buffer.from(query.get("signature") ?? ""), Buffer.from(signature(id, expires))];
  const genuine = given.length === due.length && timingSafeEqual(given, due);
  return genuine && github.clock.now().getTime() <= expires ? github.state.assets.get(id) : undefined;
}

/**
 * Gives out the files of releases: at their address for browsers, which leads on to the storage, and there at addresses
 * signed for a while. Answers false when the address is neither.
 */
export function serveDownloads(github: Github, request: IncomingMessage, response: ServerResponse): boolean {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://sandbox.invalid");
  if (request.method !== "GET" && request.method !== "HEAD") return false;
  if (pathname.startsWith(storage)) {
    const asset = assetAt(github, Number(pathname.slice(storage.length)), searchParams);
    give(github, request, response, asset).catch((error: unknown) => {
      github.log(`download: ${String(error)}`);
      response.destroy();
    });
    return true;
  }
  const [, ...parts] = address.exec(pathname) ?? [];
  if (parts.length === 0) return false;
  const asset = assetSeen(github, request, parts);
  if (asset) response.writeHead(302, { location: storedAt(github, asset) }).end();
  else refuse(response);
  return true;
}

function refuse(response: ServerResponse): void {
  response.writeHead(404, { "content-type": "text/plain" }).end("Not Found\n");
}

/** Gives a file out, unless a fault was ordered for its place in the storage. */
async function give(
  github: Github,
  request: IncomingMessage,
  response: ServerResponse,
  asset: ReleaseAsset | undefined,
): Promise<void> {
  const instead = await struck(github, request.method ?? "GET", request.url ?? "");
  if (instead?.kind === "timeout") return;
  if (instead?.kind === "reset") {
    request.socket.resetAndDestroy();
    return;
  }
  if (instead?.answer) {
    response.writeHead(instead.answer.status, { "content-type": "text/plain" }).end("The storage has a fault.\n");
    return;
  }
  const object = asset?.stored ? await github.git.read(asset.repositoryId, asset.stored.blob) : undefined;
  if (!asset || !object) return refuse(response);
  github.state.assets.change(asset.id, { downloads: (github.state.assets.get(asset.id) ?? asset).downloads + 1 });
  github.state.flush();
  response.writeHead(200, {
    "content-type": asset.contentType,
    "content-length": object.content.length,
    "content-disposition": `attachment; filename="${asset.name}"`,
    "x-content-type-options": "nosniff",
  });
  response.end(object.content);
}

/** The file an address for browsers names, where whoever asks may see it; without a token that is what is public. */
function assetSeen(github: Github, request: IncomingMessage, parts: readonly string[]): ReleaseAsset | undefined {
  const [owner, name, tag, file] = parts.map(decoded);
  const repository = github.repository(`${owner}/${name}`);
  const caller = authenticate(github, request.headers.authorization);
  const by = caller.done && caller.value.kind === "actor" ? caller.value.by : null;
  if (!repository || !maySee(github, by, repository)) return undefined;
  const release = releasesSeen(github, by, repository).find((one) => tagInAddress(one) === tag);
  return release && github.find.assetsOf(release.id).find((one) => one.name === file);
}
