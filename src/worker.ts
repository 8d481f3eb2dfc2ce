import type { Logger } from "pino";
import { between, type Instant } from "./flow/names.ts";
import type { Lease } from "./flow/subject.ts";

/** Subjects in hand at once; GitHub's latency is what they wait for. */
const HANDS = 24;
/** Of these, so many take only what a person waits for, so that bulk work never makes anybody wait. */
const FOR_PERSONS = 4;
/** One installation gets no more hands than this, so that a slow one delays no other. */
const PER_INSTALLATION = 12;
/** Other processes wake us by notification; this is for when one was lost. */
const LONGEST_SLEEP_MS = 1_000;
const SHORTEST_SLEEP_MS = 20;

export type WorkerPorts = {
  readonly clock: { now(): Instant };
  readonly log: Logger;
  readonly store: {
    claim(ask: {
      readonly limit: number;
      readonly perInstallation: number;
      readonly personsOnly: boolean;
    }): Promise<readonly Lease[]>;
    renew(lease: Lease): Promise<void>;
    nextDue(): Promise<Instant | null>;
    onWork(listener: () => void): void;
  };
  /** How often a lease in hand is renewed, so that it does not run out while GitHub is slow. */
  readonly renewEveryMs: number;
  readonly settle: (lease: Lease) => Promise<void>;
};

export type Worker = {
  /** Looks for work now: something became due, or the clock was moved. */
  wake(): void;
  /** Takes no more work and resolves when what is in hand is done. */
  stop(): Promise<void>;
};

/** Takes what is due, persons first, and settles it. */
export function startWorker({ clock, log, store, renewEveryMs, settle }: WorkerPorts): Worker {
  const inHand = new Set<Promise<void>>();
  let stopped = false;
  let woken = false;
  let rouse: (() => void) | null = null;
  const wake = () => {
    woken = true;
    rouse?.();
  };
  store.onWork(wake);
  const loop = run();

  async function run(): Promise<void> {
    while (!stopped) {
      woken = false;
      // Hands that become free in the same moment are filled by one claim.
      await new Promise((resolve) => setImmediate(resolve));
      const taken = await take().catch((error: unknown) => {
        log.error({ err: error }, "Work could not be taken from the database.");
        return 0;
      });
      if (taken === 0) await sleep();
    }
  }

  async function take(): Promise<number> {
    const free = HANDS - inHand.size;
    if (free <= 0) return 0;
    const personsOnly = free <= FOR_PERSONS;
    const limit = personsOnly ? free : free - FOR_PERSONS;
    const leases = await store.claim({ limit, perInstallation: PER_INSTALLATION, personsOnly });
    for (const lease of leases) {
      const renewal = setInterval(() => void store.renew(lease).catch(() => {}), renewEveryMs);
      const work = settle(lease)
        .catch((error: unknown) => log.error({ err: error, subject: lease.subject }, "A subject could not be settled."))
        .finally(() => {
          clearInterval(renewal);
          inHand.delete(work);
          wake();
        });
      inHand.add(work);
    }
    return leases.length;
  }

  async function sleep(): Promise<void> {
    if (woken || stopped) return;
    const next = await store.nextDue().catch(() => null);
    if (woken || stopped) return;
    const full = HANDS - inHand.size <= FOR_PERSONS;
    const until = next === null || full ? LONGEST_SLEEP_MS : between(clock.now(), next);
    const wait = Math.min(Math.max(until, SHORTEST_SLEEP_MS), LONGEST_SLEEP_MS);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, wait);
      rouse = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    rouse = null;
  }

  return {
    wake,
    async stop() {
      stopped = true;
      wake();
      await loop;
      await Promise.all(inHand);
    },
  };
}
