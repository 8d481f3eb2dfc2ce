import type { Logger } from "pino";
import type { Lease } from "./flow/subject.ts";
import { subjectKey } from "./flow/subject.ts";
import type { Ports } from "./pipeline.ts";

/**
 * The same ports, each call telling the log when it begins and when it has ended, at level `trace`: how a judgement
 * went, await by await.
 */
export function traced(ports: Ports, log: Logger): Ports {
  if (!log.isLevelEnabled("trace")) return ports;
  function told<Given extends readonly [Lease, ...unknown[]], Gives>(
    step: string,
    call: (...given: Given) => Promise<Gives>,
  ) {
    return async (...given: Given): Promise<Gives> => {
      const subject = subjectKey(given[0].subject);
      log.trace({ step, subject }, "begins");
      const gives = await call(...given);
      log.trace({ step, subject }, "ended");
      return gives;
    };
  }
  const { store } = ports;
  return {
    ...ports,
    store: {
      recall: told("recall", (lease, now) => store.recall(lease, now)),
      commit: told("commit", (lease, recalled, decision, now) => store.commit(lease, recalled, decision, now)),
      record: told("record", (lease, receipt) => store.record(lease, receipt)),
      release: told("release", (lease, nudges, at) => store.release(lease, nudges, at)),
    },
    look: told("look", ports.look),
    perform: told("perform", ports.perform),
    find: told("find", ports.find),
  };
}

/** The same ports, each decision that the ledger keeps telling the log its reason once. */
export function saying(ports: Ports, log: Logger): Ports {
  const { store } = ports;
  return {
    ...ports,
    store: {
      recall: (lease, now) => store.recall(lease, now),
      async commit(lease, recalled, decision, now) {
        const came = await store.commit(lease, recalled, decision, now);
        if (came === "written" && decision.entries.length > 0)
          log.info({ subject: subjectKey(lease.subject) }, decision.because);
        return came;
      },
      record: (lease, receipt) => store.record(lease, receipt),
      release: (lease, nudges, at) => store.release(lease, nudges, at),
    },
  };
}
