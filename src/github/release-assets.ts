import { z } from "zod";
import type { Done, Effect } from "../flow/effect.ts";
import { digestOf } from "../flow/ledger.ts";
import { type Instant, later } from "../flow/names.ts";
import type { Send } from "./call.ts";
import { failed, found, isAbsent, isThere, type Outcome } from "./failure.ts";
import { id } from "./parse.ts";
import type { Read } from "./read.ts";
import { gone } from "./releasing.ts";
import { type Place, root } from "./repository.ts";

type Assets = Extract<Effect, { thing: "assets" }>;
type File = Assets["files"][number];

const assetShape = z.object({
  id,
  name: z.string(),
  /** `starter`: an upload that broke off. */
  state: z.string(),
  /** Bytes. */
  size: z.number(),
  /** Of what GitHub has got; GitHub Enterprise Server gave none before 3.18. */
  digest: z.string().nullish(),
});
const assetsShape = z.array(assetShape);
const releaseShape = z.object({ upload_url: z.string(), assets: assetsShape });
type Asset = z.infer<typeof assetShape>;

/** With so many GitHub may show a part of them with the release: the list has them all. */
const MAYBE_MORE = 30;
/** One that came out wrong is sent once more. */
const MOST_ROUNDS = 2;
/** When to ask again for what is refused here: somebody has to change something first. */
const REFUSED_MS = 10 * 60_000;

const wanted = (text: string): string => `sha256:${digestOf(text)}`;
const typeOf = (name: string): string => (name.endsWith(".json") ? "application/json" : "text/plain; charset=utf-8");

/**
 * Where a file is to be sent, by what GitHub says of its release. The token goes along, so that it must be a host of
 * the API's: that host itself, or `uploads.` beside it as uploads.github.com is beside api.github.com, and by https; where
 * the API is on this machine, at its very origin.
 *
 * @param uploadUrl a URI template that ends with `{?name,label}`.
 * @returns null where it is none of these.
 */
