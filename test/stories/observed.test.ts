import { expect } from "@jest/globals";
import type { World } from "../world.ts";
import { edits, lands, RULESETS, RULESETS_BY_PROMOTE, rulesets, seen, story, summary } from "./telling.ts";

const CONFIG = ".github/flowgate.yml";

/** One pull request that would pass and one that would be refused. */
async function opened(world: World): Promise<readonly [number, number]> {
  const dora = world.person("dora");
  await dora.pushes("feature/login", "development");
  return [await dora.opens("feature/login", "development"), await dora.opens("feature/login", "master")];
}

/** A change of the config that a release manager approves, and that is merged. */
async function letThrough(world: World, branch: string): Promise<void> {
  const number = await world.person("dora").opens(branch, "master");
  await world.person("rita").approves(number);
  await world.quiet();
  expect(await world.person("dora").merges(number)).toBeNull();
  await world.quiet();
}

story(
  "Without a config file a repository is observed, and a file that is pushed switches enforcement on",
  async (world) => {
    const [passing, refused] = await opened(world);
    await world.quiet();
    expect(seen(world, passing)).toEqual({
      name: "flowgate: development",
      is: "neutral",
      title: "Would pass: feature/login is a feature branch (feature/**) and may enter development.",
    });
    expect(seen(world, refused)).toEqual({
      name: "flowgate: master",
      is: "neutral",
      title: "Would refuse: feature/login enters at development, not at master. Open it into development instead.",
    });
    for (const number of [passing, refused])
      expect(summary(world, number)).toMatch(
        /^Nothing is enforced here: add `\.github\/flowgate\.yml` to the default branch to switch it on\./,
      );
    expect(rulesets(world)).toEqual([]);

    await world.person("dora").pushes("master", undefined, { files: { [CONFIG]: "enforcement: managed\n" } });
    await world.quiet();
    expect([seen(world, passing)?.is, seen(world, refused)?.is]).toEqual(["success", "failure"]);
    expect(summary(world, refused)).not.toContain("Nothing is enforced here");
    expect(rulesets(world)).toEqual(RULESETS_BY_PROMOTE);
    expect(await world.person("dora").merges(refused)).toMatchObject({ status: 405 });
    expect(await world.person("dora").merges(passing)).toBeNull();
  },
  { config: null },
);

story("A file that is broken later leaves the last good one in force, and every check says so", async (world) => {
  const [passing, refused] = await opened(world);
  const dora = world.person("dora");
  await world.quiet();
  edits(world, "master", { enforcement: "disabled" });
  await dora.pushes("master", undefined, { files: { [CONFIG]: "enforcement: maneged\n" } });
  await world.quiet();
  const problem =
    "The newest config is not in force: .github/flowgate.yml line 1, column 1: `enforcement` takes `managed`, `report`, `observe`";
  for (const number of [passing, refused]) {
    expect(summary(world, number).replaceAll("\\", "")).toContain(problem);
    expect(summary(world, number)).toContain("Until it is mended, the last good one stays in force.");
  }
  expect([seen(world, passing)?.is, seen(world, refused)?.is]).toEqual(["success", "failure"]);
  expect(rulesets(world)).toEqual(RULESETS.map((name) => (name === "flowgate: master" ? `${name} (disabled)` : name)));

  await dora.pushes("hotfix/mended", "master", { files: { [CONFIG]: "flow: { features: ['work/**'] }\n" } });
  await letThrough(world, "hotfix/mended");
  expect(summary(world, passing)).not.toContain("The newest config is not in force");
  expect(seen(world, passing)).toMatchObject({
    is: "failure",
    title: "feature/login matches no feature pattern. Push it as feature/login and open that into development.",
  });
});

story(
  "A repository that is observed gets one pull request that switches enforcement on, and merging it does",
  async (world) => {
    const [passing] = await opened(world);
    await world.quiet();
    const proposals = () =>
      world.github.find.pullsOf(world.repository().id).filter(({ head }) => head.ref === "hotfix/flowgate");
    expect(proposals()).toHaveLength(1);
    const { number, title, body, base } = proposals()[0] as ReturnType<typeof proposals>[number];
    expect({ title, base: base.ref }).toEqual({ title: "Hold pull requests to their stages", base: "master" });
    expect(body).toContain("From then on changes go `development` → `staging` → `master`");
    expect(seen(world, number)?.title).toMatch(/^Would refuse: 5 of 9 gates open\. No run-book is linked/);
    expect(await world.person("rita").merges(number)).toBeNull();
    await world.quiet();
    expect(seen(world, passing)).toMatchObject({ is: "success" });
    expect(rulesets(world)).toEqual(RULESETS_BY_PROMOTE);
    await world.app().sweep();
    await world.quiet();
    expect(proposals()).toHaveLength(1);
  },
  { config: null },
);

story(
  "A file that is broken at the installation is not in force: observed, with the reason",
  async (world) => {
    const [, refused] = await opened(world);
    await world.quiet();
    expect(seen(world, refused)).toMatchObject({ is: "neutral", title: expect.stringMatching(/^Would refuse: /) });
    expect(summary(world, refused)).toContain(
      "The newest config is not in force: .github/flowgate.yml line 2, column 1: Flow sequence",
    );
    expect(summary(world, refused)).toContain("Until it is mended, nothing is enforced.");
    expect(rulesets(world)).toEqual([]);
  },
  { config: "stages: [development\nenforcement" },
);

story("A file that is taken away leaves the repository observed", async (world) => {
  const [, refused] = await opened(world);
  const dora = world.person("dora");
  await dora.pushes("hotfix/leave", "master", { files: { [CONFIG]: null } });
  await letThrough(world, "hotfix/leave");
  expect(seen(world, refused)).toMatchObject({ is: "neutral" });
  expect(rulesets(world)).toEqual([]);
});

story("A config on any other branch than the default one is nobody's policy", async (world) => {
  const dora = world.person("dora");
  await dora.pushes("feature/config", "development", { files: { [CONFIG]: "enforcement: observe\n" } });
  const number = await lands(world, dora, "feature/config", "development");
  expect(seen(world, number)).toMatchObject({ is: "success" });
  expect(rulesets(world)).toEqual(RULESETS);
});
