import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { changeApp, install } from "../../sandbox/installing.ts";
import { type Running, startProcess } from "../crash/process.ts";
import { OWNER, startWorld, type World } from "../world.ts";

/** Two processes of Flowgate on one database, GitHub's deliveries going now to one, now to the other. */
let world: World;
let processes: Running[] = [];

beforeAll(async () => {
  world = await startWorld({ started: false, settings: { leaseMs: 4_000 } });
  world.github.limits.hourly = 1_000_000;
  const started = await Promise.all([startProcess(world.settings, null), startProcess(world.settings, null)]);
  processes = started.filter((running) => running !== null);
  expect(processes).toHaveLength(2);
  deliverTo(0);
  install(world.github, world.registered, OWNER, "all");
  await quiet();
}, 60_000);

afterAll(async () => {
  await Promise.all(processes.map((running) => running.stop()));
  await world.stop();
}, 60_000);

function deliverTo(place: number): void {
  const { url } = processes[place % processes.length] as Running;
  changeApp(world.github, world.registered.id, { webhookUrl: `${url}/api/github/webhooks` });
}

async function quiet(): Promise<void> {
  for (let calm = 0; calm < 3; ) {
    await world.github.settled();
    const metrics = await Promise.all(processes.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
    const busy = metrics.some(
      (text) => /^flowgate_(?:due|leased|unsettled) [1-9]/m.test(text) || !/^flowgate_sweeps [1-9]/m.test(text),
    );
    calm = busy ? 0 : calm + 1;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Opens so many pull requests and pushes to each, every delivery to the other process than the last one. */
async function peopleWork(round: string, count: number): Promise<readonly number[]> {
  const dora = world.person("dora");
  const numbers: number[] = [];
  for (let n = 0; n < count; n++) {
    deliverTo(n);
    await dora.pushes(`feature/${round}-${n}`, "development");
    numbers.push(await dora.opens(`feature/${round}-${n}`, n % 3 === 0 ? "master" : "development"));
    deliverTo(n + 1);
    await dora.pushes(`feature/${round}-${n}`);
  }
  return numbers;
}

function expectRight(numbers: readonly number[]): void {
  for (const number of numbers) {
    const { head, base } = world.pull(number);
    const runs = world.runs(head.sha).filter(({ name }) => name === `flowgate: ${base.ref}`);
    expect(runs.map(({ conclusion }) => conclusion)).toEqual([base.ref === "master" ? "failure" : "success"]);
  }
}

type Span = { readonly subject: string; readonly process: number; readonly from: number; readonly to: number };

/** When each process held each subject: from the beginning of its first look to when it began to give it back. */
function held(): readonly Span[] {
  return processes.flatMap(({ steps }, process) => {
    const open = new Map<string, number>();
    const spans: Span[] = [];
    for (const { subject, step, msg, at } of steps) {
      if (step === "recall" && msg === "begins" && !open.has(subject)) open.set(subject, at);
      if (step !== "release" || msg !== "begins") continue;
      spans.push({ subject, process, from: open.get(subject) ?? at, to: at });
      open.delete(subject);
    }
    return spans;
  });
}

describe("Two processes on one database", () => {
  it("end with each check right and once, and no subject is ever in the hands of both", async () => {
    const numbers = await peopleWork("both", 30);
    await quiet();
    expectRight(numbers);
    const spans = held();
    expect(spans.length).toBeGreaterThan(60);
    const overlapping = spans.filter((one) =>
      spans.some(
        (other) =>
          other.process !== one.process && other.subject === one.subject && other.from < one.to && one.from < other.to,
      ),
    );
    expect(overlapping).toEqual([]);
    expect(processes.flatMap(({ complaints }) => complaints)).toEqual([]);
  }, 90_000);

  it("carry on when one of them is killed in mid-work", async () => {
    const [first, second] = processes as [Running, Running];
    const busy = first.steps.length >= second.steps.length ? first : second;
    setTimeout(() => void busy.kill(), 300);
    const numbers = await peopleWork("killed", 12);
    await busy.ended;
    processes = processes.filter((running) => running !== busy);
    // What was sent to the dead one is asked for again, as it would be within the hour.
    deliverTo(0);
    const again = await startProcess(world.settings, null);
    if (again !== null) processes.push(again);
    await quiet();
    expectRight(numbers);
  }, 90_000);
});
