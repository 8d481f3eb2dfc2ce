import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect } from "@jest/globals";
import { digestOf } from "../../src/flow/ledger.ts";
import { RUN_BOOK, RUN_BOOK_PATH, type World } from "../world.ts";
import { attached, evidenceOf, verified } from "./downloading.ts";
import { answers, merged, promoted, releases } from "./promoting.ts";
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
/** The only release there is. */
const TAG = "v1.0.0";
const FAST = { budget: { points: 1_000_000, inFlight: 64 } };

/** Whether the sums in the manifest are those of the other files, all of them. */
async function expectManifest(world: World): Promise<void> {
  const { "manifest.sha256": manifest, ...others } = Object.fromEntries(await attached(world, TAG));
  const sums = Object.entries(others).map(([name, text]) => `${digestOf(text)}  ${name}\n`);
  expect(manifest).toBe(sums.toSorted((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1)).join(""));
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
      expect([...(await attached(world, TAG)).keys()]).toEqual(["evidence.json", "evidence.md", "manifest.sha256"]);
      await expectManifest(world);
      const preliminary = await attached(world, TAG);
      expect(await evidenceOf(world, TAG)).toMatchObject({
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
      expect((await evidenceOf(world, TAG)).approvals.map(({ commit }) => commit)).toEqual([
        world.pull(release).head.sha,
        world.pull(release).head.sha,
      ]);
      expect((await verified(world, TAG, signer, null)).lines.at(-1)).toMatch(/^verified, signed by/);

      // What is ticked meanwhile is told in the end, and not before.
      await otto.says(release, "/done P3 P4");
      await world.quiet();
      expect(await attached(world, TAG)).toEqual(preliminary);
      await world.skip(HOUR);
      await otto.ticks(release, "P5");
      await world.quiet();
      expect(releases(world)).toMatchObject([{ tagName: "v1.0.0", draft: false }]);
      expect([...(await attached(world, TAG)).keys()].toSorted()).toEqual([
        "evidence.json",
        "evidence.md",
        "manifest.sha256",
        "svr.json",
      ]);
      await expectManifest(world);
      expect(await evidenceOf(world, TAG)).toMatchObject({ state: "final", authorised: null });
      await world.stopApp();
      const { lines } = await verified(world, TAG, signer, join(folder, "one"));
      expect(lines.map((line) => line.split(" ")[0])).not.toContain("failed");
      expect(lines.at(-1)).toBe(`verified, signed by ${signer.keyid}`);
      expect(lines.filter((line) => line.startsWith("unknown"))).toEqual([]);
      await world.start();
      return undefined;
    },
    { config: CONFIG, settings: { ...FAST, databaseUrl: null, folder: join(folder, "one") } },
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
      expect((await evidenceOf(world, TAG)).state).toBe("preliminary");
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
      expect(await evidenceOf(world, TAG)).toMatchObject({ state: "final", authorised: { by: { login: "rita" } } });
      expect((await attached(world, TAG)).get("evidence.md")).toContain("authorised by rita");
      expect((await attached(world, TAG)).has("svr.json")).toBe(true);
      return undefined;
    },
    { config: `${CONFIG}release: { publish: by-hand }\n`, settings: FAST },
  );

  story(
    "says no more than is so where something is undone before GitHub lets it be published, and then nobody's word counts any more",
    async (world) => {
      const [otto, rita] = [world.person("otto"), world.person("rita")];
      const { signer } = world.app();
      const names = async () => [...(await attached(world, TAG)).keys()].toSorted();
      const FINAL = ["evidence.json", "evidence.md", "manifest.sha256", "svr.json"];
      const release = await ready(world);
      await rita.says(release, "/promote");
      await world.quiet();
      await otto.says(release, "/done P3 P4 P5");
      await world.quiet();
      const message = "Tag name is protected by a ruleset of the enterprise";
      const lets = world.github.faults.add({
        on: "request",
        method: "PATCH",
        path: /\/releases\/\d+$/,
        does: { kind: "refusal", status: 422, message },
      });
      await rita.says(release, "/promote");
      await world.quiet();
      expect(answers(world, release).at(-1)).toContain("v1.0.0 is tagged, and its draft could not be published.");
      expect(answers(world, release).at(-1)).toContain(message);
      expect(await names()).toEqual(FINAL);
      expect(await evidenceOf(world, TAG)).toMatchObject({ state: "final", authorised: { by: { login: "rita" } } });

      await otto.says(release, '/undo P5 because "the smoke test was of the old build"');
      await world.quiet();
      expect(await names()).toEqual(["evidence.json", "evidence.md", "manifest.sha256"]);
      expect(await evidenceOf(world, TAG)).toMatchObject({ state: "preliminary", authorised: null });
      await expectManifest(world);
      expect((await verified(world, TAG, signer, null)).lines.map((line) => line.split(" ")[0])).not.toContain(
        "failed",
      );
      expect(shown(world, release)).not.toContain("is published as soon as");

      lets();
      await otto.says(release, "/done P5");
      await world.quiet();
      await world.skip(2 * HOUR);
      expect(releases(world)).toMatchObject([{ tagName: "v1.0.0", draft: true }]);
      expect(shown(world, release)).toContain(
        "v1.0.0 is published as soon as a release manager writes `/promote` here.",
      );
      await rita.says(release, "/promote");
      await world.quiet();
      expect(releases(world)).toMatchObject([{ tagName: "v1.0.0", draft: false }]);
      expect(await names()).toEqual(FINAL);
      await expectManifest(world);
      expect(await evidenceOf(world, TAG)).toMatchObject({ state: "final", authorised: { by: { login: "rita" } } });
      expect((await verified(world, TAG, signer, null)).lines.at(-1)).toMatch(/^verified, signed by/);
      return undefined;
    },
    { config: `${CONFIG}release: { publish: by-hand }\n`, settings: FAST },
  );
});
