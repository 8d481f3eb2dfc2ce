import { describe, expect } from "@jest/globals";
import { enableAutoMerge } from "../../sandbox/auto-merge.ts";
import { must } from "../../sandbox/outcome.ts";
import { changeSettings } from "../../sandbox/repositories.ts";
import type { World, WorldOptions } from "../world.ts";
import { lands, seen, story } from "./telling.ts";

const OPTIONS: WorldOptions = {
  config: `enforcement: managed
merge_by: anyone
roles:
  release-manager: ["@acme/release-managers"]
  operations: ["@acme/operations"]
  quality: ["@acme/quality"]
  engineering: ["@acme/engineering"]
checks: { required: [build] }
runbook: { required: false }
backup: { when: data }
`,
  settings: { budget: { points: 1_000_000, inFlight: 64 } },
};

/** A promotion that dora has merged by GitHub as soon as it may be. */
async function promised(world: World): Promise<number> {
  const dora = world.person("dora");
  must(await changeSettings(world.github, world.person("ada").actor, world.repository(), { allowAutoMerge: true }));
  await dora.pushes("feature/login", "development");
  await lands(world, dora, "feature/login", "development");
  const number = await dora.opens("development", "staging");
  await world.quiet();
  must(await enableAutoMerge(world.github, dora.actor, world.repository(), number, { method: "merge" }));
  await world.quiet();
  return number;
}

describe("Auto-merge", () => {
  story(
    "merges a promotion when the last gate opens, and never before",
    async (world) => {
      const number = await promised(world);
      expect(seen(world, number)).toMatchObject({ is: "in_progress" });
      await world.person("otto").approves(number);
      await world.quiet();
      expect(world.pull(number).state).toBe("open");
      await world.reports(number, "build", "failure");
      await world.quiet();
      expect(seen(world, number)?.is).toBe("failure");
      expect(world.pull(number).state).toBe("open");
      const { head } = world.pull(number);
      await world.reports(number, "build", "success");
      await world.quiet();
      expect(seen(world, number)?.is).toBe("success");
      const { mergedById, mergeCommitSha } = world.pull(number);
      expect(mergedById).toBe(world.person("dora").actor.account.id);
      expect(mergeCommitSha).toBe(world.head("staging"));
      const commit = await world.github.git.commit(world.repository().id, world.head("staging"));
      expect(commit?.parents.at(-1)).toBe(head.sha);
      return undefined;
    },
    OPTIONS,
  );

  story(
    "waits for a hold to be lifted, whatever else is green",
    async (world) => {
      const rita = world.person("rita");
      const number = await promised(world);
      await rita.says(number, "/hold because the vendor has to look first");
      // At once, so that what opens the last gate is judged together with the hold.
      await world.person("otto").approves(number);
      await world.reports(number, "build", "success");
      await world.quiet();
      expect(seen(world, number)).toMatchObject({
        is: "in_progress",
        title: expect.stringContaining("Held by @rita"),
      });
      expect(world.pull(number).state).toBe("open");
      await rita.says(number, "/unhold");
      await world.quiet();
      expect(world.pull(number)).toMatchObject({ merged: true });
      return undefined;
    },
    OPTIONS,
  );
});
