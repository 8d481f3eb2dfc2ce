import type { KeyObject } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { tagNames } from "../../sandbox/tags.ts";
import { evidenceKeyIn, signerWith } from "../../src/signer.ts";
import { allVerified, evidenceOf } from "../stories/downloading.ts";
import { answers, merged, releases } from "../stories/promoting.ts";
import { lanesOnly, RUN_BOOK_PATH, type World } from "../world.ts";
import { type Killable, startKillable } from "./killable.ts";

/** As few as a rehearsal can do with, so that a round is quick. */
const STAGES = ["staging", "master"];
const ROLES = `roles: { release-manager: ["@acme/release-managers"], operations: ["@acme/operations"] }\n`;
const CONFIG = lanesOnly(STAGES).replace("merge_by: anyone\n", "").replace("runbook: { required: false }\n", ROLES);
/** Both of its items come after the merge. */
const RUN_BOOK = `# Run-book

## Deploy

- [ ] Run scripts/activate.sh

## Test

- [ ] Log in

## Rollback

Run scripts/activate.sh with the tag before.

## Monitor

Look at https://status.example.com
`;

/** Each once, in the order in which they are made. */
const PRELIMINARY = ["evidence.json", "evidence.md", "manifest.sha256"];
const FINAL = ["evidence.json", "evidence.md", "svr.json", "manifest.sha256"];

let killable: Killable;
beforeAll(async () => {
  killable = await startKillable({ config: CONFIG, stages: STAGES });
});
afterAll(() => killable.end());

/** What is not killed. */
async function does(act: () => Promise<unknown>): Promise<void> {
  await act();
  expect(await killable.quiet()).toBe("quiet");
}

/** A feature with a run-book that differs from the one before goes into staging, and is taken on; the release's number. */
async function opened(world: World, round: number): Promise<number> {
  const [dora, rita] = [world.person("dora"), world.person("rita")];
  const files = { [RUN_BOOK_PATH]: `${RUN_BOOK}\nThe ${round}. release.\n` };
  await dora.pushes(`feature/${round}`, "staging", { message: `feat: ${round}`, files });
  const feature = await dora.opens(`feature/${round}`, "staging");
  await killable.quiet();
  await does(() => rita.says(feature, "/promote"));
  return feature + 1;
}

/** How often its comment with the run-book is there. */
const runBooks = (world: World, number: number): number =>
  world.github.find
    .commentsOf(world.repository().id, number)
    .filter(({ body }) => body.startsWith("<!-- flowgate:execution ")).length;

/** The newest release: whether it is a draft, which evidence it has, and its files; one that broke off by `null`. */
async function newest(world: World) {
  const { id, tagName, draft } = releases(world).at(-1) as ReturnType<typeof releases>[number];
  const { state } = await evidenceOf(world, tagName);
  const files = world.github.find.assetsOf(id).map(({ name, stored }) => stored && name);
  return { tagName, draft, state, files };
}

it("Killed at every await of a release by its run-book and started again, it merges, tags, attaches, replaces, releases and answers once", async () => {
  const { world } = killable;
  const [dora, rita, otto] = [world.person("dora"), world.person("rita"), world.person("otto")];
  let died = 0;
  // An await begins where the one before has ended, so that every other step is a moment of its own.
  for (let round = 1, alive = false; !alive; round++) {
    const step = 2 * round - 1;
    const tag = `v1.${round - 1}.0`;
    const release = await opened(world, round);

    const rehearsed = await killable.dying(step, () => dora.ticks(release, "S1"));
    await does(() => dora.says(release, "/done S2"));
    const promoted = await killable.dying(step, () => rita.says(release, "/promote"));
    const inMaster = `It carries 1 pull request, not yours. #${release} is in master as ${merged(world, release)}.`;
    const drafted = `${inMaster} ${tag} is tagged, and its release is a draft until it is deployed and tested.`;
    expect(answers(world, release)).toEqual(["Done: `S2`.", drafted]);
    expect(await newest(world)).toEqual({ tagName: tag, draft: true, state: "preliminary", files: PRELIMINARY });

    await does(() => otto.ticks(release, "P1"));
    const done = await killable.dying(step, () => otto.says(release, "/done P2"));
    expect(answers(world, release)).toEqual(["Done: `S2`.", drafted, "Done: `P2`."]);
    expect(await newest(world)).toEqual({ tagName: tag, draft: false, state: "final", files: FINAL });
    expect(runBooks(world, release)).toBe(1);

    expect(world.github.find.pullsOf(world.repository().id)).toHaveLength(2 * round);
    expect(tagNames(world.github, world.repository().id)).toHaveLength(round);
    expect(releases(world).map(({ draft }) => draft)).toEqual(Array.from({ length: round }, () => false));
    const deaths = [rehearsed, promoted, done];
    died += deaths.filter((death) => death).length;
    alive = !deaths.includes(true);
  }
  expect(died).toBeGreaterThan(80);
  await killable.flowgate()?.stop();
  const signer = signerWith(evidenceKeyIn(world.settings.evidenceKey ?? "") as KeyObject);
  const tags = releases(world).map(({ tagName }) => tagName);
  for (const { lines } of await allVerified(world, tags, signer, killable.folder)) {
    expect(lines.slice(0, -1).filter((line) => !line.startsWith("ok "))).toEqual([]);
    expect(lines.at(-1)).toBe(`verified, signed by ${signer.keyid}`);
  }
}, 1_200_000);
