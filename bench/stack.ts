import { startWorld } from "../test/world.ts";
import { counted } from "./requests.ts";

/** A stack of pull requests that is rebased as a whole, with the checks of other Apps that this sets off. */
export type Stack = { readonly pulls: number; readonly checks: number };
export type StackCost = { readonly reads: number; readonly writes: number; readonly refused: number };

/**
 * Opens so many pull requests into the first stage, each on top of the one before, and rebases all of them at once:
 * GitHub sends a push and a `synchronize` for each, and the beginning and end of each of their checks.
 *
 * @returns what Flowgate asked of GitHub for that: reads, writes, and calls that GitHub refused with 403 or 429.
 */
export async function measureStack({ pulls, checks }: Stack): Promise<StackCost> {
  const world = await startWorld();
  try {
    const dora = world.person("dora");
    const numbers: number[] = [];
    for (let n = 1; n <= pulls; n++) {
      await dora.pushes(`feature/${n}`, n === 1 ? "development" : `feature/${n - 1}`);
      await dora.pushes(`rebased/${n}`, n === 1 ? "development" : `rebased/${n - 1}`);
      numbers.push(await dora.opens(`feature/${n}`, "development"));
    }
    await world.quiet();
    world.clock.skip(2_000);
    world.github.requests.reset();
    await Promise.all(numbers.map((_, n) => dora.forces(`feature/${n + 1}`, `rebased/${n + 1}`)));
    for (const number of numbers) {
      for (let n = 0; n < checks; n++) await world.reports(number, `check ${n}`, null);
      for (let n = 0; n < checks; n++) await world.reports(number, `check ${n}`, "success");
    }
    await world.quiet();
    const { was } = counted(world);
    const refused = world.github.requests.all().filter(({ status }) => status === 403 || status === 429).length;
    return { ...was, refused };
  } finally {
    await world.stop();
  }
}