export function uploadAddress(apiUrl: string, uploadUrl: string, name: string): string | null {
  const address = uploadUrl.replace(/\{\?name,label\}$/, "");
  const api = new URL(apiUrl);
  if (!URL.canParse(address) || /[{}?#]/.test(address)) return null;
  const at = new URL(address);
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(api.hostname) && at.origin === api.origin;
  const hosts = [api.host, `uploads.${api.host.replace(/^api\./, "")}`];
  const isOurs = at.protocol === "https:" && hosts.includes(at.host);
  if ((!isLocal && !isOurs) || at.username !== "" || at.password !== "") return null;
  return `${at.href}?name=${encodeURIComponent(name)}`;
}

/**
 * Whether all files are there as they are to be; null: the release itself is not there.
 * https://docs.github.com/rest/releases/releases#get-a-release
 */
export async function attached(read: Read, place: Place, effect: Assets): Promise<Outcome<boolean | null>> {
  const there = await releaseAt(read, place, effect.release);
  if (!there.ok) return isAbsent(there) ? found(null) : there;
  const wrong = await wrongOf(read, place, effect.files, there.value.assets);
  return wrong.ok ? found(wrong.value.length === 0) : wrong;
}

async function releaseAt(read: Read, place: Place, release: number) {
  const address = `${root(place)}/releases/${release}`;
  const shown = await read.one(place, address, releaseShape);
  if (!shown.ok || shown.value.assets.length < MAYBE_MORE) return shown;
  const assets = await read.all(place, `${address}/assets`, assetsShape);
  return assets.ok ? found({ ...shown.value, assets: assets.value }) : assets;
}

/** The files that are not there as they are to be. */
async function wrongOf(
  read: Read,
  place: Place,
  files: readonly File[],
  assets: readonly Asset[],
): Promise<Outcome<readonly File[]>> {
  const wrong: File[] = [];
  for (const file of files) {
    const asset = assets.find(({ name }) => name === file.name);
    const right = await isRight(read, place, file, asset);
    if (!right.ok) return right;
    if (!right.value) wrong.push(file);
  }
  return found(wrong);
}

/** Where GitHub tells no digest, it is compared with what GitHub gives back. https://docs.github.com/rest/releases/assets */
async function isRight(read: Read, place: Place, { text }: File, asset: Asset | undefined): Promise<Outcome<boolean>> {
  if (text === null) return found(asset === undefined);
  if (asset?.state !== "uploaded" || asset.size !== Buffer.byteLength(text)) return found(false);
  if (typeof asset.digest === "string") return found(asset.digest === wanted(text));
  const given = await read.text(place, `${root(place)}/releases/assets/${asset.id}`);
  return given.ok ? found(given.value === text) : given;
}

/** Makes the files of a release be what they are to be. Others' files of other names stay as they are. */
export function attacher(send: Send, read: Read, clock: { now(): Instant }, apiUrl: string) {
  /** @returns the release's id, once all that was sent was seen there with its digest. */
  return async function attach(place: Place, effect: Assets): Promise<Outcome<Done>> {
    if (effect.sendTo !== null) {
      // Whatever was there after all, or is not there any more, is seen next.
      const sent = await put(place, effect.files, { assets: [], upload_url: effect.sendTo });
      if (!sent.ok && !isAbsent(sent)) return sent;
    }
    for (let round = 0; ; round++) {
      const there = await releaseAt(read, place, effect.release);
      if (!there.ok) return isAbsent(there) ? failed(gone(there.failure, effect.tag)) : there;
      const { assets } = there.value;
      const wrong = await wrongOf(read, place, effect.files, assets);
      if (!wrong.ok) return wrong;
      if (wrong.value.length === 0) return found({ id: effect.release });
      if (round === MOST_ROUNDS) return refused(wrong.value.map(inWords(assets)).join(", and "));
      const sent = await put(place, wrong.value, there.value);
      if (!sent.ok) return sent;
    }
  };

  /** To the release that is there, or is known to have been made with nothing in it. */
  async function put(
    place: Place,
    files: readonly File[],
    { assets, upload_url }: { readonly assets: readonly Asset[]; readonly upload_url: string },
  ): Promise<Outcome<unknown>> {
    for (const file of files) {
      const address = uploadAddress(apiUrl, upload_url, file.name);
      if (address === null) return refused(`GitHub wants files sent to ${upload_url}, which is no host of ${apiUrl}`);
      const replaced = await replace(place, assets, file, address);
      if (!replaced.ok) return replaced;
    }
    return found(null);
  }

  /** One that is there by now, or only begun, is seen in the next round. */
  async function replace(
    { installation, priority, name }: Place,
    assets: readonly Asset[],
    file: File,
    address: string,
  ): Promise<Outcome<unknown>> {
    for (const { id } of assets.filter((asset) => asset.name === file.name)) {
      const path = `${root({ name })}/releases/assets/${id}`;
      const removed = await send({ installation, priority, method: "DELETE", path });
      if (!removed.ok && !isAbsent(removed)) return removed;
    }
    if (file.text === null) return found(null);
    const headers = { "content-type": typeOf(file.name) };
    const sent = await send({ installation, priority, method: "POST", path: address, headers, body: file.text });
    return sent.ok || !isThere(sent.failure) ? sent : found(null);
  }

  function refused(how: string): Outcome<never> {
    return failed({ kind: "denied", status: null, message: "", how, until: later(clock.now(), REFUSED_MS) });
  }
}

/** What is wrong with one that was sent as often as it is. */
const inWords =
  (assets: readonly Asset[]) =>
  (file: File): string => {
    const { name, text } = file;
    if (text === null) return `${name} is there though GitHub took it away`;
    const asset = assets.find((one) => one.name === name);
    if (asset === undefined) return `${name} is not there though GitHub took it`;
    if (asset.state !== "uploaded") return `${name} is there only in part`;
    return `${name} is there with ${asset.digest ?? `${asset.size} other bytes`} instead of ${wanted(text)}`;
  };
