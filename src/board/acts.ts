import { type AskedAnew, askedAnew } from "../flow/asked-anew.ts";
import type { News } from "../flow/decision.ts";
import { RIGHTS, type Right } from "../flow/facts.ts";
import type { Instant, Person } from "../flow/names.ts";
import { checkName } from "../flow/ruleset.ts";
import { subjectKey } from "../flow/subject.ts";
import { standingOf } from "./standing.ts";
import type { PullView } from "./views.ts";

/** What people do on pages. Whoever calls has seen to it that it is their own will, and that they may. */
export type Acts = {
  /** Has a pull request judged afresh. */
  recheck(view: PullView, by: Person): Promise<void>;
};

/** The right that the button beside a check asks for on GitHub, which shows it to nobody else. */
export const RECHECK_NEEDS: Right = "write";
export const suffices = (right: Right, needs: Right): boolean => RIGHTS.indexOf(right) >= RIGHTS.indexOf(needs);

/** Whether there is something to judge afresh: of a closed pull request, or where Flowgate gates nothing, there is not. */
export function isJudged({ component, memory, verdict, siblings, mayWork }: PullView): boolean {
  const { is } = standingOf(component, memory, verdict, siblings);
  return mayWork && (is === "judged" || is === "judged before" || is === "not judged");
}

/** Within ten seconds a second press is the same one: a double click, a form that was sent again. */
const SAME = "2026-11-22T09:40:0".length;

export type ActPorts = {
  /** Remembers what somebody did as a webhook delivery is remembered: once for an id. */
  accept(delivery: {
    readonly id: string;
    readonly event: string;
    readonly body: string;
    readonly news: News;
  }): Promise<"stored" | "known">;
  readonly clock: { now(): Instant };
  readonly log: { info(fields: object, message: string): void };
};

export function actsWith({ accept, clock, log }: ActPorts): Acts {
  return {
    async recheck({ repository, number, memory }, by) {
      const asked: AskedAnew = {
        installation: null,
        repository,
        head: memory.head.sha,
        check: checkName(memory.base),
      };
      const about = subjectKey({ kind: "pull", repository, number });
      const id = `recheck:${about}:${by.id}:${clock.now().slice(0, SAME)}`;
      const came = await accept({ id, event: "recheck", body: "", news: askedAnew(asked) });
      if (came === "stored")
        log.info({ subject: about, by: by.login }, `${by.login} asked on the board to judge it afresh.`);
    },
  };
}
