import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { verifyEvidence } from "../../src/cli/verify.ts";
import { lineOf } from "../../src/flow/ledger-export.ts";
import type { Signer } from "../../src/flow/signer.ts";
import type { SignedEvidence } from "../../src/release/evidence/statement.ts";
import type { World } from "../world.ts";
import { chainsIn } from "./tale.ts";

/** The files of a release, by name. */
export async function attached({ github, repository }: World, tag: string): Promise<ReadonlyMap<string, string>> {
  const release = github.find.releasesOf(repository().id).find(({ tagName }) => tagName === tag);
  const assets = release === undefined ? [] : github.find.assetsOf(release.id);
  const read = assets.map(async ({ name, stored }): Promise<[string, string]> => {
    const object = stored && (await github.git.read(repository().id, stored.blob));
    return [name, object?.content.toString("utf8") ?? ""];
  });
  return new Map(await Promise.all(read));
}

/** What is signed in its `evidence.json`. */
export async function evidenceOf(world: World, tag: string): Promise<SignedEvidence> {
  const { payload } = JSON.parse((await attached(world, tag)).get("evidence.json") ?? "{}");
  return JSON.parse(Buffer.from(payload, "base64").toString("utf8")).predicate;
}

/**
 * What `flowgate verify` says of its files as somebody downloads them, beside a clone and an export of the ledger.
 *
 * @param ledger the folder of Flowgate's database; null: without an export.
 */
export async function verified(
  world: World,
  tag: string,
  signer: Signer,
  ledger: string | null,
): Promise<{ readonly lines: readonly string[] }> {
  const [told] = await allVerified(world, [tag], signer, ledger);
  return told as NonNullable<typeof told>;
}

/** The same of several releases, beside one clone and one export. */
export async function allVerified(
  world: World,
  tags: readonly string[],
  { publicKey }: Signer,
  ledger: string | null,
): Promise<readonly { readonly lines: readonly string[] }[]> {
  const at = mkdtempSync(join(tmpdir(), "flowgate-downloaded-"));
  try {
    writeFileSync(join(at, "key.pem"), `-----BEGIN PUBLIC KEY-----\n${publicKey}\n-----END PUBLIC KEY-----\n`);
    await promisify(execFile)("git", ["clone", "--quiet", `${world.github.url}/acme/api.git`, join(at, "clone")]);
    if (ledger !== null) writeFileSync(join(at, "ledger.jsonl"), chainsIn(ledger).map(lineOf).join(""));
    const all: { readonly lines: readonly string[] }[] = [];
    for (const tag of tags) {
      mkdirSync(join(at, tag));
      for (const [name, text] of await attached(world, tag)) writeFileSync(join(at, tag, name), text);
      const told = await verifyEvidence(
        join(at, tag, "evidence.json"),
        {
          key: join(at, "key.pem"),
          repo: join(at, "clone"),
          ledger: ledger === null ? null : join(at, "ledger.jsonl"),
        },
        process.env,
      );
      if ("problem" in told) throw new Error(told.problem);
      all.push(told);
    }
    return all;
  } finally {
    rmSync(at, { recursive: true, force: true });
  }
}
