import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Killable, startKillable } from "./killable.ts";

/** What people do in between: open what is allowed, what is refused, and what needs commits to be compared. */
let killable: Killable;

beforeAll(async () => {
  killable = await startKillable();
});
afterAll(() => killable.end());

/** What is allowed, what is refused and pushed to again, and what is compared with two stages. */
async function peopleWork(round: string): Promise<readonly number[]> {
  const dora = killable.world.person("dora");
  await dora.pushes(`feature/${round}`, "development");
  await dora.pushes(`hotfix/${round}`, "master");
  const numbers = [await dora.opens(`feature/${round}`, "master"), await dora.opens(`hotfix/${round}`, "master")];
  await dora.pushes(`feature/${round}`);
  return numbers;
}

/** Every open pull request has the right check, and has it once. */
function expectRight(numbers: readonly number[]): void {
  const conclusions = numbers.map((number) => {
    const { head, base } = killable.world.pull(number);
    return killable.world
      .runs(head.sha)
      .filter(({ name }) => name === `flowgate: ${base.ref}`)
      .map(({ conclusion }) => conclusion);
  });
  expect(conclusions).toEqual([["failure"], ["success"]]);
}

async function closeAll(numbers: readonly number[]): Promise<void> {
  for (const number of numbers) await killable.world.person("dora").closes(number);
  await killable.quiet();
}

describe("Killed and started again, it ends with the right check, once", () => {
  it("at every step of a judgement", async () => {
    let died = 0;
    for (let step = 1; step < 200; step++) {
      await killable.flowgate()?.stop();
      await killable.start(step);
      const numbers = await peopleWork(`step-${step}`);
      const end = await killable.quiet();
      if (end === "dead") died += 1;
      await killable.recovered();
      expectRight(numbers);
      await closeAll(numbers);
      if (end === "quiet") break;
    }
    expect(died).toBeGreaterThan(25);
  }, 600_000);

  it("at 50 random moments", async () => {
    for (let round = 0; round < 50; round++) {
      const running = killable.flowgate();
      setTimeout(() => void running?.kill(), Math.random() * 120);
      const numbers = await peopleWork(`moment-${round}`);
      await running?.ended;
      await killable.start(null);
      await killable.recovered();
      expectRight(numbers);
      await closeAll(numbers);
    }
  }, 600_000);
});
