import { setTimeout as pause } from "node:timers/promises";
import { type AskedAnew, askedAnew } from "../flow/asked-anew.ts";
import { isEnforced } from "../flow/component.ts";
import { type News, NO_NEWS } from "../flow/decision.ts";
import { RIGHTS, type Right } from "../flow/facts.ts";
import type { Instant, Person } from "../flow/names.ts";
import { askedOnPage, type Request, triedOnPage, tryingOut } from "../flow/request.ts";
import { checkName } from "../flow/ruleset.ts";
import { subjectKey } from "../flow/subject.ts";
import { isPromoted } from "../report/check-run.ts";
import { standingOf } from "./standing.ts";
import type { Ticked } from "./tick-form.ts";
import type { PullView } from "./views.ts";

/** What people do on pages. Whoever calls has seen to it that it is their own will, and that they may. */
export type Acts = {
  /** Has a pull request judged afresh. */
  recheck(view: PullView, by: Person): Promise<void>;
  /** Finds out what `/promote` would do. Comes back when that is found out, or after a moment. */
  dryRun(view: PullView, by: Person): Promise<void>;
  /**
   * Does something to an item of its run-book, as a command does: whether they may is decided there. Comes back when that
   * is decided, or after a moment.
   */
  tick(view: PullView, ticked: Ticked, by: Person): Promise<void>;
};

/** The right that a button beside a check asks for on GitHub, which shows it to nobody else. */
export const BUTTON_NEEDS: Right = "write";
export const suffices = (right: Right, needs: Right): boolean => RIGHTS.indexOf(right) >= RIGHTS.indexOf(needs);

/** Whether there is something to judge afresh: of a closed pull request, or where Flowgate gates nothing, there is not. */
export function isJudged({ component, memory, verdict, siblings, mayWork }: PullView): boolean {
  const { is } = standingOf(component, memory, verdict, siblings);
  return mayWork && (is === "judged" || is === "judged before" || is === "not judged");
}

/** Whether there is something to try out, as by the button beside its check. */
export const isPromotable = (view: PullView): boolean =>
  isJudged(view) && view.verdict !== null && isPromoted(view.verdict) && isEnforced(view.component.config.policy);

/** So long a press waits, by the real clock, for what comes of it: mostly the page can tell at once. */
const WAITS_MS = 3_000;
const LOOKS_MS = 50;

/** Within ten seconds a second press is the same one: a double click, a form that was sent again. */
const SAME = "2026-11-22T09:40:0".length;
const SECOND = "2026-11-22T09:40:00".length;

export type ActPorts = {
  /** Remembers what somebody did as a webhook delivery is remembered: once for an id. */
  accept(delivery: {
    readonly id: string;
    readonly event: string;
    readonly body: string;
    readonly news: News;
  }): Promise<"stored" | "known">;
  /** Whether it was decided what comes of a request. */
  isAnswered(id: string): Promise<boolean>;
  readonly clock: { now(): Instant };
  readonly log: { info(fields: object, message: string): void };
};

export function actsWith({ accept, isAnswered, clock, log }: ActPorts): Acts {
  async function answered(id: string): Promise<void> {
    for (let waited = 0; waited < WAITS_MS && !(await isAnswered(id)); waited += LOOKS_MS) await pause(LOOKS_MS);
  }

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

    async dryRun({ repository, number, memory }, by) {
      const pull = { kind: "pull", repository, number } as const;
      const at = clock.now();
      const id = `${triedOnPage(pull, by.id)}${at.slice(0, SAME)}`;
      const body = tryingOut(memory.head.sha);
      const request: Request = { id, by, at, body, how: "written", origin: { number, button: "page" } };
      const news: News = {
        ...NO_NEWS,
        cause: "a dry run on its page",
        nudges: [{ priority: "person", subject: pull }],
        asks: [{ of: pull, request }],
      };
      const came = await accept({ id, event: "dry-run", body: "", news });
      if (came === "stored")
        log.info({ subject: subjectKey(pull), by: by.login }, `${by.login} asked on the board for a dry run.`);
      await answered(id);
    },

    async tick({ repository, number }, { act, seen }, by) {
      const pull = { kind: "pull", repository, number } as const;
      const at = clock.now();
      // A page that was loaded anew tells of more entries: pressed there it is another press.
      const id = `${askedOnPage(pull, by.id)}${at.slice(0, SAME)}:${seen}:${act.command}:${act.label}`;
      const request: Request = {
        id,
        by,
        at,
        // Clicks on the comment are told to the second, and so are commands.
        written: `${at.slice(0, SECOND)}.000Z` as Instant,
        body: "",
        how: "written",
        origin: { number, page: act },
      };
      const news: News = {
        ...NO_NEWS,
        cause: "a tick on its page",
        nudges: [{ priority: "person", subject: pull }],
        asks: [{ of: pull, request }],
      };
      const came = await accept({ id, event: "tick", body: "", news });
      if (came === "stored") {
        const says = `${by.login} asked on the board for /${act.command} ${act.label}.`;
        log.info({ subject: subjectKey(pull), by: by.login }, says);
      }
      await answered(id);
    },
  };
}
