import type { Instant } from "../flow/names.ts";
import { later } from "../flow/names.ts";
import type { Priority } from "../flow/subject.ts";
import { pace } from "./pace.ts";

/** Who would wait longer is told so at once, and does something else meanwhile. */
const LONGEST_WAIT_MS = 5_000;

/** Leave to send one call. `leave` must be called when its answer came. */
export type Leave = { readonly sent: true; leave(): void } | { readonly sent: false; readonly until: Instant };

export type Limiter = {
  /**
   * Waits for its turn, persons first.
   *
   * @param points what GitHub charges for the call.
   */
  enter(points: number, priority: Priority): Promise<Leave>;
  /** GitHub wants no calls until then: whoever waits is turned away. */
  pause(until: Instant): void;
  /** GitHub said that we are too fast. Of several calls that were under way together only one counts. */
  slowDown(sentAt: number): void;
  /** The monotonic time in milliseconds that `slowDown` takes. */
  time(): number;
};

type Waiting = { readonly points: number; readonly since: number; go(leave: Leave): void };

/**
 * Keeps one installation's calls within GitHub's budget.
 *
 * @param budget points a minute, and how many calls may be under way at once.
 * @param clock the time that pauses are told in.
 * @param time monotonic milliseconds, by which points are reckoned.
 */
export function limiter(
  budget: { readonly points: number; readonly inFlight: number },
  clock: { now(): Instant },
  time: () => number = () => performance.now(),
): Limiter {
  const pacing = pace(budget.points, time());
  const queues: Readonly<Record<Priority, Waiting[]>> = { person: [], bulk: [] };
  const room = { person: budget.inFlight, bulk: Math.max(1, Math.floor(budget.inFlight * 0.8)) };
  let inFlight = 0;
  let pausedUntil: Instant | null = null;
  let timer: NodeJS.Timeout | null = null;

  function enter(points: number, priority: Priority): Promise<Leave> {
    if (pausedUntil !== null && clock.now() < pausedUntil) return Promise.resolve({ sent: false, until: pausedUntil });
    const ahead = [...queues.person, ...(priority === "bulk" ? queues.bulk : [])].reduce(
      (sum, one) => sum + one.points,
      0,
    );
    const wait = pacing.wait(ahead + points, priority, time());
    if (wait > LONGEST_WAIT_MS) return Promise.resolve({ sent: false, until: later(clock.now(), wait) });
    return new Promise((go) => {
      queues[priority].push({ points, since: time(), go });
      serve();
    });
  }

  /** Lets in whoever may go now, and comes back when the next may. */
  function serve(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    for (const priority of ["person", "bulk"] as const) {
      const queue = queues[priority];
      for (let first = queue[0]; first !== undefined; first = queue[0]) {
        const now = time();
        const wait = pacing.wait(first.points, priority, now);
        const patience = first.since + LONGEST_WAIT_MS - now;
        if (wait === 0 && inFlight < room[priority]) admit(first, now);
        else if (patience <= 0) first.go({ sent: false, until: later(clock.now(), wait + 1000) });
        else {
          timer = setTimeout(serve, Math.ceil(wait === 0 ? patience : Math.min(patience, wait)));
          return;
        }
        queue.shift();
      }
    }
  }

  function admit({ points, go }: Waiting, now: number): void {
    pacing.spend(points, now);
    inFlight++;
    let left = false;
    const leave = () => {
      if (left) return;
      left = true;
      inFlight--;
      serve();
    };
    go({ sent: true, leave });
  }

  function pause(until: Instant): void {
    if (pausedUntil === null || until > pausedUntil) pausedUntil = until;
    for (const queue of Object.values(queues)) {
      for (const { go } of queue.splice(0)) go({ sent: false, until: pausedUntil });
    }
  }

  return { enter, pause, slowDown: (sentAt) => pacing.slowDown(sentAt, time()), time };
}
