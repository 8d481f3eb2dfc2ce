import { describe, expect } from "@jest/globals";
import type { RequestFault } from "../../sandbox/faults.ts";
import { seen, story } from "./telling.ts";

const WRITES = /\/check-runs$/;
const COMPARES = /\/compare\//;

describe("While GitHub fails", () => {
  const writes: readonly [string, RequestFault["does"]][] = [
    ["a 502 before the check was made", { kind: "502", effect: false }],
    ["a 502 after the check was made", { kind: "502", effect: true }],
    ["a connection cut before the check was made", { kind: "reset", effect: false }],
    ["a connection cut after the check was made", { kind: "reset", effect: true }],
    ["a secondary limit", { kind: "secondary", retryAfter: 1 }],
    ["too many requests", { kind: "429", retryAfter: 1 }],
  ];
  for (const [what, does] of writes) {
    story(`${what} ends in one right check`, async (world) => {
      const dora = world.person("dora");
      await dora.pushes("feature/x", "development");
      world.github.faults.add({ on: "request", method: "POST", path: WRITES, times: 1, does });
      const number = await dora.opens("feature/x", "development");
      for (let waits = 0; waits < 20 && world.runs(world.pull(number).head.sha).length === 0; waits++)
        await new Promise((resolve) => setTimeout(resolve, 100));
      await world.skip(120_000);
      expect(seen(world, number)).toMatchObject({ is: "success" });
      expect(world.runs(world.pull(number).head.sha)).toHaveLength(1);
    });
  }

  story("reading commits, the check waits and says so, and is never red for it", async (world) => {
    const dora = world.person("dora");
    await dora.pushes("hotfix/x", "master");
    const mend = world.github.faults.add({ on: "request", path: COMPARES, does: { kind: "502", effect: false } });
    const number = await dora.opens("hotfix/x", "master");
    await world.quiet();
    expect(seen(world, number)).toEqual({
      name: "flowgate: master",
      is: "in_progress",
      title: expect.stringMatching(/^Could not find out what hotfix\/x brings\. GitHub answered 502/),
    });
    expect(await dora.merges(number)).toMatchObject({ status: 405 });
    mend();
    await world.skip(600_000);
    expect(seen(world, number)).toMatchObject({ is: "success" });
    expect(world.runs(world.pull(number).head.sha)).toHaveLength(1);
  });

  story("for good, the webhooks are answered all the same", async (world) => {
    world.github.faults.add({ on: "request", does: { kind: "502", effect: false } });
    const dora = world.person("dora");
    await dora.pushes("feature/x", "development");
    const number = await dora.opens("feature/x", "development");
    await world.github.settled();
    const failed = world.github.find.deliveriesOf(world.registered.id).filter(({ statusCode }) => statusCode !== 202);
    expect(failed).toEqual([]);
    world.github.faults.clear();
    await world.skip(600_000);
    expect(seen(world, number)).toMatchObject({ is: "success" });
  });
});
