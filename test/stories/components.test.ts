import { describe, expect } from "@jest/globals";
import {
  acceptPermissions,
  changeApp,
  install,
  selectRepositories,
  suspend,
  uninstall,
} from "../../sandbox/installing.ts";
import { must } from "../../sandbox/outcome.ts";
import { changeSettings } from "../../sandbox/repositories.ts";
import { LANES_ONLY, OWNER } from "../world.ts";
import { RULESETS, rulesets, seen, story } from "./telling.ts";

describe("A repository", () => {
  story(
    "without stage branches is left alone, which the log says once",
    async (world) => {
      await world.person("dora").pushes("feature/x", "main");
      const number = await world.person("dora").opens("feature/x", "main");
      await world.quiet();
      await world.app().sweep();
      await world.quiet();
      expect(world.check(number)).toBeUndefined();
      expect(rulesets(world)).toEqual([]);
      const sentence = "acme/api has no stage branch, so it is left alone.";
      expect(world.said.filter((line) => line.includes(sentence))).toHaveLength(1);
    },
    { stages: ["main"] },
  );

  story(
    "with some of them becomes a component when the last one is pushed, and judges what is open by then",
    async (world) => {
      const dora = world.person("dora");
      await dora.pushes("feature/x", "master");
      const number = await dora.opens("feature/x", "master");
      await world.quiet();
      expect(world.check(number)).toBeUndefined();
      await dora.branches("development", "master");
      await world.quiet();
      expect(seen(world, number)).toMatchObject({ is: "failure" });
      await world.skip(1_000);
      expect(rulesets(world)).toEqual(RULESETS);
    },
    { stages: ["staging", "master"], config: LANES_ONLY },
  );

  story(
    "may have four stages of other names",
    async (world) => {
      const dora = world.person("dora");
      await dora.pushes("work/x", "dev");
      const right = await dora.opens("work/x", "dev");
      await world.quiet();
      expect(seen(world, right)).toMatchObject({ name: "flowgate: dev", is: "success" });
      expect(await dora.merges(right)).toBeNull();
      const wrong = await dora.opens("dev", "acceptance");
      await world.quiet();
      expect(seen(world, wrong)).toEqual({
        name: "flowgate: acceptance",
        is: "failure",
        title: "dev goes into test, not into acceptance: no stage is skipped.",
      });
      expect(rulesets(world)).toEqual([
        "flowgate: acceptance",
        "flowgate: acceptance merges",
        "flowgate: dev",
        "flowgate: main",
        "flowgate: main merges",
        "flowgate: tags",
        "flowgate: tags are final",
        "flowgate: test",
        "flowgate: test merges",
      ]);
    },
    {
      stages: ["dev", "test", "acceptance", "main"],
      config: "stages: [dev, test, acceptance, main]\nflow: { features: ['work/**'] }\n",
    },
  );

  story("that is renamed goes on under its new name", async (world) => {
    const { github, repository } = world;
    must(await changeSettings(github, github.as("ada"), repository(), { name: "api2" }));
    await world.quiet();
    const dora = world.person("dora");
    await dora.pushes("feature/x", "development");
    const number = await dora.opens("feature/x", "development");
    await world.quiet();
    expect(seen(world, number)).toMatchObject({ is: "success" });
    const page = await fetch(`${world.app().url}/acme/api2/pull/${number}.json`);
    expect(page.status).toBe(200);
  });
});

describe("An installation", () => {
  story("that is suspended in mid-work carries on when it is not any more", async (world) => {
    const dora = world.person("dora");
    suspend(world.github, world.installation().id, true);
    await dora.pushes("feature/x", "development");
    const number = await dora.opens("feature/x", "development");
    await world.quiet();
    expect(world.check(number)).toBeUndefined();
    suspend(world.github, world.installation().id, false);
    await world.quiet();
    expect(seen(world, number)).toMatchObject({ is: "success" });
  });

  story("that ends is worked on no more, and begins anew when the App is installed again", async (world) => {
    const dora = world.person("dora");
    await dora.pushes("feature/x", "development");
    uninstall(world.github, world.installation().id);
    const number = await dora.opens("feature/x", "development");
    await world.quiet();
    expect(world.check(number)).toBeUndefined();
    install(world.github, world.registered, OWNER, "all");
    await world.quiet();
    expect(seen(world, number)).toMatchObject({ is: "success" });
  });

  story("that no longer covers a repository leaves it alone", async (world) => {
    const dora = world.person("dora");
    await dora.pushes("feature/x", "development");
    selectRepositories(world.github, world.installation().id, []);
    await world.quiet();
    const number = await dora.opens("feature/x", "development");
    await world.quiet();
    expect(world.check(number)).toBeUndefined();
    selectRepositories(world.github, world.installation().id, "all");
    await world.quiet();
    expect(seen(world, number)).toMatchObject({ is: "success" });
  });

  story(
    "without the right to write rulesets gives advice only, until the right is granted",
    async (world) => {
      const dora = world.person("dora");
      await dora.pushes("feature/x", "development");
      const number = await dora.opens("feature/x", "master");
      await world.quiet();
      expect(world.check(number)?.summary).toMatch(/^\*\*Advice only: GitHub will not block this merge because /);
      expect(rulesets(world)).toEqual([]);
      changeApp(world.github, world.registered.id, {
        permissions: { ...world.registered.permissions, administration: "write" },
      });
      acceptPermissions(world.github, world.installation().id);
      await world.quiet();
      expect(rulesets(world)).toEqual(RULESETS);
      expect(world.check(number)?.summary).not.toContain("Advice only");
    },
    {
      permissions: { checks: "write", contents: "read", pull_requests: "read", metadata: "read", merge_queues: "read" },
    },
  );
});
