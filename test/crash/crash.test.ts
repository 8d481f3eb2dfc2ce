import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { changeApp, install } from "../../sandbox/installing.ts";
import { OWNER, startWorld, type World } from "../world.ts";
import { type Running, startProcess } from "./process.ts";

/**
 * Flowgate as a process, killed and started again on the same database while GitHub lives on. What people do in
 * between: open what is allowed, what is refused, and what needs commits to be compared.
 */
let world: World;
let folder: string;
let flowgate: Running | null = null;
let installed = false;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "flowgate-crash-"));
  world = await startWorld({ started: false, settings: { folder, databaseUrl: null } });
  // So many starts would use up what GitHub grants an App for an hour.
  world.github.limits.hourly = 1_000_000;
  await start(null);
  await quiet();
});

afterAll(async () => {
  await flowgate?.stop();
  await world.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(diesAt: number | null): Promise<void> {
  flowgate = await startProcess(world.settings, diesAt);
  if (flowgate === null) return;
  changeApp(world.github, world.registered.id, { webhookUrl: `${flowgate.url}/api/github/webhooks` });
  if (!installed) install(world.github, world.registered, OWNER, "all");
  installed = true;
}

/** Waits until nothing is under way any more, or Flowgate is dead. */
async function quiet(): Promise<"quiet" | "dead"> {
  for (let calm = 0; calm < 2; ) {
    await world.github.settled();
    if (flowgate === null || flowgate.process.exitCode !== null || flowgate.process.signalCode !== null) return "dead";
    const metrics = await fetch(`${flowgate.url}/metrics`).then(
      (answer) => answer.text(),
      () => "flowgate_due 1",
    );
    const swept = /^flowgate_sweeps [1-9]/m.test(metrics);
    const busy = !swept || /^flowgate_(?:due|leased|unsettled) [1-9]/m.test(metrics);
    calm = busy ? 0 : calm + 1;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return "quiet";
}

/** What is allowed, what is refused and pushed to again, and what is compared with two stages. */
async function peopleWork(round: string): Promise<readonly number[]> {
  const dora = world.person("dora");
  await dora.pushes(`feature/${round}`, "development");
  await dora.pushes(`hotfix/${round}`, "master");
  const numbers = [await dora.opens(`feature/${round}`, "master"), await dora.opens(`hotfix/${round}`, "master")];
  await dora.pushes(`feature/${round}`);
  return numbers;
}

/** Every open pull request has the right check, and has it once. */
function expectRight(numbers: readonly number[]): void {
  const conclusions = numbers.map((number) => {
    const { head, base } = world.pull(number);
    return world
      .runs(head.sha)
      .filter(({ name }) => name === `flowgate: ${base.ref}`)
      .map(({ conclusion }) => conclusion);
  });
  expect(conclusions).toEqual([["failure"], ["success"]]);
}

async function closeAll(numbers: readonly number[]): Promise<void> {
  for (const number of numbers) await world.person("dora").closes(number);
  await quiet();
}

/** Starts it again if it died, and waits until all is said. */
async function recovered(): Promise<void> {
  if ((await quiet()) === "quiet") return;
  await start(null);
  expect({ end: await quiet(), complaints: flowgate?.complaints }).toEqual({ end: "quiet", complaints: [] });
}

describe("Killed and started again, it ends with the right check, once", () => {
  it("at every step of a judgement", async () => {
    let died = 0;
    for (let step = 1; step < 200; step++) {
      await flowgate?.stop();
      await start(step);
      const numbers = await peopleWork(`step-${step}`);
      const end = await quiet();
      if (end === "dead") died += 1;
      await recovered();
      expectRight(numbers);
      await closeAll(numbers);
      if (end === "quiet") break;
    }
    expect(died).toBeGreaterThan(25);
  }, 600_000);

  it("at 50 random moments", async () => {
    for (let round = 0; round < 50; round++) {
      const running = flowgate;
      setTimeout(() => void running?.kill(), Math.random() * 120);
      const numbers = await peopleWork(`moment-${round}`);
      await running?.ended;
      await start(null);
      await recovered();
      expectRight(numbers);
      await closeAll(numbers);
    }
  }, 600_000);
});
