import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { startWorld, type World } from "../world.ts";

/** What people see of a check: its name, GitHub's words, and the title. */
const seen = (world: World, number: number) => {
  const run = world.check(number);
  return run && { name: run.name, status: run.status, conclusion: run.conclusion, title: run.title };
};

describe("A pull request that skips a stage is refused", () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(async () => {
    expect(world.warnings).toEqual([]);
    await world.stop();
  });

  it("lets a feature into development, and GitHub merges it", async () => {
    const dora = world.person("dora");
    await dora.pushes("feature/login", "development");
    const number = await dora.opens("feature/login", "development");
    await world.quiet();
    expect(seen(world, number)).toEqual({
      name: "flowgate: development",
      status: "completed",
      conclusion: "success",
      title: "feature/login is a feature branch (feature/**) and may enter development.",
    });
    expect(await dora.merges(number)).toBeNull();
  });

  it("refuses a feature into master, says what to do instead, and GitHub does not merge it", async () => {
    const dora = world.person("dora");
    await dora.pushes("feature/login", "development");
    const number = await dora.opens("feature/login", "master");
    await world.quiet();
    expect(seen(world, number)).toEqual({
      name: "flowgate: master",
      status: "completed",
      conclusion: "failure",
      title: "feature/login enters at development, not at master. Open it into development instead.",
    });
    expect(world.check(number)?.summary).toContain(`gh pr edit ${number} --base development`);
    expect(await dora.merges(number)).toEqual({
      status: 405,
      message: expect.stringContaining('Required status check "flowgate: master"'),
    });
  });

  it("follows a pull request that is retargeted to the right base", async () => {
    const dora = world.person("dora");
    await dora.pushes("feature/login", "development");
    const number = await dora.opens("feature/login", "master");
    await world.quiet();
    await dora.retargets(number, "development");
    await world.quiet();
    expect(seen(world, number)).toMatchObject({ name: "flowgate: development", conclusion: "success" });
    expect(await dora.merges(number)).toBeNull();
  });

  it("takes development into staging and staging into master, and never development into master", async () => {
    const rita = world.person("rita");
    await rita.pushes("feature/login", "development");
    const feature = await rita.opens("feature/login", "development");
    await world.quiet();
    expect(await rita.merges(feature)).toBeNull();
    const skipping = await rita.opens("development", "master");
    const promotion = await rita.opens("development", "staging");
    await world.quiet();
    expect(seen(world, skipping)).toMatchObject({
      conclusion: "failure",
      title: "development goes into staging, not into master: no stage is skipped.",
    });
    expect(await rita.merges(skipping)).toMatchObject({ status: 405 });
    expect(seen(world, promotion)).toMatchObject({
      conclusion: "success",
      title: "development goes into staging: the next stage. All 9 gates passed.",
    });
    expect(await rita.merges(promotion, "squash")).toMatchObject({ status: 405 });
    expect(await rita.merges(promotion)).toBeNull();
    const release = await rita.opens("staging", "master");
    await world.quiet();
    expect(seen(world, release)).toMatchObject({ conclusion: "success" });
    expect(await rita.merges(release)).toBeNull();
  });

  it("refuses a fork's staging, whatever its name", async () => {
    const olaf = world.person("olaf");
    await olaf.forks();
    const number = await olaf.opens("olaf:staging", "master").catch(() => null);
    expect(number).toBeNull();
  });
});
