import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { tagNames } from "../../sandbox/tags.ts";
import { another, answers, PROMOTING, releases } from "../stories/promoting.ts";
import { chainsIn } from "../stories/tale.ts";
import type { World } from "../world.ts";
import { type Killable, startKillable } from "./killable.ts";

let killable: Killable;
beforeAll(async () => {
  killable = await startKillable({ config: `${PROMOTING.config}trains: { city: [web, api] }\n` });
});
afterAll(() => killable.end());

/** So many steps lie between two deaths: a train takes hundreds, most of which a single `/promote` has, too. */
const STRIDE = 23;

/** The release of a component that waits for its train. */
async function ready(world: World, round: number): Promise<number> {
  const dora = world.person("dora");
  await dora.pushes(`feature/${round}`, "development", { message: `feat: ${round}` });
  let number = await dora.opens(`feature/${round}`, "development");
  await killable.quiet();
  for (const _ of ["into staging", "into master"]) {
    await world.person("rita").says(number, "/promote");
    await killable.quiet();
    number = world.github.find.pullsOf(world.repository().id).at(-1)?.number ?? 0;
  }
  return number;
}

it("Killed on the way of a train and started again, it releases each component once and answers once", async () => {
  const { world } = killable;
  const web = await another(world, "web");
  await killable.quiet();
  let died = 0;
  for (let round = 1, alive = false; !alive; round++) {
    const [onWeb, onApi] = [await ready(web, round), await ready(world, round)];
    killable.flowgate()?.diesAt(1 + STRIDE * (round - 1));
    await world.person("rita").says(onApi, "/promote train city");
    alive = (await killable.quiet()) === "quiet";
    if (!alive) {
      died += 1;
      chainsIn(killable.folder);
    }
    await killable.recovered();
    const version = `v1.${round - 1}.0`;
    const through = `The train “city” is through: acme/web ${version} and acme/api ${version}.`;
    const said = answers(world, onApi);
    // Both are said there, and which of them was cut off comes later.
    expect(said.map((answer) => answer.split("\n")[0]).toSorted()).toEqual([
      expect.stringMatching(new RegExp(`^For the train .* ${version} is released\\.$`)),
      through,
    ]);
    expect(answers(web, onWeb)).toEqual([expect.stringContaining(`${version} is released.`)]);
    for (const each of [web, world]) {
      expect(tagNames(world.github, each.repository().id)).toHaveLength(round);
      expect(releases(each).map(({ draft }) => draft)).toEqual(Array.from({ length: round }, () => false));
    }
  }
  expect(died).toBeGreaterThan(5);
  await killable.flowgate()?.stop();
  expect(chainsIn(killable.folder).filter(({ what }) => what === "product")).toHaveLength(died + 1);
}, 900_000);
