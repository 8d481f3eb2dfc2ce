/** Where the sandbox takes its time from. Handed in, so that tests and people can skip a day. */
export type Clock = {
  now(): Date;
  /** Runs `wake` once when the clock reaches `at`. The answer takes the request back. */
  at(at: Date, wake: () => void): () => void;
};

/** A clock that follows the machine's and can be moved forward, never back. */
export type SkippableClock = Clock & {
  /** Moves the clock `milliseconds` forward and wakes, in order, whoever waits for a time now past. */
  skip(milliseconds: number): void;
  /** How far the clock was moved so far, in milliseconds. */
  skipped(): number;
};

type Waiting = {
  readonly at: number;
  readonly wake: () => void;
  timer: NodeJS.Timeout | null;
};

const longestTimer = 2_000_000_000;

/** The machine's time plus what was skipped. `startSkipped` (milliseconds) lets a restarted sandbox go on where it was. */
export function machineClock(startSkipped = 0): SkippableClock {
  let skipped = startSkipped;
  const waiting = new Set<Waiting>();
  const now = () => Date.now() + skipped;

  const arm = (entry: Waiting) => {
    if (entry.timer) clearTimeout(entry.timer);
    entry.timer = setTimeout(() => ring(entry), Math.min(longestTimer, Math.max(0, entry.at - now())));
    entry.timer.unref();
  };
  const ring = (entry: Waiting) => {
    if (!waiting.has(entry)) return;
    if (entry.at > now()) return arm(entry);
    waiting.delete(entry);
    entry.wake();
  };

  return {
    now: () => new Date(now()),
    at(at, wake) {
      const entry: Waiting = { at: at.getTime(), wake, timer: null };
      waiting.add(entry);
      arm(entry);
      return () => {
        waiting.delete(entry);
        if (entry.timer) clearTimeout(entry.timer);
      };
    },
    skip(milliseconds) {
      if (milliseconds < 0) throw new RangeError("a clock does not go back");
      skipped += milliseconds;
      for (const entry of [...waiting].sort((a, b) => a.at - b.at)) {
        if (entry.timer) clearTimeout(entry.timer);
        ring(entry);
      }
    },
    skipped: () => skipped,
  };
}
