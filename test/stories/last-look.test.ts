import { describe, expect } from "@jest/globals";
import { instant } from "../../src/flow/names.ts";
import type { World, WorldOptions } from "../world.ts";
import { answers, commentsOn, PROMOTING, release } from "./promoting.ts";
import { seen, story } from "./telling.ts";

const MINUTE = 60_000;
/** The backup's own clock is ahead, as far as is taken, so that there is time to tell the story. */
const AHEAD = 4 * MINUTE;
/** A backup that may be 3 s old counts for 2 s: it ends a little before its age is reached. */
const ENDS = AHEAD + 2_000;

const REFUSED =
  /^It cannot be promoted yet\. Waiting for operations: the newest backup of `postgres-main` is \d s old, and 3 s is the limit\.$/;

/** A component whose backups count for 3 s, and a clock of Flowgate's that nobody wakes it by. */
function withClock(): { readonly options: WorldOptions; passes: () => number } {
  const clock = { passes: () => 0 };
  const now = () => instant(Date.now() + clock.passes());
  const backup = "backup: { when: always, max_age: 3s }";
  return Object.assign(clock, {
    options: {
      ...PROMOTING,
      config: (PROMOTING.config ?? "").replace("backup: { when: data }", backup),
      settings: { ...PROMOTING.settings, clock: { now } },
    },
  });
}

/** A release that is green by a backup that was just attested. */
async function backedUp(world: World): Promise<number> {
  const number = await release(world);
  const at = new Date(world.clock.now().getTime() + AHEAD).toISOString();
  await world.person("rita").says(number, `/attest backup system=postgres-main id=snap-8f31 at=${at}`);
  await world.quiet();
  expect(seen(world, number)?.is).toBe("success");
  return number;
}

/** How often Flowgate read the pull request of late. */
const readOf = (world: World, number: number): number =>
  world.github.requests.all().filter(({ method, path }) => method === "GET" && path.endsWith(`/pulls/${number}`))
    .length;

/** Nothing came of it, and why: what Flowgate answered, up to its table. */
async function refused(world: World, number: number): Promise<string | undefined> {
  await world.quiet();
  expect(world.pull(number)).toMatchObject({ state: "open", merged: false });
  expect(seen(world, number)?.is).toBe("in_progress");
  expect(world.github.find.releasesOf(world.repository().id)).toEqual([]);
  return answers(world, number).at(-1)?.split("\n\n")[0];
}

describe("A /promote in the very moment in which a backup ends", () => {
  const before = withClock();
  story(
    "is refused, though the check was still green when it was written",
    async (world) => {
      const number = await backedUp(world);
      const comments = commentsOn(world, number);
      world.github.requests.reset();
      before.passes = () => ENDS;
      const said = world.person("rita").says(number, "/promote");
      expect(commentsOn(world, number)).toBe(comments + 1);
      expect(seen(world, number)?.is).toBe("success");
      await said;
      expect(await refused(world, number)).toMatch(REFUSED);
      // What does not pass is not looked at a last time.
      expect(readOf(world, number)).toBe(0);
      return undefined;
    },
    before.options,
  );

  const within = withClock();
  story(
    "is refused by its own last look, where it had passed the one before",
    async (world) => {
      const number = await backedUp(world);
      world.github.requests.reset();
      // Only what is about to be merged is read once more.
      within.passes = () => (readOf(world, number) > 0 ? ENDS : 0);
      await world.person("rita").says(number, "/promote");
      expect(seen(world, number)?.is).toBe("success");
      expect(await refused(world, number)).toMatch(REFUSED);
      expect(readOf(world, number)).toBeGreaterThan(0);
      return undefined;
    },
    within.options,
  );
});
