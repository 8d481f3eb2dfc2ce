import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "@jest/globals";
import { changeApp, install } from "../../sandbox/installing.ts";
import { chainsIn } from "../stories/tale.ts";
import { OWNER, startWorld, type World, type WorldOptions } from "../world.ts";
import { type Running, startProcess } from "./process.ts";

/** Flowgate as a process, killed and started again on the same database while GitHub lives on. */
export type Killable = {
  readonly world: World;
  /** Where the database is. */
  readonly folder: string;
  /** The process that runs, or ran last; null: it died before it listened. */
  readonly flowgate: () => Running | null;
  start(diesAt: number | null): Promise<void>;
  /** Waits until nothing is under way any more, or Flowgate is dead. */
  quiet(): Promise<"quiet" | "dead">;
  /** Starts it again if it died, and waits until all is said. */
  recovered(): Promise<void>;
  /**
   * Somebody does something, Flowgate dies at that step of what follows, and is started again. What it had written is whole.
   *
   * @returns whether it died; not where it was done before that step.
   */
  dying(step: number, act: () => Promise<unknown>): Promise<boolean>;
  end(): Promise<void>;
};

export async function startKillable(options: Pick<WorldOptions, "config" | "stages"> = {}): Promise<Killable> {
  const folder = mkdtempSync(join(tmpdir(), "flowgate-crash-"));
  // GitHub's budget for writes would make each round wait for seconds.
  const budget = { points: 1_000_000, inFlight: 64 };
  const world = await startWorld({ ...options, started: false, settings: { folder, databaseUrl: null, budget } });
  // So many starts would use up what GitHub grants an App for an hour.
  world.github.limits.hourly = 1_000_000;
  let flowgate: Running | null = null;
  // Of the first start, and of all later ones: what GitHub tells meanwhile finds the same address.
  let port = 0;
  const killable: Killable = {
    world,
    folder,
    flowgate: () => flowgate,
    async start(diesAt) {
      flowgate = await startProcess({ ...world.settings, port }, diesAt);
      if (port !== 0 || flowgate === null) return;
      port = Number(new URL(flowgate.url).port);
      changeApp(world.github, world.registered.id, { webhookUrl: `${flowgate.url}/api/github/webhooks` });
      install(world.github, world.registered, OWNER, "all");
    },
    async quiet() {
      for (let calm = 0; calm < 2; ) {
        await world.github.settled();
        if (flowgate === null || flowgate.process.exitCode !== null || flowgate.process.signalCode !== null)
          return "dead";
        // What fails again and again would be waited for as long as the test may take.
        expect(flowgate.complaints).toEqual([]);
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
    },
    async recovered() {
      if ((await killable.quiet()) === "quiet") return;
      await killable.start(null);
      expect({ end: await killable.quiet(), complaints: flowgate?.complaints }).toEqual({
        end: "quiet",
        complaints: [],
      });
    },
    async dying(step, act) {
      flowgate?.diesAt(step);
      await act();
      const died = (await killable.quiet()) === "dead";
      if (died) chainsIn(folder);
      await killable.recovered();
      flowgate?.diesAt(Number.POSITIVE_INFINITY);
      return died;
    },
    async end() {
      await flowgate?.stop();
      await world.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await killable.start(null);
  await killable.quiet();
  return killable;
}
