import { describe, expect } from "@jest/globals";
import { rerequestRun, rerequestSuite } from "../../sandbox/checks.ts";
import { enqueue } from "../../sandbox/merge-queue.ts";
import { must } from "../../sandbox/outcome.ts";
import { createRuleset } from "../../sandbox/rulesets.ts";
import type { World } from "../world.ts";
import { answers, feature, merged } from "./promoting.ts";
import { seen, story } from "./telling.ts";

/** An admin puts a merge queue before a branch. */
function queue(world: World, branch: string): void {
  const parameters = {
    check_response_timeout_minutes: 60,
    grouping_strategy: "ALLGREEN",
    max_entries_to_build: 5,
    max_entries_to_merge: 5,
    merge_method: "MERGE",
    min_entries_to_merge: 1,
    min_entries_to_merge_wait_minutes: 0,
  };
  const conditions = { ref_name: { include: [`refs/heads/${branch}`], exclude: [] } };
  const rules = [{ type: "merge_queue", parameters }];
  must(
    createRuleset(world.github, world.github.as("ada"), world.repository(), {
      name: "queue",
      enforcement: "active",
      conditions,
      rules,
    }),
  );
}

const enqueues = async (world: World, number: number) =>
  enqueue(world.github, world.github.as("dora"), world.repository(), number);

describe("A merge queue", () => {
  story("merges what passed, on the check of the group's own commit", async (world) => {
    const dora = world.person("dora");
    queue(world, "development");
    await dora.pushes("feature/x", "development");
    const number = await dora.opens("feature/x", "development");
    await world.quiet();
    expect(await dora.merges(number)).toMatchObject({ status: 405, message: expect.stringContaining("merge queue") });
    must(await enqueues(world, number));
    await world.quiet();
    expect(world.pull(number)).toMatchObject({ state: "closed", merged: true });
    // What the queue made explains the push.
    await world.skip(11 * 60_000);
    expect(world.github.find.issuesOf(world.repository().id)).toEqual([]);
  });

  story("is where /promote sends, and what comes out of it is taken on from there", async (world) => {
    const rita = world.person("rita");
    queue(world, "development");
    const number = await feature(world);
    await rita.says(number, "/promote");
    await world.quiet();
    expect(answers(world, number)).toEqual([
      "development has a merge queue, through which everything goes in. Press *Merge when ready* on this pull request; Flowgate judges it there once more.",
    ]);
    must(await enqueues(world, number));
    await world.quiet();
    await rita.says(number, "/promote");
    await world.quiet();
    expect(answers(world, number).at(-1)).toBe(
      `#${number} is in development as ${merged(world, number)}. #${number + 1} takes it on to staging.`,
    );
  });

  story("does not take what no lane allows", async (world) => {
    const dora = world.person("dora");
    queue(world, "master");
    await dora.pushes("feature/x", "development");
    const number = await dora.opens("feature/x", "master");
    await world.quiet();
    await enqueues(world, number);
    await world.quiet();
    expect(world.pull(number)).toMatchObject({ state: "open", merged: false });
  });
});

describe("Who presses *Re-run*", () => {
  story("on the check gets it written again", async (world) => {
    const dora = world.person("dora");
    await dora.pushes("feature/x", "development");
    const number = await dora.opens("feature/x", "development");
    await world.quiet();
    const run = world.check(number);
    must(rerequestRun(world.github, dora.actor, world.repository(), run?.id ?? 0));
    await world.quiet();
    expect(seen(world, number)).toMatchObject({ is: "success" });
    must(await rerequestSuite(world.github, dora.actor, world.repository(), run?.suiteId ?? 0));
    await world.quiet();
    expect(seen(world, number)).toMatchObject({ is: "success" });
    const entries = (await (await fetch(`${world.app().url}/acme/api/pull/${number}.json`)).json()) as {
      readonly history: readonly unknown[];
    };
    expect(entries.history.length).toBeGreaterThanOrEqual(6);
  });
});
