import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { answers, merged } from "../stories/promoting.ts";
import { chainsIn } from "../stories/tale.ts";
import { BY_RUN_BOOK, does, FINAL, newest, opened, PRELIMINARY } from "./by-run-book.ts";
import { type Killable, startKillable } from "./killable.ts";

let killable: Killable;
beforeAll(async () => {
  killable = await startKillable({ ...BY_RUN_BOOK, config: `${BY_RUN_BOOK.config}release: { publish: by-hand }\n` });
});
afterAll(() => killable.end());

/** So many steps lie between two deaths: each of them is killed where a release is published by itself. */
const STRIDE = 5;

it("Killed while somebody's word publishes a release and started again, it replaces, publishes and answers once", async () => {
  const { world } = killable;
  const [dora, rita, otto] = [world.person("dora"), world.person("rita"), world.person("otto")];
  let died = 0;
  for (let round = 1, alive = false; !alive; round++) {
    const tagName = `v1.${round - 1}.0`;
    const release = await opened(killable, round);
    await does(killable, () => dora.says(release, "/done S1-S2"));
    await does(killable, () => rita.says(release, "/promote"));
    await does(killable, () => otto.says(release, "/done P1-P2"));
    expect(await newest(world)).toEqual({ tagName, draft: true, state: "preliminary", files: PRELIMINARY, by: null });
    const said = answers(world, release);

    alive = !(await killable.dying(1 + STRIDE * (round - 1), () => rita.says(release, "/promote")));
    died += Number(!alive);
    expect(answers(world, release).slice(said.length)).toEqual([
      `#${release} is in master as ${merged(world, release)}. ${tagName} is released.`,
    ]);
    expect(await newest(world)).toEqual({ tagName, draft: false, state: "final", files: FINAL, by: "rita" });
  }
  expect(died).toBeGreaterThan(8);
  await killable.flowgate()?.stop();
  chainsIn(killable.folder);
}, 600_000);
