import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect } from "@jest/globals";
import { verifyEvidence } from "../../src/cli/verify.ts";
import { digestOf } from "../../src/flow/ledger.ts";
import { lineOf } from "../../src/flow/ledger-export.ts";
import type { Signer } from "../../src/flow/signer.ts";
import type { SignedEvidence } from "../../src/release/evidence/statement.ts";
import { RUN_BOOK, RUN_BOOK_PATH, type World } from "../world.ts";
import { answers, merged, promoted, releases } from "./promoting.ts";
import { chainsIn } from "./tale.ts";
import { shown, story } from "./telling.ts";

const HOUR = 3_600_000;
const folder = mkdtempSync(join(tmpdir(), "flowgate-evidence-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CONFIG = `enforcement: managed
roles:
  release-manager: ["@acme/release-managers"]
  operations: ["@acme/operations"]
  quality: ["@acme/quality"]
approvals: { staging: [], master: [quality, operations], hotfix: [] }
checks: { allow_none: true }
`;
const FAST = { budget: { points: 1_000_000, inFlight: 64 } };

/** The files of the only release there is, by name. */
async function attached({ github, repository }: World): Promise<ReadonlyMap<string, string>> {
  const [release] = github.find.releasesOf(repository().id);
  const assets = release === undefined ? [] : github.find.assetsOf(release.id);
  const read = assets.map(async ({ name, stored }): Promise<[string, string]> => {
    const object = stored && (await github.git.read(repository().id, stored.blob));
    return [name, object?.content.toString("utf8") ?? ""];
  });
  return new Map(await Promise.all(read));
}

/** What is signed in `evidence.json`. */
async function evidenceOf(world: World): Promise<SignedEvidence> {
  const { payload } = JSON.parse((await attached(world)).get("evidence.json") ?? "{}");
  return JSON.parse(Buffer.from(payload, "base64").toString("utf8")).predicate;
}

/** Whether the sums in the manifest are those of the other files, all of them. */
async function expectManifest(world: World): Promise<void> {
  const { "manifest.sha256": manifest, ...others } = Object.fromEntries(await attached(world));
  const sums = Object.entries(others).map(([name, text]) => `${digestOf(text)}  ${name}\n`);
  expect(manifest).toBe(sums.toSorted((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1)).join(""));
}

/** What `flowgate verify` says of the files as somebody downloads them, beside a clone and an export of the ledger. */
async function verified(
  world: World,
  { publicKey }: Signer,
  ledger: string | null,
): Promise<{ readonly lines: readonly string[] }> {
  const at = mkdtempSync(join(folder, "downloaded-"));
  for (const [name, text] of await attached(world)) writeFileSync(join(at, name), text);
  writeFileSync(join(at, "key.pem"), `-----BEGIN PUBLIC KEY-----\n${publicKey}\n-----END PUBLIC KEY-----\n`);
  await promisify(execFile)("git", ["clone", "--quiet", `${world.github.url}/acme/api.git`, join(at, "clone")]);
  if (ledger !== null) writeFileSync(join(at, "ledger.jsonl"), chainsIn(ledger).map(lineOf).join(""));
  const told = await verifyEvidence(
    join(at, "evidence.json"),
    { key: join(at, "key.pem"), repo: join(at, "clone"), ledger: ledger === null ? null : join(at, "ledger.jsonl") },
    process.env,
  );
  if ("problem" in told) throw new Error(told.problem);
  return told;
}

/** A release whose gates have passed: rehearsed, backed up, approved; its number. */
async function ready(world: World): Promise<number> {
  const [dora, otto] = [world.person("dora"), world.person("otto")];
  await dora.pushes("feature/login", "development", { message: "feat: log in", files: { [RUN_BOOK_PATH]: RUN_BOOK } });
  const feature = await dora.opens("feature/login", "development", { body: `Run-book: ${RUN_BOOK_PATH}` });
  await world.quiet();
  const release = await promoted(world, await promoted(world, feature));
  for (const words of ['/done S2 note="48,112"', "/done S1 S3-S5"]) await dora.says(release, words);
  const at = world.clock.now().toISOString();
  await otto.says(release, '/done P2 note="51,730"');
  await otto.says(release, `/attest backup system=postgres-main id=snap-8f31 at=${at} location=do:nyc3`);
  await otto.ticks(release, "P1");
  await world.quiet();
  for (const person of ["quinn", "otto"]) await world.person(person).approves(release);
  await world.quiet();
  return release;
}

describe("The evidence of a release", () => {
  story(
    "is attached to its draft, made anew when all is done, and can be checked by anybody",
    async (world) => {
      const [otto, rita] = [world.person("otto"), world.person("rita")];
      world.github.state.accounts.change(world.person("quinn").actor.account.id, { name: "Quinn O'Hara" });
      const { signer } = world.app();
      const release = await ready(world);
      await rita.says(release, "/promote");
      await world.quiet();
      expect(answers(world, release).at(-1)).toBe(
        `It carries 1 pull request, not yours. #${release} is in master as ${merged(world, release)}. v1.0.0 is tagged, and its release is a draft until it is deployed and tested.`,
      );
      expect(releases(world)).toMatchObject([{ tagName: "v1.0.0", draft: true }]);
      expect([...(await attached(world)).keys()]).toEqual(["evidence.json", "evidence.md", "manifest.sha256"]);
      await expectManifest(world);
      const preliminary = await attached(world);
      expect(await evidenceOf(world)).toMatchObject({
        state: "preliminary",
        repository: { name: "acme/api" },
        release: { version: "1.0.0", tag: { name: "v1.0.0" }, previous: null },
        pull: { number: release, from: "staging", into: "master", by: { login: "rita" } },
        hops: [{ number: release - 1, into: "staging", by: { login: "rita" } }],
        carried: [{ number: release - 2, authors: [{ login: "dora" }] }],
        approvals: [
          { by: { login: "quinn", name: "Quinn O'Hara" }, meaning: "quality", withdrawn: false },
          { by: { login: "otto", name: "otto" }, meaning: "operations", withdrawn: false },
        ],
        attestations: [{ what: "backup", id: "snap-8f31", by: { login: "otto" } }],
        authorised: null,
      });
      expect((await evidenceOf(world)).approvals.map(({ commit }) => commit)).toEqual([
        world.pull(release).head.sha,
        world.pull(release).head.sha,
      ]);
      expect((await verified(world, signer, null)).lines.at(-1)).toMatch(/^verified, signed by/);

      // What is ticked meanwhile is told in the end, and not before.
      await otto.says(release, "/done P3 P4");
      await world.quiet();
      expect(await attached(world)).toEqual(preliminary);
      await world.skip(HOUR);
      await otto.ticks(release, "P5");
      await world.quiet();
      expect(releases(world)).toMatchObject([{ tagName: "v1.0.0", draft: false }]);
      expect([...(await attached(world)).keys()].toSorted()).toEqual([
        "evidence.json",
        "evidence.md",
        "manifest.sha256",
        "svr.json",
      ]);
      await expectManifest(world);
      expect(await evidenceOf(world)).toMatchObject({ state: "final", authorised: null });
      await world.stopApp();
      const { lines } = await verified(world, signer, join(folder, "one"));
      expect(lines.map((line) => line.split(" ")[0])).not.toContain("failed");
      expect(lines.at(-1)).toBe(`verified, signed by ${signer.keyid}`);
      expect(lines.filter((line) => line.startsWith("unknown"))).toEqual([]);
      await world.start();
      return undefined;
    },
    { config: CONFIG, settings: { ...FAST, folder: join(folder, "one") } },
  );

  story(
    "names who let it be published, where that is done by hand",
    async (world) => {
      const [dora, otto, rita] = [world.person("dora"), world.person("otto"), world.person("rita")];
      const release = await ready(world);
      await rita.says(release, "/promote");
      await world.quiet();
      expect(answers(world, release).at(-1)).toContain(
        "v1.0.0 is tagged, and its release is a draft until it is deployed and tested, and then a release manager says `/promote` here.",
      );
      expect(releases(world)[0]?.body).toContain(
        `> This is a draft until a release manager says \`/promote\` on #${release}, once it is deployed and tested.`,
      );
      await rita.says(release, "/promote");
      await world.quiet();
      expect(answers(world, release).at(-1)).toBe(
        "v1.0.0 is not published before it is deployed and tested. Still open: `P3`, `P4`, `P5`. Operations tick them, or write `/done` with their names.",
      );
      await otto.says(release, "/done P3 P4 P5");
      await world.quiet();
      expect(shown(world, release)).toContain(
        "v1.0.0 is published as soon as a release manager writes `/promote` here.",
      );
      expect(releases(world)).toMatchObject([{ draft: true }]);
      expect((await evidenceOf(world)).state).toBe("preliminary");
      await dora.says(release, "/promote");
      await world.quiet();
      expect(answers(world, release).at(-1)).toBe("This needs a release manager; you have `write` here. @rita could.");
      expect(releases(world)).toMatchObject([{ draft: true }]);
      await rita.says(release, "/promote");
      await world.quiet();
      expect(answers(world, release).at(-1)).toBe(
        `#${release} is in master as ${merged(world, release)}. v1.0.0 is released.`,
      );
      expect(releases(world)).toMatchObject([{ draft: false, body: expect.not.stringContaining("This is a draft") }]);
      await expectManifest(world);
      expect(await evidenceOf(world)).toMatchObject({ state: "final", authorised: { by: { login: "rita" } } });
      expect((await attached(world)).get("evidence.md")).toContain("authorised by rita");
      expect((await attached(world)).has("svr.json")).toBe(true);
      return undefined;
    },
    { config: `${CONFIG}release: { publish: by-hand }\n`, settings: FAST },
  );
});
