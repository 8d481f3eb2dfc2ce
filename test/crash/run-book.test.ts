import type { KeyObject } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { tagNames } from "../../sandbox/tags.ts";
import { evidenceKeyIn, signerWith } from "../../src/signer.ts";
import { allVerified } from "../stories/downloading.ts";
import { answers, merged, releases } from "../stories/promoting.ts";
import type { World } from "../world.ts";
import { BY_RUN_BOOK, does, FINAL, newest, opened, PRELIMINARY } from "./by-run-book.ts";
import { type Killable, startKillable } from "./killable.ts";

let killable: Killable;
beforeAll(async () => {
  killable = await startKillable(BY_RUN_BOOK);
});
afterAll(() => killable.end());

/** How often its comment with the run-book is there. */
const runBooks = (world: World, number: number): number =>
  world.github.find
    .commentsOf(world.repository().id, number)
    .filter(({ body }) => body.startsWith("<!-- flowgate:execution ")).length;

it("Killed at every await of a release by its run-book and started again, it merges, tags, attaches, replaces, releases and answers once", async () => {
  const { world } = killable;
  const [dora, rita, otto] = [world.person("dora"), world.person("rita"), world.person("otto")];
  let died = 0;
  // An await begins where the one before has ended, so that every other step is a moment of its own.
  for (let round = 1, alive = false; !alive; round++) {
    const step = 2 * round - 1;
    const tag = `v1.${round - 1}.0`;
    const release = await opened(killable, round);

    const rehearsed = await killable.dying(step, () => dora.ticks(release, "S1"));
    await does(killable, () => dora.says(release, "/done S2"));
    const promoted = await killable.dying(step, () => rita.says(release, "/promote"));
    const inMaster = `It carries 1 pull request, not yours. #${release} is in master as ${merged(world, release)}.`;
    const drafted = `${inMaster} ${tag} is tagged, and its release is a draft until it is deployed and tested.`;
    expect(answers(world, release)).toEqual(["Done: `S2`.", drafted]);
    expect(await newest(world)).toEqual({
      tagName: tag,
      draft: true,
      state: "preliminary",
      files: PRELIMINARY,
      by: null,
    });

    await does(killable, () => otto.ticks(release, "P1"));
    const done = await killable.dying(step, () => otto.says(release, "/done P2"));
    expect(answers(world, release)).toEqual(["Done: `S2`.", drafted, "Done: `P2`."]);
    expect(await newest(world)).toEqual({ tagName: tag, draft: false, state: "final", files: FINAL, by: null });
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
