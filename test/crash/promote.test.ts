import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { tagNames } from "../../sandbox/tags.ts";
import { answers, merged, PROMOTING, releases } from "../stories/promoting.ts";
import { chainsIn } from "../stories/tale.ts";
import type { WorldOptions } from "../world.ts";
import { type Killable, startKillable } from "./killable.ts";

/** Each once, in the order in which they are made. */
const FILES = ["evidence.json", "evidence.md", "svr.json", "manifest.sha256"];

let killable: Killable;
beforeAll(async () => {
  killable = await startKillable(PROMOTING as Pick<WorldOptions, "config">);
});
afterAll(() => killable.end());

/** Whether it died of what follows rita's `/promote`. */
const promoted = (number: number, step: number): Promise<boolean> =>
  killable.dying(step, () => killable.world.person("rita").says(number, "/promote"));

it("Killed at every await of a /promote and started again, it merges, opens, tags, attaches, releases and answers once", async () => {
  const { world } = killable;
  const dora = world.person("dora");
  const pulls = () => world.github.find.pullsOf(world.repository().id).length;
  let died = 0;
  // An await begins where the one before has ended, so that every other step is a moment of its own.
  for (let round = 1, alive = false; !alive; round++) {
    const step = 2 * round - 1;
    const before = pulls();
    await dora.pushes(`feature/${round}`, "development", { message: `feat: ${round}` });
    const feature = await dora.opens(`feature/${round}`, "development");
    await killable.quiet();
    const [promotion, release] = [feature + 1, feature + 2];
    const deaths = [await promoted(feature, step), await promoted(promotion, step), await promoted(release, step)];
    const carries = "It carries 1 pull request, not yours. ";
    expect([feature, promotion, release].map((number) => answers(world, number))).toEqual([
      [`#${feature} is in development as ${merged(world, feature)}. #${promotion} takes it on to staging.`],
      [`${carries}#${promotion} is in staging as ${merged(world, promotion)}. #${release} takes it on to master.`],
      [`${carries}#${release} is in master as ${merged(world, release)}. v1.${round - 1}.0 is released.`],
    ]);
    expect(pulls()).toBe(before + 3);
    expect(tagNames(world.github, world.repository().id)).toHaveLength(round);
    expect(releases(world).map(({ draft }) => draft)).toEqual(Array.from({ length: round }, () => false));
    const [newest] = releases(world).slice(-1) as [ReturnType<typeof releases>[number]];
    expect(world.github.find.assetsOf(newest.id).map(({ name }) => name)).toEqual(FILES);
    died += deaths.filter((death) => death).length;
    alive = !deaths.includes(true);
  }
  expect(died).toBeGreaterThan(50);
  await killable.flowgate()?.stop();
  chainsIn(killable.folder);
}, 900_000);
