import { decide } from "./decide.ts";
import type { Decision } from "./flow/decision.ts";
import type { Effect, Receipt } from "./flow/effect.ts";
import { type Fact, type Facts, type Read, type Want, wantKey } from "./flow/facts.ts";
import type { House } from "./flow/house.ts";
import { type Instant, later } from "./flow/names.ts";
import { type Lease, subjectKey } from "./flow/subject.ts";

/** What was known when a judgement began. */
export type Recalled = {
  readonly facts: Facts;
  /** Effects that an earlier run decided and did not see through. */
  readonly unsettled: readonly { readonly effect: Effect; readonly decidedAt: Instant }[];
  /** How often the subject had been nudged by then: what comes later is not in these facts. */
  readonly nudges: number;
};

/** What `settle` needs of the world. */
export type Ports = {
  readonly house: House;
  readonly clock: { now(): Instant };
  readonly store: {
    recall(lease: Lease, now: Instant): Promise<Recalled>;
    /**
     * One transaction: entries, verdict, memory, effects, news. `stale`: the facts are no longer those, judge again.
     * `busy`: another subject is just writing the same slot.
     */
    commit(lease: Lease, recalled: Recalled, decision: Decision, now: Instant): Promise<"written" | "stale" | "busy">;
    record(lease: Lease, receipt: Receipt): Promise<void>;
    /** Gives the subject back, due at `at`, or at once when it was nudged after `nudges`. */
    release(lease: Lease, nudges: number, at: Instant | null): Promise<void>;
  };
  readonly look: (lease: Lease, facts: Facts, wants: readonly Want[]) => Promise<ReadonlyMap<string, Fact<unknown>>>;
  readonly perform: (lease: Lease, effect: Effect) => Promise<Receipt>;
  /** Looks on GitHub for an effect of an earlier run. Null: looked, and it is not there. */
  readonly find: (lease: Lease, effect: Effect, decidedAt: Instant) => Promise<Receipt | null>;
};

const TURNS = 20;
/** How soon to come back when another subject is writing the same slot. */
const BUSY_MS = 250;

/**
 * Judge, act, and judge again on what came of it, until nothing is left to do. The lease is given back at the end
 * with the time of the next look.
 *
 * Killed anywhere in here it loses nothing: what was decided is written, and what was begun is looked for.
 */
export async function settle(lease: Lease, ports: Ports): Promise<void> {
  const { store, clock } = ports;
  let recalled = await store.recall(lease, clock.now());
  const unsure = await recover(lease, recalled, ports);
  if (unsure !== null) return store.release(lease, recalled.nudges, unsure);
  if (recalled.unsettled.length > 0) recalled = await store.recall(lease, clock.now());
  for (let turn = 0; turn < TURNS; turn++) {
    const { decision, came } = await judge(lease, recalled, ports);
    if (came === "busy") return store.release(lease, recalled.nudges, later(clock.now(), BUSY_MS));
    if (came === "written") {
      let done = decision.effects.length === 0 || decision.final === true;
      for (const effect of decision.effects) {
        const receipt = await act(effect, lease, ports);
        if (receipt.came === "unsure") return store.release(lease, recalled.nudges, receipt.retryAt);
        done = done && receipt.came === "done";
      }
      if (done) return store.release(lease, recalled.nudges, decision.lookAgainAt);
    }
    recalled = await store.recall(lease, clock.now());
  }
  return store.release(lease, recalled.nudges, later(clock.now(), BUSY_MS));
}

/**
 * Look, decide, write it down. Nothing on GitHub has changed when this returns.
 *
 * However many looks follow from one another, each thing is looked at once, and there is only so much to look at.
 */
export async function judge(
  lease: Lease,
  recalled: Recalled,
  { house, store, look, clock }: Ports,
): Promise<{ readonly decision: Decision; readonly came: "written" | "stale" | "busy" }> {
  let { facts } = recalled;
  const asked = new Set<string>();
  for (;;) {
    const answer = decide(facts, house);
    if ("decided" in answer) {
      const decision = answer.decided;
      return { decision, came: await store.commit(lease, { ...recalled, facts }, decision, clock.now()) };
    }
    const wants = answer.lacks.filter((want) => !asked.has(wantKey(want)));
    if (wants.length === 0)
      throw new Error(
        `decide keeps asking for what looking does not give: ${answer.lacks.map(wantKey).join(", ")} of ${subjectKey(lease.subject)}`,
      );
    for (const want of wants) asked.add(wantKey(want));
    const read: Read = new Map([...facts.read, ...(await look(lease, facts, wants))]);
    facts = { ...facts, read, now: clock.now() };
  }
}

/** Do one thing that is written down, and write down what came of it. */
export async function act(effect: Effect, lease: Lease, { store, perform }: Ports): Promise<Receipt> {
  const receipt = await perform(lease, effect);
  await store.record(lease, receipt);
  return receipt;
}

/**
 * What an earlier run did not see through is never done blindly: found on GitHub it is done, else it is decided anew.
 *
 * @returns null when all is clear, else when to look again: nothing is decided on a guess.
 */
export async function recover(
  lease: Lease,
  { unsettled }: Recalled,
  { store, find, clock }: Ports,
): Promise<Instant | null> {
  for (const { effect, decidedAt } of unsettled) {
    const receipt = (await find(lease, effect, decidedAt)) ?? { effect, at: clock.now(), came: "absent" as const };
    await store.record(lease, receipt);
    if (receipt.came === "unsure") return receipt.retryAt;
  }
  return null;
}
